"""A figure, a day, a name as it is written; the terminal and the page write the same."""

from datetime import date, datetime, time

from unhunch.core.week.figures import Day, Sitting, Week
from unhunch.words import formats
from unhunch.words.translate import _, ngettext


def duration(minutes: float | None) -> str:
    """Minutes in words; "-" when not known."""
    return "-" if minutes is None else formats.duration(minutes)


def range_of(sitting: Sitting) -> str:
    """Low and high."""
    return f"{duration(sitting.low)} - {duration(sitting.high)}"


UNMEASURED = "?"


def best_of(day: Day) -> str:
    """The best estimate of a day."""
    return UNMEASURED if day.unmeasured else duration(day.sitting.best)


def range_of_day(day: Day) -> str:
    """Its low and high."""
    return f"{UNMEASURED} - {duration(day.sitting.high)}" if day.unmeasured else range_of(day.sitting)


def percent(share: float | None) -> str:
    return "-" if share is None else formats.percent(share)


def number(value: float | None) -> str:
    """A mean with one decimal, none when it is whole."""
    return "-" if value is None else formats.number(value)


def clock(iso: str) -> str:
    """The time of day of an ISO 8601 moment, where it was: "14:10"."""
    return formats.clock(datetime.fromisoformat(iso))


def full_hour(hour: int) -> str:
    """ "14:00"."""
    return formats.clock(time(hour % 24))


def day_name(iso: str) -> str:
    """Mon 16 Nov."""
    return formats.weekday_day(date.fromisoformat(iso))


def short_day(iso: str) -> str:
    """16 Nov."""
    return formats.day(date.fromisoformat(iso))


def short_weekday(iso: str) -> str:
    """Mon."""
    return formats.current().short_weekdays[date.fromisoformat(iso).weekday()]


def month_name(iso: str, *, year: bool = True) -> str:
    """Nov 2026, or Nov."""
    at = date.fromisoformat(iso)
    name = formats.current().short_months[at.month - 1]
    return f"{name} {at.year}" if year else name


def week_name(week: Week) -> str:
    """16 to 22 November as "16 - 22 Nov 2026", over a month or a year's end with both."""
    return formats.days(date.fromisoformat(week.first), date.fromisoformat(week.last))


def week_of(name: str) -> str:
    """The heading of a week, or of one in a row of them."""
    return _("Week of {name}").format(name=name)


def sessions(count: int) -> str:
    return ngettext("{count} session", "{count} sessions", count).format(count=count)


def counted_days(count: int) -> str:
    return ngettext("{count} day counted", "{count} days counted", count).format(count=count)


def listed(parts: list[str]) -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def _change(now: float | None, before: float | None) -> float:
    """How far a figure is from what it usually is, as a share of that; 0 when not known, and under 5 %."""
    if not now or not before:
        return 0.0
    change = now / before - 1.0
    return change if int(abs(change) * 100 + 0.5) >= 5 else 0.0


def against(now: float | None, before: float | None) -> str:
    """How a figure compares with what it usually is: "8 % less". Under 5 % is "as usual"."""
    if not now or not before:
        return ""
    change = _change(now, before)
    if not change:
        return _("as usual")
    text = _("{percent} more") if change > 0 else _("{percent} less")
    return text.format(percent=formats.percent(abs(change)))


def against_usual(now: float | None, before: float | None) -> str:
    """The same where nothing else says what it is compared with: "8 % less than usual"."""
    change = _change(now, before)
    if not change:
        return against(now, before)
    text = _("{percent} more than usual") if change > 0 else _("{percent} less than usual")
    return text.format(percent=formats.percent(abs(change)))
