"""From one session a day to several: the table that decides, and what it looks at (MODEL 5).

The source: start with one session a day and see how you feel; who sits long builds up to several [clinic]. All else
here is policy, stricter where it is in doubt.
"""

from collections.abc import Callable, Sequence

from unhunch.core.averages import mean, median
from unhunch.core.bodies import Goal, Offer, Review
from unhunch.core.codec import read
from unhunch.core.presence.day import Day
from unhunch.core.programme.record import AMBER, GREEN, RED, Programme, Told, days_between
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple

WEEK = 7

AS_USUAL = "as usual"
"""Easy sessions, or a stop, are over."""


class Figures(NamedTuple):
    """What a decision sees. Counts are of the time since the last review; None is "not known"."""

    goal: int
    days: int
    """Since the last review."""
    valid_days: int
    done: int
    asked: int
    """Done, skipped and missed."""
    adherence: float | None
    """Share of them done; not known from fewer than three."""
    low_reviews: int
    """Reviews in a row, this one included, with a share that is too low."""
    days_without_session: int
    gap_known: int
    """Days without a session that were acted upon already."""
    sessions: int
    """Sessions ever done."""
    rated: int
    """Sessions whose discomfort is known."""
    greens: int
    ambers: int
    unsettled: int
    """Ambers whose next morning was worse, or is not known."""
    reds: int
    persisted: int
    worse: int
    """Mornings that felt worse."""
    stopped: str
    easy: bool
    easy_to_come: int
    """Sessions that are easy whatever is told, after a confirmation or a slip."""
    days_at_goal: int
    cap: int
    sitting_min: float | None
    """Median sitting of the valid days."""
    stiffness: float | None
    """Mean stiffness before sessions."""
    prolonged: float | None
    """Share of sitting in prolonged stretches."""


class Rule(NamedTuple):
    """A row of the table: whether it applies, and the goal that follows from it. Its reason in words: reasons.py."""

    name: str
    applies: Callable[[Figures, Settings], bool]
    goal: Callable[[Figures, Settings], int]
    any_day: bool = False
    """It is tried at every turn of a day; the others wait for a review."""


TABLE: tuple[Rule, ...] = (
    Rule("stop", lambda f, _s: f.stopped != "", lambda f, _s: f.goal),
    Rule(
        "gap",
        lambda f, s: gap(f, s) > f.gap_known and (f.goal > 1 or (f.sessions > 0 and gap(f, s) >= s.gap_new)),
        lambda f, s: 1 if gap(f, s) >= s.gap_new else f.goal - 1,
        any_day=True,
    ),
    Rule(
        "step down",
        lambda f, s: f.low_reviews >= s.low_reviews or f.reds >= s.reds_down or f.worse >= s.worse_down,
        lambda f, _s: max(f.goal - 1, 1),
    ),
    Rule("easy mode", lambda f, _s: f.easy, lambda f, _s: f.goal),
    Rule("step up", lambda f, s: all(to_step_up(f, s).values()), lambda f, _s: f.goal + 1),
    Rule("hold", lambda _f, _s: True, lambda f, _s: f.goal),
)
"""MODEL 5's table, tried in this order. A step down happens; a step up is offered; the first row that applies wins."""


def to_step_up(f: Figures, s: Settings) -> dict[str, bool]:
    """Everything that a step up takes, by name, and whether it is so. What is missing in words: reasons.LACKING."""
    weeks = s.weeks_first if f.goal == 1 else s.weeks_later
    stiff = f.stiffness is not None and f.stiffness >= s.need_stiffness
    long = f.prolonged is not None and f.prolonged >= s.need_prolonged
    return {
        "adherence": f.adherence is not None and f.adherence >= s.share_up,
        "time": f.days_at_goal >= weeks * WEEK,
        "calm": not f.reds and not f.persisted and f.ambers <= s.ambers_most and not f.unsettled,
        "mornings": not f.worse,
        "most": f.goal < s.goal_most,
        "cap": f.goal < f.cap or f.goal >= s.goal_most,
        "need": stiff or long,
    }


def gap(f: Figures, s: Settings) -> int:
    """The gap that counts: none, two weeks, four weeks."""
    return max((days for days in (s.gap_less, s.gap_new) if f.days_without_session >= days), default=0)


def cap(expected: float, s: Settings) -> int:
    """The most sessions that a day with so many seconds of expected sitting asks for (MODEL 3)."""
    return 1 + sum(expected >= limit for limit in s.cap_limits)


# What is looked at ----------------------------------------------------------------------------------------------------


