"""Stored facts read again, folded into the state of the engine.

The law: what was lived and what is re-read agree. Spans and points are swept in the order of the running clock, so a
change of the wall clock moves nothing.
"""

from collections.abc import Sequence

from unhunch.core.bodies import Checkpoint, Correction, Day
from unhunch.core.codec import read
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.presence.sweep import Edge, Rank, edges, kept
from unhunch.core.programme import stops
from unhunch.core.settings import Settings
from unhunch.core.state import apply, desks, state
from unhunch.core.state.calendar import logical_date
from unhunch.core.state.desks import Elsewhere
from unhunch.core.state.state import State


def fold(
    facts: Sequence[Fact], s: Settings, going_on: str = "", others: Sequence[Fact] = (), device: str = ""
) -> State:
    """The state after these facts of this machine, in the order of writing; a checkpoint may come first.

    `going_on`: the key of a session that has not ended: what it brought is not counted yet. `others`: what the user's
    other desks wrote; with them `device` is this machine's name, by which all desks put the same second in one order.
    """
    st = state.fresh(s)
    first = None
    if facts and facts[0].kind is Kind.CHECKPOINT:
        stored = read(Checkpoint, facts[0].body).state
        st = state.load(stored)
        if state.outdated(stored):
            st = st._replace(programme=stops.from_before(st.programme, st.today.date, s))
        first = facts[0].wall, facts[0].boot + st.offset
        facts = facts[1:]
    own = [f for f in facts if not f.boot_id.startswith(IMPORTED) and f.kind is not Kind.CHECKPOINT]
    known = {st.watch.boot_id: st.offset} if st.watch.boot_id else {}
    if others:
        return _with_others(st, own, kept([*own, *others]), first, s, going_on, device)
    return _folded(st, edges(kept(own), known, st.t), s, going_on)


def _with_others(
    st: State,
    own: Sequence[Fact],
    every: Sequence[Fact],
    first: tuple[float, float] | None,
    s: Settings,
    going_on: str,
    device: str,
) -> State:
    """What all desks wrote, in one order: by time, then by the desk."""
    keys = {f.key for f in own}
    known = {st.watch.boot_id: st.offset} if st.watch.boot_id else {}
    here = edges([f for f in every if f.key in keys], known, st.t)
    there = [f for f in every if f.key not in keys]
    on = desks.line(here, first)
    after = st.t
    sat = desks.sitting(there, desks.standing(every), on, after, s)
    order: list[Edge | Elsewhere] = [*map(desks.sat_down, (*here, *desks.points(there, on, after))), *sat]
    order.sort(key=lambda edge: _place(edge, device))
    return _folded(st, order, s, going_on)


def _place(edge: Edge | Elsewhere, device: str) -> tuple[float, int, str, float, str]:
    """At the same millisecond: what ends, sitting elsewhere, then desk by desk as each of them wrote it."""
    if isinstance(edge, Elsewhere):
        return round(edge.t, 3), edge.begins, "", 0.0, edge.over
    t, rank, order, fact = edge
    return round(t, 3), 0 if rank is Rank.FINISH else 2, fact.device or device, order, fact.key


def _folded(st: State, order: Sequence[Edge | Elsewhere], s: Settings, going_on: str) -> State:
    typing, last, utc_offset = False, st.t, None
    for edge in order:
        if isinstance(edge, Elsewhere):
            st = apply.elsewhere(st, edge.over, edge.t, begins=edge.begins)
            continue
        t, rank, _order, fact = edge
        kind = fact.kind
        if fact.device:
            st = _of_another(st, t, rank, fact, fact.utc_offset if utc_offset is None else utc_offset, s)
            continue
        utc_offset = fact.utc_offset
        if kind is Kind.CORRECTION and rank is not Rank.POINT:
            st = apply.correct(st, fact, t, s, begins=rank is Rank.BEGIN, typing=typing)
        elif going_on and fact.key == going_on and rank is not Rank.BEGIN:
            continue
        else:
            st = apply.happen(st, edge, s)
        if kind is Kind.INPUT:
            typing = rank is Rank.BEGIN and fact.length > 0
        if t > last and kind is not Kind.CORRECTION:
            last = t
    return st._replace(t=last)


def _of_another(st: State, t: float, rank: Rank, fact: Fact, utc_offset: int, s: Settings) -> State:
    """A fact of another desk. A day that has not begun here, by the local time of this machine, does not begin."""
    if fact.kind is Kind.DAY:
        here = logical_date(Moment(fact.wall, 0.0, 0.0, utc_offset), s)
        if not st.today.date < read(Day, fact.body).date <= here:
            return st
    if rank is Rank.BEGIN:
        return apply.begin(st, fact, t, s)
    return apply.point(st, fact, t, s) if rank is Rank.POINT else apply.finish(st, fact, t, s)


def reaches_back(facts: Sequence[Fact]) -> bool:
    """Whether a correction among these facts is of a time that the checkpoint before them has summed up."""
    if not facts or facts[0].kind is not Kind.CHECKPOINT:
        return False
    return any(f.kind is Kind.CORRECTION and read(Correction, f.body).from_ < facts[0].wall for f in kept(facts[1:]))
