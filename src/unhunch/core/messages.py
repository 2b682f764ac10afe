"""What goes into the engine (events) and what comes out (effects). Frozen values, nothing else."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from unhunch.core.bodies import Body
from unhunch.core.facts import Fact
from unhunch.core.moment import Moment
from unhunch.tuples import NamedTuple


class Around(NamedTuple):
    """What surrounds the user. None: cannot know, which holds nothing back and counts nothing."""

    locked: bool | None = None
    asleep: bool | None = None
    in_call: bool | None = None
    inhibited: bool | None = None
    quiet: bool | None = None
    """Do-not-disturb."""
    shared: bool | None = None
    """Others see the screen, or a recording will show it."""
    fullscreen: bool | None = None
    muted: bool | None = None
    """A notice put up now would not be seen: no server, switched off for us, refused a moment ago."""
    reminds: bool | None = None
    """The desktop asks to move by itself."""
    covered: bool | None = None
    """The desktop hides notices behind a window in full screen."""
    break_due: bool | None = None
    """A break of the desktop's own is due or being taken."""
    busy: bool | None = None
    """An event of the user's calendar is on, or about to begin."""


NOTHING_KNOWN = Around()


# Events ---------------------------------------------------------------------------------------------------------------


class Started(NamedTuple):
    """The daemon began to watch. `run` names this run: keys of facts begin with it."""

    at: Moment
    boot_id: str
    run: str


class Stopping(NamedTuple):
    """The daemon ends cleanly."""

    at: Moment


class Look(NamedTuple):
    """One observation. `quiet`: seconds without input as (at least, at most); None = blind."""

    at: Moment
    quiet: tuple[float, float] | None
    around: Around = NOTHING_KNOWN
    rings: bool = False
    """The source will ring at the next input, so being away needs no polling."""
    typed: tuple[tuple[float, float], ...] = ()
    """Runs of input since the last look, from and to so many seconds ago, with no gap in them that would matter
    (recorded days only)."""
    late: float = 0.0
    """Seconds by which it comes later than was ordered, asleep not counted: the daemon could not look meanwhile."""


class Answered(NamedTuple):
    """A notice's button, a tray entry or a command: action is start, snooze, skip, stand, dismiss or open."""

    at: Moment
    action: str
    what: str = "session"
    by: str = "cli"
    seconds: float | None = None
    until_call: bool = False


class Shown(NamedTuple):
    """The notice of the last `Show` was taken. Each `Show` is answered by this or by `NotShown`."""

    at: Moment
    ends: bool = False
    """Once it was on the screen its end is told: while nothing is told, nobody is known to have seen it."""


class NotShown(NamedTuple):
    """It was not taken: nothing has been shown, and what waited goes on waiting."""

    at: Moment
    why: str


class Gone(NamedTuple):
    """A bubble left the screen without an answer: expired, or lost with its server."""

    at: Moment
    slot: str
    why: str


class Paused(NamedTuple):
    """No prompts: for `seconds` of running time, or until a wall time (Unix seconds)."""

    at: Moment
    until: float | None = None
    seconds: float | None = None
    why: str = ""


class Resumed(NamedTuple):
    at: Moment


class Stood(NamedTuple):
    at: Moment


class Sat(NamedTuple):
    at: Moment


class SessionBegan(NamedTuple):
    """A guided session began; body as in bodies.Session. `key`: the name of its fact, which whoever guides it gives."""

    at: Moment
    body: Mapping[str, Any]
    key: str = ""


class SessionPulse(NamedTuple):
    """It goes on; body holds what has been done so far, so that a killed page leaves a partial session."""

    at: Moment
    body: Mapping[str, Any]
    key: str = ""


class SessionEnded(NamedTuple):
    at: Moment
    body: Mapping[str, Any]
    key: str = ""


class Logged(NamedTuple):
    """A session done away from the screen; body as in bodies.Session, with "ended" (Unix seconds)."""

    at: Moment
    body: Mapping[str, Any]


class Told(NamedTuple):
    """The user told something that is only recorded: a rating, a morning, a screening, a choice, an accepted offer."""

    at: Moment
    said: Body


