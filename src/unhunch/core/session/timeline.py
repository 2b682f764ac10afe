"""When each thing is said and shown in a guided session (MODEL 6): a routine and a size become a list of timed cues.

The numbers are the routine's; the shape of a session is here: set-up, places from top to bottom, the
stiff ones again, the end.
All times are seconds from the beginning of the timeline, pauses left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from unhunch.core.session.routine import Movement, Routine, Size, Step, Variation, Words

DONE_SHARE = 0.6
"""A session counts as done from this share of its planned roller seconds on (MODEL 6)."""

CHIME_LEAD = 0.3
"""Seconds that a sentence waits for the chime before it."""


class Kind(StrEnum):
    LANDMARK = "landmark"
    SETUP = "setup"
    MOVE = "move"
    POSITION = "position"
    TRAVEL = "travel"
    STIFF = "stiff"
    CLOSING = "closing"
    RELIEF = "relief"  # elbows in, or weight eased off
    ASK = "ask"  # the clock stands still until the user answers
    REST = "rest"  # the last words of a session that ends early


ON_THE_ROLLER = frozenset({Kind.POSITION, Kind.STIFF})
"""What counts as roller seconds."""


class Phase(NamedTuple):
    """Half a breath. `at` counts from the beginning of its cue."""

    way: str
    """"in" or "out"."""
    at: float
    seconds: float
    say: str
    show: str


class Cue(NamedTuple):
    kind: Kind
    at: float
    seconds: float
    spoken: str
    """Said when the cue begins; empty where the phases speak."""
    shown: str
    detail: str
    picture: str
    """A place of the routine, "landmark", "side" or empty."""
    chime: str
    """"change", "soft", "stop" or empty."""
    phases: tuple[Phase, ...] = ()

    @property
    def end(self) -> float:
        return self.at + self.seconds


class Utterance(NamedTuple):
    """A sentence, when it begins and how many seconds it has."""

    at: float
    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    size: Size
    variation: Variation
    cues: tuple[Cue, ...]

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.cues[-1].end if self.cues else 0.0

    @property
    def planned(self) -> float:
        """Roller seconds: time in the places and on the stiff spots."""
        return sum(cue.seconds for cue in self.cues if cue.kind in ON_THE_ROLLER)

    def cue_at(self, at: float) -> Cue:
        """The cue that runs at that second; the last one at and after the end."""
        return next((cue for cue in self.cues if at < cue.end), self.cues[-1])

    def utterances(self) -> list[Utterance]:
        """Every sentence with the time it has, the chime's lead taken off."""
        found = []
        for cue in self.cues:
            if cue.spoken:
                found.append(Utterance(cue.at, cue.seconds - CHIME_LEAD, cue.spoken))
            found.extend(Utterance(cue.at + p.at, p.seconds - CHIME_LEAD, p.say) for p in cue.phases)
        return found


class _Writer:
    """Puts cues one after the other."""

    def __init__(self, routine: Routine, breath_seconds: float, variation: Variation) -> None:
        self.routine = routine
        self.breath_seconds = breath_seconds
        self.variation = variation
        self.cues: list[Cue] = []
        self.at = 0.0

    def cue(
        self,
        kind: Kind,
        seconds: float,
        words: Words,
        picture: str,
        chime: str = "change",
        phases: tuple[Phase, ...] = (),
    ) -> None:
        self.cues.append(Cue(kind, self.at, seconds, words.say, words.show, words.detail, picture, chime, phases))
        self.at += seconds

    def steps(self, kind: Kind, steps: Iterable[Step], *, hips_raised: bool) -> None:
        for step in steps:
            wanted = (self.variation, "hips_raised" if hips_raised else "")
            words = next((step.variants[key] for key in wanted if key in step.variants), step.words)
            self.cue(kind, step.seconds, words, step.picture)

    def breaths(self, kind: Kind, movements: Sequence[str], words: Words, picture: str) -> None:
        """One cue of several breaths. A movement that comes again in the same place is said briefly."""
        inhale = self.breath_seconds * self.routine.inhale_share
        phases: list[Phase] = []
        said: set[str] = set()
        at = 0.0
        for name in movements:
            movement = self._movement(name)
            for way, half, seconds in (
                ("in", movement.breathe_in, inhale),
                ("out", movement.breathe_out, self.breath_seconds - inhale),
            ):
                phases.append(Phase(way, at, seconds, half.brief if movement.name in said else half.say, half.show))
                at += seconds
            said.add(movement.name)
        self.cue(kind, len(movements) * self.breath_seconds, words, picture, "change", tuple(phases))

    def _movement(self, name: str) -> Movement:
        movement = self.routine.movements[name]
        if self.variation is not Variation.OPEN and movement.elbows_in:
            return self.routine.movements[movement.elbows_in]
        return movement

    def done(self, size: Size) -> Timeline:
        return Timeline(size, self.variation, tuple(self.cues))


