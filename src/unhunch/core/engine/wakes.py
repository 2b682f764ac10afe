"""When to look again: by habit, and exactly when something would be crossed. It decides nothing; it looks ahead.

The law: looking more often than this changes no fact. So the daemon may sleep, and a player of recorded days may skip.
"""

from math import inf

from unhunch.core.engine.work import Now
from unhunch.core.facts import Kind
from unhunch.core.messages import NOTHING, Need, WakeAt
from unhunch.core.moment import DAY, HOUR
from unhunch.core.presence.reading import ABSENT, SITTING, Over, Presence
from unhunch.core.presence.scene import Scene
from unhunch.core.prompts import after_gap, due, ladder
from unhunch.core.prompts.waiting import Waiting
from unhunch.core.settings import Settings
from unhunch.core.state import calendar
from unhunch.core.state.state import Owed, State
from unhunch.core.vocabulary import Hold

LONGEST_SLEEP = 600.0
"""While the user is away the open spans are still written this often (seconds)."""
SAME_INPUT = 0.25
"""Two readings of one input may differ by so many seconds: sources answer in steps and with delay."""


def next_look(st: State, now: Now, scene: Scene, s: Settings, *, rings: bool) -> WakeAt:
    """The next look. `rings`: the source will ring at the next input."""
    t, reading = scene.t, st.reading
    since = t - reading.since
    ahead = [calendar.day_edge(st, scene.at, t, s)]
    need, gap, waits, reached = NOTHING, inf, False, False
    if st.owed:
        waits, marks = _ladder(st, st.owed, now.hold, scene, s)
        ahead += marks
        if waits:
            gap = ladder.gap_needed(_waited(st, st.owed, s), scene, s, insists=True)
    else:
        left = due.left(st, scene, s)
        reached = left is not None and not left.on_end
        need = _need(left, st, scene, s)
        if now.gap_to_ask:
            ahead.append(now.gap_to_ask.end + s.ask_after - t)
        if now.waiting:
            waits = now.hold in (None, Hold.PARTIAL)
            ahead += _marks(now.waiting, s) if waits else []
            gap = ladder.gap_needed(now.waiting.seconds, scene, s, insists=False) if waits else inf
        if s.week_hour:
            ahead.append(s.week_hour * HOUR - scene.at.local_seconds)
    if st.owed or now.waiting or reached:  # of nothing else do hours decide
        ahead.append(calendar.hours_edge(scene.at, s))
    if st.standing or st.tally.nudge_open or now.bubble or reading.covers:
        ahead += _ends(st, now, t, s)
    if Kind.SESSION in now.open:
        ahead.append(max(now.session_pulse, now.open[Kind.SESSION].start) + s.session_longest - t)
    if st.pause:
        ahead += (st.pause.wall - scene.at.wall, st.pause.running - t)
    if st.owed or now.waiting:
        ahead += (scene.call_ended + s.after_call - t, scene.call_ended + s.after_call + s.pause_soon - t)
        ahead += (scene.unlocked + s.after_unlock - t, scene.unlocked + s.after_unlock + s.pause_soon - t)
    on_screen = now.bubble is not None or now.sent is not None
    late = st.tally.nudge_open and t >= reading.nudged_at + s.ignored_after  # whoever returns has ignored it
    returns = bool(st.owed or now.waiting or on_screen or st.standing or late)
    idle = _idle(st, scene, s, since, need.on_end, returns=returns)
    absent = scene.presence in ABSENT
    first = _soonest(ahead, DAY)
    return WakeAt(
        _habit(scene, s, gap if waits else inf, rings=rings),
        _soonest([need.on_end - since], first),
        _soonest(idle, first),
        pausing=waits and not absent,
        bell=absent and rings,
        ahead=first,
        due=Need(need.on_end - since, need.broken - since, need.anew),
        gap=gap if waits else inf,
        returns=returns or st.week_after_break or after_gap.waits(st, s),
    )


def _habit(scene: Scene, s: Settings, gap: float, *, rings: bool) -> float:
    """How often to look although nothing is known to come."""
    if scene.presence in ABSENT:
        if scene.around.in_call or scene.around.inhibited:
            return s.look  # what has just begun proves somebody from now on, not yet at this moment
        return LONGEST_SLEEP if rings else s.look_away
    if gap == inf or scene.presence not in SITTING:
        return s.look
    if scene.least != scene.most:
        return s.look_pause  # a gap may have begun long before it is heard of
    # No pause can come sooner: an input that comes meanwhile begins it anew.
    return min(gap - scene.least if scene.least < gap else gap, s.look)


