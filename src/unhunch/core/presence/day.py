"""One logical day, counted from pieces of presence (MODEL 1 and 2): the one place where a day is counted.

The engine counts each piece as it is settled; the week counts the same pieces as they are read again, of one machine
or of several together. So what plans and what reports cannot disagree about a day.
"""

from collections.abc import Iterable

from unhunch.core.moment import DAY
from unhunch.core.presence.reading import SITTING, Piece, Presence
from unhunch.core.presence.stretches import Stretch
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple

REGULAR_WITHIN = 1.0
"""Seconds: gaps that differ by less, one after the other for hours, are a machine's (policy)."""


class Rhythm(NamedTuple):
    """How activity and gaps follow one another; it runs on from day to day, but not through a hole. Seconds."""

    active: float = 0.0
    """Activity on end, with no gap over a minute."""
    before: float = 0.0
    """Activity on end before the present gap."""
    quiet: float = 0.0
    """The present gap while it is sitting, its first minute left out; 0 while there is none."""
    gap: float = 0.0
    """The one before it."""
    regular: float = 0.0
    """Time on end in which gaps were of the same length, as a jiggler makes them."""


class Day(NamedTuple):
    """One logical day, as counted so far. Seconds, except the counts."""

    date: str = ""
    low: float = 0.0
    best: float = 0.0
    maybe: float = 0.0
    """Absences of 5-15 minutes that may have been sitting."""
    unknown: float = 0.0
    unseen: float = 0.0
    """UNKNOWN between the first and the last input: what a valid day may have little of."""
    waiting: float = 0.0
    """UNKNOWN since the last input. It lies between inputs as soon as another comes."""
    calls: float = 0.0
    standing: float = 0.0
    prolonged: float = 0.0
    """Sitting in ended stretches of at least half an hour that began on this day."""
    first: float = 0.0
    """The first input, on the clock of the pieces; 0 before it."""
    last: float = 0.0
    """The last input, with the minute that it stands for."""
    steady: float = 0.0
    """The longest activity with no gap over a minute."""
    regular: float = 0.0
    """The longest time on end in which gaps over a minute were of the same length."""
    done: int = 0
    skipped: int = 0
    missed: int = 0
    not_asked: int = 0
    notices: int = 0
    """Unasked notices that count for the cap."""
    sounds: int = 0
    nudges: int = 0
    expected: float = 0.0
    paused: bool = False
    asked: int = 0
    """Notices that asked for a session."""
    shown: int = 0
    """Notices of whatever kind, those that came back, too."""

    @property
    def resolved(self) -> int:
        """Sessions of the day that need no more asking."""
        return self.done + self.skipped + self.missed + self.not_asked

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

    def valid(self, s: Settings) -> bool:
        """Fit for planning: enough sitting, mostly known, plausible (MODEL 1)."""
        known = self.unseen < s.valid_unknown * (self.last - self.first)
        return self.best >= s.valid_day and known and not self.flags(s)


def night_between(start: float, end: float, utc_offset: int, s: Settings) -> bool:
    """Whether a time that nothing recorded (Unix seconds) is a night: it is long, and the day turns in it."""

    def date(wall: float) -> int:
        return int((wall - s.day_starts + utc_offset) // DAY)

    return end - start >= s.day_gap and date(end) > date(start)


def count(day: Day, rhythm: Rhythm, pieces: Iterable[Piece]) -> tuple[Day, Rhythm]:
    """Count pieces of one day, in the order of time and without holes."""
    (date, low, best, maybe, unknown, unseen, waiting, calls, standing, prolonged, first, last, steady, longest) = day[
        :14
    ]
    active, before, quiet, gap, regular = rhythm
    for piece in pieces:
        start, end, presence = piece[:3]
        length = end - start
        if presence is Presence.ACTIVE:
            if quiet:
                regular = regular + before + quiet if abs(quiet - gap) < REGULAR_WITHIN else 0.0
                longest = max(longest, regular)
                gap, quiet = quiet, 0.0
            low += length
            best += length
            active += length
            first, last = first or start, end
            unseen, waiting = unseen + waiting, 0.0
            if active > steady:
                steady = active
            continue
        if presence is Presence.QUIET:
            before, quiet = before if quiet else active, quiet + length
        else:
            quiet = gap = regular = 0.0
        active = 0.0
        if presence in SITTING:
            best += length
            if presence is Presence.CALL:
                calls += length
        elif presence is Presence.UNKNOWN:
            unknown += length
            if first:
                waiting += length
        elif presence is Presence.STANDING:
            standing += length
        elif piece.maybe:
            maybe += length
    sums = (date, low, best, maybe, unknown, unseen, waiting, calls, standing, prolonged, first, last, steady, longest)
    return Day._make(sums + day[len(sums) :]), Rhythm(active, before, quiet, gap, regular)


def stretched(day: Day, stretch: Stretch, s: Settings) -> Day:
    """Count a stretch that has ended, on the day in which it began."""
    return day._replace(prolonged=day.prolonged + stretch.seconds) if stretch.seconds >= s.prolonged else day
