"""Clocks that jump, nights, time zones and power cuts (MODEL 1 and 8)."""

from zoneinfo import ZoneInfo

import pytest

from tests.days.counted import disagreements
from tests.days.test_sitting import near
from tests.days.world import World, check_fold
from unhunch.core.facts import Kind
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings

HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400


@pytest.mark.parametrize("step", [14 * 60, -HOUR, -DAY, 10 * YEAR, -10 * YEAR])
def test_a_set_clock_changes_no_sitting_and_is_put_right_again(step: float) -> None:
    w = World("2026-03-03 09:00")
    w.work(30)
    date = w.day.date
    w.set_clock(step)
    w.work(10)
    w.set_clock(-step)
    w.work(5)
    assert w.day.date == date
    assert w.stretch() == near(45)
    total = sum(day.best for day in (*w.st.past, w.day)) / 60
    assert total == near(45)
    assert len(w.of_kind(Kind.CLOCK)) == 2
    assert len(w.shown) == 0
    check_fold(w)


@pytest.mark.parametrize("step", [14 * 60, -HOUR, -DAY, 10 * YEAR, -10 * YEAR])
def test_a_clock_that_stays_wrong(step: float) -> None:
    """Whatever the calendar says, sitting is sitting; a session is asked for as on any day."""
    w = World("2026-03-03 09:00")
    w.work(30)
    w.set_clock(step)
    w.work(120)
    assert w.stretch() == near(150)
    assert sum(day.best for day in (*w.st.past, w.day)) / 60 == near(150)
    assert w.prompts()[0][1] == 1
    check_fold(w)


@pytest.mark.parametrize("step", [HOUR, -HOUR, DAY, -DAY])
def test_a_clock_set_while_a_prompt_is_on_the_screen(step: float) -> None:
    w = World("2026-03-03 08:00", settings=Settings(pause_anyway=300.0))
    w.until("09:35")
    assert w.bubble is not None
    w.answer("snooze")
    w.set_clock(step)
    w.work(9)
    owed = w.st.owed
    if owed:  # a day that turned back let it go
        assert (w.bubble is None) == (step < HOUR), "an hour that went by ends a snooze"
        w.work(7)
        assert w.bubble is not None
    check_fold(w)


@pytest.mark.parametrize("step", [DAY, -DAY, 10 * YEAR, -10 * YEAR])
def test_the_programme_hears_nothing_of_a_clock_that_is_put_right(step: float) -> None:
    """Ten years without a session were none, and no workday ended without one, however often it seemed so."""
    w = World("2026-03-02 09:00", settings=Settings(goal=3, pause_anyway=900.0))
    w.session()
    w.until("08:00", working=False)
    w.until("11:00")
    assert w.day.asked
    before = w.st.programme
    for _ in range(4):
        w.set_clock(step)
        w.work(5)
        w.set_clock(-step)
        w.work(5)
    if step == DAY:  # it may have been a day of a machine that stood still, but no more than one
        assert w.st.programme.idle <= before.idle + 1
        before = before._replace(idle=w.st.programme.idle)
    assert w.st.programme == before
    assert w.day.done + w.day.not_asked == 0, "what lapsed with the day may be asked for again"
    check_fold(w)


@pytest.mark.parametrize("step", [DAY, 10 * YEAR, -10 * YEAR])
def test_a_clock_that_stays_set_is_believed_the_day_after(step: float) -> None:
    w = World("2026-03-02 09:00", settings=Settings(goal=3))
    w.session()
    w.until("12:00")
    w.set_clock(step)
    w.until("18:00")
    w.until("08:00", working=False)
    w.work(70)
    assert w.st.programme.last_session <= w.day.date, "no date lies in the future"
    assert w.st.programme.goal == (1 if step > DAY else 3)
    check_fold(w)


@pytest.mark.parametrize("step", [15 * 60, HOUR, DAY, 27 * DAY])
def test_time_that_only_the_wall_clock_saw_is_unknown(step: float) -> None:
    """A virtual machine stood still: the stretch ends, no sitting is lost, nothing is called away or active."""
    w = World("2026-03-03 09:00")
    w.work(50)
    w.set_clock(step)
    w.work(20)
    assert w.stretch() == near(20)
    assert sum(day.best for day in (*w.st.past, w.day)) / 60 == near(70)
    assert disagreements(list(w.facts.values()), w.s) == []
    assert sum(day.unknown for day in (*w.st.past, w.day)) == pytest.approx(step, abs=31)
    check_fold(w)
    w.kill()
    w.start()
    w.work(5)
    assert w.stretch() == near(25)
    check_fold(w)


def test_a_machine_frozen_overnight_begins_a_day_as_a_suspended_one_does() -> None:
    lives = []
    for freeze in (True, False):
        w = World("2026-03-03 14:00")
        w.work(230)
        if freeze:
            w.set_clock(14 * HOUR + 20 * 60)
        else:
            w.suspend(14 * 60 + 20)
        w.work(92)
        w.idle(10)
        lives.append(w)
        check_fold(w)
    frozen, slept = lives
    assert frozen.day.date == slept.day.date == "2026-03-04"
    assert frozen.minutes() == near(92)
    assert disagreements(list(frozen.facts.values()), frozen.s) == []
    assert frozen.st.past[-1].best / 60 == near(230)
    assert frozen.day.valid(frozen.s)
    asked = [[what.what for _, what, _ in w.shown] for w in lives]
    assert asked[0] == asked[1]


