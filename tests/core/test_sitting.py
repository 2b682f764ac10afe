"""The presence table and the rules of a real break, row by row (MODEL 2)."""

import itertools
from math import inf

import pytest

from unhunch.core.presence.reading import Cover, Over, Piece, Presence, Reading, proven, read_gap
from unhunch.core.presence.stretches import NO_BOUT, stretches
from unhunch.core.settings import Settings

S = Settings()
MIN = 60.0
P = Presence


def read(end, *covers, touched=True, steady=False, nudged_at=-inf):
    """A gap from 0 to `end` minutes under covers given as (over, start, end) in minutes."""
    laid = [Cover(over, a * MIN, b * MIN) for over, a, b in covers]
    pieces = read_gap(0.0, end * MIN, laid, S, touched=touched, steady=steady, nudged_at=nudged_at)
    assert pieces[0].start == 0
    assert pieces[-1].end == end * MIN
    assert all(a.end == b.start for a, b in itertools.pairwise(pieces))
    return [(round((p.end - p.start) / MIN, 3), p.presence) for p in pieces]


def breaks(end, *covers, nudged_at=-inf):
    laid = [Cover(over, a * MIN, b * MIN) for over, a, b in covers]
    pieces = read_gap(0.0, end * MIN, laid, S, nudged_at=nudged_at)
    return any(p.breaks for p in pieces)


@pytest.mark.parametrize(
    ("end", "covers", "expected"),
    [
        # rows 6, 9 and 10: the length of the gap alone
        (0.5, [], [(0.5, P.ACTIVE)]),
        (1, [], [(1, P.ACTIVE)]),
        (1.5, [], [(1, P.ACTIVE), (0.5, P.QUIET)]),
        (4.99, [], [(1, P.ACTIVE), (3.99, P.QUIET)]),
        (5, [], [(1, P.ACTIVE), (4, P.AWAY)]),
        (90, [], [(1, P.ACTIVE), (89, P.AWAY)]),
        # row 0: a session
        (10, [(Over.SESSION, 2, 5)], [(1, P.ACTIVE), (1, P.QUIET), (3, P.SESSION), (5, P.AWAY)]),
        (6, [(Over.SESSION, 0, 4)], [(4, P.SESSION), (2, P.QUIET)]),
        # row 1: suspended; sitting ends at the earlier of last input + 60 s and the moment of suspend
        (60, [(Over.ASLEEP, 0.5, 60)], [(0.5, P.ACTIVE), (59.5, P.ASLEEP)]),
        (60, [(Over.ASLEEP, 4, 60)], [(1, P.ACTIVE), (3, P.AWAY), (56, P.ASLEEP)]),
        # row 2: locked
        (60, [(Over.LOCKED, 0.5, 60)], [(0.5, P.ACTIVE), (59.5, P.AWAY)]),
        (60, [(Over.LOCKED, 10, 60)], [(1, P.ACTIVE), (59, P.AWAY)]),
        # row 3: not running
        (60, [(Over.OFF, 3, 60)], [(1, P.ACTIVE), (59, P.AWAY)]),
        (2.5, [(Over.BRIDGED, 0.5, 2.4)], [(1, P.ACTIVE), (1.5, P.QUIET)]),
        # row 4: blind, never called away
        (20, [(Over.BLIND, 0, 20)], [(20, P.UNKNOWN)]),
        (8, [(Over.BLIND, 1, 7)], [(1, P.ACTIVE), (6, P.UNKNOWN), (1, P.QUIET)]),
        # row 5: standing
        (30, [(Over.STANDING, 0, 30)], [(30, P.STANDING)]),
        # row 7: a call, for two hours without input; a microphone open for three hours says nothing
        (61, [(Over.CALL, 0, 61)], [(1, P.ACTIVE), (60, P.CALL)]),
        (130, [(Over.CALL, 0, 130)], [(1, P.ACTIVE), (119, P.CALL), (10, P.UNKNOWN)]),
        (20, [(Over.CALL, -200, 20)], [(1, P.ACTIVE), (19, P.AWAY)]),
        (20, [(Over.CALL, -170, 20)], [(1, P.ACTIVE), (9, P.CALL), (10, P.AWAY)]),
        # row 8: a film, for half an hour without input; an inhibitor held for four hours says nothing
        (25, [(Over.INHIBITED, 0, 25)], [(1, P.ACTIVE), (24, P.QUIET)]),
        (40, [(Over.INHIBITED, 0, 40)], [(1, P.ACTIVE), (29, P.QUIET), (10, P.UNKNOWN)]),
        (20, [(Over.INHIBITED, -245, 20)], [(1, P.ACTIVE), (19, P.AWAY)]),
        # the first row that holds wins
        (20, [(Over.SESSION, 0, 20), (Over.LOCKED, 0, 20)], [(20, P.SESSION)]),
        (20, [(Over.ASLEEP, 0, 20), (Over.LOCKED, 0, 20)], [(20, P.ASLEEP)]),
        (20, [(Over.LOCKED, 0, 20), (Over.BLIND, 0, 20)], [(20, P.AWAY)]),
        (20, [(Over.BLIND, 0, 20), (Over.STANDING, 0, 20)], [(20, P.UNKNOWN)]),
        (20, [(Over.STANDING, 0, 20), (Over.CALL, 0, 20)], [(20, P.STANDING)]),
        (40, [(Over.CALL, 0, 40), (Over.INHIBITED, 0, 40)], [(1, P.ACTIVE), (39, P.CALL)]),
        (20, [(Over.CALL, 0, 20), (Over.LOCKED, 10, 20)], [(1, P.ACTIVE), (9, P.CALL), (10, P.AWAY)]),
        # what the user corrected wins over all
        (20, [(Over.CORRECTED_SITTING, 0, 20), (Over.LOCKED, 0, 20)], [(20, P.QUIET)]),
        (20, [(Over.CORRECTED_AWAY, 0, 20), (Over.CALL, 0, 20)], [(20, P.AWAY)]),
        (20, [(Over.CORRECTED_STANDING, 4, 10)], [(1, P.ACTIVE), (3, P.QUIET), (6, P.STANDING), (10, P.AWAY)]),
    ],
)
def test_presence(end, covers, expected):
    assert read(end, *covers) == expected


