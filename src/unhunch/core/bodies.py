"""What each kind of fact says: one NamedTuple a kind. What is written in it is checked, read and written by codec.py.

A field without a default must be there, the others may be missing or null. `from_` and `as_` are stored without the
underscore. Words that later versions may add to are texts here: an unknown one is left alone, and equals nothing.
"""

from collections.abc import Mapping
from typing import Annotated

from unhunch.core.facts import Kind
from unhunch.core.values import GoalOf, IsoDate, Pair, Score, Seen, State, Sums, Texts, WeekName
from unhunch.core.vocabulary import Feels, Recovered, Tingling, Verdict, Was, What
from unhunch.tuples import NamedTuple


class Running(NamedTuple):
    """The daemon watched, or another program did."""

    ladder: Pair | None = None
    """Where the ladder's clock stood at the end, and for how long full screen had held: seconds."""
    source: str | None = None


class Ratings(NamedTuple):
    """What is told of a session, all of it optional."""

    stiffness_before: Score | None = None
    stiffness_after: Score | None = None
    discomfort: Score | None = None
    """The worst of it."""
    tingling: Tingling | None = None
    branches: Texts | None = None
    """What happened on the way, such as "pain" or "tingling-persisted"."""


class Session(NamedTuple):
    """A guided or logged session."""

    routine: str | None = None
    size: str | None = None
    """A routine.Size."""
    planned_s: float | None = None
    """Seconds on the roller, as planned and as done."""
    roller_s: float | None = None
    status: str | None = None
    """A Status."""
    source: str | None = None
    """A Guided."""
    ended: float | None = None
    """Unix seconds, of one that was logged."""
    ratings: Ratings = Ratings()


class Held(NamedTuple):
    """An owed prompt was not shown."""

    why: str
    """A Hold."""


class Sum(NamedTuple):
    """A day of which another program kept no more."""

    active: float | None = None
    """Seconds of input, if measured."""
    asked: int = 0
    """Rest breaks."""
    taken: int = 0
    running: bool = False
    """The day was not over."""


class Stopped(NamedTuple):
    """The daemon ended cleanly: nothing more."""


class Day(NamedTuple):
    """A logical day began."""

    date: IsoDate
    expected: float
    """Seconds of sitting."""
    goal: GoalOf | None = None
    set: bool | None = None
    """A set clock began it: nothing has ended."""


class Checkpoint(NamedTuple):
    """The whole durable state."""

    state: State


class Due(NamedTuple):
    """A session became owed."""

    number: int
    of: int
    sitting_min: float | None = None


class Shown(NamedTuple):
    """A notice was put up and taken."""

    what: What
    step: int
    reason: str
    """Why now: pause, brief, after a call, after unlocking or waited."""
    pause_s: float
    """Seconds without input."""
    waited_s: float | None = None
    """Seconds for which it could have been shown."""
    sound: bool = False
    free: bool = False
    """It comes back, and costs no cap."""
    about: str | None = None
    """An About."""
    week: WeekName | None = None
    stretch_s: float | None = None
    """Seconds of the stretch that a nudge ends."""


class LetGo(NamedTuple):
    """A notice found no pause."""

    what: Annotated[What, lambda value: value in (What.NUDGE, What.WEEK, What.ASK)]
    waited_s: float | None = None
    stretch_s: float | None = None
    week: WeekName | None = None
    about: str | None = None


class Withdrawn(NamedTuple):
    """A notice was taken back; if nobody can have seen it, with what it takes to undo it."""

    why: str
    what: str = What.SESSION
    unseen: bool = False
    step: int | None = None
    free: bool | None = None
    returning: bool | None = None
    sound: bool | None = None
    clock: float | None = None
    """Where the ladder's clock stands if it comes back, seconds."""
    about: str | None = None


class Ignored(NamedTuple):
    """Ten minutes without an answer while somebody was there."""

    what: str
    step: int


class Lapsed(NamedTuple):
    """An owed session ended unanswered."""

    as_: str
    """A Lapse."""


class Answer(NamedTuple):
    """What was done with a notice, or in its place."""

    action: str
    """An Act; of what asks a Less or a Was."""
    what: str
    by: str | None = None
    seconds: float | None = None
    """Of a snooze."""
    until_call: bool | None = None
    """It is snoozed until the call ends."""
    about: str | None = None


class Pause(NamedTuple):
    """No prompts until a time (Unix seconds), or for so many seconds of running time."""

    until: float | None = None
    seconds: float | None = None
    why: str | None = None


