"""Sets of line numbers as ranges from first to last, as they are kept and written: `[[1, 417], [420, 421]]`."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

Ranges = Sequence[list[int]]


def holds(ranges: Ranges, n: int) -> bool:
    """Whether it is one of them."""
    at = bisect_right(ranges, n, key=lambda pair: pair[0])
    return at > 0 and n <= ranges[at - 1][1]


def joined(numbers: Iterable[Iterable[int]]) -> Ranges:
    """These ranges in order, with no two that touch."""
    found: list[list[int]] = []
    for first, last in sorted(map(list, numbers)):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return found


def of(numbers: Iterable[int]) -> Ranges:
    """These numbers as ranges."""
    return joined([n, n] for n in numbers)


def last(ranges: Ranges) -> int:
    """The highest of them; 0 for none."""
    return ranges[-1][1] if ranges else 0


def holes(ranges: Ranges) -> Ranges:
    """What is missing before the last number."""
    edges = [[0, 0], *ranges]
    return [[a[1] + 1, b[0] - 1] for a, b in pairwise(edges) if a[1] + 1 <= b[0] - 1]
