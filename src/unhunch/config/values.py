"""How each type of option is written: TOML value -> setting, and setting -> the text that reads back as the same.

Nothing here knows a single option; `core/settings.py` describes them all.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from unhunch.core.settings import ALL_DAY, HOURS, MIN, WEEKDAYS, Hours, Option, Type, duration_text

UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), MIN),
    **dict.fromkeys(("h", "hour", "hours"), HOURS),
}
PART = re.compile(r"\s*(\d{1,9}(?:\.\d{1,30})?)\s*([a-z]+)\s*", re.ASCII)
RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})", re.ASCII)
DAY_NAMES = {
    name: day
    for day, full in zip(
        WEEKDAYS, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), strict=True
    )
    for name in (day, full)
}


class Refused(ValueError):
    """A value that an option does not take. What it takes instead is `settings.allowed(option)`."""


def parse_duration(text: str) -> float:
    """Seconds of "30 min", "90 s", "2 h", "1 h 30 min", "10m". Raises Refused; a number without a unit is refused."""
    rest, total = text.strip().lower(), 0.0
    if not rest:
        raise Refused(text)
    while rest:
        part = PART.match(rest)
        if not part or part[2] not in UNITS:
            raise Refused(text)
        total += float(part[1]) * UNITS[part[2]]
        rest = rest[part.end() :]
    return total


def parse_hours(text: str) -> Hours:
    """Minutes after midnight of "08:00-12:00, 13:00-17:00", "all day", "never". Raises Refused."""
    words = " ".join(text.lower().split())
    if words == "all day":
        return ALL_DAY
    if words == "never":
        return ()
    return tuple(_range(part.strip()) for part in words.split(","))


def _range(text: str) -> tuple[int, int]:
    found = RANGE.fullmatch(text)
    if not found:
        raise Refused(text)
    hours, minutes, to_hours, to_minutes = (int(number) for number in found.groups())
    start, end = hours * 60 + minutes, to_hours * 60 + to_minutes
    if minutes > 59 or to_minutes > 59 or start >= 1440 or end > 1440:
        raise Refused(text)
    return start, end


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


def _flag(_: Option, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(value)
    return value


def _choice(item: Option, value: Any) -> str:
    if not isinstance(value, str) or value not in item.choices:
        raise Refused(value)
    return value


def _hours(_: Option, value: Any) -> Hours:
    if not isinstance(value, str):
        raise Refused(value)
    return parse_hours(value)


def _days(_: Option, value: Any) -> tuple[str, ...]:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name.lower() in DAY_NAMES for name in names):
        raise Refused(value)
    wanted = {DAY_NAMES[name.lower()] for name in names}
    return tuple(day for day in WEEKDAYS if day in wanted)


def _words(_: Option, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Refused(value)
    return tuple(value)


def _text(_: Option, value: Any) -> str:
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