class Corrected(NamedTuple):
    """From `start` to `end` (Unix seconds) the user was away, sitting or standing."""

    at: Moment
    start: float
    end: float
    presence: str


class Undone(NamedTuple):
    """Take the last answer back."""

    at: Moment


class Refolded(NamedTuple):
    """The stored facts were folded again: what follows at once from what they say now?"""

    at: Moment


class Imported(NamedTuple):
    """Records of other programs or machines came or went: what the lately valid days come to now."""

    at: Moment
    days: Sequence[tuple[str, float]]
    """ISO dates with seconds of sitting."""


class Arrived(NamedTuple):
    """Facts of another desk were stored: what was lived is folded anew with them."""

    at: Moment


class Forgot(NamedTuple):
    """What was lived before a day (ISO date) is about to be deleted: go on from a checkpoint that does not hold it."""

    at: Moment
    before: str


Event = (
    Started
    | Stopping
    | Look
    | Answered
    | Shown
    | NotShown
    | Gone
    | Paused
    | Resumed
    | Stood
    | Sat
    | SessionBegan
    | SessionPulse
    | SessionEnded
    | Logged
    | Told
    | Corrected
    | Undone
    | Refolded
    | Imported
    | Arrived
    | Forgot
)


# Effects --------------------------------------------------------------------------------------------------------------


class Prompt(NamedTuple):
    """A notice in the words of the core; the daemon gives it its texts and buttons."""

    what: str
    """session, nudge, week, ask: also the bubble's slot, except that a nudge takes the session's."""
    step: int = 1
    number: int = 1
    of: int = 1
    size: str = "short"
    breath: float = 8.0
    """Seconds, which with the size make the session's length."""
    sound: bool = False
    critical: bool = False
    text: int = 0
    """Rotates through the variants of the wording."""
    note: str = ""
    """week: which; ask: about what, "less" or "gap"."""
    gap: tuple[float, float] | None = None
    """Asks what was from one second of Unix time to another."""
    utc_offset: int = 0
    morning: bool = False
    """How the morning after the last session felt has not been told yet."""
    recovery: bool = False
    """A stop went before: the session is easy, and asks first how it is now."""


class Show(NamedTuple):
    """Put it up, and say by `Shown` or `NotShown` what came of it: sent is not shown."""

    prompt: Prompt


class Withdraw(NamedTuple):
    why: str


class Write(NamedTuple):
    """Write in one transaction: new facts, and open spans with their new lengths (seconds) and bodies."""

    facts: tuple[Fact, ...]
    lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]


class Need(NamedTuple):
    """Seconds of sitting after which something may be due; infinite for nothing."""

    on_end: float
    """Without a break meanwhile."""
    broken: float
    """With breaks, which do not count."""
    anew: float
    """Without a break, in a stretch that has not begun yet."""


NOTHING = Need(inf, inf, inf)


class WakeAt(NamedTuple):
    """When to look again, in seconds from now: by habit, if input goes on, and if none comes.

    The daemon takes the least; a player of recorded days, who knows what comes, skips what cannot matter.
    """

    look: float
    busy: float
    idle: float
    pausing: bool = False
    """A prompt waits for a natural pause: short gaps matter."""
    bell: bool = False
    """Being away: wait for the bell instead of looking."""
    ahead: float = inf
    """Something happens then, whatever the user does."""
    due: Need = NOTHING
    """Something may be due at the first input from then on; it may be over already."""
    gap: float = inf
    """The shortest gap that matters now."""
    returns: bool = False
    """Each gap over a minute matters, and each input that ends one."""


class Refold(NamedTuple):
    """History was corrected: fold the stored facts again, then tell it with `Refolded`."""


class Launch(NamedTuple):
    """Start the guided session."""

    size: str


class OpenWeek(NamedTuple):
    """Open the weekly report."""


class Happened(NamedTuple):
    """For followers (`events --follow`) and hooks: what changed, by the names and fields of told.py."""

    name: str
    data: Mapping[str, Any]


Effect = Show | Withdraw | Write | WakeAt | Refold | Launch | OpenWeek | Happened
