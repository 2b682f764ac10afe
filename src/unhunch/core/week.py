"""The weekly summary (MODEL 7): seven logical days in nine points, from lived time and the facts beside it.

Weeks are compared with weeks, not days with days. Implausible days are shown and flagged, and kept out of every total.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import inf
from typing import Any, NamedTuple

from unhunch.core import choice as choices
from unhunch.core.days import DayTotals, Lot, back, clock_minutes, day_totals, iso, seven, usual_stretch
from unhunch.core.desks import together
from unhunch.core.facts import Fact, Kind
from unhunch.core.figures import (
    Before,
    Chosen,
    Day,
    Pattern,
    Plan,
    Sitting,
    Span,
    TrendWeek,
    Week,
    mean,
    median,
    minutes,
    share,
)
from unhunch.core.history import Lived
from unhunch.core.moment import DAY
from unhunch.core.prompted import HOURS_WEEKS, Owed, better_hours, day_of, owed, prompts, standing_facts
from unhunch.core.quality import quality
from unhunch.core.sessions import feeling, is_done, mark, rated
from unhunch.core.settings import WEEKDAYS, Settings

WEEKS_BEFORE = 4
"""A week is compared with so many before it (MODEL 7)."""
PAUSED_FROM = DAY / 2
"""A day that was paused for so long is a day off (policy)."""

EARLIER = frozenset({Kind.GOAL, Kind.PAUSE, Kind.RESUME, Kind.SCREENING})
"""Kinds that reach into a week from any time before it: few rows."""
LATER = frozenset({Kind.CHOICE, Kind.CORRECTION, Kind.RATED, Kind.UNDO})
"""Kinds that reach back into a week from any time after it."""
BULK = frozenset({Kind.INPUT, Kind.LOCKED, Kind.ASLEEP, Kind.CALL, Kind.INHIBITED, Kind.BLIND, Kind.RUNNING})
"""Evidence: a hundred rows a day, of which a summary looks at little beside lived time."""


def first_day(day: str, week_start: str) -> str:
    """The first day of the week that `day` (ISO date) lies in; `week_start` is one of mon, tue, ... sun."""
    at = date.fromisoformat(day)
    return (at - timedelta(days=(at.weekday() - WEEKDAYS.index(week_start)) % 7)).isoformat()


def window(week: str, weeks: int = WEEKS_BEFORE) -> tuple[float, float]:
    """The Unix seconds that can hold facts of a week and of so many weeks before it, in any time zone."""
    day = (date.fromisoformat(week).toordinal() - date(1970, 1, 1).toordinal()) * DAY
    return day - weeks * 7 * DAY - DAY, day + 9 * DAY


class _History(NamedTuple):
    """What a summary is made from, folded once."""

    lived: list[Lived]
    facts: list[Fact]
    """Without the evidence, standing, in the order of time."""
    watching: list[Fact]
    """The evidence that something was watched."""
    days: dict[str, DayTotals]
    owed: list[Owed]
    sessions: list[Fact]


def _history(lived: Iterable[Lived], facts: Iterable[Fact], s: Settings) -> _History:
    pieces = list(lived)
    every = list(facts)
    watching = [fact for fact in every if fact.kind in (Kind.RUNNING, Kind.INPUT)]
    standing = standing_facts(fact for fact in every if fact.kind not in BULK)
    return _History(pieces, standing, watching, day_totals(together(pieces, s), s), owed(standing), rated(standing))


def summarise(
    lived: Iterable[Lived], facts: Iterable[Fact], week: str, s: Settings, plan: Mapping[str, Any] | None = None
) -> Week:
    """The summary of the week that begins on `week` (ISO date).

    `lived` and `facts` are to cover it and the four weeks before it (`window`), with the kinds in EARLIER from all
    the time before, and those in LATER from all the time since. `plan` is the programme's own account (decision,
    rule, why, from, to, answer, stopped); without it the last GOAL or OFFER of the week speaks.
    """
    h = _history(lived, facts, s)
    names = seven(week)
    days = tuple(_day(name, h, s) for name in names)
    totals = [h.days[d.date] for d in days if d.date in h.days and not d.flags]
    earlier = [name for n in range(1, HOURS_WEEKS) for name in seven(back(week, n))]
    asked_for = prompts(h.facts, set(names), {*names, *earlier})
    decided = _plan(h.facts, names, plan)
    last = _chosen(h, week, back(week, 1))
    situation = choices.Situation(
        stopped=_stopped(h.facts, names[-1], plan),
        offered=decided.goal_to if decided.decision == "step up" and decided.answer is None else None,
        paused_days=sum(d.paused for d in days),
        days_seen=sum(d.sitting.best > 0 or d.done > 0 for d in days),
        asked=sum(d.asked for d in days),
        done=sum(d.done for d in days),
        ignored=asked_for.ignored,
        put_off=asked_for.snoozed + asked_for.skipped,
        window=better_hours(asked_for.hours),
        last=last,
    )
    options = choices.options(situation)
    return Week(
        first=names[0],
        last=names[-1],
        days=days,
        sitting=_sitting(totals, s),
        sitting_per_day=_per_day([d for d in days if d.counted]),
        before=_before(h, week, s),
        pattern=_pattern([lot for t in totals for lot in t.stretches], s),
        goal=_goal(h.facts, names[-1], s),
        done=situation.done,
        partial=sum(m.status != "done" for d in days for m in d.sessions),
        asked=situation.asked,
        feeling=feeling(h.sessions, h.facts, names),
        prompts=asked_for,
        plan=decided,
        choice=options[0],
        options=options,
        chosen=_chosen(h, None, week),
        last_choice=last,
        quality=quality(h.lived, h.facts, h.watching, days),
        thresholds=thresholds(s),
    )


def trend(
    lived: Iterable[Lived], facts: Iterable[Fact], week: str, s: Settings, weeks: int = 12
) -> tuple[TrendWeek, ...]:
    """So many weeks up to the one that begins on `week`, the oldest first."""
    h = _history(lived, facts, s)
    found = []
    for n in range(weeks - 1, -1, -1):
        first = back(week, n)
        names = seven(first)
        counted = [h.days[name] for name in names if name in h.days and h.days[name].counted(s)]
        lots = [lot for name in names if name in h.days and not h.days[name].flags(s) for lot in h.days[name].stretches]
        found.append(
            TrendWeek(
                first=first,
                counted_days=len(counted),
                sitting=_sitting(counted, s, over=len(counted)) if counted else None,
                prolonged_share=_pattern(lots, s).prolonged_share,
                done=sum(is_done(f) for f in h.sessions if day_of(f) in names),
                asked=sum(o.asked for o in h.owed if o.day in names),
            )
        )
    return tuple(found)


def thresholds(s: Settings) -> dict[str, float]:
    """The numbers behind the estimate, in minutes; given beside the figures wherever they are printed as JSON."""
    return {
        "active_gap": minutes(s.active_gap),
        "break_gap": minutes(s.break_gap),
        "proven_break": minutes(s.proven_break),
        "maybe_gap": minutes(s.maybe_gap),
        "unknown_break": minutes(s.unknown_break),
        "call_limit": minutes(s.call_limit),
        "film_limit": minutes(s.film_limit),
        "prolonged": minutes(s.prolonged),
        "long": minutes(s.long_stretch),
        "valid_day": minutes(s.valid_day),
    }


def _sitting(totals: Sequence[DayTotals], s: Settings, over: int = 1) -> Sitting:
    return Sitting(
        minutes(sum(t.low for t in totals) / over),
        minutes(sum(t.best for t in totals) / over),
        minutes(sum(t.high(s) for t in totals) / over),
    )


def _per_day(days: Sequence[Day]) -> float | None:
    return round(mean([d.sitting.best for d in days]), 1) if days else None


def _pattern(lots: Sequence[Lot], s: Settings) -> Pattern:
    lengths = [lot.seconds for lot in lots]
    prolonged = [length for length in lengths if length >= s.prolonged]
    usual = usual_stretch(lengths)
    return Pattern(
        stretches=len(lengths),
        prolonged=len(prolonged),
        prolonged_share=share(sum(prolonged), sum(lengths)),
        long=sum(length >= s.long_stretch for length in lengths),
        longest=minutes(max(lengths)) if lengths else None,
        usual=None if usual is None else minutes(usual),
        prolonged_from=minutes(s.prolonged),
        long_from=minutes(s.long_stretch),
    )


def _day(name: str, h: _History, s: Settings) -> Day:
    totals = h.days.get(name) or DayTotals()
    weekday = date.fromisoformat(name).weekday()
    due = [o for o in h.owed if o.day == name]
    sessions = [f for f in h.sessions if day_of(f) == name]
    return Day(
        date=name,
        weekday=WEEKDAYS[weekday],
        workday=WEEKDAYS[weekday] in s.workdays,
        sitting=_sitting([totals], s),
        usual=_usual(name, h.days, s),
        counted=totals.counted(s),
        flags=totals.flags(s),
        paused=(paused := _paused(name, h, totals.utc_offset)),
        goal=None if paused else _goal(h.facts, name, s, of_day=True),
        asked=sum(o.asked for o in due),
        done=sum(map(is_done, sessions)),
        stretches=tuple(_span(lot, name) for lot in totals.stretches),
        unseen=tuple(_span(lot, name) for lot in totals.unseen),
        sessions=tuple(mark(f, name) for f in sessions),
        unknown=minutes(totals.unknown),
        calls=minutes(totals.calls),
        standing=minutes(totals.standing),
    )


def _span(lot: Lot, day: str) -> Span:
    first, last = lot.runs[0], lot.runs[-1]
    return Span(
        start=iso(first.start, first.utc_offset),
        end=iso(last.end, last.utc_offset),
        minutes=minutes(lot.seconds),
        clock=tuple(
            (clock_minutes(r.start, r.utc_offset, day), clock_minutes(r.end, r.utc_offset, day)) for r in lot.runs
        ),
    )


def _usual(name: str, days: Mapping[str, DayTotals], s: Settings) -> float | None:
    """What a day of this kind was like in the four weeks before its week day."""
    at = date.fromisoformat(name)
    work = WEEKDAYS[at.weekday()] in s.workdays
    found = []
    for n in range(1, WEEKS_BEFORE * 7 + 1):
        day = at - timedelta(days=n)
        totals = days.get(day.isoformat())
        if totals is not None and (WEEKDAYS[day.weekday()] in s.workdays) is work and totals.counted(s):
            found.append(totals.best)
    return minutes(median(found)) if found else None


def _before(h: _History, week: str, s: Settings) -> Before:
    """The four weeks before, as means over those that have a counted day."""
    seen: list[tuple[list[DayTotals], list[str]]] = []
    for n in range(1, WEEKS_BEFORE + 1):
        names = seven(back(week, n))
        totals = [h.days[name] for name in names if name in h.days and not h.days[name].flags(s)]
        if any(t.counted(s) for t in totals):
            seen.append((totals, names))
    if not seen:
        return Before(0, None, None, None, None, None, None, None, None)
    every = [t for totals, _ in seen for t in totals]
    pattern = _pattern([lot for t in every for lot in t.stretches], s)
    longest = [max(lot.seconds for t in totals for lot in t.stretches) for totals, _ in seen]
    names = [name for _, week_names in seen for name in week_names]
    return Before(
        weeks=len(seen),
        sitting=_sitting(every, s, over=len(seen)),
        sitting_per_day=minutes(mean([t.best for t in every if t.counted(s)])),
        prolonged_share=pattern.prolonged_share,
        long=round(pattern.long / len(seen), 1),
        longest=minutes(mean(longest)),
        usual=pattern.usual,
        sessions=round(sum(is_done(f) for f in h.sessions if day_of(f) in names) / len(seen), 1),
        asked=round(sum(o.asked for o in h.owed if o.day in names) / len(seen), 1),
    )


def _paused(name: str, h: _History, utc_offset: int | None) -> bool:
    """A pause covered half of the calendar day."""
    if utc_offset is None:
        utc_offset = h.facts[-1].utc_offset if h.facts else 0
    midnight = window(name, 0)[0] + DAY - utc_offset
    covered, since, until = 0.0, 0.0, 0.0
    for fact in [f for f in h.facts if f.kind in (Kind.PAUSE, Kind.RESUME)]:
        covered += max(0.0, min(until, fact.wall, midnight + DAY) - max(since, midnight))
        since, until = fact.wall, _pause_end(fact) if fact.kind is Kind.PAUSE else fact.wall
    covered += max(0.0, min(until, midnight + DAY) - max(since, midnight))
    return covered >= PAUSED_FROM


def _pause_end(pause: Fact) -> float:
    """When a pause ends by itself, Unix seconds."""
    if pause.body.get("until") is not None:
        return float(pause.body["until"])
    seconds = pause.body.get("seconds")
    return inf if seconds is None else pause.wall + float(seconds)


def _goal(facts: Sequence[Fact], name: str, s: Settings, *, of_day: bool = False) -> int:
    """The goal at the end of a day; with `of_day` as that day was begun, which its expected sitting may have capped."""
    goal = s.goal
    for fact in facts:
        if of_day and fact.kind is Kind.DAY and fact.body.get("date", fact.day) == name and "goal" in fact.body:
            return int(fact.body["goal"])
        if fact.kind is Kind.GOAL and day_of(fact) <= name:
            goal = int(fact.body["to"])
    return goal


def _plan(facts: Iterable[Fact], names: Sequence[str], given: Mapping[str, Any] | None) -> Plan:
    if given is not None:
        return Plan(
            decision=str(given.get("decision", "hold")),
            rule=str(given.get("rule", "")),
            why=str(given.get("why", "")),
            goal_from=given.get("from"),
            goal_to=given.get("to"),
            answer=given.get("answer"),
        )
    said = [f for f in facts if f.kind in (Kind.GOAL, Kind.OFFER) and day_of(f) in names]
    if not said:
        return Plan("hold", "", "No review fell into this week.", None, None, None)
    body, kind = said[-1].body, said[-1].kind
    came_from, to = body.get("from"), body.get("to")
    down = kind is Kind.GOAL and came_from is not None and to is not None and to < came_from
    answer = "accept" if kind is Kind.GOAL and not down else body.get("answer")
    return Plan(
        "step down" if down else "step up", str(body.get("rule", "")), str(body.get("why", "")), came_from, to, answer
    )


def _stopped(facts: Iterable[Fact], until: str, plan: Mapping[str, Any] | None) -> bool:
    """Session prompts are off: the last screening says ask a doctor, or the programme says stop."""
    if plan is not None and "stopped" in plan:
        return bool(plan["stopped"])
    verdicts = [f.body.get("verdict") for f in facts if f.kind is Kind.SCREENING and day_of(f) <= until]
    return bool(verdicts) and verdicts[-1] == "ask-doctor"


def _chosen(h: _History, after: str | None, week: str) -> Chosen | None:
    """The answer to a week's choice; `after` is the week in which to look for what came of it."""
    answers = [f.body for f in h.facts if f.kind is Kind.CHOICE and f.body.get("week") == week]
    if not answers:
        return None
    picked, answer = str(answers[-1].get("choice", "")), str(answers[-1].get("answer", ""))
    return Chosen(week, picked, answer, _outcome(h, week, after) if after and answer == choices.TAKEN else "")


def _outcome(h: _History, before: str, after: str) -> str:
    def sessions(week: str) -> str:
        names = seven(week)
        done = sum(is_done(f) for f in h.sessions if day_of(f) in names)
        return f"{done} done of {sum(o.asked for o in h.owed if o.day in names)} asked"

    return f"Sessions the week before: {sessions(before)}; this week: {sessions(after)}."
