"""What a single value of a fact may be: checks that never raise, and the types that carry them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from unhunch.core.vocabulary import SCORE

EARLIEST = -2_000_000_000.0
"""Unix seconds: 1906, for clocks that were never set."""
LATEST = 253_000_000_000.0
"""Unix seconds: the year 9987, the last that a calendar can show in every time zone."""
LONGEST = 3_200_000_000.0
"""Seconds: no span is longer than a hundred years."""
DEEPEST = 30
"""Levels of a body; ours have a handful."""
MOST = 1_000_000
"""Counts, numbers of sessions and the like."""

Check = Callable[[object], bool]


def number(value: object) -> bool:
    """Finite, and no larger than any time."""
    return (isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool))) and (
        -LATEST <= value <= LATEST
    )


def count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -MOST <= value <= MOST


def text(value: object) -> bool:
    return isinstance(value, str)


def flag(value: object) -> bool:
    return isinstance(value, bool)


def object_(value: object) -> bool:
    return isinstance(value, dict)


def day(value: object) -> bool:
    """An ISO date."""
    if not isinstance(value, str) or len(value) != 10:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def week(value: object) -> bool:
    """A date or a week's name: a short text."""
    return isinstance(value, str) and len(value) <= 20


def score(value: object) -> bool:
    return count(value) and value in SCORE


def goal(value: object) -> bool:
    """Sessions a day."""
    return count(value) and value in range(1, 5)


def texts(value: object) -> bool:
    return isinstance(value, list) and all(text(item) for item in value)


def pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(number(item) for item in value)


def sums(value: object) -> bool:
    """ISO dates, each with seconds."""
    return isinstance(value, list) and all(
        isinstance(one, list) and len(one) == 2 and day(one[0]) and number(one[1]) and one[1] >= 0 for one in value
    )


def figures(value: object) -> bool:
    """What a review looked at; two of its counts are read again."""
    if not isinstance(value, dict):
        return False
    return all(count(value.get(name, 0)) for name in ("low_reviews", "days_without_session"))


def plain(value: object, depth: int = 0) -> bool:
    """Values that can be written as JSON again, not nested too deeply."""
    if depth > DEEPEST:
        return False
    match value:
        case dict():
            return all(plain(inner, depth + 1) for inner in value.values())
        case list():
            return all(plain(inner, depth + 1) for inner in value)
        case str() | bool() | None:
            return True
    return number(value)


CHECKS: Mapping[object, Check] = {int: count, float: number, str: text, bool: flag}
"""Of a type that carries none of its own."""

Score = Annotated[int, score]
GoalOf = Annotated[int, goal]
IsoDate = Annotated[str, day]
WeekName = Annotated[str, week]
Texts = Annotated[Sequence[str], texts]
Pair = Annotated[Sequence[float], pair]
Sums = Annotated[Sequence[Sequence[Any]], sums]
Seen = Annotated[Mapping[str, Any], figures]
State = Annotated[Mapping[str, Any], object_]
