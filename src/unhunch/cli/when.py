"""Times as people type them: "10m", "1h 30m", "until 14:00", "friday 9:00", "rest of today". Pure: now is an argument.

Local time is the system's, or the zone of `zone`. A time that a change to summer time leaves out is refused; of one
that comes twice, the first that still lies ahead is meant.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from unhunch.cli.command import wrong
from unhunch.cli.words import WEEKDAYS
from unhunch.control.protocol import UserError

DAY_BEGINS = time(4, 0)
"""A day given without an hour begins here: whoever is still up at midnight means the day after sleep (MODEL 1)."""
LONGEST_PAUSE = timedelta(days=366)
SHORTEST_PAUSE = timedelta(minutes=1)

_UNITS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "d": 86400, "day": 86400, "days": 86400,
    "w": 604800, "week": 604800, "weeks": 604800,
}  # fmt: skip
_PART = re.compile(r"\s*(\d{1,6}(?:\.\d{1,3})?)\s*([a-z]+)\s*", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

DURATIONS = 'Give a duration such as 10m, "1h 30m" or 90s.'
CLOCKS = "Give a time of day such as 14:00 or 2pm."
MOMENTS = "Try: 1h, until 14:00, until friday, until tomorrow 9:00, until 2027-01-07, rest of today."


def duration(text: str) -> float:
    """Seconds of "10m", "1h 30m", "90 s", "1.5h". Raises UserError."""
    found = _duration(text)
    if found is None:
        raise wrong(f"{text!r} is not a duration.", DURATIONS)
    return found


def _duration(text: str) -> float | None:
    """None if it does not look like one."""
    rest, seconds = text.strip().lower(), 0.0
    if not rest:
        return None
    while rest:
        part = _PART.match(rest)
        if part is None or part[2] not in _UNITS:
            return None
        seconds += float(part[1]) * _UNITS[part[2]]
        rest = rest[part.end() :]
    return seconds


def clock(text: str) -> time:
    """A time of day: "14:00", "9:30", "2pm", "14.30". Raises UserError."""
    found = _clock(text)
    if found is None:
        raise wrong(f"{text!r} is not a time of day.", CLOCKS)
    return found


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text.strip().lower())
    if match is None or not (match[2] or match[3]):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def day(text: str, today: date, *, ahead: bool) -> date | None:
    """ "today", "tomorrow", "yesterday", a weekday (the next, or the last, one), an ISO date. None if it is none."""
    name = text.strip().lower()
    near = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if name in near:
        return today + timedelta(days=near[name])
    for number, weekday in enumerate(WEEKDAYS):
        if len(name) >= 3 and weekday.lower().startswith(name):
            away = (number - today.weekday()) % 7 or 7
            return today + timedelta(days=away if ahead else away - 7 if away < 7 else -7)
    if _ISO_DATE.fullmatch(name):
        try:
            return date.fromisoformat(name)
        except ValueError:
            raise wrong(f"There is no day {text}.", "Give a date such as 2027-01-07.") from None
    return None


def at(when: date, hour: time, now: datetime, zone: tzinfo | None = None) -> datetime:
    """That local time as an aware one. Raises UserError where a clock change leaves it out."""
    naive = datetime.combine(when, hour)
    try:
        both = [_aware(naive.replace(fold=fold), zone) for fold in (0, 1)]
    except (OverflowError, ValueError, OSError):
        raise wrong(f"{when} is too far away.", "Give a day within a year.") from None
    if both[0].replace(tzinfo=None) != naive:
        after = f"{both[0]:%H:%M}"
        raise wrong(
            f"There is no {hour:%H:%M} on {when}: the clocks are put forward over it.",
            f"Say {after}, or an hour before.",
        )
    return both[0] if both[0] > now else both[1]


def midnight(when: date, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The first moment of a day, also where the clocks are put forward at midnight. Raises UserError."""
    try:
        return at(when, time(0), now, zone)
    except UserError:
        return at(when, time(1), now, zone)


def _aware(naive: datetime, zone: tzinfo | None) -> datetime:
    return _local(naive if zone is None else naive.replace(tzinfo=zone), zone)


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    """That moment at the fixed offset in force then: in a zone, Python compares and adds wall times, not moments."""
    placed = moment.astimezone(UTC).astimezone(zone)
    offset = placed.utcoffset()
    assert offset is not None
    return placed.replace(tzinfo=timezone(offset), fold=0)


