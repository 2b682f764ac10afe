"""Read from the store what a weekly summary needs, and no more: ten years of history cost no more than ten weeks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from unhunch.core.bodies import Correction, Undo
from unhunch.core.codec import sound, told
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.week.asked import standing_facts
from unhunch.core.week.days import seven
from unhunch.core.week.decisions import changes
from unhunch.core.week.figures import HandOver, TrendWeek, Week
from unhunch.core.week.lived import Lived, lived
from unhunch.core.week.machines import asked_once
from unhunch.core.week.summary import EARLIER, LATER, WEEKS_BEFORE, first_day, summarise, trend, window
from unhunch.ports import Store

if TYPE_CHECKING:
    from unhunch.core.week.months import Months

TREND_WEEKS = 12
"""How far the page's trend looks back (policy)."""
MONTHS = 6
"""How many months the page shows at a glance (policy)."""


def week_of(
    store: Store, first: str, s: Settings, *, with_trend: bool = False, plan: Mapping[str, Any] | None = None
) -> tuple[Week, tuple[TrendWeek, ...]]:
    """The week that begins on `first` (ISO date), with its trend when asked for. Raises StoreError."""
    pieces, facts = read(store, first, s, TREND_WEEKS if with_trend else WEEKS_BEFORE)
    week = _named(summarise(pieces, facts, first, s, plan), store.names())
    return week, trend(pieces, facts, first, s, TREND_WEEKS) if with_trend else ()


def _named(week: Week, names: Mapping[str, str]) -> Week:
    """Its machines by what people call them."""
    if not names:
        return week
    sources = tuple(replace(source, device=names.get(source.device, source.device)) for source in week.quality.sources)
    return replace(week, quality=replace(week.quality, sources=sources))


def months_of(store: Store, last: str, s: Settings, count: int) -> "Months":
    """So many months up to the one that holds the day `last` (ISO date). Raises StoreError."""
    from unhunch.core.week.months import days_of, firsts, months

    names = firsts(last, count)
    week = first_day(days_of(names[-1])[-1], s.week_day)
    weeks = -(-(date.fromisoformat(week) - date.fromisoformat(names[0])).days // 7)
    pieces, facts = read(store, week, s, weeks)
    return months(pieces, facts, last, s, count)


def hand_over_of(store: Store, first: str, s: Settings, weeks: int) -> HandOver:
    """So many weeks up to the one that begins on `first`, for a clinician. Raises StoreError."""
    pieces, facts = read(store, first, s, weeks)
    found = trend(pieces, facts, first, s, weeks)
    days = [day for week in found for day in seven(week.first)]
    return HandOver(found, changes(standing_facts(facts), days, s))


def read(store: Store, first: str, s: Settings, weeks: int) -> tuple[list[Lived], list[Fact]]:
    """Lived time and facts of a week and of so many weeks before it, with what reaches into them from elsewhere."""
    since, until = window(first, weeks)
    earlier = sound(store.read(until=since, kinds=EARLIER))
    near = sound(fact for fact in store.read(since, until) if fact.kind is not Kind.CHECKPOINT)
    later = sound(store.read(since=until, kinds=LATER))
    changes = _changes(later, {fact.key for fact in near}, since, until) if later else ()
    facts, desks = [*earlier, *near, *later], store.names()
    return lived([*near, *changes], s), asked_once(facts, desks) if desks else facts


def _changes(later: Iterable[Fact], known: set[str], since: float, until: float) -> Sequence[Fact]:
    """What changes how this time was lived: corrections of it, and what took them or its facts back."""
    found: list[Fact] = []
    for fact in later:
        match told(fact):
            case Correction(start, end) if start < until and end > since:
                found.append(fact)
                known.add(fact.key)
            case Undo(key) if key in known:
                found.append(fact)
    return found
