"""Recorded activity, played on a simulated clock: for tests, `demo` and whoever wants to see a day again."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from unhunch.core.translate import ngettext
from unhunch.ports import Clock, Quiet


class Source:
    """Plays spans of input. Whoever moves the clock calls `moved()`, so that the bell can ring."""

    name = "recorded"

    def __init__(
        self, spans: Sequence[tuple[float, float]], clock: Clock, blind: Sequence[tuple[float, float]] = ()
    ) -> None:
        """`spans`: (begin, end) of input, `blind`: of times at which nothing could be seen; Unix seconds."""
        self._spans = sorted(spans)
        self._begins = [begin for begin, _end in self._spans]
        self._blind = sorted(blind)
        self._clock = clock
        self._ring: Callable[[], None] | None = None
        self._rung_from = 0.0

    async def open(self) -> str:
        return ngettext("{count} recorded span of input", "{count} recorded spans of input", len(self._spans)).format(
            count=len(self._spans)
        )

    async def quiet(self) -> Quiet | None:
        """Exact. None before the first input and while blind."""
        now = self._clock.now().wall
        last = self._last_input(now)
        if last is None or any(begin <= now < end for begin, end in self._blind):
            return None
        return Quiet(now - last, now - last)

    def ring(self, callback: Callable[[], None]) -> bool:
        """Rings in the first `moved()` after a later input."""
        self._ring, self._rung_from = callback, self._clock.now().wall
        return True

    def moved(self) -> None:
        """The simulated clock has moved on."""
        last = self._last_input(self._clock.now().wall)
        if self._ring is not None and last is not None and last > self._rung_from:
            ring, self._ring = self._ring, None
            ring()

    def next_input(self) -> float | None:
        """When (Unix seconds) the next input comes, so that a simulation can go there; None at the end."""
        now = self._clock.now().wall
        if self._last_input(now) == now:
            return now
        index = bisect_right(self._begins, now)
        return self._begins[index] if index < len(self._begins) else None

    def watch_pauses(self, *, wanted: bool) -> None:
        """Exact anyway."""

    async def close(self) -> None:
        self._ring = None

    def _last_input(self, now: float) -> float | None:
        index = bisect_right(self._begins, now)
        return min(now, self._spans[index - 1][1]) if index else None
