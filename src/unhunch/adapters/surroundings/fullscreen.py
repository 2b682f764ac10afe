"""Full screen on X11: does the active window carry _NET_WM_STATE_FULLSCREEN? Looked up at each look, two requests.

Only the state is read, never a title or a class. On Wayland no program may know this of another.
"""

import os
from collections.abc import Callable, Mapping

from unhunch.adapters.desktop_env import on_wayland
from unhunch.adapters.protocols import x11
from unhunch.adapters.protocols.x11_wire import Refused, XServer
from unhunch.ports import Lost, Unusable
from unhunch.words.translate import N_, _

Changed = Callable[[str, bool | None], None]


class FullScreen:
    """Knows `fullscreen` on X11 with a window manager that names the active window, else None."""

    name = N_("full screen")
    conditions = ("fullscreen",)

    def __init__(self, *, env: Mapping[str, str] | None = None) -> None:
        self._env = os.environ if env is None else env
        self._server: XServer | None = None
        self._atoms: tuple[int, int, int] = (0, 0, 0)
        self._changed: Changed | None = None
        self._value: bool | None = None

    async def open(self, changed: Changed) -> str:
        """Connect to the X server. Raises Unusable."""
        await self.close()
        if on_wayland(self._env):
            raise Unusable(_("Wayland tells no program about another's windows"))
        where = await x11.find(None, self._env)
        server = self._server = await XServer.connect(where, self._env)
        try:
            active, state = await server.atom("_NET_ACTIVE_WINDOW"), await server.atom("_NET_WM_STATE")
            self._atoms = (active, state, await server.atom("_NET_WM_STATE_FULLSCREEN"))
            self._value = await self._look(server)
        except (Lost, Refused) as problem:
            await self.close()
            raise Unusable(
                _("the X server {display} does not answer ({error})").format(display=where, error=problem)
            ) from problem
        self._changed = changed
        changed("fullscreen", self._value)
        return _("X server {display}").format(display=where)

    async def check(self) -> None:
        """Look, and tell a change. Raises Lost when the X server has died."""
        if self._server is None:
            raise Lost(_("not connected"))
        value = await self._look(self._server)
        if value != self._value:
            self._value = value
            if self._changed is not None:
                self._changed("fullscreen", value)

    async def close(self) -> None:
        """Let everything go; never raises."""
        server, self._server, self._changed = self._server, None, None
        if server is not None:
            await server.close()

    async def _look(self, server: XServer) -> bool | None:
        active, state, fullscreen = self._atoms
        named = await server.words_of(server.root, active)
        if not named:
            return None  # no window manager that says it
        if not named[0]:
            return False  # the desktop itself
        try:
            states = await server.words_of(named[0], state)
        except Refused:
            return False  # it was closed just now
        return states is not None and fullscreen in states
