"""The days of a week, by their dates."""

from datetime import date, timedelta

from unhunch.core.moment import DAY
from unhunch.core.settings import WEEKDAYS

WEEKS_BEFORE = 4
"""A week is compared with so many before it (MODEL 7)."""
_EPOCH = date(1970, 1, 1).toordinal()


def seven(first: str) -> list[str]:
    """The seven ISO dates of a week that begins on `first`."""
    start = date.fromisoformat(first)
    return [(start + timedelta(days=n)).isoformat() for n in range(7)]


def back(first: str, weeks: int) -> str:
    """The first day of the week so many weeks before (negative: after)."""
    return (date.fromisoformat(first) - timedelta(weeks=weeks)).isoformat()


def first_day(day: str, week_start: str) -> str:
    """The first day of the week that `day` (ISO date) lies in; `week_start` is one of mon, tue, ... sun."""
    at = date.fromisoformat(day)
    return (at - timedelta(days=(at.weekday() - WEEKDAYS.index(week_start)) % 7)).isoformat()


def midnight_of(day: str) -> float:
    """Unix seconds of the midnight that begins a day in UTC."""
    return (date.fromisoformat(day).toordinal() - _EPOCH) * DAY


def window(week: str, weeks: int = WEEKS_BEFORE) -> tuple[float, float]:
    """The Unix seconds that can hold facts of a week and of so many weeks before it, in any time zone."""
    day = midnight_of(week)
    return day - weeks * 7 * DAY - DAY, day + 9 * DAY
