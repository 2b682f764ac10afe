"""MODEL 5 row by row and number by number, on plain values."""

import json
from dataclasses import asdict
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from unhunch.core.bodies import KINDS, Rated, Ratings, Session
from unhunch.core.codec import read, written
from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.day import Day
from unhunch.core.programme import record, rules, stops, upcoming
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings, options
from unhunch.core.state import state
from unhunch.core.state.apply import point
from unhunch.words import reasons
from unhunch.words.plan import review
from unhunch.words.session import session_plan

S = Settings()
START = date(2026, 3, 2)
HOUR = 3600.0


def on(n):
    """The n-th day, 0 = Monday, 2 March 2026."""
    return (START + timedelta(days=n)).isoformat()


def day(n, best=6.0, prolonged=0.6, **counts):
    """A day with so many hours of sitting."""
    seconds = best * HOUR
    return Day(
        date=on(n), low=seconds, best=seconds, prolonged=prolonged * seconds, first=1.0,
        last=seconds + 1.0, **counts,
    )  # fmt: skip


def begun(goal=1, **more):
    fresh = record.day_began(record.fresh(Settings(goal=goal)), on(0), S)
    return fresh._replace(screened=on(0), verdict="pass", **more)


def rolled(p, n, key=None, status="done", **body):
    said = read(Session, {"status": status, **body})
    return stops.session(p, key or f"s{n}.{len(p.told)}.{p.sessions}", on(n), said, on(n), S)


def week(p, first, sessions=5, hurt=(0, 0, 1, 2, 0), before=4, mornings="same", **kind):
    """Five workdays with a session each, told about, and the days for them."""
    days = []
    for n in range(first, first + 5):
        done = n - first < sessions
        if done:
            p = rolled(p, n, discomfort=hurt[n - first], stiffness_before=before, tingling="none")
            p = record.morning(p, on(n + 1), mornings)
        days.append(day(n, done=int(done), skipped=int(not done), **kind))
    return p, days


def recorded(said):
    """A decision as its fact."""
    return said and SimpleNamespace(kind=KINDS[type(said)], body=written(said))


def decide(p, days, n, s=S):
    return recorded(rules.at_turn(p, days, on(n), s))


def at_once(p, date, s):
    return recorded(rules.at_once(p, date, s))


def answer(p, **said):
    return recorded(rules.answer(p, **said))


def apply(p, decision, n):
    changes = {Kind.GOAL: record.changed, Kind.OFFER: record.offered, Kind.REVIEW: record.reviewed}
    return changes[decision.kind](p, on(n), decision.body)


def rule(decision):
    return None if decision is None else decision.body["rule"]


def ready(goal=1, weeks=2, **more):
    """Somebody who has done everything that a step up takes, on the morning of the review."""
    p = begun(goal)
    p, days = week(p._replace(reviewed=on(7 * (weeks - 1))), 7 * (weeks - 1), **more)
    return p, days, 7 * weeks


# The numbers ----------------------------------------------------------------------------------------------------------


def test_every_number_of_the_programme_is_the_models():
    found = {o.key: o.default for o in options() if o.key.startswith(("programme.", "ladder.yield", "nudge.ignored"))}
    assert found == {
        "programme.goal_most": 4,
        "programme.review_days": 7,
        "programme.review_valid": 3,
        "programme.asked_least": 3,
        "programme.share_up": 0.8,
        "programme.share_down": 0.5,
        "programme.low_reviews": 2,
        "programme.weeks_first": 2,
        "programme.weeks_later": 1,
        "programme.green_most": 2,
        "programme.amber_most": 5,
        "programme.ambers_most": 1,
        "programme.reds_stop": 2,
        "programme.reds_down": 2,
        "programme.worse_down": 2,
        "programme.cleared_easy": 2,
        "programme.greens_calm": 3,
        "programme.unrated_calm": 5,
        "programme.easy_confirmed": 3,
        "programme.slip_days": 28,
        "programme.gap_less": 14,
        "programme.gap_new": 28,
        "programme.need_stiffness": 3.0,
        "programme.need_prolonged": 0.5,
        "programme.screening_days": 90,
        "programme.landmark_sessions": 3,
        "programme.morning_days": 3,
        "nudge.ignored": 2,
        "ladder.yield_ignored": 2,
        "ladder.yield_workdays": 3,
        "ladder.yield_unseen": 3,
        "ladder.yield_question": 7,
        "ladder.yield_stop": 28,
    }
    assert S.goal == 1


