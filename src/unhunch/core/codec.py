"""Bodies out of plain values and back, and which facts fit: what everything behind the store may rely on.

Facts come back from a file that anybody may have edited, or that another version wrote. What does not fit is left out
when it is read again and refused when it is imported; names that no tuple of bodies.py has are left alone.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from unhunch.core.bodies import BODIES, Body
from unhunch.core.facts import Fact, Kind
from unhunch.core.values import CHECKS, EARLIEST, LATEST, LONGEST, Check, day, plain
from unhunch.core.vocabulary import What
from unhunch.tuples import NamedTuple

B = TypeVar("B", bound=tuple[Any, ...])


class Field(NamedTuple):
    """How one field of a body is stored."""

    name: str
    required: bool
    check: Check
    make: Callable[[Any], Any] | None = None
    """Out of the plain value; None: it is that value."""
    inner: type[tuple[Any, ...]] | None = None
    """A tuple whose fields lie in the same body."""


@cache
def fields_of(says: type[tuple[Any, ...]]) -> tuple[Field, ...]:
    """The fields of a body, in their order, as its types say."""
    hints, named = get_type_hints(says, include_extras=True), cast(Any, says)
    return tuple(_field(name.rstrip("_"), hints[name], name not in named._field_defaults) for name in named._fields)


def _field(name: str, hint: Any, required: bool) -> Field:
    if get_origin(hint) in (Union, UnionType):  # "| None"
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    check: Check | None = None
    if get_origin(hint) is Annotated:
        hint, check = get_args(hint)
    elif issubclass(hint, tuple):
        return Field(name, required, lambda _value: True, inner=hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        words = {str(word): word for word in hint}
        return Field(name, required, check or (lambda value: isinstance(value, str) and value in words), words.get)
    return Field(name, required, check or CHECKS[hint])


class _Reading(NamedTuple):
    """How a body is read: the names of its fields, and what they are if nothing is said."""

    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    null: tuple[tuple[int, Any], ...]
    """Where null does not stand for None."""
    words: tuple[tuple[int, Callable[[Any], Any]], ...]
    inner: tuple[tuple[int, type[tuple[Any, ...]]], ...]


@cache
def _reading(says: type[tuple[Any, ...]]) -> _Reading:
    fields, named = fields_of(says), cast(Any, says)
    defaults = tuple(named._field_defaults.get(name) for name in named._fields)
    return _Reading(
        tuple(field.name for field in fields),
        defaults,
        tuple((n, default) for n, default in enumerate(defaults) if default is not None),
        tuple((n, field.make) for n, field in enumerate(fields) if field.make),
        tuple((n, field.inner) for n, field in enumerate(fields) if field.inner),
    )


def read(says: type[B], body: Mapping[str, Any]) -> B:
    """What a body says that fits; of one that does not, None stands for what it ought to say."""
    names, defaults, null, words, inner = _reading(says)
    values = list(map(body.get, names, defaults))
    for n, default in null:
        if values[n] is None:
            values[n] = default
    for n, word in words:
        values[n] = word(values[n])
    for n, part in inner:
        values[n] = read(part, body)
    return tuple.__new__(says, values)


def told(fact: Fact) -> Body | None:
    """What a fact says beside when it was."""
    says = BODIES.get(fact.kind)
    return read(says, fact.body) if says else None


def written(body: tuple[Any, ...]) -> dict[str, Any]:
    """As plain values; what is None is not said."""
    found: dict[str, Any] = {}
    for field, value in zip(fields_of(type(body)), body, strict=True):
        if value is None:
            continue
        if field.inner is not None:
            found |= written(value)
        else:
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
    for name, required, check, _make, inner in fields_of(says):
        if inner is not None:
            if not _checked(inner, body):
                return False
            continue
        value = body.get(name)
        if not check(value) if value is not None else required:
            return False
    return True


_is_date = lru_cache(maxsize=1024)(day)
"""The same for the days of many facts."""


def dated(fact: Fact) -> bool:
    """Whether a fact can be laid on a calendar."""
    wall, utc_offset, _boot_id, boot, length, day = fact[1:7]
    return (
        EARLIEST <= wall <= LATEST
        and -86400 < utc_offset < 86400
        and -LATEST <= boot <= LATEST
        and 0.0 <= length <= LONGEST
        and (not day or _is_date(day))
    )


def fits(fact: Fact) -> bool:
    """Whether it can, and says what is relied on for its kind."""
    return dated(fact) and body_fits(fact.kind, fact.body)


def sound(facts: Iterable[Fact]) -> list[Fact]:
    """Those that fit."""
    return [fact for fact in facts if fits(fact)]
