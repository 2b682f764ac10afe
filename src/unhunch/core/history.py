"""Facts read again: folded into the state of the engine, or into the days as they were lived.

The law: what was lived and what is re-read agree. Spans and points are swept in the order of the running clock, so a
change of the wall clock moves nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from unhunch.core import apply, state
from unhunch.core.apply import COVERS
from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.core.intervals import Interval, union, without
from unhunch.core.settings import Settings
from unhunch.core.shapes import sound
from unhunch.core.sitting import Over, Piece, Presence, Reading
from unhunch.core.state import State

IMPORTED = "import:"
"""Boot ids of histories that other tools recorded begin so."""

CORRECTIONS = {
    "away": Over.CORRECTED_AWAY,
    "standing": Over.CORRECTED_STANDING,
    "sitting": Over.CORRECTED_SITTING,
}

_FINISH, _BEGIN, _POINT, _LAST = range(4)


class _Edge(NamedTuple):
    """What happens to the sweep at `t`: a span ends or begins, a point lies there, a daemon's run ends."""

    t: float
    rank: int
    order: float
    fact: Fact


def fold(facts: Sequence[Fact], s: Settings) -> State:
    """The state after these facts of this machine, in the order of writing; a checkpoint may come first."""
    st = state.fresh(s)
    if facts and facts[0].kind is Kind.CHECKPOINT:
        st = state.load(facts[0].body["state"])
        facts = facts[1:]
    own = [f for f in facts if not f.boot_id.startswith(IMPORTED) and f.kind is not Kind.CHECKPOINT]
    typing = False
    for t, rank, _order, fact in _edges(_kept(own), {st.boot_id: st.offset} if st.boot_id else {}, st.t):
        if fact.kind is Kind.CORRECTION and rank in (_BEGIN, _FINISH):
            if typing:
                st = apply.touch(st, t, s, steady=True)
            over = CORRECTIONS[fact.body["as"]]
            reading = st.reading.cover(over, t) if rank == _BEGIN else st.reading.uncover(over, t)
            st = st._replace(reading=reading)
        elif rank == _BEGIN:
            st = apply.begin(st, fact, t, s)
        elif rank == _POINT:
            st = apply.point(st, fact, t, s)
        else:
            st = apply.finish(st, fact, t, s)
        if fact.kind is Kind.INPUT:
            typing = rank == _BEGIN and fact.length > 0
        if t > st.t and fact.kind is not Kind.CORRECTION:
            st = st._replace(t=t)
    return st


def _kept(facts: Sequence[Fact]) -> list[Fact]:
    """Without what was taken back, and what does not make sense."""
    facts = sound(facts)
    undone = {f.body["fact"] for f in facts if f.kind is Kind.UNDO}
    return [f for f in facts if f.key not in undone] if undone else facts


def _edges(facts: Iterable[Fact], offsets: dict[str, float], last: float) -> list[_Edge]:
    """Every begin, end and point in the order of the running clock.

    Each boot is laid on one line by its first fact: where the wall clock then stood, but never before an earlier boot.
    At the same second what ends comes first; the rest goes in the order in which it was written.
    """
    edges: list[_Edge] = []
    run: _Edge | None = None
    for order, fact in enumerate(facts):
        if fact.boot_id not in offsets:
            offsets[fact.boot_id] = max(fact.wall - fact.boot, last - fact.boot)
        t = fact.boot + offsets[fact.boot_id]
        end = t + fact.length
        last = max(last, end)
        kind = fact.kind
        if kind is Kind.CORRECTION:
            shift = t - fact.wall
            edges.append(_Edge(fact.body["from"] + shift, _BEGIN, order, fact))
            edges.append(_Edge(fact.body["to"] + shift, _FINISH, order, fact))
            edges.append(_Edge(t, _POINT, order, fact))
        elif kind is Kind.RUNNING:
            if run:  # what a run's end says is known until the next begins
                edges.append(run._replace(order=order - 0.5))
            edges.append(_Edge(t, _BEGIN, order, fact))
            run = _Edge(end, _LAST, inf, fact)
        elif kind is Kind.INPUT:
            edges.append(_Edge(t, _BEGIN, order, fact))
            if fact.length > 0:
                edges.append(_Edge(end, _FINISH, order, fact))
        elif kind in SPANS and fact.length > 0:
            edges.append(_Edge(t, _BEGIN, order, fact))
            edges.append(_Edge(end, _FINISH, order, fact))
        elif kind not in COVERS or kind is Kind.SESSION:
            edges.append(_Edge(t, _POINT, order, fact))
    if run:
        edges.append(run)
    edges.sort(key=lambda edge: (edge.t, edge.rank != _FINISH, edge.order))
    return edges


