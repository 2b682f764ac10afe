"""Presence and sitting, read from evidence (MODEL 2). The law: evidence is stored, presence is derived.

Input settles what came before it. Between two inputs lies a gap; what surrounds it (locked, asleep, a call, a film,
blind) are covers, and `read_gap` is the one place where a gap and its covers become presence. The engine calls it for
the present gap, provisionally, at each look, and once more when the gap has ended; history is read with the same
function, so what was lived and what is re-read agree.

Times are seconds on the running clock (the engine maps wall time to them).
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from math import inf
from typing import Final, Literal

from unhunch.core.facts import Kind
from unhunch.core.intervals import Interval, without
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


class Presence(StrEnum):
    """Where the user is, as far as can be known."""

    ACTIVE = "active"
    QUIET = "quiet"
    CALL = "call"
    STANDING = "standing"
    SESSION = "session"
    AWAY = "away"
    ASLEEP = "asleep"
    UNKNOWN = "unknown"


SITTING = frozenset({Presence.ACTIVE, Presence.QUIET, Presence.CALL})
ABSENT = frozenset({Presence.AWAY, Presence.ASLEEP})


class Over(StrEnum):
    """What can lie over a time, from the strongest to the weakest: the first that holds decides (MODEL 2)."""

    CORRECTED_AWAY = "away"
    CORRECTED_STANDING = "stood"
    CORRECTED_SITTING = "sat"
    SESSION = Kind.SESSION.value
    ASLEEP = Kind.ASLEEP.value
    LOCKED = Kind.LOCKED.value
    OFF = "off"
    BLIND = Kind.BLIND.value
    STANDING = Kind.STANDING.value
    CALL = Kind.CALL.value
    INHIBITED = Kind.INHIBITED.value
    PARTIAL = Kind.PARTIAL.value
    BRIDGED = "bridged"


class Cover(NamedTuple):
    """A condition that held from `start` to `end` (infinite while it lasts)."""

    over: Over
    start: float
    end: float = inf
    desk: str = ""
    """Whose: one of the user's other desks, or, empty, this one."""


class Piece(NamedTuple):
    """A piece of time with one presence."""

    start: float
    end: float
    presence: Presence
    breaks: bool = False
    """It belongs to a real break, which ends the stretch."""
    maybe: bool = False
    """An absence of 5-15 minutes without lock or suspend: it may have been sitting, and counts in the high figure."""
    short: bool = False
    """Nothing but the shortness of its gap, or what could not be known of it, speaks for it (rows 9, 8a)."""

    @property
    def seconds(self) -> float:
        return self.end - self.start


FIRM: dict[Over, Presence] = {
    Over.CORRECTED_AWAY: Presence.AWAY,
    Over.CORRECTED_STANDING: Presence.STANDING,
    Over.CORRECTED_SITTING: Presence.QUIET,
    Over.SESSION: Presence.SESSION,
    Over.ASLEEP: Presence.ASLEEP,
    Over.LOCKED: Presence.AWAY,
    Over.OFF: Presence.AWAY,
    Over.BLIND: Presence.UNKNOWN,
    Over.STANDING: Presence.STANDING,
}
"""Rows 0-5: covers that decide whatever the gap is. Calls and films come after activity (rows 7 and 8)."""

LEFT = frozenset({Over.ASLEEP, Over.LOCKED})
"""Proof that the user left: a shorter gap is then a real break."""

UNSEEN = frozenset({Over.BLIND, Over.PARTIAL, Over.BRIDGED})
"""Nothing was seen under these, so a lack of input under them says nothing."""

OF_ONE_DESK = LEFT | UNSEEN | {Over.OFF, Over.CORRECTED_AWAY}
"""Nobody sits at that desk, as far as it can see: this says nothing about who has sat down at another since."""

DEAF = frozenset({Over.ASLEEP, Over.LOCKED})
"""Input under these proves nothing: a password typed, a lid that bumps the mouse."""

