"""pynput alone: Windows, macOS, and X servers without an idle counter.

Both listeners waiting: it has been quiet since the latest arming, and not for longer than since the last event seen.
One has rung: somebody was there at that moment and may be still. Rung listeners are armed again at the next look.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping

from unhunch.adapters.activity.bell import Bell
from unhunch.ports import Lost, Quiet, Unusable
from unhunch.words.translate import _

ARMING = 0.5
"""Seconds a fresh listener may need before it hears anything: it is not called quiet before."""


class Source:
    """One bell, looked at now and then."""

    name = "pynput"

    def __init__(self, display: str | None = None, env: Mapping[str, str] | None = None) -> None:
        """`display` and `env` matter on X11 only."""
        self._name = display
        self._env = os.environ if env is None else env
        self._bell: Bell | None = None
        self._ring: Callable[[], None] | None = None

    async def open(self) -> str:
        """Start listening. Raises Unusable: not installed, not allowed (macOS), no display, Wayland session."""
        if sys.platform == "darwin":
            from unhunch.adapters.activity import permission

            permission.check()
        if sys.platform == "linux":
            from unhunch.adapters.protocols import x11

            x11.adopt(await x11.find(self._name, self._env), self._env)
        self._bell = Bell(self._rung)
        self._bell.arm()
        await asyncio.sleep(ARMING)
        if self._bell.died:
            await self.close()
            raise Unusable(_("the listeners end at once: this desktop does not allow recording"))
        return _("one-shot listeners")

    async def quiet(self) -> Quiet | None:
        """An interval. Before the first event it reaches up to the time the machine has been running. Raises Lost."""
        bell = self._bell
        if bell is None or bell.died:
            raise Lost(_("a listener has ended by itself: the display is gone"))
        now = asyncio.get_running_loop().time()
        since = bell.armed_since
        at_least = 0.0 if since is None else max(0.0, now - since - ARMING)
        # This clock counts from the start of the machine: nobody has been away for longer than that.
        at_most = max(at_least, now - (bell.touched_at or 0.0))
        bell.arm()
        return Quiet(at_least, at_most)

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call once at the next input."""
        self._ring = callback
        if self._bell is None:
            return False
        self._bell.arm()
        return not self._bell.broken

    def watch_pauses(self, *, wanted: bool) -> None:
        """Each look arms again, so that gaps are seen as precisely as the looks are close."""

    async def close(self) -> None:
        """Let the listeners go."""
        self._ring = None
        if self._bell is not None:
            self._bell.close()
            self._bell = None

    def _rung(self) -> None:
        ring, self._ring = self._ring, None
        if ring is not None:
            ring()
