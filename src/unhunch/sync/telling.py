"""Which facts are worth a line, and in the file of which month it stands."""

from collections.abc import Collection
from typing import Any

from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import DAY, Moment, iso_day

GROWN = 240.0
"""Seconds by which a span that goes on has to have grown before another line tells of it."""
GROWN_QUIET = 1800.0
"""The same for one that counts for nothing until it ends."""
COUNTS = frozenset({Kind.INPUT, Kind.CALL, Kind.INHIBITED})


def month_of(months: list[list[Any]], n: int, wall: float, at: Moment) -> str:
    """The file of a line: by the month of its fact, and never one before the last of `months`, which learns of it."""
    month = iso_day(int((min(wall, at.wall) + at.utc_offset) // DAY))[:7]
    if not months or months[-1][0] < month:
        months.append([month, n, n])
    months[-1][2] = n
    return str(months[-1][0])


def worth(fact: Fact, told: float | None, going_on: Collection[str]) -> bool:
    """Whether a line is worth it: of what goes on, only when it has become much longer."""
    if told is None or fact.key not in going_on:
        return True
    return fact.length - told >= (GROWN if fact.kind in COUNTS else GROWN_QUIET)
