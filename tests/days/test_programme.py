"""Weeks that every build must get right: the programme as it is lived (MODEL 4, 5 and 8)."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.days.lives import Life
from tests.days.world import check_fold
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.facts import Kind
from unhunch.core.programme import upcoming
from unhunch.core.prompts import due
from unhunch.core.settings import Settings
from unhunch.words.notices import words
from unhunch.words.plan import loudness, plan_of
from unhunch.words.session import session_plan
from unhunch.words.status import status_of
from unhunch.words.why import why_of


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def test_three_good_weeks_offer_two_a_day_and_nothing_moves_until_it_is_accepted() -> None:
    w = Life()
    w.working_week()
    assert [(day, rule) for day, rule, _, _ in w.decisions()] == [("2026-03-09", "hold")]
    w.working_week()
    assert w.decisions()[-1] == ("2026-03-16", "step up", 2, Kind.OFFER)
    offer = w.p.offer
    assert offer is not None
    assert (w.p.goal, offer["asks"]) == (1, False)
    w.until("18:00", working=False)
    w.decide()
    assert (w.p.goal, w.p.offer) == (2, None)
    check_fold(w)
    w.workday()
    assert w.day.done == 2
    w.power_off(60)
    assert w.p.goal == 2
    check_fold(w)


def test_a_declined_offer_changes_nothing_and_comes_again_a_week_later_at_the_earliest() -> None:
    w = Life()
    w.working_week()
    w.working_week()
    w.workday()
    w.decide(accept=False)
    assert (w.p.goal, w.p.offer) == (1, None)
    w.working_week(days=4)
    offers = [day for day, rule, _, kind in w.decisions() if rule == "step up" and kind is Kind.OFFER]
    w.workday()
    offers = [f.day for f in w.of_kind(Kind.OFFER) if f.body.get("answer") is None]
    assert offers == ["2026-03-16", "2026-03-23"]
    check_fold(w)


def test_a_single_persisted_tingling_refuses_a_step_up_and_stops() -> None:
    w = Life()
    w.working_week()
    for _ in range(4):
        w.workday()
    w.workday(status="partial", tingling="persisted")
    assert w.p.stopped
    w.working_week(days=0)
    w.workday()
    assert [rule for _, rule, _, _ in w.decisions() if rule == "step up"] == []
    check_fold(w)


def test_after_a_stop_nothing_asks_for_a_session_and_nudges_stay_until_it_is_confirmed() -> None:
    w = Life()
    w.workday(discomfort=6)
    assert upcoming.size(w.p, w.day.date, w.s) == "easy"
    w.workday(discomfort=6)
    assert w.p.stop == "reds"
    shown = len(w.shown)
    for _ in range(5):
        w.workday()
    assert {p.what for _, p, _ in w.shown[shown:]} <= {"nudge", "week"}
    assert "nudge" in {p.what for _, p, _ in w.shown[shown:]}
    w.tell(Kind.SCREENING, verdict="pass")
    assert w.p.stopped
    w.power_off(600)
    assert w.p.stopped
    w.tell(Kind.SCREENING, verdict="confirmed")
    assert not w.p.stopped
    assert upcoming.screening_due(w.p, w.day.date, w.s)
    w.workday()
    assert w.day.done == 1
    check_fold(w)


def test_a_red_flag_withdraws_the_owed_session() -> None:
    w = Life()
    w.until("10:30")
    assert w.bubble is not None
    assert w.st.owed is not None
    shown = len(w.shown)
    w.tell(Kind.SCREENING, verdict="ask-doctor")
    assert w.bubble is None
    assert w.st.owed is None
    w.work(200)
    assert not [p for _, p, _ in w.shown[shown:] if p.what == "session"]
    check_fold(w)


def test_twenty_eight_days_away_begin_anew() -> None:
    w = Life(settings=Settings(goal=3, look=120.0))
    w.workday(8)
    assert w.day.done == 3
    w.off(13)
    w.workday(1)
    assert (w.p.goal, upcoming.size(w.p, w.day.date, w.s)) == (2, "short")
    w.off(13)
    w.workday()
    assert [(rule, to) for _, rule, to, kind in w.decisions() if kind is Kind.GOAL] == [("gap", 2), ("gap", 1)]
    assert w.shown[-1][1].size == "first" or [p.size for _, p, _ in w.shown if p.what == "session"][-1] == "first"
    assert w.p.goal == 1
    check_fold(w)


def test_a_month_with_the_machine_off() -> None:
    w = Life(settings=Settings(goal=4, look=120.0))
    w.workday(8)
    w.power_off(30 * 1440)
    assert w.p.goal == 1
    w.workday()
    assert next(p.size for _, p, _ in reversed(w.shown) if p.what == "session") == "first"
    check_fold(w)


def test_three_half_days_a_week_are_prompted_and_reviewed() -> None:
    w = Life()
    for _ in range(3):
        while w.local.weekday() not in (0, 2, 4) or w.local.hour != 8:
            w.until("08:30", working=False)
        for _ in range(3):
            w.workday(3.2)
            assert w.day.done == 1
            w.off(1)
    w.working_week(days=0)
    rules = [rule for _, rule, _, _ in w.decisions()]
    assert rules[:2] == ["hold", "step up"]
    check_fold(w)


@pytest.mark.parametrize("goal", [1, 4])
def test_who_always_ignores_is_left_in_peace_from_the_second_week(goal: int) -> None:
    """At most one prompt and one nudge a day; the question comes in place of a prompt, once a week."""
    w = Life(settings=Settings(goal=goal, look=120.0))
    for _ in range(3):
        w.working_week(hours=9, answers="ignore")
    days = Counter((f.day, f.body["what"]) for f in w.of_kind(Kind.SHOWN) if f.day >= "2026-03-09")
    for (day, what), n in days.items():
        assert n <= 1, (day, what)
    for day in {day for day, _ in days}:
        assert days[day, "session"] + days[day, "ask"] <= 1
    steps = {f.body["step"] for f in w.of_kind(Kind.SHOWN) if f.day >= "2026-03-09" and f.body["what"] == "session"}
    assert steps == {1}
    asks = [f.day for f in w.of_kind(Kind.SHOWN) if f.body["what"] == "ask"]
    assert len(asks) == 3
    assert all(later(a, 7) <= b for a, b in pairwise(asks))
    assert max(w.of_kind(Kind.SHOWN), key=lambda f: f.wall).day == "2026-03-20"
    check_fold(w)


def test_two_ignored_lower_the_next_days_top_step_and_one_done_restores_it() -> None:
    w = Life(settings=Settings(nudge=False, look=120.0))
    w.workday(9, "ignore")
    w.workday(9, "ignore")
    assert due.top_step(w.st, w.s) == 3
    w.workday(9, "ignore")
    assert [p.step for _, p, _ in w.shown] == [1, 2, 3, 1, 2, 3, 1, 2]
    assert w.p.lowered == 1
    told = loudness(w.running, w.s)
    assert (told["top_step"], told["lowered"]) == (2, 1)
    assert "ignored" in told["why"]
    w.session(**w.saw)
    assert due.top_step(w.st, w.s) == 3
    check_fold(w)


def test_three_workdays_without_a_session_leave_one_quiet_prompt_and_a_question() -> None:
    w = Life(settings=Settings(goal=3, nudge=False, look=120.0))
    for _ in range(3):
        w.workday(8, "skip")
    assert w.day.skipped == 3
    w.workday(8, "ignore")
    assert [(p.what, p.step) for _, p, _ in w.shown[9:]] == [("ask", 1)]
    assert [b for b, _ in words(w.shown[9][1]).buttons] == ["keep", "fewer", "stop"]
    w.workday(8, "ignore")
    assert [(p.what, p.step) for _, p, _ in w.shown[10:]] == [("session", 1)]
    assert "one quiet prompt" in loudness(w.running, w.s)["why"]
    w.session(**w.saw)
    w.working_week(days=0)
    w.workday(8, "ignore")
    assert due.top_step(w.st, w.s) == 2
    assert w.day.asked > 1
    check_fold(w)


@pytest.mark.parametrize(("answer", "asked"), [("keep", [1, 1, 1]), ("fewer", [0, 1, 0]), ("stop", [0, 0, 0])])
def test_the_question_is_answered(answer: str, asked: list[int]) -> None:
    w = Life(settings=Settings(nudge=False, look=120.0))
    for _ in range(3):
        w.workday(8, "ignore")
    w.workday(8, answer)
    assert [p.what for _, p, _ in w.shown][-1] == "ask"
    assert w.bubble is None
    assert w.st.owed is None
    found = []
    for _ in range(3):
        w.workday(4, "ignore")
        found.append(w.day.asked)
    assert [min(n, 1) for n in found] == asked
    check_fold(w)


def test_stop_asking_ends_by_itself_and_by_a_session() -> None:
    w = Life(settings=Settings(nudge=False, look=120.0))
    w.answer("stop", what="ask")
    w.workday(8, "ignore")
    assert w.shown == []
    assert status_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)["next"]["at"] is None
    assert "not to be asked" in why_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)["summary"]
    w.off(27)
    w.workday(8, "ignore")
    assert w.p.less == ""
    assert [p for _, p, _ in w.shown if p.what == "session"]
    w.answer("stop", what="ask")
    w.session(**w.saw)
    assert w.p.less == ""
    check_fold(w)


def test_the_question_can_be_taken_back() -> None:
    w = Life(settings=Settings(nudge=False, look=120.0))
    w.answer("stop", what="ask")
    assert w.p.less == "stop"
    w.do(m.Undone(w.moment()))
    assert w.p.less == ""


def test_two_ignored_nudges_leave_one_a_day_and_a_heeded_one_brings_back_two() -> None:
    w = Life(settings=Settings(look=120.0))
    w.answer("stop", what="ask")
    w.workday(6, "ignore")
    assert w.asked_on(w.day.date) == ["nudge", "nudge"]
    w.workday(6, "ignore")
    assert w.asked_on(w.day.date) == ["nudge"]
    w.until("09:00", working=False)
    while w.bubble is None:
        w.work(5)
    w.idle(seconds=120)
    w.work(240)
    assert w.st.tally.nudges_ignored < 2
    assert len(w.asked_on(w.day.date)) == 2
    check_fold(w)


def test_leaving_before_the_ten_minutes_are_over_is_not_missing() -> None:
    """A day that ends under a notice that was just shown: lapsed while away, outside adherence."""
    w = Life(settings=Settings(nudge=False, look=120.0))
    while not w.shown or w.shown[-1][1].step < 2:
        w.work(5)
    w.off(1)
    w.workday(1)
    assert (w.st.past[0].not_asked, w.st.past[0].missed) == (1, 0)
    check_fold(w)


def test_a_pause_is_outside_adherence() -> None:
    w = Life(settings=Settings(nudge=False, look=120.0))
    while not w.shown or w.shown[-1][1].step < 2:
        w.work(5)
    w.work(12)
    w.do(m.Paused(w.moment(), seconds=26 * 3600.0))
    w.off(1)
    w.workday(1)
    assert (w.st.past[0].not_asked, w.st.past[0].missed) == (1, 0)
    check_fold(w)


def test_the_morning_question_comes_with_the_first_session_notice() -> None:
    w = Life()
    w.workday()
    assert not any(p.morning for _, p, _ in w.shown)
    w.until("09:00", working=False)
    while w.bubble is None or w.bubble.what != "session":
        w.work(5)
    assert w.bubble.morning
    assert "morning" in words(w.bubble).body
    assert session_plan(w.p, w.day.date, w.s)["morning_due"]
    w.tell(Kind.MORNING, feels="same")
    assert not session_plan(w.p, w.day.date, w.s)["morning_due"]
    check_fold(w)


def test_the_plan_tells_what_the_engine_does() -> None:
    w = Life(settings=Settings(goal=2, look=120.0))
    w.workday()
    plan = plan_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)
    assert (plan["goal"], plan["goal_today"], plan["cap"], plan["asked_today"]) == (2, 2, 3, 2)
    assert [row["at_min"] for row in plan["due"]] == [90.0, 230.0]
    assert [row["state"] for row in plan["due"]] == ["done", "done"]
    assert plan["review"]["on"] == "2026-03-09"
    assert plan["size"] == "short"
    assert plan["offer"] is None


def test_why_names_every_condition_and_hold() -> None:
    w = Life()
    w.until("09:50")
    found = why_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)
    names = [c["name"] for c in found["conditions"]]
    assert names == ["sitting", "between", "settle", "hours", "pause", "programme", "top", "nudge", "nudges"]
    assert found["ladder"]["top_step"] == 3
    w.set(quiet=True)
    w.work(30)
    found = why_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)
    assert [hold["why"] for hold in found["holds"]] == ["quiet"]
    assert found["holds"][0]["since"].startswith("2026-03-02T09:50")
    assert [c["name"] for c in found["conditions"]][:2] == ["step", "pause"]
    w.tell(Kind.SCREENING, verdict="ask-doctor")
    found = why_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)
    assert found["summary"].startswith("Sessions are off.")


def test_without_a_roller_no_session_is_asked_for_and_nudges_stay_until_the_questions_are_answered_anew() -> None:
    w = Life()
    w.until("13:00")
    assert w.prompts()
    shown = len(w.shown)
    w.tell(Kind.SCREENING, verdict="unable")
    assert (w.bubble, w.st.owed) == (None, None), "what was asked is taken back at once"
    for _ in range(3):
        w.workday()
    assert {p.what for _, p, _ in w.shown[shown:]} <= {"nudge", "week"}
    assert "nudge" in {p.what for _, p, _ in w.shown[shown:]}
    assert status_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)["screening"] == "unable"
    assert "not for you now" in plan_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)["off_why"]
    assert w.p.stop == "", "nobody has to ask a clinician because of it"
    check_fold(w)
    w.do(m.Undone(w.moment()))
    assert w.p.unable, "it was told on another day"
    w.tell(Kind.SCREENING, verdict="pass")
    shown = len(w.shown)
    w.workday()
    assert "session" in {p.what for _, p, _ in w.shown[shown:]}
    w.tell(Kind.SCREENING, verdict="unable")
    w.do(m.Undone(w.moment()))
    assert not w.p.unable, "on its day it can be taken back"
    check_fold(w)
