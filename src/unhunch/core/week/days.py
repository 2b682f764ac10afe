"""Seven days at a time: sitting, stretches and what could not be seen, folded from lived time (MODEL 1, 2, 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from unhunch.core.moment import DAY, at_offset
from unhunch.core.presence.reading import SITTING, Piece, Presence
from unhunch.core.presence.stretches import NO_BOUT, Bout
from unhunch.core.settings import Settings
from unhunch.core.week.lived import Lived

REGULAR_WITHIN = 1.0
"""Seconds: gaps that differ by less, one after the other for hours, are a machine's (policy)."""
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
    """Seconds of one day."""

    low: float = 0.0
    best: float = 0.0
    unknown: float = 0.0
    unknown_within: float = 0.0
    """UNKNOWN between the first and the last input."""
    maybe: float = 0.0
    calls: float = 0.0
    standing: float = 0.0
    steady: float = 0.0
    """The longest activity with no gap over a minute."""
    regular: float = 0.0
    """The longest time on end in which gaps over a minute were of the same length."""
    first: float | None = None
    last: float | None = None
    utc_offset: int | None = None
    stretches: list[Lot] = field(default_factory=list)
    unseen: list[Lot] = field(default_factory=list)

    def high(self, s: Settings) -> float:
        """With everything that may have been sitting, as far as a day can plausibly have (a night may be unseen)."""
        return max(self.best, min(self.best + self.unknown + self.maybe, s.jiggler_day))

    def flags(self, s: Settings) -> tuple[str, ...]:
        """Why the day is implausible: somebody left a program on that moves the mouse, or the clock was wrong."""
        found = []
        if self.best > s.jiggler_day:
            found.append("too-long")
        if self.steady > s.jiggler_run:
            found.append("no-gap")
        if self.regular > s.jiggler_run:
            found.append("regular")
        return tuple(found)

    def counted(self, s: Settings) -> bool:
        """A valid day (MODEL 1)."""
        if self.best < s.valid_day or self.first is None or self.last is None or self.flags(s):
            return False
        return self.unknown_within < s.valid_unknown * (self.last - self.first)


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
    days: dict[str, DayTotals] = {}
    ordered = list(pieces)
    for piece in ordered:
        _count(days.setdefault(piece.day, DayTotals()), piece)
    for totals in days.values():
        _within(totals)
    _steady(ordered, days)
    _regular(ordered, days)
    for day, stretch in stretches_of(ordered, s):
        days[day].stretches.append(stretch)
    return days


def _count(totals: DayTotals, piece: Lived) -> None:
    length = piece.end - piece.start
    presence = piece.presence
    totals.utc_offset = piece.utc_offset if totals.utc_offset is None else totals.utc_offset
    if presence in SITTING:
        totals.best += length
        if presence is Presence.ACTIVE:
            totals.low += length
            totals.first = piece.start if totals.first is None else totals.first
            totals.last = piece.end
        elif presence is Presence.CALL:
            totals.calls += length
    elif presence is Presence.UNKNOWN:
        totals.unknown += length
        _unseen(totals.unseen, piece)
    elif presence is Presence.STANDING:
        totals.standing += length
    elif piece.maybe:
        totals.maybe += length


def _within(totals: DayTotals) -> None:
    """How much could not be seen between the first and the last input, and only what is worth drawing of it."""
    if totals.first is not None and totals.last is not None:
        for lot in totals.unseen:
            totals.unknown_within += max(0.0, min(lot.end, totals.last) - max(lot.start, totals.first))
    totals.unseen = [lot for lot in totals.unseen if lot.seconds >= UNSEEN_SHOWN]


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


def _steady(pieces: Sequence[Lived], days: dict[str, DayTotals]) -> None:
    """The longest run of activity of each day."""
    begin = end = -1.0
    for piece in pieces:
        if piece.presence is not Presence.ACTIVE:
            continue
        if piece.start != end:
            begin = piece.start
        end = piece.end
        totals = days[piece.day]
        totals.steady = max(totals.steady, end - begin)


def _regular(pieces: Sequence[Lived], days: dict[str, DayTotals]) -> None:
    """The longest run of gaps of one length, each gap with the activity before it."""
    regular, last, reach = 0.0, 0.0, 0.0
    for piece in pieces:
        if piece.presence is Presence.ACTIVE:
            continue
        gap, whole = piece.end - piece.start, piece.end - reach
        reach = piece.end
        if piece.presence is Presence.QUIET and abs(gap - last) < REGULAR_WITHIN:
            regular += whole
            totals = days[piece.day]
            totals.regular = max(totals.regular, regular)
        else:
            regular = 0.0
        last = gap


def stretches_of(pieces: Iterable[Lived], s: Settings) -> list[tuple[str, Lot]]:
    """Stretches of sitting with the day in which each began. A hole in the history is an absence."""
    found: list[tuple[str, Lot]] = []
    bout: Bout = NO_BOUT
    day, runs, reach = "", list[Run](), None
    for piece in pieces:
        if reach is not None and piece.start - reach >= s.break_gap:
            bout = NO_BOUT
        reach = piece.end if reach is None else max(reach, piece.end)
        fresh = not bout.seconds
        bout, _ = bout.add(Piece(piece.start, piece.end, piece.presence, piece.breaks, piece.maybe), s)
        if piece.presence not in SITTING:
            continue
        run = Run(piece.start, piece.end, piece.utc_offset)
        if fresh:
            day, runs = piece.day, [run]
            found.append((day, Lot(runs, bout.seconds)))
        else:
            lot = found[-1][1]
            lot.runs, lot.seconds = _join(lot.runs, run), bout.seconds
    return found


def usual_stretch(lengths: Iterable[float]) -> float | None:
    """W50: half of all sitting is in stretches at least that long; None without any (Chastin & Granat 2010)."""
    ordered = sorted(lengths, reverse=True)
    half, so_far = sum(ordered) / 2.0, 0.0
    for length in ordered:
        so_far += length
        if so_far >= half:
            return length
    return None
