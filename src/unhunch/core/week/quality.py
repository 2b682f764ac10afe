"""How far a week's figures can be trusted: what was watched, by what, and what could not be seen (MODEL 7)."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from unhunch.core.bodies import Running
from unhunch.core.codec import read
from unhunch.core.facts import Fact, Kind
from unhunch.core.intervals import Interval, union, without
from unhunch.core.presence.reading import SITTING, Presence
from unhunch.core.week.asked import day_of
from unhunch.core.week.figures import Day, Quality, Source, minutes
from unhunch.tuples import NamedTuple

if TYPE_CHECKING:
    from unhunch.core.week.lived import Lived


class Watched(NamedTuple):
    """How long somebody at the desk would have been seen, in minutes, and by which machine."""

    covered: float
    sources: tuple[Source, ...]


def watched(lived: "Iterable[Lived]", facts: Iterable[Fact], days: Collection[str]) -> Watched:
    """What watched these days. `lived` is the time of each machine by itself, `facts` hold what it was read from."""
    pieces = [piece for piece in lived if piece.day in days]
    watching = [fact for fact in facts if fact.kind in (Kind.RUNNING, Kind.INPUT)]
    if pieces:
        since, until = min(p.start for p in pieces), max(p.end for p in pieces)
        watching = [fact for fact in watching if fact.wall < until and fact.end > since]
    machines = sorted({p.device for p in pieces})
    sources = tuple(
        _source(machine, [f for f in watching if f.device == machine], [p for p in pieces if p.device == machine])
        for machine in machines
    )
    return Watched(minutes(_covered(watching, pieces)), sources)


def quality(seen: Watched, facts: Sequence[Fact], days: Sequence[Day]) -> Quality:
    """`facts` are those beside the evidence."""
    names = {day.date for day in days}
    return Quality(
        covered=seen.covered,
        unknown=round(sum(day.unknown for day in days), 1),
        calls=round(sum(day.calls for day in days), 1),
        counted_days=sum(day.counted for day in days),
        implausible_days=sum(bool(day.flags) for day in days),
        corrections=_count(facts, Kind.CORRECTION, names),
        clock_changes=_count(facts, Kind.CLOCK, names),
        sources=seen.sources,
    )


def _count(facts: Iterable[Fact], kind: Kind, days: Collection[str]) -> int:
    return sum(fact.kind is kind and day_of(fact) in days for fact in facts)


def _source(machine: str, watching: Sequence[Fact], pieces: "Sequence[Lived]") -> Source:
    since, until = pieces[0].start, pieces[-1].end
    runs = [read(Running, fact.body) for fact in watching if fact.wall < until and fact.end > since]
    names = {run.source for run in runs if run.source}
    return Source(
        device=machine,
        watched_by=tuple(sorted(names)),
        covered=minutes(_covered(watching, pieces)),
        sitting=minutes(sum(p.end - p.start for p in pieces if p.presence in SITTING)),
    )


def _covered(watching: Iterable[Fact], pieces: "Sequence[Lived]") -> float:
    """Seconds in which somebody at the desk would have been seen.

    Watched by a running daemon, or recorded as activity by another program, while the machine was awake and not blind.
    """
    watched = [(fact.wall, fact.end) for fact in watching]
    seen = {device: list[Interval]() for device in {p.device for p in pieces}}
    for p in pieces:
        if p.presence not in (Presence.UNKNOWN, Presence.ASLEEP):
            seen[p.device].append((p.start, p.end))
    within = union(span for spans in seen.values() for span in spans)
    unwatched = without(within, watched)
    return _length(within) - _length(unwatched)


def _length(spans: Iterable[Interval]) -> float:
    return sum(end - start for start, end in spans)
