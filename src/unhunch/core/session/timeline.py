"""When each thing is said and shown in a guided session (MODEL 6): a routine and a size become a list of timed cues.

The numbers are the routine's; the shape of a session is here: getting down, set-up, places from top to bottom with
half time between them, the stiff ones again, the end.
All times are seconds from the beginning of the timeline, pauses left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from unhunch.core.session.pace import LEAD
from unhunch.core.session.routine import RULES, Movement, Plan, Routine, Step, Variation, Words
from unhunch.core.vocabulary import Size
from unhunch.tuples import NamedTuple

CHIME_LEAD = LEAD


class Kind(StrEnum):
    LANDMARK = "landmark"
    DOWN = "down"  # getting down: the safety words and the count, before the clock
    SETUP = "setup"
    MOVE = "move"
    POSITION = "position"
    HALF = "half"
    TRAVEL = "travel"
    STIFF = "stiff"
    CLOSING = "closing"
    RELIEF = "relief"  # elbows in, or weight eased off
    ASK = "ask"  # the clock stands still until the user answers
    REST = "rest"  # the last words of a session that ends early


BEFORE_THE_CLOCK = frozenset({Kind.LANDMARK, Kind.DOWN})

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
    picture: str


class Cue(NamedTuple):
    kind: Kind
    at: float
    seconds: float
    spoken: str
    """Said when the cue begins; empty where the phases speak."""
    shown: str
    detail: str
    picture: str
    """A place of the routine, "landmark", "lying", "side" or empty."""
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
        """How long it takes, getting down included."""
        return self.cues[-1].end if self.cues else 0.0

    @property
    def begins(self) -> float:
        """The second at which the session's clock starts: the user lies on the roller."""
        return max((cue.end for cue in self.cues if cue.kind in BEFORE_THE_CLOCK), default=0.0)

    @property
    def length(self) -> float:
        """How long the session takes by its clock (MODEL 6's totals)."""
        return self.seconds - self.begins

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

    def __init__(self, routine: Routine, breath_seconds: float, variation: Variation, *, hips: bool = False) -> None:
        self.routine = routine
        self.breath_seconds = breath_seconds
        self.variation = variation
        self.hips = hips
        """They stay raised while working."""
        self.cues: list[Cue] = []
        self.at = 0.0
        self.said: Counter[str] = Counter()
        """How often each movement came."""
        self.moved = False

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

    def steps(self, kind: Kind, steps: Iterable[Step], *, chime: str = "change") -> None:
        for step in steps:
            wanted = (self.variation, "hips_raised" if self.hips else "")
            words = next((step.variants[key] for key in wanted if key in step.variants), step.words)
            self.cue(kind, step.seconds, words, step.picture, chime)

    def getting_down(self) -> None:
        """The safety words, then the count. No chimes: nothing changes yet."""
        self.steps(Kind.DOWN, [self.routine.greeting])
        for rule in (self.routine.rules[name] for name in RULES):
            self.cue(Kind.DOWN, rule.seconds, Words(rule.say, rule.show, rule.line), "lying", "")
        self.steps(Kind.DOWN, [self.routine.count], chime="")

    def move(self, kind: Kind, seconds: float, place: str, shown: str, picture: str, leave: str = "") -> None:
        """From one place to another: abs braced while the hips are up, then hips down."""
        moves = self.routine.moves
        brace = moves.raised if self.hips else moves.first if not self.moved else moves.brace
        down = "" if self.hips else moves.down
        said = " ".join(part for part in (brace, place, down, leave) if part)
        if kind is Kind.MOVE:
            self.moved = True
        self.cue(kind, seconds, Words(said, shown, moves.show_raised if self.hips else moves.show), picture)

    def breaths(self, kind: Kind, movements: Sequence[str], words: Words, picture: str, counted: str = "") -> None:
        """One cue of several breaths. `counted` is said with the first one, which then is not explained."""
        inhale = self.breath_seconds * self.routine.inhale_share
        phases: list[Phase] = []
        at = 0.0
        for name in movements:
            movement = self._movement(name)
            turn = self.said[movement.name]
            for way, half, seconds in (
                ("in", movement.breathe_in, inhale),
                ("out", movement.breathe_out, self.breath_seconds - inhale),
            ):
                say = half.brief[(turn - 1) % len(half.brief)] if turn else half.say
                phases.append(Phase(way, at, seconds, (at == 0.0 and counted) or say, half.show, half.picture))
                at += seconds
            self.said[movement.name] += 1
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


