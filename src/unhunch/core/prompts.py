"""When a session is due, when a prompt may be shown, and how it escalates (MODEL 3 and 4).

Each decision is made from conditions that can be listed, so that `why` says what decided and cannot disagree with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from unhunch.core.averages import median
from unhunch.core.calendar import in_hours
from unhunch.core.course import FEWER, STOP, days_between, is_workday
from unhunch.core.messages import Around
from unhunch.core.moment import MINUTE, Moment
from unhunch.core.programme import cap
from unhunch.core.settings import Settings
from unhunch.core.sitting import ABSENT, Over, Presence
from unhunch.core.state import Day, Owed, State
from unhunch.core.translate import N_


class Scene(NamedTuple):
    """What is so at one look. `t` is the running clock; seconds throughout."""

    at: Moment
    t: float
    presence: Presence
    least: float
    """It has been quiet for at least this long ..."""
    most: float
    """... and at most this long (infinite when blind)."""
    around: Around
    proven: float
    """Sitting in the present gap that its evidence proves."""
    provisional: float
    """Sitting in the present gap if the user turns out to be there."""
    session: bool
    call_ended: float
    unlocked: float
    stretch: float
    """The present stretch as far as it is proven; nothing of it is left once a session or a break has ended it."""


class Condition(NamedTuple):
    """One thing that a prompt waits for. `value` and `limit` are minutes, counts or words."""

    name: str
    text: str
    """Marked; who shows it translates it."""
    value: float | str
    limit: float | str
    met: bool


# When a session is due ------------------------------------------------------------------------------------------------


def expected_sitting(date: str, days: Sequence[Day], s: Settings) -> float:
    """Seconds of sitting to expect on a day: the median of the last valid days of its kind, within limits."""
    kind = is_workday(date, s)
    same = [d.best for d in reversed(days) if d.date != date and d.valid(s) and is_workday(d.date, s) == kind]
    if len(same) < s.expected_min_days:
        return s.expected_prior
    return min(max(median(same[: s.expected_days]), s.expected_low), s.expected_high)


def goal_today(st: State, s: Settings) -> int:
    """Sessions of the day."""
    goal = st.programme.goal
    return min(goal, cap(st.today.expected, s)) if goal > 1 else goal


def asked_today(st: State, s: Settings) -> int:
    """Sessions that the day asks for: fewer for somebody who does none (the ladder gives way)."""
    p = st.programme
    if p.less == STOP:
        return 0
    if not is_quiet(st, s):
        return goal_today(st, s)
    if p.less == FEWER and any(day.asked and days_between(day.date, st.today.date) == 1 for day in st.past[-2:]):
        return 0
    return 1


def is_quiet(st: State, s: Settings) -> bool:
    """One prompt a day of the first step: after three workdays without a session, or by the user's wish."""
    return st.programme.less == FEWER or st.programme.idle >= s.yield_workdays


def top_step(st: State, s: Settings) -> int:
    """The loudest step that the ladder takes now."""
    return 1 if is_quiet(st, s) else max(s.top_step - st.programme.lowered, 1)


def question_due(st: State, s: Settings) -> bool:
    """Once a week, the one prompt of a quiet day asks whether to go on asking."""
    p = st.programme
    if not is_quiet(st, s) or p.less:
        return False
    return not p.asked_on or days_between(p.asked_on, st.today.date) >= s.yield_question


def threshold(number: int, of: int, st: State, s: Settings) -> float:
    """Seconds of sitting at which session `number` of `of` is due today."""
    due = number * st.today.expected / (of + 1)
    if number == 1:
        new = len(st.past) < s.new_days
        due = min(due, s.first_latest_new if new else s.first_latest)
    return due


def due_conditions(st: State, scene: Scene, s: Settings) -> list[Condition]:
    """Everything that has to be so before the next session of the day is owed."""
    of = asked_today(st, s)
    number = st.today.resolved + 1
    if number > of:
        return [Condition("goal", N_("sessions still to ask for today"), max(of - st.today.resolved, 0), 1, met=False)]
    sitting = st.today.best + scene.proven
    least = max(threshold(number, of, st, s), s.least_sitting)
    reached = sitting >= least
    stretch = scene.stretch
    if not reached and stretch >= s.pull_stretch and sitting >= s.pull_share * least:
        reached = sitting >= s.least_sitting
        least = max(s.pull_share * least, s.least_sitting)
    since = st.tally.since_session + scene.proven
    arrival = st.tally.since_arrival + scene.proven
    return [
        _minutes("sitting", N_("sitting today"), sitting, least, reached),
        _minutes("between", N_("sitting since the last session"), min(since, sitting), s.between, since >= s.between),
        _minutes("settle", N_("sitting since you arrived"), arrival, s.settle, arrival >= s.settle),
        Condition("hours", N_("inside active hours"), _word(in_hours(scene.at, s)), "yes", in_hours(scene.at, s)),
        Condition("pause", N_("not paused"), _word(st.pause is None), "yes", st.pause is None),
        Condition(
            "programme",
            N_("the programme is not stopped"),
            _word(not st.programme.stopped),
            "yes",
            not st.programme.stopped,
        ),
    ]


def _minutes(name: str, text: str, value: float, limit: float, met: bool) -> Condition:
    return Condition(name, text, round(value / MINUTE, 1), round(limit / MINUTE, 1), met)


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def is_due(st: State, scene: Scene, s: Settings) -> bool:
    """The next session of the day becomes owed now."""
    if st.owed or st.pause or scene.session or st.programme.stopped:
        return False
    left = sitting_left(st, scene, s)
    if left is None or left > 0:
        return False
    return all(c.met for c in due_conditions(st, scene, s))


def sitting_left(st: State, scene: Scene, s: Settings) -> float | None:
    """Seconds of sitting until the next session can be due; None when none is to come today."""
    of, number = asked_today(st, s), st.today.resolved + 1
    if number > of or st.programme.stop:
        return None
    sat = st.today.best + scene.proven
    least = max(threshold(number, of, st, s), s.least_sitting)
    pulled = max(s.pull_share * least, s.least_sitting) - sat
    to_pull = max(pulled, s.pull_stretch - scene.stretch)
    return max(
        min(least - sat, to_pull),
        s.between - (st.tally.since_session + scene.proven),
        s.settle - (st.tally.since_arrival + scene.proven),
        0.0,
    )


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
    "call": N_("you are in a call"),
    "quiet": N_("do-not-disturb is on"),
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
        return "blind"
    if around.locked:
        return "locked"
    if scene.presence is Presence.STANDING:
        return "standing"
    if scene.presence in ABSENT:
        return "away"
    if around.in_call and in_call(st, scene, s):
        return "call"
    if scene.most > s.pause_longest:
        return "gap"
    if around.quiet and not (step == 3 and s.pierce_quiet):
        return "quiet"
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
    if scene.least >= needed and st.tally.active >= s.pause_active:
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
