"""When a prompt may be shown, and how it escalates (MODEL 3 and 4).

Whatever decides is named, so that `why` says what decided and cannot disagree with it.
"""

from typing import NamedTuple

from unhunch.core.messages import Around
from unhunch.core.presence.reading import ABSENT, Over, Presence
from unhunch.core.presence.scene import Scene
from unhunch.core.settings import Settings
from unhunch.core.state.calendar import in_hours
from unhunch.core.state.state import Owed, State
from unhunch.core.translate import N_

# What holds a prompt back ---------------------------------------------------------------------------------------------

HOLDS = {
    "session": N_("a session is running"),
    "paused": N_("prompts are paused"),
    "hours": N_("outside your active hours"),
    "blind": N_("keyboard and mouse cannot be seen"),
    "locked": N_("the screen is locked"),
    "standing": N_("you are standing"),
    "away": N_("you are away"),
    "gap": N_("nobody may be there"),
    "partial": N_("it cannot be told whether you are there: a film may be playing"),
    "call": N_("you are in a call"),
    "shared": N_("your screen is shared or recorded"),
    "quiet": N_("do-not-disturb is on"),
    "muted": N_("a notice would not be seen"),
    "fullscreen": N_("something is in full screen"),
    "snoozed": N_("you asked for it later"),
}
"""Why a prompt is not shown, strongest first."""


def hold(st: State, scene: Scene, s: Settings, step: int = 1) -> str | None:
    """The strongest reason why nothing may be shown now; None when it may."""
    around = scene.around
    if scene.session:
        return "session"
    if st.pause:
        return "paused"
    if not in_hours(scene.at, s):
        return "hours"
    if scene.presence is Presence.UNKNOWN:
        return "partial" if scene.partial(s) else "blind"
    if around.locked:
        return "locked"
    if scene.presence is Presence.STANDING:
        return "standing"
    if scene.presence in ABSENT:
        return "away"
    if around.in_call and in_call(st, scene, s):
        return "call"
    if shared(scene, s):
        return "shared"
    if scene.most > s.pause_longest:
        return "partial" if scene.partial(s) else "gap"
    if around.quiet and not (step == 3 and s.pierce_quiet):
        return "quiet"
    if around.muted:
        return "muted"
    if around.fullscreen and _fullscreen_holds(st.owed, around, s):
        return "fullscreen"
    if st.owed and (st.owed.snoozed_until > scene.t or (st.owed.snoozed_for_call and around.in_call)):
        return "snoozed"
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
    """The next step of an owed session: from `opens` it waits for a pause, at `closes` it comes anyway.

    Both in seconds of the ladder's clock.
    """

    step: int
    opens: float
    closes: float


def rung(owed: Owed, top: int, s: Settings) -> Rung | None:
    """None at the top: nothing more is shown."""
    if owed.returning:
        return Rung(max(owed.step, 1), 0.0, s.wait_later)
    if owed.step == 0:
        return Rung(1, 0.0, s.wait_1)
    if owed.step >= top:
        return None
    after = s.after_1 if owed.step == 1 else s.after_2
    return Rung(owed.step + 1, after, after + s.wait_later)


def pause_needed(step: int, waited: float, s: Settings) -> float:
    """The shortest gap (seconds) that counts as a natural pause: less is asked for the longer step 1 waits."""
    if step > 1 or waited < s.pause_second_after:
        return s.pause_first
    return s.pause_second if waited < s.pause_third_after else s.pause_third


def natural_pause(st: State, scene: Scene, needed: float, s: Settings) -> str | None:
    """Why now is a good moment; None when it is not one."""
    if scene.most > s.pause_longest:
        return None
    if s.after_call <= scene.t - scene.call_ended <= s.after_call + s.wait_later:
        return "after a call"
    if s.after_unlock <= scene.t - scene.unlocked <= s.after_unlock + s.wait_later:
        return "after unlocking"
    if scene.least >= needed and st.rhythm.active >= s.pause_active:
        return "pause"
    return None


def notices_left(st: State, s: Settings) -> int:
    """Unasked notices that the day still allows."""
    return s.cap_day_base + 2 * st.programme.goal - st.today.notices


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
    if owed.clock < due.opens:
        return None
    free = owed.returning
    if not free and (owed.shown >= s.cap_session or notices_left(st, s) <= 0):
        return _lapse(owed) if owed.clock >= due.closes + s.after_top else None
    why = natural_pause(st, scene, pause_needed(due.step, owed.clock - due.opens, s), s)
    if why:
        return Move("show", due.step, why)
    if owed.clock >= due.closes:
        return Move("show", due.step, "waited")
    return None


def _lapse(owed: Owed) -> Move:
    return Move("lapse", owed.highest, "missed" if owed.highest >= 2 else "not-asked")


# The stand-up notice --------------------------------------------------------------------------------------------------


def nudge_at(st: State, s: Settings) -> float:
    """Seconds of the present stretch at which the next stand-up notice is due."""
    return s.nudge_first + st.tally.nudges * s.nudge_again


def nudges_left(st: State, s: Settings) -> int:
    """Stand-up notices that the day still allows: fewer for somebody who does not want them."""
    most = s.nudge_max_ignored if st.tally.nudges_ignored >= s.nudge_ignored else s.nudge_max
    return min(most - st.today.nudges, notices_left(st, s))


def nudge(st: State, scene: Scene, s: Settings) -> str | None:
    """Why a stand-up notice comes now; None when it does not."""
    if not s.nudge or st.owed:
        return None
    over = scene.stretch - nudge_at(st, s)
    if over < 0 or nudges_left(st, s) <= 0:
        return None
    why = natural_pause(st, scene, s.pause_first, s)
    return why or ("waited" if over >= s.wait_later else None)
