"""Months at a glance: sitting, sessions, stiffness and symptoms of each, and what changed in the plan, with the reason.

Imported only where months are asked for.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from unhunch.core.facts import Fact
from unhunch.core.settings import Settings
from unhunch.core.week.decisions import changes
from unhunch.core.week.figures import Plan, TrendWeek
from unhunch.core.week.lived import Lived
from unhunch.core.week.summary import History, history, together_of
from unhunch.tuples import NamedTuple


class Months(NamedTuple):
    """Calendar months, the oldest first, each as a trend has its weeks; `first` is its first day."""

    months: tuple[TrendWeek, ...]
    changes: tuple[tuple[str, Plan], ...]
    """What the programme changed in them, each with its ISO date."""


def firsts(last: str, count: int) -> list[str]:
    """The first days of so many months up to the one that holds the day `last` (ISO date)."""
    at = date.fromisoformat(last)
    months = [at.year * 12 + at.month - 1 - n for n in range(count - 1, -1, -1)]
    return [date(month // 12, month % 12 + 1, 1).isoformat() for month in months]


def days_of(first: str) -> list[str]:
    """The ISO dates of the month that begins on `first`."""
    at = date.fromisoformat(first)
    every = (at + timedelta(days=n) for n in range(31))
    return [day.isoformat() for day in every if day.month == at.month]


def months(lived: Iterable[Lived], facts: Iterable[Fact], last: str, s: Settings, count: int) -> Months:
    """So many months up to the one that holds the day `last`; `lived` and `facts` cover all of them (summary.py)."""
    return months_of(history(lived, facts, s), last, s, count)


def months_of(h: History, last: str, s: Settings, count: int) -> Months:
    """The same from a history that covers all of them."""
    names = [days_of(first) for first in firsts(last, count)]
    every = {day for month in names for day in month}
    return Months(tuple(together_of(h, month, s) for month in names), changes(h.facts, every, s))
