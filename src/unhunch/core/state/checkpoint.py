"""Whether a stored checkpoint has the shape of a state, before it is taken for one."""

from collections.abc import Mapping, Sequence
from typing import Any

from unhunch.core.codec import body_fits
from unhunch.core.facts import Kind
from unhunch.core.programme.record import Programme
from unhunch.core.values import flag, number, text


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
        and _decided(plain["programme"])
        and _values(plain.get("owed"))
        and _pause(plain.get("pause"))
    )


def _decided(known: Sequence[Any]) -> bool:
    """What is on offer, and what was decided last: nothing, or as their facts have it."""
    offer, decision = known[Programme._fields.index("offer")], known[Programme._fields.index("decision")]
    return all(
        value is None or (isinstance(value, dict) and body_fits(kind, value))
        for kind, value in ((Kind.OFFER, offer), (Kind.REVIEW, decision))
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
