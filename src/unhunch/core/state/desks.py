"""What the user's other desks wrote, laid on this machine's running clock (MODEL 1 to 5 hold for the person).

Of another desk's evidence only sitting is taken over, so its silence calls nobody away; of what was decided and
answered there, everything. In the same order everywhere, so that every desk comes to the same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from math import inf

from unhunch.core.bodies import Sit
from unhunch.core.codec import read
from unhunch.core.facts import PERSONAL, SPANS, Fact, Kind
from unhunch.core.intervals import Interval, without
from unhunch.core.moment import DAY
from unhunch.core.presence.reading import SITTING, Over, Presence
from unhunch.core.presence.sweep import Edge, Rank
from unhunch.core.settings import Settings
from unhunch.core.week.lived import lived
from unhunch.tuples import NamedTuple

SHARED = (PERSONAL - {Kind.CORRECTION, Kind.UNDO}) | {
    Kind.DAY,
    Kind.DUE,
    Kind.SHOWN,
    Kind.WITHDRAWN,
    Kind.IGNORED,
    Kind.LET_GO,
    Kind.LAPSED,
}
"""What is so for the person, at whichever desk it was written. A correction is of its own desk's evidence."""

TRACED = 70 * DAY
"""Seconds: evidence older than this, seen from the newest, changes no day that the state remembers (apply.py)."""

BEFORE = DAY
"""Seconds of another desk's evidence read before the time that is wanted, so that what was open then is known."""


class Elsewhere(NamedTuple):
    """Sitting at other desks begins or ends."""

    t: float
    over: Over
    begins: bool


class Line(NamedTuple):
    """Where the wall clock of this machine stood, as its own facts tell."""

    walls: tuple[float, ...] = ()
    shifts: tuple[float, ...] = ()

    def t(self, wall: float) -> float:
        """The second of the running clock at which it showed `wall`."""
        if not self.walls:
            return wall
        return wall + self.shifts[max(bisect_right(self.walls, wall) - 1, 0)]


CLOCKED = frozenset({Kind.RUNNING, Kind.INPUT, Kind.DAY, Kind.CLOCK, Kind.STOPPED})
"""Facts whose two times are of one moment: a session that is told later has the wall time of when it was."""


def line(own: Iterable[Edge], first: tuple[float, float] | None = None) -> Line:
    """From this machine's edges; `first`: wall and running clock at the checkpoint before them."""
    found = {} if first is None else {first[0]: first[1] - first[0]}
    for t, rank, _order, fact in own:
        if fact.kind in CLOCKED and (rank is Rank.POINT or rank is Rank.BEGIN):
            found[fact.wall] = round(t - fact.wall, 3)
    walls = sorted(found)
    return Line(tuple(walls), tuple(found[wall] for wall in walls))


def points(others: Iterable[Fact], on: Line, after: float) -> list[Edge]:
    """What was decided and answered at other desks from the second `after` of the running clock on."""
    found: list[Edge] = []
    for fact in others:
        if fact.kind not in SHARED:
            continue
        t = on.t(fact.wall)
        if t + fact.length <= after:
            continue
        if fact.kind is Kind.SESSION and fact.length > 0:
            found.append(Edge(t, Rank.BEGIN, 0.0, fact))
            found.append(Edge(t + fact.length, Rank.FINISH, 0.0, fact))
        elif fact.kind not in SPANS or fact.kind is Kind.SESSION:
            found.append(Edge(t, Rank.POINT, 0.0, fact))
    return found


def standing(every: Iterable[Fact]) -> list[Interval]:
    """When the user said, at whichever desk, to be standing (Unix seconds)."""
    found: list[Interval] = []
    since: float | None = None
    for fact in sorted((f for f in every if f.kind in (Kind.STAND, Kind.SIT)), key=lambda f: f.wall):
        if fact.kind is Kind.STAND:
            since = fact.wall if since is None else since
        elif since is not None:
            found.append((since, max(fact.wall - (read(Sit, fact.body).back or 0.0), since)))
            since = None
    return found if since is None else [*found, (since, inf)]


def sitting(others: Sequence[Fact], stood: Sequence[Interval], on: Line, after: float, s: Settings) -> list[Elsewhere]:
    """When the user sat at other desks from `after` on: the union of what all of them saw, the strongest first.

    `stood`: when it was said, perhaps at another one than those, that the user stands.
    """
    newest = max((fact.end for fact in others), default=0.0)
    evidence = [f for f in others if f.kind in SPANS or f.kind in _READ]
    seen: dict[Presence, list[Interval]] = {presence: [] for presence in _OVER}
    for piece in lived(evidence, s):
        if piece.presence in SITTING and piece.end > newest - TRACED:
            start, end = on.t(piece.start), on.t(piece.end)
            seen[piece.presence].append((max(start, after), end))
    found: list[Elsewhere] = []
    stronger: list[Interval] = [(on.t(start), on.t(end)) for start, end in stood]
    for presence, over in _OVER.items():
        for start, end in without(seen[presence], stronger):
            found += (Elsewhere(start, over, begins=True), Elsewhere(end, over, begins=False))
        stronger += seen[presence]
    return found


_OVER: Mapping[Presence, Over] = {
    Presence.ACTIVE: Over.TYPING_ELSEWHERE,
    Presence.CALL: Over.CALL_ELSEWHERE,
    Presence.QUIET: Over.QUIET_ELSEWHERE,
}
"""From the strongest to the weakest."""
_READ = frozenset({Kind.DAY, Kind.STOPPED, Kind.CLOCK, Kind.CORRECTION, Kind.SHOWN})
"""Points that say what a desk's evidence means. Not who stood: any desk may have ended that, so `stood` says it."""


def sat_down(edge: Edge) -> Edge:
    """A break that ended standing lies where it began: there the cover of every desk ends."""
    back = read(Sit, edge.fact.body).back if edge.fact.kind is Kind.SIT else None
    if not back:
        return edge
    body = {name: said for name, said in edge.fact.body.items() if name not in ("why", "back")}
    return edge._replace(t=edge.t - back, fact=edge.fact._replace(body=body))


def before(facts: Sequence[Fact]) -> float:
    """Unix seconds from which other desks' facts are wanted beside these, which a checkpoint may begin."""
    first = facts[0] if facts and facts[0].kind is Kind.CHECKPOINT else None
    return -inf if first is None else first.wall - BEFORE
