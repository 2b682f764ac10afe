"""Synthetic input on an X server through the XTEST extension, and the server's own idle counter."""

from typing import Any

from Xlib import XK, X, display, error
from Xlib.ext import screensaver, xtest


class Hands:
    """Types and points on one X server."""

    def __init__(self, name: str) -> None:
        self._display: Any = display.Display(name)
        self._root: Any = self._display.screen().root
        self._right = False

    def key(self, keysym: str = "a") -> None:
        """Press and release the key of that name ("a", "Return", "F5")."""
        code = self._display.keysym_to_keycode(XK.string_to_keysym(keysym))
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self._display, kind, code)
        self._display.sync()

    def motion(self, x: int | None = None, y: int = 200) -> None:
        """Move the pointer to a place, or a little to and fro."""
        if x is None:
            self._right = not self._right
            x = 300 if self._right else 310
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        self._display.sync()

    def button(self, number: int = 1) -> None:
        """Click where the pointer is (1 left, 2 middle, 3 right, 4 and 5 the wheel)."""
        for kind in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(self._display, kind, number)
        self._display.sync()

    def click(self, x: int, y: int, number: int = 1) -> None:
        """Click at a place."""
        self.motion(x, y)
        self.button(number)

    def reset_saver(self) -> None:
        """What `xset s reset` and video players do: the counter falls to 0 and nobody touched anything."""
        self._display.force_screen_saver(X.ScreenSaverReset)
        self._display.sync()

    def idle_seconds(self) -> float:
        """The server's counter since the last input."""
        return float(screensaver.query_info(self._root).idle) / 1000

    def close(self) -> None:
        try:
            self._display.close()
        except (error.ConnectionClosedError, OSError):  # the server went first
            self._display.display.socket.close()
