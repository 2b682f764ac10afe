"""Who keeps the screen awake: a film, a slide show, a call. Asked of logind and of the desktops' own services.

All by signals. Programs that keep the machine awake for good would make it look like a film all day, so they are
ignored by name, or by the reason that they give: on Wayland Mutter asks for all windows in its own name. Who only wants
no suspend shows no film: music, a download. Sources: logind as in `logind.py`; gnome-session's
org.gnome.SessionManager.xml (flag 8 = the session may not be marked idle); PowerDevil's powerdevilpolicyagent.h
(ChangeScreenSettings = 4), whose ActiveInhibitions (6.7) say "idle" or "sleep"; xfce4-power-manager's and LXQt's
org.freedesktop.PowerManagement.Inhibit, which tell neither kind nor reason.

A call of somebody who only listens opens no microphone. Chromium gives it as a reason against suspend.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address, system_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.adapters.surroundings.logind import LOGIND, MANAGER, ROOT
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _

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
KDE_IDLE = "idle"
"""What an active inhibition holds back since Plasma 6.7; the other is "sleep"."""

POWER = "org.freedesktop.PowerManagement"
POWER_PATH = "/org/freedesktop/PowerManagement/Inhibit"
POWER_INHIBIT = "org.freedesktop.PowerManagement.Inhibit"
BROWSERS = ("*chrom*", "*firefox*", "*brave*", "*vivaldi*", "*opera*", "*edge*", "*epiphany*", "*webkit*")
"""Patterns of who holds that for any sound that is played: no film is told from music."""

LISTENING = ("*webrtc*",)
"""Patterns of reasons that only a call has (Chromium: "WebRTC has active PeerConnections")."""


class Inhibitor(NamedTuple):
    """One that holds something back now."""

    who: str
    reason: str
    idle: bool
    """The screen stays on for it: not only suspend is held back."""


def _like(text: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(text.casefold(), pattern) for pattern in patterns)


class _Inhibitors(BusSource):
    conditions: tuple[str, ...] = ("inhibited",)

    def __init__(self, address: Callable[[], str], ignored: Iterable[str]) -> None:
        super().__init__(address)
        self._patterns = tuple(pattern.casefold() for pattern in (*PERMANENT, *ignored))

    def _ignores(self, who: str, reason: str = "") -> bool:
        return _like(who, self._patterns) or _like(reason, self._patterns)


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

    def _counts(self, what: str, who: str, why: str, mode: str, uid: int, _pid: int) -> bool:
        if sys.platform == "win32":
            return False
        return "idle" in what.split(":") and mode == "block" and uid == os.getuid() and not self._ignores(who, why)


class DesktopInhibitors(_Inhibitors):
    """Knows `inhibited` from the desktop's service for it, None where none runs; and `in_call` when it is True."""

    name = N_("desktop inhibitors")
    conditions = ("inhibited", "in_call")

    def __init__(
        self, ignored: Iterable[str] = (), *, env: Mapping[str, str] | None = None, address: str | None = None
    ) -> None:
        super().__init__(lambda: address or session_address(env), ignored)
        self._known: dict[str, list[Inhibitor]] = {}
        self._ask_by = {GNOME: self._gnome, KDE: self._kde, POWER: self._power}

    @property
    def note(self) -> str:
        return ", ".join(sorted(self._known)) or _("no service of a desktop tells who keeps the screen on; waiting")

    async def close(self) -> None:
        self._known.clear()
        await super().close()

    async def _start(self, bus: Bus) -> None:
        there = {name: await bus.watch_name(name, self._owner(bus, name)) for name in self._ask_by}
        for name, path, interface, member in (
            (GNOME, GNOME_PATH, GNOME, "InhibitorAdded"),
            (GNOME, GNOME_PATH, GNOME, "InhibitorRemoved"),
            (KDE, KDE_PATH, KDE_AGENT, "InhibitionsChanged"),
            (POWER, POWER_PATH, POWER_INHIBIT, "HasInhibitChanged"),
        ):
            await bus.listen(self._moved(bus, name), interface, member, sender=name, path=path)
        # Since Plasma 6.7 by the property alone.
        await bus.listen_properties(
            lambda changed, invalidated: self._moved(bus, KDE)([]) if {*changed, *invalidated} else None,
            *(KDE, KDE_PATH, KDE_AGENT),
        )
        for name, owned in there.items():
            if owned:
                await self._ask(bus, name)

    def _moved(self, bus: Bus, name: str) -> Callable[[list[Any]], None]:
        return lambda _body: bus.later(self._ask(bus, name))

    def _owner(self, bus: Bus, name: str) -> Callable[[bool], None]:
        def changed(owned: bool) -> None:
            self._known.pop(name, None)
            if owned:
                bus.later(self._ask(bus, name))
            self._sum_up()

        return changed

    async def _ask(self, bus: Bus, name: str) -> None:
        try:
            self._known[name] = await self._ask_by[name](bus)
        except BusError:
            self._known.pop(name, None)
        self._sum_up()

    async def _gnome(self, bus: Bus) -> list[Inhibitor]:
        if not await bus.get(GNOME, GNOME_PATH, GNOME, "InhibitedActions"):
            return []
        found = []
        for path in (await bus.call(GNOME, GNOME_PATH, GNOME, "GetInhibitors"))[0]:
            try:
                flags = (await bus.call(GNOME, path, GNOME_INHIBITOR, "GetFlags"))[0]
                who = (await bus.call(GNOME, path, GNOME_INHIBITOR, "GetAppId"))[0]
                reason = (await bus.call(GNOME, path, GNOME_INHIBITOR, "GetReason"))[0]
            except BusError:
                continue  # gone meanwhile, which is announced as well
            found.append(Inhibitor(who, reason, idle=bool(flags & GNOME_IDLE)))
        return found

    async def _kde(self, bus: Bus) -> list[Inhibitor]:
        try:
            rows = await bus.get(KDE, KDE_PATH, KDE_AGENT, "ActiveInhibitions")
        except BusError:  # Plasma before 6.7: one question for the kind, one for the names
            return await self._kde_before(bus)
        return [Inhibitor(row[1], row[2], idle=KDE_IDLE in row[0]) for row in rows]

    async def _kde_before(self, bus: Bus) -> list[Inhibitor]:
        idle = bool((await bus.call(KDE, KDE_PATH, KDE_AGENT, "HasInhibition", "u", KDE_SCREEN))[0])
        try:
            rows = (await bus.call(KDE, KDE_PATH, KDE_AGENT, "ListInhibitions"))[0]
        except BusError:
            rows = []
        found = [Inhibitor(str(row[0]), str(row[1]) if len(row) > 1 else "", idle) for row in rows if row]
        return found or ([Inhibitor("", "", idle)] if idle else [])

    async def _power(self, bus: Bus) -> list[Inhibitor]:
        if KDE in self._known:
            return []  # PowerDevil's own, where it means suspend
        if not (await bus.call(POWER, POWER_PATH, POWER_INHIBIT, "HasInhibit"))[0]:
            return []
        try:
            names = (await bus.call(POWER, POWER_PATH, POWER_INHIBIT, "GetInhibitors"))[0]
        except BusError:
            names = []  # LXQt tells no names
        return [Inhibitor(who, "", idle=not _like(who, BROWSERS)) for who in names or [""]]

    def _sum_up(self) -> None:
        held = [each for known in self._known.values() for each in known]
        counted = any(each.idle and not self._ignores(each.who, each.reason) for each in held)
        self._say("inhibited", counted if self._known else None)
        self._say("in_call", True if any(_like(each.reason, LISTENING) for each in held) else None)