def test_the_table_is_tried_in_the_models_order():
    assert [r.name for r in rules.TABLE] == ["stop", "gap", "step down", "easy mode", "step up", "hold"]
    assert [r.name for r in rules.TABLE if r.any_day] == ["gap"]


@pytest.mark.parametrize(("hours", "cap"), [(2.99, 1), (3, 2), (4.99, 2), (5, 3), (6.99, 3), (7, 4), (10, 4)])
def test_the_cap_by_sitting(hours, cap):
    assert rules.cap(hours * HOUR, S) == cap


@pytest.mark.parametrize(
    ("discomfort", "zone"),
    [(0, "green"), (2, "green"), (3, "amber"), (5, "amber"), (6, "red"), (10, "red"), (None, None)],
)
def test_zones_of_discomfort(discomfort, zone):
    assert record.Told("k", on(0), discomfort=discomfort).zone(S) == zone


def test_a_session_ended_for_pain_is_red_whatever_was_rated():
    p = rolled(begun(), 0, status="partial", branches=["stiff-P3", "pain"])
    assert p.told[-1].zone(S) == "red"
    assert (p.sessions, p.last_session) == (0, "")


# When a review comes --------------------------------------------------------------------------------------------------


def test_a_review_takes_seven_days_and_three_valid_ones():
    p, days = week(begun(), 0)
    assert decide(p, days, 6) is None
    assert rule(decide(p, days, 7)) == "hold"
    assert decide(p, [*days[:2], day(2, best=0.99), day(3, best=0.5)], 7) is None
    assert rule(decide(p, days[:3], 7)) == "hold"
    assert rule(decide(p, days[:3], 40)) == "gap"


def test_three_half_days_a_week_are_reviewed():
    p, days = begun(), [day(n, best=3.0, done=1) for n in (0, 2, 4)]
    for n in (0, 2, 4):
        p = rolled(p, n)
    assert rule(decide(p, days, 7)) == "hold"


def test_a_day_that_could_not_be_seen_is_not_valid():
    p, days = week(begun(), 0)
    blurred = [d._replace(unseen=0.26 * d.best) for d in days[:3]]
    assert decide(p, [*blurred, *days[3:]], 7) is None


def test_one_change_a_review():
    p, days, n = ready()
    offer = decide(p, days, n)
    p = apply(p, offer, n)
    assert decide(p, days, n) is None
    p = apply(p, answer(p, accept=True), n)
    assert p.goal == 2
    assert decide(p, [*days, *(day(m, done=2) for m in range(n, n + 5))], n + 6) is None


def test_the_next_review_is_told():
    p, days = week(begun(), 0)
    assert review(upcoming.next_review(p, [], on(0), S)) == {
        "on": on(7), "why": "It takes 3 more days with an hour of sitting.", "valid_days": 0,
    }  # fmt: skip
    assert review(upcoming.next_review(p, days, on(5), S)) == {"on": on(7), "why": "", "valid_days": 5}
    late = review(upcoming.next_review(p, days[:2], on(9), S))
    assert late == {"on": None, "why": "after 1 more day with an hour of sitting.", "valid_days": 2}
    assert review(upcoming.next_review(p, days, on(9), S))["why"] == "when the day turns."


# Stop and advise ------------------------------------------------------------------------------------------------------


def test_persisted_tingling_stops_at_once_even_in_a_session_that_was_broken_off():
    p = rolled(begun(), 0, status="partial", tingling="persisted")
    assert (p.stopped, p.stop) == (True, "tingling")
    told = at_once(p, on(0), S)
    assert (told.kind, rule(told)) == (Kind.REVIEW, "stop")
    assert "clinician" in reasons.reason(told.body, S)
    p = apply(p, told, 0)
    assert at_once(p, on(0), S) is None
    assert p.reviewed == on(0)


def test_two_reds_in_a_row_stop_and_unknown_ones_between_do_not_count():
    p = rolled(begun(), 0, discomfort=6)
    assert not p.stopped
    p = rolled(p, 1)
    p = rolled(p, 1, discomfort=6)
    assert p.stop == "reds"
    green_between = rolled(rolled(rolled(begun(), 0, discomfort=6), 1, discomfort=2), 2, discomfort=6)
    assert not green_between.stopped