_ORDER = {over: rank for rank, over in enumerate(Over)}
_OPEN = None  # rows 9 and 10: decided by the length of the gap
_MAYBE: Final = "maybe"  # row 8a: sitting for all that is known, and proof of nothing
_DOUBTFUL = (Presence.UNKNOWN, Presence.ACTIVE, _MAYBE, _OPEN)
_Said = Presence | Literal["maybe"] | None
_Row = tuple[float, float, _Said]


def _presence_at(a: float, covers: Sequence[Cover], start: float, touched: bool, steady: bool, s: Settings) -> _Said:
    """Rows 0-8a for the piece that begins at `a`; None where rows 9 and 10 must decide."""
    held = sorted((c for c in covers if c.start <= a < c.end), key=lambda c: _ORDER[c.over])
    for cover in held:
        if cover.over in FIRM:
            return FIRM[cover.over]
    # Each limit is the very sum that the pieces were cut at: a difference of two times may fall short of it.
    if steady or (touched and a < start + s.active_gap):
        return Presence.ACTIVE
    for cover in held:
        if cover.over is Over.CALL and a < cover.start + s.call_cannot_know:
            return Presence.CALL if a < start + s.call_limit else Presence.UNKNOWN
        if cover.over is Over.INHIBITED and a < cover.start + s.film_cannot_know:
            return Presence.QUIET if a < start + s.film_limit else Presence.UNKNOWN
        if cover.over is Over.PARTIAL:
            return _MAYBE if touched and a < start + s.film_limit else Presence.UNKNOWN
    return _OPEN


def read_gap(
    start: float,
    end: float,
    covers: Sequence[Cover],
    s: Settings,
    *,
    touched: bool = True,
    steady: bool = False,
    nudged_at: float = -inf,
) -> list[Piece]:
    """Read the time from `start` (the last input) to `end` (the next input, or now) under its covers.

    `touched`: there was input at `start`; without it nobody is known to be there. `steady`: there was input all along.
    `nudged_at`: when a stand-up notice was last shown, since a shorter break counts soon after it.
    """
    if end <= start:
        return []
    if not covers and touched and (steady or end - start <= s.active_gap):
        return [Piece(start, end, Presence.ACTIVE)]
    idle = start + s.active_gap
    if not covers and touched and idle < end:
        rest = _rest(idle, end, None, end - start, s, nudged=_nudged(start, end, end - start, nudged_at, s))
        return [Piece(start, idle, Presence.ACTIVE), rest]
    cuts = {start, end}
    limits = [idle]
    for c in covers:
        limits += (c.start, c.end)
        if c.over is Over.CALL:
            limits += (start + s.call_limit, c.start + s.call_cannot_know)
        elif c.over is Over.INHIBITED:
            limits += (start + s.film_limit, c.start + s.film_cannot_know)
        elif c.over is Over.PARTIAL:
            limits.append(start + s.film_limit)
    cuts.update(t for t in limits if start < t < end)
    at = sorted(cuts)
    rows = [(a, b, _presence_at(a, covers, start, touched, steady, s)) for a, b in pairwise(at)]
    return _merge(_close(rows, start, end, covers, s, touched, nudged_at))


def _close(
    rows: list[_Row],
    start: float,
    end: float,
    covers: Sequence[Cover],
    s: Settings,
    touched: bool,
    nudged_at: float,
) -> list[Piece]:
    """Rows 9 and 10, and what is a real break: both ask how long nothing proved that somebody was there.

    What could not be seen is no part of that time: being blind is never called a break.
    """
    lasts = _proofs_before(rows, start if touched else -inf, start, s)
    nexts = _proofs_after(rows, end, start, s)
    blind = [c for c in covers if c.over in UNSEEN]
    unseen = [(a, b) for a, b, p in rows if p in _DOUBTFUL and any(c.start <= a < c.end for c in blind)]
    pieces: list[Piece] = []
    for (a, b, presence), last, following in zip(rows, lasts, nexts, strict=True):
        if presence == _MAYBE:
            pieces.append(Piece(a, b, Presence.QUIET, short=True))
            continue
        if presence is not None and presence not in ABSENT:
            pieces.append(Piece(a, b, presence))
            continue
        gap = following - last - sum(y - x for x, y in unseen if last <= x and y <= following)
        within = [c.over for c in covers if c.start < following and c.end > last]
        left = any(over in LEFT for over in within)
        gone = left or Over.OFF in within or Over.CORRECTED_AWAY in within
        nudged = _nudged(last, following, gap, nudged_at, s)
        pieces.append(_rest(a, b, presence, gap, s, left=left, gone=gone, nudged=nudged))
    return pieces


