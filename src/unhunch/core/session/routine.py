"""A routine: what is done on the roller, as data (MODEL 6).

A file is read by session/routine_file.py, outside the core. When things happen is timeline.py's; what the user answers
on the way is guide.py's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from unhunch.core.vocabulary import Size
from unhunch.tuples import NamedTuple

FORMAT = 2
"""Version of the file format."""

BREATH = 8.0
"""Seconds of the quickest breath that can be chosen; what is said in it has to fit."""


class Variation(StrEnum):
    """How the weight is carried. Later ones are gentler."""

    OPEN = "open"
    ELBOWS_IN = "elbows_in"
    SUPPORTED = "supported"


RULES = ("place", "gentle", "tingling", "pressure", "pain", "help")
"""What must be spoken before a session, in this order: where, how, and what the body does when something is wrong."""

BRANCHES = ("tingling", "pressure", "pain")
"""The rules that are said again at half time."""

POSES = ("lying", "curled", "eased", "leaning")
"""What the drawings from the side show."""

HOW = (*POSES, "moving", "staying")
"""What the body does: a sentence for each, shown beside the drawings and printed."""


class Words(NamedTuple):
    """One thing to say and show."""

    say: str
    show: str
    detail: str = ""


class Step(NamedTuple):
    """A timed sentence."""

    seconds: float
    words: Words
    picture: str = ""
    variants: Mapping[str, Words] = {}
    """Other words under "elbows_in", "supported" or "hips_raised"."""


class Rule(NamedTuple):
    """A rule that keeps from harm: spoken while the user gets down, shown and printed as `line`."""

    seconds: float
    say: str
    brief: str
    """For half time; empty where it is not said again."""
    show: str
    line: str


class Half(NamedTuple):
    """One half of a breath: in or out."""

    say: str
    brief: tuple[str, ...]
    """Said in turn from the second time on."""
    show: str
    picture: str
    """One of POSES, which the drawing from the side shows meanwhile."""


class Movement(NamedTuple):
    name: str
    breathe_in: Half
    breathe_out: Half
    elbows_in: str
    """Name of the movement done instead while the elbows stay in; empty for the same."""


class Position(NamedTuple):
    """A place of the upper back. `about` names the vertebrae and is never spoken."""

    id: str
    name: str
    detail: str
    about: str
    move: str
    back: str


class Moves(NamedTuple):
    """What is said around the name of a place, at each change of place: abs braced whenever the hips are up."""

    brace: str
    first: str
    """Instead of `brace` at the first of a session: how it is done."""
    down: str
    raised: str
    """Instead of both where the hips stay raised."""
    show: str
    show_raised: str
    line: str


class Stiff(NamedTuple):
    say: tuple[str, ...]
    leave: str
    """How to leave it out, after the first of `say`."""
    show: str
    detail: str


class Plan(NamedTuple):
    """One size: which places, which breaths, how many stiff spots."""

    label: str
    setup: tuple[Step, ...]
    positions: tuple[str, ...]
    breaths: tuple[str, ...]
    stiff_spots: int
    stiff_breaths: tuple[str, ...]
    closing: tuple[Step, ...]
    hips_raised: bool


class Tingling(NamedTuple):
    """What is said and done when a hand tingles or the pressure is too much."""

    breaths: tuple[str, ...]
    elbows_in: Words
    supported: Words
    ask: Words
    persisted: Words


@dataclass(frozen=True, slots=True)
class Routine:
    name: str
    title: str
    language: str
    needs: str
    doctor: str
    """Always shown."""
    screening: tuple[str, ...]
    how: Mapping[str, str]
    """A sentence for each of HOW."""
    rules: Mapping[str, Rule]
    greeting: Step
    count: Step
    """Counted aloud to the start of the clock, ten numbers."""
    landmark: tuple[Step, ...]
    positions: Mapping[str, Position]
    movements: Mapping[str, Movement]
    moves: Moves
    move_seconds: float
    travel_seconds: float
    inhale_share: float
    place_count: str
    half: Step
    stiff: Stiff
    elbows_in_show: str
    supported_show: str
    pause: Step
    pause_over: Step
    tingling: Tingling
    pain: Words
    rest_seconds: float
    ask_seconds: float
    plans: Mapping[Size, Plan]

    @property
    def safety(self) -> tuple[str, ...]:
        """The rules as they are shown and printed."""
        lines = {name: rule.line for name, rule in self.rules.items()}
        return (lines["place"], lines["gentle"], self.moves.line, *(lines[name] for name in RULES[2:]))

    def counted(self, number: int, count: int) -> str:
        """Said when a place begins: which of how many it is."""
        return self.place_count.format(number=number, count=count)

    @property
    def half_said(self) -> str:
        return " ".join([self.half.words.say, *(self.rules[name].brief for name in BRANCHES)])
