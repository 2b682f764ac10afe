"""The question after a gap: who is asked about what, when, how often, and what an answer changes (off by default)."""

from collections.abc import Callable

import pytest

from tests.days.test_prompts import natural_work
from tests.days.test_sitting import near
from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.facts import Kind
from unhunch.core.messages import Prompt
from unhunch.core.presence.reading import SITTING
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Was
from unhunch.core.week.lived import lived
from unhunch.words.notices import words

ASKING = Settings(ask_after_gap=True, nudge=False)
Does = Callable[[World], None]


def a_gap(minutes: float, settings: Settings = ASKING, before: float = 30) -> World:
    w = World(settings=settings)
    natural_work(w, before)
    w.idle(minutes)
    return w


def asked(w: World) -> list[tuple[str, Prompt]]:
    return [(clock, prompt) for clock, prompt, _ in w.shown if prompt.what == "ask"]


def test_a_gap_of_twenty_minutes_is_asked_about_once_at_a_pause() -> None:
    w = a_gap(20)
    came = w.boot
    natural_work(w, 8)
    [(_, prompt)] = asked(w)
    shown = w.of_kind(Kind.SHOWN)[-1]
    assert shown.body["about"] == "gap"
    assert 60 <= shown.boot - came <= 6 * 60
    assert 10 <= shown.body["pause_s"] <= 60
    assert prompt.gap is not None
    start, end = prompt.gap
    assert (end - start) / 60 == near(19, by=0.5)
    assert w.day.notices == 1
    text = words(prompt)
    assert "09:3" in text.body and "09:5" in text.body
    assert tuple(key for key, _ in text.buttons) == tuple(Was)
    w.idle(30)
    natural_work(w, 10)
    assert len(asked(w)) == 1, "once a day"
    check_fold(w)


@pytest.mark.parametrize("gap", [2, 4.5, 91, 300])
def test_short_gaps_and_long_ones_are_not_asked_about(gap: float) -> None:
    w = a_gap(gap)
    natural_work(w, 10)
    assert asked(w) == []


def test_it_is_off_by_default() -> None:
    w = a_gap(20, Settings(nudge=False))
    natural_work(w, 10)
    assert asked(w) == []


def test_who_locked_or_slept_or_stood_has_answered_already() -> None:
    ways: tuple[tuple[Does, Does], ...] = (
        (lambda w: w.set(locked=True), lambda w: w.set(locked=False)),
        (lambda w: w.suspend(10), lambda _: None),
        (lambda w: w.do(m.Stood(w.moment())), lambda w: w.do(m.Sat(w.moment()))),
    )
    for leave, come in ways:
        w = World(settings=ASKING)
        natural_work(w, 30)
        leave(w)
        w.idle(15)
        come(w)
        natural_work(w, 10)
        assert asked(w) == []
        check_fold(w)


def test_a_gap_that_could_not_be_seen_is_not_asked_about() -> None:
    w = World(settings=ASKING)
    natural_work(w, 30)
    w.blind = True
    w.idle(20)
    w.blind = False
    natural_work(w, 10)
    assert asked(w) == []


def test_a_call_is_no_question_but_what_follows_it_is() -> None:
    w = World(settings=ASKING)
    natural_work(w, 30)
    w.set(in_call=True)
    w.idle(20)
    w.set(in_call=False)
    natural_work(w, 10)
    assert asked(w) == []
    w.set(in_call=True)
    w.idle(10)
    w.set(in_call=False)
    w.idle(12)
    natural_work(w, 10)
    [(_, prompt)] = asked(w)
    assert prompt.gap is not None
    assert (prompt.gap[1] - prompt.gap[0]) / 60 == near(12, by=0.6)


@pytest.mark.parametrize(("answer", "gained"), [("away", 0), ("sitting", 19), ("standing", 0)])
def test_the_answer_corrects_history_and_can_be_taken_back(answer: str, gained: float) -> None:
    w = a_gap(20)
    natural_work(w, 8)
    before = w.minutes()
    high = w.minutes("high")
    w.answer(answer, what="ask", by="notice")
    assert w.bubble is None
    assert w.minutes() - before == near(gained, by=0.5)
    found = w.of_kind(Kind.CORRECTION)
    assert [fact.body["as"] for fact in found] == ([] if answer == "away" else [answer])
    assert w.of_kind(Kind.ANSWER)[-1].body == {"action": answer, "what": "ask", "by": "notice", "about": "gap"}
    best = sum(p.end - p.start for p in lived(w.facts.values(), w.s) if p.presence in SITTING)
    assert best / 60 == near(w.minutes(), by=0.5)
    assert w.minutes("high") >= high - 0.1 or answer == "standing"
    if found:
        w.do(m.Undone(w.moment()))
        assert w.minutes() == near(before, by=0.6)
        assert len(asked(w)) == 1
    check_fold(w)


def test_closing_it_changes_nothing_and_a_late_button_does_no_harm() -> None:
    w = a_gap(20)
    natural_work(w, 8)
    before = w.minutes()
    w.answer("dismiss", what="ask", by="notice")
    w.answer("sitting", what="ask", by="notice")
    assert w.of_kind(Kind.CORRECTION) == []
    assert w.minutes() == near(before)
    assert len(asked(w)) == 1
    check_fold(w)


def test_a_question_to_an_empty_chair_is_free_and_comes_again() -> None:
    w = a_gap(20)
    natural_work(w, 4)
    while not asked(w):
        w.work(1)
        w.idle(seconds=25)
    w.idle(6)
    assert w.bubble is None
    assert w.day.notices == 0
    natural_work(w, 10)
    assert len(asked(w)) == 2
    check_fold(w)


def test_it_comes_back_twice_and_then_no_more() -> None:
    w = a_gap(20)
    natural_work(w, 1)
    for _ in range(6):
        w.work(4)
        w.idle(seconds=13)
        w.idle(seconds=50)
    assert len(asked(w)) == 1 + w.s.returns
    assert w.day.notices == 0, "nobody saw one of them"
    natural_work(w, 30)
    assert len(asked(w)) == 1 + w.s.returns
    check_fold(w)


def test_without_a_good_moment_it_is_let_go() -> None:
    w = a_gap(20)
    w.work(40)
    assert asked(w) == []
    natural_work(w, 10)
    assert asked(w) == []
    assert w.running.now.gap_to_ask is None


def test_the_day_s_cap_holds() -> None:
    w = World(settings=Settings(ask_after_gap=True, nudge=False, cap_day_base=0, goal=1, top_step=2))
    while w.day.notices < 2:
        natural_work(w, 30)
    w.answer("skip")
    w.idle(20)
    natural_work(w, 12)
    assert asked(w) == []


def test_an_owed_session_comes_first() -> None:
    w = a_gap(20, before=95)
    natural_work(w, 12)
    assert w.st.owed is not None
    assert asked(w) == []


def test_a_restart_forgets_the_question_and_nothing_else() -> None:
    w = a_gap(20)
    w.work(0.5)
    w.kill()
    w.start()
    natural_work(w, 10)
    assert asked(w) == []
    check_fold(w)
    assert step.begin(w.stored(), w.s).state.asked_gap == ""