def _nudged(last: float, following: float, gap: float, nudged_at: float, s: Settings) -> bool:
    """Somebody got up when asked to: a shorter break counts soon after a stand-up notice."""
    return last <= nudged_at + s.nudged_within and following > nudged_at and gap >= s.nudged_break


def _rest(
    a: float,
    b: float,
    presence: Presence | None,
    gap: float,
    s: Settings,
    *,
    left: bool = False,
    gone: bool = False,
    nudged: bool = False,
) -> Piece:
    """The piece from `a` to `b`, in which nothing proves that somebody was there, nor for `gap` seconds around it."""
    if presence is None and not gone and not nudged and gap < s.break_gap:
        return Piece(a, b, Presence.QUIET, short=True)
    breaks = gap >= s.break_gap or (left and gap >= s.proven_break) or nudged
    maybe = not gone and s.break_gap <= gap <= s.maybe_gap
    return Piece(a, b, presence or Presence.AWAY, breaks=breaks, maybe=maybe)


def _proofs_before(rows: list[_Row], first: float, start: float, s: Settings) -> list[float]:
    """For each row: when somebody was last proven to be there before it."""
    last, found = first, []
    for a, b, presence in rows:
        found.append(last)
        if _proves(a, presence, start, s):
            last = b
    return found


def _proofs_after(rows: list[_Row], end: float, start: float, s: Settings) -> list[float]:
    """For each row: when somebody is next proven to be there after it."""
    following, found = end, []
    for a, _b, presence in reversed(rows):
        found.append(following)
        if _proves(a, presence, start, s):
            following = a
    return found[::-1]


def _proves(at: float, presence: _Said, start: float, s: Settings) -> bool:
    """Somebody was there: a call, a film, a session, standing. The minute after an input proves only that input."""
    if presence in (Presence.CALL, Presence.STANDING, Presence.SESSION):
        return True
    return presence is Presence.QUIET and at >= start + s.active_gap


def _merge(pieces: list[Piece]) -> list[Piece]:
    """Neighbours that say the same become one."""
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1][2:] == piece[2:] and merged[-1].end == piece.start:
            merged[-1] = merged[-1]._replace(end=piece.end)
        else:
            merged.append(piece)
    return merged


