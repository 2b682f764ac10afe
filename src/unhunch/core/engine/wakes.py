"""When to look again: by habit, and exactly when something would be crossed. It decides nothing; it looks ahead."""

from unhunch.core.messages import WakeAt
from unhunch.core.moment import HOUR
from unhunch.core.presence.reading import ABSENT, SITTING, Presence
from unhunch.core.presence.scene import Scene
from unhunch.core.prompts import due, ladder
from unhunch.core.settings import Settings
from unhunch.core.state import calendar
from unhunch.core.state.state import Owed, State

LONGEST_SLEEP = 600.0
"""While the user is away the open spans are still written this often (seconds)."""
SAME_INPUT = 0.25
"""Two readings of one input may differ by so many seconds: sources answer in steps and with delay."""


def next_look(
    st: State,
    scene: Scene,
    s: Settings,
    *,
    hold: str | None,
    on_screen: bool,
    asks_in: float | None,
    rings: bool,
) -> WakeAt:
    """The next look: by habit, if input goes on, and if none comes.

    `hold`: what holds prompts now; `on_screen`: a notice is shown; `asks_in`: seconds until a gap may be asked about.
    """
    since = scene.t - st.reading.since
    ahead = [calendar.day_edge(st, scene.at, scene.t, s), calendar.hours_edge(scene.at, s)]
    busy: list[float] = []
    idle: list[float] = []
    if st.pause:
        ahead += (st.pause.wall - scene.at.wall, st.pause.running - scene.t)
    if st.standing:
        ahead.append(st.standing + s.standing_limit - scene.t)
    pausing = False
    if st.owed:
        ahead += (scene.call_ended + s.after_call - scene.t, scene.unlocked + s.after_unlock - scene.t)
        if st.owed.snoozed_until > scene.t:
            ahead.append(st.owed.snoozed_until - scene.t)
        else:
            pausing, marks = _ladder(st, st.owed, hold, s)
            ahead += marks
    else:
        pausing = _sitting(st, scene, s, busy, idle)
        if asks_in is not None:
            ahead.append(asks_in)
            pausing = pausing or asks_in <= 0
    if st.owed or on_screen or st.standing:
        idle += (s.active_gap - since, s.break_gap - since, s.standing_reset - since)
    if scene.around.in_call:
        idle.append(s.call_limit - since)
    if scene.around.inhibited:
        idle.append(s.film_limit - since)
    if pausing:
        idle += (s.pause_first - since, s.pause_second - since, s.pause_third - since)
    if on_screen:
        idle.append(s.pause_longest + SAME_INPUT - since)  # taken back from an empty chair at once
    absent = scene.presence in ABSENT
    if absent:
        habit = LONGEST_SLEEP if rings else s.look_away
    else:
        habit = s.look_pause if pausing and scene.presence in SITTING else s.look
    first = _soonest(ahead, HOUR)
    return WakeAt(
        habit, _soonest(busy, first), _soonest(idle, first), pausing=pausing and not absent, bell=absent and rings
    )


def _sitting(st: State, scene: Scene, s: Settings, busy: list[float], idle: list[float]) -> bool:
    """What more sitting would bring while nothing is owed; whether something waits for a pause now."""
    left = due.sitting_left(st, scene, s)
    if left is not None:
        busy.append(left)
        if scene.presence is Presence.CALL:
            idle.append(left)
    pausing = False
    if s.nudge:
        over = ladder.nudge_at(st, s) - scene.stretch
        pausing = -s.wait_later <= over <= 0 and ladder.nudges_left(st, s) > 0
        busy.append(over if over > 0 else over + s.wait_later)
    return pausing or calendar.week_is_news(st, scene.at, s) is not None


def _ladder(st: State, owed: Owed, hold: str | None, s: Settings) -> tuple[bool, list[float]]:
    """Whether the owed prompt waits for a pause now, and when its ladder would move by itself."""
    if hold == "fullscreen":
        return False, [s.fullscreen_limit - owed.fullscreen]
    if hold is not None:
        return hold == "partial", []  # only a short timer can end that, at a pause
    rung = ladder.rung(owed, due.top_step(st, s), s)
    if rung is None:
        return False, [s.after_top - owed.clock, s.ignored_after - owed.clock]
    marks = [rung.opens, rung.closes, s.ignored_after, rung.closes + s.after_top]
    if rung.step == 1:
        marks += (s.pause_second_after, s.pause_third_after)
    return owed.clock >= rung.opens, [mark - owed.clock for mark in marks]


def _soonest(seconds: list[float], least: float) -> float:
    """The least of those that lie ahead, or `least`."""
    for x in seconds:
        if 0.001 < x < least:
            least = x
    return least
