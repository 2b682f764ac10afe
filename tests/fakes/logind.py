"""A logind on a private system bus: a session that locks and is switched away, sleep, and inhibitors of real pipes."""

import asyncio
import os
from dataclasses import dataclass

from dbus_fast import Variant
from dbus_fast.errors import DBusError

from tests.fakes.bus_service import BusService, Fd

LOGIND = "org.freedesktop.login1"
ROOT = "/org/freedesktop/login1"
MANAGER, SESSION, USER = f"{LOGIND}.Manager", f"{LOGIND}.Session", f"{LOGIND}.User"
TRUE, FALSE = Variant(signature="b", value=True), Variant(signature="b", value=False)
USER_PATH = f"{ROOT}/user/_1"


@dataclass
class Inhibitor:
    """One that was taken and not let go of yet."""

    what: str
    who: str
    why: str
    mode: str
    uid: int


class FakeLogind(BusService):
    """`start` it; then lock, switch, sleep, inhibit."""

    def __init__(self, session: str = "1") -> None:
        super().__init__(LOGIND)
        self.inhibitors: dict[int, Inhibitor] = {}
        self.refuse_inhibitors = False
        self.path = ""
        manager = {
            "GetSession": ("o", self._get_session),
            "GetUser": ("o", lambda _uid: USER_PATH),
            "Inhibit": ("h", self._inhibit),
            "ListInhibitors": (
                "a(ssssuu)",
                lambda: [[i.what, i.who, i.why, i.mode, i.uid, 1] for i in self.inhibitors.values()],
            ),
        }
        self.methods.update({(ROOT, MANAGER, member): answer for member, answer in manager.items()})
        self.set(ROOT, MANAGER, PreparingForSleep=FALSE, BlockInhibited=Variant("s", ""))
        self.log_in(session)

    # Sessions

    def log_in(self, session: str, *, own: bool = True) -> None:
        """A session begins. `own`: callers are inside it; otherwise it is only the user's display session."""
        self.session, self.path = session, f"{ROOT}/session/_3{session}"
        self.set(
            self.path,
            SESSION,
            Id=Variant("s", session),
            LockedHint=FALSE,
            Active=TRUE,
            announce=False,
        )
        if own:
            self.set(f"{ROOT}/session/auto", SESSION, Id=Variant("s", session), announce=False)
        self.set(USER_PATH, USER, Display=Variant("(so)", [session, self.path]), announce=False)
        if self._bus is not None:
            self.emit(ROOT, MANAGER, "SessionNew", "so", session, self.path)

    def log_out(self) -> None:
        """The session ends."""
        for path in (self.path, f"{ROOT}/session/auto"):
            self.properties.pop((path, SESSION), None)
        self.set(USER_PATH, USER, Display=Variant("(so)", ["", "/"]), announce=False)
        session, self.session = self.session, ""
        if self._bus is not None:
            self.emit(ROOT, MANAGER, "SessionRemoved", "so", session, self.path)

    def lock(self) -> None:
        self.set(self.path, SESSION, LockedHint=TRUE)

    def unlock(self) -> None:
        self.set(self.path, SESSION, LockedHint=FALSE)

    def switch_away(self) -> None:
        self.set(self.path, SESSION, Active=FALSE)

    def switch_back(self) -> None:
        self.set(self.path, SESSION, Active=TRUE)

    def _get_session(self, session: str) -> str:
        if not session or session != self.session:
            raise DBusError(f"{LOGIND}.NoSuchSession", f"No session '{session}' known")
        return self.path

    # Sleep and inhibitors

    def go_to_sleep(self) -> None:
        """Announce that the machine is about to sleep."""
        self.set(ROOT, MANAGER, PreparingForSleep=TRUE, announce=False)
        self.emit(ROOT, MANAGER, "PrepareForSleep", "b", *[True])

    def wake_up(self) -> None:
        """Announce that it has slept."""
        self.set(ROOT, MANAGER, PreparingForSleep=FALSE, announce=False)
        self.emit(ROOT, MANAGER, "PrepareForSleep", "b", *[False])

    @property
    def brakes(self) -> list[Inhibitor]:
        """Who holds sleep back now."""
        return [i for i in self.inhibitors.values() if i.what == "sleep" and i.mode == "delay"]

    def inhibit(self, what: str, who: str, mode: str = "block", uid: int | None = None) -> int:
        """Somebody inhibits; returns the descriptor that lets go when it is closed."""
        reading, writing = os.pipe()
        self.inhibitors[reading] = Inhibitor(what, who, "why", mode, os.getuid() if uid is None else uid)
        os.set_blocking(reading, False)
        asyncio.get_running_loop().add_reader(reading, self._let_go, reading)
        self._announce()
        return writing

    def _inhibit(self, what: str, who: str, why: str, mode: str) -> Fd:
        if self.refuse_inhibitors:
            raise DBusError("org.freedesktop.DBus.Error.AccessDenied", "Permission denied")
        return Fd(self.inhibit(what, who, mode))

    def _let_go(self, reading: int) -> None:
        if os.read(reading, 1) == b"":
            self._forget(reading)
            self._announce()

    def _forget(self, reading: int) -> None:
        asyncio.get_running_loop().remove_reader(reading)
        os.close(reading)
        del self.inhibitors[reading]

    def _announce(self) -> None:
        words = {word for i in self.inhibitors.values() if i.mode == "block" for word in i.what.split(":")}
        self.set(ROOT, MANAGER, BlockInhibited=Variant("s", ":".join(sorted(words))))

    async def stop(self) -> None:
        await super().stop()
        for reading in list(self.inhibitors):
            self._forget(reading)
