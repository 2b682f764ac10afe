"""A week's evidence as it was counted: all that a summary needs of some hundred rows a day, and what is kept of them.

The law: seven days are counted from the facts in the window around them, whichever week is shown, and from what later
corrected or took back something in it. So what was counted once holds until one of these is written, changed or
deleted, and counting anew gives the very same.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from unhunch.core.bodies import Correction, Undo
from unhunch.core.codec import told
from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.day import Day
from unhunch.core.settings import Settings
from unhunch.core.week.dates import seven
from unhunch.core.week.days import DayTotals, Lot, Run, day_totals
from unhunch.core.week.figures import Source, Summed
from unhunch.core.week.quality import Watched, watched
from unhunch.tuples import NamedTuple

CHANGING = frozenset({Kind.CORRECTION, Kind.UNDO})
"""Kinds that change how a time was lived, from any time after it."""


class Counted(NamedTuple):
    """Seven days as their evidence tells them."""

    days: dict[str, DayTotals]
    """By ISO date; none where nothing was seen."""
    watched: Watched


def count(near: Sequence[Fact], later: Iterable[Fact], first: str, window: tuple[float, float], s: Settings) -> Counted:
    """The week that begins on `first` (ISO date), from the sound facts in its window and what changed them later."""
    from unhunch.core.week import sums  # here: not where all that is shown is kept
    from unhunch.core.week.lived import lived
    from unhunch.core.week.machines import together

    pieces = lived([*near, *_changes(later, {fact.key for fact in near}, *window)], s)
    whole = together(pieces, s)
    days = day_totals(whole, s)
    sums.add(days, near, whole)
    names = seven(first)
    return Counted({name: days[name] for name in names if name in days}, watched(pieces, near, names))


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


# As plain values ------------------------------------------------------------------------------------------------------


def to_plain(counted: Counted) -> list[Any]:
    """As JSON can say it; `of_plain` has it back exactly."""
    days = [
        [list(t.day), t.utc_offset, _lots(t.stretches), _lots(t.unseen), list(t.summed) if t.summed else None]
        for t in counted.days.values()
    ]
    return [days, counted.watched.covered, [list(source) for source in counted.watched.sources]]


def of_plain(plain: Any) -> Counted:
    """Raises TypeError or ValueError for what to_plain did not make."""
    days, covered, sources = plain
    totals = [
        DayTotals(Day._make(day), offset, _of_lots(stretches), _of_lots(unseen), Summed._make(known) if known else None)
        for day, offset, stretches, unseen, known in days
    ]
    machines = tuple(Source(device, tuple(by), seen, sitting) for device, by, seen, sitting in sources)
    return Counted({one.day.date: one for one in totals}, Watched(covered, machines))


def _lots(lots: Iterable[Lot]) -> list[Any]:
    return [[lot.seconds, *(list(run) for run in lot.runs)] for lot in lots]


def _of_lots(plain: Iterable[Any]) -> list[Lot]:
    return [Lot([Run._make(run) for run in runs], seconds) for seconds, *runs in plain]