def test_after_a_frozen_night_the_bell_that_is_waited_for_is_also_set() -> None:
    """The daemon sets it by the presence that was told: nobody looks for ten minutes when none is."""
    w = World("2026-03-03 14:00")
    w.work(60)
    w.wall += 16 * HOUR
    w.tick(20)
    w.look()
    assert w.presence() is Presence.AWAY
    assert w.wake.bell
    assert w.running.now.presence is Presence.AWAY


def test_a_machine_frozen_every_night_still_tells_its_programme_of_the_days() -> None:
    w = World("2026-03-02 09:00", settings=Settings(goal=2))
    for _ in range(4):
        w.work(200)
        w.set_clock(DAY - 200 * 60)
    assert w.st.programme.idle >= 3, "workdays without a session"
    check_fold(w)


def test_a_machine_frozen_over_lunch_pauses_nothing_else() -> None:
    w = World("2026-03-03 11:10")
    w.work(50)
    w.set_clock(HOUR)
    w.work(15)
    assert w.shown == []
    assert w.stretch() == near(15)
    check_fold(w)


def test_spring_forward() -> None:
    w = World("2026-03-28 22:00")
    for _ in range(7):
        w.work(55)
        w.idle(5.5)
    assert w.minutes() == near(7 * 56 - 1)
    assert w.day.date == "2026-03-28"
    w.until("08:00", working=False)
    assert w.st.past[-1].best / 60 == near(7 * 56)
    check_fold(w)


def test_fall_back() -> None:
    w = World("2026-10-24 22:00")
    for _ in range(7):
        w.work(55)
        w.idle(5.5)
    assert w.minutes() == near(7 * 56 - 1)
    assert w.day.date == "2026-10-24"
    w.until("08:00", working=False)
    assert w.st.past[-1].best / 60 == near(7 * 56)
    check_fold(w)


@pytest.mark.parametrize("evening", ["2026-03-28 22:00", "2026-10-24 22:00"])
def test_active_hours_follow_the_local_clock_through_a_time_change(evening: str) -> None:
    nights = ((23 * 60, 4 * 60),)
    w = World(evening, settings=Settings(hours_sat=nights, hours_sun=nights, nudge=False))
    w.until("09:00")
    times = [clock for clock, *_ in w.shown]
    assert times
    assert all(t >= "23:00" or t < "04:00" for t in times)
    check_fold(w)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Pacific/Auckland"])
def test_a_journey_to_another_time_zone(zone: str) -> None:
    w = World("2026-03-03 14:00")
    w.work(60)
    w.zone = ZoneInfo(zone)
    w.look()
    w.work(20)
    assert w.stretch() == near(80)
    assert sum(day.best for day in (*w.st.past, w.day)) / 60 == near(80)
    check_fold(w)


def test_a_night_shift_is_one_day() -> None:
    w = World("2026-03-02 22:00")
    for _ in range(8):
        w.work(50)
        w.idle(10)
    assert w.clock().startswith("06:00")
    assert w.day.date == "2026-03-02"
    assert w.minutes() == near(8 * 51 - 1)
    w.until("22:00", working=False)
    assert w.day.date == "2026-03-03"
    assert w.minutes() == 0
    w.work(10)
    assert w.st.past[-1].date == "2026-03-02"
    assert w.st.past[-1].best / 60 == near(8 * 51)
    check_fold(w)


def test_a_night_without_a_pause_turns_at_noon() -> None:
    w = World("2026-03-02 22:00")
    w.until("11:59")
    assert w.day.date == "2026-03-02"
    w.until("12:05")
    assert w.day.date == "2026-03-03"
    assert w.stretch() == near(14 * 60 + 5, by=1)
    check_fold(w)


def test_an_evening_past_midnight_belongs_to_its_day() -> None:
    w = World("2026-03-02 20:00")
    w.until("01:00")
    assert w.day.date == "2026-03-02"
    w.until("08:00", working=False)
    assert w.day.date == "2026-03-03"
    check_fold(w)


@pytest.mark.parametrize("clean", [True, False])
def test_power_off_overnight(clean: bool) -> None:
    w = World("2026-03-02 09:00")
    w.until("18:00")
    best = w.minutes()
    w.power_off(14 * 60 + 30, clean=clean)
    assert w.day.date == "2026-03-03"
    w.work(10)
    assert w.stretch() == near(10)
    assert w.minutes() == near(10)
    yesterday = w.st.past[-1]
    assert yesterday.best / 60 == near(best, by=1.1)
    assert yesterday.unknown == 0
    check_fold(w)


def test_a_power_cut_over_lunch_is_absence() -> None:
    w = World("2026-03-02 09:00")
    w.work(60)
    w.power_off(30, clean=False)
    w.work(10)
    assert w.minutes() == near(70, by=1.6)
    assert w.stretch() == near(10)
    assert w.day.unknown == 0
    check_fold(w)


def test_suspend_over_midnight_is_a_new_day_and_a_new_stretch() -> None:
    w = World("2026-03-02 15:00")
    w.until("23:30")
    w.suspend(9 * 60)
    assert w.day.date == "2026-03-03"
    w.work(10)
    assert w.minutes() == near(10)
    assert w.stretch() == near(10)
    assert w.st.past[-1].best / 60 == near(8.5 * 60, by=1)
    check_fold(w)


def test_a_short_sleep_past_four_keeps_the_day() -> None:
    w = World("2026-03-02 22:00")
    w.until("03:50")
    w.suspend(30)
    w.work(30)
    assert w.day.date == "2026-03-02"
    check_fold(w)
