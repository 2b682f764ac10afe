"""Seven days at a time: sitting, stretches and what could not be seen, folded from lived time (MODEL 1, 2, 7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from unhunch.core.moment import DAY, at_offset
from unhunch.core.presence.day import Day, Rhythm, count, stretched
from unhunch.core.presence.reading import SITTING, Piece, Presence
from unhunch.core.presence.stretches import NO_BOUT, Bout, Stretch
from unhunch.core.settings import Settings
from unhunch.core.week.figures import Summed
from unhunch.core.week.lived import Lived
from unhunch.tuples import NamedTuple

UNSEEN_SHOWN = 300.0
"""Seconds: a time that could not be seen is drawn from this length on (policy)."""

_EPOCH = date(1970, 1, 1).toordinal()


class Run(NamedTuple):
    """A part of a stretch at one offset from UTC."""

    start: float
    end: float
    utc_offset: int


@dataclass(slots=True)
class Lot:
    """A stretch of sitting, or a time that could not be seen: its seconds and where they lie."""

    runs: list[Run]
    seconds: float

    @property
    def start(self) -> float:
        return self.runs[0].start

    @property
    def end(self) -> float:
        return self.runs[-1].end


@dataclass(slots=True)
class DayTotals:
    """One day as it was counted, with what is drawn of it."""

    day: Day
    utc_offset: int | None = None
    stretches: list[Lot] = field(default_factory=list)
    unseen: list[Lot] = field(default_factory=list)
    summed: Summed | None = None
    """Another program's sum, where the day is known by that alone (sums.py)."""


def seven(first: str) -> list[str]:
    """The seven ISO dates of a week that begins on `first`."""
    start = date.fromisoformat(first)
    return [(start + timedelta(days=n)).isoformat() for n in range(7)]


def back(first: str, weeks: int) -> str:
    """The first day of the week so many weeks before (negative: after)."""
    return (date.fromisoformat(first) - timedelta(weeks=weeks)).isoformat()


def midnight_of(day: str) -> float:
    """Unix seconds of the midnight that begins a day in UTC."""
    return (date.fromisoformat(day).toordinal() - _EPOCH) * DAY


def clock_minutes(wall: float, utc_offset: int, day: str) -> float:
    """Local clock position in minutes after the midnight that begins `day`; past 1440 in the night after it."""
    return round((wall + utc_offset - midnight_of(day)) / 60.0, 1)


def iso(wall: float, utc_offset: int) -> str:
    """A moment as ISO-8601 with its offset."""
    return at_offset(wall, utc_offset).isoformat(timespec="seconds")


def day_totals(pieces: Iterable[Lived], s: Settings) -> dict[str, DayTotals]:
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


def day_sums(pieces: Iterable[Lived]) -> dict[str, DayTotals]:
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


def _without_holes(lived: Iterable[Lived]) -> Iterator[list[Piece]]:
    """Runs of pieces between which nothing is missing."""
    run: list[Piece] = []
    for one in lived:
        if run and one.piece.start != run[-1].end:
            yield run
            run = []
        run.append(one.piece)
    if run:
        yield run


def _unseen(lots: list[Lot], piece: Lived) -> None:
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


def stretches_of(pieces: Iterable[Lived], s: Settings) -> list[tuple[Stretch, Lot]]:
    """Stretches of sitting, and where they lie. A hole in the history is an absence."""
    found: list[tuple[Stretch, Lot]] = []
    bout = last = NO_BOUT
    runs, reach = list[Run](), None
    for one in pieces:
        piece = one.piece
        if reach is not None and piece.start - reach >= s.break_gap:
            bout = NO_BOUT
        reach = piece.end if reach is None else max(reach, piece.end)
        fresh = not bout.seconds
        bout, _ = bout.add(piece, s, one.day)
        if piece.presence not in SITTING or not bout.seconds:
            continue
        start, end = piece.start + one.shift, piece.end + one.shift
        if fresh:
            if runs:
                found.append(_whole(last, runs))
            runs = [Run(start, end, one.utc_offset)]
        elif runs[-1].utc_offset == one.utc_offset:  # what goes on at the same offset is one bar, pauses included
            runs[-1] = Run(runs[-1].start, end, one.utc_offset)
        else:
            runs.append(Run(start, end, one.utc_offset))
        last = bout
    if runs:
        found.append(_whole(last, runs))
    return found


def _whole(bout: Bout, runs: list[Run]) -> tuple[Stretch, Lot]:
    return Stretch(bout.start, bout.end, bout.seconds, bout.day), Lot(runs, bout.seconds)


def usual_stretch(lengths: Iterable[float]) -> float | None:
    """W50: half of all sitting is in stretches at least that long; None without any (Chastin & Granat 2010)."""
    ordered = sorted(lengths, reverse=True)
    half, so_far = sum(ordered) / 2.0, 0.0
    for length in ordered:
        so_far += length
        if so_far >= half:
            return length
    return None