def test_without_an_input_nobody_is_known_to_be_there():
    assert read(0.5, touched=False) == [(0.5, P.AWAY)]
    assert read(10, touched=False) == [(10, P.AWAY)]


@pytest.mark.parametrize("over", [Over.BLIND, Over.CALL, Over.INHIBITED, Over.PARTIAL])
@pytest.mark.parametrize("late", [n * 0.013 for n in range(20)])
def test_a_limit_that_the_clock_cannot_tell_exactly_still_ends(over, late):
    """Seconds since 1970 have steps of a quarter of a microsecond: their sums and differences are rounded."""
    start = 1795897836.6275394 + late
    s = Settings()._replace(active_gap=4.787, call_limit=9.787, film_limit=9.787, break_gap=14.36, maybe_gap=15.0)
    pieces = read_gap(start, start + 600, [Cover(over, start + 22.4, start + 400)], s)
    assert pieces[0].end == pytest.approx(start + 4.787)
    assert (pieces[0].presence, pieces[1].presence) == (Presence.ACTIVE, Presence.AWAY)
    if over is not Over.BLIND:
        laid = read_gap(start, start + 600, [Cover(over, start, start + 400)], s)
        sat = [p for p in laid if p.presence in {Presence.ACTIVE, Presence.QUIET, Presence.CALL}]
        assert sum(p.seconds for p in sat) == pytest.approx(9.787)


def test_input_all_along_is_activity_whatever_its_length():
    assert read(90, steady=True) == [(90, P.ACTIVE)]
    assert read(90, (Over.CALL, 0, 90), steady=True) == [(90, P.ACTIVE)]
    assert read(90, (Over.STANDING, 0, 90), steady=True) == [(90, P.STANDING)]


@pytest.mark.parametrize(
    ("end", "covers", "nudged_at", "expected"),
    [
        (4.99, [], -inf, False),
        (5, [], -inf, True),
        (1.99, [(Over.LOCKED, 0, 1.99)], -inf, False),
        (2, [(Over.LOCKED, 0, 2)], -inf, True),
        (2, [(Over.LOCKED, 1.5, 1.6)], -inf, True),
        (2, [(Over.ASLEEP, 0.2, 2)], -inf, True),
        (1.9, [(Over.ASLEEP, 0.2, 1.9)], -inf, False),
        (1.5, [], 0, True),
        (1.48, [], 0, False),
        (1.5, [], -9.9 * MIN, True),
        (1.5, [], -10.1 * MIN, False),
        (1.5, [], 1.5 * MIN, False),
        (4, [(Over.OFF, 1, 4)], -inf, False),
        (20, [(Over.BLIND, 0, 20)], -inf, False),
        (61, [(Over.CALL, 0, 61)], -inf, False),
        (10, [(Over.CALL, 0, 5)], -inf, True),
        (9.9, [(Over.CALL, 0, 5)], -inf, False),
        (8, [(Over.BLIND, 1, 7)], -inf, False),
        (2.9, [(Over.BRIDGED, 0, 1.8)], 0.0, False),
    ],
)
def test_real_breaks(end, covers, nudged_at, expected):
    assert breaks(end, *covers, nudged_at=nudged_at) is expected


