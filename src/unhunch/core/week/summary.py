"""The weekly summary (MODEL 7): seven logical days in nine points, from lived time and the facts beside it.

Weeks are compared with weeks, not days with days. Implausible days are shown and flagged, and kept out of every total.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from unhunch.core.averages import mean, median
from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.day import Day as Counted
from unhunch.core.settings import WEEKDAYS, Settings
from unhunch.core.vocabulary import Status
from unhunch.core.week import choice as choices
from unhunch.core.week import decisions
from unhunch.core.week.asked import HOURS_WEEKS, Owed, better_hours, owed, prompts, standing_facts
from unhunch.core.week.dates import WEEKS_BEFORE, back, seven
from unhunch.core.week.days import DayTotals, Lot, clock_minutes, day_totals, iso, usual_stretch
from unhunch.core.week.extremes import best_and_worst
from unhunch.core.week.figures import (
    Before,
    Day,
    Outcome,
    Pattern,
    Sitting,
    Situation,
    Span,
    TrendWeek,
    Week,
    minutes,
    share,
)
from unhunch.core.week.quality import Watched, quality, watched
from unhunch.core.week.sessions import Told, feeling, mark, told
from unhunch.core.week.symptoms import meant, symptoms
from unhunch.tuples import NamedTuple

if TYPE_CHECKING:
    from unhunch.core.week.lived import Lived

EARLIER = frozenset({*decisions.DECISIONS, Kind.PAUSE, Kind.RESUME, Kind.SCREENING})
"""Kinds that reach into a week from any time before it: few rows."""
LATER = frozenset({Kind.CHOICE, Kind.CORRECTION, Kind.GOAL, Kind.OFFER, Kind.RATED, Kind.UNDO})
"""Kinds that reach back into a week from any time after it."""
BULK = frozenset(
    {Kind.INPUT, Kind.LOCKED, Kind.ASLEEP, Kind.CALL, Kind.INHIBITED, Kind.BLIND, Kind.PARTIAL, Kind.RUNNING, Kind.SUM}
)
"""Evidence: a hundred rows a day, of which a summary looks at little beside lived time."""


BESIDE = frozenset(Kind) - BULK - {Kind.CHECKPOINT}
"""What a summary reads beside the counted evidence: a few rows a day."""


class History(NamedTuple):
    """What a summary is made from, folded once."""

    facts: list[Fact]
    """Without the evidence, standing, in the order of time."""
    days: Mapping[str, DayTotals]
    owed: list[Owed]
    sessions: list[Told]


def history(lived: "Iterable[Lived]", facts: Iterable[Fact], s: Settings) -> History:
    """From lived time, and from facts with the evidence among them."""
    from unhunch.core.week import sums  # not where days are kept as they were counted
    from unhunch.core.week.machines import together

    every = list(facts)
    whole = together(lived, s)
    days = day_totals(whole, s)
    sums.add(days, every, whole)
    return history_of(days, (fact for fact in every if fact.kind not in BULK), s)


def history_of(days: Mapping[str, DayTotals], beside: Iterable[Fact], s: Settings) -> History:
    """From counted days, and from the facts beside the evidence."""
    standing = meant(standing_facts(beside), s)
    return History(standing, days, owed(standing), told(standing))


def summarise(
    lived: "Iterable[Lived]", facts: Iterable[Fact], week: str, s: Settings, plan: Mapping[str, Any] | None = None
) -> Week:
    """The summary of the week that begins on `week` (ISO date).

    `lived` and `facts` are to cover it and the four weeks before it (`window`), with the kinds in EARLIER from all
    the time before, and those in LATER from all the time since. `plan` is the programme's own account (decision,
    rule, why, from, to, answer, stopped); without it the last GOAL or OFFER of the week speaks.
    """
    pieces, every = list(lived), list(facts)
    return summary(history(pieces, every, s), watched(pieces, every, seven(week)), week, s, plan)


def summary(h: History, seen: Watched, week: str, s: Settings, plan: Mapping[str, Any] | None = None) -> Week:
    """The same from a history of that time, and from what watched that week."""
    names = seven(week)
    days = tuple(_day(name, h, s) for name in names)
    totals = [h.days[d.date] for d in days if d.date in h.days and not d.flags]
    earlier = [name for n in range(1, HOURS_WEEKS) for name in seven(back(week, n))]
    asked_for = prompts(h.facts, set(names), {*names, *earlier})
    decided = decisions.plan(h.facts, names, plan, s)
    last = decisions.chosen(h.facts, back(week, 1), _outcome(h, week))
    situation = Situation(
        stopped=decisions.stopped(h.facts, names[-1], plan),
        unable=decisions.unable(h.facts, names[-1]),
        offered=decisions.open_offer(h.facts, names[-1]),
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
    best_day, worst_day = best_and_worst(days)
    return Week(
        first=names[0],
        last=names[-1],
        days=days,
        sitting=_sitting([t.day for t in totals], s),
        sitting_per_day=_per_day([d for d in days if d.counted]),
        best_day=best_day,
        worst_day=worst_day,
        before=_before(h, week, s),
        pattern=_pattern([lot for t in totals for lot in t.stretches], s),
        goal=decisions.goal(h.facts, names[-1], s),
        done=situation.done,
        partial=sum(m.status != Status.DONE for d in days for m in d.sessions),
        asked=situation.asked,
        feeling=feeling(h.sessions, h.facts, names),
        symptoms=symptoms(h.facts, names, s),
        prompts=asked_for,
        plan=decided,
        choice=options[0],
        options=options,
        chosen=decisions.chosen(h.facts, week),
        last_choice=last,
        quality=quality(seen, h.facts, days),
        thresholds=thresholds(s),
    )


def trend(
    lived: "Iterable[Lived]", facts: Iterable[Fact], week: str, s: Settings, weeks: int = 12
) -> tuple[TrendWeek, ...]:
    """So many weeks up to the one that begins on `week`, the oldest first."""
    return trend_of(history(lived, facts, s), week, s, weeks)


def trend_of(h: History, week: str, s: Settings, weeks: int) -> tuple[TrendWeek, ...]:
    """The same from a history that covers them."""
    return tuple(together_of(h, seven(back(week, n)), s) for n in range(weeks - 1, -1, -1))


def together_of(h: History, names: Sequence[str], s: Settings) -> TrendWeek:
    """Some days as one row of a trend: a week, or a month."""
    known = [h.days[name] for name in names if name in h.days]
    counted = [totals.day for totals in known if totals.day.valid(s)]
    lots = [lot for totals in known if not totals.day.flags(s) for lot in totals.stretches]
    return TrendWeek(
        first=names[0],
        counted_days=len(counted),
        sitting=_sitting(counted, s, over=len(counted)) if counted else None,
        prolonged_share=_pattern(lots, s).prolonged_share,
        done=sum(one.done for one in h.sessions if one.day in names),
        asked=sum(o.asked for o in h.owed if o.day in names),
        feeling=feeling(h.sessions, h.facts, names),
        symptoms=symptoms(h.facts, names, s),
    )


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


def _sitting(days: Sequence[Counted], s: Settings, over: int = 1) -> Sitting:
    return Sitting(
        minutes(sum(day.low for day in days) / over),
        minutes(sum(day.best for day in days) / over),
        minutes(sum(day.high(s) for day in days) / over),
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


def _day(name: str, h: History, s: Settings) -> Day:
    totals = h.days.get(name) or DayTotals(Counted(name))
    counted = totals.day
    weekday = date.fromisoformat(name).weekday()
    due = [o for o in h.owed if o.day == name]
    sessions = [one for one in h.sessions if one.day == name]
    return Day(
        date=name,
        weekday=WEEKDAYS[weekday],
        workday=WEEKDAYS[weekday] in s.workdays,
        sitting=_sitting([counted], s),
        usual=_usual(name, h.days, s),
        counted=counted.valid(s),
        flags=counted.flags(s),
        paused=(paused := decisions.paused(name, h.facts, totals.utc_offset)),
        goal=None if paused else decisions.goal(h.facts, name, s, of_day=True),
        asked=sum(o.asked for o in due),
        done=sum(one.done for one in sessions),
        stretches=tuple(_span(lot, name) for lot in totals.stretches),
        unseen=tuple(_span(lot, name) for lot in totals.unseen),
        sessions=tuple(mark(one, name) for one in sessions),
        unknown=minutes(counted.unknown),
        calls=minutes(counted.calls),
        standing=minutes(counted.standing),
        summed=totals.summed,
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
        if totals is not None and (WEEKDAYS[day.weekday()] in s.workdays) is work and totals.day.valid(s):
            found.append(totals.day.best)
    return minutes(median(found)) if found else None


def _before(h: History, week: str, s: Settings) -> Before:
    """The four weeks before, as means over those that have a counted day."""
    seen: list[tuple[list[DayTotals], list[str]]] = []
    for n in range(1, WEEKS_BEFORE + 1):
        names = seven(back(week, n))
        totals = [h.days[name] for name in names if name in h.days and not h.days[name].day.flags(s)]
        if any(t.day.valid(s) for t in totals):
            seen.append((totals, names))
    if not seen:
        return Before(0, None, None, None, None, None, None, None, None)
    every = [t for totals, _ in seen for t in totals]
    pattern = _pattern([lot for t in every for lot in t.stretches], s)
    longest = [max(lot.seconds for t in totals for lot in t.stretches) for totals, _ in seen]
    names = [name for _, week_names in seen for name in week_names]
    return Before(
        weeks=len(seen),
        sitting=_sitting([t.day for t in every], s, over=len(seen)),
        sitting_per_day=minutes(mean([t.day.best for t in every if t.day.valid(s)])),
        prolonged_share=pattern.prolonged_share,
        long=round(pattern.long / len(seen), 1),
        longest=minutes(mean(longest)),
        usual=pattern.usual,
        sessions=round(sum(one.done for one in h.sessions if one.day in names) / len(seen), 1),
        asked=round(sum(o.asked for o in h.owed if o.day in names) / len(seen), 1),
    )


def _outcome(h: History, week: str) -> Outcome:
    """What came of something that was chosen for this week."""

    def sessions(names: Sequence[str]) -> tuple[int, int]:
        done = sum(one.done for one in h.sessions if one.day in names)
        return done, sum(o.asked for o in h.owed if o.day in names)

    return Outcome(*sessions(seven(back(week, 1))), *sessions(seven(week)))
