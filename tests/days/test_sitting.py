"""Days of sitting and leaving: what counts, what ends a stretch, and from when (MODEL 2 and 8)."""

import pytest

from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.bodies import Morning
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Feels

NEAR = 0.1  # minutes: an input every 4 s


def near(minutes: float, by: float = NEAR) -> object:
    return pytest.approx(minutes, abs=by)


def test_three_minute_reading_gaps_all_morning_are_one_stretch() -> None:
    w = World(settings=Settings(nudge=False))
    for _ in range(36):
        w.work(2)
        w.idle(3)
    w.touch()
    w.look()
    assert w.minutes() == near(180)
    assert w.stretch() == near(180)
    assert 36 * 2 < w.minutes("low") <= 36 * 3
    assert w.day.prolonged == 0
    check_fold(w)


def test_a_gap_of_five_and_a_half_minutes_ends_the_stretch_and_is_back_dated() -> None:
    w = World()
    w.work(30)
    w.idle(4.9)
    assert w.presence() is Presence.QUIET
    w.idle(0.6)
    assert w.presence() is Presence.AWAY
    w.work(2)
    assert w.minutes() == near(30 + 1 + 2)
    assert w.minutes("high") == near(30 + 5.5 + 2)
    assert w.stretch() == near(2)
    assert w.day.prolonged / 60 == near(31)
    check_fold(w)


def test_three_short_idles_do_not_add_up_to_a_break() -> None:
    w = World()
    for _ in range(3):
        w.work(10)
        w.idle(2)
    w.work(10)
    assert w.stretch() == w.minutes() == near(46)
    check_fold(w)


def test_one_page_each_five_and_a_half_minutes_is_away() -> None:
    w = World()
    for _ in range(12):
        w.touch()
        w.look()
        w.idle(5.5)
    w.touch()
    w.look()
    assert w.presence() is Presence.ACTIVE
    assert w.minutes() == near(12)
    assert w.minutes("high") == near(66)
    assert w.stretch() == near(0)
    check_fold(w)


def test_a_long_call_without_input_is_sitting() -> None:
    w = World()
    w.work(20)
    w.set(in_call=True)
    w.idle(61)
    assert w.presence() is Presence.CALL
    w.set(in_call=False)
    w.work(2)
    assert w.stretch() == w.minutes() == near(83)
    assert w.minutes("low") == near(20 + 1 + 2, by=0.6)
    check_fold(w)


def test_an_answer_taken_back_in_a_call_does_not_begin_the_call_anew() -> None:
    """A microphone that is open for more than three hours tells nothing; that clock runs on."""
    w = World(settings=Settings(nudge=False))
    w.do(m.Told(w.moment(), Morning(Feels.SAME)))
    w.set(in_call=True)
    w.work(90)
    w.do(m.Undone(w.moment()))
    w.work(85)
    w.idle(20)
    w.touch()
    check_fold(w)
    assert w.minutes() == near(180)


def test_a_call_without_input_is_not_known_after_two_hours() -> None:
    w = World()
    w.work(20)
    w.set(in_call=True)
    w.idle(150)
    assert w.presence() is Presence.UNKNOWN
    w.set(in_call=False)
    w.touch()
    w.look()
    w.work(2)
    assert w.minutes() == near(20 + 120 + 2)
    assert w.day.unknown / 60 == near(30)
    assert w.minutes("high") == near(172)
    check_fold(w)


def test_an_automatic_lock_is_away_since_the_last_input_and_a_minute() -> None:
    w = World()
    w.work(30)
    w.idle(10)
    w.set(locked=True)
    w.idle(20)
    w.set(locked=False)
    w.work(3)
    assert w.minutes() == near(30 + 1 + 3)
    assert w.minutes("high") == near(34)
    assert w.stretch() == near(3)
    check_fold(w)


def test_locked_by_hand_is_away_since_the_lock() -> None:
    w = World()
    w.work(30)
    w.idle(seconds=20)
    w.set(locked=True)
    assert w.presence() is Presence.AWAY
    w.idle(10)
    w.set(locked=False)
    w.work(3)
    assert w.minutes() == near(30 + 20 / 60 + 3)
    assert w.stretch() == near(3)
    check_fold(w)


def test_a_lock_of_two_minutes_is_a_break_and_of_one_is_not() -> None:
    w = World()
    w.work(30)
    w.set(locked=True)
    w.idle(1)
    w.set(locked=False)
    w.work(10)
    assert w.stretch() == near(40)
    w.set(locked=True)
    w.idle(2.5)
    w.set(locked=False)
    w.work(10)
    assert w.stretch() == near(10)
    assert w.minutes() == near(50)
    check_fold(w)