def _need(left: due.Left | None, st: State, scene: Scene, s: Settings) -> Need:
    """What has to be sat from the last input on."""
    on_end, broken, anew = NOTHING
    if left and left.on_end:  # else nothing is to come, or it waits for something else
        on_end, broken = left
        anew = s.pull_stretch
    if s.nudge and not scene.around.reminds and ladder.nudges_left(st, s) > 0:
        over = ladder.nudge_at(st, s) - scene.stretch
        if over > 0:
            on_end = min(on_end, over, s.nudge_first)  # soon after a notice a shorter gap may be a break
        anew = min(anew, s.nudge_first)
    return Need(on_end, broken, anew)


def _idle(st: State, scene: Scene, s: Settings, since: float, need: float, *, returns: bool) -> list[float]:
    """Seconds until what happens if no input comes."""
    found: list[float] = []
    if returns:
        found.append(s.pause_longest + SAME_INPUT - since)
        if (
            st.owed or st.standing
        ):  # from when on it is an absence, reckoned from the last proof of somebody's being there
            breaks = (s.break_gap, s.nudged_break) if _just_nudged(st, scene, s) else (s.break_gap,)
            proofs = (0.0, *(cover.end - st.reading.since for cover in st.reading.covers))
            found += [proof + after - since for proof in proofs for after in breaks]
    if st.standing:
        found.append(max(st.reading.since, st.standing) + s.standing_reset - scene.t)
    if scene.around.in_call:
        found.append(s.call_limit - since)
    if scene.around.inhibited:
        found.append(s.film_limit - since)
    if need < inf and (scene.presence is Presence.CALL or scene.around.inhibited):
        found.append(need)  # their evidence proves sitting without any input
    return found


def _just_nudged(st: State, scene: Scene, s: Settings) -> bool:
    """A shorter break counts (MODEL 2)."""
    return scene.t - st.reading.nudged_at <= s.nudged_within + s.nudged_break


def _ends(st: State, now: Now, t: float, s: Settings) -> list[float]:
    """Seconds until what ends by itself."""
    found: list[float] = []
    if st.standing:
        found.append(st.standing + s.standing_limit - t)
    if st.tally.nudge_open:
        found.append(st.reading.nudged_at + s.ignored_after - t)
    if now.bubble and now.bubble.ends:
        found.append(now.bubble.since + ladder.UNSEEN_AFTER - t)
    for over, longest in ((Over.CALL, s.call_cannot_know), (Over.INHIBITED, s.film_cannot_know)):
        cover = st.reading.covered(over)
        if cover:
            found.append(cover.start + longest - t)
    return found


def _waited(st: State, owed: Owed, s: Settings) -> float:
    rung = ladder.rung(owed, due.top_step(st, s), s)
    return owed.clock - rung.opens if rung else 0.0


def _marks(waiting: Waiting, s: Settings) -> list[float]:
    return [s.pause_waiting - waiting.seconds, s.pause_patience - waiting.seconds]


def _ladder(st: State, owed: Owed, hold: Hold | None, scene: Scene, s: Settings) -> tuple[bool, list[float]]:
    """Whether the owed prompt waits for a pause now, and when its ladder would move by itself."""
    if owed.snoozed_until > scene.t:
        return False, [owed.snoozed_until - scene.t]
    if hold is Hold.FULLSCREEN:
        return False, [s.fullscreen_limit - owed.fullscreen]
    if hold is not None or owed.after_break:
        return hold is Hold.PARTIAL, []  # only a short timer can end that, at a pause
    rung = ladder.rung(owed, due.top_step(st, s), s)
    if rung is None:
        return False, [s.after_top - owed.clock, s.ignored_after - owed.clock]
    if not ladder.allowed(owed, st, s):
        return False, [rung.opens + s.after_top - owed.clock, s.ignored_after - owed.clock]
    marks = [rung.opens, s.ignored_after]
    marks += [rung.opens + more for more in (s.pause_waiting, s.pause_patience, s.pause_anyway)]
    return owed.clock >= rung.opens, [mark - owed.clock for mark in marks]


def _soonest(seconds: list[float], least: float) -> float:
    """The least of those that lie ahead, or `least`."""
    for x in seconds:
        if 0.0005 < x < least:
            least = x
    return least
