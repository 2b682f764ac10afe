"""What a fact changes, and that a checkpoint holds all of it (the law of apply.py)."""

import json

import pytest

from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.day import Day
from unhunch.core.presence.reading import Cover, Over, Piece, Presence, Reading
from unhunch.core.presence.sweep import Watch
from unhunch.core.settings import Settings
from unhunch.core.state import apply, state
from unhunch.core.state.state import Owed, Pause, State, Tally

S = Settings()
P = Presence
T = 50_000.0


def fact(kind, body=None, key="k1", **more):
    return Fact(kind, 1.7e9, 3600, "boot", 10.0, body=body or {}, key=key, **more)


def sitting(**more):
    watch = Watch(Reading(T, touched=True), "boot")
    return state.fresh(S)._replace(t=T, watch=watch, today=Day(date="2026-03-02"), **more)


def applied(st, kind, body=None, **more):
    return apply.point(st, fact(kind, body, **more), T + 60.0, S)


def test_a_checkpoint_is_json_and_holds_everything():
    full = sitting(
        owed=Owed(T, 2, 3, step=1, snoozes=1, snoozed_until=T + 9),
        pause=Pause(T, running=T + 60),
        past=(Day(date="2026-03-01", best=100.0),),
        weeks_shown=("2026-03-02",),
        last_answer=("k", "answer"),
        standing=T,
        choice={"week": "2026-03-02"},
    )
    covers = (Cover(Over.CALL, T), Cover(Over.LOCKED, T - 50, T - 20))
    full = full._replace(watch=full.watch._replace(reading=full.reading._replace(covers=covers)))
    assert state.load(json.loads(json.dumps(state.dump(full)))) == full
    assert state.load(json.loads(json.dumps(state.dump(state.fresh(S))))) == state.fresh(S)


@pytest.mark.parametrize("broken", [{}, {"boot": []}, {**state.dump(state.fresh(S)), "tally": ["x"]}])
def test_what_is_no_checkpoint_is_refused(broken):
    with pytest.raises((KeyError, TypeError, ValueError)):
        state.load(broken)


def counted(*pieces):
    """A state after pieces of (minutes, presence[, breaks[, maybe]])."""
    st, t, made = sitting(), T, []
    for minutes, presence, *more in pieces:
        made.append(Piece(t, t + minutes * 60, presence, *more))
        t += minutes * 60
    return apply.counted(st, (Watch(Reading(t, touched=True)), made), S)


def test_low_best_and_high():
    day = counted((10, P.ACTIVE), (4, P.QUIET), (20, P.CALL), (6, P.UNKNOWN), (8, P.AWAY, True, True)).today
    assert [x / 60 for x in (day.low, day.best, day.high(S), day.unknown)] == [10, 34, 48, 6]
    day = counted((10, P.ACTIVE), (30, P.STANDING), (3, P.SESSION), (60, P.ASLEEP, True)).today
    assert [x / 60 for x in (day.low, day.best, day.high(S), day.unknown)] == [10, 10, 10, 0]


def test_prolonged_stretches():
    assert counted((29.9, P.ACTIVE), (6, P.AWAY, True), (5, P.ACTIVE)).today.prolonged == 0
    assert counted((30, P.ACTIVE), (6, P.AWAY, True), (5, P.ACTIVE)).today.prolonged == 1800


@pytest.mark.parametrize(("minutes", "since"), [(14.9, 15), (15, 5)])
def test_an_absence_of_a_quarter_of_an_hour_is_an_arrival(minutes, since):
    st = counted((10, P.ACTIVE), (minutes, P.AWAY, True), (5, P.ACTIVE))
    assert st.tally.since_arrival / 60 == since


def test_activity_on_end_is_what_a_pause_needs():
    assert counted((10, P.ACTIVE), (1, P.QUIET), (2, P.ACTIVE)).rhythm.active == 120


def test_a_heeded_nudge_is_not_ignored():
    st = sitting(tally=Tally(nudges=1, nudges_ignored=1, nudge_open=True))
    st = st._replace(watch=st.watch._replace(reading=st.reading._replace(nudged_at=T)))
    pieces = [Piece(T - 600, T + 120, P.ACTIVE), Piece(T + 120, T + 220, P.AWAY, breaks=True)]
    after = apply.counted(st, (st.watch, pieces), S).tally
    assert (after.nudges, after.nudges_ignored, after.nudge_open) == (0, 0, False)


OWED = Owed(T, 1, 2)


