"""step(live, event) -> (live, effects): composes sitting, prompts and programme. It reads no clock and does no I/O.

What must survive a restart is changed by recording a fact (apply.py); the rest, `Now`, is what one running daemon
knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from unhunch.core import messages as m
from unhunch.core.engine import wakes
from unhunch.core.engine.answering import Answers
from unhunch.core.engine.wakes import SAME_INPUT
from unhunch.core.engine.work import NO_BODY, Now, Open
from unhunch.core.facts import Fact, Kind
from unhunch.core.messages import Effect, Event, Look
from unhunch.core.moment import Moment
from unhunch.core.presence.reading import SITTING, Piece, Presence, proven
from unhunch.core.presence.scene import Scene
from unhunch.core.programme import rules
from unhunch.core.prompts import after_gap, due
from unhunch.core.settings import Settings
from unhunch.core.state import apply, calendar, state
from unhunch.core.state.fold import fold
from unhunch.core.state.state import State

CLOCK_STEP = 5.0
"""A wall clock that moved by more than this (seconds) was set; less is the network's fine adjustment."""
SLEPT = 2.0
"""A difference of the two monotonic clocks above this (seconds) was a suspend."""

SIDES = ((Kind.LOCKED, "locked"), (Kind.ASLEEP, "asleep"), (Kind.CALL, "in_call"), (Kind.INHIBITED, "inhibited"))
"""Conditions that are evidence: each opens and closes a span."""


class Live(NamedTuple):
    """The engine's whole memory."""

    state: State
    now: Now = Now()


def step(live: Live, event: Event, s: Settings) -> tuple[Live, list[Effect]]:
    """What follows from an event. Never raises on what a person or a machine does."""
    work = _Step(live.state, live.now, s, event.at)
    work.take(event)
    return Live(work.st, work.now), work.effects


def scene(live: Live, at: Moment, s: Settings) -> Scene:
    """What is so at `at`, for status and why: it changes nothing."""
    work = _Step(live.state, live.now, s, at)
    work.t = max(live.state.offset + at.boot, live.state.t)
    if live.now.quiet and live.now.at:
        later = max(at.boot - live.now.at.boot, 0.0)
        least, most = live.now.quiet
        work.now = work.now._replace(quiet=(least + later, most + later))
    return work.scene(work.st.reading.gap(work.t, s))


def begin(facts: Sequence[Fact], s: Settings) -> Live:
    """The engine as the stored facts left it."""
    return Live(fold(facts, s))


def refold(live: Live, facts: Sequence[Fact], s: Settings) -> Live:
    """The engine after history was corrected: the facts read anew, with what is going on at this moment."""
    st = fold(facts, s)
    for kind, span in live.now.open.items():
        if kind in apply.COVERS:
            # The facts end it where they end; but it goes on, and how long it has lasted says what it is worth.
            over = apply.COVERS[kind]
            before = tuple(c for c in st.reading.covers if c.over is not over or c.start < span.start - SAME_INPUT)
            st = st._replace(reading=st.reading._replace(covers=before).cover(over, span.start))
    return Live(st, live.now)


