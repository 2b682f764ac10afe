"""From one session a day to several: the table that decides, and what it looks at (MODEL 5).

The source: start with one session a day and see how you feel; who sits long builds up to several [clinic]. All else
here is policy, stricter where it is in doubt.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from unhunch.core import formats
from unhunch.core.averages import mean, median
from unhunch.core.facts import Kind
from unhunch.core.presence.day import Day
from unhunch.core.programme.record import AMBER, GREEN, RED, Programme, Told, days_between
from unhunch.core.settings import Settings
from unhunch.core.translate import N_, _, language, ngettext

WEEK = 7


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
    days_at_goal: int
    cap: int
    sitting_min: float | None
    """Median sitting of the valid days."""
    stiffness: float | None
    """Mean stiffness before sessions."""
    prolonged: float | None
    """Share of sitting in prolonged stretches."""


class Rule(NamedTuple):
    """A row of the table: whether it applies, the goal that follows from it, and its reason in words."""

    name: str
    applies: Callable[[Figures, Settings], bool]
    goal: Callable[[Figures, Settings], int]
    why: Callable[[Figures, Settings], str]
    any_day: bool = False
    """It is tried at every turn of a day; the others wait for a review."""


def _too_much(f: Figures, s: Settings) -> str:
    if f.low_reviews >= s.low_reviews:
        text = _("Fewer than {share} of the sessions were done, {count} weeks running.")
        return text.format(share=percent(s.share_down), count=f.low_reviews)
    if f.reds >= s.reds_down:
        text = ngettext(
            "Discomfort was over {most} in {count} session.", "Discomfort was over {most} in {count} sessions.", f.reds
        )
        return text.format(most=s.amber_most, count=f.reds)
    text = ngettext("{count} morning after felt worse.", "{count} mornings after felt worse.", f.worse)
    return text.format(count=f.worse)


def _after_a_gap(f: Figures, s: Settings) -> str:
    days = f.days_without_session
    if _gap(f, s) >= s.gap_new:
        return _("No session for {days} days: it begins anew, with the first session.").format(days=days)
    return _("No session for {days} days: one less a day.").format(days=days)


def _easy(_f: Figures, s: Settings) -> str:
    # safety
    text = _("Short, easy sessions until {count} in a row are green (discomfort up to {most}). The number stays.")
    return text.format(count=s.greens_calm, most=s.green_most)


def _well(f: Figures, s: Settings) -> str:
    if f.stiffness is not None and f.stiffness >= s.need_stiffness:
        text = _(
            "{done} of {asked} sessions done, none that hurt, and stiffness of {stiffness} before them leaves room."
        )
        return text.format(done=f.done, asked=f.asked, stiffness=formats.number(f.stiffness))
    text = _(
        "{done} of {asked} sessions done, none that hurt, and {share} of your sitting is in stretches of half an hour "
        "and more."
    )
    return text.format(done=f.done, asked=f.asked, share=percent(f.prolonged))


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def percent(share: float | None) -> str:
    """A share in words, rounded half up."""
    return _("not known") if share is None else formats.percent(share)


STOPPED = {
    # safety
    "tingling": N_("Tingling stayed although the elbows were in and the weight was eased."),
    # safety
    "reds": N_("Discomfort was over 5 in two sessions in a row."),
    # safety
    "red-flag": N_("A safety question was answered with yes."),
}
# safety
ADVICE = N_("Check with a clinician; sessions are asked for again when you confirm that you have.")
USUAL = N_("Sessions are of the usual kind again.")
DECLINED = N_("You declined; everything stays as it is.")
# safety
HURT = N_("There was pain or tingling, so everything stays as it is. Rate your sessions, and it is looked at anew.")

TABLE: tuple[Rule, ...] = (
    Rule(
        "stop",
        lambda f, _s: f.stopped != "",
        lambda f, _s: f.goal,
        lambda f, _s: f"{_(STOPPED[f.stopped])} {_(ADVICE)}",
    ),
    Rule(
        "gap",
        lambda f, s: _gap(f, s) > f.gap_known and (f.goal > 1 or (f.sessions > 0 and _gap(f, s) >= s.gap_new)),
        lambda f, s: 1 if _gap(f, s) >= s.gap_new else f.goal - 1,
        _after_a_gap,
        any_day=True,
    ),
    Rule(
        "step down",
        lambda f, s: f.low_reviews >= s.low_reviews or f.reds >= s.reds_down or f.worse >= s.worse_down,
        lambda f, _s: max(f.goal - 1, 1),
        _too_much,
    ),
    Rule(
        "easy mode",
        lambda f, _s: f.easy,
        lambda f, _s: f.goal,
        _easy,
    ),
    Rule(
        "step up",
        lambda f, s: all(met for _text, met in to_step_up(f, s)),
        lambda f, _s: f.goal + 1,
        _well,
    ),
    Rule(
        "hold",
        lambda _f, _s: True,
        lambda f, _s: f.goal,
        lambda f, s: sentence("; ".join(text for text, met in to_step_up(f, s) if not met)),
    ),
)
"""MODEL 5's table, tried in this order. A step down happens; a step up is offered; the first row that applies wins."""