@pytest.mark.parametrize("announced", [True, False])
def test_suspend_over_lunch(announced: bool) -> None:
    """Sitting ends when the lid is shut; the stretch after lunch is a new one."""
    w = World()
    w.until("12:00")
    w.idle(seconds=30)
    if announced:
        w.set(asleep=True)
    w.suspend(60)
    if announced:
        w.set(asleep=False)
    w.work(30)
    assert w.minutes() == near(180.5 + 30)
    assert w.stretch() == near(30)
    check_fold(w)


def test_suspend_after_a_long_gap_counts_from_the_last_input() -> None:
    w = World()
    w.work(60)
    w.idle(4)
    w.suspend(30)
    w.work(5)
    assert w.minutes() == near(60 + 1 + 5)
    check_fold(w)


def test_a_film_counts_for_half_an_hour_without_input() -> None:
    w = World()
    w.work(10)
    w.set(inhibited=True)
    w.idle(25)
    assert w.presence() is Presence.QUIET
    w.touch()
    w.look()
    w.idle(40)
    assert w.presence() is Presence.UNKNOWN
    w.set(inhibited=False)
    w.touch()
    w.look()
    w.work(2)
    assert w.minutes() == near(10 + 25 + 30 + 2)
    assert w.day.unknown / 60 == near(10)
    check_fold(w)


def test_music_left_playing_over_lunch_is_away() -> None:
    """A player that plays holds no inhibitor and no microphone: nothing of it reaches the engine."""
    w = World()
    w.work(60)
    w.idle(45)
    assert w.presence() is Presence.AWAY
    w.work(5)
    assert w.minutes() == near(66)
    assert w.stretch() == near(5)
    check_fold(w)


def test_an_inhibitor_forgotten_for_hours_proves_nothing() -> None:
    w = World()
    w.set(inhibited=True)
    w.work(4 * 60 + 5)
    w.idle(20)
    assert w.presence() is Presence.AWAY
    w.work(2)
    assert w.minutes() == near(245 + 1 + 2)
    check_fold(w)


def test_a_microphone_open_all_day_proves_nothing() -> None:
    w = World()
    w.set(in_call=True)
    w.work(3 * 60 + 5)
    w.idle(20)
    assert w.presence() is Presence.AWAY
    w.work(2)
    assert w.minutes() == near(185 + 1 + 2)
    check_fold(w)


def test_standing_desk_fifty_ninety_ten_gives_no_nudge() -> None:
    w = World()
    w.work(50)
    w.do(m.Stood(w.moment()))
    w.work(90)
    assert w.presence() is Presence.STANDING
    w.do(m.Sat(w.moment()))
    w.work(10)
    assert w.prompts("nudge") == []
    assert w.minutes() == near(60)
    assert w.stretch() == near(10)
    assert w.day.prolonged / 60 == near(50)
    check_fold(w)


def test_standing_ends_by_itself_after_two_hours() -> None:
    w = World()
    w.work(10)
    w.do(m.Stood(w.moment()))
    w.work(140)
    assert w.presence() is Presence.ACTIVE
    assert w.minutes() == near(30, by=1)
    check_fold(w)


def test_standing_ends_with_a_break_of_half_an_hour() -> None:
    w = World()
    w.work(10)
    w.do(m.Stood(w.moment()))
    w.work(20)
    w.idle(31)
    w.work(10)
    assert w.minutes() == near(20)
    assert w.st.standing == 0
    check_fold(w)


def test_the_source_dies_at_eleven_and_is_back_at_twenty_past() -> None:
    w = World()
    w.until("11:00")
    shown = len(w.shown)
    w.blind = True
    w.look()
    for _ in range(20):
        w.work(1)
        assert w.presence() is Presence.UNKNOWN
    assert len(w.shown) == shown
    assert w.bubble is None
    w.blind = False
    w.look()
    w.work(10)
    assert w.day.unknown / 60 == near(20)
    assert w.minutes() == near(130)
    assert w.minutes("high") == near(150)
    assert w.stretch() == near(10)
    assert "away" not in {data["presence"] for clock, name, data in w.happened if name == "presence" and clock > "11"}
    check_fold(w)


def test_a_short_blindness_does_not_end_the_stretch() -> None:
    w = World()
    w.work(30)
    w.blind = True
    w.look()
    w.work(8)
    w.idle(seconds=10)
    w.blind = False
    w.look()
    w.work(10)
    assert w.stretch() == near(40)
    assert w.day.unknown / 60 == near(8, by=0.2)
    check_fold(w)


def test_a_session_ends_the_stretch_and_is_not_sitting() -> None:
    w = World()
    w.work(40)
    w.session(minutes=3)
    w.work(10)
    assert w.minutes() == near(50)
    assert w.stretch() == near(10)
    assert w.day.done == 1
    check_fold(w)


def test_a_jiggler_is_flagged() -> None:
    """A touch every two minutes, to the second, for eight hours: a machine."""
    w = World()
    for _ in range(240):
        w.touch()
        w.look()
        w.idle(2)
    assert w.day.flags(w.s)
    check_fold(w)
