"""Promises that hold whatever a person and a machine do, in any order (MODEL 4 and 8).

A rule machine lives random days. The promises are checked against what happened, counted here and not by the engine:
what was shown, what was written, and what the world looked like at that moment.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.days.counted import disagreements
from tests.days.test_kills import remembered
from tests.days.world import World, check_fold
from tests.examples import examples
from unhunch.core import messages as m
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.core.state.state import State

STARTS = ("2026-03-02 09:00", "2026-03-07 21:30", "2026-03-28 23:00", "2026-10-24 22:00", "2026-12-31 20:00")
OFFICE = ((8 * 60, 18 * 60),)
SETTINGS = (
    Settings(),
    Settings(goal=4),
    Settings(goal=2, nudge=False, pierce_quiet=True),
    Settings(
        goal=3,
        hours_mon=OFFICE,
        hours_tue=OFFICE,
        hours_wed=OFFICE,
        hours_thu=OFFICE,
        hours_fri=OFFICE,
        hours_sat=(),
        hours_sun=((22 * 60, 6 * 60),),
    ),
    Settings(goal=4, ask_after_gap=True, top_step=2),
)
MINUTES = st.sampled_from([0.05, 0.3, 0.8, 1.2, 1.7, 3.0, 5.2, 9.0, 14.0, 16.0, 31.0, 47.0, 62.0])
LONG = st.sampled_from([0.5, 2.5, 10.0, 40.0, 70.0, 200.0, 600.0, 1500.0])


def inside_hours(local: datetime, s: Settings) -> bool:
    """Reckoned anew: is a prompt allowed at this local time?"""
    minute = local.hour * 60 + local.minute + local.second / 60
    week = (s.hours_mon, s.hours_tue, s.hours_wed, s.hours_thu, s.hours_fri, s.hours_sat, s.hours_sun)
    today = any(a <= minute < b if a < b else minute >= a for a, b in week[local.weekday()])
    return today or any(b <= a and minute < b for a, b in week[local.weekday() - 1])


class Watched(World):
    """A world that looks at each effect when it comes."""

    gone_quietly = False

    def __init__(self, start: str, settings: Settings, *, rings: bool, beat: float) -> None:
        self.session_open, self.lived = False, 0.0
        self.call_since: float | None = None
        self.ladder: int | None = None
        super().__init__(start, settings, rings=rings, beat=beat)

    def tick(self, seconds: float, asleep: bool = False) -> None:
        self.lived += seconds
        super().tick(seconds, asleep)

    def do(self, event: m.Event) -> None:
        if isinstance(event, m.SessionBegan | m.SessionEnded):
            self.session_open = isinstance(event, m.SessionBegan)
        super().do(event)

    def watch(self, event: m.Event, before: State, effects: Sequence[m.Effect]) -> None:
        assert sum(isinstance(e, m.Show) for e in effects) <= 1
        written = [f.kind for e in effects if isinstance(e, m.Write) for f in e.facts]
        if Kind.DUE in written:
            assert before.owed is None or Kind.LAPSED in written or Kind.DAY in written
            self.ladder = 0
        assert sum(isinstance(e, m.WakeAt) for e in effects) == isinstance(event, m.Look)
        for effect in effects:
            if isinstance(effect, m.WakeAt):
                assert all(x > 0 for x in effect[:3]), effect
                assert min(effect[:3]) <= 600

    def watch_bubble(self, event: m.Event, before: State, prompt: m.Prompt) -> None:
        s, around, after = self.s, self.around, self.st
        assert isinstance(event, m.Look)
        assert event.quiet is not None, "shown while blind"
        assert event.quiet[1] <= 60.0, "shown while nobody may be there"
        assert before.pause is None or before.pause.over(after.t, event.at.wall)
        assert not around.locked
        assert not around.asleep
        assert not self.session_open
        assert not after.standing
        assert inside_hours(self.local, s), "outside active hours"
        if around.in_call:
            assert self.call_since is not None
            assert self.boot - self.call_since >= 3 * 3600 - 1, "in a call"
        assert not around.shared
        if around.quiet:
            assert s.pierce_quiet
            assert (prompt.what, prompt.step) == ("session", 3)
        if around.fullscreen:
            assert not around.inhibited
            assert not around.in_call
            assert prompt.what in ("session", "ask")
        if prompt.what not in ("session", "nudge") and prompt.note != "less":  # which stands for a session's step 1
            assert self.bubble is None, "a second bubble"
        if prompt.what == "session":
            assert after.programme.stopped is False
            assert before.owed or after.owed
            assert 1 <= prompt.step <= s.top_step
            assert self.ladder is not None, "shown before any was due"
            assert prompt.step <= self.ladder + 1, "a step was skipped"
            self.ladder = max(self.ladder, prompt.step)


class Promises(RuleBasedStateMachine):
    @initialize(start=st.sampled_from(STARTS), kind=st.integers(0, len(SETTINGS) - 1), rings=st.booleans())
    def begin(self, start: str, kind: int, rings: bool) -> None:
        self.w = Watched(start, settings=SETTINGS[kind], rings=rings, beat=20.0)

    # people

    @rule(minutes=MINUTES)
    def work(self, minutes: float) -> None:
        self.w.work(minutes)

    @rule(minutes=MINUTES)
    def idle(self, minutes: float) -> None:
        self.w.idle(minutes)

    @rule(hours=st.sampled_from([1.3, 2.2, 4.0]))
    def work_long(self, hours: float) -> None:
        self.w.work(hours * 60)

    @rule(action=st.sampled_from(["snooze", "skip", "start", "dismiss", "stand"]))
    def answer(self, action: str) -> None:
        bubble = self.w.bubble
        what = bubble.what if bubble else "session"
        self.w.answer(action, what=what, by="notice" if bubble else "cli")

    @rule(seconds=st.sampled_from([60.0, 600.0, 1800.0, None]))
    def snooze(self, seconds: float | None) -> None:
        self.w.answer("snooze", seconds=seconds, until_call=seconds is None)

    @rule()
    def gone(self) -> None:
        self.w.do(m.Gone(self.w.moment(), "session", "expired"))
        self.w.bubble = None

    @rule(hours=st.sampled_from([0.2, 1.0, 5.0]), by_wall=st.booleans())
    def pause(self, hours: float, by_wall: bool) -> None:
        at = self.w.moment()
        if by_wall:
            self.w.do(m.Paused(at, until=at.wall + hours * 3600))
        else:
            self.w.do(m.Paused(at, seconds=hours * 3600))

    @rule()
    def resume(self) -> None:
        self.w.do(m.Resumed(self.w.moment()))

    @rule(standing=st.booleans())
    def stand(self, standing: bool) -> None:
        self.w.do((m.Stood if standing else m.Sat)(self.w.moment()))

    @rule(minutes=st.sampled_from([0.5, 3.0]), status=st.sampled_from(["done", "partial"]))
    def session(self, minutes: float, status: str) -> None:
        self.w.session(minutes, status)

    @rule(minutes=st.sampled_from([0.5, 60.0]))
    def session_left_open(self, minutes: float) -> None:
        """The page was killed: nothing reports its end."""
        self.w.do(m.SessionBegan(self.w.moment(), {"size": "short", "planned_s": 109}))
        self.w.idle(minutes)
        self.w.do(m.SessionEnded(self.w.moment(), {"status": "partial"}))
        self.w.look()

    @rule()
    def log(self) -> None:
        self.w.do(m.Logged(self.w.moment(), {"size": "short", "status": "done", "source": "log"}))

    @rule()
    def undo(self) -> None:
        self.w.do(m.Undone(self.w.moment()))

    @precondition(lambda self: self.w.lived > 4000)
    @rule(ago=st.sampled_from([600.0, 3000.0]), presence=st.sampled_from(["away", "sitting", "standing"]))
    def amend(self, ago: float, presence: str) -> None:
        checkpoint = self.w.stored()[0]
        began = checkpoint.body["state"]["boot"][2]
        if self.w.st.t - ago > began:  # today's: what lies before the checkpoint is the reports' business
            start = self.w.wall - ago
            self.w.do(m.Corrected(self.w.moment(), start, start + 300, presence))
            self.w.look()

    # machines

    @rule(
        name=st.sampled_from(["locked", "in_call", "inhibited", "quiet", "shared", "fullscreen"]),
        value=st.sampled_from([True, True, False, None]),
    )
    def condition(self, name: str, value: bool | None) -> None:
        if name == "in_call":
            self.w.call_since = (self.w.call_since or self.w.boot) if value else None
        self.w.set(**{name: value})

    @rule()
    def all_clear(self) -> None:
        self.w.call_since = None
        self.w.set(locked=False, in_call=False, inhibited=False, quiet=False, shared=False, fullscreen=False)

    @rule(blind=st.booleans())
    def blindness(self, blind: bool) -> None:
        self.w.blind = blind
        self.w.look()

    @rule(minutes=LONG, announced=st.booleans())
    def suspend(self, minutes: float, announced: bool) -> None:
        if announced:
            self.w.set(asleep=True)
        self.w.suspend(minutes)
        if announced:
            self.w.set(asleep=False)

    @rule(seconds=st.sampled_from([0.0, 5.0, 100.0, 1000.0]))
    def kill(self, seconds: float) -> None:
        before, best = remembered(self.w), self.w.day.best
        self.w.kill()
        self.w.tick(seconds)
        self.w.start()
        if self.w.day.date == before[1][0] and not self.w.st.pause and not before[2][0] and not before[2][1]:
            owed, day, _ = remembered(self.w)
            assert day == before[1]
            if owed != before[0]:  # it may have become due just now
                assert before[0] is None
                assert owed is not None
                assert owed[2] == 0
            assert self.w.day.best >= best - 90

    @rule(minutes=LONG)
    def stopped(self, minutes: float) -> None:
        self.w.stop()
        self.w.tick(minutes * 60)
        self.w.start()

    @rule(minutes=LONG, clean=st.booleans())
    def power_off(self, minutes: float, clean: bool) -> None:
        self.w.call_since = None
        self.w.around = m.Around()
        self.w.power_off(minutes, clean)

    @rule(step=st.sampled_from([3600.0, -3600.0, 86400.0, -86400.0, 3e8, -3e8, 7.0, -7.0]))
    def clock(self, step: float) -> None:
        if step >= self.w.s.unknown_break:  # time that only the wall clock saw may have been lived: it is unknown
            self.w.lived += step
        self.w.set_clock(step)

    @rule()
    def read_again(self) -> None:
        check_fold(self.w)
        assert disagreements(list(self.w.facts.values()), self.w.s) == [], "the engine's days are the week's days"

    # promises

    @invariant()
    def screen(self) -> None:
        """The engine knows what is on the screen: no notice is forgotten there."""
        known = self.w.running.now.bubble
        assert self.w.bubble == (known.prompt if known else None)

    @invariant()
    def figures(self) -> None:
        w = self.w
        days = (*w.st.past, w.day)
        for day in days:
            assert -1e-6 <= day.low <= day.best + 1e-6 <= day.high(w.s) + 2e-6
            assert min(day.notices, day.sounds, day.nudges, day.done, day.skipped, day.missed) >= 0
        assert sum(day.high(w.s) for day in days) <= w.lived + 1e-3
        assert w.st.bout.seconds <= w.lived + 1e-3
        assert w.st.owed is None or 0 <= w.st.owed.clock <= w.lived

    @invariant()
    def caps(self) -> None:
        notices, sounds, nudges, any_kind = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        owed, number = Counter[int](), 0
        for f in self.w.facts.values():
            body = f.body
            if f.kind is Kind.DUE:
                number += 1
            any_kind[f.day] += f.kind is Kind.SHOWN
            if f.kind is Kind.SHOWN and body["what"] != "week":
                notices[f.day] += not body.get("free")
                sounds[f.day] += bool(body.get("sound"))
                owed[number] += body["what"] == "session" and not body.get("free")
                nudges[f.day] += body["what"] == "nudge"
            if f.kind is Kind.WITHDRAWN and body["unseen"] and body["what"] in ("session", "nudge"):
                notices[f.day] -= not body.get("free")
                sounds[f.day] -= bool(body.get("sound"))
                owed[number] -= body["what"] == "session" and not body.get("free")
                nudges[f.day] -= body["what"] == "nudge"
        goal = self.w.s.goal
        assert max(any_kind.values(), default=0) <= 6
        assert max(notices.values(), default=0) <= 2 * goal + 2
        assert max(sounds.values(), default=0) <= 2
        assert max(owed.values(), default=0) <= 3
        assert max(nudges.values(), default=0) <= 2

    def teardown(self) -> None:
        if hasattr(self, "w"):
            check_fold(self.w)


TestPromises = pytest.mark.slow(11)(Promises.TestCase)
TestPromises.settings = settings(max_examples=examples(80), stateful_step_count=50)


def test_a_full_screen_that_a_session_outwaited_holds_what_comes_after_it() -> None:
    """Its 45 minutes are the session's: no stand-up notice comes over a film or game when the session is let go."""
    life = Promises()
    life.begin(start="2026-03-02 09:00", kind=0, rings=False)
    life.screen()
    life.condition(name="fullscreen", value=True)
    life.work_long(hours=4.0)
    life.teardown()
