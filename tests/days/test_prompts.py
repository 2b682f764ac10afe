"""Days of asking: when a prompt comes, what holds it, how it escalates, and how much is too much (MODEL 3, 4 and 8)."""

from collections import Counter

import pytest

from tests.days.test_sitting import near
from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings

QUIETLY = Settings(nudge=False, pause_anyway=5 * 60.0)
"""Who works in these days types on and on; they are asked after five minutes all the same."""


def after(clock: str, other: str) -> float:
    """Minutes from one "HH:MM:SS" to another."""
    a, b = (sum(int(x) * f for x, f in zip(c.split(":"), (60, 1, 1 / 60), strict=False)) for c in (clock, other))
    return b - a


def natural_work(w: World, minutes: float) -> None:
    """Work as people do: every few minutes a moment's thought."""
    end = w.boot + minutes * 60
    while w.boot < end - 1:
        w.work(min(4.5, (end - w.boot) / 60))
        if w.boot < end:
            w.idle(seconds=min(25, end - w.boot))


def test_a_day_of_work_without_an_answer() -> None:
    """Due at 72 min (0.8 of the 90 of a new user, pulled forward by the stretch); then 5, 15 + 5, 15 + 5, 25."""
    w = World(settings=QUIETLY)
    w.until("18:00")
    assert [step for _, step in w.prompts()] == [1, 2, 3]
    times = [clock for clock, _ in w.prompts()]
    assert after("09:00:00", times[0]) == near(72 + 5)
    assert after(times[0], times[1]) == near(20)
    assert after(times[1], times[2]) == near(20)
    assert [clock for clock, why in w.withdrawn if why == "lapsed"]
    assert w.day.missed == 1
    assert w.day.sounds == 1
    check_fold(w)


def test_a_natural_pause_is_used() -> None:
    w = World(settings=QUIETLY)
    natural_work(w, 80)
    [(clock, step)] = w.prompts()
    assert step == 1
    assert after("09:00:00", clock) < 72 + 6
    [fact] = w.of_kind(Kind.SHOWN)
    assert fact.body["reason"] == "pause"
    assert 12 <= fact.body["pause_s"] <= 17
    check_fold(w)


def test_an_owed_prompt_waits_for_the_end_of_a_long_call() -> None:
    w = World(settings=QUIETLY)
    w.work(55)
    w.set(in_call=True)
    w.idle(61)
    assert w.st.owed is not None
    assert w.prompts() == []
    w.set(in_call=False)
    ended = w.clock()
    w.work(2.1)
    assert w.prompts() == []
    w.idle(seconds=6)
    [(clock, step)] = w.prompts()
    assert step == 1
    assert after(ended, clock) <= 3
    assert not w.of_kind(Kind.LAPSED)
    assert w.of_kind(Kind.HELD)[0].body["why"] == "call"
    assert w.of_kind(Kind.HELD)[0].length / 60 == near(55 + 61 - 72)
    check_fold(w)


def test_two_half_days_of_calls_are_asked_at_lunch_and_never_missed() -> None:
    w = World("2026-03-03 09:00", settings=QUIETLY)

    def calls(hours: int) -> None:
        for _ in range(hours):
            w.set(in_call=True)
            for _ in range(11):
                w.work(1)
                w.idle(4)
            w.work(4)
            w.set(in_call=False)
            w.work(1)

    calls(3)
    assert w.st.owed is not None
    assert w.prompts() == []
    w.work(4)
    assert len(w.prompts()) == 1
    w.until("13:00", working=False)
    calls(4)
    w.work(3)
    w.until("08:00", working=False)
    days = {day.date: day for day in (*w.st.past, w.day)}
    assert days["2026-03-03"].missed == 0
    assert all(not (("09:01" < c < "12:00") or ("13:01" < c < "17:00")) for c, _ in w.prompts())
    check_fold(w)


def test_the_ladder_stands_still_while_away() -> None:
    w = World(settings=QUIETLY)
    w.until("10:20")
    assert w.prompts()[-1][1] == 1
    w.look()
    clock = w.owed.clock
    for _ in range(3):
        w.idle(40)
        w.work(1.5)
    assert w.owed.clock - clock <= 3 * (1.5 + 1) * 60
    assert [step for _, step in w.prompts()] == [1]
    assert w.owed.step == 1
    check_fold(w)