# Days as they were lived ----------------------------------------------------------------------------------------------


class Lived(NamedTuple):
    """A piece of a day as it was lived, in wall time."""

    day: str
    """Logical day, ISO date."""
    start: float
    """Unix seconds."""
    end: float
    presence: Presence
    breaks: bool
    maybe: bool
    utc_offset: int
    device: str


def lived(facts: Iterable[Fact], s: Settings) -> list[Lived]:
    """What the facts of all machines say about their days, sorted by machine, then time.

    Another program's record of this machine says nothing about the time in which Unhunch itself ran here.
    """
    by_source: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        imported = fact.boot_id if fact.boot_id.startswith(IMPORTED) else ""
        by_source.setdefault((fact.device, imported), []).append(fact)
    days: list[Lived] = []
    watched = union((f.wall, f.end) for f in by_source.get(("", ""), ()) if f.kind is Kind.RUNNING)
    for (device, imported), some in sorted(by_source.items()):
        pieces = _lived(some, s, device)
        days.extend(_elsewhen(pieces, watched) if imported == of_this_machine(device) else pieces)
    return days


def of_this_machine(program: str) -> str:
    """The boot id of what a program recorded on this machine: no other machine was named when it was imported."""
    return IMPORTED + program


def _elsewhen(pieces: Iterable[Lived], watched: Sequence[Interval]) -> Iterator[Lived]:
    """Holes in a record are unknown, but not where this machine watched by itself."""
    first = 0
    for p in pieces:
        if p.presence is not Presence.UNKNOWN:
            yield p
            continue
        while first < len(watched) and watched[first][1] <= p.start:
            first += 1
        last = first
        while last < len(watched) and watched[last][0] < p.end:
            last += 1
        for start, end in without([(p.start, p.end)], watched[first:last]):
            yield p._replace(start=start, end=end)


def _lived(facts: Sequence[Fact], s: Settings, device: str) -> Iterator[Lived]:
    """One machine's days."""
    reading = Reading(0.0)
    typing, stopped = False, False
    boot_id, ran_until, began = "", 0.0, False
    day, shift, utc_offset = "", 0.0, 0
    for t, rank, _order, fact in _edges(_kept(facts), {}, 0.0):
        kind = fact.kind
        pieces: list[Piece] = []
        if not began:
            reading, began = Reading(t), True
        if kind is Kind.INPUT:
            typing = rank == _BEGIN and fact.length > 0
            steady = rank == _FINISH
            reading, pieces = reading.input(t, s, steady=steady)
            if rank == _BEGIN:
                if not day:
                    day, shift, utc_offset = fact.day, fact.wall - t, fact.utc_offset
                yield from _days(pieces, day, shift, utc_offset, device)
                day, shift, utc_offset = fact.day, fact.wall - t, fact.utc_offset
                continue
        elif kind is Kind.CORRECTION:
            if rank == _POINT:
                continue
            if typing:
                reading, pieces = reading.input(t, s, steady=True)
            over = CORRECTIONS[fact.body["as"]]
            reading = reading.cover(over, t) if rank == _BEGIN else reading.uncover(over, t)
        elif kind is Kind.RUNNING:
            if rank == _BEGIN and ran_until and t > ran_until:
                gone = stopped or fact.boot_id != boot_id
                reading = apply.unwatched(reading, ran_until, t, gone, s)
            if rank == _LAST:
                ran_until = t
            boot_id, stopped = fact.boot_id, False if rank == _BEGIN else stopped
        elif kind is Kind.STOPPED:
            stopped, ran_until = True, t
        elif kind in COVERS and rank != _POINT:
            over = COVERS[kind]
            reading = reading.cover(over, t) if rank == _BEGIN else reading.uncover(over, t)
        elif kind is Kind.STAND:
            reading = reading.uncover(Over.STANDING, t).cover(Over.STANDING, t)
        elif kind is Kind.SIT:
            reading = apply.sat_down(reading, fact.body, t, s)
        elif kind is Kind.SHOWN and fact.body.get("what") == "nudge":
            reading = reading._replace(nudged_at=t)
        elif kind is Kind.DAY and t - reading.since >= s.day_gap:
            reading, pieces = reading.settle(t, s)
        yield from _days(pieces, day or fact.day, shift, utc_offset or fact.utc_offset, device)
    if began and ran_until > reading.since:
        tail = reading.gap(ran_until, s)
        yield from _days(tail, day, shift, utc_offset, device)


def _days(pieces: Sequence[Piece], day: str, shift: float, utc_offset: int, device: str) -> Iterator[Lived]:
    for p in pieces:
        yield Lived(day, p.start + shift, p.end + shift, p.presence, p.breaks, p.maybe, utc_offset, device)
