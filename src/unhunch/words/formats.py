"""Times, dates and numbers as the user's locale writes them. The patterns are CLDR's (locale/*/formats.json).

They go with the language (translate.py). Until `use` names others they are British English, with 24 hours and
"Mon 16 Nov". What programs read is ISO 8601 and does not come through here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from typing import Any

from unhunch.tuples import NamedTuple


class Formats(NamedTuple):
    """Patterns for str.format. Names of days begin with Monday; those of months are as they stand in a date."""

    time: str = "{HH}:{mm}"
    hour: str = "{HH}"
    """An hour on an axis."""
    day: str = "{d} {MMM}"
    day_year: str = "{d} {MMM} {y}"
    weekday_day: str = "{E} {d} {MMM}"
    long_day: str = "{d} {MMMM}"
    long_day_year: str = "{d} {MMMM} {y}"
    decimal: str = "."
    group: str = ","
    """Between thousands."""
    percent: str = "{n} %"
    am: str = "am"
    pm: str = "pm"
    short_weekdays: tuple[str, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    weekdays: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    short_months: tuple[str, ...] = (
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    )  # fmt: skip
    months: tuple[str, ...] = (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    )  # fmt: skip


_formats = Formats()
_here: ContextVar[Formats | None] = ContextVar("formats", default=None)


def use(formats: Formats) -> None:
    """From now on these, wherever no others are."""
    global _formats
    _formats = formats


@contextmanager
def in_these(formats: Formats) -> Iterator[None]:
    """In the block, and in what it awaits and begins, these formats."""
    before = _here.set(formats)
    try:
        yield
    finally:
        _here.reset(before)


def current() -> Formats:
    return _here.get() or _formats


def _clock(pattern: str, at: datetime | time) -> str:
    half = current().am if at.hour < 12 else current().pm
    values = {"HH": f"{at.hour:02d}", "H": at.hour, "h": at.hour % 12 or 12, "mm": f"{at.minute:02d}", "a": half}
    return pattern.format_map(values)


def _date(pattern: str, at: date) -> str:
    f = current()
    values: dict[str, Any] = {"d": at.day, "dd": f"{at.day:02d}", "y": at.year, "E": f.short_weekdays[at.weekday()]}
    return pattern.format_map({**values, "MMM": f.short_months[at.month - 1], "MMMM": f.months[at.month - 1]})


def clock(at: datetime | time) -> str:
    """A time of day: "14:10", "2:10 PM"."""
    return _clock(current().time, at)


def hour(of: int) -> str:
    """A full hour, 0-24, as short as an axis wants it: "14", "2 PM"."""
    return _clock(current().hour, time(of % 24))


def day(at: date, *, year: bool = False) -> str:
    """A short date: "16 Nov", "16 Nov 2026"."""
    return _date(current().day_year if year else current().day, at)


def days(first: date, last: date) -> str:
    """From a day to another: "9 - 15 Nov 2026", with both months or years where they differ."""
    pattern = current().day_year
    if (first.year, first.month) != (last.year, last.month):
        return f"{day(first, year=first.year != last.year)} - {day(last, year=True)}"
    number = "{d}." if "{d}." in pattern else "{d}"
    return _date(pattern.replace(number, f"{number.format(d=first.day)} - {number}"), last)


def weekday_day(at: date) -> str:
    """ "Mon 16 Nov"."""
    return _date(current().weekday_day, at)


def long_day(at: date, *, year: bool = False) -> str:
    """ "16 November", "16 November 2026"."""
    return _date(current().long_day_year if year else current().long_day, at)


def weekday(at: date) -> str:
    """ "Monday"."""
    return current().weekdays[at.weekday()]


def number(value: float, digits: int = 1) -> str:
    """With at most so many decimals, none when it is whole: "2.5", "3"."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", current().decimal)


def duration(minutes: float) -> str:
    """A length of time: "38 min", "1 h 05", "3 h". Half a minute rounds up."""
    hours, rest = divmod(int(minutes + 0.5), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def hours(minutes: float) -> str:
    """A sum of many days: "1,204 h"; up to a hundred hours as `duration` says it."""
    full = int(minutes / 60 + 0.5)
    if full <= 100:
        return duration(minutes)
    return f"{whole(full)} h"


def whole(count: int) -> str:
    """A large number: "1,204"."""
    return f"{count:,}".replace(",", current().group)


def stopwatch(seconds: float) -> str:
    """A short length as a stopwatch has it, to the nearest second: "4:33"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def percent(share: float) -> str:
    """A share, 0-1, as a whole percentage, half up: "13 %"."""
    return current().percent.format(n=int(share * 100 + 0.5))
