"""Named tuples of our own do what typing's do, and are cheap to define and to change."""

import copy
import pickle
import typing

import pytest

from unhunch.tuples import FEW, NamedTuple


class Ours(NamedTuple):
    """A value."""

    first: int
    second: float = 1.5

    @property
    def both(self) -> float:
        return self.first + self.second


class Theirs(typing.NamedTuple):
    """A value."""

    first: int
    second: float = 1.5


class Further(Ours):
    """One that is built upon another."""


@pytest.mark.parametrize("given", [((1,), {}), ((1, 2.0), {}), ((), {"first": 3}), ((1,), {"second": 9.0})])
def test_they_hold_what_typing_s_hold(given):
    args, named = given
    ours, theirs = Ours(*args, **named), Theirs(*args, **named)
    assert ours == theirs
    assert hash(ours) == hash(theirs)
    assert ours._asdict() == theirs._asdict()
    assert (ours.first, ours.second) == (theirs.first, theirs.second)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours._replace(second=4.0) == theirs._replace(second=4.0)
    assert isinstance(ours._replace(first=4), Ours)


def test_they_know_their_fields():
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)
    assert Ours._make([1, 2.0]) == Theirs(1, 2.0)
    assert Ours(1).both == 2.5
    match Ours(1, 2.0):
        case Ours(first, second=2.0):
            assert first == 1
        case _:
            pytest.fail("no match")


def test_what_is_built_upon_one_stays_itself():
    assert type(Further(1)._replace(second=2.0)) is Further
    assert type(Ours(1)) is Ours


def test_they_can_be_copied_and_sent():
    assert pickle.loads(pickle.dumps(Ours(1))) == Ours(1)
    assert type(copy.deepcopy(Ours(2))) is Ours


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Ours(),
        lambda: Ours(1, 2.0, 3),
        lambda: Ours(1, third=3),
        lambda: Ours(1)._replace(third=3),
        lambda: setattr(Ours(1), "first", 2),
        lambda: setattr(Ours(1), "third", 2),
        lambda: Ours._make([1]),
    ],
)
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises((TypeError, AttributeError, KeyError)):
        wrong()


def test_none_is_compiled_before_it_is_needed():
    class Unused(NamedTuple):
        only: int

    for n in range(20):
        assert Unused.__new__.__name__ == ("_first" if n <= FEW else "__new__")
        assert Unused(n) == (n,)
