"""Times as people type them: "10m", "1h 30m", "until 14:00", "friday 9:00", "rest of today". Pure: now is an argument.

English is understood everywhere, and beside it the user's own language (typed.py).

Local time is the system's, or the zone of `zone`. A time that a change to summer time leaves out is refused; of one
that comes twice, the first that still lies ahead is meant.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from unhunch import language
from unhunch.errors import UserError
from unhunch.said import typed
from unhunch.said.wrong import wrong
from unhunch.words import formats
from unhunch.words.translate import N_, _

DAY_BEGINS = time(4, 0)
"""A day given without an hour begins here: whoever is still up at midnight means the day after sleep (MODEL 1)."""
LONGEST_PAUSE = timedelta(days=366)
SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_NIGHT = 12
"""Hours: a time from-to that seems longer over midnight has its end before its beginning."""

DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1, "overmorrow": 2, "ereyesterday": -2}

_PART = re.compile(r"\s*(\d{1,6}(?:\.\d{1,3})?)\s*([a-z]+)\s*", re.ASCII)
_BARE = re.compile(r"\d{1,4}", re.ASCII)
"""A number alone: minutes where a length is meant, an hour where a time of day is."""
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|uhr|h)?", re.ASCII)
_END = r"\d[\d:.]*(?: ?(?:am|pm|uhr|h)\b)?"
_SPAN = re.compile(rf"(?:from )?(?:(\S+) )?(?:(?:from|at) )?({_END})(?: ?- ?| (?:until|at) (?:at )?)({_END})", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

DURATIONS = N_('Give a duration such as 10m, "1h 30m" or 90s.')
CLOCKS = N_("Give a time of day such as 14:00 or 2pm.")
MOMENTS = N_("Try: 1h, until 14:00, until friday, until tomorrow 9:00, until 2027-01-07, rest of today.")


def duration(text: str) -> float:
    """Seconds of "10m", "1h 30m", "90 s", "1.5h"; a number alone is minutes. Raises UserError."""
    found = _duration(text)
    if found is None:
        raise wrong(_("{text} is not a duration.").format(text=repr(text)), _(DURATIONS))
    return found


def _duration(text: str) -> float | None:
    """None if it does not look like one."""
    rest, seconds, units = language.plain(text), 0.0, typed.units()
    if not rest:
        return None
    if _BARE.fullmatch(rest):
        return float(rest) * 60
    if formats.current().decimal == ",":
        rest = re.sub(r"(?<=\d),(?=\d)", ".", rest)
    while rest:
        part = _PART.match(rest)
        if part is None or part[2] not in units:
            return None
        seconds += float(part[1]) * units[part[2]]
        rest = rest[part.end() :]
    return seconds


def clock(text: str) -> time:
    """A time of day: "14:00", "9:30", "2pm", "14.30", "9". Raises UserError."""
    found = _clock(text)
    if found is None:
        raise wrong(_("{text} is not a time of day.").format(text=repr(text)), _(CLOCKS))
    return found


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(typed.english(text).removeprefix("at "))
    if match is None or (match[3] == "h" and not match[2]):  # 14h lasts 14 hours
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def day(text: str, today: date, *, ahead: bool) -> date | None:
    """ "today", "tomorrow", "yesterday", a weekday (the next, or the last, one), an ISO date. None if it is none."""
    name = typed.english(text)
    if name in DAYS:
        return today + timedelta(days=DAYS[name])
    weekday = typed.weekday(name.rstrip("."))
    if weekday is not None:
        away = (weekday - today.weekday()) % 7 or 7
        return today + timedelta(days=away if ahead else away - 7 if away < 7 else -7)
    if _ISO_DATE.fullmatch(name):
        try:
            return date.fromisoformat(name)
        except ValueError:
            raise wrong(_("There is no day {text}.").format(text=text), _("Give a date such as 2027-01-07.")) from None
    return None


def at(when: date, hour: time, now: datetime, zone: tzinfo | None = None) -> datetime:
    """That local time as an aware one. Raises UserError where a clock change leaves it out."""
    naive = datetime.combine(when, hour)
    try:
        both = [_aware(naive.replace(fold=fold), zone) for fold in (0, 1)]
    except (OverflowError, ValueError, OSError):
        raise wrong(
            _("{day} is too far away.").format(day=formats.long_day(when, year=True)),
            _("Give a day within a year."),
        ) from None
    if both[0].replace(tzinfo=None) != naive:
        what = _("There is no {time} on {day}: the clocks are put forward over it.")
        raise wrong(
            what.format(time=formats.clock(hour), day=formats.long_day(when, year=True)),
            _("Say {time}, or an hour before.").format(time=formats.clock(both[0])),
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


def past_day(words: str, now: datetime) -> date:
    """A day of the past: "yesterday", "monday", "2026-11-20". Raises UserError."""
    found = day(words, now.date(), ahead=False)
    if found is None:
        raise wrong(_("{text!r} is not a day.").format(text=words), _("Give one like 2026-01-01, yesterday or monday."))
    return found


def since(words: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """A moment that is over, or the beginning of a day. Raises UserError."""
    now = _local(now, zone)
    found = day(words, now.date(), ahead=False)
    begins = midnight(found, now, zone) if found else None
    return begins if begins and begins <= now else past(words, now, zone)


def length(words: str) -> float | None:
    """Seconds, if a pause is described by its length and not by its end."""
    return _duration(typed.english(words).removeprefix("for "))


def pause_until(words: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """When a pause described like this ends. Raises UserError if it cannot be read, is over, or is too long."""
    now = _local(now, zone)
    end = _end(typed.english(words), now, zone)
    if end is None:
        raise _not_known(words, _(MOMENTS))
    if end < now + SHORTEST_PAUSE:
        day, hour = formats.long_day(end, year=True), formats.clock(end)
        what = _("{weekday} {day}, {time} is not ahead of now.")
        again = _('If tomorrow is meant: "until tomorrow {time}".').format(time=hour)
        remedy = again if end.date() == now.date() and end < now else _(MOMENTS)
        raise wrong(what.format(weekday=formats.weekday(end), day=day, time=hour), remedy)
    if end > now + LONGEST_PAUSE:
        raise wrong(
            _("That is more than a year away."), _("Pause for less; 'unhunch disable' stops Unhunch altogether.")
        )
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
    if text in ("rest of today", "today"):
        # In the small hours "today" is the day that has not been slept off yet.
        return at(today if now.time() < DAY_BEGINS else today + timedelta(days=1), DAY_BEGINS, now, zone)
    hour = _clock(text)
    if hour is not None:
        return at(today, hour, now, zone)
    first, _space, rest = text.partition(" ")
    which = day(first, today, ahead=True)
    if which is None:
        return None
    if not rest:
        return at(which, DAY_BEGINS, now, zone)
    hour = _clock(rest)
    return None if hour is None else at(which, hour, now, zone)


def past(words: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """A moment that is over: "13:05", "mon 9:30", "2026-11-20 13:05", "20m ago", "now". Raises UserError."""
    now = _local(now, zone)
    text = typed.english(words)
    if text == "now":
        return now
    ago = None
    if text.startswith("ago ") or text.endswith("ago"):  # German and Spanish have it first
        ago = _duration(text.removeprefix("ago").removesuffix("ago"))
    if ago is not None:
        try:
            return _local(now - timedelta(seconds=ago), zone)
        except OverflowError:
            raise wrong(_("{text} is too long ago.").format(text=repr(words)), _(CLOCKS)) from None
    found = _on(text, now)
    if found is None:
        raise _not_known(words, _('Try: 13:05, "yesterday 13:05", "2026-11-20 13:05", "20m ago".'))
    when, hour = found
    moment = at(when, hour, now, zone)
    if moment > now:
        what = _("{text} lies ahead: it is {time} now.").format(text=repr(words), time=formats.clock(now))
        raise wrong(what, _day_before(formats.clock(hour)))
    return moment


def _not_known(words: str, remedy: str) -> UserError:
    return wrong(_("{text} is not a time that I know.").format(text=repr(words)), remedy)


def _day_before(hours: str) -> str:
    return _('If that was the day before: "yesterday {time}".').format(time=hours)


def _on(text: str, now: datetime) -> tuple[date, time] | None:
    hour = _clock(text)
    if hour is not None:
        return now.date(), hour
    first, _space, rest = text.partition(" ")
    which, hour = day(first, now.date(), ahead=False), _clock(rest)
    return None if which is None or hour is None else (which, hour)


def span(words: str, now: datetime, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """A time that is over: "10:30-11:15", "yesterday 23:30-0:15". Raises UserError.

    An end that is not after its beginning lies on the next day, if that is a night later at most; without a day,
    "23:30-0:15" is last night.
    """
    now = _local(now, zone)
    match = _SPAN.fullmatch(typed.english(words))
    if match is None:
        raise _no_span(words)
    name, first, last = match[1], _clock(match[2]), _clock(match[3])
    which = day(name, now.date(), ahead=False) if name else now.date()
    if first is None or last is None or which is None:
        raise _no_span(words)
    over_midnight = last <= first
    if over_midnight and _hours(last) + 24 - _hours(first) > LONGEST_NIGHT:
        raise wrong(_("{text} ends before it begins.").format(text=repr(words)), _("Give the earlier time first."))
    if not name and over_midnight:
        which -= timedelta(days=1)
    start = at(which, first, now, zone)
    end = at(which + timedelta(days=1) if over_midnight else which, last, now, zone)
    if end > now:
        what = _("{text} is not over yet: it is {time} now.").format(text=repr(words), time=formats.clock(now))
        raise wrong(what, _day_before(f"{match[2]}-{match[3]}"))
    if end <= start:
        raise _no_span(words)
    return start, end


def _hours(clock: time) -> float:
    return clock.hour + clock.minute / 60


def _no_span(words: str) -> UserError:
    return wrong(
        _("{text} is not a time from-to.").format(text=repr(words)),
        _('Try: 10:30-11:15, or "yesterday 10:30-11:15".'),
    )
