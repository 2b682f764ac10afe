"""The bell: two pynput listeners, mouse and keyboard, that each end at their first event.

One event an arming is all they see, so that a 1000 Hz mouse costs nothing, and its content is dropped in the first
line. Never `stop()` and never `join()`: on X11 the thread ends only at the next event, and with a dead server `join()`
hangs; `is_alive()` is the only thing to ask. A listener that has not rung when its owner closes is therefore kept
for the next owner instead of leaving a thread behind each time.
"""

import asyncio
import contextlib
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from unhunch.adapters.lean import standing_in
from unhunch.adapters.protocols import x11
from unhunch.ports import Unusable
from unhunch.words.translate import N_, _

BROKEN_AFTER = 3
"""Listeners that die without an event, one after the other, before the bell is given up."""

REMEDY = N_(
    "Install it with: pip install 'unhunch[pynput]'. On Linux that compiles evdev, which needs: apt "
    "install gcc python3-dev"
)

_spare: dict[tuple[str, str], "_Listening"] = {}
"""Listeners that wait for an event and whose owner is gone, by kind and display."""


def _display() -> str:
    return os.environ.get("DISPLAY", "")


class _Listening:
    """One listener thread, which ends at its first event."""

    def __init__(self, listener: Callable[..., Any], callbacks: tuple[str, ...]) -> None:
        self.fired = False
        self.owner: Callable[[], None] | None = None
        self._thread = listener(**dict.fromkeys(callbacks, self._touched))
        self._thread.start()

    def _touched(self, *event: object) -> bool:
        del event  # what was typed and where the pointer is must not live on
        self.fired = True
        owner, self.owner = self.owner, None
        if owner is not None:
            owner()
        return False  # ends the thread

    @property
    def waiting(self) -> bool:
        """Whether it is listening still; False once it rang or died."""
        return not self.fired and bool(self._thread.is_alive())


def _pynput() -> tuple[Any, Any]:
    """pynput's keyboard and mouse. Raises ImportError, and whatever a missing display makes of it.

    On X11 without its tables of all the world's keys, 2.2 MiB: no key is ever looked up or pressed here.
    """
    if sys.platform != "linux":
        from pynput import keyboard, mouse

        return keyboard, mouse
    from Xlib import keysymdef

    x11.tame_xlib()
    tables = {"CHARS": {}, "DEAD_KEYS": {}, "KEYPAD_KEYS": defaultdict[str, int](int), "KEYSYMS": {}, "SYMBOLS": {}}
    groups, keysymdef.__all__ = keysymdef.__all__, []
    try:
        with standing_in({"pynput._util.xorg_keysyms": tables}):
            from pynput import keyboard, mouse
    finally:
        keysymdef.__all__ = groups
    return keyboard, mouse


def _quietly(listener: Any) -> Any:
    """A listener class whose thread ends without a traceback, and without open sockets, when the server dies.

    It does not even look up which key it was: on X11 it so reads no keyboard mapping at each arming, on Windows it
    swallows no dead keys (to look one up uses it up), on macOS it may listen outside of the main thread.
    """

    class OneShot(listener):  # type: ignore[misc]  # pynput is untyped
        def _event_to_key(self, *_: object) -> None:
            """No key."""

        if sys.platform == "linux":

            def _initialize(self, *_: object) -> None:
                """Nothing to prepare."""

        if sys.platform == "darwin" and hasattr(listener, "_event_to_key"):

            def _run(self) -> None:
                """Without the keyboard's layout: macOS ends programs that ask for it elsewhere."""
                super(listener, self)._run()

            def _handle_message(self, *_: object) -> None:
                """Some key."""
                self.on_press(None, False)  # noqa: FBT003 - pynput's own order

        def run(self) -> None:
            try:
                super().run()
            except Exception:  # noqa: BLE001 - whatever the server's death looks like; is_alive() tells it
                for name in ("_display_stop", "_display_record"):
                    with contextlib.suppress(AttributeError, OSError):
                        getattr(self, name).display.socket.close()

    return OneShot


class Bell:
    """Rings at the first touch after each arming. `touched` is called on the event loop."""

    def __init__(self, touched: Callable[[], None]) -> None:
        """Import pynput. Raises Unusable where it is not installed or cannot start."""
        try:
            keyboard, mouse = _pynput()
        except ModuleNotFoundError as error:
            raise Unusable(_("{module} is not installed").format(module=error.name), _(REMEDY)) from error
        except Exception as error:  # it opens a display when it is imported, and says so in many ways
            raise Unusable(
                _("pynput cannot start: {error}").format(error=(str(error) or repr(error)).splitlines()[0])
            ) from error
        self._kinds: dict[str, tuple[Any, tuple[str, ...]]] = {
            "mouse": (_quietly(mouse.Listener), ("on_move", "on_click", "on_scroll")),
            "keyboard": (_quietly(keyboard.Listener), ("on_press", "on_release")),
        }
        self._callback: Callable[[], None] | None = touched
        self._loop = asyncio.get_running_loop()
        self._listening: dict[str, _Listening] = {}
        self._latest_arming = 0.0
        self._deaths = 0
        self.touched_at: float | None = None
        """Loop time of the last event seen."""

    @property
    def armed_since(self) -> float | None:
        """Loop time since which both listeners wait without having rung; None when one does not."""
        waiting = [each.waiting for each in self._listening.values()]
        return self._latest_arming if len(waiting) == len(self._kinds) and all(waiting) else None

    @property
    def died(self) -> bool:
        """A listener has ended without an event: the server went, or does not allow recording."""
        return any(not each.fired and not each.waiting for each in self._listening.values())

    @property
    def broken(self) -> bool:
        """Listeners keep dying without an event: the bell cannot be relied upon."""
        return self._deaths >= BROKEN_AFTER

    def arm(self) -> None:
        """Start the listeners that are not waiting. Costs some 20 ms of processor time if both have rung."""
        if self.broken:
            return
        for kind, (listener, callbacks) in self._kinds.items():
            old = self._listening.get(kind)
            if old is not None and old.waiting:
                self._deaths = 0
                continue
            if old is not None and not old.fired:
                self._deaths += 1
            elif old is not None:
                self._deaths = 0
            new = _spare.pop((kind, _display()), None)
            if new is None or not new.waiting:
                new = _Listening(listener, callbacks)
            new.owner = self._ring
            self._listening[kind] = new
            self._latest_arming = self._loop.time()

    def close(self) -> None:
        """Let go. Listeners that still wait go to the next owner."""
        self._callback = None
        for place in [place for place, each in _spare.items() if not each.waiting]:
            del _spare[place]
        for kind, each in self._listening.items():
            each.owner = None
            if each.waiting:
                _spare[kind, _display()] = each
        self._listening.clear()

    def _ring(self) -> None:
        """In the listener's thread: the time, and nothing else, goes to the event loop."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._rung, self._loop.time())

    def _rung(self, at: float) -> None:
        self.touched_at = max(at, self.touched_at or 0.0)
        if self._callback is not None:
            self._callback()
