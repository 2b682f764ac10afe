"""What holds in any order of weeks, answers, clocks and restarts (MODEL 5 and 8)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.days.lives import Life
from tests.days.world import check_fold
from tests.examples import examples
from unhunch.core import messages as m
from unhunch.core.bodies import Screening
from unhunch.core.facts import Fact, Kind
from unhunch.core.programme import rules
from unhunch.core.programme.record import Programme
from unhunch.core.prompts import due
from unhunch.core.settings import Settings
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Less, Verdict
from unhunch.words import reasons

RATINGS = st.fixed_dictionaries(
    {},
    optional={
        "discomfort": st.sampled_from([0, 1, 2, 2, 3, 4, 5, 6, 9]),
        "stiffness_before": st.integers(0, 8),
        "tingling": st.sampled_from(["none", "none", "none", "cleared", "persisted"]),
        "branches": st.sampled_from([[], [], [], ["elbows-in"], ["pain"]]),
    },
)
GOOD = st.fixed_dictionaries({"discomfort": st.sampled_from([0, 1, 2]), "stiffness_before": st.just(4)})


class Guarded(Life):
    """A life that looks at each event and what followed from it."""

    def __init__(self, start: str, settings: Settings) -> None:
        self.accepting = False
        self.reds: list[tuple[str, float]] = []
        super().__init__(start, settings=settings)

    def watch(self, event: m.Event, before: State, effects: Sequence[m.Effect]) -> None:
        was, after = before.programme, self.st.programme
        shown = [e.prompt for e in effects if isinstance(e, m.Show)]
        if after.stopped:
            assert not [p for p in shown if p.what in ("session", "ask")], "asked for a session after a stop"
            assert self.st.owed is None, "owed after a stop"
        if was.stopped and not after.stopped:
            assert isinstance(event, m.Told)
            assert event.said == Screening(Verdict.CONFIRMED)
        written = [f for e in effects if isinstance(e, m.Write) for f in e.facts]
        if after.goal != was.goal:
            self.moved(was, after, [f for f in written if f.kind is Kind.GOAL])
        for fact in written:
            if fact.kind in (Kind.GOAL, Kind.OFFER, Kind.REVIEW):
                assert fact.body["rule"]
                assert "figures" in fact.body
                assert reasons.reason(fact.body, self.s)
        for told in after.told:
            if told.zone(self.s) == "red" and told.key not in [key for key, _ in self.reds]:
                self.reds.append((told.key, self.lived_days()))
        assert 1 <= after.goal <= 4

    def lived_days(self) -> float:
        return self.st.t / 86400

    def moved(self, before: Programme, after: Programme, facts: Sequence[Fact]) -> None:
        assert len(facts) == 1, "more than one change"
        rule = facts[0].body["rule"]
        if after.goal > before.goal:
            assert after.goal == before.goal + 1
            assert self.accepting, "up without acceptance"
            assert all(self.lived_days() - at >= 7 for _, at in self.reds), "up within a week of a red"
            assert after.goal <= self.s.goal_most
        elif rule == "gap":
            long = facts[0].body["figures"]["days_without_session"] >= 28
            assert after.goal == (1 if long else before.goal - 1)
        else:
            assert after.goal == before.goal - 1
            assert rule == "step down"


class Weeks(RuleBasedStateMachine):
    @initialize(
        goal=st.integers(1, 4), start=st.sampled_from(["2026-03-02 08:59", "2026-03-25 08:59", "2026-10-20 08:59"])
    )
    def begin(self, goal: int, start: str) -> None:
        self.w = Guarded(start, settings=Settings(goal=goal, look=120.0))

    @rule(
        hours=st.sampled_from([1.5, 3.2, 6.0, 8.5]), answers=st.sampled_from(["start", "skip", "ignore"]), saw=RATINGS
    )
    def day(self, hours: float, answers: str, saw: dict[str, Any]) -> None:
        self.w.saw = saw
        self.w.workday(hours, answers)

    @rule(weeks=st.sampled_from([1, 2, 3]), hours=st.sampled_from([4.0, 7.5]), saw=GOOD)
    def good_weeks(self, weeks: int, hours: float, saw: dict[str, Any]) -> None:
        self.w.saw = saw
        for _ in range(weeks):
            self.w.working_week(hours, "start")

    @rule(answers=st.sampled_from(["skip", "ignore"]))
    def bad_week(self, answers: str) -> None:
        self.w.working_week(6.0, answers)

    @rule(days=st.sampled_from([1, 3, 15, 29]))
    def off(self, days: int) -> None:
        self.w.off(days)

    @rule(days=st.sampled_from([0.2, 2, 16]), clean=st.booleans())
    def power_off(self, days: float, clean: bool) -> None:
        self.w.power_off(days * 1440, clean)

    @rule(minutes=st.sampled_from([3, 500]))
    def suspend(self, minutes: float) -> None:
        self.w.suspend(minutes)

    @rule(seconds=st.sampled_from([1.0, 500.0]))
    def kill(self, seconds: float) -> None:
        before = self.w.p
        self.w.kill()
        self.w.tick(seconds)
        self.w.start()
        if before.reviewed == self.w.p.reviewed:
            assert self.w.p.told == before.told
            assert (self.w.p.goal, self.w.p.stop, self.w.p.offer) == (before.goal, before.stop, before.offer)

    @rule(step=st.sampled_from([3600.0, -3600.0, 86400.0, -86400.0, 40 * 86400.0, -40 * 86400.0]))
    def clock(self, step: float) -> None:
        self.w.set_clock(step)

    @rule(feels=st.sampled_from(["better", "same", "worse"]))
    def morning(self, feels: str) -> None:
        self.w.tell(Kind.MORNING, feels=feels)

    @rule(verdict=st.sampled_from(["pass", "ask-doctor", "confirmed"]))
    def screening(self, verdict: str) -> None:
        self.w.tell(Kind.SCREENING, verdict=verdict)

    @rule(how=st.sampled_from(["red-flag", "persisted"]))
    def stop_while_a_session_is_owed(self, how: str) -> None:
        self.w.until("09:00", working=False)
        for _ in range(40):
            if self.w.st.owed:
                break
            self.w.work(5)
        if how == "red-flag":
            self.w.tell(Kind.SCREENING, verdict="ask-doctor")
        else:
            self.w.session(status="partial", tingling="persisted")
        assert self.w.p.stopped
        self.w.work(60)

    @precondition(lambda self: self.w.p.stopped)
    @rule(verdict=st.sampled_from(["pass", "confirmed"]))
    def screened_after_a_stop(self, verdict: str) -> None:
        self.w.tell(Kind.SCREENING, verdict=verdict)
        assert self.w.p.stopped is (verdict == "pass")
        self.w.workday(3.2)

    @precondition(lambda self: self.w.p.told)
    @rule(saw=RATINGS)
    def rate(self, saw: dict[str, Any]) -> None:
        self.w.tell(Kind.RATED, session=self.w.p.told[-1].key, **saw)

    @precondition(lambda self: self.w.p.offer)
    @rule(accept=st.sampled_from([True, True, False]), first=st.sampled_from([{}, {"discomfort": 6}]))
    def answer(self, accept: bool, first: dict[str, Any]) -> None:
        if first:
            self.w.session(**first)
            if self.w.p.offer is None:
                return
        self.w.accepting = accept
        self.w.decide(accept=accept)
        self.w.accepting = False

    @rule(word=st.sampled_from(list(Less)))
    def asking(self, word: Less) -> None:
        self.w.answer(word, what="ask")

    @rule()
    def undo(self) -> None:
        self.w.do(m.Undone(self.w.moment()))

    @rule()
    def read_again(self) -> None:
        check_fold(self.w)

    @invariant()
    def caps(self) -> None:
        w = self.w
        counted = [f for f in w.of_kind(Kind.SHOWN) if not f.body.get("free") and f.body["what"] != "week"]
        days = [*w.st.past, w.day]
        for day in days:
            assert day.notices <= 2 * 4 + 2
            assert day.sounds <= 2
        assert w.day.notices <= len(counted)
        assert due.goal_today(w.st, w.s) <= rules.cap(w.day.expected, w.s)
        assert 1 <= due.top_step(w.st, w.s) <= 3
        assert due.asked_today(w.st, w.s) <= due.goal_today(w.st, w.s)

    @invariant()
    def dates(self) -> None:
        """None lies in the future, once a day has come by itself: a clock that was set may be set right again."""
        if next(f for f in reversed(self.w.facts.values()) if f.kind is Kind.DAY).body.get("set"):
            return
        for name in ("began", "goal_since", "reviewed", "screened", "last_session", "asked_on", "less_since"):
            value = getattr(self.w.p, name)
            assert value == "" or date.fromisoformat(value) <= date.fromisoformat(self.w.day.date), name

    def teardown(self) -> None:
        if hasattr(self, "w"):
            check_fold(self.w)


TestWeeks = Weeks.TestCase
TestWeeks.settings = settings(max_examples=examples(15), stateful_step_count=14)
