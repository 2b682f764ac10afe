"""kill -9 at any moment: what was written is enough to go on (MODEL 8)."""

import pytest

from tests.days.test_sitting import near
from tests.days.world import World, check_fold, same_state
from unhunch.core import messages as m
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.core.state.fold import fold
from unhunch.core.state.state import Pause

OfOwed = tuple[int, int, int, int, int, int, float]
OfDay = tuple[str, int, int, int, int, int, int, int]
OfWaiting = tuple[Pause | None, float, int, int]


def remembered(w: World) -> tuple[OfOwed | None, OfDay, OfWaiting]:
    """What must not be lost, whatever happens to the daemon."""
    owed, day = w.st.owed, w.day
    return (
        owed and (owed.number, owed.of, owed.step, owed.highest, owed.shown, owed.snoozes, owed.snoozed_until),
        (day.date, day.done, day.skipped, day.missed, day.not_asked, day.notices, day.sounds, day.nudges),
        (w.st.pause, w.st.standing, w.st.tally.nudges, w.st.tally.nudges_ignored),
    )


@pytest.mark.parametrize("minute", [0.3, 20, 61, 66, 73, 88, 90.5, 95, 101, 108, 114, 120, 128, 133, 155, 170])
@pytest.mark.parametrize("gone", [3, 100])
def test_killed_and_started_again(minute: float, gone: float) -> None:
    """A morning with a nudge, three steps, a snooze: wherever it is cut, it goes on where it stood."""
    w = World()

    def lived(minutes: float) -> None:
        if minutes > 92:
            w.work(92)
            w.answer("snooze")
            w.work(minutes - 92)
        else:
            w.work(minutes)

    lived(minute)
    before, best, clock = remembered(w), w.day.best, w.st.owed and w.st.owed.clock
    w.kill()
    w.tick(gone)
    w.start()
    assert remembered(w) == before
    assert best - 90 <= w.day.best <= best + gone + 60
    if clock is not None:
        assert clock - 90 <= w.owed.clock <= clock + gone
    w.work(10)
    lost = 1.5 if gone < 60 else 1.5 + gone / 60
    assert minute + 10 + gone / 60 - lost <= w.stretch() <= minute + 10 + gone / 60 + 0.1
    check_fold(w)


def test_a_hole_of_more_than_two_minutes_is_unknown() -> None:
    w = World()
    w.work(30)
    w.kill()
    w.tick(10 * 60)
    w.start()
    w.work(5)
    assert w.minutes() == near(35, by=1.6)
    assert w.day.unknown / 60 == near(10, by=1.1)
    check_fold(w)


def test_a_clean_stop_is_absence() -> None:
    w = World()
    w.work(30)
    w.stop()
    w.tick(10 * 60)
    w.start()
    w.work(5)
    assert w.minutes() == near(35)
    assert w.stretch() == near(5)
    assert w.day.unknown == 0
    check_fold(w)


@pytest.mark.parametrize("when", ["locked", "call", "film", "blind", "standing", "session", "pause", "hold"])
def test_killed_under_a_condition(when: str) -> None:
    w = World(settings=Settings(nudge=False))
    w.work(20)
    match when:
        case "locked":
            w.set(locked=True)
        case "call":
            w.set(in_call=True)
        case "film":
            w.set(inhibited=True)
        case "blind":
            w.blind = True
            w.look()
        case "standing":
            w.do(m.Stood(w.moment()))
        case "session":
            w.do(m.SessionBegan(w.moment(), {"size": "short", "planned_s": 109}))
        case "pause":
            w.do(m.Paused(w.moment(), seconds=3600.0))
        case "hold":
            w.set(quiet=True)
            w.work(70)
    w.idle(4)
    before, best = remembered(w), w.day.best
    w.kill()
    w.tick(30)
    w.start()
    assert remembered(w) == before
    assert w.day.best >= best - 90
    w.blind = False
    w.around = w.around._replace(locked=None, in_call=None, inhibited=None, quiet=None)
    w.look()
    w.work(10)
    check_fold(w)


def test_killed_in_a_session_it_is_partial() -> None:
    w = World()
    w.work(20)
    w.do(m.SessionBegan(w.moment(), {"size": "short", "planned_s": 109}))
    for _ in range(9):
        w.tick(10)
        w.do(m.SessionPulse(w.moment(), {"roller_s": 80}))
    w.kill()
    w.tick(30)
    w.start()
    [fact] = w.of_kind(Kind.SESSION)
    assert fact.body["status"] == "partial"
    assert fact.length >= 30
    assert w.day.done == 0
    w.work(10)
    check_fold(w)


def test_killed_right_after_reading() -> None:
    """An input makes four minutes of reading into sitting: that is written at once."""
    w = World()
    w.work(10)
    w.idle(4)
    w.touch()
    w.look()
    best = w.day.best
    w.kill()
    w.tick(90)
    w.start()
    assert w.day.best == best
    w.idle(2)
    w.work(1)
    check_fold(w)


def test_what_is_open_is_written_before_the_machine_sleeps() -> None:
    w = World()
    w.work(10)
    w.idle(seconds=20)
    w.set(asleep=True)
    best = w.day.best
    w.around = m.Around()
    w.power_off(600, clean=False)
    assert w.day.best == best
    w.work(1)
    assert w.minutes() == near(10 + 20 / 60 + 1)
    check_fold(w)


def test_killed_every_other_minute_all_day() -> None:
    w = World(settings=Settings(nudge=False))
    for _ in range(120):
        w.work(2)
        w.kill()
        w.tick(5)
        w.start()
    assert w.stretch() == near(120 * 125 / 60, by=2)
    steps = [step for _, step in w.prompts()]
    assert steps == sorted(steps)
    assert len(steps) <= 3
    check_fold(w)


def test_with_and_without_checkpoints_over_a_week() -> None:
    w = World("2026-03-02 08:30")
    for day in range(6):
        w.until("12:00")
        w.set(locked=True)
        w.idle(45)
        w.set(locked=False)
        if day % 2:
            w.session()
        w.until("17:30")
        w.power_off(15 * 60, clean=day != 3)
        check_fold(w)
    assert len(w.of_kind(Kind.CHECKPOINT)) == 7
    assert same_state(fold(w.stored(), w.s), fold(list(w.facts.values()), w.s)) == []
