"""When a session is due, and how many a day asks for (MODEL 3).

It is decided from conditions that can be listed, so that `why` says what decided and cannot disagree with it.
"""

from collections.abc import Sequence
from itertools import islice

from unhunch.core.averages import median
from unhunch.core.bodies import Imported
from unhunch.core.moment import MINUTE
from unhunch.core.presence.day import Day
from unhunch.core.presence.scene import Condition, Scene
from unhunch.core.programme import stops
from unhunch.core.programme.record import days_between, is_workday
from unhunch.core.programme.rules import cap
from unhunch.core.prompts.ladder import goes_unseen
from unhunch.core.settings import Settings
from unhunch.core.state.calendar import in_hours
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Less
from unhunch.marked import N_
from unhunch.tuples import NamedTuple


def expected_sitting(date: str, days: Sequence[Day], s: Settings) -> float:
    """Seconds of sitting to expect on a day: the median of the last valid days of its kind, within limits."""
    kind = is_workday(date, s)
    same = (d.best for d in reversed(days) if d.date != date and d.valid(s) and is_workday(d.date, s) == kind)
    last = list(islice(same, max(s.expected_days, s.expected_min_days)))
    if len(last) < s.expected_min_days:
        return s.expected_prior
    return min(max(median(last[: s.expected_days]), s.expected_low), s.expected_high)


def known_days(st: State) -> list[Day]:
    """What was lived so far, in the order of time; where other records tell more of a day, with them."""
    days = {day.date: day for day in (*st.past, st.today) if day.date}
    days |= {date: Day(date, best, best, last=1.0) for date, best in st.imported if date != st.today.date}
    return [days[date] for date in sorted(days)]


def taken_in(st: State, days: Sequence[tuple[str, float]], s: Settings) -> Imported:
    """What is known of other days changes what is to be expected of this one."""
    known, today = known_days(st._replace(imported=tuple(days))), st.today.date
    return Imported([list(day) for day in days], expected_sitting(today, known, s) if today else None)


def goal_today(st: State, s: Settings) -> int:
    """Sessions of the day."""
    goal = st.programme.goal
    return min(goal, cap(st.today.expected, s)) if goal > 1 else goal


def asked_today(st: State, s: Settings) -> int:
    """Sessions that the day asks for: fewer for somebody who does none (the ladder gives way)."""
    p = st.programme
    if p.less == Less.STOP:
        return 0
    if not is_quiet(st, s):
        return goal_today(st, s)
    if p.less == Less.FEWER and any(day.asked and days_between(day.date, st.today.date) == 1 for day in st.past[-2:]):
        return 0
    return 1


def is_quiet(st: State, s: Settings) -> bool:
    """One prompt a day of the first step: after three workdays without a session, or days on which none was seen, or
    by the user's wish.
    """
    p = st.programme
    return p.less == Less.FEWER or p.idle >= s.yield_workdays or goes_unseen(st, s)


def top_step(st: State, s: Settings) -> int:
    """The loudest step that the ladder takes now."""
    return 1 if is_quiet(st, s) else max(s.top_step - st.programme.lowered, 1)


def question_due(st: State, s: Settings) -> bool:
    """Once a week, the one prompt of a quiet day asks whether to go on asking."""
    p = st.programme
    if p.idle < s.yield_workdays or p.less:
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
        Condition("programme", N_("sessions are not off"), _word(not is_off(st)), "yes", not is_off(st)),
    ]


def _minutes(name: str, text: str, value: float, limit: float, met: bool) -> Condition:
    return Condition(name, text, round(value / MINUTE, 1), round(limit / MINUTE, 1), met)


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def is_off(st: State) -> bool:
    """No session is asked for: until a clinician was asked, while it is not for them, or for the rest of the day."""
    p = st.programme
    return p.stopped or p.unable or stops.resting(p, st.today.date)


def is_due(st: State, scene: Scene, s: Settings) -> bool:
    """The next session of the day becomes owed now."""
    if st.owed or st.pause or scene.session:
        return False
    left = sitting_left(st, scene, s)
    if left is None or left > 0:
        return False
    return all(c.met for c in due_conditions(st, scene, s))


class Left(NamedTuple):
    """Seconds of sitting until the next session can be due."""

    on_end: float
    """Without a break meanwhile: a long stretch pulls it forward."""
    broken: float
    """With breaks."""


def left(st: State, scene: Scene, s: Settings) -> Left | None:
    """What the next session of the day still takes; None when none is to come today."""
    of, number = asked_today(st, s), st.today.resolved + 1
    if number > of or is_off(st):
        return None
    proven, tally = scene.proven, st.tally
    sat = st.today.best + proven
    least = max(threshold(number, of, st, s), s.least_sitting)
    pulled = max(s.pull_share * least, s.least_sitting) - sat
    to_pull = max(pulled, s.pull_stretch - scene.stretch)
    anyway = max(s.between - (tally.since_session + proven), s.settle - (tally.since_arrival + proven), 0.0)
    return Left(max(min(least - sat, to_pull), anyway), max(least - sat, anyway))


def sitting_left(st: State, scene: Scene, s: Settings) -> float | None:
    """Seconds of sitting on end until the next session can be due; None when none is to come today."""
    takes = left(st, scene, s)
    return takes.on_end if takes else None
