"""Pieces of presence counted into stretches: runs of sitting that a real break ends (MODEL 1 and 2)."""

from collections.abc import Iterable, Sequence
from math import inf

from unhunch.core.presence.reading import SITTING, Piece, Presence
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


class Stretch(NamedTuple):
    """A run of sitting not ended by a real break (a bout). `seconds` is its sitting, without what paused it."""

    start: float
    end: float
    seconds: float
    day: str = ""
    """The logical day (ISO date) in which it began, and to which it belongs."""


class Bout(NamedTuple):
    """The present stretch while pieces are counted into it."""

    start: float = -inf
    end: float = -inf
    seconds: float = 0.0
    standing: float = 0.0
    unknown: float = 0.0
    day: str = ""

    @property
    def stretch(self) -> Stretch | None:
        return Stretch(self.start, self.end, self.seconds, self.day) if self.seconds else None

    def after(self, gap: Sequence[Piece], s: Settings) -> float:
        """Seconds of the stretch before a present gap, or nothing if the gap has ended it."""
        if not self.seconds:
            return 0.0
        bout = self
        for piece in gap:
            bout, ended = bout.add(piece, s)
            if ended:
                return 0.0
        return self.seconds

    def add(self, piece: Piece, s: Settings, day: str = "") -> tuple["Bout", Stretch | None]:
        """Count a piece of `day`; returns also the stretch that it ended, if it ended one."""
        start, end, presence, breaks, _, _ = piece
        begin, until, seconds, standing, unknown, began = self
        if presence in SITTING:
            if seconds:
                return Bout(begin, end, seconds + (end - start), 0.0, 0.0, began), None
            return Bout(start, end, end - start, 0.0, 0.0, day), None
        if presence is Presence.STANDING:
            standing += end - start
        elif presence is Presence.UNKNOWN:
            unknown += end - start
        if breaks or presence is Presence.SESSION or standing >= s.standing_break or unknown >= s.unknown_break:
            return Bout(standing=standing, unknown=unknown), self.stretch
        return Bout(begin, until, seconds, standing, unknown, began), None


NO_BOUT = Bout()


def stretches(pieces: Iterable[Piece], s: Settings) -> list[Stretch]:
    """All stretches in a run of pieces, the last one as far as it has come."""
    bout, found = NO_BOUT, []
    for piece in pieces:
        bout, ended = bout.add(piece, s)
        if ended:
            found.append(ended)
    if bout.stretch:
        found.append(bout.stretch)
    return found
