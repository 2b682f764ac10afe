"""The closed sets of words that facts, commands and sessions speak in. What a person reads is made of them elsewhere.

Members are texts: what is stored is the word itself, and what was stored by another version compares with it.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class What(StrEnum):
    """What a notice is."""

    SESSION = "session"
    NUDGE = "nudge"
    WEEK = "week"
    ASK = "ask"


class About(StrEnum):
    """What a notice asks about."""

    LESS = "less"  # whether to go on asking; it stands for step 1 of the owed session
    GAP = "gap"  # what a gap was


class Act(StrEnum):
    """What is done with a notice. One that asks is also answered with a Less or a Was."""

    START = "start"
    SNOOZE = "snooze"
    SKIP = "skip"
    STAND = "stand"
    DISMISS = "dismiss"
    OPEN = "open"


class Less(StrEnum):
    """Whether to go on asking somebody who does no session."""

    KEEP = "keep"
    FEWER = "fewer"
    STOP = "stop"


class Was(StrEnum):
    """What a time was, as the user says afterwards."""

    AWAY = "away"
    SITTING = "sitting"
    STANDING = "standing"


class By(StrEnum):
    """Where an answer was given."""

    NOTICE = "notice"
    TRAY = "tray"
    CLI = "cli"
    ITSELF = "itself"  # by nobody: a pause was over, standing has ended


class Rose(StrEnum):
    """Why standing ended by itself."""

    BREAK = "break"  # nothing was touched for so long that it was none
    LIMIT = "limit"


class Hold(StrEnum):
    """Why a prompt is not shown, strongest first; in words: prompts.ladder.HOLDS."""

    SESSION = "session"
    PAUSED = "paused"
    HOURS = "hours"
    BLIND = "blind"
    LOCKED = "locked"
    STANDING = "standing"
    AWAY = "away"
    GAP = "gap"
    PARTIAL = "partial"
    CALL = "call"
    SHARED = "shared"
    CALENDAR = "calendar"
    QUIET = "quiet"
    MUTED = "muted"
    BREAK_DUE = "break_due"
    FULLSCREEN = "fullscreen"
    SNOOZED = "snoozed"


class Lapse(StrEnum):
    """As what an owed session ended that nobody answered."""

    MISSED = "missed"
    NOT_ASKED = "not-asked"


class Size(StrEnum):
    """How long a session is. `first` and `easy` are derived from standard and short (MODEL 5 and 6)."""

    SHORT = "short"
    STANDARD = "standard"
    LONG = "long"
    FIRST = "first"
    EASY = "easy"


CHOICES = (Size.SHORT, Size.STANDARD, Size.LONG)
"""The sizes that a routine file describes and that a user can choose."""


class Status(StrEnum):
    """How far a session came."""

    DONE = "done"
    PARTIAL = "partial"
    UNKNOWN = "unknown"  # played to where it would be done, but nobody gave a sign of being there


class Guided(StrEnum):
    """What guided a session."""

    PAGE = "page"
    TERMINAL = "terminal"
    LOG = "log"  # nothing: it was told afterwards


class Tingling(StrEnum):
    """In hands or arms, during a session."""

    NONE = "none"
    CLEARED = "cleared"
    PERSISTED = "persisted"


class Feels(StrEnum):
    """How the morning after a session felt."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class Recovered(StrEnum):
    """How it is now, asked before the session after a stop."""

    GONE = "gone"
    STILL = "still"
    WORSE = "worse"


class Verdict(StrEnum):
    """What the safety questions came to; never which answer."""

    PASS = "pass"  # noqa: S105 - no password
    ASK_DOCTOR = "ask-doctor"
    CONFIRMED = "confirmed"  # that a clinician was asked
    UNABLE = "unable"  # no roller, or no lying on the floor


UNSEEN = "unseen"
"""Why of a notice taken back since nothing told that it was ever on the screen."""
SCORE = range(11)
"""0 is none, 10 the worst."""
RATINGS: Mapping[str, Sequence[int | str]] = {
    "stiffness_before": SCORE,
    "stiffness_after": SCORE,
    "discomfort": SCORE,
    "tingling": tuple(Tingling),
}
"""What can be told of a session, each thing or none of them, and what may be said of it."""
