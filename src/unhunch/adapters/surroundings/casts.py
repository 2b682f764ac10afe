"""Who sees the screen on GNOME: Mutter lists the casts that live now, its own recorder's and those of the portal.

Nothing announces a cast, but its end is broadcast, and the list costs 0.3 ms: it is asked for at each look, so just
before a notice is shown. The list is what D-Bus introspection says of the sessions' object (Mutter 43, 48.7, 51.0). A
desktop that is worked at from afar (gnome-remote-desktop) is a cast as well.
"""

import os
from collections.abc import Mapping

from unhunch.adapters.desktop_env import on_wayland
from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.words.translate import N_, _

MUTTER = "org.gnome.Mutter.ScreenCast"
SESSIONS = "/org/gnome/Mutter/ScreenCast/Session"
SESSION = "org.gnome.Mutter.ScreenCast.Session"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"


class MutterCasts(BusSource):
    """Knows `shared` on GNOME; None elsewhere."""

    name = N_("screen sharing")
    conditions = ("shared",)

    def __init__(self, *, env: Mapping[str, str] | None = None, address: str | None = None) -> None:
        super().__init__(lambda: address or session_address(env))
        self._env = os.environ if env is None else env
        self._there = False

    @property
    def note(self) -> str:
        """Who tells, and what nobody tells."""
        if self._env.get("DISPLAY") and not on_wayland(self._env):
            return _("cannot be known on X11, where any program may look at the screen and nobody tells")
        if self._there:
            return _("told by Mutter")
        return _("PipeWire tells what goes through the portal; nobody tells of direct capture (wf-recorder, grim)")

    async def check(self) -> None:
        """Ask. Raises Lost when the bus has gone."""
        await super().check()
        if self._there and self._bus is not None:
            await self._ask(self._bus)

    async def close(self) -> None:
        self._there = False
        await super().close()

    async def _start(self, bus: Bus) -> None:
        there = await bus.watch_name(MUTTER, lambda owned: self._owned(bus, owned))
        await bus.listen(lambda _body: bus.later(self._ask(bus)), SESSION, "Closed", sender=MUTTER)
        if there:
            self._there = True
            await self._ask(bus)

    def _owned(self, bus: Bus, owned: bool) -> None:
        self._there = owned
        if owned:
            bus.later(self._ask(bus))
        else:
            self._say("shared", None)

    async def _ask(self, bus: Bus) -> None:
        try:
            tree = str((await bus.call(MUTTER, SESSIONS, INTROSPECTABLE, "Introspect"))[0])
        except BusError:
            tree = ""  # no cast has been yet
        self._say("shared", "<node name=" in tree)