def test_a_bubble_is_taken_back_from_an_empty_chair() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    assert w.bubble is not None
    w.idle(seconds=100)
    assert w.bubble is None
    assert w.withdrawn[-1][1] == "away"
    check_fold(w)


@pytest.mark.parametrize("how", ["locked", "asleep"])
def test_a_bubble_is_taken_back_at_the_moment_of_a_lock(how: str) -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    assert w.bubble is not None
    w.set(**{how: True})
    assert w.bubble is None
    check_fold(w)


def test_withdrawn_within_a_minute_is_free_and_comes_again() -> None:
    w = World(settings=QUIETLY)
    while not w.shown:
        w.work(seconds=10)
    assert w.day.notices == 1
    w.set(locked=True)
    assert w.day.notices == 0
    assert w.owed.step == 0
    w.idle(3)
    w.set(locked=False)
    w.work(6)
    assert [step for _, step in w.prompts()] == [1, 1]
    assert w.day.notices == 1
    check_fold(w)


def test_withdrawn_later_counts() -> None:
    w = World(settings=QUIETLY)
    while not w.shown:
        w.work(seconds=10)
    w.work(2)
    w.set(locked=True)
    assert w.day.notices == 1
    assert w.owed.step == 1
    check_fold(w)


def test_snooze_ten_minutes_three_times_at_the_same_step() -> None:
    w = World(settings=QUIETLY)
    w.until("10:50")
    assert w.prompts()[-1][1] == 2
    for n in range(3):
        w.answer("snooze")
        assert w.bubble is None
        at = w.clock()
        shown = len(w.shown)
        while len(w.shown) == shown:
            w.work(seconds=10)
        assert 10 <= after(at, w.clock()) <= 15.2
        assert w.prompts()[-1][1] == 2
        assert w.owed.snoozes == n + 1
    w.answer("snooze")
    assert w.bubble is not None
    assert w.owed.snoozes == 3
    assert w.day.notices == 2
    check_fold(w)


def test_snooze_until_after_this_call() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    w.set(in_call=True)
    w.answer("snooze", until_call=True)
    w.work(40)
    assert w.bubble is None
    w.set(in_call=False)
    ended = w.clock()
    w.work(2.2)
    w.idle(seconds=6)
    assert w.bubble is not None
    assert after(ended, w.prompts()[-1][0]) <= 3
    check_fold(w)


def test_suspend_during_a_snooze() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    w.answer("snooze")
    w.suspend(45)
    assert w.bubble is None
    w.work(10)
    assert [step for _, step in w.prompts()] == [1, 1]
    assert w.owed.snoozes == 1
    check_fold(w)


def test_suspend_during_a_prompt() -> None:
    w = World(settings=QUIETLY)
    w.until("10:20")
    w.work(5)
    assert w.bubble is not None
    clock = w.owed.clock
    w.suspend(45)
    assert w.bubble is None
    assert w.owed.clock <= clock + 60
    w.work(5)
    assert [step for _, step in w.prompts()] == [1]
    check_fold(w)


def test_suspend_during_a_session() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    w.answer("start")
    w.do(m.SessionBegan(w.moment(), {"size": "short", "planned_s": 109}))
    w.idle(1)
    w.suspend(180)
    w.work(5)
    assert w.running.now.open.get(Kind.SESSION) is None
    assert w.day.done == 0
    assert w.st.owed is not None
    check_fold(w)


def test_skip_resolves() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    w.answer("skip")
    assert w.bubble is None
    assert w.st.owed is None
    w.until("18:00")
    assert w.day.skipped == 1
    assert len(w.prompts()) == 1
    check_fold(w)


def test_start_and_do_it() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    w.answer("start")
    assert w.launched == 1
    w.session()
    assert w.day.done == 1
    assert w.st.owed is None
    w.until("18:00")
    assert len(w.prompts()) == 1
    check_fold(w)


def test_a_session_nobody_asked_for_counts_for_the_next() -> None:
    w = World(settings=QUIETLY)
    w.work(30)
    w.session()
    w.until("18:00")
    assert w.prompts() == []
    assert w.day.done == 1
    check_fold(w)


