"""When recorded input falls: what a player knows in advance and the daemon has to wait for."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import inf

from unhunch.core.messages import Need
from unhunch.core.settings import Settings


class Inputs:
    """All spans of input, looked at as time goes on."""

    def __init__(self, spans: Sequence[tuple[float, float]], s: Settings) -> None:
        self._starts = [start for start, _ in spans]
        self._ends = list(accumulate((end for _, end in spans), max))
        self._runs = _runs(self._starts, self._ends, s.active_gap)
        self._breaks = [(left, back) for (_, left), (back, _) in pairwise(self._runs) if back - left >= s.break_gap]
        """The gaps that are breaks, whatever lies around: from the last input to the next."""
        self._returns = [back for _, back in self._breaks]
        self._minute = s.active_gap
        self._at = self._run = -1
        """The last span, and the last run of them, that has begun."""
        self._told = -inf
        """The last input that was told of."""

    def until(self, t: float) -> tuple[float | None, tuple[tuple[float, float], ...]]:
        """Seconds of quiet at `t`, None before the first input; and the runs of input since this was last asked."""
        at = self._at = bisect_right(self._starts, t, lo=max(self._at, 0)) - 1
        if at < 0:
            return None, ()
        last, told, runs = min(self._ends[at], t), self._told, self._runs
        typed: list[tuple[float, float]] = []
        run = max(self._run, 0)
        while run < len(runs) and runs[run][0] <= t:
            begun, ended = runs[run]
            if min(ended, last) > told:
                typed.append((t - max(begun, told), t - min(ended, last)))
            run += 1
        self._run, self._told = run - 1, last
        return t - last, tuple(typed)

    def first_from(self, t: float) -> float:
        """The first input at `t` or later, after the last that was told of."""
        if t == inf:
            return inf
        t = max(t, self._told)
        at = max(bisect_right(self._starts, t, lo=max(self._at, 0)) - 1, 0)
        if self._starts[at] <= t <= self._ends[at] and (t > self._told or t < self._ends[at]):
            return t
        if self._starts[at] > t:
            return self._starts[at]
        return self._starts[at + 1] if at + 1 < len(self._starts) else inf

    def due(self, t: float, need: Need, limit: float) -> float:
        """When one can first have sat for as long as that from `t` on, if it is before `limit`.

        What lies in a break behind its first minute is no sitting, and a stretch that began before it is over.
        """
        on_end, broken = t + need.on_end, t + need.broken
        for at in range(bisect_right(self._returns, t), len(self._breaks)):
            left, back = self._breaks[at]
            if left >= limit or on_end <= left:
                break
            on_end = back + need.anew
            gone = max(left + self._minute, t)
            if broken > gone:
                broken += back - gone
        return min(on_end, broken)

    def edge(self, t: float, idle: float, *, by_input: bool) -> float:
        """When a gap matters first: `idle` seconds from `t` on if none comes before, and at the input that ends it.

        `by_input`: `idle` counts from the last input alone, so that each input puts it off.
        """
        following = self._runs[self._run + 1][0] if self._run + 1 < len(self._runs) else inf
        if self._run < 0 or t >= self._runs[self._run][1]:
            return min(following, t + idle)
        end = self._runs[self._run][1]
        return min(following, end + idle + (t - self._told)) if by_input else end

    def gap_from(self, t: float, gap: float) -> float:
        """When it will have been quiet for `gap` seconds for the first time after `t`."""
        starts, ends, at = self._starts, self._ends, max(self._at, 0)
        last = len(starts) - 1
        while at <= last:
            reached = ends[at] + gap
            if reached > t and (at == last or reached < starts[at + 1]):
                return reached
            at += 1
        return inf


def _runs(starts: Sequence[float], ends: Sequence[float], gap: float) -> list[tuple[float, float]]:
    """Spans between which all gaps are little, as one."""
    first = [0, *(at + 1 for at, (end, start) in enumerate(zip(ends, starts[1:], strict=False)) if start - end > gap)]
    return [(starts[at], ends[following - 1]) for at, following in pairwise((*first, len(starts)))]
