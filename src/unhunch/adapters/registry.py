"""Chooses a backend and says why. The only place beside daemon/ that knows them by name.

Each is imported when it is tried: what is not used is not loaded.
"""

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Self

from unhunch.adapters.desktop_env import ELSEWHERE
from unhunch.adapters.supervision import HANGS
from unhunch.core.settings import Settings
from unhunch.ports import (
    ActivitySource,
    Lost,
    Notifier,
    SurroundingsSource,
    Tray,
    Unusable,
)
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

log = logging.getLogger(__name__)

SOURCES = ("pynput",) if ELSEWHERE else ("mutter", "wayland", "x11", "pynput", "terminal")
"""In the order in which `auto` tries them: first those that see everything."""
NOTIFIERS = ("plyer", "console") if ELSEWHERE else ("freedesktop", "plyer", "console")
"""Best first."""


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
    pauses: tuple[float, ...] = (5.0, 10.0, 12.0)
    """While a prompt waits for a natural pause."""

    @classmethod
    def of(cls, s: Settings) -> Self:
        """As fine as the settings need them."""
        return cls(min(30.0, s.active_gap / 2), tuple(sorted({s.pause_gap_least, s.pause_gap_waiting, s.pause_gap})))


USUAL = Timers()


async def open_source(name: str, env: Mapping[str, str], timers: Timers = USUAL) -> tuple[ActivitySource, str]:
    """The source of that name, opened, and its note. Raises Unusable."""
    if name not in SOURCES:
        raise Unusable(_("it is not for this system"), _("Leave `source` at auto."))
    try:
        module = importlib.import_module(f"unhunch.adapters.activity.{name}")
    except ImportError as error:
        from unhunch.adapters.installation import Installation

        remedy = Installation.own().command_for_pynput if name == "pynput" else ""
        raise Unusable(_("it cannot be imported: {error}").format(error=error), remedy) from error
    source: ActivitySource
    match name:
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


async def open_notifier(
    answered: Callable[[str, str], None], changed: Callable[[], None] = lambda: None
) -> tuple[Notifier, str]:
    """The best way to show a notice here: with buttons over D-Bus, as plain text by plyer, else in the terminal.

    Raises Unusable.
    """
    troubles = []
    for name in NOTIFIERS:
        try:
            notifier = _notifier(name)
            return notifier, await notifier.open(answered, changed)
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


def linux_sources(
    before_sleep: Callable[[], Awaitable[None]],
    *,
    ignored_applications: Iterable[str] = (),
    ignored_inhibitors: Iterable[str] = (),
    call_settle: float = 0.0,
    calendars: Callable[[], tuple[Sequence[str], float, bool]] = lambda: ((), 0.0, False),
    env: Mapping[str, str] | None = None,
) -> list[SurroundingsSource]:
    """Every source for a Linux desktop, not opened yet. Addresses come from `env` (default: the environment).

    `before_sleep` is awaited, for 4 s at most, before the machine suspends. The ignored ones are patterns such as
    "obs*", compared without regard to case. `call_settle`: seconds in which a call has to begin or end.
    `calendars`: the patterns of their files, the seconds before an event that are busy too, and if whole days count.
    """
    from unhunch.adapters.surroundings.breaks import GnomeBreaks
    from unhunch.adapters.surroundings.calendars import Calendars
    from unhunch.adapters.surroundings.calls import Camera
    from unhunch.adapters.surroundings.casts import MutterCasts
    from unhunch.adapters.surroundings.fullscreen import FullScreen
    from unhunch.adapters.surroundings.inhibitors import DesktopInhibitors, LogindInhibitors
    from unhunch.adapters.surroundings.lockers import Lockers
    from unhunch.adapters.surroundings.logind import Logind
    from unhunch.adapters.surroundings.quiet import DoNotDisturb
    from unhunch.adapters.surroundings.screensavers import ScreenSavers
    from unhunch.adapters.surroundings.sound import SoundServer

    named = (os.environ if env is None else env).get("XDG_CURRENT_DESKTOP", "")
    return [
        Logind(before_sleep, env=env),
        ScreenSavers(env=env),
        Lockers(),
        SoundServer(ignored_applications, settle=call_settle, env=env),
        Camera(settle=call_settle),
        LogindInhibitors(ignored_inhibitors, env=env),
        DesktopInhibitors(ignored_inhibitors, env=env),
        DoNotDisturb(env=env),
        MutterCasts(env=env),
        *([GnomeBreaks(env=env)] if "GNOME" in named.split(":") else []),
        FullScreen(env=env),
        Calendars(calendars, os.environ if env is None else env),
    ]


def open_tray() -> Tray:
    if sys.platform == "linux":
        from unhunch.adapters.tray.statusnotifier import StatusNotifierTray

        return StatusNotifierTray()
    from unhunch.adapters.tray.pystray import PystrayTray

    return PystrayTray()