def test_a_session_followed_by_sitting_gives_no_nudge_within_the_hour() -> None:
    w = World()
    w.work(55)
    w.session()
    w.work(59)
    assert w.prompts("nudge") == []
    natural_work(w, 8)
    assert len(w.prompts("nudge")) == 1
    check_fold(w)


def test_no_nudge_at_the_end_of_a_session() -> None:
    """Nobody has touched anything since it began: the session has ended the stretch all the same."""
    w = World()
    w.work(59.9)
    w.work(seconds=20)
    w.session(minutes=0.5, status="partial")
    assert w.prompts("nudge") == []
    w.idle(seconds=20)
    assert w.prompts("nudge") == []
    check_fold(w)


def test_reading_is_not_due_before_it_is_proven() -> None:
    """At 71 minutes the gap begins; whether it was reading shows when it ends."""
    w = World(settings=QUIETLY)
    w.work(71)
    w.idle(4)
    assert w.st.owed is None
    w.work(1)
    assert w.st.owed is not None
    check_fold(w)


def test_a_nudge_followed_by_a_hundred_seconds_ends_the_stretch() -> None:
    w = World()
    w.work(66)
    w.idle(seconds=13)
    assert len(w.prompts("nudge")) == 1
    w.idle(seconds=87)
    w.work(3)
    assert w.stretch() == near(3)
    assert w.day.prolonged / 60 == near(66, by=1.1)
    assert w.st.tally.nudges == 0
    check_fold(w)


def test_a_hundred_seconds_without_a_nudge_do_not() -> None:
    w = World()
    w.work(50)
    w.idle(seconds=100)
    w.work(3)
    assert w.stretch() == near(50 + 100 / 60 + 3)
    check_fold(w)


def test_two_nudges_a_day_and_one_after_two_were_ignored() -> None:
    w = World("2026-03-02 09:00", settings=Settings(goal=4))
    for _ in range(4):
        w.do(m.Logged(w.moment(), {"size": "short", "status": "done", "source": "log"}))
    natural_work(w, 480)
    assert len(w.prompts("nudge")) == 2
    assert 60 <= after("09:00:00", w.prompts("nudge")[0][0]) <= 65
    assert 45 <= after(w.prompts("nudge")[0][0], w.prompts("nudge")[1][0]) <= 50
    assert w.st.tally.nudges_ignored == 2
    w.until("09:00", working=False)
    for _ in range(4):
        w.do(m.Logged(w.moment(), {"size": "short", "status": "done", "source": "log"}))
    natural_work(w, 480)
    assert len(w.prompts("nudge")) == 3
    check_fold(w)


def test_the_first_day_from_two_to_half_past_five() -> None:
    """One visible prompt for somebody who gets up now and then and takes it."""
    w = World("2026-03-02 14:00")
    for _ in range(4):
        natural_work(w, 46)
        if w.bubble:
            w.answer("start")
            w.session()
        else:
            w.idle(6)
    assert len(w.shown) == 1
    assert w.prompts()[0][1] == 1
    assert w.day.done == 1
    check_fold(w)


def test_the_first_day_ignored_shows_itself_once_first() -> None:
    w = World("2026-03-02 14:00", settings=QUIETLY)
    w.until("17:30")
    assert "15:12" <= w.prompts()[0][0] <= "15:30"
    check_fold(w)


def test_a_weekend_gamer_in_full_screen_is_asked_after_three_quarters_of_an_hour_of_hold() -> None:
    w = World("2026-03-07 14:00")
    w.set(fullscreen=True)
    natural_work(w, 240)
    owed = next(clock for clock, name, _ in w.happened if name == "due")
    first = w.prompts()[0][0]
    assert 45 <= after(owed, first) <= 45 + 5.2
    assert {f.body["why"] for f in w.of_kind(Kind.HELD)} == {"fullscreen"}
    check_fold(w)


