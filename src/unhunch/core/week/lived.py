"""Days and stretches as the stored evidence shows them: what the week and the report are made of."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from unhunch.core.facts import Fact, Kind
from unhunch.core.intervals import Interval, union, without
from unhunch.core.presence.reading import Over, Piece, Presence, Reading
from unhunch.core.settings import Settings
from unhunch.core.state import apply
from unhunch.core.state.apply import COVERS
from unhunch.core.state.fold import _BEGIN, _FINISH, _LAST, _POINT, CORRECTIONS, IMPORTED, _edges, _kept


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
