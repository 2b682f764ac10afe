"""A guided session in progress: where it stands, what was played, what each answer does to it (MODEL 6).

`act(guide, action, at)` gives the next state. The page and the terminal both play what `track` says and ask here what
comes next, so that a tingling hand is treated alike in both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from unhunch.core.session.counting import is_done, merged, roller_seconds
from unhunch.core.session.routine import Routine, Variation
from unhunch.core.session.timeline import ON_THE_ROLLER, Kind, Timeline, relief, rest, timeline
from unhunch.core.vocabulary import Size


class Action(StrEnum):
    """What the user can do on the way."""

    BEGIN = "begin"  # lies there: the clock starts now
    TINGLING = "tingling"  # a hand or an arm tingles, or the pressure is too much
    CLEARED = "cleared"  # asked whether it has gone: yes
    STILL = "still"  # asked whether it has gone: no
    STIFF = "stiff"  # this place is stiff: come back to it
    PAIN = "pain"  # or dizzy
    STOP = "stop"


class End(StrEnum):
    """Why a session is over."""

    FINISHED = "finished"
    PAIN = "pain"
    PERSISTED = "persisted"
    STOPPED = "stopped"
    PAUSED = "paused"  # for so long that nobody will go on


PAUSE_LIMIT = 180.0
"""Seconds of a pause that end the session (MODEL 6)."""

TINGLING_KNOWN = {"tingling-cleared": "cleared", "tingling-persisted": "persisted"}
"""What a branch that was walked to its end says about tingling."""


@dataclass(frozen=True, slots=True)
class Guide:
    """State of one session. `at` is where the main timeline stands, also while a branch is played."""

    routine: Routine
    size: Size
    breath_seconds: float
    landmark: bool = False
    hips_raised: bool = False
    variation: Variation = Variation.OPEN
    at: float = 0.0
    played: tuple[tuple[float, float], ...] = ()
    marked: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    seen: bool = False
    """Somebody gave a sign since it began: a key, a click, a rating."""
    detour: Timeline | None = None
    end: End | None = None

    @property
    def line(self) -> Timeline:
        """The main timeline as it stands now; its times never change."""
        return timeline(
            self.routine,
            self.size,
            self.breath_seconds,
            landmark=self.landmark,
            hips_raised=self.hips_raised,
            variation=self.variation,
            marked=self.marked,
        )

    @property
    def track(self) -> Timeline:
        """What is to be played now."""
        return self.detour or self.line


def played(guide: Guide, intervals: Iterable[tuple[float, float]]) -> Guide:
    """Add intervals of the main timeline that were played, cut to its length."""
    length = guide.line.seconds
    cut = [(max(0.0, start), min(length, end)) for start, end in intervals]
    return replace(guide, played=merged((*guide.played, *cut)))


def moved(guide: Guide, at: float) -> Guide:
    """The main timeline stands at that second. At its end the session is finished."""
    length = guide.line.seconds
    guide = replace(guide, at=min(max(0.0, at), length))
    if guide.end is None and guide.detour is None and guide.at >= length:
        guide = replace(guide, end=End.FINISHED)
    return guide


def resume_point(line: Timeline, at: float) -> float:
    """Where to go on after an interruption: the beginning of the breath, or of the cue, that was cut off."""
    cue = line.cue_at(at)
    starts = [cue.at, *(cue.at + phase.at for phase in cue.phases if phase.way == "in")]
    return max(start for start in starts if start <= max(at, cue.at))


def act(guide: Guide, action: Action, at: float) -> Guide:
    """What an answer does. `at` is the second of the main timeline; answers after the end change nothing."""
    if guide.end is not None:
        return guide
    guide = replace(guide, seen=True)
    guide = replace(guide, at=resume_point(guide.line, at)) if guide.detour is None else guide
    match action:
        case Action.BEGIN:
            return replace(guide, at=max(guide.at, guide.line.begins))
        case Action.TINGLING | Action.STILL:
            return _relieved(guide, answered=action is Action.STILL)
        case Action.CLEARED if guide.detour is not None:
            return replace(_noted(guide, "tingling-cleared"), detour=None)
        case Action.STIFF:
            cue = guide.line.cue_at(at)
            if cue.kind in ON_THE_ROLLER and cue.picture and cue.picture not in guide.marked:
                guide = _noted(replace(guide, marked=(*guide.marked, cue.picture)), f"stiff-{cue.picture}")
            return replace(guide, at=min(max(0.0, at), guide.line.seconds))
        case Action.PAIN:
            last = rest(guide.routine, guide.size, guide.routine.pain)
            return replace(_noted(guide, "pain"), end=End.PAIN, detour=last)
        case Action.STOP:
            return replace(guide, end=End.STOPPED, detour=None)
    return guide


def paused_out(guide: Guide) -> Guide:
    """It was paused for PAUSE_LIMIT: what was done is kept, nothing goes on."""
    return guide if guide.end is not None else replace(guide, end=End.PAUSED, detour=None)


def status(guide: Guide) -> str:
    """done, partial, or unknown: played to where it would be done, but nobody gave a sign of being there (MODEL 6)."""
    if not is_done(guide.line, guide.played):
        return "partial"
    return "done" if guide.seen else "unknown"


def _noted(guide: Guide, branch: str) -> Guide:
    return replace(guide, branches=(*guide.branches, branch))


def _relieved(guide: Guide, *, answered: bool) -> Guide:
    """Elbows in; if that is not enough, supported; if that is not enough either, the session is over.

    Only an answer to the question ends it: a second press during the breaths is impatience or alarm, not a verdict.
    """
    if guide.detour is not None and guide.detour.variation is Variation.SUPPORTED:
        if not answered:
            return guide
        last = rest(guide.routine, guide.size, guide.routine.tingling.persisted)
        return replace(_noted(guide, "tingling-persisted"), end=End.PERSISTED, detour=last)
    carried = guide.line.variation
    wanted = Variation.ELBOWS_IN if carried is Variation.OPEN else Variation.SUPPORTED
    picture = guide.line.cue_at(guide.at).picture
    return replace(
        _noted(guide, "elbows-in" if wanted is Variation.ELBOWS_IN else "supported"),
        variation=wanted,
        detour=relief(guide.routine, guide.size, wanted, picture, guide.breath_seconds),
    )


def is_asking(guide: Guide, at: float) -> bool:
    """Whether a branch stands at its question; `at` is the second of the branch."""
    return guide.detour is not None and guide.detour.cue_at(at).kind is Kind.ASK


def record(guide: Guide, source: str, ratings: Mapping[str, int | str] | None = None) -> dict[str, Any]:
    """The body of the session's fact (core/bodies.py). What the user says about tingling wins over the branch."""
    line = guide.line
    known = next((TINGLING_KNOWN[b] for b in reversed(guide.branches) if b in TINGLING_KNOWN), None)
    return {
        "routine": guide.routine.name,
        "size": str(guide.size),
        "planned_s": round(line.planned, 1),
        "roller_s": round(roller_seconds(line, guide.played), 1),
        "status": status(guide),
        "source": source,
        "branches": list(guide.branches),
        **({"tingling": known} if known else {}),
        **(ratings or {}),
    }
