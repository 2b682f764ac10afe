"""Intervals of time as pairs of seconds, half open. In: any order. Out: in order, apart from each other, none empty."""

from collections.abc import Iterable
from itertools import islice
from math import inf

Interval = tuple[float, float]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """What at least one of them covers. Intervals that touch become one."""
    joined: list[Interval] = []
    begun = reach = -inf
    for start, end in sorted(intervals):
        if start > reach:
            if end <= start:
                continue
            if reach > -inf:
                joined.append((begun, reach))
            begun, reach = start, end
        elif end > reach:
            reach = end
    if reach > -inf:
        joined.append((begun, reach))
    return joined


def without(intervals: Iterable[Interval], cut: Iterable[Interval]) -> list[Interval]:
    """What the intervals cover and `cut` does not."""
    left: list[Interval] = []
    holes = union(cut)
    first = 0
    for start, end in union(intervals):
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        at = start
        for hole_start, hole_end in islice(holes, first, None):
            if hole_start >= end:
                break
            if hole_start > at:
                left.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            left.append((at, end))
    return left
