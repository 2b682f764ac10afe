"""Facts read again: folded into the state of the engine, or into the days as they were lived.

The law: what was lived and what is re-read agree. Spans and points are swept in the order of the running clock, so a
change of the wall clock moves nothing.
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

from unhunch.core.bodies import sound
from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.core.presence.reading import Over
from unhunch.core.settings import Settings
from unhunch.core.state import apply, state
from unhunch.core.state.apply import COVERS
from unhunch.core.state.state import State

IMPORTED = "import:"
"""Boot ids of histories that other tools recorded begin so."""

CORRECTIONS = {
    "away": Over.CORRECTED_AWAY,
    "standing": Over.CORRECTED_STANDING,
    "sitting": Over.CORRECTED_SITTING,
}

_FINISH, _BEGIN, _POINT, _LAST = range(4)


class _Edge(NamedTuple):
    """What happens to the sweep at `t`: a span ends or begins, a point lies there, a daemon's run ends."""

    t: float
    rank: int
    order: float
    fact: Fact


def fold(facts: Sequence[Fact], s: Settings, going_on: str = "") -> State:
    """The state after these facts of this machine, in the order of writing; a checkpoint may come first.

    `going_on`: the key of a session that has not ended: what it brought is not counted yet.
    """
    st = state.fresh(s)
    if facts and facts[0].kind is Kind.CHECKPOINT:
        st = state.load(facts[0].body["state"])
        facts = facts[1:]
    own = [f for f in facts if not f.boot_id.startswith(IMPORTED) and f.kind is not Kind.CHECKPOINT]
    typing = False
    for t, rank, _order, fact in _edges(_kept(own), {st.boot_id: st.offset} if st.boot_id else {}, st.t):
        if fact.kind is Kind.CORRECTION and rank in (_BEGIN, _FINISH):
            if typing:
                st = apply.touch(st, t, s, steady=True)
            over = CORRECTIONS[fact.body["as"]]
            reading = st.reading.cover(over, t) if rank == _BEGIN else st.reading.uncover(over, t)
            st = st._replace(reading=reading)
        elif going_on and fact.key == going_on and rank != _BEGIN:
            continue
        elif rank == _BEGIN:
            st = apply.begin(st, fact, t, s)
        elif rank == _POINT:
            st = apply.point(st, fact, t, s)
        else:
            st = apply.finish(st, fact, t, s)
        if fact.kind is Kind.INPUT:
            typing = rank == _BEGIN and fact.length > 0
        if t > st.t and fact.kind is not Kind.CORRECTION:
            st = st._replace(t=t)
    return st


def reaches_back(facts: Sequence[Fact]) -> bool:
    """Whether a correction among these facts is of a time that the checkpoint before them has summed up."""
    if not facts or facts[0].kind is not Kind.CHECKPOINT:
        return False
    return any(f.kind is Kind.CORRECTION and f.body["from"] < facts[0].wall for f in _kept(facts[1:]))


def _kept(facts: Sequence[Fact]) -> list[Fact]:
    """Without what was taken back, and what does not make sense."""
    facts = sound(facts)
    undone = {f.body["fact"] for f in facts if f.kind is Kind.UNDO}
    return [f for f in facts if f.key not in undone] if undone else facts


def _edges(facts: Iterable[Fact], offsets: dict[str, float], last: float) -> list[_Edge]:
    """Every begin, end and point in the order of the running clock.

    Each boot is laid on one line by its first fact: where the wall clock then stood, but never before an earlier boot.
    At the same second what ends comes first; the rest goes in the order in which it was written.
    """
    edges: list[_Edge] = []
    run: _Edge | None = None
    for order, fact in enumerate(facts):
        if fact.boot_id not in offsets:
            offsets[fact.boot_id] = max(fact.wall - fact.boot, last - fact.boot)
        t = fact.boot + offsets[fact.boot_id]
        end = t + fact.length
        last = max(last, end)
        kind = fact.kind
        if kind is Kind.CORRECTION:
            shift = t - fact.wall
            edges.append(_Edge(fact.body["from"] + shift, _BEGIN, order, fact))
            edges.append(_Edge(fact.body["to"] + shift, _FINISH, order, fact))
            edges.append(_Edge(t, _POINT, order, fact))
        elif kind is Kind.RUNNING:
            if run:  # what a run's end says is known until the next begins
                edges.append(run._replace(order=order - 0.5))
            edges.append(_Edge(t, _BEGIN, order, fact))
            run = _Edge(end, _LAST, inf, fact)
        elif kind is Kind.INPUT:
            edges.append(_Edge(t, _BEGIN, order, fact))
            if fact.length > 0:
                edges.append(_Edge(end, _FINISH, order, fact))
        elif kind in SPANS and fact.length > 0:
            edges.append(_Edge(t, _BEGIN, order, fact))
            edges.append(_Edge(end, _FINISH, order, fact))
        elif kind not in COVERS or kind is Kind.SESSION:
            edges.append(_Edge(t, _POINT, order, fact))
    if run:
        edges.append(run)
    edges.sort(key=lambda edge: (edge.t, edge.rank != _FINISH, edge.order))
    return edges


# Days as they were lived ----------------------------------------------------------------------------------------------
