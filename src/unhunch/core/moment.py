"""Time as a value. The core never reads a clock: each event carries the Moment at which it happened."""

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from unhunch.tuples import NamedTuple

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0


class Moment(NamedTuple):
    """One reading of the three clocks, taken together.

    Floats rather than datetimes, because a year of history has to pass through the engine in seconds;
    `local` gives words and calendars what they need.
    """

    wall: float
    """Unix time in seconds (UTC). May jump when the clock is set."""
    awake: float
    """Monotonic seconds that stop while the machine is suspended (CLOCK_MONOTONIC)."""
    boot: float
    """Monotonic seconds that run through suspend (CLOCK_BOOTTIME)."""
    utc_offset: int
    """Seconds to add to UTC for local time, as in force at this moment."""

    @property
    def local(self) -> datetime:
        """Local wall time, aware."""
        return at_offset(self.wall, self.utc_offset)

    @property
    def local_seconds(self) -> float:
        """Seconds since local midnight, 0 to 86400, as if no hour were missing or twice."""
        return (self.wall + self.utc_offset) % DAY

    def suspended_since(self, earlier: "Moment") -> float:
        """Seconds that the machine slept between two moments of one boot."""
        return max(0.0, (self.boot - earlier.boot) - (self.awake - earlier.awake))

    def clock_step_since(self, earlier: "Moment") -> float:
        """Seconds by which the wall clock was set forward (negative: back) between two moments of one boot."""
        return (self.wall - earlier.wall) - (self.boot - earlier.boot)


def first_day_after(seconds: float, utc_offset: int) -> str:
    """ISO date of the first day of which nothing lies before that moment (Unix seconds).

    An hour of it may: the moment is a midnight of summer or winter time, by the offset of the other one.
    """
    return at_offset(seconds + DAY - 2 * HOUR, utc_offset).date().isoformat()


def at_offset(wall: float, utc_offset: int) -> datetime:
    """`wall` (Unix seconds) as an aware datetime at a fixed offset from UTC (seconds)."""
    return datetime.fromtimestamp(wall, _zone(utc_offset))


@lru_cache(maxsize=64)
def _zone(utc_offset: int) -> timezone:
    return timezone(timedelta(seconds=utc_offset))


@lru_cache(maxsize=512)
def iso_day(day: int) -> str:
    """ISO date of a day counted from 1970-01-01."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + day).isoformat()


def local_midnight(wall: float, utc_offset: int) -> float:
    """Unix time of the local midnight that begins the calendar day of `wall`, at that offset."""
    return wall - (wall + utc_offset) % DAY