def gentlest(size: Size, variation: Variation) -> Variation:
    """The first session keeps the elbows in, the easy one is supported as well (MODEL 5 and 6)."""
    least = {Size.FIRST: Variation.ELBOWS_IN, Size.EASY: Variation.SUPPORTED}.get(size, Variation.OPEN)
    order = tuple(Variation)
    return max(least, variation, key=order.index)


def timeline(
    routine: Routine,
    size: Size,
    breath_seconds: float = 8.0,
    *,
    landmark: bool = False,
    hips_raised: bool = False,
    variation: Variation = Variation.OPEN,
    marked: Sequence[str] = (),
) -> Timeline:
    """The cues of one session.

    `breath_seconds` is one slow breath, 8 to 10 s. `hips_raised` counts only where the size allows it (long).
    `marked` are the places that the user called stiff, in that order; the stiff spots go back to them first.
    The length does not depend on variation, hips or marks, so a session in progress may change them at any second.
    """
    plan = routine.plans[{Size.FIRST: Size.STANDARD, Size.EASY: Size.SHORT}.get(size, size)]
    hips = hips_raised and plan.hips_raised and size is Size.LONG
    write = _Writer(routine, breath_seconds, gentlest(size, variation))
    if landmark:
        write.steps(Kind.LANDMARK, routine.landmark, hips_raised=False)
    write.steps(Kind.SETUP, plan.setup, hips_raised=hips)

    def braced(say: str) -> str:
        return f"{say} {routine.brace}" if hips else say

    carried = {
        Variation.OPEN: "",
        Variation.ELBOWS_IN: routine.elbows_in_show,
        Variation.SUPPORTED: routine.supported_show,
    }[write.variation]
    brace = routine.brace if hips else ""

    def detail(*parts: str) -> str:
        return " · ".join(part.rstrip(".") for part in parts if part)

    for number, name in enumerate(plan.positions):
        place = routine.positions[name]
        if number:
            words = Words(braced(place.move), place.name, detail(place.detail, brace))
            write.cue(Kind.MOVE, routine.move_seconds, words, name)
        write.breaths(Kind.POSITION, plan.breaths, Words("", place.name, detail(place.detail, carried, brace)), name)
    for number in range(plan.stiff_spots if size is not Size.FIRST else 0):
        say = routine.stiff_say[min(number, len(routine.stiff_say) - 1)]
        shown, picture = routine.stiff_show.show, ""
        if number < len(marked):
            place = routine.positions[marked[number]]
            say, shown, picture = place.back, place.name, place.id
        words = Words(braced(say), shown, detail(routine.stiff_show.detail, brace))
        write.cue(Kind.TRAVEL, routine.travel_seconds, words, picture)
        words = Words("", shown, detail(routine.stiff_show.detail, carried, brace))
        write.breaths(Kind.STIFF, plan.stiff_breaths, words, picture)
    write.steps(Kind.CLOSING, plan.closing, hips_raised=hips)
    return write.done(size)


def relief(routine: Routine, size: Size, variation: Variation, picture: str, breath_seconds: float) -> Timeline:
    """What is put in when a hand tingles: elbows in or the weight eased off, two breaths, then the question."""
    write = _Writer(routine, breath_seconds, variation)
    tingling = routine.tingling
    words = tingling.elbows_in if variation is Variation.ELBOWS_IN else tingling.supported
    write.cue(Kind.RELIEF, routine.move_seconds, words, picture, "stop")
    write.breaths(Kind.RELIEF, tingling.breaths, Words("", words.show, words.detail), picture)
    write.cue(Kind.ASK, routine.ask_seconds, tingling.ask, picture)
    return write.done(size)


def rest(routine: Routine, size: Size, words: Words) -> Timeline:
    """The last words of a session that ends early."""
    write = _Writer(routine, 8.0, Variation.SUPPORTED)
    write.cue(Kind.REST, routine.rest_seconds, words, "side", "stop")
    return write.done(size)


def merged(intervals: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The union of intervals, in order: a repeated minute counts once."""
    union: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return tuple(union)


def roller_seconds(line: Timeline, played: Iterable[tuple[float, float]]) -> float:
    """Seconds in the places and on the stiff spots, each second once; `played` are intervals on the timeline."""
    return sum(
        max(0.0, min(end, cue.end) - max(start, cue.at))
        for start, end in merged(played)
        for cue in line.cues
        if cue.kind in ON_THE_ROLLER
    )


def is_done(line: Timeline, played: Iterable[tuple[float, float]]) -> bool:
    """Whether enough of it was done to count (MODEL 6), to the millisecond."""
    return round(roller_seconds(line, played), 3) >= round(DONE_SHARE * line.planned, 3)


def plain(line: Timeline) -> Mapping[str, Any]:
    """The timeline as lists and dictionaries, for a page in another language."""
    return {
        "size": str(line.size),
        "variation": str(line.variation),
        "seconds": line.seconds,
        "planned": line.planned,
        "cues": [
            {**cue._asdict(), "kind": str(cue.kind), "phases": [phase._asdict() for phase in cue.phases]}
            for cue in line.cues
        ],
    }