@dataclass(slots=True)
class _Step(Answers):
    """One step: what an event means, in the order in which it has to be asked."""

    clock_step: float = 0.0
    """Seconds by which the wall clock was set since the last look."""

    def take(self, event: Event) -> None:
        if isinstance(event, m.Started):
            self._start(event)
            return
        self.t = max(self.st.offset + event.at.boot, self.st.t)
        if isinstance(event, Look):
            self._look(event)
        elif isinstance(event, m.Stopping):
            self._stop()
        else:
            self._told(event)
            self._judge()
        if self.urgent:
            self._flush()
        elif self.st.t != self.t:
            self.st = self.st._replace(t=self.t)

    def _told(self, event: Event) -> None:
        """What a person, a session's page or a notice on the screen says."""
        match event:
            case m.Answered():
                self._answer(event)
            case m.Gone():
                self.now = self.now._replace(bubble=None)
            case m.Paused():
                body = {"until": event.until, "seconds": event.seconds, "why": event.why}
                self._tell(Kind.PAUSE, body)
                self._withdraw("paused")
            case m.Resumed():
                self._tell(Kind.RESUME, {})
            case m.Stood():
                self._tell(Kind.STAND, {})
                self._withdraw("standing")
            case m.Sat():
                self._tell(Kind.SIT, {})
            case m.SessionBegan():
                self._session_began(event.body)
            case m.SessionPulse():
                self._session_pulse(event.body)
            case m.SessionEnded():
                self._session_ended(event.body)
            case m.Logged():
                self._tell(Kind.SESSION, event.body, event.body.get("ended"))
                if self.st.owed is None:  # not if it was one of yesterday
                    self._withdraw("done")
            case m.Told():
                self._tell(Kind(event.kind), event.body)
            case m.Corrected():
                self._correct(event)
            case m.Undone():
                self._undo()
            case m.Forgot(_, before):
                self.st = self.st._replace(past=tuple(day for day in self.st.past if day.date >= before))
                self._checkpoint()

    # Starting and ending ----------------------------------------------------------------------------------------------

    def _start(self, event: m.Started) -> None:
        st, at = self.st, event.at
        offset = st.offset if event.boot_id == st.boot_id else max(at.wall - at.boot, st.t - at.boot)
        self.t = max(offset + at.boot, st.t)
        self.st = st._replace(offset=offset)
        self.now = Now(at=at, run=event.run, written=self.t, presence_since=self.t, hold_since=self.t, decided=self.t)
        fact = self._fact(Kind.RUNNING, self.t, {}, boot_id=event.boot_id)
        self.st = apply.begin(self.st, fact, self.t, self.s)
        self._keep(fact, open=MappingProxyType({Kind.RUNNING: Open(fact.key, self.t)}))
        self._turn_day()
        self._judge()
        self._flush()

    def _stop(self) -> None:
        self._withdraw("stopping")
        for kind in tuple(self.now.open):
            if kind is not Kind.RUNNING:
                self._close(kind)
        self._record(Kind.STOPPED, {})
        self._flush()

    # Looking ----------------------------------------------------------------------------------------------------------

    def _look(self, look: Look) -> None:
        self._missed(look)
        self._input(look)
        self._sides(look)
        elapsed = max(self.t - self.now.looked, 0.0)
        self.now = self.now._replace(at=look.at, quiet=look.quiet, around=look.around, looked=self.t)
        gap = self.st.reading.gap(self.t, self.s)
        scene = self.scene(gap)
        self._presence(scene)
        self._expire()
        turned = self._turn_day()
        if turned:
            gap = self.st.reading.gap(self.t, self.s)
            scene = self.scene(gap)
        if due.is_due(self.st, scene, self.s):
            self._due(scene)
        self._bubble(scene)
        holding = self._hold(scene, elapsed)
        if holding is None:
            self._ladder(scene)
        if self.urgent or self.t - self.now.written >= self.s.flush:
            self._flush()
        self.effects.append(self._next_look(scene, look.rings))

    def _next_look(self, scene: Scene, rings: bool) -> m.WakeAt:
        now = self.now
        gap = now.gap_to_ask
        return wakes.next_look(
            self.st,
            scene,
            self.s,
            hold=now.hold,
            on_screen=now.bubble is not None,
            asks_in=gap.end + self.s.ask_after - self.t if gap else None,
            rings=rings,
        )

    def _missed(self, look: Look) -> None:
        """What happened to the machine since the last look: suspend, a set clock, a look that came too late."""
        before = self.now.at
        if before is None:
            return
        slept = look.at.suspended_since(before)
        if slept >= SLEPT and Kind.ASLEEP not in self.now.open:
            asleep_from = self.t - slept
            self._span(Kind.ASLEEP, asleep_from, self.t)
        stepped = look.at.clock_step_since(before)
        if abs(stepped) >= CLOCK_STEP:
            self._record(Kind.CLOCK, {"step": round(stepped, 3)})
            self.clock_step = stepped
        if look.late > self.s.bridge and Kind.BLIND not in self.now.open:
            unseen = look.quiet is None or look.quiet[0] < look.late
            if unseen:
                self._span(Kind.BLIND, self.t - look.late, self.t)

    def _input(self, look: Look) -> None:
        if look.quiet is None:
            self._open(Kind.BLIND)
            return
        self._close(Kind.BLIND)
        seen = self.t - look.quiet[0]
        before = self.st.reading
        if seen <= before.since + SAME_INPUT and (before.touched or seen < before.since):
            return
        if seen < self.now.decided:
            return
        if Kind.LOCKED in self.now.open or Kind.ASLEEP in self.now.open:
            return
        steady = look.steady and before.touched
        span = self.now.open.get(Kind.INPUT)
        joined = span is not None and (steady or seen - self.now.last_input <= self.s.active_gap)
        if self.now.last_input < self.now.unseen:
            joined = False  # no span of input runs through a sleep
        gap = after_gap.worth_asking(before, seen, self.s)
        if gap:
            self.now = self.now._replace(gap_to_ask=gap)
        self.st = apply.touch(self.st, seen, self.s, steady=steady)
        if joined:
            self.now = self.now._replace(last_input=seen)
            return
        start = before.since if steady else seen
        fact = self._fact(Kind.INPUT, start, NO_BODY)
        opened = {**self.now.open, Kind.INPUT: Open(fact.key, start)}
        lengths = self.now.lengths
        if span is not None:
            lengths = MappingProxyType({**lengths, span.key: (before.since - span.start, None)})
        self._keep(fact, open=MappingProxyType(opened), lengths=lengths, last_input=seen)
        if seen - before.since > self.s.active_gap:
            self.urgent = True  # it made minutes of a gap into sitting, which a kill must not take back

    def _sides(self, look: Look) -> None:
        around = look.around
        if around == self.now.around:
            return
        if self.now.around.in_call and not around.in_call:
            self.now = self.now._replace(call_ended=self.t)
        if self.now.around.locked and not around.locked:
            self.now = self.now._replace(unlocked=self.t)
        for kind, name in SIDES:
            if getattr(around, name):
                self._open(kind)
            else:
                self._close(kind)

    def scene(self, gap: list[Piece]) -> Scene:
        quiet = self.now.quiet
        least, most = quiet if quiet is not None else (0.0, inf)
        presence = self._presence_now(gap)
        sure = proven(gap, self.st.reading.since, self.s)
        maybe = sum([p.end - p.start for p in gap if p.presence in SITTING])
        return Scene(
            at=self.at,
            t=self.t,
            presence=presence,
            least=least,
            most=most,
            around=self.now.around,
            proven=sure,
            provisional=maybe,
            session=Kind.SESSION in self.now.open,
            call_ended=self.now.call_ended,
            unlocked=self.now.unlocked,
            stretch=self.st.bout.after(gap, self.s) + sure,
        )

    def _presence_now(self, gap: list[Piece]) -> Presence:
        """Presence at this very second: a lock holds from when it is made, before any time has passed under it."""
        reading = self.st.reading
        firm = reading.firm()
        if firm:
            return firm
        if gap:
            return gap[-1].presence
        return Presence.ACTIVE if reading.touched else Presence.AWAY

    def _presence(self, scene: Scene) -> None:
        if scene.presence is self.now.presence:
            return
        self.now = self.now._replace(presence=scene.presence, presence_since=self.t)
        self._happened("presence", {"presence": scene.presence.value})

    def _expire(self) -> None:
        """What ends by itself: a pause, standing, a session that went silent."""
        st, s = self.st, self.s
        if st.pause and st.pause.over(self.t, self.at.wall):
            self._record(Kind.RESUME, {"by": "itself"})
        if st.standing:
            untouched = self.t - max(st.reading.since, st.standing)
            if untouched >= s.standing_reset:
                self._record(Kind.SIT, {"by": "itself", "why": "break"})
            elif self.t - st.standing >= s.standing_limit:
                self._record(Kind.SIT, {"by": "itself", "why": "limit"})
        session = self.now.open.get(Kind.SESSION)
        if session and self.t - max(self.now.session_pulse, session.start) >= s.session_longest:
            self._close(Kind.SESSION)
            self._judge()

    def _turn_day(self) -> bool:
        date = calendar.turns(self.st, self.at, self.t, self.s)
        if date is None or Kind.SESSION in self.now.open:
            return False
        self._withdraw("day")
        if self.st.owed:
            # Who left before ten minutes were over did not ignore it: lapsed while away is not missed.
            owed = self.st.owed
            missed = owed.highest >= 2 and owed.ignored >= owed.highest and not self.st.pause
            self._record(Kind.LAPSED, {"as": "missed" if missed else "not-asked"})
        days = (*self.st.past, self.st.today) if self.st.today.date else ()
        expected = due.expected_sitting(date, days, self.s)
        clock_set = self._turned_by_the_clock(date)
        body = {"date": date, "expected": expected, "goal": self.st.programme.goal}
        self._record(Kind.DAY, {**body, "set": True} if clock_set else body)
        if not clock_set:
            self._review(date)
        self._checkpoint()
        self._happened("day", {"date": date})
        return True

    def _turned_by_the_clock(self, date: str) -> bool:
        """The wall clock was set, and may be set right again: no time has gone by from which anything could follow."""
        if date < self.st.today.date:
            return True
        unset = self.at._replace(wall=self.at.wall - self.clock_step)
        return calendar.turns(self.st, unset, self.t, self.s) is None

    def _review(self, date: str) -> None:
        """The programme looks back when the day turns (MODEL 5)."""
        found = rules.at_turn(self.st.programme, self.st.past, date, self.s)
        if found:
            self._tell(found.kind, found.body)

    def _judge(self) -> None:
        """What the user has just told may stop the sessions, or make them easy, at once."""
        found = rules.at_once(self.st.programme, self.st.today.date, self.s)
        if found:
            self._tell(found.kind, found.body)
        if self.st.programme.stopped and self.st.owed:
            self._withdraw("stopped")
            self._record(Kind.LAPSED, {"as": "not-asked"})

    def _checkpoint(self) -> None:
        """All spans end here and begin anew, so that the checkpoint and the facts behind it are enough."""
        spans = [(kind, span.body or {}) for kind, span in self.now.open.items() if kind is not Kind.INPUT]
        for kind, _ in spans:
            self._close(kind)
        self.st = self.st._replace(t=self.t)
        self._keep(self._fact(Kind.CHECKPOINT, self.t, {"state": state.dump(self.st)}))
        for kind, body in spans:
            self._open(kind, body)
        self._flush()