def test_nothing_is_ever_shown_on_a_shared_screen() -> None:
    """No time limit, not for anything, and what is on the screen goes; it is said why, and comes soon after."""
    w = World("2026-03-03 08:00", settings=Settings(goal=2, pause_anyway=900.0))
    w.until("09:50")
    assert w.bubble is not None
    w.set(shared=True)
    assert w.bubble is None
    shown = len(w.shown)
    w.until("15:00")
    assert len(w.shown) == shown
    held = [f.body["why"] for f in w.of_kind(Kind.HELD)]
    assert "shared" in held
    w.set(shared=False)
    w.work(20)
    assert len(w.shown) == shown + 1
    check_fold(w)


def test_whoever_shares_all_day_can_say_that_it_does_not_matter() -> None:
    w = World("2026-03-03 08:00", settings=Settings(hold_shared=False))
    w.set(shared=True)
    w.until("11:00")
    assert w.prompts()
    check_fold(w)


def test_a_film_in_full_screen_is_never_interrupted() -> None:
    w = World("2026-03-07 18:00")
    w.set(fullscreen=True, inhibited=True)
    for _ in range(12):
        w.work(1)
        w.idle(14)
    assert w.shown == []
    w.set(fullscreen=False, inhibited=False)
    natural_work(w, 16)
    assert w.prompts()
    check_fold(w)


def test_do_not_disturb_holds_and_the_prompt_comes_soon_after() -> None:
    w = World(settings=QUIETLY)
    w.set(quiet=True)
    w.work(150)
    assert w.shown == []
    assert w.st.owed is not None
    w.set(quiet=False)
    w.work(15.5)
    assert [step for _, step in w.prompts()] == [1]
    assert {f.body["why"] for f in w.of_kind(Kind.HELD)} == {"quiet"}
    check_fold(w)


def test_the_last_step_pierces_do_not_disturb_where_it_may() -> None:
    w = World(settings=QUIETLY._replace(pierce_quiet=True))
    w.until("10:50")
    assert w.owed.step == 2
    w.set(quiet=True)
    w.work(60)
    assert [step for _, step in w.prompts()] == [1, 2, 3]
    assert w.shown[-1][1].critical
    check_fold(w)


def test_nothing_outside_active_hours() -> None:
    one = ((9 * 60, 10 * 60),)
    week = Settings(
        hours_mon=one, hours_tue=one, hours_wed=one, hours_thu=one, hours_fri=one, hours_sat=one, hours_sun=one
    )
    w = World(settings=week)
    w.until("18:00")
    assert all(clock < "10:00:00" for clock, *_ in w.shown)
    check_fold(w)


def test_a_pause_ends_by_itself_and_holds_everything() -> None:
    w = World()
    w.work(30)
    w.do(m.Paused(w.moment(), seconds=7200.0, why="meeting"))
    w.work(119)
    assert w.shown == []
    assert w.st.pause is not None
    natural_work(w, 20)
    assert w.st.pause is None
    assert w.shown
    check_fold(w)


def test_pause_takes_a_bubble_back() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    w.do(m.Paused(w.moment(), seconds=3600.0))
    assert w.bubble is None
    clock = w.owed.clock
    w.work(59)
    assert w.owed.clock <= clock + 60
    check_fold(w)


def test_undo_takes_a_skip_back() -> None:
    w = World(settings=QUIETLY)
    w.until("10:30")
    owed = w.owed
    w.answer("skip")
    assert w.day.skipped == 1
    w.work(2)
    w.do(m.Undone(w.moment()))
    assert w.day.skipped == 0
    assert w.st.owed is not None
    assert (w.owed.number, w.owed.step) == (owed.number, owed.step)
    check_fold(w)


def test_an_amended_morning_is_read_anew() -> None:
    w = World(settings=QUIETLY)
    w.work(60)
    start = w.wall - 1800
    w.do(m.Corrected(w.moment(), start, start + 600, "away"))
    assert w.minutes() == near(50)
    assert w.stretch() == near(20)
    w.work(5)
    assert w.minutes() == near(55)
    check_fold(w)


def test_three_half_days_a_week_are_each_prompted() -> None:
    w = World("2026-03-02 09:00", settings=QUIETLY)
    asked = []
    for _ in range(6):
        shown = len(w.shown)
        natural_work(w, 175)
        asked.append(len(w.shown) - shown)
        if w.st.owed:
            w.answer("skip")
        w.power_off(45 * 60 + 5)
    assert min(asked) >= 1
    check_fold(w)


