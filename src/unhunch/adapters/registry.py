"""Chooses a backend and says why. The only place beside daemon.py that knows them by name.

Each is imported when it is tried: what is not used is not loaded.
"""

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from unhunch.core.settings import Settings
from unhunch.core.translate import _
from unhunch.ports import ActivitySource, Lost, Notifier, Quiet, Unusable

log = logging.getLogger(__name__)

ELSEWHERE = sys.platform in ("win32", "darwin")
"""Portable libraries alone do it there: no D-Bus, no display server to ask."""
SOURCES = ("pynput",) if ELSEWHERE else ("mutter", "wayland", "x11", "pynput", "terminal")
"""In the order in which `auto` tries them: first those that see everything (DESIGN 3)."""
NOTIFIERS = ("plyer", "console") if ELSEWHERE else ("freedesktop", "plyer", "console")
"""Best first."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
"""Seconds between two attempts to rebuild a source that has died: soon, then less and less often."""
BETTER_EVERY = 60.0
"""Seconds after which a makeshift source (terminal) is given up for a better one, if there is one by then. For as long
after a better one was lost it is not taken up: it would call a user away who sits at a desktop that comes back."""
HANGS = 20.0
"""Seconds in which a backend must have opened or answered."""


class Probe(NamedTuple):
    """One line of `doctor`: a backend, whether it can be used, what it says, and what would help."""

    name: str
    usable: bool
    note: str
    remedy: str = ""


class Timers(NamedTuple):
    """Seconds of quiet that have to be told exactly, for sources that cannot be asked but only set timers."""

    steady: float = 30.0
    """Always; no longer than a gap that is activity still, or a gap would end unseen."""
    pauses: tuple[float, ...] = (5.0, 10.0, 15.0)
    """While a prompt waits for a natural pause."""

    @classmethod
    def of(cls, s: Settings) -> Self:
        """As fine as the settings need them."""
        return cls(min(30.0, s.active_gap / 2), tuple(sorted({s.pause_third, s.pause_second, s.pause_first})))


USUAL = Timers()


async def open_source(name: str, env: Mapping[str, str], timers: Timers = USUAL) -> tuple[ActivitySource, str]:
    """The source of that name, opened, and its note. Raises Unusable."""
    if name not in SOURCES:
        raise Unusable(_("it is not for this system"), _("Leave `source` at auto."))
    try:
        module = importlib.import_module(f"unhunch.adapters.activity.{name}")
    except ImportError as error:
        raise Unusable(
            _("it cannot be imported: {error}").format(error=error), "pip install 'unhunch[pynput]'"
        ) from error
    source: ActivitySource
    match name:
        case "terminal":
            source = module.Source()
        case "wayland":
            source = module.Source(env=env, steady=(timers.steady,), pauses=timers.pauses)
        case _:
            source = module.Source(env=env)
    try:
        async with asyncio.timeout(HANGS):
            note = await source.open()
    except Unusable:
        await source.close()
        raise
    except (TimeoutError, Lost, OSError) as error:
        await source.close()
        raise Unusable(str(error) or _("it does not answer")) from error
    return source, note


async def probe(env: Mapping[str, str]) -> list[Probe]:
    """Try every source once, for `doctor`."""
    found = []
    for name in SOURCES:
        try:
            source, note = await open_source(name, env)
        except Unusable as error:
            found.append(Probe(name, usable=False, note=error.reason, remedy=error.remedy))
        else:
            await source.close()
            found.append(Probe(name, usable=True, note=note))
    return found


DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
"""Variables that say where the desktop is."""


async def desktop_env() -> dict[str, str]:
    """Where the desktop is now: this process's environment, or what the user manager has learnt since.

    A service may be older than the desktop it serves: started before it, or left over from the one before. Then the
    manager knows better than the environment that the service was born with.
    """
    env = dict(os.environ)
    if ELSEWHERE:
        return env
    if "INVOCATION_ID" in env or not (env.get("WAYLAND_DISPLAY") or env.get("DISPLAY")):
        known = await _manager_env(env)
        if known is not None:
            env = {name: value for name, value in env.items() if name not in DESKTOP} | known
    runtime = env.get("XDG_RUNTIME_DIR", "")
    if runtime and not (env.get("WAYLAND_DISPLAY") or env.get("DISPLAY")):
        for path in sorted(Path(runtime).glob("wayland-*")):  # noqa: ASYNC240 - a handful of names in memory
            if path.is_socket():
                env["WAYLAND_DISPLAY"] = path.name
                break
    return env


async def _manager_env(env: Mapping[str, str]) -> dict[str, str] | None:
    """What `systemctl --user show-environment` says of the desktop; None where no manager answers."""
    from unhunch.adapters.dbus import Bus, BusError, session_address

    try:
        bus = await Bus.connect(session_address(env))
    except (BusError, Unusable, OSError):
        return None
    try:
        manager = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
        pairs = [pair.partition("=") for pair in await bus.get(*manager, "Environment")]
    except (BusError, Lost, OSError):
        return None
    finally:
        await bus.close()
    return {name: value for name, _equals, value in pairs if name in DESKTOP}


class Keeper:
    """Keeps one activity source alive: opens it, notices its death, rebuilds it, and says what it is doing.

    While there is none `quiet` answers None: presence is then unknown, never called away.
    """

    def __init__(self, wanted: str, rebuilt: Callable[[], None], timers: Timers = USUAL) -> None:
        """`wanted`: a name, or auto. `rebuilt` is called when a source has come or gone."""
        self.wanted = wanted
        self.timers = timers
        self.env: dict[str, str] = dict(os.environ)
        """Where the desktop is, as of the last choice."""
        self.source: ActivitySource | None = None
        self.note = ""
        self.why = _("not tried yet")
        self.table: list[Probe] = []
        self.failures = 0
        self.rings = True
        self._rebuilt = rebuilt
        self._task: asyncio.Task[None] | None = None
        self._armed = False
        self._since = 0.0
        self._lost_at = -BETTER_EVERY

    @property
    def name(self) -> str:
        return self.source.name if self.source else "none"

    async def open(self) -> None:
        """Try once, then go on trying in the background. Never raises."""
        if self.wanted == "none":
            self.why = _("it is switched off (source = none)")
        elif not await self._choose():
            self._retry()

    async def _choose(self) -> bool:
        env = self.env
        found = await desktop_env()
        env.clear()
        env.update(found)
        names = SOURCES if self.wanted == "auto" else (self.wanted,)
        table = []
        waits = self.wanted == "auto" and asyncio.get_running_loop().time() - self._lost_at < BETTER_EVERY
        for name in names:
            if name == "terminal" and waits:
                table.append(Probe(name, usable=False, note=_("a better one was here a moment ago and may come back")))
                continue
            try:
                source, note = await open_source(name, env, self.timers)
            except Unusable as error:
                table.append(Probe(name, usable=False, note=error.reason, remedy=error.remedy))
                continue
            table.append(Probe(name, usable=True, note=note))
            self.source, self.note, self.why = source, note, ""
            self.rings, self._armed = True, False
            self._since = asyncio.get_running_loop().time()
            break
        self.table = table
        if self.source is None:
            self.why = "; ".join(f"{p.name}: {p.note}" for p in table)
        return self.source is not None

    def _retry(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._rebuild())

    async def _rebuild(self) -> None:
        wait = FIRST_WAIT
        while True:
            await asyncio.sleep(wait)
            if await self._choose():
                self._rebuilt()
                return
            wait = min(wait * 2, LONGEST_WAIT)

    async def quiet(self) -> Quiet | None:
        """The time without input; None when blind."""
        source = self.source
        if source is None:
            return None
        now = asyncio.get_running_loop().time()
        if self.wanted == "auto" and now - self._since > BETTER_EVERY and await self._outlived(source):
            return await self._upgrade()
        try:
            async with asyncio.timeout(HANGS):
                return await source.quiet()
        except (Lost, OSError, EOFError, TimeoutError) as error:
            await self._lost(error)
        except Exception as error:  # whatever a backend does, the daemon goes on
            log.warning("The source %s failed", source.name, exc_info=True)
            await self._lost(error)
        return None

    async def _outlived(self, source: ActivitySource) -> bool:
        """A makeshift source, or one of a desktop that is no longer the user's although its server still answers.

        An X server of the same number may be there for X programs in the Wayland session that came after: it would
        look healthy and see next to nothing.
        """
        self._since = asyncio.get_running_loop().time()
        if source.name == "terminal":
            return True
        if "INVOCATION_ID" not in self.env:
            return False
        found = await desktop_env()
        return any(found.get(name) != self.env.get(name) for name in DESKTOP)

    async def _upgrade(self) -> Quiet | None:
        """A makeshift or stranded source gives way to a better one, if there is one by now."""
        makeshift, self.source = self.source, None
        found = await self._choose()
        if makeshift is not None:
            await makeshift.close()
        if not found:
            self._retry()
        return await self.quiet()

    async def _lost(self, error: BaseException) -> None:
        source, self.source = self.source, None
        self.failures += 1
        self._armed = False
        if source is not None:
            if source.name != "terminal":
                self._lost_at = asyncio.get_running_loop().time()
            self.why = _("{source} was lost: {error}").format(
                source=source.name, error=str(error) or type(error).__name__
            )
            log.warning("The source %s was lost (%s); it is being rebuilt", source.name, error)
            await source.close()
        self._retry()

    def ring(self, callback: Callable[[], None]) -> None:
        """Have `callback` called at the next input, unless that was asked for already."""
        if self._armed or self.source is None:
            return

        def rung() -> None:
            self._armed = False
            callback()

        self._armed = True
        self.rings = self.source.ring(rung)
        self._armed = self.rings

    def watch_pauses(self, *, wanted: bool) -> None:
        if self.source is not None:
            self.source.watch_pauses(wanted=wanted)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self.source is not None:
            await self.source.close()
            self.source = None


async def open_notifier(answered: Callable[[str, str], None]) -> tuple[Notifier, str]:
    """The best way to show a notice here: with buttons over D-Bus, as plain text by plyer, else in the terminal."""
    troubles = []
    for name in NOTIFIERS:
        try:
            notifier = _notifier(name)
            return notifier, await notifier.open(answered)
        except (Unusable, ImportError) as error:
            troubles.append(f"{name}: {error}")
    raise Unusable("; ".join(troubles))


def _notifier(name: str) -> Notifier:
    match name:
        case "freedesktop":
            from unhunch.adapters.notify.freedesktop import FreedesktopNotifier

            return FreedesktopNotifier()
        case "plyer":
            from unhunch.adapters.notify.plyer import PlyerNotifier

            return PlyerNotifier()
    from unhunch.adapters.notify.console import ConsoleNotifier

    return ConsoleNotifier()
