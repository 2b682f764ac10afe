"""step(live, event) -> (live, effects): composes sitting, prompts and programme. It reads no clock and does no I/O.

What must survive a restart is changed by recording a fact (apply.py); the rest, `Now`, is what one running daemon
knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from types import MappingProxyType
from typing import Any, NamedTuple

from unhunch.core import apply, gaps, programme, prompts, state, wakes
from unhunch.core import messages as m
from unhunch.core.facts import Fact, Kind
from unhunch.core.gaps import Gap
from unhunch.core.history import fold
from unhunch.core.messages import Around, Effect, Event, Look, Prompt
from unhunch.core.moment import Moment
from unhunch.core.prompts import Scene
from unhunch.core.settings import Settings
from unhunch.core.sitting import SITTING, Piece, Presence, proven
from unhunch.core.state import State
from unhunch.core.wakes import SAME_INPUT

CLOCK_STEP = 5.0
"""A wall clock that moved by more than this (seconds) was set; less is the network's fine adjustment."""
SLEPT = 2.0
"""A difference of the two monotonic clocks above this (seconds) was a suspend."""

SIDES = ((Kind.LOCKED, "locked"), (Kind.ASLEEP, "asleep"), (Kind.CALL, "in_call"), (Kind.INHIBITED, "inhibited"))
"""Conditions that are evidence: each opens and closes a span."""

LAZY = frozenset({Kind.INPUT, Kind.LOCKED, Kind.ASLEEP, Kind.CALL, Kind.INHIBITED, Kind.BLIND, Kind.HELD})
"""Evidence may wait for the next writing; what was decided or answered may not."""

_NO_BODY: Mapping[str, Any] = MappingProxyType({})


class Open(NamedTuple):
    """A span that is still being written."""

    key: str
    start: float
    body: Mapping[str, Any] | None = None


class Bubble(NamedTuple):
    """The notice on the screen. What it changed is kept to take it back if nobody can have seen it."""

    prompt: Prompt
    since: float
    free: bool = False
    returning: bool = False
    clock: float = 0.0


class Now(NamedTuple):
    """What only the running daemon knows."""

    at: Moment | None = None
    looked: float = inf
    """Running-clock second of the last look."""
    run: str = ""
    serial: int = 0
    around: Around = m.NOTHING_KNOWN
    quiet: tuple[float, float] | None = None
    presence: Presence = Presence.UNKNOWN
    presence_since: float = 0.0
    hold: str | None = None
    hold_since: float = 0.0
    held: str | None = None
    """The hold that is being recorded."""
    bubble: Bubble | None = None
    call_ended: float = -inf
    unlocked: float = -inf
    open: Mapping[Kind, Open] = MappingProxyType({})
    last_input: float = 0.0
    """End of the open span of input."""
    decided: float = -inf
    """Running-clock second of the last point. An input that is heard of later but lies before it is let go: counted
    after the point here, it would be counted before it when the facts are read again."""
    unseen: float = -inf
    """Running-clock second at which the last suspend or hole ended that was noticed only afterwards."""
    pending: tuple[Fact, ...] = ()
    lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]] = MappingProxyType({})
    written: float = 0.0
    session_pulse: float = 0.0
    gap_to_ask: Gap | None = None
    """An absence that ended and may be asked about."""


class Live(NamedTuple):
    """The engine's whole memory."""

    state: State
    now: Now = Now()


def step(live: Live, event: Event, s: Settings) -> tuple[Live, list[Effect]]:
    """What follows from an event. Never raises on what a person or a machine does."""
    work = _Step(live.state, live.now, s)
    work.take(event)
    return Live(work.st, work.now), work.effects


def scene(live: Live, at: Moment, s: Settings) -> Scene:
    """What is so at `at`, for status and why: it changes nothing."""
    work = _Step(live.state, live.now, s, at=at)
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
    for kind in live.now.open:
        if kind in apply.COVERS:
            st = st._replace(reading=st.reading.cover(apply.COVERS[kind], st.t))
    return Live(st, live.now)


