"""Plays recorded activity through the real engine: the clocks are simulated, everything else is what the daemon does.

It knows what comes, so it looks only when something can matter: at a threshold, at the ends of runs of activity, and
at every little gap while a prompt waits for one.
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from math import inf
from time import localtime
from typing import Any, NamedTuple, Protocol

from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.engine.step import Live
from unhunch.core.facts import Fact, Kind
from unhunch.core.messages import Around, Prompt
from unhunch.core.moment import Moment
from unhunch.core.settings import Settings

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
        """What is told after a session: names and values as in facts.Fact."""
        ...

    def reaction(self, fact: Fact, live: Live) -> tuple[str, Mapping[str, Any]] | None:
        """What the user tells because of a new fact: its kind and body; None for nothing."""
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
    ) -> None:
        """`answer`: what the user does with each prompt, or "mixed"; or `user` decides.

        `reached` hears the time as it is played."""
        self.settings = settings
        self._facts: dict[str, Fact] = {}
        self._lengths: dict[str, tuple[float, Mapping[str, Any] | None]] = {}
        """What has grown since `facts` was looked at; a fact grows some ten times."""
        self._answer = answer
        self._random = random.Random(seed)  # noqa: S311 - a played user, no secret
        self._user = user
        self._shown = shown
        self._written = written
        self._reached = reached
        self._wake = m.WakeAt(0.0, 0.0, 0.0)
        self._todo: list[tuple[float, Callable[[float], m.Event]]] = []
        self.live: Live = step.begin((), settings)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The history so far, by key."""
        for key, (length, body) in self._lengths.items():
            fact = self._facts[key]
            self._facts[key] = replace(fact, length=length, body=fact.body if body is None else body)
        self._lengths.clear()
        return self._facts

    def play(self, recording: Recording) -> None:
        """From the first second that was watched to the last."""
        if not recording.spans:
            return
        ends = _run_ends(recording.spans, self.settings.active_gap)
        changes = _changes(recording)
        start = min(recording.spans[0][0], *(c[0] for c in changes)) if changes else recording.spans[0][0]
        end = max(recording.spans[-1][1], *(c[0] for c in changes)) if changes else recording.spans[-1][1]
        self._base = start - 10.0
        self._apply(m.Started(self._moment(start), "recorded", "play"))
        self._walk(recording.spans, ends, changes, start, end)
        self._apply(m.Stopping(self._moment(end)))

    def _walk(
        self,
        spans: Sequence[tuple[float, float]],
        ends: Sequence[float],
        changes: Sequence[tuple[float, str, bool]],
        start: float,
        end: float,
    ) -> None:
        begins = [s[0] for s in spans]
        around, blind = Around(), False
        change, t, last_run = 0, start, -inf
        while True:
            at = bisect_right(begins, t) - 1
            quiet = max(t - spans[at][1], 0.0) if at >= 0 else t - start + 3600.0
            run = ends[at] if at >= 0 else -inf
            inside = t <= run
            while True:
                steady = inside and run == last_run
                last_run = run if inside else -inf
                looked = m.Look(self._moment(t), None if blind else (quiet, quiet), around, rings=True, steady=steady)
                self._apply(looked)
                if change >= len(changes) or changes[change][0] > t:
                    break
                # What was seen up to a change counts: only now it changes, and is looked at again.
                while change < len(changes) and changes[change][0] <= t:
                    _, name, value = changes[change]
                    change += 1
                    if name == "blind":
                        blind = value
                    else:
                        around = around._replace(**{name: value})
            if t >= end:
                return
            next_begin = begins[at + 1] if at + 1 < len(begins) else inf
            t = min(self._next(t, quiet, spans[max(at, 0)][1], run, next_begin), end)
            if change < len(changes):
                t = min(t, max(changes[change][0], 0.0))
            t = self._do(t)

    def _next(self, t: float, quiet: float, span_end: float, run_end: float, next_begin: float) -> float:
        """When something can matter next: the last span of input ends, or has ended, at `span_end`, its run later."""
        wake = self._wake
        if t <= run_end and not wake.pausing:
            return min(t + wake.busy, run_end if run_end > t else max(next_begin, t + 0.001))
        if quiet > 0 or t >= span_end:
            return min(t + wake.idle, next_begin)
        return min(t + wake.busy, span_end)

    def _do(self, t: float) -> float:
        """What the played user does before `t`; returns the time reached."""
        if not self._todo:
            return t
        first = min(self._todo, key=lambda item: item[0])
        when, act = first
        if when > t:
            return t
        self._todo.remove(first)
        self._apply(act(when))
        return when + 0.001

    def _moment(self, t: float) -> Moment:
        return Moment(t, t - self._base, t - self._base, offset_at(t))

    def _apply(self, event: m.Event) -> None:
        self.live, effects = step.step(self.live, event, self.settings)
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
        self._reached(event.at.wall)

    def _keep(self, facts: Sequence[Fact], lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        for fact in facts:
            self._facts[fact.key] = fact
            if self._user and (told := self._user.reaction(fact, self.live)):
                self._todo.append((fact.wall + ANSWER_AFTER, partial(self._told, kind=told[0], body=told[1])))
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

    def _told(self, t: float, kind: str, body: Mapping[str, Any]) -> m.Event:
        return m.Told(self._moment(t), kind, body)


def _run_ends(spans: Sequence[tuple[float, float]], gap: float) -> list[float]:
    """For each span the end of its run, in which all gaps are little."""
    ends: list[float] = []
    lengths: list[int] = []
    for start, end in spans:
        if ends and start - ends[-1] <= gap:
            ends[-1] = max(end, ends[-1])
            lengths[-1] += 1
        else:
            ends.append(end)
            lengths.append(1)
    return [end for end, length in zip(ends, lengths, strict=True) for _ in range(length)]


def _changes(recording: Recording) -> list[tuple[float, str, bool]]:
    """When something around changes, in order. Outside what was watched nothing was seen."""
    changes = [(start, name, True) for name, start, _ in recording.sides]
    changes += [(end, name, False) for name, _, end in recording.sides]
    reach = -inf
    for start, end in sorted(recording.covered):
        if reach > -inf and start > reach + HOLE:
            changes += [(reach, "blind", True), (start, "blind", False)]
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
