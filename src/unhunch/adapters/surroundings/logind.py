"""systemd-logind: is the session locked or switched away, does the machine go to sleep, and time to write before it.

Facts used: https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html. A delay inhibitor holds the
suspend back until we have written, at most InhibitDelayMaxSec (5 s by default).
"""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from unhunch.adapters.protocols.dbus import Bus, BusError, system_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.ports import Lost
from unhunch.words.translate import _, pgettext

LOGIND = "org.freedesktop.login1"
ROOT = "/org/freedesktop/login1"
MANAGER = f"{LOGIND}.Manager"
SESSION = f"{LOGIND}.Session"
USER = f"{LOGIND}.User"
BEFORE_SLEEP_SECONDS = 4.0
"""For `before_sleep`: one second less than logind waits by default."""

logger = logging.getLogger(__name__)


async def nothing() -> None:
    """What is to be done before sleep when nobody asked for anything."""


class Logind(BusSource):
    """Knows `locked` (LockedHint, or the session is not the active one) and `asleep`.

    `before_sleep` is awaited when the machine is about to sleep, and only then may it. It has 4 s.
    """

    name = "logind"
    conditions = ("locked", "asleep")
    unix_fds = True

    def __init__(
        self,
        before_sleep: Callable[[], Awaitable[None]] = nothing,
        *,
        env: Mapping[str, str] | None = None,
        address: str | None = None,
    ) -> None:
        super().__init__(lambda: address or system_address(env))
        self._env = os.environ if env is None else env
        self._before_sleep = before_sleep
        self._brake: int | None = None
        self._session: str | None = None
        self._trouble = ""
        self._adopting = asyncio.Lock()

    @property
    def note(self) -> str:
        held = self._brake is not None
        sleep = _("sleep is held back to write") if held else _("sleep is seen but not held back")
        number = self._session.rsplit("/", 1)[1] if self._session else ""
        session = pgettext("of logind", "session {number}").format(number=number)
        if not number:
            session = _("no session of yours yet")
        return f"{session}, {sleep}{self._trouble}"

    async def check(self) -> None:
        """Raise Lost when the bus has gone; look for a session while there is none."""
        await super().check()
        if self._session is None and self._bus is not None:
            await self._adopt(self._bus)

    async def close(self) -> None:
        self._release_brake()
        self._session = None
        await super().close()

    async def _start(self, bus: Bus) -> None:
        await bus.watch_name(LOGIND, lambda owned: self._owned(bus, owned))
        await bus.listen(lambda body: self._prepare(bus, body[0]), MANAGER, "PrepareForSleep", sender=LOGIND, path=ROOT)
        for member in ("SessionNew", "SessionRemoved"):
            await bus.listen(lambda body: self._sessions(bus, body[1]), MANAGER, member, sender=LOGIND, path=ROOT)
        # Every session's changes, told apart by path: ours may be another one after a new login.
        await bus.listen(
            lambda _body: bus.later(self._read(bus)),
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
            sender=LOGIND,
            arg0=SESSION,
        )
        await self._greet(bus)

    async def _greet(self, bus: Bus) -> None:
        """Everything that is to be done with a logind that has just been found."""
        await self._take_brake(bus)
        try:
            self._say("asleep", bool(await bus.get(LOGIND, ROOT, MANAGER, "PreparingForSleep")))
        except BusError:
            self._say("asleep", None)
        await self._adopt(bus)

    def _owned(self, bus: Bus, owned: bool) -> None:
        self._release_brake()
        self._session = None
        if owned:
            bus.later(self._greet(bus))
        else:
            self._say("locked", None)
            self._say("asleep", None)

    # Sleep

    async def _take_brake(self, bus: Bus) -> None:
        if self._brake is not None:
            return
        try:
            brake = await bus.call_for_fd(
                *(LOGIND, ROOT, MANAGER, "Inhibit", "ssss"),
                *("sleep", "Unhunch", _("Writing down how long you have been sitting"), "delay"),
            )
        except BusError as error:
            logger.info("logind gives no delay before sleep: %s", error)
            return
        self._release_brake()  # one taken by another call meanwhile
        if self._bus is bus:
            self._brake = brake
        else:
            os.close(brake)  # closed while logind answered

    def _release_brake(self) -> None:
        brake, self._brake = self._brake, None
        if brake is not None:
            os.close(brake)

    def _prepare(self, bus: Bus, going: bool) -> None:
        self._say("asleep", going)
        if going:
            bus.later(self._settle())
        else:
            bus.later(self._take_brake(bus))
            bus.later(self._read(bus))

    async def _settle(self) -> None:
        self._trouble = ""
        try:
            async with asyncio.timeout(BEFORE_SLEEP_SECONDS):
                await self._before_sleep()
        except Exception as error:  # noqa: BLE001 - the machine must sleep, and the lock must go on being seen
            self._trouble = "; " + _("writing before sleep failed: {error}").format(error=repr(error))
            logger.warning("Before sleep: %r", error)
        finally:
            self._release_brake()

    # The session

    def _sessions(self, bus: Bus, path: str) -> None:
        if path == self._session:
            self._session = None
            self._say("locked", None)
        if self._session is None:
            bus.later(self._adopt(bus))

    async def _adopt(self, bus: Bus) -> None:
        async with self._adopting:
            if self._session is None:
                self._session = await self._find_session(bus)
        await self._read(bus)

    async def _find_session(self, bus: Bus) -> str | None:
        """The path of the session we belong to, or of the user's display session: a user service is in no session."""
        if named := self._env.get("XDG_SESSION_ID"):
            try:
                return str((await bus.call(LOGIND, ROOT, MANAGER, "GetSession", "s", named))[0])
            except BusError:
                pass  # a value inherited from a login that is over
        try:
            # Changes are announced under the real path only, so ask "auto" for its name.
            own = await bus.get(LOGIND, f"{ROOT}/session/auto", SESSION, "Id")
            return str((await bus.call(LOGIND, ROOT, MANAGER, "GetSession", "s", own))[0])
        except BusError:
            pass
        if sys.platform == "win32":
            return None
        try:
            user = (await bus.call(LOGIND, ROOT, MANAGER, "GetUser", "u", os.getuid()))[0]
            name, path = await bus.get(LOGIND, user, USER, "Display")
        except BusError:
            return None
        return str(path) if name else None

    async def _read(self, bus: Bus) -> None:
        session = self._session
        if session is None:
            self._say("locked", None)
            return
        try:
            locked: Any = await bus.get(LOGIND, session, SESSION, "LockedHint")
            active: Any = await bus.get(LOGIND, session, SESSION, "Active")
        except BusError:
            self._session = None
            self._say("locked", None)
            return
        except Lost:
            return
        if session == self._session:
            self._say("locked", bool(locked) or not active)
