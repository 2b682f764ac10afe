"""Seven days at a time: sitting, stretches and what could not be seen, folded from lived time (MODEL 1, 2, 7)."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

from unhunch.core.moment import at_offset
from unhunch.core.presence.day import Day, Rhythm, count, stretched
from unhunch.core.presence.reading import SITTING, Piece, Presence
from unhunch.core.presence.stretches import NO_BOUT, Bout, Stretch
from unhunch.core.settings import Settings
from unhunch.core.week.dates import midnight_of
from unhunch.core.week.figures import Summed
from unhunch.tuples import NamedTuple

if TYPE_CHECKING:
    from unhunch.core.week.lived import Lived

UNSEEN_SHOWN = 300.0
"""Seconds: a time that could not be seen is drawn from this length on (policy)."""


class Run(NamedTuple):
    """A part of a stretch at one offset from UTC."""

    start: float
    end: float
    utc_offset: int


class Lot:
    """A stretch of sitting, or a time that could not be seen: its seconds and where they lie."""

    __slots__ = ("runs", "seconds")

    def __init__(self, runs: list[Run], seconds: float) -> None:
        self.runs = runs
        self.seconds = seconds

    @property
    def start(self) -> float:
        return self.runs[0].start

    @property
    def end(self) -> float:
        return self.runs[-1].end


class DayTotals:
    """One day as it was counted, with what is drawn of it."""

    __slots__ = ("day", "stretches", "summed", "unseen", "utc_offset")

    def __init__(
        self,
        day: Day,
        utc_offset: int | None = None,
        stretches: list[Lot] | None = None,
        unseen: list[Lot] | None = None,
        summed: Summed | None = None,
    ) -> None:
        self.day = day
        self.utc_offset = utc_offset
        self.stretches = stretches or []
        self.unseen = unseen or []
        self.summed = summed
        """Another program's sum, where the day is known by that alone (sums.py)."""


def clock_minutes(wall: float, utc_offset: int, day: str) -> float:
    """Local clock position in minutes after the midnight that begins `day`; past 1440 in the night after it."""
    return round((wall + utc_offset - midnight_of(day)) / 60.0, 1)


def iso(wall: float, utc_offset: int) -> str:
    """A moment as ISO-8601 with its offset."""
    return at_offset(wall, utc_offset).isoformat(timespec="seconds")


def day_totals(pieces: "Iterable[Lived]", s: Settings) -> dict[str, DayTotals]:
    """Each day's seconds, from one history in the order of time. Stretches belong to the day in which they began."""
    ordered = list(pieces)
    days = day_sums(ordered)
    for one in ordered:
        if one.piece.presence is Presence.UNKNOWN:
            _unseen(days[one.day].unseen, one)
    for totals in days.values():
        totals.unseen = [lot for lot in totals.unseen if lot.seconds >= UNSEEN_SHOWN]
    for stretch, lot in stretches_of(ordered, s):
        totals = days[stretch.day]
        totals.day = stretched(totals.day, stretch, s)
        totals.stretches.append(lot)
    return days


def day_sums(pieces: "Iterable[Lived]") -> dict[str, DayTotals]:
    """The same without what is drawn of a day, and without its ended stretches: for who asks for sums alone."""
    days: dict[str, DayTotals] = {}
    rhythm, reach = Rhythm(), 0.0
    for name, run in groupby(pieces, key=attrgetter("day")):
        some = list(run)
        totals = days.setdefault(name, DayTotals(Day(name), some[0].utc_offset))
        for whole in _without_holes(some):
            if whole[0].start != reach:
                rhythm = Rhythm()
            totals.day, rhythm = count(totals.day, rhythm, whole)
            reach = whole[-1].end
    return days


def _without_holes(lived: "Iterable[Lived]") -> Iterator[list[Piece]]:
    """Runs of pieces between which nothing is missing."""
    run: list[Piece] = []
    for one in lived:
        if run and one.piece.start != run[-1].end:
            yield run
            run = []
        run.append(one.piece)
    if run:
        yield run


def _unseen(lots: list[Lot], piece: "Lived") -> None:
    run = Run(piece.start, piece.end, piece.utc_offset)
    if lots and lots[-1].end == piece.start:
        lots[-1].runs = _join(lots[-1].runs, run)
        lots[-1].seconds += run.end - run.start
    else:
        lots.append(Lot([run], run.end - run.start))


def _join(runs: list[Run], run: Run) -> list[Run]:
    """Add to a lot: what goes on at the same offset is one bar, pauses within a stretch included."""
    if runs[-1].utc_offset == run.utc_offset:
        return [*runs[:-1], runs[-1]._replace(end=run.end)]
    return [*runs, run]


def stretches_of(pieces: "Iterable[Lived]", s: Settings) -> list[tuple[Stretch, Lot]]:
    """Stretches of sitting, and where they lie. A hole in the history is an absence."""
    found: list[tuple[Stretch, Lot]] = []
    bout = last = NO_BOUT
    runs, reach, break_gap = list[list[float]](), inf, s.break_gap
    for day, piece, shift, utc_offset, _device in pieces:
        begun, until, presence = piece[:3]
        if begun - reach >= break_gap:
            bout = NO_BOUT
        reach = until if reach == inf or until > reach else reach
        fresh = not bout.seconds
        bout, _ = bout.add(piece, s, day)
        if presence not in SITTING or not bout.seconds:
            continue
        if fresh:
            if runs:
                found.append(_whole(last, runs))
            runs = [[begun + shift, until + shift, utc_offset]]
        elif runs[-1][2] == utc_offset:  # what goes on at the same offset is one bar, pauses included
            runs[-1][1] = until + shift
        else:
            runs.append([begun + shift, until + shift, utc_offset])
        last = bout
    if runs:
        found.append(_whole(last, runs))
    return found


def _whole(bout: Bout, runs: list[list[float]]) -> tuple[Stretch, Lot]:
    bars = [Run(start, end, int(utc_offset)) for start, end, utc_offset in runs]
    return Stretch(bout.start, bout.end, bout.seconds, bout.day), Lot(bars, bout.seconds)


def usual_stretch(lengths: Iterable[float]) -> float | None:
    """W50: half of all sitting is in stretches at least that long; None without any (Chastin & Granat 2010)."""
    ordered = sorted(lengths, reverse=True)
    half, so_far = sum(ordered) / 2.0, 0.0
    for length in ordered:
        so_far += length
        if so_far >= half:
            return length
    return None