def test_caps_of_a_day() -> None:
    """Four sessions a day, all ignored, for sixteen hours: 3 each, 6 in all, 2 sounds."""
    w = World("2026-03-02 06:00", settings=Settings(goal=4))
    for _ in range(2):
        natural_work(w, 960)
        w.until("06:00", working=False)
    facts = w.of_kind(Kind.SHOWN)
    for date, count in Counter(f.day for f in facts).items():
        assert count <= 6, date
    for date, count in Counter(f.day for f in facts if f.body.get("sound")).items():
        assert count <= 2, date
    owed: Counter[str | tuple[int, str]] = Counter()
    for f in w.facts.values():
        if f.kind is Kind.DUE:
            owed["now"] += 1
        elif f.kind is Kind.SHOWN and f.body["what"] == "session":
            owed[owed["now"], "shown"] += 1
    assert all(n <= 3 for key, n in owed.items() if isinstance(key, tuple))
    check_fold(w)


def test_no_two_bubbles_in_a_row_without_replacing() -> None:
    """A nudge and a session share one bubble; the week's notice waits until it is free."""
    w = World("2026-03-06 09:00")
    w.until("17:00")
    w.power_off(63 * 60 + 55)
    natural_work(w, 180)
    kinds = [p.what for _, p, _ in w.shown]
    assert "week" in kinds
    check_fold(w)


def test_two_sounds_a_day() -> None:
    """Three sessions ignored to the top: the third step sounds twice, then it is silent."""
    w = World("2026-03-02 06:00", settings=QUIETLY._replace(goal=4, cap_day=20))
    w.until("20:00")
    assert [step for _, step in w.prompts()] == [1, 2, 3] * 3
    assert [p.sound for _, p, _ in w.shown if p.step == 3] == [True, True, False]
    assert w.day.sounds == 2
    check_fold(w)


def test_no_answer_for_ten_minutes_is_being_ignored() -> None:
    w = World(settings=QUIETLY)
    w.until("10:35")
    [shown], [ignored] = w.of_kind(Kind.SHOWN), w.of_kind(Kind.IGNORED)
    assert ignored.body == {"what": "session", "step": 1}
    assert (ignored.boot - shown.boot) / 60 == near(10, by=0.6)
    check_fold(w)


def test_an_answer_is_not_ignoring() -> None:
    w = World(settings=QUIETLY)
    w.until("10:20")
    w.answer("snooze")
    w.until("12:00")
    assert all(f.boot > 1000 + 100 * 60 for f in w.of_kind(Kind.IGNORED))
    check_fold(w)


def test_a_session_of_the_evening_before_is_one_of_that_day() -> None:
    """Told in the morning: yesterday counts it, and today asks for its own all the same."""
    w = World("2026-03-02 09:00")
    w.until("17:00")
    w.until("09:00", working=False)
    w.until("11:30")
    assert w.st.owed is not None
    assert w.running.now.bubble is not None
    before, evening = w.st, w.moment().wall - 15.5 * 3600
    w.do(m.Logged(w.moment(), {"size": "short", "status": "done", "source": "log", "ended": evening}))
    assert w.st.today.date == "2026-03-03"
    assert w.st.today.done == 0
    assert w.st.owed == before.owed
    assert w.running.now.bubble is not None
    assert [day.done for day in w.st.past] == [day.done + 1 for day in before.past]
    assert w.st.programme.last_session == "2026-03-02"
    assert w.st.programme.sessions == before.programme.sessions + 1
    w.do(m.Undone(w.moment()))
    assert [day.done for day in w.st.past] == [day.done for day in before.past]
    check_fold(w)
    w.do(m.Logged(w.moment(), {"size": "short", "status": "done", "source": "log", "ended": w.moment().wall - 600}))
    live = w.running
    assert (live.state.today.done, live.state.owed, live.now.bubble) == (1, None, None)
    w.do(m.Logged(w.moment(), {"size": "short", "status": "done", "source": "log", "ended": evening}))
    assert w.st.today.done == 1
    check_fold(w)
