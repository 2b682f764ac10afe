"""Mean and median of plain numbers.

The library's `statistics` is exact to the last bit for the price of decimal, fractions and random: 0.4 MiB in the
daemon and 10 ms at every short command.
"""

from collections.abc import Iterable, Sequence
from math import ceil


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean of at least one value."""
    return sum(values) / len(values)


def median(values: Iterable[float]) -> float:
    """The middle one of at least one value, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so large a share (0 to 1) of them does not exceed. Raises IndexError for no values."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]