def test_a_rating_given_later_stops_too():
    p = rolled(rolled(begun(), 0, key="a"), 1, key="b")
    p = stops.rated(p, "r1", Rated("a", Ratings(discomfort=7)), on(1), S)
    assert not p.stopped
    p = stops.rated(p, "r1", Rated("b", Ratings(discomfort=7)), on(1), S)
    assert p.stop == "reds"
    assert stops.rated(p, "r1", Rated("nobody's", Ratings(discomfort=1)), on(1), S) == p


def test_a_red_flag_stops_and_only_a_confirmation_ends_it():
    p = stops.screening(begun(), "q", on(3), "ask-doctor", S)
    assert p.stop == "red-flag"
    assert stops.screening(p, "q", on(4), "pass", S).stop == "red-flag"
    p = stops.screening(p, "q", on(5), "confirmed", S)
    assert (p.stop, p.screened, p.reviewed) == ("", on(5), on(5))
    assert not upcoming.screening_due(p, on(5), S)


def test_after_a_stop_by_sessions_the_questions_are_due_and_old_reds_stop_no_more():
    p = rolled(rolled(begun(), 0, discomfort=6), 1, discomfort=6)
    p = stops.screening(p, "q", on(2), "confirmed", S)
    assert not p.stopped
    assert upcoming.screening_due(p, on(2), S)
    assert rules.is_easy(p, S)
    p = rolled(p, 3, discomfort=6)
    assert not p.stopped
    assert rolled(p, 4, discomfort=6).stopped


def test_a_review_of_somebody_stopped_says_stop_and_changes_nothing():
    p, days = week(begun(3), 0)
    p = stops.screening(p, "q", on(6), "ask-doctor", S)
    found = decide(p, days, 7)
    assert (found.kind, rule(found), found.body["to"]) == (Kind.REVIEW, "stop", 3)


# The gap --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "away", "to"), [(3, 13, 3), (3, 14, 2), (4, 27, 3), (3, 28, 1), (2, 28, 1), (1, 27, 1)]
)
def test_a_gap_on_any_day(goal, away, to):
    p = rolled(begun(goal), 0)
    found = decide(p, [], away)
    if to == goal:
        assert found is None
    else:
        assert (found.kind, rule(found), found.body["from"], found.body["to"]) == (Kind.GOAL, "gap", goal, to)
        p = apply(p, found, away)
        assert p.goal == to
        assert decide(p, [], away) is None


def test_a_long_gap_in_two_steps():
    p = rolled(begun(4), 0)
    p = apply(p, decide(p, [], 14), 14)
    assert decide(p, [], 27) is None
    p = apply(p, decide(p, [], 28), 28)
    assert p.goal == 1
    assert decide(p, [], 60) is None


def test_the_first_session_again_after_twenty_eight_days():
    p = rolled(begun(), 0)
    assert upcoming.size(p, on(27), S) == "short"
    assert upcoming.size(p, on(28), S) == "first"
    found = decide(p, [], 28)
    assert (found.kind, rule(found)) == (Kind.REVIEW, "gap")
    assert decide(apply(p, found, 28), [], 29) is None


def test_nobody_who_never_began_is_told_of_a_gap():
    assert decide(begun(), [], 40) is None
    assert rule(decide(begun(2), [], 14)) == "gap"


# Step down ------------------------------------------------------------------------------------------------------------


def test_too_little_done_two_weeks_running():
    p, days = begun(3), [day(n, done=1, missed=2) for n in range(5)]
    p = rolled(p, 4)
    first = decide(p, days, 7)
    assert (rule(first), first.body["figures"]["low_reviews"]) == ("hold", 1)
    p = apply(p, first, 7)
    p = rolled(p, 11)
    second = decide(p, [*days, *(day(n, done=1, skipped=2) for n in range(7, 12))], 14)
    assert (second.kind, rule(second), second.body["to"]) == (Kind.GOAL, "step down", 2)
    p = apply(p, second, 14)
    assert (p.goal, p.low_reviews) == (2, 0)


@pytest.mark.parametrize(("done", "missed", "low"), [(3, 3, 0), (2, 3, 1), (1, 1, 1)])
def test_half_is_enough_and_fewer_than_three_asked_are_not_known(done, missed, low):
    p = rolled(begun(2)._replace(low_reviews=1 if (done, missed) == (1, 1) else 0), 4)
    days = [*(day(n) for n in range(4)), day(4, done=done, missed=missed)]
    found = decide(p, days, 7)
    assert found.body["figures"]["low_reviews"] == low
    assert (found.body["figures"]["adherence"] is None) == (done + missed < 3)


