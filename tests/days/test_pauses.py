"""The right moment (MODEL 4): a notice waits for a pause, comes back with patience, is let go; six a day suffice."""

import pytest

from tests.days.test_prompts import after, natural_work
from tests.days.world import World, check_fold
from unhunch.core.facts import Kind
from unhunch.core.moment import MINUTE
from unhunch.core.settings import Settings

ALONE = Settings(nudge=False)
NO_SESSIONS = Settings(first_latest=12 * 3600.0, first_latest_new=12 * 3600.0, pull_share=1.0, expected_prior=86400.0)


def owed(settings: Settings = ALONE) -> World:
    """Somebody who types on and on, at the moment at which a session becomes due."""
    w = World(settings=settings)
    while w.st.owed is None:
        w.work(seconds=10)
    return w


def test_a_session_waits_for_half_an_hour_then_takes_five_seconds_and_comes_anyway_after_three_quarters() -> None:
    w = owed()
    at = w.clock()
    w.work(29.5)
    w.idle(seconds=6)
    assert w.prompts() == []
    w.work(14.9)
    assert w.prompts() == []
    w.work(1)
    [(clock, step)] = w.prompts()
    assert (step, w.of_kind(Kind.SHOWN)[0].body["reason"]) == (1, "waited")
    assert 44.9 <= after(at, clock) <= 45.7
    check_fold(w)


def test_from_half_an_hour_on_five_seconds_do() -> None:
    w = owed()
    w.work(31)
    w.idle(seconds=6)
    assert w.of_kind(Kind.SHOWN)[0].body["reason"] == "brief"
    check_fold(w)


def test_twelve_seconds_at_first_and_ten_from_three_minutes_on() -> None:
    w = owed()
    w.work(1)
    w.idle(seconds=11)
    w.work(1)
    assert w.prompts() == []
    w.work(1.5)
    w.idle(seconds=11)
    assert len(w.prompts()) == 1
    check_fold(w)


@pytest.mark.parametrize(("kind", "minutes"), [("nudge", 60), ("week", 0)])
def test_what_finds_no_pause_in_half_an_hour_is_let_go_and_costs_nothing(kind: str, minutes: float) -> None:
    w = World("2026-03-06 09:00", settings=NO_SESSIONS)
    w.work(30)
    if kind == "week":
        w.until("09:00", working=False)
        w.until("09:00", working=False)
        w.until("09:00", working=False)
    shown = len(w.shown)
    w.work(minutes + 32)
    [gone] = [f for f in w.of_kind(Kind.LET_GO) if f.body["what"] == kind]
    assert gone.body["waited_s"] / MINUTE == pytest.approx(30, abs=0.6)
    assert len(w.shown) == shown
    assert (w.day.notices, w.day.nudges, w.day.shown) == (0, 0, 0)
    w.idle(seconds=20)
    assert len(w.shown) == shown, "it is over"
    check_fold(w)


def test_the_next_stand_up_notice_is_due_as_if_one_let_go_had_been_shown() -> None:
    w = World(settings=NO_SESSIONS)
    w.work(60 + 30 + 44)
    w.idle(seconds=20)
    assert w.prompts("nudge") == []
    w.work(2)
    w.idle(seconds=20)
    assert len(w.prompts("nudge")) == 1
    check_fold(w)


def test_a_notice_that_came_back_has_the_patience_of_a_new_one_and_comes_back_twice() -> None:
    w = owed()
    for number in range(3):
        w.work(4)
        w.idle(seconds=13)
        assert len(w.prompts()) == number + 1
        w.idle(seconds=100)
        assert w.bubble is None
        assert (w.owed.step, w.owed.clock) == (0, 0.0)
        w.work(1)
        w.idle(seconds=11)
        assert len(w.prompts()) == number + 1, "ten seconds are not enough for a new one"
    assert w.owed.after_break
    w.work(50)
    w.idle(seconds=20)
    assert len(w.prompts()) == 3, "not before a real break"
    w.work(1)
    w.idle(6)
    w.work(2)
    assert not w.owed.after_break
    w.idle(seconds=13)
    assert [step for _, step in w.prompts()] == [1] * 4
    check_fold(w)


def test_a_stand_up_notice_comes_back_twice_in_a_stretch() -> None:
    w = World(settings=NO_SESSIONS)
    w.work(60)
    for _ in range(5):
        w.work(4)
        w.idle(seconds=13)
        w.idle(seconds=50)
    assert len(w.prompts("nudge")) == 3
    assert w.day.nudges == 0
    check_fold(w)


def test_the_week_comes_back_twice_then_after_a_break() -> None:
    w = World("2026-03-06 09:00", settings=NO_SESSIONS)
    w.work(70)
    w.power_off(3 * 1440 - 70)
    for _ in range(5):
        w.work(4)
        w.idle(seconds=13)
        w.idle(seconds=50)
    assert len(w.prompts("week")) == 3
    w.idle(6)
    w.work(2)
    w.idle(seconds=20)
    assert len(w.prompts("week")) == 4
    check_fold(w)


def test_six_a_day_with_returns_snoozes_and_the_week() -> None:
    w = World("2026-03-06 09:00", settings=Settings(goal=4))
    w.work(70)
    w.power_off(3 * 1440 - 70)
    for _ in range(160):
        natural_work(w, 4)
        if w.bubble and w.bubble.what == "session":
            w.answer("snooze")
        elif w.bubble:
            w.idle(seconds=100)
    days = {f.day for f in w.of_kind(Kind.SHOWN)}
    for day in days:
        assert sum(f.day == day for f in w.of_kind(Kind.SHOWN)) <= 6
    assert max(sum(f.day == day for f in w.of_kind(Kind.SHOWN)) for day in days) == 6
    check_fold(w)
