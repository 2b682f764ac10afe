"""step(live, event): what goes in and what comes out, also when it makes no sense."""

import itertools

import pytest

from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.bodies import Morning
from unhunch.core.engine.step import begin, step
from unhunch.core.facts import SPANS, Kind
from unhunch.core.moment import Moment
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Feels

S = Settings()
AT = Moment(1_772_438_400.0, 1000.0, 1000.0, 3600)


def started():
    live, effects = step(begin([], S), m.Started(AT, "boot", "run"), S)
    return live, effects


def later(seconds, *, slept=0.0, stepped=0.0):
    return Moment(AT.wall + seconds + stepped, AT.awake + seconds - slept, AT.boot + seconds, 3600)


def kinds(effects):
    return [f.kind for e in effects if isinstance(e, m.Write) for f in e.facts]


def test_starting_writes_the_run_and_the_day():
    live, effects = started()
    assert kinds(effects)[:2] == [Kind.RUNNING, Kind.DAY]
    assert Kind.CHECKPOINT in kinds(effects)
    assert live.state.today.date == "2026-03-02"


def test_each_look_orders_the_next():
    live, _ = started()
    _, effects = step(live, m.Look(later(1), (0.0, 0.0)), S)
    [wake] = [e for e in effects if isinstance(e, m.WakeAt)]
    assert 0 < min(wake[:3]) <= S.look


def test_away_is_not_polled_where_the_source_rings():
    live, _ = started()
    for rings, longest in ((True, 600.0), (False, S.look_away)):
        _, effects = step(live, m.Look(later(1000), (900.0, 900.0), rings=rings), S)
        [wake] = [e for e in effects if isinstance(e, m.WakeAt)]
        assert wake.bell is rings
        assert wake.look == longest


def test_state_is_a_value():
    live, _ = started()
    before = live
    step(live, m.Look(later(5), (0.0, 0.0)), S)
    assert live == before


EVENTS = [
    m.Answered(later(5), "snooze"),
    m.Answered(later(5), "skip"),
    m.Answered(later(5), "start"),
    m.Answered(later(5), "dismiss", what="nudge"),
    m.Answered(later(5), "stand", what="nudge"),
    m.Answered(later(5), "open", what="week"),
    m.Answered(later(5), "nonsense"),
    m.Gone(later(5), "session", "lost"),
    m.Resumed(later(5)),
    m.Sat(later(5)),
    m.Stood(later(5)),
    m.Paused(later(5)),
    m.SessionPulse(later(5), {}),
    m.SessionEnded(later(5), {}),
    m.SessionBegan(later(5), {}),
    m.Logged(later(5), {"status": "done", "size": "short"}),
    m.Undone(later(5)),
    m.Corrected(later(5), AT.wall, AT.wall + 5, "away"),
    m.Look(later(5), None),
    m.Look(later(5), (0.0, float("inf"))),
    m.Look(later(5), (1e9, 1e9)),
    m.Look(later(-500), (0.0, 0.0)),
    m.Look(later(5, stepped=-1e9), (0.0, 0.0)),
    m.Look(later(500, slept=499), (3.0, 3.0)),
    m.Stopping(later(5)),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_whatever_comes_nothing_raises(event):
    live, _ = started()
    for following in (event, event, m.Look(later(30), (2.0, 2.0)), m.Look(later(5000), (2.0, 2.0))):
        live, _ = step(live, following, S)
    assert live.state.t >= AT.boot


@pytest.mark.parametrize(("one", "other"), list(itertools.product(range(0, len(EVENTS), 3), range(1, len(EVENTS), 4))))
def test_nor_in_pairs(one, other):
    live, _ = started()
    for event in (EVENTS[one], EVENTS[other], m.Look(later(60), (1.0, 1.0))):
        live, _ = step(live, event, S)


def test_keys_are_unique_and_begin_with_the_run():
    w = World(settings=Settings(goal=2))
    seen = []
    whole = w.do

    def do(event):
        _, effects = step(w.live, event, w.s)
        seen.extend(f.key for e in effects if isinstance(e, m.Write) for f in e.facts)
        whole(event)

    w.do = do
    w.until("13:00")
    w.kill()
    w.tick(20)
    w.start()
    w.until("15:00")
    assert len(seen) == len(set(seen))
    assert {key.split(".")[0] for key in seen} == {"run1", "run2"}


def test_evidence_is_written_at_most_once_a_minute():
    """Somebody who works and is asked nothing: a transaction a minute, and the same few rows grow."""
    w = World(settings=Settings(nudge=False))
    w.work(5)
    writes = []
    whole = w.do

    def do(event):
        _, effects = step(w.live, event, w.s)
        writes.extend(e for e in effects if isinstance(e, m.Write))
        whole(event)

    w.do = do
    w.work(50)
    assert len(writes) <= 50
    assert not any(e.facts for e in writes)
    assert all(len(e.lengths) == 2 for e in writes)


def test_what_a_person_did_is_written_in_the_same_step():
    live, _ = started()
    for event, kind in (
        (m.Paused(later(5), seconds=60.0), Kind.PAUSE),
        (m.Stood(later(6)), Kind.STAND),
        (m.Told(later(7), Morning(Feels.SAME)), Kind.MORNING),
        (m.Logged(later(8), {"status": "done", "size": "short"}), Kind.SESSION),
    ):
        live, effects = step(live, event, S)
        assert kind in kinds(effects)


def test_spans_have_lengths_and_points_have_none():
    w = World()
    w.work(70)
    w.set(locked=True)
    w.idle(10)
    w.set(locked=False)
    w.work(10)
    w.flushed()
    for f in w.facts.values():
        assert f.length == 0 or f.kind in SPANS
        assert f.boot_id == "boot-1"
        assert f.day == "2026-03-02" or f.kind in (Kind.RUNNING, Kind.DAY)
    check_fold(w)


def test_a_suspend_that_nobody_announced_is_seen_in_the_clocks():
    live, _ = started()
    live, _ = step(live, m.Look(later(10), (0.0, 0.0)), S)
    live, _ = step(live, m.Look(later(4000, slept=3960.0), (3970.0, 3970.0)), S)
    assert live.now.presence in (Presence.ASLEEP, Presence.AWAY)
    live, _ = step(live, m.Look(later(4030, slept=3960.0), (0.0, 0.0)), S)
    assert live.state.today.best < 120


@pytest.mark.parametrize(("moved", "told"), [(4.9, 0), (5.0, 1), (-5.0, 1), (3600.0, 1)])
def test_a_set_clock_is_history_from_five_seconds_on(moved, told):
    live, _ = started()
    live, _ = step(live, m.Look(later(10), (0.0, 0.0)), S)
    _, effects = step(live, m.Look(later(20, stepped=moved), (0.0, 0.0)), S)
    assert kinds(effects).count(Kind.CLOCK) == told
