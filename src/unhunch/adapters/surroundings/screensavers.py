"""The desktops' screen savers: an active one means that nobody looks at the screen, whether it has locked or not.

Where logind's LockedHint is not set (older lockers), this is what tells. All of them speak the same little interface,
`GetActive` and `ActiveChanged`; several may be on the bus at once, and any active one counts.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _


class Saver(NamedTuple):
    name: str
    """Its bus name, which is also the interface."""
    paths: tuple[str, ...]


SAVERS = (
    Saver("org.gnome.ScreenSaver", ("/org/gnome/ScreenSaver",)),
    Saver("org.freedesktop.ScreenSaver", ("/org/freedesktop/ScreenSaver", "/ScreenSaver")),
    Saver("org.cinnamon.ScreenSaver", ("/org/cinnamon/ScreenSaver",)),
    Saver("org.mate.ScreenSaver", ("/org/mate/ScreenSaver", "/")),
    Saver("org.xfce.ScreenSaver", ("/org/xfce/ScreenSaver", "/")),
)


class ScreenSavers(BusSource):
    """Knows `locked`: True when a screen saver is active, None when none answers."""

    name = N_("screensaver")
    conditions = ("locked",)

    def __init__(self, *, env: Mapping[str, str] | None = None, address: str | None = None) -> None:
        super().__init__(lambda: address or session_address(env))
        self._active: dict[str, bool] = {}

    @property
    def note(self) -> str:
        return ", ".join(sorted(self._active)) or _("no screen saver on the bus; waiting for one")

    async def close(self) -> None:
        self._active.clear()
        await super().close()

    async def _start(self, bus: Bus) -> None:
        for saver in SAVERS:
            there = await bus.watch_name(saver.name, partial(self._owned, bus, saver))
            await bus.listen(partial(self._moved, saver), saver.name, "ActiveChanged", sender=saver.name)
            if there:
                await self._ask(bus, saver)
        self._sum_up()

    def _moved(self, saver: Saver, body: list[Any]) -> None:
        self._active[saver.name] = bool(body[0])
        self._sum_up()

    def _owned(self, bus: Bus, saver: Saver, owned: bool) -> None:
        self._active.pop(saver.name, None)
        if owned:
            bus.later(self._ask(bus, saver))
        self._sum_up()

    async def _ask(self, bus: Bus, saver: Saver) -> None:
        for path in saver.paths:
            try:
                active = (await bus.call(saver.name, path, saver.name, "GetActive"))[0]
            except BusError:
                continue  # not there, or it knows only how to be inhibited
            self._active.setdefault(saver.name, bool(active))  # a signal that has come meanwhile is newer
            self._sum_up()
            return

    def _sum_up(self) -> None:
        self._say("locked", any(self._active.values()) if self._active else None)