def to_step_up(f: Figures, s: Settings) -> list[tuple[str, bool]]:
    """Everything a step up takes, each with the words for its being missing."""
    weeks = s.weeks_first if f.goal == 1 else s.weeks_later
    stiff = f.stiffness is not None and f.stiffness >= s.need_stiffness
    long = f.prolonged is not None and f.prolonged >= s.need_prolonged
    few = _("{done} of {asked} sessions done, {share} are needed")
    if f.adherence is None:
        few = _("{done} of {asked} sessions done, too few to tell")
    days = ngettext(
        "{count} day at {goal} a day, {needed} are needed",
        "{count} days at {goal} a day, {needed} are needed",
        f.days_at_goal,
    )
    return [
        (
            few.format(done=f.done, asked=f.asked, share=percent(s.share_up)),
            f.adherence is not None and f.adherence >= s.share_up,
        ),
        (days.format(count=f.days_at_goal, goal=f.goal, needed=weeks * WEEK), f.days_at_goal >= weeks * WEEK),
        (
            _("not every known session was green, or amber and settled the next morning"),
            not f.reds and not f.persisted and f.ambers <= s.ambers_most and not f.unsettled,
        ),
        (_("a morning felt worse"), not f.worse),
        (_("{most} a day is the most there is").format(most=s.goal_most), f.goal < s.goal_most),
        (
            _("so much sitting as yours takes {most} a day at most").format(most=f.cap),
            f.goal < f.cap or f.goal >= s.goal_most,
        ),
        (_("neither stiffness nor long stretches call for more"), stiff or long),
    ]


def _gap(f: Figures, s: Settings) -> int:
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
        persisted=sum(one.tingling == "persisted" for one in told),
        worse=sum(feels == "worse" for day, feels in p.mornings if since <= day < date),
        stopped=p.stop,
        easy=is_easy(p, s),
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
    """Easy sessions, held in by what was told: from a red or repeated tingling until enough greens in a row."""
    easy, greens, cleared = False, 0, 0
    for one in p.told:
        zone = one.zone(s)
        cleared += one.tingling == "cleared"
        if zone == RED or cleared >= s.cleared_easy:
            easy, greens, cleared = True, 0, 0
        elif easy and (zone or one.tingling == "cleared"):
            greens = greens + 1 if zone == GREEN and one.tingling != "cleared" else 0
            if greens >= s.greens_calm:
                easy, cleared = False, 0
    return easy


def mode(p: Programme, s: Settings) -> str:
    """stopped, easy, or nothing of the kind."""
    return "stopped" if p.stop else "easy" if is_easy(p, s) else ""


def review_due(f: Figures, s: Settings) -> bool:
    return f.days >= s.review_days and f.valid_days >= s.review_valid


# Deciding -------------------------------------------------------------------------------------------------------------


class Decision(NamedTuple):
    """What is to be recorded: GOAL for a change, OFFER for a step up, REVIEW for the rest."""

    kind: Kind
    body: Mapping[str, Any]


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
    body = {
        "decision": rule.name,
        "rule": rule.name,
        "from": f.goal,
        "to": goal,
        "figures": f._asdict(),
        **_said(rule.why(f, s)),
    }
    if goal > f.goal:
        return Decision(Kind.OFFER, {**body, "asks": f.rated == 0})
    return Decision(Kind.GOAL if goal < f.goal else Kind.REVIEW, body)


def at_once(p: Programme, date: str, s: Settings) -> Decision | None:
    """What a session has just brought about and nobody has been told: a stop, easy sessions, or their end."""
    now = mode(p, s)
    if now == p.mode:
        return None
    rules = {rule.name: rule for rule in TABLE}
    f = figures(p, (), date, s)
    name = {"stopped": "stop", "easy": "easy mode"}.get(now, "")
    why = rules[name].why(f, s) if name else _(USUAL)
    body = {"decision": name or "as usual", "rule": name or "as usual", "from": p.goal, "to": p.goal, **_said(why)}
    told = {"stopped": p.stop, "easy": f.easy, "sessions": p.sessions}
    return Decision(Kind.REVIEW, {**body, "mode": now, "at_once": True, "figures": told})


def answer(p: Programme, *, accept: bool, hurt: bool | None = None) -> Decision:
    """The open offer is answered. `hurt`: whether sessions brought pain or tingling, if the offer asks about it."""
    offer = p.offer or {}
    body = {name: offer.get(name) for name in ("rule", "from", "to", "figures")}
    if accept and not hurt:
        return Decision(Kind.GOAL, {**body, "decision": "step up", **_said(_accepted(str(offer.get("why", ""))))})
    why = _(HURT) if hurt else _(DECLINED)
    return Decision(Kind.OFFER, {**body, "decision": "step up", **_said(why), "answer": "decline", "hurt": hurt})


def _accepted(why: str) -> str:
    return _("You accepted: {why}").format(why=why)


def _said(why: str) -> dict[str, str]:
    """A reason as it is recorded: in words, with the language that they are in unless that is English."""
    return {"why": why} if language() == "en" else {"why": why, "language": language()}


def reason(body: Mapping[str, Any], s: Settings) -> str:
    """Why it was so decided, in the language that is spoken now; else as it was said then."""
    said = str(body.get("why", ""))
    if body.get("language", "en") == language():
        return said
    if body.get("answer") == "decline":
        return _(HURT) if body.get("hurt") else _(DECLINED)
    if body.get("rule") == "as usual":
        return _(USUAL)
    seen = body.get("figures")
    rule = next((rule for rule in TABLE if rule.name == body.get("rule")), None)
    if rule is None or not isinstance(seen, Mapping):
        return said
    try:
        why = rule.why(Figures(**{**dict.fromkeys(Figures._fields), **seen}), s)
    except (KeyError, TypeError):  # figures of another version
        return said
    return _accepted(why) if rule.name == "step up" and "asks" not in body else why