@dataclass(slots=True)
class _Step:
    """One step at work: the state is replaced as it goes, effects are gathered."""

    st: State
    now: Now
    s: Settings
    effects: list[Effect] = field(default_factory=list)
    t: float = 0.0
    at: Moment = field(default_factory=lambda: Moment(0, 0, 0, 0))

    def take(self, event: Event) -> None:
        self.at = event.at
        if isinstance(event, m.Started):
            self._start(event)
            return
        self.t = max(self.st.offset + event.at.boot, self.st.t)
        match event:
            case Look():
                self._look(event)
            case m.Stopping():
                self._stop()
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
        if not isinstance(event, Look | m.Stopping):
            self._judge()
        self.st = self.st._replace(t=max(self.t, self.st.t))
        if self.now.written == -inf:
            self._flush()

    # Starting and ending ----------------------------------------------------------------------------------------------

    def _start(self, event: m.Started) -> None:
        st, at = self.st, event.at
        offset = st.offset if event.boot_id == st.boot_id else max(at.wall - at.boot, st.t - at.boot)
        self.t = max(offset + at.boot, st.t)
        self.st = st._replace(offset=offset)
        self.now = Now(at=at, run=event.run, written=self.t, presence_since=self.t, hold_since=self.t, decided=self.t)
        fact = self._fact(Kind.RUNNING, self.t, {}, event.boot_id)
        self.st = apply.begin(self.st, fact, self.t, self.s)
        self.now = self.now._replace(pending=(fact,), open=MappingProxyType({Kind.RUNNING: Open(fact.key, self.t)}))
        self._turn_day()
        self._judge()
        self.st = self.st._replace(t=self.t)
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
        if prompts.is_due(self.st, scene, self.s):
            self._due(scene)
        self._bubble(scene)
        holding = self._hold(scene, elapsed)
        if holding is None:
            self._ladder(scene)
        if self.t - self.now.written >= self.s.flush:
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
        unseen = look.quiet is None or look.quiet[0] < look.late
        if look.late > self.s.bridge and unseen and Kind.BLIND not in self.now.open:
            self._span(Kind.BLIND, self.t - look.late, self.t)

    def _span(self, kind: Kind, start: float, end: float) -> None:
        """Record a span of evidence that is already over."""
        start = max(start, self.st.reading.since)
        if end <= start:
            return
        self._cut()
        fact = replace(self._fact(kind, start, {}), length=end - start)
        self.st = apply.finish(apply.begin(self.st, fact, start, self.s), fact, end, self.s)
        self.now = self.now._replace(pending=(*self.now.pending, fact), unseen=end)

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
        gap = gaps.worth_asking(before, seen, self.s)
        if gap:
            self.now = self.now._replace(gap_to_ask=gap)
        self.st = apply.touch(self.st, seen, self.s, steady=steady)
        self.now = self.now._replace(last_input=seen)
        if joined:
            return
        self._cut_at(before.since)
        start = before.since if steady else seen
        fact = self._fact(Kind.INPUT, start, {})
        opened = {**self.now.open, Kind.INPUT: Open(fact.key, start)}
        self.now = self.now._replace(pending=(*self.now.pending, fact), open=MappingProxyType(opened))
        if seen - before.since > self.s.active_gap:
            self._flush_soon()  # it made minutes of a gap into sitting, which a kill must not take back

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
        maybe = sum(p.seconds for p in gap if p.presence in SITTING)
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
        date = prompts.turns(self.st, self.at, self.t, self.s)
        if date is None or Kind.SESSION in self.now.open:
            return False
        self._withdraw("day")
        if self.st.owed:
            # Who left before ten minutes were over did not ignore it: lapsed while away is not missed.
            owed = self.st.owed
            missed = owed.highest >= 2 and owed.ignored >= owed.highest and not self.st.pause
            self._record(Kind.LAPSED, {"as": "missed" if missed else "not-asked"})
        days = (*self.st.past, self.st.today) if self.st.today.date else ()
        expected = prompts.expected_sitting(date, days, self.s)
        self._record(Kind.DAY, {"date": date, "expected": expected, "goal": self.st.programme.goal})
        self._review(date)
        self._checkpoint()
        self._happened("day", {"date": date})
        return True

    def _review(self, date: str) -> None:
        """The programme looks back when the day turns (MODEL 5)."""
        found = programme.at_turn(self.st.programme, self.st.past, date, self.s)
        if found:
            self._tell(found.kind, found.body)

    def _judge(self) -> None:
        """What the user has just told may stop the sessions, or make them easy, at once."""
        found = programme.at_once(self.st.programme, self.st.today.date, self.s)
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
        checkpoint = self._fact(Kind.CHECKPOINT, self.t, {"state": state.dump(self.st)})
        self.now = self.now._replace(pending=(*self.now.pending, checkpoint))
        for kind, body in spans:
            self._open(kind, body)
        self._flush()

    # Prompting --------------------------------------------------------------------------------------------------------

    def _due(self, scene: Scene) -> None:
        of, number = prompts.asked_today(self.st, self.s), self.st.today.resolved + 1
        body = {"number": number, "of": of, "sitting_min": round((self.st.today.best + scene.proven) / 60, 1)}
        self._record(Kind.DUE, body)
        self._happened("owed", body)

    def _top(self) -> int:
        return prompts.top_step(self.st, self.s)

    def _size(self) -> str:
        return programme.size(self.st.programme, self.st.today.date, self.s)

    def _bubble(self, scene: Scene) -> None:
        """Take the notice back from an empty chair, and notice when it has been ignored."""
        bubble = self.now.bubble
        away = scene.presence not in SITTING or (
            scene.most > self.s.pause_longest and scene.presence is not Presence.CALL
        )
        if bubble and (away or scene.presence is Presence.CALL or scene.session):
            unseen = away and not scene.session and self.t - bubble.since <= self.s.free_withdrawn
            self._withdraw("away" if away else "call", unseen=unseen)
        owed, tally = self.st.owed, self.st.tally
        if owed and owed.step > owed.ignored and not owed.returning and owed.clock >= self.s.ignored_after:
            self._record(Kind.IGNORED, {"what": "session", "step": owed.step})
        if tally.nudge_open and self.t - self.st.reading.nudged_at >= self.s.ignored_after and not away:
            self._record(Kind.IGNORED, {"what": "nudge", "step": 0})

    def _hold(self, scene: Scene, elapsed: float) -> str | None:
        """What holds prompts now. The ladder's clock runs only between two looks at which nothing did."""
        before = self.now.hold
        step = 1
        if self.st.owed:
            next_rung = prompts.rung(self.st.owed, self._top(), self.s)
            step = next_rung.step if next_rung else self.st.owed.step
        why = prompts.hold(self.st, scene, self.s, step)
        if why != before:
            self.now = self.now._replace(hold=why, hold_since=self.t)
            self._happened("hold", {"why": why})
        owed = self.st.owed
        if owed and why is None and before is None and owed.since < self.t:
            self.st = self.st._replace(owed=owed._replace(clock=owed.clock + elapsed))
        elif owed and why == before == "fullscreen":
            self.st = self.st._replace(owed=owed._replace(fullscreen=owed.fullscreen + elapsed))
        self._record_hold(why)
        return why

    def _record_hold(self, why: str | None) -> None:
        """While a session is owed, holds are history: the weekly summary names them."""
        worth = why if self.st.owed and why not in ("away", "session", "snoozed") else None
        if worth == self.now.held:
            return
        self._close(Kind.HELD)
        self.now = self.now._replace(held=worth)
        if worth:
            self._open(Kind.HELD, {"why": worth})

    def _ladder(self, scene: Scene) -> None:
        st, s = self.st, self.s
        if st.owed:
            move = prompts.ladder(st, scene, self._top(), s)
            if move is None:
                return
            if move.act == "lapse":
                self._withdraw("lapsed")
                self._record(Kind.LAPSED, {"as": move.reason})
                self._happened("lapsed", {"as": move.reason})
            else:
                self._show_session(move, scene)
            return
        why = prompts.nudge(st, scene, s)
        if why:
            self._show(Prompt("nudge", text=st.shown), why, scene)
            return
        week = prompts.week_is_news(st, self.at, s)
        if week and self.now.bubble is None and prompts.natural_pause(st, scene, s.pause_first, s):
            self._show(Prompt("week", note=week, text=st.shown), "pause", scene, {"week": week})
            return
        self._ask_after_gap(scene)

    def _ask_after_gap(self, scene: Scene) -> None:
        gap = self.now.gap_to_ask
        if gap is None or self.now.bubble is not None:
            return
        if gaps.over(gap, self.t, self.s) or not gaps.waits(gap, self.st, self.s):
            self.now = self.now._replace(gap_to_ask=None)
            return
        why = gaps.moment(gap, scene, self.s)
        if why:
            start, end = (self.at.wall - (self.t - t) for t in gap)
            prompt = Prompt("ask", step=0, note=gaps.ABOUT, gap=(start, end), utc_offset=self.at.utc_offset)
            self.now = self.now._replace(gap_to_ask=None)
            self._show(prompt, why, scene, {"about": gaps.ABOUT})

    def _show_session(self, move: prompts.Move, scene: Scene) -> None:
        owed = self.st.owed
        assert owed is not None  # the ladder moves only an owed session
        sound = move.step == 3 and self.s.sound and self.st.today.sounds < self.s.cap_sounds
        asks = move.step == 1 and not owed.returning and prompts.question_due(self.st, self.s)
        prompt = Prompt(
            "ask" if asks else "session",
            step=move.step,
            number=owed.number,
            of=owed.of,
            size=self._size(),
            note="less" if asks else "",
            morning=not asks and programme.morning_due(self.st.programme, self.st.today.date, self.s),
            sound=sound,
            critical=move.step == 3 and self.s.pierce_quiet,
            text=self.st.shown,
        )
        bubble = Bubble(prompt, self.t, free=owed.returning, returning=owed.returning, clock=owed.clock)
        about = {"about": "less"} if asks else {}
        self._show(prompt, move.reason, scene, {"sound": sound, "free": owed.returning, **about}, bubble)

    def _show(
        self,
        prompt: Prompt,
        reason: str,
        scene: Scene,
        more: Mapping[str, Any] = _NO_BODY,
        bubble: Bubble | None = None,
    ) -> None:
        body = {
            "what": prompt.what,
            "step": prompt.step if prompt.what in ("session", "ask") else 0,
            "reason": reason,
            "pause_s": round(scene.least, 1),
            **more,
        }
        self._record(Kind.SHOWN, body)
        self.now = self.now._replace(bubble=bubble or Bubble(prompt, self.t))
        self.effects.append(m.Show(prompt))
        self._happened("prompt", body)

    def _withdraw(self, why: str, *, unseen: bool = False) -> None:
        bubble = self.now.bubble
        if bubble is None:
            return
        self.effects.append(m.Withdraw(why))
        body: dict[str, Any] = {"why": why, "what": bubble.prompt.what, "unseen": unseen}
        if unseen:
            body |= {
                "step": bubble.prompt.step,
                "free": bubble.free,
                "returning": bubble.returning,
                "sound": bubble.prompt.sound,
                "clock": bubble.clock,
                "about": bubble.prompt.note,
            }
        self._record(Kind.WITHDRAWN, body)
        self.now = self.now._replace(bubble=None)

    # What people do ---------------------------------------------------------------------------------------------------

    def _answer(self, event: m.Answered) -> None:
        owed = self.st.owed
        body: dict[str, Any] = {"action": event.action, "what": event.what, "by": event.by}
        gap = self.now.bubble.prompt.gap if self.now.bubble and event.what == "ask" else None
        if gap:
            body["about"] = gaps.ABOUT
        elif event.action in gaps.KINDS:
            return  # the notice has gone meanwhile
        if event.action == "snooze":
            if owed is None or owed.snoozes >= self.s.snooze_max:
                return
            body["seconds"] = None if event.until_call else event.seconds or self.s.snooze
            body["until_call"] = event.until_call
        if event.action == "skip" and owed is None:
            return
        self._tell(Kind.ANSWER, body)
        if event.action == "dismiss":
            self.now = self.now._replace(bubble=None)
        else:
            self._withdraw(event.action)
        if event.action == "start":
            self.effects.append(m.Launch(self._size()))
        elif event.action == "open":
            self.effects.append(m.OpenWeek())
        elif event.action == "stand":
            self._tell(Kind.STAND, {"by": event.by})
        elif gap and event.action in gaps.KINDS and event.action != "away":
            self._correct(m.Corrected(event.at, *gap, event.action))

    def _session_began(self, body: Mapping[str, Any]) -> None:
        self._withdraw("started")
        self._close(Kind.SESSION)
        self._open(Kind.SESSION, {**body, "status": "partial"})
        self.now = self.now._replace(session_pulse=self.t)
        self._flush_soon()
        self._happened("session", {"is": "began"})

    def _session_pulse(self, body: Mapping[str, Any]) -> None:
        span = self.now.open.get(Kind.SESSION)
        if span is None:
            return
        opened = {**self.now.open, Kind.SESSION: span._replace(body={**(span.body or {}), **body, "status": "partial"})}
        self.now = self.now._replace(open=MappingProxyType(opened), session_pulse=self.t)
        if self.t - self.now.written >= self.s.flush:
            self._flush_soon()

    def _session_ended(self, body: Mapping[str, Any]) -> None:
        span = self.now.open.get(Kind.SESSION)
        if span is None:
            self._tell(Kind.SESSION, body)
            return
        opened = {**self.now.open, Kind.SESSION: span._replace(body={**(span.body or {}), **body})}
        self.now = self.now._replace(open=MappingProxyType(opened))
        self._close(Kind.SESSION)
        self._flush_soon()
        self._happened("session", {"is": "ended", "status": body.get("status", "partial")})

    def _correct(self, event: m.Corrected) -> None:
        self._tell(Kind.CORRECTION, {"from": event.start, "to": event.end, "as": event.presence})
        self._flush()
        self.effects.append(m.Refold(event.start))

    def _undo(self) -> None:
        key, _kind = self.st.last_answer
        if not key:
            return
        self._withdraw("undone")
        self._record(Kind.UNDO, {"fact": key})
        self._flush()
        self.effects.append(m.Refold(self.at.wall))

    def _tell(self, kind: Kind, body: Mapping[str, Any], wall: float | None = None) -> None:
        self._record(kind, body, wall)
        self._happened(kind.value, {k: v for k, v in body.items() if v is not None})

    # Facts ------------------------------------------------------------------------------------------------------------

    def _fact(self, kind: Kind, t: float, body: Mapping[str, Any], boot_id: str = "") -> Fact:
        serial = self.now.serial
        self.now = self.now._replace(serial=serial + 1)
        back = self.t - t
        return Fact(
            kind=kind,
            wall=self.at.wall - back,
            utc_offset=self.at.utc_offset,
            boot_id=boot_id or self.st.boot_id,
            boot=t - self.st.offset,
            day=self.st.today.date,
            body=body,
            key=f"{self.now.run}.{serial}",
        )

    def _record(self, kind: Kind, body: Mapping[str, Any], wall: float | None = None) -> None:
        """A point: recorded, and applied just as the fold will apply it. `wall`: it happened earlier, at that time."""
        self._cut()
        fact = self._fact(kind, self.t, body)
        if wall is not None:
            fact = replace(fact, wall=wall)
        self.now = self.now._replace(pending=(*self.now.pending, fact), decided=self.t)
        self.st = apply.point(self.st, fact, self.t, self.s)
        if kind not in LAZY:
            self._flush_soon()

    def _open(self, kind: Kind, body: Mapping[str, Any] = _NO_BODY) -> None:
        if kind in self.now.open:
            return
        self._cut()
        fact = self._fact(kind, self.t, body)
        self.st = apply.begin(self.st, fact, self.t, self.s)
        opened = {**self.now.open, kind: Open(fact.key, self.t, body or None)}
        self.now = self.now._replace(pending=(*self.now.pending, fact), open=MappingProxyType(opened))
        if kind is Kind.ASLEEP:
            self._flush_soon()  # the machine may not wake again

    def _close(self, kind: Kind) -> None:
        span = self.now.open.get(kind)
        if span is None:
            return
        self._cut()
        opened = {k: v for k, v in self.now.open.items() if k is not kind}
        body = self._running_body() if kind is Kind.RUNNING else span.body
        lengths = {**self.now.lengths, span.key: (self.t - span.start, body)}
        self.now = self.now._replace(open=MappingProxyType(opened), lengths=MappingProxyType(lengths), decided=self.t)
        fact = replace(self._fact(kind, span.start, body or {}), key=span.key)
        self.st = apply.finish(self.st, fact, self.t, self.s)

    def _cut(self) -> None:
        """Anything that happens ends the open span of input at its last input: re-reading is then exact."""
        self._cut_at(self.now.last_input)

    def _cut_at(self, end: float) -> None:
        span = self.now.open.get(Kind.INPUT)
        if span is None:
            return
        opened: dict[Kind, Open] = {k: v for k, v in self.now.open.items() if k is not Kind.INPUT}
        lengths = {**self.now.lengths, span.key: (end - span.start, None)}
        self.now = self.now._replace(open=MappingProxyType(opened), lengths=MappingProxyType(lengths))

    def _flush_soon(self) -> None:
        """Decisions are written at the end of the step at the latest."""
        self.now = self.now._replace(written=-inf)

    def _flush(self) -> None:
        lengths = dict(self.now.lengths)
        for kind, span in self.now.open.items():
            end = self.now.last_input if kind is Kind.INPUT else self.t
            body = self._running_body() if kind is Kind.RUNNING else span.body
            lengths[span.key] = (end - span.start, body)
        self.effects.append(m.Write(self.now.pending, lengths))
        self.now = self.now._replace(pending=(), lengths=MappingProxyType({}), written=self.t)
        self.st = self.st._replace(ran_until=self.t)

    def _running_body(self) -> Mapping[str, Any] | None:
        """Where the ladder's clock stands, which no other fact tells."""
        owed = self.st.owed
        return {"ladder": [owed.clock, owed.fullscreen]} if owed else None

    def _happened(self, name: str, data: Mapping[str, Any]) -> None:
        self.effects.append(m.Happened(name, data))
