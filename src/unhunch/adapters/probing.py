"""Every part tried once, where no daemon has them open: for `doctor`. Nothing is started, nothing is left behind."""

import sys
from collections.abc import Mapping

from unhunch.adapters import registry
from unhunch.adapters.desktop_env import desktop_env
from unhunch.adapters.registry import Probe
from unhunch.core.settings import Settings
from unhunch.ports import Unusable
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _


class Probed(NamedTuple):
    """What was found, a part a row."""

    sources: list[Probe]
    surroundings: list[Probe]
    desktop: list[Probe]
    """Notices and tray."""


async def probe(settings: Settings) -> Probed:
    """Try everything, one after the other."""
    env = await desktop_env()
    sources = await registry.probe(env)
    return Probed(sources, await _surroundings(settings, env), [await _notifier(), await _tray(env)])


async def _surroundings(settings: Settings, env: Mapping[str, str]) -> list[Probe]:
    if sys.platform != "linux":
        return []
    from unhunch.adapters.surroundings.around import Surroundings

    watched = Surroundings(
        registry.linux_sources(_sleep, ignored_applications=settings.ignored_apps, env=env), lambda _name, _value: None
    )
    try:
        await watched.open()
        return [Probe(each.name, each.usable, each.note, each.remedy) for each in watched.sources()]
    finally:
        await watched.close()


async def _sleep() -> None:
    """Nothing is to be written before the machine sleeps."""


async def _notifier() -> Probe:
    try:
        notifier, note = await registry.open_notifier(lambda _slot, _key: None)
    except Unusable as error:
        return Probe(N_("notifier"), usable=False, note=error.reason, remedy=error.remedy)
    takes = notifier.takes
    await notifier.close()
    return Probe(N_("notifier"), usable=takes, note=note)


async def _tray(env: Mapping[str, str]) -> Probe:
    """Only asked for: an icon that comes and goes would be seen."""
    name = N_("tray")
    if sys.platform != "linux":
        return Probe(name, usable=True, note=_("the icon comes with the daemon"))
    from unhunch.adapters.protocols.dbus import Bus, session_address
    from unhunch.adapters.tray.statusnotifier import WATCHER

    try:
        bus = await Bus.connect(session_address(env))
    except Unusable as error:
        return Probe(name, usable=False, note=error.reason, remedy=error.remedy)
    try:
        there = await bus.owner(WATCHER) is not None
    finally:
        await bus.close()
    if there:
        return Probe(name, usable=True, note=_("a panel takes tray icons"))
    return Probe(name, usable=False, note=_("no panel takes tray icons at the moment; one that starts later gets it"))
