"""What was agreed and decided, as it stood at a time: pauses, the goal, the plan, the answers to a week's choice."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from typing import Any

from unhunch.core import bodies
from unhunch.core.codec import read
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import DAY
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Verdict
from unhunch.core.week.asked import day_of
from unhunch.core.week.choice import TAKEN
from unhunch.core.week.dates import midnight_of
from unhunch.core.week.figures import Chosen, Outcome, Plan, Reason

DECISIONS = frozenset({Kind.GOAL, Kind.OFFER, Kind.REVIEW})
"""What the programme decided."""
PAUSED_FROM = DAY / 2
"""A day that was paused for so long is a day off (policy)."""


def paused(name: str, facts: Sequence[Fact], utc_offset: int | None) -> bool:
    """A pause covered half of the calendar day."""
    if utc_offset is None:
        utc_offset = facts[-1].utc_offset if facts else 0
    midnight = midnight_of(name) - utc_offset
    covered, since, until = 0.0, 0.0, 0.0
    for fact in [f for f in facts if f.kind in (Kind.PAUSE, Kind.RESUME)]:
        covered += max(0.0, min(until, fact.wall, midnight + DAY) - max(since, midnight))
        since, until = fact.wall, _pause_end(fact) if fact.kind is Kind.PAUSE else fact.wall
    covered += max(0.0, min(until, midnight + DAY) - max(since, midnight))
    return covered >= PAUSED_FROM


def _pause_end(pause: Fact) -> float:
    """When a pause ends by itself, Unix seconds."""
    said = read(bodies.Pause, pause.body)
    if said.until is not None:
        return said.until
    return inf if said.seconds is None else pause.wall + said.seconds


def goal(facts: Sequence[Fact], name: str, s: Settings, *, of_day: bool = False) -> int:
    """The goal at the end of a day; with `of_day` as that day was begun, which its expected sitting may have capped."""
    agreed = s.goal
    for fact in facts:
        if of_day and fact.kind is Kind.DAY:
            began = read(bodies.Day, fact.body)
            if began.date == name and began.goal is not None:
                return began.goal
        if fact.kind is Kind.GOAL and day_of(fact) <= name:
            agreed = read(bodies.Goal, fact.body).to or agreed
    return agreed


def plan(facts: Iterable[Fact], names: Sequence[str], given: Mapping[str, Any] | None, s: Settings) -> Plan:
    """The decision of the week of these days: the programme's own account, or its last GOAL or OFFER fact."""
    if given is not None:
        own = read(bodies.Decided, given)
        return Plan(own.decision or "hold", own.rule or "", Reason(given, s), own.from_, own.to, own.answer)
    said = [f for f in facts if f.kind in DECISIONS and day_of(f) in names]
    if not said:
        return Plan("hold", "", None, None, None, None)
    kind, last = said[-1].kind, read(bodies.Decided, said[-1].body)
    came_from, to = last.from_, last.to
    down = kind is Kind.GOAL and came_from is not None and to is not None and to < came_from
    usual = "hold" if kind is Kind.REVIEW else "step down" if down else "step up"
    decision = last.decision or usual
    answer = "accept" if kind is Kind.GOAL and decision == "step up" else last.answer
    return Plan(decision, last.rule or "", Reason(said[-1].body, s), came_from, to, answer)


def changes(facts: Iterable[Fact], names: Collection[str], s: Settings) -> tuple[tuple[str, Plan], ...]:
    """What changed on these days, each with its day: the number of sessions, a stop, easy sessions and their end."""
    return tuple(
        (day_of(fact), plan([fact], [day_of(fact)], None, s))
        for fact in facts
        if day_of(fact) in names
        and (fact.kind is Kind.GOAL or (fact.kind is Kind.REVIEW and read(bodies.Review, fact.body).at_once))
    )


def open_offer(facts: Iterable[Fact], until: str) -> int | None:
    """The goal that was offered up to a day and has not been answered since; None when there is none."""
    last = None
    for fact in facts:
        if fact.kind in (Kind.GOAL, Kind.OFFER):
            last = fact
    if last is None or last.kind is Kind.GOAL or day_of(last) > until:
        return None
    offer = read(bodies.Offer, last.body)
    return offer.to if offer.answer is None else None


def stopped(facts: Iterable[Fact], until: str, given: Mapping[str, Any] | None) -> bool:
    """Session prompts are off: the last screening says ask a doctor, or the programme has stopped them since."""
    if given is not None and "stopped" in given:
        return bool(given["stopped"])
    off = False
    for fact in facts:
        if day_of(fact) > until:
            continue
        if fact.kind is Kind.SCREENING:
            verdict = read(bodies.Screening, fact.body).verdict
            off = off if verdict is Verdict.UNABLE else verdict is Verdict.ASK_DOCTOR
        elif fact.kind in DECISIONS and read(bodies.Decided, fact.body).decision == "stop":
            off = True
        elif fact.kind in DECISIONS and read(bodies.Decided, fact.body).mode is not None:  # the stop was a slip
            off = read(bodies.Decided, fact.body).mode == "stopped"
    return off


def unable(facts: Iterable[Fact], until: str) -> bool:
    """No session is asked for: there is no roller, or no lying on the floor."""
    told = [f for f in facts if f.kind is Kind.SCREENING and day_of(f) <= until]
    return bool(told) and read(bodies.Screening, told[-1].body).verdict is Verdict.UNABLE


def chosen(facts: Iterable[Fact], week: str, outcome: Outcome | None = None) -> Chosen | None:
    """The answer to a week's choice, with what came of it if it was taken."""
    made = [read(bodies.Choice, fact.body) for fact in facts if fact.kind is Kind.CHOICE]
    answers = [choice for choice in made if choice.week == week]
    if not answers:
        return None
    answer = answers[-1].answer or ""
    return Chosen(week, answers[-1].choice or "", answer, outcome if answer == TAKEN else None)
