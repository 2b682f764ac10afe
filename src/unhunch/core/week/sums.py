"""Days of which another program kept only a sum (Workrave's statistics): their figures, where nothing better is known.

The active seconds are the low figure of sitting, the time from the first to the last input the high one. There are no
stretches in them, and no moments.
"""

from collections.abc import Iterable, Sequence

from unhunch.core.bodies import Sum
from unhunch.core.codec import read
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.presence.day import Day
from unhunch.core.presence.reading import Presence
from unhunch.core.week.days import DayTotals
from unhunch.core.week.figures import Summed
from unhunch.core.week.lived import Lived

SEEN_ENOUGH = 0.5
"""Where so much of a day's frame was watched in moments, by whomever, its sum is no news (policy)."""


def add(days: dict[str, DayTotals], facts: Iterable[Fact], lived: Sequence[Lived]) -> None:
    """Put the sums among these facts in their days. `lived`: one history of all machines, in the order of time."""
    found: dict[str, tuple[Fact, Sum]] = {}
    for fact in facts:
        if fact.kind is Kind.SUM:
            told = fact, read(Sum, fact.body)
            if fact.day not in found or _rank(*told) > _rank(*found[fact.day]):
                found[fact.day] = told
    seen = _seen({name: fact for name, (fact, _said) in found.items()}, lived) if found else {}
    for name, (fact, said) in found.items():
        if seen[name] < SEEN_ENOUGH * fact.length:
            totals = days.setdefault(name, DayTotals(Day(name), fact.utc_offset))
            totals.day = _with(totals.day, fact, said.active or 0.0)
            program = fact.boot_id.removeprefix(IMPORTED)
            totals.summed = Summed(program, said.active is not None, said.asked, said.taken)


def _rank(fact: Fact, said: Sum) -> tuple[float, bool, float]:
    """Of two sums of a day the later one counts, then the one of the day's own file, then the larger one."""
    return fact.end, said.running, said.active or 0.0


def _with(day: Day, fact: Fact, active: float) -> Day:
    best = max(day.best, active)
    return day._replace(
        low=max(day.low, active),
        best=best,
        maybe=max(day.maybe, fact.length - best - day.unknown),
        first=min(day.first or fact.wall, fact.wall),
        last=max(day.last, fact.end),
    )


def _seen(frames: dict[str, Fact], lived: Iterable[Lived]) -> dict[str, float]:
    """Seconds within each day's frame of which something is known."""
    seen = dict.fromkeys(frames, 0.0)
    for piece in lived:
        frame = frames.get(piece.day)
        if frame is not None and piece.presence is not Presence.UNKNOWN:
            seen[piece.day] += max(0.0, min(piece.end, frame.end) - max(piece.start, frame.wall))
    return seen
