"""Which rows are facts: the times and bodies that everything behind the store may rely on.

Facts come back from a file that anybody may have edited, or that another version wrote. What does not fit is left out
when it is read again and refused when it is imported; names that are not in the tables are left alone.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from unhunch.core.facts import Fact, Kind

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


def object_(value: object) -> bool:
    return isinstance(value, dict)


def _score(value: object) -> bool:
    return count(value) and 0 <= value <= 10  # type: ignore[operator]  # a count is a number


def _goal(value: object) -> bool:
    return count(value) and 1 <= value <= 4  # type: ignore[operator]  # as above


def _one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


def _list_of(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(number(item) for item in value)


def sums(value: object) -> bool:
    """ISO dates, each with seconds."""
    return isinstance(value, list) and all(
        isinstance(one, list) and len(one) == 2 and day(one[0]) and number(one[1]) and one[1] >= 0 for one in value
    )


def _figures(value: object) -> bool:
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


class Shape(NamedTuple):
    """What a body must hold, and what is checked if it is there and not null."""

    must: Mapping[str, Callable[[object], bool]] = {}
    may: Mapping[str, Callable[[object], bool]] = {}


_RATINGS: Mapping[str, Callable[[object], bool]] = {
    "stiffness_before": _score,
    "stiffness_after": _score,
    "discomfort": _score,
    "tingling": _one_of("none", "cleared", "persisted"),
    "branches": _list_of(text),
}
_DECISION: Mapping[str, Callable[[object], bool]] = {
    "decision": text,
    "rule": text,
    "why": text,
    "answer": text,
    "mode": text,
    "figures": _figures,
    "at_once": flag,
}
SHAPES: Mapping[Kind, Shape] = {
    Kind.RUNNING: Shape(may={"ladder": _pair, "source": text}),
    Kind.SESSION: Shape(
        may={
            **_RATINGS,
            **dict.fromkeys(("routine", "size", "status", "source"), text),
            **dict.fromkeys(("planned_s", "roller_s", "ended"), number),
        }
    ),
    Kind.HELD: Shape({"why": text}),
    Kind.SUM: Shape(may={"active": number, "asked": count, "taken": count, "running": flag}),
    Kind.IMPORTED: Shape({"days": sums}, {"expected": number}),
    Kind.DAY: Shape({"date": day, "expected": number}, {"goal": _goal, "set": flag}),
    Kind.CHECKPOINT: Shape({"state": object_}),
    Kind.DUE: Shape({"number": count, "of": count}),
    Kind.SHOWN: Shape(
        {"what": _one_of("session", "nudge", "week", "ask"), "step": count, "reason": text, "pause_s": number},
        {"free": flag, "sound": flag, "about": text, "week": week, "waited_s": number, "stretch_s": number},
    ),
    Kind.LET_GO: Shape(
        {"what": _one_of("nudge", "week", "ask")},
        {"about": text, "week": week, "waited_s": number, "stretch_s": number},
    ),
    Kind.WITHDRAWN: Shape(
        {"why": text}, {"unseen": flag, "free": flag, "sound": flag, "returning": flag, "clock": number, "step": count}
    ),
    Kind.IGNORED: Shape({"what": text, "step": count}),
    Kind.LAPSED: Shape({"as": text}),
    Kind.ANSWER: Shape({"action": text, "what": text}, {"seconds": number, "until_call": flag, "by": text}),
    Kind.PAUSE: Shape(may={"until": number, "seconds": number, "why": text}),
    Kind.SCREENING: Shape({"verdict": _one_of("pass", "ask-doctor", "confirmed")}),
    Kind.RECOVERY: Shape({"feels": _one_of("gone", "still", "worse")}),
    Kind.SLIP: Shape({"fact": text}),
    Kind.RATED: Shape(may={"session": text, **_RATINGS}),
    Kind.MORNING: Shape({"feels": _one_of("better", "same", "worse")}),
    Kind.GOAL: Shape({"to": _goal}, {"from": _goal, **_DECISION}),
    Kind.OFFER: Shape({"to": _goal}, {"from": _goal, **_DECISION}),
    Kind.REVIEW: Shape(may={"from": _goal, "to": _goal, **_DECISION}),
    Kind.CHOICE: Shape(may={"week": week, "choice": text, "answer": text}),
    Kind.CORRECTION: Shape({"from": number, "to": number, "as": _one_of("away", "sitting", "standing")}),
    Kind.UNDO: Shape({"fact": text}),
    Kind.CLOCK: Shape({"step": number}, {"frozen": flag}),
}
UNSEEN: Mapping[str, Callable[[object], bool]] = {
    "what": text,
    "step": count,
    "free": flag,
    "sound": flag,
    "returning": flag,
    "clock": number,
}
"""What a notice that was taken back unread has to say, so that it can be undone."""


def body_fits(kind: Kind, body: Mapping[str, Any]) -> bool:
    """Whether a body says what is relied on for its kind."""
    shape = SHAPES.get(kind)
    if shape is None:
        return True
    for name, check in shape.must.items():
        if name not in body or not check(body[name]):
            return False
    for name, check in shape.may.items():
        value = body.get(name)
        if value is not None and not check(value):
            return False
    match kind:
        case Kind.WITHDRAWN if body.get("unseen"):
            return all(name in body and check(body[name]) for name, check in UNSEEN.items())
        case Kind.SHOWN if body["what"] == "week":
            return week(body.get("week"))
        case Kind.CORRECTION:
            return bool(body["from"] <= body["to"])
        case Kind.PAUSE:  # none is for ever
            return body.get("until") is not None or body.get("seconds") is not None
        case Kind.GOAL | Kind.OFFER | Kind.REVIEW | Kind.CHOICE:  # kept whole in the state, and written again with it
            return plain(body)
    return True


def dated(fact: Fact) -> bool:
    """Whether a fact can be laid on a calendar."""
    return (
        EARLIEST <= fact.wall <= LATEST
        and -86400 < fact.utc_offset < 86400
        and -LATEST <= fact.boot <= LATEST
        and 0.0 <= fact.length <= LONGEST
        and (not fact.day or day(fact.day))
    )


def fits(fact: Fact) -> bool:
    """Whether it can, and says what is relied on for its kind."""
    return dated(fact) and body_fits(fact.kind, fact.body)


def sound(facts: Iterable[Fact]) -> list[Fact]:
    """Those that fit."""
    return [fact for fact in facts if fits(fact)]


# Checkpoints ----------------------------------------------------------------------------------------------------------


def checkpoint_fits(plain: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
    """Whether a checkpoint's state has the shape of a fresh one: the same names, numbers where numbers are, and so on.

    What is empty or nothing in a fresh state may hold anything of its own that is not a number gone wrong.
    """
    days, known = plain.get("past"), plain.get("programme")
    if isinstance(known, list):  # an earlier version knew less
        plain = {**plain, "programme": [*known, *fresh["programme"][len(known) :]]}
    return (
        plain.keys() == fresh.keys()
        and all(_like(plain[name], fresh[name]) for name in fresh)
        and isinstance(days, list)
        and all(_like(day, fresh["today"]) for day in days)
        and _values(plain.get("owed"))
        and _pause(plain.get("pause"))
    )


def _values(value: object) -> bool:
    """Nothing, or a list of numbers and flags."""
    return value is None or (isinstance(value, list) and all(_timelike(x) or flag(x) for x in value))


def _pause(value: object) -> bool:
    """Nothing, or since when and until when by two clocks, one of which ends it."""
    if value is None:
        return True
    return (
        isinstance(value, list)
        and len(value) == 3
        and number(value[0])
        and all(_timelike(x) for x in value)
        and any(number(x) for x in value[1:])
    )


def _timelike(value: object) -> bool:
    """A number, or an infinity as checkpoints write it."""
    return number(value) or value in ("inf", "-inf")


def _like(value: object, pattern: object) -> bool:
    match pattern:
        case bool():
            return flag(value)
        case int() | float():
            return _timelike(value)
        case str() if pattern in ("inf", "-inf"):
            return _timelike(value)
        case str():
            return text(value)
        case [_, *_]:
            return (
                isinstance(value, list | tuple)
                and len(value) == len(pattern)
                and all(_like(one, other) for one, other in zip(value, pattern, strict=True))
            )
        case list() | tuple():
            return isinstance(value, list | tuple)
        case None:
            return value is None or isinstance(value, dict | list)
    return isinstance(value, dict)
