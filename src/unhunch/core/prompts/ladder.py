"""When a prompt may be shown, and how it escalates (MODEL 3 and 4).

Whatever decides is named, so that `why` says what decided and cannot disagree with it.
"""

from collections.abc import Mapping
from math import inf

from unhunch.core.messages import Around
from unhunch.core.presence.reading import ABSENT, Over, Presence
from unhunch.core.presence.scene import Scene
from unhunch.core.settings import Settings
from unhunch.core.state.calendar import in_hours
from unhunch.core.state.state import Owed, State
from unhunch.core.vocabulary import Hold, Lapse
from unhunch.marked import N_
from unhunch.tuples import NamedTuple

# What holds a prompt back ---------------------------------------------------------------------------------------------

HOLDS: Mapping[str, str] = {
    Hold.SESSION: N_("a session is running"),
    Hold.PAUSED: N_("prompts are paused"),
    Hold.HOURS: N_("outside your active hours"),
    Hold.BLIND: N_("keyboard and mouse cannot be seen"),
    Hold.LOCKED: N_("the screen is locked"),
    Hold.STANDING: N_("you are standing"),
    Hold.AWAY: N_("you are away"),
    Hold.GAP: N_("nobody may be there"),
    Hold.PARTIAL: N_("it cannot be told whether you are there: a film may be playing"),
    Hold.CALL: N_("you are in a call"),
    Hold.SHARED: N_("your screen is shared or recorded"),
    Hold.CALENDAR: N_("your calendar says that you are busy"),
    Hold.QUIET: N_("do-not-disturb is on"),
    Hold.MUTED: N_("a notice would not be seen"),
    Hold.BREAK_DUE: N_("a break of your desktop's own is due"),
    Hold.FULLSCREEN: N_("something is in full screen"),
    Hold.SNOOZED: N_("you asked for it later"),
}
"""Why a prompt is not shown, strongest first."""


def hold(st: State, scene: Scene, s: Settings, step: int = 1) -> Hold | None:
    """The strongest reason why nothing may be shown now; None when it may."""
    around = scene.around
    if scene.session:
        return Hold.SESSION
    if st.pause:
        return Hold.PAUSED
    if not in_hours(scene.at, s):
        return Hold.HOURS
    if scene.presence is Presence.UNKNOWN:
        return Hold.PARTIAL if s.active_gap < scene.most - scene.least < inf else Hold.BLIND
    if around.locked:
        return Hold.LOCKED
    if scene.presence is Presence.STANDING:
        return Hold.STANDING
    if scene.presence in ABSENT:
        return Hold.AWAY
    if around.in_call and in_call(st, scene, s):
        return Hold.CALL
    if shared(scene, s):
        return Hold.SHARED
    if scene.most > s.pause_longest:
        return Hold.PARTIAL if scene.partial(s) else Hold.GAP
    if around.busy:
        return Hold.CALENDAR
    if around.quiet and not (step == 3 and s.pierce_quiet):
        return Hold.QUIET
    if around.muted:
        return Hold.MUTED
    if around.covered:
        return Hold.FULLSCREEN
    if around.break_due:
        return Hold.BREAK_DUE
    if around.fullscreen and _fullscreen_holds(st.owed, around, s):
        return Hold.FULLSCREEN
    if st.owed and (st.owed.snoozed_until > scene.t or (st.owed.snoozed_for_call and around.in_call)):
        return Hold.SNOOZED
    return None


def in_call(st: State, scene: Scene, s: Settings) -> bool:
    """In a call, as far as the microphone tells: one that is always open tells nothing."""
    if not scene.around.in_call:
        return False
    cover = st.reading.covered(Over.CALL)
    return cover is None or scene.t - cover.start < s.call_cannot_know


def shared(scene: Scene, s: Settings) -> bool:
    """Others would see a notice on the screen: nothing is shown, for however long."""
    return bool(scene.around.shared) and s.hold_shared


def _fullscreen_holds(owed: Owed | None, around: Around, s: Settings) -> bool:
    """A game or a presentation holds a prompt for a while; a film or a call for as long as it lasts."""
    if around.inhibited or around.in_call:
        return True
    return owed is None or owed.fullscreen < s.fullscreen_limit


# The ladder -----------------------------------------------------------------------------------------------------------


class Rung(NamedTuple):
    """The next step of an owed session: from `opens` on (seconds of the ladder's clock) it waits for a pause."""

    step: int
    opens: float


