"""Plays recorded activity through the real engine: the clocks are simulated, everything else is what the daemon does.

It knows what comes, so it looks only when something can matter: at a threshold, at the first input that can make
something due, and, while something waits or is on the screen, at gaps.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from math import inf
from time import localtime
from typing import Any, Protocol

from unhunch.core import messages as m
from unhunch.core.bodies import Body
from unhunch.core.engine import step
from unhunch.core.engine.step import Live
from unhunch.core.engine.work import GATHERED
from unhunch.core.facts import Fact, Kind
from unhunch.core.messages import Around, Prompt
from unhunch.core.moment import HOUR, Moment
from unhunch.core.presence.day import night_between
from unhunch.core.presence.reading import Over, Piece
from unhunch.core.settings import Settings
from unhunch.core.week.lived import Lived
from unhunch.play.inputs import Inputs
from unhunch.tuples import NamedTuple

ANSWERS = ("ignore", "start", "snooze", "skip")
ANSWER_AFTER = 20.0
"""Seconds that the played user takes to answer a prompt."""
SESSION_SECONDS = {"short": 144.0, "standard": 294.0, "long": 464.0, "first": 204.0, "easy": 144.0}
"""Lengths of MODEL 6."""
ROLLER_SECONDS = {"short": 104.0, "standard": 224.0, "long": 384.0, "first": 144.0, "easy": 104.0}
"""Of those, on positions and stiff spots."""

SIDES = {Kind.LOCKED: "locked", Kind.ASLEEP: "asleep", Kind.CALL: "in_call", Kind.INHIBITED: "inhibited"}


HOLE = 1.0
"""Seconds without watching that are none: between two records of a watcher lie some milliseconds, and looks are 5 s
and more apart."""


TICK = 1 / 1024
"""Seconds from one thing to the next that follows at once."""


class Recording(NamedTuple):
    """What is played, in Unix seconds: spans of input, when it was watched for, and what lay around."""

    spans: Sequence[tuple[float, float]]
    covered: Sequence[tuple[float, float]]
    sides: Sequence[tuple[str, float, float]] = ()
    """(field of Around, start, end)"""


def of_facts(facts: Iterable[Fact]) -> Recording:
    """What Unhunch itself recorded: the evidence, without what was decided then."""
    spans, covered, sides = [], [], []
    for fact in facts:
        if fact.kind is Kind.INPUT:
            spans.append((fact.wall, fact.end))
        elif fact.kind is Kind.RUNNING:
            covered.append((fact.wall, fact.end))
        elif fact.kind in SIDES and fact.length > 0:
            sides.append((SIDES[fact.kind], fact.wall, fact.end))
    return Recording(sorted(spans), sorted(covered), sides)


class Shown(NamedTuple):
    """A prompt as it came."""

    at: Moment
    prompt: Prompt
    quiet: float
    """Seconds without input at that moment."""


class User(Protocol):
    """Who is played. Chances are its own, so that one seed gives one story."""

    def answer(self, prompt: Prompt) -> str:
        """One of ANSWERS."""
        ...

    def ratings(self) -> Mapping[str, Any]:
        """What is told after a session: names and values as in bodies.Ratings."""
        ...

    def reaction(self, fact: Fact, live: Live) -> Body | None:
        """What the user tells because of a new fact; None for nothing."""
        ...


class Player:
    """One played user. `facts` holds the history that comes of it, as a store would."""

    def __init__(
        self,
        settings: Settings,
        *,
        answer: str = "ignore",
        seed: int = 0,
        user: User | None = None,
        shown: Callable[[Shown], None] = lambda _: None,
        written: Callable[[Sequence[Fact], Mapping[str, Any]], None] | None = None,
        reached: Callable[[float], None] = lambda _: None,
        every: float = inf,
    ) -> None:
        """`answer`: what the user does with each prompt, or "mixed"; or `user` decides.

        `reached` hears the time as it is played. `every`: look so often (seconds) besides, which changes nothing."""
        # Nobody waits for what is written, unless it is that user, who answers to what was decided.
        self.settings = settings if written else settings._replace(flush=HOUR if user else GATHERED)
        self._facts: dict[str, Fact] = {}
        self._lengths: dict[str, tuple[float, Mapping[str, Any] | None]] = {}
        """What has grown since `facts` was looked at; a fact grows some ten times."""
        self._answer = answer
        self._random = random.Random(seed)  # noqa: S311 - a played user, no secret
        self._user = user
        self._shown = shown
        self._written = written
        self._reached = reached
        self._every = every
        self._runs = 0
        self._wake = m.WakeAt(0.0, 0.0, 0.0)
        self._todo: list[tuple[float, Callable[[float], m.Event]]] = []
        self.live: Live = step.begin((), settings)
        self.lived: list[Lived] = []
        """What the facts say about each day, as week.lived reads them."""
        self._east = 0
        """Seconds ahead of UTC at the last span of input that began."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The history so far, by key."""
        for key, (length, body) in self._lengths.items():
            fact = self._facts[key]
            self._facts[key] = fact._replace(length=length, body=fact.body if body is None else body)
        self._lengths.clear()
        return self._facts

    def play(self, recording: Recording) -> None:
        """From the first second that was watched to the last."""
        if not recording.spans:
            return
        changes = _changes(recording, self.settings)
        start, end = recording.spans[0][0], recording.spans[-1][1]
        if changes:
            start, end = min(start, changes[0][0]), max(end, changes[-1][0])
        self._base = start - 10.0
        self._begin(start)
        self._walk(Inputs(recording.spans, self.settings), changes, start, end)
        self._apply(m.Stopping(self._moment(end)))
        st = self.live.state
        self._heard(st.today.date, st.reading.gap(st.watch.ran_until, self.settings), inf)

    def _begin(self, t: float) -> None:
        self._runs += 1
        self._apply(m.Started(self._moment(t), "recorded", f"play{self._runs}"))

    def _walk(self, inputs: Inputs, changes: Sequence[tuple[float, str, bool]], start: float, end: float) -> None:
        around, blind, off = Around(), False, False
        change, t = 0, start
        while True:
            quiet, typed = inputs.until(t)
            if quiet is None:
                quiet = t - start + 3600.0
            while True:
                if not off:
                    seen = None if blind else (quiet, quiet)
                    self._apply(m.Look(self._moment(t), seen, around, rings=True, typed=() if blind else typed))
                if change >= len(changes) or changes[change][0] > t:
                    break
                # What was seen up to a change counts: only now it changes, and is looked at again.
                while change < len(changes) and changes[change][0] <= t:
                    _, name, value = changes[change]
                    change += 1
                    if name == "blind":
                        blind = value
                    elif name == "off":
                        off = self._switch(t, off=value)
                    else:
                        around = around._replace(**{name: value})
            if t >= end:
                return
            if off:
                following = changes[change][0]
            elif self._act(t):
                following = t + TICK
            else:
                following = min(self._next(t, inputs), *(when for when, _ in self._todo), t + self._every)
            if change < len(changes):
                following = min(following, max(changes[change][0], 0.0))
            t = min(following, end)

    def _switch(self, t: float, *, off: bool) -> bool:
        """The machine is switched off, or on again."""
        if off:
            self._apply(m.Stopping(self._moment(t)))
        else:
            self._begin(t)
        return off

    def _next(self, t: float, inputs: Inputs) -> float:
        """When something can matter next."""
        wake, reading = self._wake, self.live.state.reading
        following = t + wake.ahead
        # Until such a cover ends no input says anything.
        if wake.due.anew < inf and not (reading.deaf(t) or reading.covered(Over.BLIND)):
            due = t + wake.due.on_end if reading.covers else inputs.due(t, wake.due, following)
            following = min(following, inputs.first_from(due))
        if wake.returns or wake.idle < wake.ahead:
            following = min(following, inputs.edge(t, wake.idle, by_input=not reading.covers))
        if wake.gap < inf:
            following = min(following, inputs.gap_from(t, wake.gap))
        if following - t > HOUR and offset_at(t) != offset_at(following):
            following = t + HOUR  # local time moves on the way
        return max(following, t + TICK)

    def _act(self, t: float) -> bool:
        """What the played user does by `t`; whether it was anything."""
        if not self._todo or min(when for when, _ in self._todo) > t:
            return False
        first = min(self._todo, key=lambda item: item[0])
        self._todo.remove(first)
        self._apply(first[1](t))
        return True

    def _moment(self, t: float) -> Moment:
        return Moment(t, t - self._base, t - self._base, offset_at(t))

    def _apply(self, event: m.Event) -> None:
        self._at = event.at
        self.live, effects = step.step(self.live, event, self.settings, self._heard)
        for effect in effects:
            match effect:
                case m.WakeAt():
                    self._wake = effect
                case m.Write(facts, lengths):
                    self._keep(facts, lengths)
                case m.Show(prompt):
                    quiet = self.live.now.quiet
                    self._shown(Shown(event.at, prompt, quiet[0] if quiet else 0.0))
                    self._decide(event.at, prompt)
        if self.live.now.sent:  # only now: what this step wrote comes before
            self._apply(m.Shown(event.at))
            self._wake = step.wake(self.live, event.at, self.settings)
        self._reached(event.at.wall)

    def _heard(self, day: str, pieces: Sequence[Piece], begun: float) -> None:
        at, before = self._at, self._east
        shift = at.wall - (self.live.state.offset + at.boot)
        now = before if begun == inf else at.utc_offset
        self.lived += [Lived(day, p, shift, before if p.start < begun else now, "") for p in pieces]
        self._east = now

    def _keep(self, facts: Sequence[Fact], lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        for fact in facts:
            self._facts[fact.key] = fact
            if self._user and (told := self._user.reaction(fact, self.live)):
                self._todo.append((fact.wall + ANSWER_AFTER, partial(self._told, said=told)))
        for key, (length, body) in lengths.items():
            if body is None and key in self._lengths:
                body = self._lengths[key][1]
            self._lengths[key] = length, body
        if self._written is not None:
            self._written(facts, lengths)

    def _decide(self, at: Moment, prompt: Prompt) -> None:
        """The played user makes up their mind about a session's prompt."""
        if prompt.what != "session":
            return
        if self._user:
            answer = self._user.answer(prompt)
        else:
            answer = self._random.choice(ANSWERS) if self._answer == "mixed" else self._answer
        when = at.wall + ANSWER_AFTER
        if answer == "ignore":
            return
        self._todo.append((when, lambda t: m.Answered(self._moment(t), answer, by="notice")))
        if answer == "start":
            size = prompt.size
            body = {
                "size": size,
                "planned_s": ROLLER_SECONDS[size],
                "roller_s": ROLLER_SECONDS[size],
                "status": "done",
                "source": "page",
                **(self._user.ratings() if self._user else {}),
            }
            over = when + 30.0 + SESSION_SECONDS[size]
            self._todo.append((when + 30.0, lambda t: m.SessionBegan(self._moment(t), {"size": size})))
            self._todo.append((over, lambda t: m.SessionEnded(self._moment(t), body)))

    def _told(self, t: float, said: Body) -> m.Event:
        return m.Told(self._moment(t), said)


def _changes(recording: Recording, s: Settings) -> list[tuple[float, str, bool]]:
    """When something around changes, in order. Outside what was watched nothing was seen; a night was switched off."""
    changes = [(start, name, True) for name, start, _ in recording.sides]
    changes += [(end, name, False) for name, _, end in recording.sides]
    reach = -inf
    for start, end in sorted(recording.covered):
        if reach > -inf and start > reach + HOLE:
            name = "off" if night_between(reach, start, offset_at(start), s) else "blind"
            changes += [(reach, name, True), (start, name, False)]
        reach = max(reach, end)
    if reach > -inf:
        changes.append((reach, "blind", True))
    changes.sort(key=lambda change: (change[0], change[2]))
    return changes


def offset_at(t: float) -> int:
    """Seconds of local time ahead of UTC."""
    return _offset(int(t // 900))


@lru_cache(maxsize=4096)
def _offset(quarter: int) -> int:
    """Zones change on quarters of an hour at the finest."""
    return localtime(quarter * 900).tm_gmtoff
