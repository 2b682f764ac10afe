"""Who keeps the screen awake: a film, a slide show, a call. Asked of logind, GNOME's session and KDE's PowerDevil.

All by signals. Programs that keep the machine awake for good would make it look like a film all day, so they are
ignored by name. Sources: logind as in `logind.py`; gnome-session's org.gnome.SessionManager.xml (flag 8 = the session
may not be marked idle); PowerDevil's powerdevilpolicyagent.h (ChangeScreenSettings = 4).
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address, system_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.adapters.surroundings.logind import LOGIND, MANAGER, ROOT
from unhunch.core.translate import N_, _

PERMANENT = ("caffeine*", "*caffeine-gnome-extension*", "unhunch*")
"""Patterns of programs that inhibit for good (and ourselves), without regard to case."""

GNOME = "org.gnome.SessionManager"
GNOME_PATH = "/org/gnome/SessionManager"
GNOME_INHIBITOR = "org.gnome.SessionManager.Inhibitor"
GNOME_IDLE = 8

KDE = "org.kde.Solid.PowerManagement"
KDE_PATH = "/org/kde/Solid/PowerManagement/PolicyAgent"
KDE_AGENT = "org.kde.Solid.PowerManagement.PolicyAgent"
KDE_SCREEN = 4


class _Inhibitors(BusSource):
    conditions = ("inhibited",)

    def __init__(self, address: Callable[[], str], ignored: Iterable[str]) -> None:
        super().__init__(address)
        self._patterns = tuple(pattern.casefold() for pattern in (*PERMANENT, *ignored))

    def _ignores(self, who: str) -> bool:
        return any(fnmatchcase(who.casefold(), pattern) for pattern in self._patterns)


class LogindInhibitors(_Inhibitors):
    """Knows `inhibited` from logind: somebody of ours blocks `idle`. `ignored`: more patterns of who does not count."""

    name = N_("logind inhibitors")

    def __init__(
        self, ignored: Iterable[str] = (), *, env: Mapping[str, str] | None = None, address: str | None = None
    ) -> None:
        super().__init__(lambda: address or system_address(env), ignored)

    @property
    def note(self) -> str:
        return _("told by logind's BlockInhibited")

    async def _start(self, bus: Bus) -> None:
        there = await bus.watch_name(LOGIND, lambda owned: self._owned(bus, owned))
        # logind announces the property at each inhibitor that comes or goes, even when its value stays the same.
        await bus.listen_properties(
            lambda changed, invalidated: self._moved(bus, {*changed, *invalidated}), LOGIND, ROOT, MANAGER
        )
        if there:
            await self._ask(bus)

    def _owned(self, bus: Bus, owned: bool) -> None:
        if owned:
            bus.later(self._ask(bus))
        else:
            self._say("inhibited", None)

    def _moved(self, bus: Bus, names: set[str]) -> None:
        if "BlockInhibited" in names:
            bus.later(self._ask(bus))

    async def _ask(self, bus: Bus) -> None:
        try:
            rows = (await bus.call(LOGIND, ROOT, MANAGER, "ListInhibitors"))[0]
        except BusError:
            self._say("inhibited", None)
            return
        self._say("inhibited", any(self._counts(*row) for row in rows))

    def _counts(self, what: str, who: str, _why: str, mode: str, uid: int, _pid: int) -> bool:
        if sys.platform == "win32":
            return False
        return "idle" in what.split(":") and mode == "block" and uid == os.getuid() and not self._ignores(who)


class DesktopInhibitors(_Inhibitors):
    """Knows `inhibited` from GNOME's session manager or KDE's PowerDevil; None where neither runs."""

    name = N_("desktop inhibitors")

    def __init__(
        self, ignored: Iterable[str] = (), *, env: Mapping[str, str] | None = None, address: str | None = None
    ) -> None:
        super().__init__(lambda: address or session_address(env), ignored)
        self._known: dict[str, bool] = {}

    @property
    def note(self) -> str:
        return ", ".join(sorted(self._known)) or _("neither GNOME's session manager nor PowerDevil here; waiting")

    async def close(self) -> None:
        self._known.clear()
        await super().close()

    async def _start(self, bus: Bus) -> None:
        gnome = await bus.watch_name(GNOME, lambda owned: self._owned(bus, GNOME, owned))
        for member in ("InhibitorAdded", "InhibitorRemoved"):
            await bus.listen(
                lambda _body: bus.later(self._ask(bus, GNOME)), GNOME, member, sender=GNOME, path=GNOME_PATH
            )
        kde = await bus.watch_name(KDE, lambda owned: self._owned(bus, KDE, owned))
        await bus.listen(
            lambda _body: bus.later(self._ask(bus, KDE)), KDE_AGENT, "InhibitionsChanged", sender=KDE, path=KDE_PATH
        )
        for name, there in ((GNOME, gnome), (KDE, kde)):
            if there:
                await self._ask(bus, name)

    def _owned(self, bus: Bus, name: str, owned: bool) -> None:
        self._known.pop(name, None)
        if owned:
            bus.later(self._ask(bus, name))
        self._sum_up()

    async def _ask(self, bus: Bus, name: str) -> None:
        try:
            self._known[name] = await (self._gnome(bus) if name == GNOME else self._kde(bus))
        except BusError:
            self._known.pop(name, None)
        self._sum_up()

    async def _gnome(self, bus: Bus) -> bool:
        if not await bus.get(GNOME, GNOME_PATH, GNOME, "InhibitedActions") & GNOME_IDLE:
            return False
        for path in (await bus.call(GNOME, GNOME_PATH, GNOME, "GetInhibitors"))[0]:
            try:
                flags = (await bus.call(GNOME, path, GNOME_INHIBITOR, "GetFlags"))[0]
                who = (await bus.call(GNOME, path, GNOME_INHIBITOR, "GetAppId"))[0]
            except BusError:
                continue  # gone meanwhile, which is announced as well
            if flags & GNOME_IDLE and not self._ignores(who):
                return True
        return False

    async def _kde(self, bus: Bus) -> bool:
        if not (await bus.call(KDE, KDE_PATH, KDE_AGENT, "HasInhibition", "u", KDE_SCREEN))[0]:
            return False
        try:
            rows = (await bus.call(KDE, KDE_PATH, KDE_AGENT, "ListInhibitions"))[0]
        except BusError:
            return True
        return not rows or any(not self._ignores(str(row[0])) for row in rows if row)

    def _sum_up(self) -> None:
        self._say("inhibited", any(self._known.values()) if self._known else None)