def test_what_was_not_asked_is_outside_adherence():
    p, days = week(begun(), 0)
    found = decide(p, [d._replace(not_asked=3) for d in days], 7)
    assert found.body["figures"]["adherence"] == 1.0


def test_two_reds_step_down_and_the_sessions_are_easy():
    p, days = week(begun(2), 0, hurt=(6, 1, 6, 1, 1))
    found = decide(p, days, 7)
    assert (rule(found), found.body["to"]) == ("step down", 1)
    assert reasons.reason(found.body, S) == "Discomfort was over 5 in 2 sessions."
    assert rules.is_easy(p, S)


def test_two_worse_mornings_step_down_one_does_not():
    p, days = week(begun(2), 0)
    p = record.morning(p, on(2), "worse")
    assert rule(decide(p, days, 7)) == "hold"
    p = record.morning(p, on(3), "worse")
    assert rule(decide(p, days, 7)) == "step down"
    assert rule(decide(record.morning(p, on(3), "better"), days, 7)) == "hold"


def test_no_step_goes_below_one():
    p, days = week(begun(1), 0, mornings="worse")
    found = decide(p, days, 7)
    assert (found.kind, rule(found), found.body["to"]) == (Kind.REVIEW, "step down", 1)


# Easy mode ------------------------------------------------------------------------------------------------------------


def test_one_red_makes_sessions_easy_until_three_greens_in_a_row():
    p = rolled(begun(2), 0, discomfort=6)
    assert upcoming.size(p, on(0), S) == "easy"
    assert rule(at_once(p, on(0), S)) == "easy mode"
    p = rolled(rolled(p, 1, discomfort=2), 1, discomfort=0)
    p = rolled(p, 2)
    assert rules.is_easy(p, S)
    p = rolled(p, 2, discomfort=3)
    p = rolled(rolled(p, 3, discomfort=2), 3, discomfort=2)
    assert rules.is_easy(p, S)
    p = rolled(p, 4, discomfort=2)
    assert not rules.is_easy(p, S)
    assert upcoming.size(p, on(4), S) == "short"


def test_tingling_cleared_twice_makes_sessions_easy():
    p = rolled(begun(), 0, tingling="cleared", discomfort=0)
    assert not rules.is_easy(p, S)
    assert rules.is_easy(rolled(p, 2, tingling="cleared", discomfort=0), S)


def test_easy_mode_holds_the_goal():
    p, days, n = ready(hurt=(6, 0, 0, None, None))
    found = decide(p, days, n)
    assert (found.kind, rule(found), found.body["to"]) == (Kind.REVIEW, "easy mode", 1)


def test_the_end_of_easy_mode_is_told_once():
    p = rolled(begun(), 0, discomfort=6)
    p = apply(p, at_once(p, on(0), S), 0)
    for _ in range(3):
        p = rolled(p, 1, discomfort=0)
    told = at_once(p, on(1), S)
    assert rule(told) == "as usual"
    assert at_once(apply(p, told, 1), on(1), S) is None


# Step up --------------------------------------------------------------------------------------------------------------


def test_a_step_up_is_offered_and_changes_nothing_until_it_is_accepted():
    p, days, n = ready()
    found = decide(p, days, n)
    assert (found.kind, rule(found), found.body["from"], found.body["to"]) == (Kind.OFFER, "step up", 1, 2)
    assert found.body["asks"] is False
    p = apply(p, found, n)
    assert (p.goal, p.offer["to"]) == (1, 2)
    agreed = apply(p, answer(p, accept=True), n)
    assert (agreed.goal, agreed.offer, agreed.goal_since) == (2, None, on(n))
    declined = apply(p, answer(p, accept=False), n)
    assert (declined.goal, declined.offer) == (1, None)


@pytest.mark.parametrize(("goal", "weeks", "up"), [(1, 1, False), (1, 2, True), (2, 1, True), (3, 1, True)])
def test_two_weeks_at_one_and_one_at_two_or_three(goal, weeks, up):
    p, days, n = ready(goal, weeks, best=7.0)
    assert (rule(decide(p, days, n)) == "step up") is up


@pytest.mark.parametrize(("since", "up"), [(0, True), (1, False)])
def test_fourteen_days_and_not_thirteen(since, up):
    p, days, n = ready()
    assert (rule(decide(p._replace(goal_since=on(since)), days, n)) == "step up") is up


