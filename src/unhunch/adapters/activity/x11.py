"""X11: the server's own counter says exactly how long it has been quiet; the bell says whether a person ended it.

The counter (MIT-SCREEN-SAVER) costs one round trip a look, but programs reset it too: video players, `xset s reset`.
The bell (bell.py) hears input devices only. It is armed once the desk has been quiet for 30 s; a counter that falls to
0 while the armed bell stays silent was reset by a program, and the quiet goes on. Without pynput the counter does
alone.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

from unhunch.adapters.activity.bell import Bell
from unhunch.adapters.protocols import x11
from unhunch.core.translate import _
from unhunch.ports import Lost, Quiet, Unusable

ARM_AFTER = 30.0
"""Seconds of quiet after which the bell is armed."""
ARM_ANYWAY = 300.0
"""Seconds after which it is armed in any case: a program that resets the counter each few seconds would otherwise
keep the desk looking busy for ever."""
SETTLE = 2.0
"""Seconds a fresh listener is given before its silence proves anything; an arming takes some 20 ms."""
GRACE = 0.5
"""Seconds by which the bell's thread may be later than the counter."""
JITTER = 0.05
"""Seconds between the server's answer and our clock that are no new input."""


class Source:
    """The counter of one X server, with the bell as its witness."""

    name = "x11"

    def __init__(self, display: str | None = None, env: Mapping[str, str] | None = None, *, bell: bool = True) -> None:
        """`display` like ":0", else from `env` (this process's environment by default). `bell`: use pynput."""
        self._name = display
        self._env = os.environ if env is None else env
        self._with_bell = bell
        self._display: Any = None
        self._root: Any = None
        self._bell: Bell | None = None
        self._ring: Callable[[], None] | None = None
        self._zero = 0.0
        """Loop time at which the counter was last 0."""
        self._touched = 0.0
        """Loop time of the last input by a person, as far as is known."""
        self._armed_at = 0.0

    async def open(self) -> str:
        """Connect. Raises Unusable: Wayland session, no server, no MIT-SCREEN-SAVER."""
        name = await x11.find(self._name, self._env)
        x11.adopt(name, self._env)
        from Xlib import display, error

        try:
            self._display = display.Display(name)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as problem:
            raise Unusable(
                _("the X server {display} refused: {error}").format(display=name, error=problem)
            ) from problem
        self._root = self._display.screen().root
        if not self._display.has_extension("MIT-SCREEN-SAVER"):
            await self.close()
            raise Unusable(_("the X server {display} has no MIT-SCREEN-SAVER extension").format(display=name))
        note = _("idle counter of {display}").format(display=name)
        if self._with_bell:
            try:
                self._bell = Bell(self._rung)
                note = _("idle counter of {display}, pynput as bell and witness").format(display=name)
            except Unusable as missing:
                note = _("idle counter of {display}; without a bell: {why}").format(display=name, why=missing.reason)
        try:
            self._zero = self._touched = self._now() - await self._counter()
        except Lost as lost:
            raise Unusable(str(lost)) from lost
        self._armed_at = self._now()
        return note

    async def quiet(self) -> Quiet | None:
        """Exact seconds since a person's last input. Raises Lost."""
        zero = self._now() - await self._counter()
        if zero > self._zero + JITTER:
            by_program = await self._was_program(zero)
            self._zero = zero
            if not by_program:
                self._touched = max(zero, self._touched)
        if self._bell is not None and self._bell.touched_at is not None:
            self._touched = max(self._touched, self._bell.touched_at)
        seconds = max(0.0, self._now() - self._touched)
        if seconds >= ARM_AFTER or self._now() - self._armed_at >= ARM_ANYWAY:
            self._arm()
        return Quiet(seconds, seconds)

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call once at the next input. False without pynput."""
        self._ring = callback
        self._arm()
        return self._bell is not None and not self._bell.broken

    def watch_pauses(self, *, wanted: bool) -> None:
        """The counter sees every gap exactly anyway."""

    async def close(self) -> None:
        """Let the connection and the bell go."""
        self._ring = None
        if self._bell is not None:
            self._bell.close()
            self._bell = None
        if self._display is not None:
            # Not Display.close(): it would wait for a server that hangs.
            self._display.display.socket.close()
            self._display = self._root = None

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _arm(self) -> None:
        if self._bell is not None:
            self._bell.arm()
            self._armed_at = self._now()

    def _rung(self) -> None:
        ring, self._ring = self._ring, None
        if ring is not None:
            ring()

    async def _was_program(self, zero: float) -> bool:
        """Whether the counter fell to 0 at `zero` while the bell was listening and stayed silent."""
        bell = self._bell
        since = None if bell is None else bell.armed_since
        if bell is None or since is None or zero < since + SETTLE:
            return False
        await asyncio.sleep(max(0.0, zero + GRACE - self._now()))
        return bell.armed_since == since

    async def _counter(self) -> float:
        """Seconds on the server's counter. Waits for the answer without blocking, and not for ever. Raises Lost."""
        from Xlib import error
        from Xlib.ext import screensaver

        if self._display is None:
            raise Lost(_("the connection to the X server is closed"))
        try:
            request = screensaver.QueryInfo(
                display=self._display.display,
                opcode=self._display.display.get_extension_major(screensaver.extname),
                drawable=self._root,
                defer=True,
            )
            self._display.flush()
            while True:
                while self._display.pending_events():  # MappingNotify comes unasked and would pile up
                    self._display.next_event()
                if hasattr(request, "idle"):  # the answer is there; it may have come while the question was sent
                    break
                await _readable(self._display.fileno())
        except (error.ConnectionClosedError, error.XError, OSError) as problem:
            await self.close()
            raise Lost(
                _("the X server is gone: {error}").format(error=str(problem) or _("it does not answer"))
            ) from problem
        return float(request.idle) / 1000


async def _readable(descriptor: int) -> None:
    """Wait until the server has sent something. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[None] = loop.create_future()

    def ready() -> None:
        if not arrived.done():
            arrived.set_result(None)

    loop.add_reader(descriptor, ready)
    try:
        async with asyncio.timeout(x11.ANSWER_SECONDS):
            await arrived
    finally:
        loop.remove_reader(descriptor)
