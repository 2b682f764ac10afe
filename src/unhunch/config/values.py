"""How each type of option is written: TOML value -> setting, and setting -> the text that reads back as the same.

Nothing here knows a single option; `core/settings.py` describes them all.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from unhunch.core.settings import ALL_DAY, HOURS, MIN, WEEKDAYS, Hours, Option, Type, duration_text
from unhunch.words.translate import _

UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), MIN),
    **dict.fromkeys(("h", "hour", "hours"), HOURS),
}
PART = re.compile(r"\s*(\d{1,9}(?:\.\d{1,30})?)\s*([a-z]+)\s*", re.ASCII)
CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?"
RANGE = re.compile(rf"(?:from )?{CLOCK}\s*(?:[-\u2013]|to|until|till)\s*{CLOCK}", re.ASCII)
LONGEST_NIGHT = 12 * 60
"""Minutes. Of "9-5" an afternoon may be meant, so bare hours run over midnight for this long at most."""
DAY_NAMES = {
    name: day
    for day, full in zip(
        WEEKDAYS, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), strict=True
    )
    for name in (day, full)
}


class Refused(ValueError):
    """A value that an option does not take; `reason` says what is wrong with it, in a sentence, where more is known.

    What it takes instead is `allowed(option)`.
    """

    def __init__(self, value: object, reason: str = "") -> None:
        super().__init__(value)
        self.reason = reason


def parse_duration(text: str) -> float:
    """Seconds of "30 min", "90 s", "2 h", "1 h 30 min", "10m". Raises Refused; a number without a unit is refused."""
    rest, total = text.strip().lower(), 0.0
    if not rest:
        raise Refused(text)
    while rest:
        part = PART.match(rest)
        if not part:
            bare = rest.replace(".", "", 1).isdecimal()
            said = _("{value} of what? Write {value} s, {value} min or {value} h.").format(value=rest) if bare else ""
            raise Refused(text, said)
        if part[2] not in UNITS:
            raise Refused(text, _("There is no unit {unit}: write s, min or h.").format(unit=repr(part[2])))
        total += float(part[1]) * UNITS[part[2]]
        rest = rest[part.end() :]
    return total


def parse_hours(text: str) -> Hours:
    """Minutes after midnight of "08:00-12:00, 13:00-17:00", "9-17", "9am-5pm", "all day", "never". Raises Refused."""
    words = " ".join(text.lower().split())
    if words == "all day":
        return ALL_DAY
    if words == "never":
        return ()
    return tuple(_range(part.strip()) for part in words.split(","))


def _range(text: str) -> tuple[int, int]:
    found = RANGE.fullmatch(text)
    if not found:
        raise Refused(text, _("{text} is not a time from-to.").format(text=repr(text)) if text else "")
    start, end = _minutes(*found.groups()[:3]), _minutes(*found.groups()[3:])
    if start >= 1440:
        raise Refused(text, _("A day begins at 0:00 and ends at 24:00."))
    bare = not any(found.group(2, 3, 5, 6))
    if bare and end <= start and start - end < 1440 - LONGEST_NIGHT:
        said = _("{text} ends before it begins.").format(text=repr(text))
        afternoon = end + 12 * 60
        if start < afternoon < 1440:
            said += " " + _("Write {day} for the day, or {night} for the night.").format(
                day=f"{start // 60}-{afternoon // 60}", night=f"{_clock(start)}-{_clock(end)}"
            )
        raise Refused(text, said)
    return start, end


def _minutes(hours: str, minutes: str | None, half: str | None) -> int:
    """Minutes after midnight. Raises Refused."""
    clock = f"{hours}:{minutes}" if minutes else hours
    clock += half or ""
    hour, minute = int(hours), int(minutes or 0)
    if half and not 1 <= hour <= 12:
        raise Refused(clock, _("There is no {time}.").format(time=clock))
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if minute > 59 or hour * 60 + minute > 1440:
        raise Refused(clock, _("There is no {time}.").format(time=clock))
    return hour * 60 + minute


def read(item: Option, value: Any) -> Any:
    """The setting that a TOML value stands for. Raises Refused."""
    return READERS[item.type](item, value)


def _duration(item: Option, value: Any) -> float:
    if not isinstance(value, str):
        raise Refused(value)
    return _within(item, parse_duration(value))


def _integer(item: Option, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(value)
    return int(_within(item, value))


def _number(item: Option, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(value)
    return float(_within(item, value))


def _within(item: Option, value: float) -> float:
    if not item.low <= value <= item.high:  # nan fails both comparisons
        raise Refused(value)
    return value


def _flag(_item: Option, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(value)
    return value


def _choice(item: Option, value: Any) -> str:
    if not isinstance(value, str) or value not in item.choices:
        raise Refused(value)
    return value


def _hours(_item: Option, value: Any) -> Hours:
    if not isinstance(value, str):
        raise Refused(value)
    return parse_hours(value)


def _days(_item: Option, value: Any) -> tuple[str, ...]:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refused(value)
    wanted = {day for name in names for day in _some_days(name.lower())}
    return tuple(day for day in WEEKDAYS if day in wanted)


def _some_days(name: str) -> tuple[str, ...]:
    """One day, or those of "mon-fri", over the weekend too. Raises Refused."""
    first, dash, last = name.replace("\u2013", "-").partition("-")
    for part in (first, last) if dash else (first,):
        if part not in DAY_NAMES:
            raise Refused(name, _("There is no day {name}.").format(name=repr(part)))
    begin = WEEKDAYS.index(DAY_NAMES[first])
    length = (WEEKDAYS.index(DAY_NAMES[last]) - begin) % 7 + 1 if dash else 1
    return tuple(WEEKDAYS[(begin + number) % 7] for number in range(length))


def _words(_item: Option, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Refused(value)
    return tuple(value)


def _text(_item: Option, value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(value)
    return value


READERS: dict[Type, Callable[[Option, Any], Any]] = {
    Type.DURATION: _duration,
    Type.INTEGER: _integer,
    Type.NUMBER: _number,
    Type.FLAG: _flag,
    Type.CHOICE: _choice,
    Type.HOURS: _hours,
    Type.DAYS: _days,
    Type.WORDS: _words,
    Type.TEXT: _text,
}


def plain(item: Option, setting: Any) -> Any:
    """The TOML value (text, number, flag, list) that stands for a setting; `read` gives the setting back."""
    match item.type:
        case Type.DURATION:
            return _duration_text(setting)
        case Type.HOURS:
            return _hours_text(setting)
        case Type.DAYS | Type.WORDS:
            return list(setting)
        case _:
            return setting


def _duration_text(seconds: float) -> str:
    short = duration_text(seconds)  # six digits: enough for every sensible duration
    if "e" not in short and parse_duration(short) == seconds:
        return short
    return f"{seconds:.30f}".rstrip("0").rstrip(".") + " s"


def _hours_text(hours: Hours) -> str:
    if hours == ALL_DAY:
        return "all day"
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in hours) or "never"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def literal(value: Any) -> str:
    """A TOML value as it is written in the file; anything TOML cannot hold is written as JSON's nearest."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():  # TOML's basic strings are JSON's, but for DEL
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return "[" + ", ".join(literal(part) for part in value) + "]"
        case dict():
            return "{" + ", ".join(f"{literal(key)} = {literal(part)}" for key, part in value.items()) + "}"
        case _:
            return str(value)


def allowed(item: Option, *, brief: bool = False) -> str:
    """What may be written for an option, in words; `brief`: without showing how a duration is written."""
    match item.type:
        case Type.CHOICE:
            return _("one of {choices}").format(choices=", ".join(item.choices))
        case Type.DURATION:
            limits = {"low": duration_text(item.low), "high": duration_text(item.high)}
            if brief:
                return _("a duration from {low} to {high}").format_map(limits)
            return _('a duration from {low} to {high}, such as "30 min" or "90 s"').format_map(limits)
        case Type.INTEGER:
            return _("a whole number from {low} to {high}").format(low=f"{item.low:g}", high=f"{item.high:g}")
        case Type.NUMBER:
            return _("a number from {low} to {high}").format(low=f"{item.low:g}", high=f"{item.high:g}")
        case Type.FLAG:
            return _("true or false")
        case Type.HOURS:
            return _('hours such as "9-17", "22:00-06:00", "08:00-12:00, 13:00-17:00", "all day" or "never"')
        case Type.DAYS:
            return _("a list of days out of {days}").format(days=", ".join(WEEKDAYS))
        case Type.WORDS:
            return _("a list of texts")
        case Type.TEXT:
            return _("a text")