def test_due_shown_and_withdrawn():
    st = applied(sitting(), Kind.DUE, {"number": 1, "of": 2})
    assert (st.owed.number, st.owed.of, st.owed.step) == (1, 2, 0)
    shown = {"what": "session", "step": 1, "reason": "pause", "free": False, "sound": True}
    st = applied(st._replace(owed=st.owed._replace(clock=300.0)), Kind.SHOWN, shown)
    assert (st.owed.step, st.owed.clock, st.owed.shown, st.today.notices, st.today.sounds) == (1, 0.0, 1, 1, 1)
    seen = applied(st, Kind.WITHDRAWN, {"why": "away", "what": "session", "unseen": False})
    assert (seen.today.notices, seen.owed.step) == (1, 1)
    body = {"why": "away", "what": "session", "unseen": True, "step": 1, "free": False, "returning": False}
    unseen = applied(st, Kind.WITHDRAWN, {**body, "sound": True, "clock": 300.0})
    assert (unseen.owed.step, unseen.owed.clock, unseen.owed.shown) == (0, 300.0, 0)
    assert (unseen.today.notices, unseen.today.sounds) == (0, 0)


def test_snooze_keeps_the_step_and_is_free():
    st = sitting(owed=OWED._replace(step=2, clock=100.0))
    st = applied(st, Kind.ANSWER, {"action": "snooze", "what": "session", "seconds": 600.0, "until_call": False})
    assert (st.owed.step, st.owed.snoozes, st.owed.snoozed_until, st.owed.returning) == (2, 1, T + 660, True)
    back = applied(st, Kind.SHOWN, {"what": "session", "step": 2, "reason": "pause", "free": True, "sound": False})
    assert (back.owed.returning, back.owed.shown, back.today.notices) == (False, 0, 0)


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (Kind.ANSWER, {"action": "skip", "what": "session"}, "skipped"),
        (Kind.LAPSED, {"as": "missed"}, "missed"),
        (Kind.LAPSED, {"as": "not-asked"}, "not_asked"),
        (Kind.SESSION, {"status": "done", "size": "short"}, "done"),
    ],
)
def test_what_resolves_an_owed_session(kind, body, field):
    st = applied(sitting(owed=OWED, tally=Tally(since_session=9000.0)), kind, body)
    assert st.owed is None
    assert getattr(st.today, field) == 1
    assert st.today.resolved == 1
    assert st.tally.since_session == 0


def test_a_partial_session_resolves_nothing():
    st = applied(sitting(owed=OWED), Kind.SESSION, {"status": "partial", "size": "short"})
    assert st.owed == OWED
    assert st.today.resolved == 0


def test_pauses_by_length_and_by_wall():
    by_length = applied(sitting(), Kind.PAUSE, {"seconds": 600.0}).pause
    assert not by_length.over(T + 659, 2e12)
    assert by_length.over(T + 660, 0)
    by_wall = applied(sitting(), Kind.PAUSE, {"until": 2e9}).pause
    assert not by_wall.over(T + 1e9, 2e9 - 1)
    assert by_wall.over(T, 2e9)


def test_a_day_that_was_lived_before_goes_on():
    st = sitting()._replace(today=Day(date="2026-03-02", best=600.0, notices=2))
    st = applied(st, Kind.DAY, {"date": "2026-03-03", "expected": 100.0, "goal": 1})
    assert (st.today.best, st.today.expected) == (0, 100.0)
    st = applied(st, Kind.DAY, {"date": "2026-03-02", "expected": 100.0, "goal": 1})
    assert (st.today.best, st.today.notices) == (600.0, 2)
    assert [day.date for day in st.past] == ["2026-03-03"]


def test_only_so_many_days_are_kept():
    st = sitting(past=tuple(Day(date=f"20{n:02d}-01-01") for n in range(10, 26)) * 6)
    st = applied(st, Kind.DAY, {"date": "2026-03-03", "expected": 1.0, "goal": 1})
    assert len(st.past) <= apply.REMEMBERED_DAYS


def test_a_hole_is_absence_or_unknown_or_bridged():
    base = sitting()
    base = base._replace(watch=base.watch._replace(ran_until=T))

    def over(st, gap, boot_id="boot"):
        began = apply.begin(st, fact(Kind.RUNNING)._replace(boot_id=boot_id), T + gap, S)
        return [c.over for c in began.reading.covers]

    assert over(base, 120.0) == [Over.BRIDGED]
    assert over(base, 121.0) == [Over.BLIND]
    assert over(base._replace(watch=base.watch._replace(stopped=True)), 10.0) == [Over.OFF]
    assert over(base, 10.0, "another") == [Over.OFF]


def test_a_state_never_changes():
    st = sitting(owed=OWED)
    applied(st, Kind.ANSWER, {"action": "skip", "what": "session"})
    assert st.owed == OWED
    assert isinstance(st, State)
