"""Asking after a gap: away, in a meeting, standing? Keyboard and mouse cannot tell; the user can, at most once a day.

Off unless the user wants it. Only a gap that nothing explains is worth a question: long enough to be a break, short
enough to be remembered, and without a lock, a suspend or a session in it.
"""

from unhunch.core.presence.reading import SITTING, Over, Presence, Reading
from unhunch.core.prompts import ladder
from unhunch.core.settings import Settings
from unhunch.core.state.state import State
from unhunch.tuples import NamedTuple

_EXPLAINED = frozenset(Over) - {Over.CALL, Over.INHIBITED, Over.BRIDGED, Over.BLIND, Over.PARTIAL}


class Gap(NamedTuple):
    """An absence that may have been none, in seconds of the running clock."""

    start: float
    """From here on nobody was taken to be there: some time after the last input."""
    end: float
    """The input that ended it."""


def worth_asking(reading: Reading, seen: float, s: Settings) -> Gap | None:
    """The absence that an input at `seen` has just ended, if it is one to ask about."""
    if not s.ask_after_gap or not reading.touched:
        return None
    gap = seen - reading.since
    if gap < s.break_gap or any(c.over in _EXPLAINED and c.end > reading.since for c in reading.covers):
        return None
    _, pieces = reading.input(seen, s)
    away = [piece for piece in pieces if piece.presence is Presence.AWAY]
    if not away or away[-1].end < seen:
        return None
    start = next(piece.start for piece in away)
    if any(piece.presence not in SITTING and piece not in away for piece in pieces):
        return None  # part of it could not be seen
    longest = seen - start + s.active_gap
    return Gap(start, seen) if s.break_gap <= longest <= s.ask_longest else None


def waits(st: State, s: Settings) -> bool:
    """A gap may still be asked about today."""
    return s.ask_after_gap and st.asked_gap != st.today.date and ladder.notices_left(st, s) > 0