def shape(routine: Routine, size: Size) -> Plan:
    """What a size consists of. The first session is the standard one with the short one's stiff spot at its end."""
    short = routine.plans[Size.SHORT]
    match size:
        case Size.FIRST:
            plan = routine.plans[Size.STANDARD]
            return plan._replace(stiff_spots=short.stiff_spots, stiff_breaths=short.stiff_breaths, hips_raised=False)
        case Size.EASY:
            return short._replace(hips_raised=False)
        case _other:
            return routine.plans[size]


def _half_after(routine: Routine, plan: Plan, breath_seconds: float) -> int:
    """The number of the place after which half of the session is over, as nearly as places allow; never the last."""
    places, stiff = len(plan.positions), plan.stiff_spots
    place = len(plan.breaths) * breath_seconds
    setup, closing = (sum(step.seconds for step in steps) for steps in (plan.setup, plan.closing))
    spots = stiff * (routine.travel_seconds + len(plan.stiff_breaths) * breath_seconds)
    whole = setup + places * place + (places - 1) * routine.move_seconds + routine.half.seconds + spots + closing
    ends = {n: setup + n * place + (n - 1) * routine.move_seconds for n in range(1, places)}
    return min(ends, key=lambda n: abs(ends[n] - whole / 2), default=1)


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
    plan = shape(routine, size)
    write = _Writer(routine, breath_seconds, gentlest(size, variation), hips=hips_raised and plan.hips_raised)
    if landmark:
        write.steps(Kind.LANDMARK, routine.landmark)
    write.getting_down()
    write.steps(Kind.SETUP, plan.setup)

    carried = {
        Variation.OPEN: "",
        Variation.ELBOWS_IN: routine.elbows_in_show,
        Variation.SUPPORTED: routine.supported_show,
    }[write.variation]
    brace = routine.moves.show_raised if write.hips else ""

    def detail(*parts: str) -> str:
        return " · ".join(part.rstrip(".") for part in parts if part)

    half = _half_after(routine, plan, breath_seconds)
    for number, name in enumerate(plan.positions, 1):
        place = routine.positions[name]
        if number > 1:
            write.move(Kind.MOVE, routine.move_seconds, place.move, place.name, name)
        words = Words("", place.name, detail(place.detail, carried, brace))
        counted = routine.counted(number, len(plan.positions)) if number > 1 else ""
        write.breaths(Kind.POSITION, plan.breaths, words, name, counted)
        if number == half:
            write.cue(Kind.HALF, routine.half.seconds, Words(routine.half_said, *routine.half.words[1:]), name)
    for number in range(plan.stiff_spots):
        say = routine.stiff.say[min(number, len(routine.stiff.say) - 1)]
        shown, picture = routine.stiff.show, ""
        leave = "" if number else routine.stiff.leave
        if number < len(marked):
            place = routine.positions[marked[number]]
            say, shown, picture, leave = place.back, place.name, place.id, ""
        write.moved = True
        write.move(Kind.TRAVEL, routine.travel_seconds, say, shown, picture, leave)
        words = Words("", shown, detail(routine.stiff.detail, carried, brace))
        write.breaths(Kind.STIFF, plan.stiff_breaths, words, picture)
    write.steps(Kind.CLOSING, plan.closing)
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
    """The last words of a session that ends early, and when help is needed."""
    write = _Writer(routine, 8.0, Variation.SUPPORTED)
    write.cue(Kind.REST, routine.rest_seconds, words, "side", "stop")
    alarm = routine.rules["help"]
    write.cue(Kind.REST, routine.rest_seconds, Words(alarm.say, alarm.show, alarm.line), "side", "")
    return write.done(size)


def plain(line: Timeline) -> Mapping[str, Any]:
    """The timeline as lists and dictionaries, for a page in another language."""
    return {
        "size": str(line.size),
        "variation": str(line.variation),
        "seconds": line.seconds,
        "begins": line.begins,
        "planned": line.planned,
        "cues": [
            {**cue._asdict(), "kind": str(cue.kind), "phases": [phase._asdict() for phase in cue.phases]}
            for cue in line.cues
        ],
    }
