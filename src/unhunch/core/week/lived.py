"""Days and stretches as the stored evidence shows them: what the week and the report are made of."""

from collections.abc import Iterable, Iterator, Sequence

from unhunch.core.bodies import Day
from unhunch.core.codec import read, sound, told
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.intervals import Interval, union, without
from unhunch.core.presence import sweep
from unhunch.core.presence.reading import Piece, Presence, Reading
from unhunch.core.presence.sweep import Edge, Rank, Watch, edges, kept
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


class Lived(NamedTuple):
    """A piece of a day as it was lived: it is counted by the running clock, and shown where the wall clock stood."""

    day: str
    """Logical day, ISO date."""
    piece: Piece
    shift: float
    """Seconds from the piece's clock to Unix time."""
    utc_offset: int
    device: str

    @property
    def start(self) -> float:
        """Unix seconds."""
        return self.piece.start + self.shift

    @property
    def end(self) -> float:
        return self.piece.end + self.shift

    @property
    def presence(self) -> Presence:
        return self.piece.presence

    def on_the_wall(self, start: float | None = None, end: float | None = None) -> "Lived":
        """The same, or a part of it, counted by the wall clock, as pieces from several watchers have to be."""
        a, b = self.start if start is None else start, self.end if end is None else end
        return self._replace(piece=self.piece._replace(start=a, end=b), shift=0.0)


def lived(facts: Iterable[Fact], s: Settings) -> list[Lived]:
    """What the facts of all machines say about their days, by machine, in the order of time.

    Another program's record of this machine says nothing about the time in which Unhunch itself ran here.
    """
    by_source: dict[str, dict[str, list[Fact]]] = {}
    for fact in facts:
        if fact.kind is Kind.SUM:  # says nothing about any moment (sums.py)
            continue
        imported = fact.boot_id if fact.boot_id.startswith(IMPORTED) else ""
        by_source.setdefault(fact.device, {}).setdefault(imported, []).append(fact)
    days: list[Lived] = []
    runs = sound(f for f in by_source.get("", {}).get("", ()) if f.kind is Kind.RUNNING)
    watched = union((f.wall, f.end) for f in runs)
    for device, sources in sorted(by_source.items()):
        found: list[Lived] = []
        for imported, some in sorted(sources.items()):
            pieces: Iterable[Lived] = _lived(some, s, device)
            if imported:  # away is who is seen to be away: of the nights that a record leaves out nobody knows
                record = union((f.wall, f.end) for f in some if f.kind is Kind.RUNNING)
                pieces = _cut(pieces, Presence.AWAY, record, inside=True)
            if watched and imported == of_this_machine(device):
                # Holes are unknown, but not where this machine watched by itself.
                pieces = _cut(pieces, Presence.UNKNOWN, watched, inside=False)
            found.extend(pieces)
        days += found if len(sources) == 1 else sorted((p.on_the_wall() for p in found), key=lambda p: p.start)
    return days


def of_this_machine(program: str) -> str:
    """The boot id of what a program recorded on this machine: no other machine was named when it was imported."""
    return IMPORTED + program


def _cut(pieces: Iterable[Lived], presence: Presence, watched: Sequence[Interval], *, inside: bool) -> Iterator[Lived]:
    """Of the pieces of that presence only what lies inside `watched`, or outside it."""
    first = 0
    for p in pieces:
        if p.presence is not presence:
            yield p
            continue
        while first < len(watched) and watched[first][1] <= p.start:
            first += 1
        last = first
        while last < len(watched) and watched[last][0] < p.end:
            last += 1
        whole = [(p.start, p.end)]
        outside = without(whole, watched[first:last])
        for start, end in without(whole, outside) if inside else outside:
            yield p.on_the_wall(start, end)


def _lived(facts: Sequence[Fact], s: Settings, device: str) -> Iterator[Lived]:
    """One machine's days: a day begins where its fact says so, or, in a record that knows none, with an input of it."""
    order = edges(kept(facts), {}, 0.0)
    if not order:
        return
    first = order[0]
    w = Watch(Reading(first.t, desk=device))
    day, shift, utc_offset = first.fact.day, first.fact.wall - first.t, first.fact.utc_offset
    typing = known = False
    skipped = 0
    for at, (t, rank, fact) in enumerate(order):
        if at < skipped:
            continue
        kind = fact.kind
        pieces: list[Piece] = []
        day = day or fact.day
        if kind is Kind.CORRECTION:
            if rank is not Rank.POINT:
                w, pieces = sweep.touch(w, t, s, steady=True, desk=device) if typing else (w, pieces)
                w = sweep.correct(w, fact, t, begins=rank is Rank.BEGIN)
        elif rank is Rank.BEGIN:
            w, pieces = sweep.begin(w, fact, t, s)
        elif rank is not Rank.POINT:
            w, pieces = sweep.finish(w, fact, t, s)
        elif kind is Kind.DAY:
            w, pieces = sweep.turn(w, t, s)
        elif kind in sweep.SAYING:
            w, pieces = sweep.point(w, told(fact), t, s, device)
        for p in pieces:
            yield Lived(day, p, shift, utc_offset, device)
        if kind is Kind.DAY:
            day, known = read(Day, fact.body).date, True
        elif kind is Kind.INPUT:
            typing = rank is Rank.BEGIN and fact.length > 0
            if rank is Rank.BEGIN:
                day, shift, utc_offset = day if known else fact.day, fact.wall - t, fact.utc_offset
                if w.reading.touched and w.reading.since == t and not w.reading.covers:
                    skipped = _typed(order, at, s)
    for p in w.reading.gap(w.ran_until, s):
        yield Lived(day, p, shift, utc_offset, device)


def _typed(order: Sequence[Edge], at: int, s: Settings) -> int:
    """Where the input that begins there ends: what follows within a minute, with nothing between, is one with it.

    A year has ten times as many inputs as pauses over a minute, and all between those reads the same.
    """
    t, _rank, one = order[at]
    says, shift, gap = (one.kind, one.day, one.utc_offset), one.wall - t, s.active_gap
    last = at
    for ends in range(at + 1, len(order) - 1, 2):
        end, _rank, fact = order[ends]
        if fact is not one:
            break
        last = ends
        t, _rank, one = order[ends + 1]
        if t - end > gap or one.wall - t != shift or (one.kind, one.day, one.utc_offset) != says:
            break
    return last
