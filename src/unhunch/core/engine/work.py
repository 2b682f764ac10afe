"""What the engine works on during a step: the state, what one running daemon knows, and the facts in the making.

The law: what must survive a restart changes by a fact, and a fact is applied here just as the fold applies it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from unhunch.core import messages as m
from unhunch.core import told
from unhunch.core.bodies import KINDS, Body, Checkpoint, Running, Shown
from unhunch.core.codec import written
from unhunch.core.facts import NO_BODY, Fact, Kind
from unhunch.core.messages import Around, Effect, Prompt
from unhunch.core.moment import DAY, Moment
from unhunch.core.presence import sweep
from unhunch.core.presence.reading import Piece, Presence
from unhunch.core.presence.sweep import Edge, Rank, in_order
from unhunch.core.prompts.after_gap import Gap
from unhunch.core.prompts.waiting import Waiting
from unhunch.core.settings import Settings
from unhunch.core.state import apply, calendar, state
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Hold
from unhunch.tuples import NamedTuple

GATHERED = DAY
"""Who lets facts wait for so long (seconds; nobody can set it) waits for none: all is played, and a kill takes nothing
back."""
LAZY = frozenset({Kind.INPUT, Kind.LOCKED, Kind.ASLEEP, Kind.CALL, Kind.INHIBITED, Kind.BLIND, Kind.PARTIAL, Kind.HELD})
"""Evidence may wait for the next writing; what was decided or answered may not."""

TOLD_OTHERWISE = frozenset({Kind.UNDO, Kind.SESSION})
"""Whoever records these tells of them: what was taken back, and whether a session began or ended."""

Lengths = Mapping[str, tuple[float, Mapping[str, Any] | None]]
"""By key: how long a fact has become, and what it says now (None: what it said)."""


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
    """Where the ladder's clock stands if it comes back."""
    gap: Gap | None = None
    """What it asks about."""
    ends: bool = False
    """Its end would be told, if it was on the screen."""


class Sent(NamedTuple):
    """A notice that nobody has taken yet, and what is recorded of it once somebody has."""

    bubble: Bubble
    said: Shown


@dataclass
class Now:
    """What only the running daemon knows. A step changes a copy of its own."""

    at: Moment | None = None
    looked: float = inf
    """Running-clock second of the last look."""
    run: str = ""
    serial: int = 0
    around: Around = m.NOTHING_KNOWN
    quiet: tuple[float, float] | None = None
    presence: Presence = Presence.UNKNOWN
    presence_since: float = 0.0
    hold: Hold | None = None
    hold_since: float = 0.0
    held: Hold | None = None
    """The hold that is being recorded."""
    bubble: Bubble | None = None
    sent: Sent | None = None
    call_ended: float = -inf
    unlocked: float = -inf
    open: Mapping[Kind, Open] = field(default_factory=dict)
    last_input: float = 0.0
    """End of the open span of input."""
    settled: float = -inf
    """Running-clock second before which all is counted for good: a start, a checkpoint. An input that is heard of later
    but lies before it is let go."""
    ground: State | None = None
    """The state at the last input, or where all was settled ..."""
    since: tuple[Edge, ...] = ()
    """... and what has happened since then. An input in between, heard of only now, is counted before it."""
    unseen: float = -inf
    """Running-clock second at which the last suspend or hole ended that was noticed only afterwards."""
    set_back: float = 0.0
    """Seconds by which the wall clock was set back and not yet set right: a step forward by as much is explained."""
    pending: tuple[Fact, ...] = ()
    lengths: Lengths = field(default_factory=dict)
    written: float = 0.0
    session_pulse: float = 0.0
    gap_to_ask: Gap | None = None
    """An absence that ended and may be asked about."""
    gap_returns: int = 0
    """How often the question about it came back because the user had left."""
    waiting: Waiting | None = None
    """What waits for a pause besides an owed session."""

    def copy(self) -> "Now":
        now = object.__new__(Now)
        now.__dict__.update(self.__dict__)
        return now


Heard = Callable[[str, Sequence[Piece], float], None]
"""Hears of time as it is settled: the logical day, its pieces in order, and the second of the running clock at which
the first new span of input among them begins (infinite: none does)."""