@pytest.mark.parametrize(("done", "up"), [(4, True), (3, False)])
def test_four_of_five(done, up):
    p, days, n = ready(sessions=done)
    assert (rule(decide(p, days, n)) == "step up") is up


@pytest.mark.parametrize(
    ("hurt", "mornings", "up"),
    [
        ((2, 2, 2, 2, 2), "same", True),
        ((3, 2, 2, 2, 2), "same", True),
        ((5, 2, 2, 2, 2), "better", True),
        ((3, 3, 2, 2, 2), "same", False),
        ((None, None, None, 5, None), "better", True),
    ],
)
def test_all_green_but_one_settled_amber(hurt, mornings, up):
    p, days, n = ready(hurt=hurt, mornings=mornings)
    assert (rule(decide(p, days, n)) == "step up") is up


def test_a_red_refuses_even_when_easy_sessions_are_over():
    p, days, n = ready(hurt=(6, 0, 0, 0, 0))
    assert not rules.is_easy(p, S)
    found = decide(p, days, n)
    assert rule(found) == "hold"
    assert reasons.reason(found.body, S) == (
        "A session brought tingling or discomfort that was not gone the next morning."
    )


def test_an_amber_whose_morning_is_not_known_is_not_settled():
    p, days, n = ready(hurt=(0, 0, 0, 0, 3))
    p = p._replace(mornings=tuple(m for m in p.mornings if m[0] != on(n - 2)))
    assert decide(p, days, n).body["figures"]["unsettled"] == 1
    assert rule(decide(p, days, n)) == "hold"


def test_one_worse_morning_refuses_a_step_up():
    p, days, n = ready()
    assert rule(decide(record.morning(p, on(n - 3), "worse"), days, n)) == "hold"


def test_a_single_persisted_tingling_refuses_a_step_up():
    p, days, n = ready()
    p = rolled(p, n - 1, status="partial", tingling="persisted")
    assert rule(decide(p, days, n)) == "stop"
    p = stops.screening(p, "q", on(n - 1), "confirmed", S)._replace(reviewed=on(n - 7))
    assert rule(decide(p, days, n)) == "easy mode"
    p = p._replace(supervised=0)
    assert rule(decide(p, days, n)) == "hold"


@pytest.mark.parametrize(("hours", "up"), [(2.9, False), (3.0, True)])
def test_not_over_the_cap_of_the_weeks_median_sitting(hours, up):
    p, days, n = ready(best=hours)
    assert (rule(decide(p, days, n)) == "step up") is up


def test_four_is_the_most():
    p, days, n = ready(4, best=9.0)
    found = decide(p, days, n)
    assert rule(found) == "hold"
    assert reasons.reason(found.body, S) == "4 a day is the most there is."


@pytest.mark.parametrize(
    ("before", "prolonged", "up"),
    [(3, 0.0, True), (2, 0.49, False), (2, 0.5, True), (None, 0.5, True), (None, 0.49, False)],
)
def test_a_step_up_takes_a_need(before, prolonged, up):
    p, days, n = ready(before=before, prolonged=prolonged)
    assert (rule(decide(p, days, n)) == "step up") is up


def test_without_any_rating_the_offer_asks_first():
    p, days, n = ready(hurt=(None,) * 5)
    found = decide(p, days, n)
    assert (rule(found), found.body["asks"]) == ("step up", True)
    p = apply(p, found, n)
    hurt = answer(p, accept=True, hurt=True)
    assert (hurt.kind, hurt.body["answer"]) == (Kind.OFFER, "decline")
    assert answer(p, accept=True, hurt=False).kind is Kind.GOAL


@pytest.mark.parametrize("bad", [{"discomfort": 6}, {"tingling": "persisted"}])
def test_an_open_offer_does_not_outlive_a_red(bad):
    p, days, n = ready()
    p = apply(p, decide(p, days, n), n)
    assert rolled(p, n, **bad).offer is None
    assert record.morning(p, on(n), "worse").offer is None
    assert rolled(p, n, discomfort=2).offer is not None


def test_holding_says_what_is_missing():
    p, days = week(begun(), 0, sessions=3)
    why = reasons.reason(decide(p, days, 7).body, S)
    assert why == "3 of 5 sessions done, 80 % are needed; 7 days at 1 a day, 14 are needed."


def test_every_decision_carries_its_rule_and_what_it_saw():
    p, days, n = ready()
    body = decide(p, days, n).body
    assert body["figures"]["adherence"] == 1.0
    assert body["figures"]["sitting_min"] == 360.0
    assert body["figures"]["prolonged"] == 0.6
    assert body["figures"]["stiffness"] == 4.0
    assert json.loads(json.dumps(body)) == body


