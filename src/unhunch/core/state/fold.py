"""Stored facts read again, folded into the state of the engine.

The law: what was lived and what is re-read agree. Spans and points are swept in the order of the running clock, so a
change of the wall clock moves nothing.
"""

from collections.abc import Sequence

from unhunch.core.bodies import Checkpoint, Correction
from unhunch.core.codec import read
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.presence.sweep import Rank, edges, kept
from unhunch.core.programme import stops
from unhunch.core.settings import Settings
from unhunch.core.state import apply, state
from unhunch.core.state.state import State


def fold(facts: Sequence[Fact], s: Settings, going_on: str = "") -> State:
    """The state after these facts of this machine, in the order of writing; a checkpoint may come first.

    `going_on`: the key of a session that has not ended: what it brought is not counted yet.
    """
    st = state.fresh(s)
    if facts and facts[0].kind is Kind.CHECKPOINT:
        stored = read(Checkpoint, facts[0].body).state
        st = state.load(stored)
        if state.outdated(stored):
            st = st._replace(programme=stops.from_before(st.programme, st.today.date, s))
        facts = facts[1:]
    own = [f for f in facts if not f.boot_id.startswith(IMPORTED) and f.kind is not Kind.CHECKPOINT]
    known = {st.watch.boot_id: st.offset} if st.watch.boot_id else {}
    typing, last = False, st.t
    for t, rank, _order, fact in edges(kept(own), known, st.t):
        kind = fact.kind
        if kind is Kind.CORRECTION and rank is not Rank.POINT:
            st = apply.correct(st, fact, t, s, begins=rank is Rank.BEGIN, typing=typing)
        elif going_on and fact.key == going_on and rank is not Rank.BEGIN:
            continue
        elif rank is Rank.BEGIN:
            st = apply.begin(st, fact, t, s)
        elif rank is Rank.POINT:
            st = apply.point(st, fact, t, s)
        else:
            st = apply.finish(st, fact, t, s)
        if kind is Kind.INPUT:
            typing = rank is Rank.BEGIN and fact.length > 0
        if t > last and kind is not Kind.CORRECTION:
            last = t
    return st._replace(t=last)


def reaches_back(facts: Sequence[Fact]) -> bool:
    """Whether a correction among these facts is of a time that the checkpoint before them has summed up."""
    if not facts or facts[0].kind is not Kind.CHECKPOINT:
        return False
    return any(f.kind is Kind.CORRECTION and read(Correction, f.body).from_ < facts[0].wall for f in kept(facts[1:]))