@dataclass(slots=True)
class Work:
    """One step at work: the state is replaced as it goes, facts and effects are gathered."""

    st: State
    now: Now
    s: Settings
    at: Moment
    effects: list[Effect] = field(default_factory=list)
    t: float = 0.0
    urgent: bool = False
    """Something was decided that a kill must not take back: it is written at the end of this step."""
    heard: Heard | None = None
    clock_step: float = 0.0
    """Seconds by which the wall clock was set since the last look."""

    @property
    def must_write(self) -> bool:
        """At the end of this step."""
        return self.urgent and self.s.flush < GATHERED

    @property
    def touched(self) -> float:
        """Running-clock second of the last input at this desk, whatever was touched at another since."""
        return self.now.last_input if self.st.reading.desk else self.st.reading.since

    def fact(self, kind: Kind, t: float, body: Mapping[str, Any], *, boot_id: str = "", key: str = "") -> Fact:
        """A fact that began at `t`. Whoever makes one without a `key` keeps it, which counts the serial up."""
        back = self.t - t
        return Fact(
            kind=kind,
            wall=self.at.wall - back,
            utc_offset=self.at.utc_offset,
            boot_id=boot_id or self.st.watch.boot_id,
            boot=t - self.st.offset,
            day=self.st.today.date,
            body=body,
            key=key or f"{self.now.run}.{self.now.serial}",
        )

    def keep(self, fact: Fact) -> None:
        """A new fact waits for the next writing."""
        now = self.now
        now.serial += 1
        now.pending = (*now.pending, fact)

    def record(self, said: Body, wall: float | None = None, key: str = "") -> None:
        """A point: recorded, and applied just as the fold will apply it. `wall`: it happened earlier, at that time."""
        self.cut()
        kind = KINDS[type(said)]
        fact = self.fact(kind, self.t, written(said), key=key)
        if wall is not None:
            # A session of the evening before, told this morning, was one of that day.
            then = calendar.logical_date(self.at._replace(wall=wall), self.s)
            fact = fact._replace(wall=wall, day=min(then, fact.day))
        self.keep(fact)
        self.happen(Rank.POINT, fact, self.t)
        if kind not in LAZY:
            self.urgent = True
        if kind not in TOLD_OTHERWISE:
            self.happened(told.name(kind), fact.body)

    def open(self, kind: Kind, body: Mapping[str, Any] = NO_BODY, key: str = "") -> None:
        if kind in self.now.open:
            return
        self.cut()
        fact = self.fact(kind, self.t, body, key=key)
        self.happen(Rank.BEGIN, fact, self.t)
        opened = {**self.now.open, kind: Open(fact.key, self.t, body or None)}
        self.keep(fact)
        self.now.open = opened
        if kind is Kind.ASLEEP:
            self.urgent = True  # the machine may not wake again

    def close(self, kind: Kind) -> None:
        span = self.now.open.get(kind)
        if span is None:
            return
        self.cut()
        opened = {k: v for k, v in self.now.open.items() if k is not kind}
        body = self._running_body() if kind is Kind.RUNNING else span.body
        self.now.open = opened
        self.now.lengths = {**self.now.lengths, span.key: (self.t - span.start, body)}
        self.now.serial += 1
        self.happen(Rank.FINISH, self.fact(kind, span.start, body or {}, key=span.key), self.t)

    def cut(self) -> None:
        """Anything that happens ends the open span of input at its last input: re-reading is then exact."""
        span = self.now.open.get(Kind.INPUT)
        if span is None:
            return
        opened: dict[Kind, Open] = {k: v for k, v in self.now.open.items() if k is not Kind.INPUT}
        lengths = {**self.now.lengths, span.key: (self.now.last_input - span.start, None)}
        self.now.open, self.now.lengths = opened, lengths

    def flush(self) -> None:
        now = self.now
        lengths = dict(now.lengths)
        for kind, span in now.open.items():
            end = now.last_input if kind is Kind.INPUT else self.t
            body = self._running_body() if kind is Kind.RUNNING else span.body
            lengths[span.key] = (end - span.start, body)
        self.effects.append(m.Write(now.pending, lengths))
        now.pending, now.lengths, now.written = (), {}, self.t
        self.st = self.st._replace(t=self.t, watch=self.st.watch._replace(ran_until=self.t))
        self.urgent = False

    def _running_body(self) -> Mapping[str, Any]:
        """Where the ladder's clock stands, which no other fact tells."""
        owed = self.st.owed
        return written(Running([owed.clock, owed.fullscreen])) if owed else NO_BODY

    def happened(self, name: str, data: Mapping[str, Any]) -> None:
        self.effects.append(m.Happened(name, {k: v for k, v in data.items() if v is not None}))

    def span(self, kind: Kind, start: float, end: float) -> None:
        """Record a span of evidence that is already over."""
        start = max(start, self.touched)
        if end <= start:
            return
        self.cut()
        fact = self.fact(kind, start, NO_BODY)._replace(length=end - start)
        self.happen(Rank.BEGIN, fact, start)
        self.happen(Rank.FINISH, fact, end)
        self.keep(fact)
        self.now.unseen = end

    def happen(self, rank: Rank, fact: Fact, t: float) -> None:
        """A fact begins, ends or lies at `t`: the state changes just as the fold will change it."""
        edge = Edge(t, rank, fact)
        if self.heard and fact.kind is Kind.DAY:
            self.heard(self.st.today.date, sweep.turn(self.st.watch, t, self.s)[1], inf)
        self.st = apply.happen(self.st, edge, self.s)
        self.now.since = (*self.now.since, edge)

    def back_to(self, t: float) -> Sequence[Edge]:
        """Take back what has happened since `t`, which an input there comes before; it is still to be done anew."""
        now = self.now
        if now.ground is None or all(edge.t <= t for edge in now.since):
            return ()
        edges = in_order(now.since)
        self.st, now.since = now.ground, ()
        for edge in edges:
            if edge.t <= t:
                self.happen(edge.rank, edge.fact, edge.t)
        return [edge for edge in edges if edge.t > t]

    def settle(self) -> None:
        """What has happened up to here is counted for good."""
        self.now.settled, self.now.ground, self.now.since = self.t, self.st, ()

    def checkpoint(self) -> None:
        """All spans end here and begin anew, so that the checkpoint and the facts behind it are enough."""
        spans = [(kind, span.body or {}) for kind, span in self.now.open.items() if kind is not Kind.INPUT]
        for kind, _ in spans:
            self.close(kind)
        self.st = self.st._replace(t=self.t, kept=self.st.today.date)
        self.keep(self.fact(Kind.CHECKPOINT, self.t, written(Checkpoint(state.dump(self.st)))))
        for kind, body in spans:
            self.open(kind, body)
        self.settle()
        self.flush()
