"""Facts read again: order, boots, undo and corrections (the law of history.py)."""

import pytest

from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.core.state.fold import fold
from unhunch.core.week.lived import lived

S = Settings()
WALL = 1_772_438_400.0  # 2026-03-02 09:00 in Berlin


class Book:
    """Facts written by hand; minutes after nine."""

    def __init__(self):
        self.facts = []

    def add(self, kind, at, minutes=0.0, body=None, boot="boot-1", wall=None, **more):
        when = WALL + at * 60 if wall is None else wall
        key = f"f{len(self.facts)}"
        self.facts.append(
            Fact(kind, when, 3600, boot, at * 60 + 100.0, minutes * 60, "2026-03-02", body or {}, key, **more)
        )
        return key

    def morning(self):
        self.add(Kind.RUNNING, 0, 180)
        self.add(Kind.DAY, 0, body={"date": "2026-03-02", "expected": 20700.0, "goal": 1})
        self.add(Kind.INPUT, 0, 60)
        return self

    def best(self):
        return fold(self.facts, S).today.best / 60


def minutes(facts, presence=None):
    return sum(p.end - p.start for p in lived(facts, S) if presence in (None, p.presence)) / 60


def test_a_span_of_input_is_sitting():
    assert Book().morning().best() == 60


def test_the_order_of_writing_does_not_matter_to_spans():
    book = Book().morning()
    book.add(Kind.INPUT, 63, 10)
    book.add(Kind.LOCKED, 61, 1)
    again = [book.facts[i] for i in (0, 1, 2, 4, 3)]
    assert fold(again, S).today == fold(book.facts, S).today


def test_a_set_clock_moves_nothing():
    plain, moved = Book().morning(), Book().morning()
    plain.add(Kind.INPUT, 62, 10)
    moved.add(Kind.INPUT, 62, 10, wall=WALL - 86400)
    assert moved.best() == plain.best() == 72


def test_another_boot_comes_after_the_first_whatever_its_clock_says():
    book = Book().morning()
    book.add(Kind.RUNNING, 0, 30, boot="boot-2", wall=WALL - 7200)
    book.add(Kind.INPUT, 0, 30, boot="boot-2", wall=WALL - 7200)
    st = fold(book.facts, S)
    assert st.today.best / 60 == 91  # 60, a minute after its last input, 30
    assert st.watch.boot_id == "boot-2"


def test_what_is_taken_back_was_never_there():
    book = Book().morning()
    book.add(Kind.DUE, 50, body={"number": 1, "of": 1})
    skip = book.add(Kind.ANSWER, 51, body={"action": "skip", "what": "session"})
    assert fold(book.facts, S).today.skipped == 1
    book.add(Kind.UNDO, 52, body={"fact": skip})
    st = fold(book.facts, S)
    assert st.today.skipped == 0
    assert st.owed is not None


@pytest.mark.parametrize(("kind", "best"), [("away", 50), ("standing", 50), ("sitting", 60)])
def test_corrections_win(kind, best):
    book = Book().morning()
    body = {"from": WALL + 20 * 60, "to": WALL + 30 * 60, "as": kind}
    book.add(Kind.CORRECTION, 60, body=body)
    assert book.best() == best
    assert minutes(book.facts, Presence.ACTIVE) == pytest.approx(50, abs=1.01)


def test_an_absence_corrected_to_sitting():
    book = Book().morning()
    book.add(Kind.INPUT, 100, 10)
    assert book.best() == 71
    book.add(Kind.CORRECTION, 110, body={"from": WALL + 3600, "to": WALL + 6000, "as": "sitting"})
    assert book.best() == 110


def test_the_last_of_two_corrections_in_time_holds_where_they_differ():
    book = Book().morning()
    first = book.add(Kind.CORRECTION, 60, body={"from": WALL, "to": WALL + 1800, "as": "away"})
    assert book.best() == 30
    book.add(Kind.UNDO, 61, body={"fact": first})
    assert book.best() == 60


def test_a_touch_without_length_does_not_type_on():
    book = Book()
    book.add(Kind.RUNNING, 0, 60)
    book.add(Kind.DAY, 0, body={"date": "2026-03-02", "expected": 1.0, "goal": 1})
    book.add(Kind.INPUT, 0, 0)
    book.add(Kind.CORRECTION, 30, body={"from": WALL + 600, "to": WALL + 900, "as": "away"})
    book.add(Kind.INPUT, 30, 1)
    assert book.best() == 2


def test_imported_history_is_not_folded_into_the_state_but_lived():
    book = Book().morning()
    best = book.best()
    book.add(Kind.INPUT, 300, 60, boot="import:workrave")
    assert book.best() == best
    assert minutes(book.facts, Presence.ACTIVE) >= 120


def test_machines_are_read_apart():
    book = Book().morning()
    book.add(Kind.INPUT, 0, 60, device="laptop")
    pieces = lived(book.facts, S)
    assert {p.device for p in pieces} == {"", "laptop"}


def test_nothing_is_a_state_too():
    assert fold([], S).today.best == 0
    assert lived([], S) == []