class Reading(NamedTuple):
    """How far evidence has been read: all before `since` is settled."""

    since: float
    touched: bool = False
    """There was input at `since`."""
    covers: tuple[Cover, ...] = ()
    """Conditions that reach into the time after `since`."""
    nudged_at: float = -inf
    desk: str = ""
    """Where the user was touching something at `since`: another desk, or, empty, this one."""

    def cover(self, over: Over, start: float, end: float = inf, desk: str = "") -> "Reading":
        """Something began to lie over the time after `since`, at this desk or at another."""
        return self._replace(covers=(*self.covers, Cover(over, start, end, desk)))

    def uncover(self, over: Over, at: float, desk: str = "") -> "Reading":
        """It ended."""
        return self._replace(
            covers=tuple(
                c._replace(end=at) if c.over is over and c.end == inf and c.desk == desk else c
                for c in self.covers
                if not (c.over is over and c.end == inf and c.start >= at and c.desk == desk)
            )
        )

    def covered(self, over: Over) -> Cover | None:
        """The condition as it lies over the present, if it does."""
        for c in self.covers:
            if c.over is over and c.end == inf:
                return c
        return None

    def firm(self) -> Presence | None:
        """What the strongest cover over this very moment says, whatever the gap is (rows 0-5)."""
        if not self.covers:
            return None
        held = [c.over for c in self.covers if c.end == inf and c.over in FIRM]
        return FIRM[min(held, key=_ORDER.__getitem__)] if held else None

    def doubted(self, now: float, s: Settings) -> Presence | None:
        """What row 8a says in the very second from which on it holds, before any time has passed under it."""
        begun = self.covered(Over.PARTIAL)
        if begun is None or begun.start < now:
            return None
        return Presence.QUIET if self.touched and now < self.since + s.film_limit else Presence.UNKNOWN

    def deaf(self, at: float, desk: str = "") -> bool:
        """Whether an input at `at`, at that desk, would prove nothing."""
        return bool(self.covers) and any(
            c.over in DEAF and c.start <= at < c.end and c.desk == desk for c in self.covers
        )

    def input(self, at: float, s: Settings, *, steady: bool = False, desk: str = "") -> tuple["Reading", list[Piece]]:
        """There was input at `at` (`steady`: all the time up to it): everything before it is settled."""
        covers = self.covers
        if (at <= self.since and self.touched) or (covers and self.deaf(at, desk)):
            return self, []
        pieces = self._read(at, s, desk if steady else self.desk, steady=steady)
        kept = covers and tuple(c for c in covers if c.end > at)
        return Reading(at, True, kept, self.nudged_at, desk), pieces  # noqa: FBT003 - by place, a year has many

    def settle(self, at: float, s: Settings) -> tuple["Reading", list[Piece]]:
        """Settle up to `at` without input: the day turned, or another boot began. Nobody is then known to be there."""
        if at <= self.since:
            return self, []
        pieces = self.gap(at, s)
        return self._replace(since=at, touched=False, covers=tuple(c for c in self.covers if c.end > at)), pieces

    def gap(self, now: float, s: Settings) -> list[Piece]:
        """The present gap, provisionally: more time, or an input, may change what it was."""
        return self._read(now, s, self.desk)

    def _read(self, at: float, s: Settings, desk: str, *, steady: bool = False) -> list[Piece]:
        """The time from `since` to `at`, in which the user was last known to be at that desk."""
        covers = self.covers
        if covers:
            covers = tuple(c for c in covers if c.desk == desk or c.over not in OF_ONE_DESK)
        found = read_gap(self.since, at, covers, s, touched=self.touched, steady=steady, nudged_at=self.nudged_at)
        if desk:
            blind = [(c.start, c.end) for c in self.covers if c.over in _SEES_NOTHING and not c.desk]
            found = _doubted(found, blind) if blind else found
        return found


_SEES_NOTHING = frozenset({Over.BLIND, Over.PARTIAL})


def _doubted(pieces: Sequence[Piece], blind: Sequence[Interval]) -> list[Piece]:
    """Who left another desk may have come to this one, in the time in which it could not see."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.presence not in ABSENT:
            found.append(piece)
            continue
        whole = [(piece.start, piece.end)]
        seen = without(whole, blind)
        found += [piece._replace(start=start, end=end) for start, end in seen]
        found += [Piece(start, end, Presence.UNKNOWN) for start, end in without(whole, seen)]
    return sorted(found)


def proven(pieces: Sequence[Piece], start: float, s: Settings) -> float:
    """Seconds of sitting in a present gap that its evidence proves: up to the end of a call or film, else nothing."""
    reach = -inf
    for piece in pieces:
        if piece.presence is Presence.ACTIVE:
            continue
        if not piece.short and piece.presence in SITTING and _proves(piece.start, piece.presence, start, s):
            reach = piece.end
    if reach == -inf:
        return 0.0
    return sum(p.end - p.start for p in pieces if p.presence in SITTING and p.end <= reach)