def bout(*pieces):
    """Stretches in minutes out of pieces given as (minutes, presence[, breaks])."""
    t, made = 0.0, []
    for minutes, presence, *more in pieces:
        made.append(Piece(t, t + minutes * MIN, presence, bool(more and more[0])))
        t += minutes * MIN
    return [round(x.seconds / MIN, 3) for x in stretches(made, S)]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([(30, P.ACTIVE), (4.9, P.STANDING), (30, P.ACTIVE)], [60]),
        ([(30, P.ACTIVE), (5, P.STANDING), (30, P.ACTIVE)], [30, 30]),
        ([(30, P.ACTIVE), (14.9, P.UNKNOWN), (30, P.ACTIVE)], [60]),
        ([(30, P.ACTIVE), (15, P.UNKNOWN), (30, P.ACTIVE)], [30, 30]),
        ([(30, P.ACTIVE), (1, P.SESSION), (30, P.ACTIVE)], [30, 30]),
        ([(30, P.ACTIVE), (3, P.AWAY), (30, P.QUIET)], [60]),
        ([(30, P.ACTIVE), (5, P.AWAY, True), (30, P.CALL)], [30, 30]),
        ([(30, P.ACTIVE), (3, P.STANDING), (1, P.ACTIVE), (3, P.STANDING), (1, P.ACTIVE)], [32]),
    ],
)
def test_what_ends_a_stretch(pieces, expected):
    assert bout(*pieces) == expected


@pytest.mark.parametrize(("minutes", "maybe"), [(4.9, False), (5, True), (15, True), (15.1, False)])
def test_an_absence_of_five_to_fifteen_minutes_may_have_been_sitting(minutes, maybe):
    assert any(p.maybe for p in read_gap(0, minutes * MIN, (), S)) is maybe
    locked = [Cover(Over.LOCKED, 30.0, minutes * MIN)]
    assert not any(p.maybe for p in read_gap(0, minutes * MIN, locked, S))


def test_only_what_is_proven_decides():
    def sure(end, *covers):
        laid = [Cover(over, a * MIN, b * MIN) for over, a, b in covers]
        return proven(read_gap(0.0, end * MIN, laid, S), 0.0, S) / MIN

    assert sure(0.9) == 0
    assert sure(4) == 0
    assert sure(30, (Over.CALL, 0, inf)) == 30
    assert sure(30, (Over.CALL, 0, 20)) == 20
    assert sure(20, (Over.INHIBITED, 0, inf)) == 20
    assert sure(40, (Over.INHIBITED, 0, inf)) == 30


def test_input_under_a_lock_is_let_go():
    reading = Reading(0.0, touched=True).cover(Over.LOCKED, 10.0)
    same, pieces = reading.input(20.0, S)
    assert same is reading
    assert pieces == []
    _, pieces = reading.uncover(Over.LOCKED, 30.0).input(40.0, S)
    assert [(p.end - p.start, p.presence) for p in pieces] == [
        (10.0, P.ACTIVE),
        (20.0, P.AWAY),
        (10.0, P.ACTIVE),
    ]


def test_a_cover_holds_from_the_moment_it_is_laid():
    reading = Reading(0.0, touched=True)
    assert reading.firm() is None
    assert reading.cover(Over.LOCKED, 5.0).firm() is P.AWAY
    assert reading.cover(Over.CALL, 5.0).firm() is None
    assert reading.cover(Over.LOCKED, 5.0).cover(Over.SESSION, 5.0).firm() is P.SESSION
    assert reading.cover(Over.LOCKED, 5.0).uncover(Over.LOCKED, 6.0).firm() is None


def test_in_the_second_in_which_it_cannot_be_known_any_more_nobody_is_away():
    reading = Reading(0.0, touched=True)
    late = 20 * MIN
    assert reading.cover(Over.PARTIAL, late).doubted(late, S) is P.QUIET
    assert reading.cover(Over.PARTIAL, late).doubted(late + 1, S) is None, "then the time under it tells"
    assert reading.cover(Over.PARTIAL, 2 * late).doubted(2 * late, S) is P.UNKNOWN
    assert Reading(0.0).cover(Over.PARTIAL, late).doubted(late, S) is P.UNKNOWN


def test_a_bout_begins_with_sitting():
    begun, ended = NO_BOUT.add(Piece(100.0, 160.0, P.ACTIVE), S)
    assert ended is None
    assert (begun.start, begun.end, begun.seconds) == (100.0, 160.0, 60.0)
