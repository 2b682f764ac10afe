"""Read from the store what a weekly summary needs, and no more: ten years of history cost no more than ten weeks.

A week that is over is kept whole, and read back without what makes one, whose imports alone take longer.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from unhunch.core.settings import Settings
from unhunch.core.week import kept
from unhunch.core.week.dates import WEEKS_BEFORE, first_day, seven, window
from unhunch.core.week.figures import HandOver, TrendWeek, Week
from unhunch.core.week.kept import SUMMARY
from unhunch.ports import KeptWeek, Store

if TYPE_CHECKING:
    from unhunch.core.week.months import Months
    from unhunch.core.week.summary import History

TREND_WEEKS = 12
"""How far the page's trend looks back (policy)."""
MONTHS = 6
"""How many months the page shows at a glance (policy)."""


def week_of(
    store: Store, first: str, s: Settings, *, with_trend: bool = False, plan: Mapping[str, Any] | None = None
) -> tuple[Week, tuple[TrendWeek, ...]]:
    """The week that begins on `first` (ISO date), with its trend when asked for. Raises StoreError."""
    known = f"{kept.rules(s)} {sorted(store.names().items())}"
    if not with_trend and plan is None:
        try:
            return kept.of_plain(store.kept_weeks(SUMMARY, [first], known)[first], s), ()
        except (KeyError, TypeError, ValueError, AttributeError):  # not kept, or not by us
            pass
    from unhunch.core.week.summary import summary, trend_of
    from unhunch.report.gathering import gathered

    asked_at = store.written()
    weeks, h, fresh = gathered(store, first, s, TREND_WEEKS if with_trend else WEEKS_BEFORE, kept.rules(s))
    week = _named(summary(h, weeks[first].watched, first, s, plan), store.names())
    if plan is None:
        fresh.append(KeptWeek(SUMMARY, first, *window(first), known, kept.to_plain(week)))
    store.keep_weeks(fresh, asked_at)
    return week, trend_of(h, first, s, TREND_WEEKS) if with_trend else ()


def _named(week: Week, names: Mapping[str, str]) -> Week:
    """Its machines by what people call them."""
    if not names:
        return week
    called = (source._replace(device=names.get(source.device, source.device)) for source in week.quality.sources)
    return week._replace(quality=week.quality._replace(sources=tuple(called)))


def months_of(store: Store, last: str, s: Settings, count: int) -> "Months":
    """So many months up to the one that holds the day `last` (ISO date). Raises StoreError."""
    from unhunch.core.week import months

    names = months.firsts(last, count)
    week = first_day(months.days_of(names[-1])[-1], s.week_day)
    weeks = -(-(date.fromisoformat(week) - date.fromisoformat(names[0])).days // 7)
    return months.months_of(_history(store, week, s, weeks), last, s, count)


def hand_over_of(store: Store, first: str, s: Settings, weeks: int) -> HandOver:
    """So many weeks up to the one that begins on `first`, for a clinician. Raises StoreError."""
    from unhunch.core.week.decisions import changes
    from unhunch.core.week.summary import trend_of

    h = _history(store, first, s, weeks)
    found = trend_of(h, first, s, weeks)
    days = [day for week in found for day in seven(week.first)]
    return HandOver(found, changes(h.facts, days, s))


def _history(store: Store, first: str, s: Settings, weeks: int) -> "History":
    from unhunch.report.gathering import gathered

    asked_at = store.written()
    _weeks, h, fresh = gathered(store, first, s, weeks, kept.rules(s))
    store.keep_weeks(fresh, asked_at)
    return h