def rung(owed: Owed, top: int, s: Settings) -> Rung | None:
    """None at the top: nothing more is shown."""
    if owed.returning:
        return Rung(max(owed.step, 1), 0.0)
    if owed.step >= top:
        return None
    return Rung(owed.step + 1, (0.0, s.after_1, s.after_2)[owed.step])


def gap_needed(waited: float, scene: Scene, s: Settings, *, insists: bool) -> float:
    """The shortest gap (seconds) that is a natural pause for what has waited for `waited` seconds.

    `insists`: an owed session, which in the end takes a gap that is hardly one.
    """
    if just_back(scene, s) or (insists and waited >= s.pause_patience):
        return s.pause_gap_least
    return s.pause_gap if waited < s.pause_waiting else s.pause_gap_waiting


def just_back(scene: Scene, s: Settings) -> str | None:
    """Why a short gap will do: a call ended a while ago, or the screen was unlocked. The user is between two things."""
    if s.after_call <= scene.t - scene.call_ended <= s.after_call + s.pause_soon:
        return "after a call"
    if s.after_unlock <= scene.t - scene.unlocked <= s.after_unlock + s.pause_soon:
        return "after unlocking"
    return None


UNSEEN_AFTER = 60.0
"""Seconds. A popup that goes by itself has gone by then, if it ever was on the screen of somebody who works on."""


def natural_pause(st: State, scene: Scene, waited: float, s: Settings, *, insists: bool = False) -> str | None:
    """Why now is a good moment for what has waited for `waited` seconds; None when it is not one."""
    if scene.most > s.pause_longest or scene.least < gap_needed(waited, scene, s, insists=insists):
        return None
    back = just_back(scene, s)
    if back:
        return back
    if st.rhythm.active < s.pause_active:
        return None
    return "pause" if scene.least >= min(s.pause_gap, s.pause_gap_waiting) else "brief"


def goes_unseen(st: State, s: Settings) -> bool:
    """So many days running nothing that was put up is known to have been seen: one quiet notice a day is left."""
    return st.programme.unseen >= s.yield_unseen


def notices_left(st: State, s: Settings) -> int:
    """Unasked notices that the day still allows."""
    return min(min(s.cap_day_base + 2 * st.programme.goal, s.cap_day) - st.today.notices, any_left(st, s))


def any_left(st: State, s: Settings) -> int:
    """Notices of whatever kind that the day still allows: the week's, and those that come back, too."""
    return s.cap_day - st.today.shown


class Move(NamedTuple):
    """What the ladder does now: show `step` because of `reason`, or lapse as `reason`."""

    act: str
    step: int
    reason: str


def ladder(st: State, scene: Scene, top: int, s: Settings) -> Move | None:
    """One look at an owed session whose prompt may be shown. None: wait."""
    owed = st.owed
    if owed is None:
        return None
    due = rung(owed, top, s)
    if due is None:
        return _lapse(owed) if owed.clock >= s.after_top else None
    waited = owed.clock - due.opens
    if waited < 0 or owed.after_break:
        return None
    if not allowed(owed, st, s):
        return _lapse(owed) if waited >= s.after_top else None
    why = natural_pause(st, scene, waited, s, insists=True)
    if why is None and waited >= s.pause_anyway:
        why = "waited"
    return Move("show", due.step, why) if why else None


def allowed(owed: Owed, st: State, s: Settings) -> bool:
    """The caps leave room for one more notice of the owed session."""
    if owed.returning:
        return any_left(st, s) > 0
    return owed.shown < s.cap_session and notices_left(st, s) > 0


def _lapse(owed: Owed) -> Move:
    return Move("lapse", owed.highest, Lapse.MISSED if owed.highest >= 2 else Lapse.NOT_ASKED)


# The stand-up notice --------------------------------------------------------------------------------------------------


def nudges_left(st: State, s: Settings) -> int:
    """Stand-up notices that the day still allows: fewer for somebody who does not want them, or sees none."""
    if goes_unseen(st, s):
        return 0
    most = s.nudge_max_ignored if st.tally.nudges_ignored >= s.nudge_ignored else s.nudge_max
    return min(most - st.today.nudges, notices_left(st, s))


def nudge_at(st: State, s: Settings) -> float:
    """Seconds of the present stretch at which the next stand-up notice is due."""
    return st.tally.nudge_at or s.nudge_first


def nudge_due(st: State, scene: Scene, s: Settings) -> bool:
    """A stand-up notice waits for a pause. The desktop's own reminder takes its place."""
    if scene.around.reminds:
        return False
    return s.nudge and st.owed is None and scene.stretch >= nudge_at(st, s) and nudges_left(st, s) > 0
