"""Several machines, one person: one history, in which an hour at two desks at once is one hour (MODEL 7)."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby, pairwise

from unhunch.core.bodies import Answer, Due, Lapsed, Session
from unhunch.core.codec import told
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.presence.reading import ABSENT, Piece, Presence
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Act, Status
from unhunch.core.week.lived import Lived

STRENGTH = (
    Presence.SESSION,
    Presence.STANDING,
    Presence.ACTIVE,
    Presence.CALL,
    Presence.QUIET,
    Presence.UNKNOWN,
    Presence.AWAY,
    Presence.ASLEEP,
)
"""What one machine saw outweighs what another did not: the first of these that any machine says holds."""

_RANK = {presence: rank for rank, presence in enumerate(STRENGTH)}


ASKING = frozenset(
    {Kind.DUE, Kind.SHOWN, Kind.WITHDRAWN, Kind.IGNORED, Kind.LAPSED, Kind.ANSWER, Kind.HELD, Kind.SESSION}
)
"""What belongs to a session that is owed, at whichever desk."""


def asked_once(facts: Iterable[Fact], desks: Collection[str]) -> list[Fact]:
    """The facts with what these desks and this one wrote about an owed session as if one of them had written it.

    Two that did not hear each other in time both say that it became due, and that it lapsed: the first holds.
    """
    every = list(facts)
    moot: set[str] = set()
    due: set[tuple[str, int]] = set()
    waits = False
    for fact in sorted((f for f in every if f.kind in ASKING and _of_these(f, desks)), key=lambda f: f.wall):
        match told(fact):
            case Due(number):
                if waits or (fact.day, number) in due:
                    moot.add(fact.key)
                else:
                    waits = True
                    due.add((fact.day, number))
            case Lapsed():
                if not waits:
                    moot.add(fact.key)
                waits = False
            case Session(status=Status.DONE) | Answer(action=Act.SKIP):
                waits = False
    return [
        fact._replace(device="") if fact.kind in ASKING and fact.device in desks else fact
        for fact in every
        if fact.key not in moot
    ]


def _of_these(fact: Fact, desks: Collection[str]) -> bool:
    return not fact.boot_id.startswith(IMPORTED) and (not fact.device or fact.device in desks)


def together(lived: Iterable[Lived], s: Settings) -> list[Lived]:
    """The pieces of all machines as one history in the order of time. With one machine, its own pieces as they are."""
    every = list(lived)
    if len({p.device for p in every}) < 2:
        return every
    pieces = sorted([_laid(p) for p in every], key=lambda p: p.piece.start)
    merged: list[Lived] = []
    for group in _overlapping(pieces):
        merged += group if len(group) == 1 else _union(group, s)
    return merged


def _laid(p: Lived) -> Lived:
    """Counted by the wall clock, where its times need no shift."""
    shift, (start, end, presence, breaks, maybe, short) = p.shift, p.piece
    return Lived(p.day, Piece(start + shift, end + shift, presence, breaks, maybe, short), 0.0, p.utc_offset, p.device)


def _overlapping(pieces: Sequence[Lived]) -> Iterable[list[Lived]]:
    """Runs of pieces that overlap one another."""
    group: list[Lived] = []
    reach = 0.0
    for laid in pieces:
        start, end = laid.piece[:2]
        if group and start >= reach:
            yield group
            group = []
        group.append(laid)
        reach = end if len(group) == 1 else max(reach, end)
    if group:
        yield group


def _union(group: Sequence[Lived], s: Settings) -> list[Lived]:
    """One history of overlapping pieces, which are sorted by their start."""
    cuts = sorted({t for p in group for t in p.piece[:2]})
    found: list[Lived] = []
    live: list[Lived] = []
    waiting = iter(group)
    following = next(waiting, None)
    for a, b in pairwise(cuts):
        live = [p for p in live if p.piece.end > a]
        while following is not None and following.piece.start <= a:
            live.append(following)
            following = next(waiting, None)
        if live:
            _append(found, _strongest(live), a, b)
    return _still_breaks(found, group, s)


def _strongest(live: Sequence[Lived]) -> Lived:
    """What holds while all of these last. An absence breaks if all agree, and may be sitting if one says so."""
    best = live[0] if len(live) == 1 else min(live, key=lambda p: _RANK[p.piece.presence])
    piece = best.piece
    if piece.presence not in ABSENT or len(live) == 1:
        return best
    breaks, maybe = all(p.piece.breaks for p in live), any(p.piece.maybe for p in live)
    return best._replace(piece=Piece(piece.start, piece.end, piece.presence, breaks, maybe))


def _append(found: list[Lived], best: Lived, a: float, b: float) -> None:
    """Add that it was so from `a` to `b`, or make the last piece longer if it says the same."""
    day, piece, _shift, utc_offset, device = best
    says = piece[2:]
    if found:
        last = found[-1]
        before = last.piece
        if (
            before.end == a
            and before[2:] == says
            and (last.day, last.utc_offset, last.device)
            == (
                day,
                utc_offset,
                device,
            )
        ):
            a = before.start
            found.pop()
    found.append(Lived(day, Piece(a, b, *says), 0.0, utc_offset, device))


def _still_breaks(found: Sequence[Lived], group: Sequence[Lived], s: Settings) -> list[Lived]:
    """An absence that another machine's activity cut short is a real break only if what is left is long enough."""
    whole = {p.piece[:2] for p in group if p.piece.breaks}
    checked: list[Lived] = []
    for absent, run in groupby(found, key=lambda p: p.piece.presence in ABSENT):
        pieces = list(run)
        length = pieces[-1].piece.end - pieces[0].piece.start
        short = length < s.break_gap - s.active_gap and not any(p.piece[:2] in whole for p in pieces)
        checked += [p._replace(piece=p.piece._replace(breaks=False)) for p in pieces] if absent and short else pieces
    return checked
