"""A history of weeks gathered from the store: the days as they are kept, or counted now and then kept.

Of evidence, a hundred rows a day, only those weeks are read that are not kept (core/week/counted.py).
"""

from collections.abc import Iterable

from unhunch.core.codec import sound
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.core.week import counted
from unhunch.core.week.counted import CHANGING, Counted
from unhunch.core.week.dates import back, window
from unhunch.core.week.kept import DAYS
from unhunch.core.week.summary import BESIDE, EARLIER, LATER, History, history_of
from unhunch.ports import KeptWeek, Store

EVIDENCE = frozenset(Kind) - {Kind.CHECKPOINT}


def gathered(
    store: Store, first: str, s: Settings, weeks: int, by: str
) -> tuple[dict[str, Counted], History, list[KeptWeek]]:
    """A week and so many before it: each as it was counted, their history with what bears on it from elsewhere, and
    what has been counted now. `by`: the rules (core/week/kept.py).
    """
    found, fresh = _counted(store, [back(first, n) for n in range(weeks, -1, -1)], s, by)
    since, until = window(first, weeks)
    facts = sound(store.read(until=since, kinds=EARLIER))
    facts += sound(store.read(since, until, kinds=BESIDE))
    facts += sound(store.read(since=until, kinds=LATER))
    if desks := store.names():
        from unhunch.core.week.machines import asked_once

        facts = asked_once(facts, desks)
    days = {name: totals for week in found.values() for name, totals in week.days.items()}
    return found, history_of(days, facts, s), fresh


def _counted(store: Store, firsts: Iterable[str], s: Settings, by: str) -> tuple[dict[str, Counted], list[KeptWeek]]:
    """These weeks by their first days, and those of them that were not kept."""
    found, fresh = dict[str, Counted](), list[KeptWeek]()
    kept = store.kept_weeks(DAYS, firsts, by)
    for first in firsts:
        try:
            found[first] = counted.of_plain(kept[first])
        except (KeyError, TypeError, ValueError):  # not kept, or not by us
            found[first] = _count(store, first, s)
            fresh.append(KeptWeek(DAYS, first, *window(first, 0), by, counted.to_plain(found[first])))
    return found, fresh


def _count(store: Store, first: str, s: Settings) -> Counted:
    since, until = window(first, 0)
    near = sound(store.read(since, until, kinds=EVIDENCE))
    return counted.count(near, sound(store.read(since=until, kinds=CHANGING)), first, (since, until), s)