def length(words: str) -> float | None:
    """Seconds, if a pause is described by its length and not by its end."""
    return _duration(" ".join(words.lower().split()).removeprefix("for "))


def pause_until(words: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """When a pause described like this ends. Raises UserError if it cannot be read, is over, or is too long."""
    now = _local(now, zone)
    end = _end(" ".join(words.lower().split()), now, zone)
    if end is None:
        raise wrong(f"{words!r} is not a time that I know.", MOMENTS)
    if end < now + SHORTEST_PAUSE:
        raise wrong(f"{end:%A %d %B %Y, %H:%M} is not ahead of now.", MOMENTS)
    if end > now + LONGEST_PAUSE:
        raise wrong("That is more than a year away.", "Pause for less; 'unhunch disable' stops Unhunch altogether.")
    return end


def _end(text: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    text = text.removeprefix("for ")
    seconds = _duration(text)
    if seconds is not None:
        try:
            return _local(now + timedelta(seconds=seconds), zone)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)
    text = text.removeprefix("until ").strip()
    today = now.date()
    if text in ("rest of today", "rest of the day", "today"):
        # In the small hours "today" is the day that has not been slept off yet.
        return at(today if now.time() < DAY_BEGINS else today + timedelta(days=1), DAY_BEGINS, now, zone)
    hour = _clock(text)
    if hour is not None:
        return at(today, hour, now, zone)
    first, _, rest = text.partition(" ")
    which = day(first, today, ahead=True)
    if which is None:
        return None
    rest = rest.removeprefix("at ").strip()
    if not rest:
        return at(which, DAY_BEGINS, now, zone)
    hour = _clock(rest)
    return None if hour is None else at(which, hour, now, zone)


def past(words: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """A moment that is over: "13:05", "mon 9:30", "2026-11-20 13:05", "20m ago", "now". Raises UserError."""
    now = _local(now, zone)
    text = " ".join(words.lower().split())
    if text == "now":
        return now
    ago = _duration(text.removesuffix("ago")) if text.endswith("ago") else None
    if ago is not None:
        try:
            return _local(now - timedelta(seconds=ago), zone)
        except OverflowError:
            raise wrong(f"{words!r} is too long ago.", CLOCKS) from None
    found = _on(text, now)
    if found is None:
        raise wrong(
            f"{words!r} is not a time that I know.", 'Try: 13:05, "yesterday 13:05", "2026-11-20 13:05", "20m ago".'
        )
    when, hour = found
    moment = at(when, hour, now, zone)
    if moment > now:
        raise wrong(
            f"{words!r} lies ahead: it is {now:%H:%M} now.", f'If that was the day before: "yesterday {hour:%H:%M}".'
        )
    return moment


def _on(text: str, now: datetime) -> tuple[date, time] | None:
    hour = _clock(text)
    if hour is not None:
        return now.date(), hour
    first, _, rest = text.partition(" ")
    which, hour = day(first, now.date(), ahead=False), _clock(rest.removeprefix("at "))
    return None if which is None or hour is None else (which, hour)


def span(words: str, now: datetime, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """A time that is over: "10:30-11:15", "yesterday 23:30-0:15". Raises UserError.

    An end that is not after its beginning lies on the next day; without a day, "23:30-0:15" is last night.
    """
    now = _local(now, zone)
    text = " ".join(words.lower().replace("\u2013", "-").split())
    name, _, hours = text.rpartition(" ") if not re.search(r"-\s", text) else ("", "", text)
    if not hours or (name and day(name, now.date(), ahead=False) is None):
        raise _no_span(words)
    ends = hours.split("-")
    if len(ends) != 2:
        raise _no_span(words)
    first, last = (_clock(end) for end in ends)
    if first is None or last is None:
        raise _no_span(words)
    over_midnight = last <= first
    which = day(name, now.date(), ahead=False) if name else now.date()
    assert which is not None
    if not name and over_midnight:
        which -= timedelta(days=1)
    start = at(which, first, now, zone)
    end = at(which + timedelta(days=1) if over_midnight else which, last, now, zone)
    if end > now:
        raise wrong(
            f"{words!r} is not over yet: it is {now:%H:%M} now.", f'If that was the day before: "yesterday {hours}".'
        )
    if end <= start:
        raise _no_span(words)
    return start, end


def _no_span(words: str) -> UserError:
    return wrong(f"{words!r} is not a time from-to.", 'Try: 10:30-11:15, or "yesterday 10:30-11:15".')
