"""Full screen on X11: does the active window carry _NET_WM_STATE_FULLSCREEN? Looked up at each look, two requests.

Only the state is read, never a title or a class. On Wayland no program may know this of another.
"""

import contextlib
import os
from collections.abc import Callable, Mapping
from typing import Any

from unhunch.adapters.protocols import x11
from unhunch.core.translate import N_, _
from unhunch.ports import Lost, Unusable

Changed = Callable[[str, bool | None], None]


class FullScreen:
    """Knows `fullscreen` on X11 with a window manager that names the active window, else None."""

    name = N_("full screen")
    conditions = ("fullscreen",)

    def __init__(self, *, env: Mapping[str, str] | None = None) -> None:
        self._env = os.environ if env is None else env
        self._display: Any = None
        self._atoms: tuple[int, int, int] = (0, 0, 0)
        self._changed: Changed | None = None
        self._value: bool | None = None

    async def open(self, changed: Changed) -> str:
        """Connect to the X server. Raises Unusable."""
        await self.close()
        if self._env.get("WAYLAND_DISPLAY") or self._env.get("XDG_SESSION_TYPE") == "wayland":
            raise Unusable(_("Wayland tells no program about another's windows"))
        where = await x11.find(None, self._env)
        from Xlib import display, error  # costs memory: only where it is used

        x11.stay_local()
        try:
            self._display = display.Display(where)
            # An error that belongs to no request of ours must not be printed.
            self._display.set_error_handler(lambda *_: None)
            names = ("_NET_ACTIVE_WINDOW", "_NET_WM_STATE", "_NET_WM_STATE_FULLSCREEN")
            first, second, third = (self._display.intern_atom(name) for name in names)
        except (OSError, error.DisplayError, error.ConnectionClosedError) as problem:
            await self.close()
            raise Unusable(
                _("the X server {display} does not answer ({error})").format(display=where, error=problem)
            ) from problem
        self._atoms = (first, second, third)
        self._changed = changed
        try:
            self._value = self._look()
        except Lost as problem:
            await self.close()
            raise Unusable(str(problem)) from problem
        changed("fullscreen", self._value)
        return _("X server {display}").format(display=where)

    async def check(self) -> None:
        """Look, and tell a change. Raises Lost when the X server has died."""
        if self._display is None:
            raise Lost(_("not connected"))
        value = self._look()
        if value != self._value:
            self._value = value
            if self._changed is not None:
                self._changed("fullscreen", value)

    async def close(self) -> None:
        """Let everything go; never raises."""
        display, self._display, self._changed = self._display, None, None
        if display is not None:
            with contextlib.suppress(Exception):
                display.close()

    def _look(self) -> bool | None:
        from Xlib import X, error

        active, state, fullscreen = self._atoms
        try:
            root = self._display.screen().root
            named = root.get_full_property(active, X.AnyPropertyType)
            if named is None or not len(named.value):
                return None  # no window manager that says it
            if not named.value[0]:
                return False  # the desktop itself
            try:
                window = self._display.create_resource_object("window", named.value[0])
                states = window.get_full_property(state, X.AnyPropertyType)
            except error.XError:
                return False  # it was closed just now
            while self._display.pending_events():
                self._display.next_event()
        except (OSError, error.ConnectionClosedError, error.DisplayError) as problem:
            raise Lost(_("the X server is gone: {error}").format(error=problem)) from problem
        return states is not None and fullscreen in states.value
