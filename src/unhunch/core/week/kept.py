"""What is kept of a week: by which rules it was counted, and its summary as plain values.

A summary of a week that is over is asked for again and again, and is read back at a fraction of what making it takes.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from unhunch import __version__
from unhunch.core.settings import Settings
from unhunch.core.week import figures
from unhunch.core.week.figures import Week

RULES = 1
"""Raised when a rule of counting changes, or what is kept: what an earlier version kept is then counted anew."""
DAYS, SUMMARY = "days", "summary"
"""What is kept: of any week the days as their evidence counts them (counted.py), and its whole summary."""


def rules(s: Settings) -> str:
    """What a kept week was counted by: other settings, or another version, may count otherwise."""
    return f"{RULES} {__version__} {crc32(repr(s).encode()):08x}"


def to_plain(week: Week) -> Any:
    """As JSON can say it; `of_plain` has it back, but for words of a closed set, which are plain texts then."""
    return _plain(week)


def of_plain(plain: Any, s: Settings) -> Week:
    """`s`: the settings that it was made with. Raises TypeError, ValueError or AttributeError for anything else."""
    week = _value(plain, s)
    if not isinstance(week, Week):
        raise TypeError(type(week))
    return week


# A tuple is a list whose first item names its kind, "s" the settings; what is a mapping is plain as it is.


def _plain(value: Any) -> Any:
    if isinstance(value, Settings):
        return ["s"]
    if isinstance(value, tuple):
        name = type(value).__name__ if hasattr(value, "_fields") else ""
        return [name, *map(_plain, value)]
    return dict(value) if isinstance(value, Mapping) else value


def _value(plain: Any, s: Settings) -> Any:
    if not isinstance(plain, list):
        return plain
    name, *values = plain
    if name == "s":
        return s
    made = (_value(value, s) for value in values)
    return getattr(figures, name)._make(made) if name else tuple(made)