# The ladder that gives way --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "asked", "done", "idle"), [(0, 1, 0, 1), (0, 1, 1, 0), (0, 0, 0, 0), (5, 1, 0, 0), (4, 3, 0, 1)]
)
def test_a_workday_on_which_something_was_asked_and_nothing_done(n, asked, done, idle):
    assert record.day_ended(begun(), on(n), asked, done, 0, S).idle == idle


def test_the_ladder_is_lowered_step_by_step_and_never_below_one():
    p = begun()
    for lowered in (1, 2, 2):
        p = record.day_ended(record.lapsed(record.lapsed(p, ignored=True), ignored=True), on(5), 1, 0, 0, S)
        assert (p.lowered, p.ignored) == (lowered, 0)
    assert rolled(p, 7).lowered == 1
    assert record.lapsed(p, ignored=False).ignored == 0


# What a session is told -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("later", "due"), [(89, False), (90, True)])
def test_the_questions_return_after_ninety_days(later, due):
    assert upcoming.screening_due(begun(), on(later), S) is due
    assert upcoming.screening_due(Programme(), on(0), S)


def test_the_morning_is_asked_about_once_on_the_next_days():
    p = rolled(begun(), 0)
    assert not upcoming.morning_due(p, on(0), S)
    assert upcoming.morning_due(p, on(1), S)
    assert upcoming.morning_due(p, on(3), S)
    assert not upcoming.morning_due(p, on(4), S)
    p = record.morning(p, on(1), "same")
    assert not upcoming.morning_due(p, on(2), S)
    assert not upcoming.morning_due(begun(), on(1), S)


def test_the_plan_of_a_session():
    from unhunch.session.plan import SessionPlan

    plan = session_plan(record.fresh(S), on(0), S)
    assert (plan["size"], plan["landmark"], plan["screening_due"], plan["morning_due"]) == ("first", True, True, False)
    p = begun()
    for n in range(3):
        p = rolled(p, n, discomfort=1, stiffness_before=4, stiffness_after=2, tingling="none")
    plan = session_plan(p, on(3), S)
    assert (plan["size"], plan["landmark"], plan["screening_due"], plan["morning_due"]) == ("short", False, False, True)
    assert session_plan(p._replace(sessions=2), on(3), S)["landmark"]
    assert plan["last"] == {"stiffness_before": 4, "stiffness_after": 2, "discomfort": 1, "tingling": "none"}
    assert asdict(SessionPlan.from_mapping(plan)).items() >= plan.items()
    assert session_plan(rolled(p, 3, discomfort=6), on(3), S)["notice"]


# What is kept ---------------------------------------------------------------------------------------------------------


def test_a_checkpoint_keeps_everything():
    p, days, n = ready()
    p = apply(rolled(p, n, discomfort=6), decide(p, days, n), n)
    st = state.State(programme=p)
    assert state.load(json.loads(json.dumps(state.dump(st)))).programme == p


def test_memory_is_bounded_and_keeps_what_was_told():
    p = rolled(begun(), 0, discomfort=6)
    for n in range(300):
        p = rolled(p, n // 4)
    assert len(p.told) <= record.REMEMBERED_UNTOLD + 1
    assert p.told[0].zone(S) == "red"
    for n in range(300):
        p = rolled(p, n // 4, discomfort=0)
    assert len(p.told) == record.REMEMBERED
    assert p.sessions == 601


def test_a_clock_set_back_leaves_no_date_in_the_future():
    p, _, _ = ready()
    p = record.day_began(p, on(3), S)
    assert max(p.reviewed, p.goal_since, p.screened, p.last_session) <= on(3)


def test_points_reach_the_programme():
    st = state.fresh(S)._replace(today=Day(date=on(0)))
    for kind, body in (
        (Kind.SESSION, {"status": "done", "discomfort": 1}),
        (Kind.SCREENING, {"verdict": "pass"}),
        (Kind.MORNING, {"feels": "same"}),
        (Kind.GOAL, {"from": 1, "to": 2, "rule": "step up", "why": ""}),
    ):
        st = point(st, Fact(kind, 0.0, 0, "b", 0.0, body=body, key=str(kind)), 0.0, S)
    p = st.programme
    assert (p.sessions, p.verdict, p.mornings, p.goal) == (1, "pass", ((on(0), "same"),), 2)
