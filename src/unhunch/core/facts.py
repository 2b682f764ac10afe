"""History: the facts that are stored, append-only. Evidence is stored, presence is derived (sitting.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a fact says. Spans have a length; points have none."""

    # Evidence: spans.
    INPUT = "input"  # keyboard or mouse were touched, gaps up to 60 s merged
    LOCKED = "locked"  # screen locked or session switched away
    ASLEEP = "asleep"  # machine suspended
    CALL = "call"  # microphone or camera in use
    INHIBITED = "inhibited"  # something keeps the screen from going idle: a film
    BLIND = "blind"  # the activity source could not see
    PARTIAL = "partial"  # it saw a part: the last input may be just now, or long ago
    RUNNING = "running"  # the daemon was running; body: {"ladder": seconds, "source": name}
    SESSION = "session"  # a guided or logged session; body: see Fact
    HELD = "held"  # an owed prompt was not shown; body: {"why": hold name}
    STANDING = "standing"  # the user said so; body: {"until": reason}
    SUM = "sum"  # a day of which another program kept no more, from its first input to its last; body: {"active":
    # seconds of input, or null if not measured, "asked", "taken": rest breaks, "running": the day was not over}

    # Points.
    STOPPED = "stopped"  # the daemon ended cleanly
    DAY = "day"  # a logical day began; body: {"date", "goal", "expected"}, and {"set": true} if by a set clock
    CHECKPOINT = "checkpoint"  # the whole durable state at a day turn
    DUE = "due"  # a session became owed; body: {"number", "of", "threshold_min", "reason"}
    SHOWN = "shown"  # a notice; body: {"what": session|nudge|week|ask, "step", "reason", "pause_s", "sound", "free"}
    # ask with "about": "less" stands for step 1 of the owed session
    WITHDRAWN = "withdrawn"  # a notice was taken back; body: {"why"}
    IGNORED = "ignored"  # ten minutes without an answer while present; body: {"what", "step"}
    LET_GO = (
        "let-go"  # a notice found no pause; body: {"what": nudge|week|ask, "waited_s", "stretch_s", "week", "about"}
    )
    LAPSED = "lapsed"  # an owed session ended unanswered; body: {"as": missed|not-asked}
    ANSWER = "answer"  # body: {"action": start|snooze|skip, "what", "seconds", "until_call", "by": notice|tray|cli}
    # and on what is "ask": {"action": keep|fewer|stop}, with "about": "gap": {"action": away|sitting|standing}
    PAUSE = "pause"  # body: {"until": Unix seconds, "why"}
    RESUME = "resume"
    STAND = "stand"
    SIT = "sit"
    SCREENING = "screening"  # body: {"verdict": pass|ask-doctor|confirmed}; never which answer
    RECOVERY = "recovery"  # how it is now, before the session after a stop; body: {"feels": gone|still|worse}
    SLIP = "slip"  # a stop was told by mistake; body: {"fact": id of what told it}
    RATED = "rated"  # ratings given after a session; body: {"session": fact id, ...}
    MORNING = "morning"  # body: {"feels": better|same|worse}
    GOAL = "goal"  # the goal changed; body: see Fact
    OFFER = "offer"  # a step up was offered, or with "answer": "decline" declined; body: see Fact
    REVIEW = "review"  # a review that changed nothing, or with "at_once" a stop or easy sessions; body: see Fact
    CHOICE = "choice"  # the week's one choice; body: {"week", "choice", "answer"}
    CORRECTION = "correction"  # body: {"from", "to": Unix seconds, "as": away|sitting|standing}
    UNDO = "undo"  # body: {"fact": id of the fact taken back}
    CLOCK = "clock"  # the wall clock was set; body: {"step": seconds}, and {"frozen": true} if the machine stood still
    IMPORTED = "imported"  # other records came or went; body: {"days": [[ISO date, seconds of sitting], ...],
    # "expected": seconds of sitting to expect today}, in place of what the last one said


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


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of history.

    `wall` and `boot` are where it began: Unix seconds, and seconds on the clock that runs through suspend,
    so that a span's place among its neighbours survives a change of the wall clock. `length` is in seconds of
    that running clock, 0 for points. `day` is the logical day (ISO date) it belongs to.

    The body of a SESSION holds: {"routine", "size": short|standard|long|first|easy, "planned_s": roller seconds
    planned, "roller_s": roller seconds done, "status": done|partial|unknown, "source": page|terminal|log,
    "branches": [...],
    "stiffness_before", "stiffness_after", "discomfort": 0-10 or absent, "tingling": none|cleared|persisted or absent}.

    The body of GOAL, OFFER and REVIEW is a decision of the programme: {"decision", "rule": a name of programme.TABLE,
    "from", "to": goals, "figures": what it saw, see programme.Figures}. Its reason in words is made when it is read;
    what 0.1 wrote holds it too, as "why" and "language".
    """

    kind: Kind
    wall: float
    utc_offset: int
    boot_id: str
    boot: float
    length: float = 0.0
    day: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    """Unique name of the fact, given by whoever made it: importing it twice changes nothing."""
    device: str = ""
    """The machine it comes from; empty for this one."""

    @property
    def end(self) -> float:
        """Unix seconds of its end, by the running clock."""
        return self.wall + self.length
