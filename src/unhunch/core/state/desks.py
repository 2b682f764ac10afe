"""What the user's other desks wrote, laid on this machine's running clock (MODEL 1 to 5 hold for the person).

One person has one history: an input is one at whichever desk, and all desks read the same in the same order, so every
desk comes to the same. What a desk has not seen counts only while nobody has sat down at another since (reading.py).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from math import inf

from unhunch.core.bodies import Correction, Sit
from unhunch.core.codec import read
from unhunch.core.facts import PERSONAL, SPANS, Fact, Kind
from unhunch.core.moment import DAY
from unhunch.core.presence.sweep import COVERS, Edge, Rank
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
"""What is so for the person, at whichever desk it was decided or answered; what was seen is evidence."""

TRACED = 70 * DAY
"""Seconds: evidence older than this, seen from the newest, changes no day that the state remembers (apply.py)."""

BEFORE = DAY
"""Seconds of another desk's evidence read before the time that is wanted, so that what was open then is known."""


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
    for t, rank, fact in own:
        if fact.kind in CLOCKED and (rank is Rank.POINT or rank is Rank.BEGIN):
            found[fact.wall] = round(t - fact.wall, 3)
    walls = sorted(found)
    return Line(tuple(walls), tuple(found[wall] for wall in walls))


def reaches(fact: Fact) -> float:
    """Unix seconds: from when on it says what was."""
    return min(fact.wall, read(Correction, fact.body).from_) if fact.kind is Kind.CORRECTION else fact.wall


def moment(edge: Edge) -> int:
    """Where it has its place, whichever desk reads it: at the same millisecond first comes what ends."""
    return 2 * round(edge.t * 1000) + (edge.rank is not Rank.FINISH)


def edges(others: Iterable[Fact], on: Line, after: float) -> Iterator[Edge]:
    """What was seen, decided and answered at other desks, as far as it reaches behind the second `after`, in order.

    At the same moment desk by desk, as each of them wrote it: its keys count up. Made as they are asked for, since
    there may be months of them.
    """
    waiting: list[tuple[int, str, int, str, int, Edge]] = []
    n = 0
    for fact in sorted(others, key=reaches):
        for edge in map(sat_down, _of(fact, on, after)):
            n += 1
            heappush(waiting, (moment(edge), fact.device, len(fact.key), fact.key, n, edge))
        settled = 2000 * (on.t(reaches(fact)) - LATE)
        while waiting and waiting[0][0] < settled:
            yield heappop(waiting)[-1]
    while waiting:
        yield heappop(waiting)[-1]


LATE = DAY
"""Seconds: what began later may have its place so much earlier, by a clock that was set or a break that lies back."""


def _of(fact: Fact, on: Line, after: float) -> Iterator[Edge]:
    """When a desk ran is told from the beginning: only who knows when it ran knows when it did not."""
    kind, t = fact.kind, on.t(fact.wall)
    end = t + fact.length
    if kind is Kind.CORRECTION:
        corrected = read(Correction, fact.body)
        begin, end = on.t(corrected.from_), on.t(corrected.to)
        if end > after:
            yield Edge(begin, Rank.BEGIN, fact)
            yield Edge(end, Rank.FINISH, fact)
        if t > after:
            yield Edge(t, Rank.POINT, fact)
    elif kind is Kind.RUNNING:
        yield Edge(t, Rank.BEGIN, fact)
        yield Edge(end, Rank.LAST, fact)
    elif kind is Kind.STOPPED:
        yield Edge(t, Rank.POINT, fact)
    elif end <= after:
        return
    elif kind is Kind.INPUT or (kind in COVERS and fact.length > 0):
        yield Edge(t, Rank.BEGIN, fact)
        if fact.length > 0:
            yield Edge(end, Rank.FINISH, fact)
    elif kind is Kind.CLOCK or (kind in SHARED and (kind not in SPANS or kind is Kind.SESSION)):
        yield Edge(t, Rank.POINT, fact)


def sat_down(edge: Edge) -> Edge:
    """A break that ended standing lies where it began: there the cover of every desk ends."""
    if edge.fact.kind is not Kind.SIT:
        return edge
    back = read(Sit, edge.fact.body).back
    if not back:
        return edge
    body = {name: said for name, said in edge.fact.body.items() if name not in ("why", "back")}
    return edge._replace(t=edge.t - back, fact=edge.fact._replace(body=body))


def before(facts: Sequence[Fact]) -> float:
    """Unix seconds from which other desks' facts are wanted beside these, which a checkpoint may begin."""
    first = facts[0] if facts and facts[0].kind is Kind.CHECKPOINT else None
    return -inf if first is None else first.wall - BEFORE
