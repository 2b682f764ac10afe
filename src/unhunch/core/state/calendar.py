"""Local time: the logical day and when it turns, its week, and the active hours (MODEL 1 and 3)."""

from datetime import date as day_of
from datetime import timedelta
from functools import lru_cache

from unhunch.core.moment import DAY, HOUR, MINUTE, Moment, iso_day
from unhunch.core.settings import WEEKDAYS, Hours, Settings
from unhunch.core.state.state import State

_THURSDAY = 3
"""The weekday of 1970-01-01."""

# Days and weeks -------------------------------------------------------------------------------------------------------


def logical_date(at: Moment, s: Settings) -> str:
    """The date that a moment belongs to when the day turns at its usual time of night."""
    return iso_day(int((at.wall - s.day_starts + at.utc_offset) // DAY))


def turns(st: State, at: Moment, t: float, s: Settings) -> str | None:
    """The date of the day that begins now; None when none does."""
    date, now = logical_date(at, s), st.today.date
    if date == now:
        return None
    if not now or date < now or any(day.date == date for day in st.past):
        return date  # the first day, or the clock was set: a date that was lived before goes on
    if t - st.reading.since >= s.day_gap:
        return date
    late = at.local_seconds >= s.day_latest
    skipped = day_of.fromisoformat(date) - day_of.fromisoformat(now) > timedelta(days=1)
    return date if late or skipped else None


def day_edge(st: State, at: Moment, t: float, s: Settings) -> float:
    """Seconds until the day may turn if nobody comes back."""
    local = at.local_seconds
    if logical_date(at, s) == st.today.date:
        return max((s.day_starts - local) % DAY or DAY, s.day_gap - (t - st.reading.since))
    return max(min((s.day_latest - local) % DAY, s.day_gap - (t - st.reading.since)), 0.0)


def week_of(date: str, s: Settings) -> str:
    """First day (ISO date) of the week that a logical day belongs to."""
    return _week_of(date, s.week_day)


@lru_cache(maxsize=512)
def _week_of(date: str, first: str) -> str:
    day = day_of.fromisoformat(date)
    return (day - timedelta(days=(day.weekday() - WEEKDAYS.index(first)) % 7)).isoformat()


def week_is_news(st: State, at: Moment, s: Settings) -> str | None:
    """The week that has begun and whose predecessor has not been announced yet."""
    if not s.week_notice or not st.today.date:
        return None
    week = _week_of(st.today.date, s.week_day)
    if week in st.weeks_shown:
        return None
    if st.today.date == week and at.local_seconds < s.week_hour * HOUR:
        return None
    before = (day_of.fromisoformat(week) - timedelta(days=7)).isoformat()
    return week if any(before <= day.date < week and (day.best or day.done) for day in st.past) else None


# Active hours ---------------------------------------------------------------------------------------------------------


def in_hours(at: Moment, s: Settings) -> bool:
    """Prompts may come at this local time."""
    day, seconds = divmod(at.wall + at.utc_offset, DAY)
    weekday, now = (int(day) + _THURSDAY) % 7, seconds / MINUTE
    for start, end in s.hours_on(weekday):
        if start <= now < (end if end > start else 1440):
            return True
    return any(end <= start and now < end for start, end in s.hours_on((weekday - 1) % 7))


def hours_edge(at: Moment, s: Settings) -> float:
    """Seconds until active hours may begin or end."""
    now = at.local_seconds
    edges = _edges(s.hours)
    for edge in edges:
        if edge > now:
            return edge - now
    return edges[0] - now + DAY if edges else DAY


@lru_cache(maxsize=8)
def _edges(week: tuple[Hours, ...]) -> tuple[float, ...]:
    """Seconds after midnight at which hours begin or end on any day, in order."""
    return tuple(sorted({m * MINUTE for hours in week for pair in hours for m in pair if m * MINUTE < DAY}))
