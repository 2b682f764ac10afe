"""History: the facts that are stored, append-only. Evidence is stored, presence is derived (presence)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from unhunch.tuples import NamedTuple


class Kind(StrEnum):
    """What a fact is. Spans have a length; points have none. What each says beside: bodies.py."""

    # Evidence: spans.
    INPUT = "input"  # keyboard or mouse were touched, gaps up to 60 s merged
    LOCKED = "locked"  # screen locked or session switched away
    ASLEEP = "asleep"  # machine suspended
    CALL = "call"  # microphone or camera in use
    INHIBITED = "inhibited"  # something keeps the screen from going idle: a film
    BLIND = "blind"  # the activity source could not see
    PARTIAL = "partial"  # it saw a part: the last input may be just now, or long ago
    RUNNING = "running"  # the daemon was running
    SESSION = "session"  # a guided or logged session
    HELD = "held"  # an owed prompt was not shown
    STANDING = "standing"  # the user said so
    SUM = "sum"  # a day of which another program kept no more, from its first input to its last

    # Points.
    STOPPED = "stopped"  # the daemon ended cleanly
    DAY = "day"  # a logical day began
    CHECKPOINT = "checkpoint"  # the whole durable state at a day turn
    DUE = "due"  # a session became owed
    SHOWN = "shown"  # a notice
    WITHDRAWN = "withdrawn"  # a notice was taken back
    IGNORED = "ignored"  # ten minutes without an answer while present
    LET_GO = "let-go"  # a notice found no pause
    LAPSED = "lapsed"  # an owed session ended unanswered
    ANSWER = "answer"  # what was done with a notice, or in its place
    PAUSE = "pause"
    RESUME = "resume"
    STAND = "stand"
    SIT = "sit"
    SCREENING = "screening"  # the safety questions were answered; never which answer
    RECOVERY = "recovery"  # how it is now, before the session after a stop
    SLIP = "slip"  # a stop was told by mistake
    RATED = "rated"  # ratings given after a session
    MORNING = "morning"  # how the morning after felt
    GOAL = "goal"  # the goal changed
    OFFER = "offer"  # a step up was offered or declined
    REVIEW = "review"  # a review that changed nothing; a stop or easy sessions, at once
    CHOICE = "choice"  # the week's one choice
    CORRECTION = "correction"  # a time was otherwise than it seemed
    UNDO = "undo"  # a fact is taken back
    CLOCK = "clock"  # the wall clock was set, or the machine stood still
    IMPORTED = "imported"  # other records came or went

    __hash__ = str.__hash__  # equal to its text, and looked up a hundred thousand times a year: Enum's is in Python


SPANS = frozenset(
    {
        Kind.INPUT,
        Kind.LOCKED,
        Kind.ASLEEP,
        Kind.CALL,
        Kind.INHIBITED,
        Kind.BLIND,
        Kind.PARTIAL,
        Kind.RUNNING,
        Kind.SESSION,
        Kind.HELD,
        Kind.STANDING,
        Kind.SUM,
    }
)

PERSONAL = frozenset(
    {
        Kind.ANSWER,
        Kind.PAUSE,
        Kind.RESUME,
        Kind.STAND,
        Kind.SIT,
        Kind.SCREENING,
        Kind.RECOVERY,
        Kind.SLIP,
        Kind.SESSION,
        Kind.RATED,
        Kind.MORNING,
        Kind.GOAL,
        Kind.OFFER,
        Kind.REVIEW,
        Kind.CHOICE,
        Kind.CORRECTION,
        Kind.UNDO,
    }
)
"""What a person did: written with synchronous=FULL."""

UNDOABLE = frozenset(
    {
        Kind.ANSWER,
        Kind.PAUSE,
        Kind.RESUME,
        Kind.STAND,
        Kind.SIT,
        Kind.SESSION,
        Kind.SCREENING,
        Kind.RECOVERY,
        Kind.RATED,
        Kind.MORNING,
        Kind.GOAL,
        Kind.OFFER,
        Kind.CORRECTION,
        Kind.CHOICE,
    }
)
"""What `undo` can take back; of GOAL and OFFER, an answer to an offer."""


IMPORTED = "import:"
"""Boot ids of histories that other tools recorded begin so."""


NO_BODY: Mapping[str, Any] = MappingProxyType({})


class Fact(NamedTuple):
    """One row of history.

    `wall` and `boot` are where it began: Unix seconds, and seconds on the clock that runs through suspend,
    so that a span's place among its neighbours survives a change of the wall clock. `length` is in seconds of
    that running clock, 0 for points. `day` is the logical day (ISO date) it belongs to.
    `body` holds plain values: they are read as one of the tuples of bodies.py.
    """

    kind: Kind
    wall: float
    utc_offset: int
    boot_id: str
    boot: float
    length: float = 0.0
    day: str = ""
    body: Mapping[str, Any] = NO_BODY
    key: str = ""
    """Unique name of the fact, given by whoever made it: importing it twice changes nothing."""
    device: str = ""
    """The machine it comes from; empty for this one."""

    @property
    def end(self) -> float:
        """Unix seconds of its end, by the running clock."""
        return self.wall + self.length