class Resume(NamedTuple):
    """A pause ended."""

    by: str | None = None


class Stand(NamedTuple):
    """The user stands."""

    by: str | None = None


class Sit(NamedTuple):
    """The user sits again."""

    by: str | None = None
    why: str | None = None
    """A Rose, if it ended by itself."""
    back: float | None = None
    """By so many seconds earlier a break ended it, which the user's other desks did not see."""


class Screening(NamedTuple):
    """The safety questions were answered."""

    verdict: Verdict


class Recovery(NamedTuple):
    """How it is now, before the session after a stop."""

    feels: Recovered


class Slip(NamedTuple):
    """A stop was told by mistake, by the fact with this key."""

    fact: str


class Rated(NamedTuple):
    """Ratings given later."""

    session: str | None = None
    """The key of its fact."""
    ratings: Ratings = Ratings()


class Morning(NamedTuple):
    """How the morning after a session felt."""

    feels: Feels


class Decided(NamedTuple):
    """A decision of the programme. Its reason in words is made when it is read; what 0.1 wrote holds it as "why"."""

    decision: str | None = None
    rule: str | None = None
    """A name of rules.TABLE."""
    from_: GoalOf | None = None
    to: GoalOf | None = None
    figures: Seen | None = None
    """What it saw: rules.Figures."""
    answer: str | None = None
    """Of an offer that was declined: "decline"."""
    mode: str | None = None
    at_once: bool | None = None
    """It was noticed between two reviews."""
    asks: bool | None = None
    """An offer that asks first whether the sessions hurt."""
    hurt: bool | None = None


class Goal(Decided):
    """The goal changed."""


class Offer(Decided):
    """A step up was offered, or declined."""


class Review(Decided):
    """A review changed nothing; or something stopped, or became easy, at once."""


class Choice(NamedTuple):
    """The week's one choice."""

    week: WeekName | None = None
    choice: str | None = None
    answer: str | None = None


class Correction(NamedTuple):
    """From one Unix second to another it was otherwise than it seemed."""

    from_: float
    to: float
    as_: Was


class Undo(NamedTuple):
    """The fact with this key is taken back."""

    fact: str


class Clock(NamedTuple):
    """The wall clock was set by so many seconds; or the machine stood still for as long."""

    step: float
    frozen: bool | None = None


class Imported(NamedTuple):
    """Records of others came or went: this is said in place of what the last one said."""

    days: Sums
    """ISO dates, each with seconds of sitting."""
    expected: float | None = None
    """Seconds of sitting to expect today."""


Body = (
    Running | Session | Held | Sum | Stopped | Day | Checkpoint | Due | Shown | LetGo | Withdrawn | Ignored | Lapsed
    | Answer | Pause | Resume | Stand | Sit | Screening | Recovery | Slip | Rated | Morning | Goal | Offer | Review
    | Choice | Correction | Undo | Clock | Imported
)  # fmt: skip

BODIES: Mapping[Kind, type[Body]] = {
    Kind.RUNNING: Running,
    Kind.SESSION: Session,
    Kind.HELD: Held,
    Kind.SUM: Sum,
    Kind.STOPPED: Stopped,
    Kind.DAY: Day,
    Kind.CHECKPOINT: Checkpoint,
    Kind.DUE: Due,
    Kind.SHOWN: Shown,
    Kind.LET_GO: LetGo,
    Kind.WITHDRAWN: Withdrawn,
    Kind.IGNORED: Ignored,
    Kind.LAPSED: Lapsed,
    Kind.ANSWER: Answer,
    Kind.PAUSE: Pause,
    Kind.RESUME: Resume,
    Kind.STAND: Stand,
    Kind.SIT: Sit,
    Kind.SCREENING: Screening,
    Kind.RECOVERY: Recovery,
    Kind.SLIP: Slip,
    Kind.RATED: Rated,
    Kind.MORNING: Morning,
    Kind.GOAL: Goal,
    Kind.OFFER: Offer,
    Kind.REVIEW: Review,
    Kind.CHOICE: Choice,
    Kind.CORRECTION: Correction,
    Kind.UNDO: Undo,
    Kind.CLOCK: Clock,
    Kind.IMPORTED: Imported,
}
"""The kinds that say something beside when they were."""
KINDS: Mapping[type[Body], Kind] = {says: kind for kind, says in BODIES.items()}
