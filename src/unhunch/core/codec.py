"""Bodies out of plain values and back, and which facts fit: what everything behind the store may rely on.

Facts come back from a file that anybody may have edited, or that another version wrote. What does not fit is left out
when it is read again and refused when it is imported; names that no tuple of bodies.py has are left alone.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from unhunch.core.bodies import BODIES, Body
from unhunch.core.facts import Fact, Kind
from unhunch.core.values import CHECKS, EARLIEST, LATEST, LONGEST, Check, day, plain
from unhunch.core.vocabulary import What

B = TypeVar("B", bound=tuple[Any, ...])


class Field(NamedTuple):
    """How one field of a body is stored."""

    name: str
    default: Any
    make: Callable[[Any], Any] | None
    """Out of the plain value; None: it is that value."""
    inner: type[tuple[Any, ...]] | None
    """A tuple whose fields lie in the same body."""
    check: Check
    required: bool


@cache
def fields_of(says: type[tuple[Any, ...]]) -> tuple[Field, ...]:
    """The fields of a body, in their order, as its types say."""
    hints, defaults = get_type_hints(says, include_extras=True), cast(Any, says)._field_defaults
    return tuple(
        _field(name.rstrip("_"), hints[name], defaults.get(name), name not in defaults)
        for name in cast(Any, says)._fields
    )


def _field(name: str, hint: Any, default: Any, required: bool) -> Field:
    if get_origin(hint) in (Union, UnionType):  # "| None"
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    check: Check | None = None
    if get_origin(hint) is Annotated:
        hint, check = get_args(hint)
    if check is None and issubclass(hint, tuple):
        return Field(name, default, None, hint, lambda _value: True, required)
    make = None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        words = {str(word): word for word in hint}
        make, check = words.__getitem__, check or (lambda value: isinstance(value, str) and value in words)
    return Field(name, default, make, None, check or CHECKS[hint], required)


def read(says: type[B], body: Mapping[str, Any]) -> B:
    """What a body says that fits; of one that does not, None stands for what it ought to say."""
    get = body.get
    return tuple.__new__(
        says,
        [
            read(inner, body)
            if inner
            else default
            if (value := get(name)) is None
            else value
            if make is None
            else make(value)
            for name, default, make, inner, _check, _required in fields_of(says)
        ],
    )


def told(fact: Fact) -> Body | None:
    """What a fact says beside when it was."""
    says = BODIES.get(fact.kind)
    return read(says, fact.body) if says else None


def written(body: tuple[Any, ...]) -> dict[str, Any]:
    """As plain values; what is None is not said."""
    found: dict[str, Any] = {}
    for field, value in zip(fields_of(type(body)), body, strict=True):
        if field.inner is not None:
            found |= written(value)
        elif value is not None:
            found[field.name] = str(value) if isinstance(value, StrEnum) else value
    return found


# What fits ------------------------------------------------------------------------------------------------------------


RULES: Mapping[Kind, Callable[[Any], bool]] = {
    Kind.WITHDRAWN: lambda w: not w.unseen or None not in (w.step, w.free, w.returning, w.sound, w.clock),
    Kind.SHOWN: lambda shown: shown.what is not What.WEEK or shown.week is not None,
    Kind.CORRECTION: lambda c: bool(c.from_ <= c.to),
    Kind.PAUSE: lambda pause: pause.until is not None or pause.seconds is not None,  # none is for ever
    Kind.GOAL: lambda goal: goal.to is not None,
    Kind.OFFER: lambda offer: offer.to is not None,
}
"""What one field of a body asks of another."""
WHOLE = frozenset({Kind.GOAL, Kind.OFFER, Kind.REVIEW, Kind.CHOICE})
"""Kept whole in the state, and written again with it."""


def body_fits(kind: Kind, body: Mapping[str, Any]) -> bool:
    """Whether a body says what is relied on for its kind."""
    says = BODIES.get(kind)
    if says is None:
        return True
    if not _checked(says, body):
        return False
    rule = RULES.get(kind)
    return (rule is None or rule(read(says, body))) and (kind not in WHOLE or plain(body))


def _checked(says: type[tuple[Any, ...]], body: Mapping[str, Any]) -> bool:
    for name, _default, _make, inner, check, required in fields_of(says):
        if inner is not None:
            if not _checked(inner, body):
                return False
            continue
        value = body.get(name)
        if not check(value) if value is not None else required:
            return False
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
