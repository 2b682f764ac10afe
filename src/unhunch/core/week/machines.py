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
    pieces = sorted((p.on_the_wall() for p in every), key=lambda p: p.start)
    merged: list[Lived] = []
    for group in _overlapping(pieces):
        merged += group if len(group) == 1 else _union(group, s)
    return merged


def _overlapping(pieces: Sequence[Lived]) -> Iterable[list[Lived]]:
    """Runs of pieces that overlap one another."""
    group: list[Lived] = []
    reach = 0.0
    for piece in pieces:
        if group and piece.start >= reach:
            yield group
            group = []
        group.append(piece)
        reach = piece.end if len(group) == 1 else max(reach, piece.end)
    if group:
        yield group


def _union(group: Sequence[Lived], s: Settings) -> list[Lived]:
    """One history of overlapping pieces, which are sorted by their start."""
    cuts = sorted({t for p in group for t in (p.start, p.end)})
    found: list[Lived] = []
    live: list[Lived] = []
    waiting = iter(group)
    following = next(waiting, None)
    for a, b in pairwise(cuts):
        live = [p for p in live if p.end > a]
        while following is not None and following.start <= a:
            live.append(following)
            following = next(waiting, None)
        if live:
            _append(found, _strongest(live, a, b))
    return _still_breaks(found, group, s)


def _strongest(live: Sequence[Lived], a: float, b: float) -> Lived:
    """What holds from `a` to `b`. An absence breaks if all machines agree, and may be sitting if one says so."""
    best = min(live, key=lambda p: _RANK[p.presence])
    if best.presence not in ABSENT:
        return best.on_the_wall(a, b)
    breaks, maybe = all(p.piece.breaks for p in live), any(p.piece.maybe for p in live)
    return best._replace(piece=Piece(a, b, best.presence, breaks, maybe))


def _append(found: list[Lived], piece: Lived) -> None:
    """Add a piece, or make the last one longer if it says the same."""
    if found and found[-1].end == piece.start and found[-1].on_the_wall(0.0, 0.0) == piece.on_the_wall(0.0, 0.0):
        found[-1] = found[-1].on_the_wall(end=piece.end)
    else:
        found.append(piece)


def _still_breaks(found: Sequence[Lived], group: Sequence[Lived], s: Settings) -> list[Lived]:
    """An absence that another machine's activity cut short is a real break only if what is left is long enough."""
    whole = {(p.start, p.end) for p in group if p.piece.breaks}
    checked: list[Lived] = []
    for absent, run in groupby(found, key=lambda p: p.presence in ABSENT):
        pieces = list(run)
        length = pieces[-1].end - pieces[0].start
        short = length < s.break_gap - s.active_gap and not any((p.start, p.end) in whole for p in pieces)
        checked += [p._replace(piece=p.piece._replace(breaks=False)) for p in pieces] if absent and short else pieces
    return checked