def figures(p: Programme, days: Sequence[Day], date: str, s: Settings) -> Figures:
    """What is known at the beginning of `date` about the time since the last review; `days` are those before it."""
    since = p.reviewed or date
    lived = [day for day in days if since <= day.date < date]
    valid = [day for day in lived if day.valid(s)]
    told = [one for one in p.told if since <= one.date < date]
    zones = [one.zone(s) for one in told]
    done = sum(day.done for day in lived)
    asked = done + sum(day.skipped + day.missed for day in lived)
    adherence = done / asked if asked >= s.asked_least else None
    low = p.low_reviews if adherence is None else p.low_reviews + 1 if adherence < s.share_down else 0
    before = [one.before for one in told if one.before is not None]
    sitting = sum(day.best for day in valid)
    middle = median([day.best for day in valid]) if valid else None
    base = p.last_session or p.began
    return Figures(
        goal=p.goal,
        days=days_between(since, date),
        valid_days=len(valid),
        done=done,
        asked=asked,
        adherence=adherence,
        low_reviews=low,
        days_without_session=days_between(base, date),
        gap_known=p.gap[1] if p.gap[0] == base else 0,
        sessions=p.sessions,
        rated=sum(zone is not None for zone in zones),
        greens=zones.count(GREEN),
        ambers=zones.count(AMBER),
        unsettled=sum(one.zone(s) == AMBER and not settled(p, one) for one in told),
        reds=zones.count(RED),
        persisted=sum(one.persisted for one in told),
        worse=sum(feels == "worse" for day, feels in p.mornings if since <= day < date),
        stopped=p.stop,
        easy=is_easy(p, s),
        easy_to_come=p.supervised,
        days_at_goal=days_between(p.goal_since, date),
        cap=cap(middle if middle is not None else s.expected_prior, s),
        sitting_min=None if middle is None else round(middle / 60, 1),
        stiffness=round(mean(before), 2) if before else None,
        prolonged=round(min(sum(day.prolonged for day in valid) / sitting, 1.0), 3) if sitting else None,
    )


def settled(p: Programme, told: Told) -> bool:
    """The next morning was the same or better. What was not said is not known, and settles nothing."""
    following = min((one.date for one in p.told if one.date > told.date), default="9999")
    said = [feels for date, feels in p.mornings if told.date < date <= following]
    return bool(said) and "worse" not in said


def is_easy(p: Programme, s: Settings) -> bool:
    """Easy sessions: some are to come after a confirmation or a slip; else held in by what was told.

    From a red or repeated tingling until enough greens in a row; or until enough of them were not rated.
    """
    if p.supervised:
        return True
    easy, greens, unrated, cleared = False, 0, 0, 0
    for one in p.told:
        zone = one.zone(s)
        cleared += one.tingling == "cleared"
        if zone == RED or cleared >= s.cleared_easy:
            easy, greens, unrated, cleared = True, 0, 0, 0
        elif easy:
            rated = zone or one.tingling == "cleared"
            unrated += not rated
            if rated:
                greens = greens + 1 if zone == GREEN and one.tingling != "cleared" else 0
            if greens >= s.greens_calm or unrated >= s.unrated_calm:
                easy, cleared = False, 0
    return easy


def mode(p: Programme, s: Settings) -> str:
    """stopped, easy, or nothing of the kind."""
    return "stopped" if p.stop else "easy" if is_easy(p, s) else ""


def review_due(f: Figures, s: Settings) -> bool:
    return f.days >= s.review_days and f.valid_days >= s.review_valid


# Deciding -------------------------------------------------------------------------------------------------------------


Decision = Goal | Offer | Review
"""What is to be recorded: a change, the offer of a step up, or the rest."""


def at_turn(p: Programme, days: Sequence[Day], date: str, s: Settings) -> Decision | None:
    """What follows at the turn to `date`; None when there is nothing to decide yet."""
    f = figures(p, days, date, s)
    due = review_due(f, s)
    for rule in TABLE:
        if (due or rule.any_day) and rule.applies(f, s):
            return _decision(rule, f, s)
    return None


def _decision(rule: Rule, f: Figures, s: Settings) -> Decision:
    goal = rule.goal(f, s)
    if goal > f.goal:
        return Offer(rule.name, rule.name, f.goal, goal, f._asdict(), asks=f.rated == 0)
    return (Goal if goal < f.goal else Review)(rule.name, rule.name, f.goal, goal, f._asdict())


def at_once(p: Programme, date: str, s: Settings) -> Decision | None:
    """What a session has just brought about and nobody has been told: a stop, easy sessions, or their end."""
    now = mode(p, s)
    if now == p.mode:
        return None
    f = figures(p, (), date, s)
    name = {"stopped": "stop", "easy": "easy mode"}.get(now, AS_USUAL)
    told = {"stopped": p.stop, "easy": f.easy, "easy_to_come": f.easy_to_come, "sessions": p.sessions}
    return Review(name, name, p.goal, p.goal, told, mode=now, at_once=True)


def answer(p: Programme, *, accept: bool, hurt: bool | None = None) -> Decision:
    """The open offer is answered. `hurt`: whether sessions brought pain or tingling, if the offer asks about it."""
    offer = read(Offer, p.offer or {})
    if accept and not hurt:
        return Goal("step up", offer.rule, offer.from_, offer.to, offer.figures)
    return offer._replace(decision="step up", mode=None, at_once=None, asks=None, answer="decline", hurt=hurt)
