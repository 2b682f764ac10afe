"""Stored facts read again, folded into the state of the engine.

The law: what was lived and what is re-read agree. Spans and points are swept in the order of the running clock, so a
change of the wall clock moves nothing.
"""

from collections.abc import Iterable, Sequence
from heapq import merge

from unhunch.core.bodies import Checkpoint, Correction, Day
from unhunch.core.codec import read, told
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.presence import sweep
from unhunch.core.presence.sweep import Edge, Rank, Watch, edges, kept
from unhunch.core.programme import stops
from unhunch.core.settings import Settings
from unhunch.core.state import apply, desks, state
from unhunch.core.state.calendar import logical_date
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
    there = desks.edges((f for f in every if f.key not in keys), desks.line(here, first), st.t)
    mine = sorted(map(desks.sat_down, here), key=desks.moment)
    order = merge(mine, there, key=lambda edge: (desks.moment(edge), edge.fact.device or device))
    return _folded(st, order, s, going_on)


def _folded(st: State, order: Iterable[Edge], s: Settings, going_on: str) -> State:
    typing, last, utc_offset = dict[str, bool](), st.t, None
    runs: dict[str, Watch] = {}
    for edge in order:
        t, rank, fact = edge
        kind, desk = fact.kind, fact.device
        corrected = kind is Kind.CORRECTION and rank is not Rank.POINT
        if typing and (corrected or (kind is Kind.INPUT and desk not in typing)):
            st = apply.touch(st, t, s, steady=True, desk=next(iter(typing)))  # up to here, as goes on behind it
        if corrected:
            st = apply.correct(st, fact, t, begins=rank is Rank.BEGIN)
        elif desk:
            st = _of_another(st, edge, fact.utc_offset if utc_offset is None else utc_offset, runs, s)
        elif going_on and fact.key == going_on and rank is not Rank.BEGIN:
            continue
        else:
            st = apply.happen(st, edge, s)
        if kind is Kind.INPUT:
            if rank is Rank.BEGIN and fact.length > 0:
                typing[desk] = True
            else:
                typing.pop(desk, None)
        if desk:
            continue
        utc_offset = fact.utc_offset
        if t > last and kind is not Kind.CORRECTION:
            last = t
    return st._replace(t=last)


def _of_another(st: State, edge: Edge, utc_offset: int, runs: dict[str, Watch], s: Settings) -> State:
    """A fact of another desk. `runs`: what is known so far of when each of them ran."""
    t, _rank, fact = edge
    match fact.kind:
        case Kind.RUNNING | Kind.STOPPED:
            return _ran(st, edge, runs, s)
        case Kind.DAY:  # one that has not begun here, by the local time of this machine, does not begin
            here = logical_date(Moment(fact.wall, 0.0, 0.0, utc_offset), s)
            if not st.today.date < read(Day, fact.body).date <= here:
                return st
        case Kind.CLOCK:  # the line of this machine's clock is its own
            watch, _nothing = sweep.point(st.watch, told(fact), t, s, fact.device)
            return st._replace(watch=watch)
    return apply.happen(st, edge, s)


def _ran(st: State, edge: Edge, runs: dict[str, Watch], s: Settings) -> State:
    """Another desk begins or ceases to watch: in between it was off, or saw nothing."""
    t, rank, fact = edge
    known = runs.get(fact.device)
    if known is None:
        very_first = not runs and not st.watch.boot_id
        runs[fact.device] = Watch(boot_id=fact.boot_id, ran_until=t, stopped=fact.kind is Kind.STOPPED)
        if very_first:  # until somebody is seen, that desk is where to look
            begun = sweep.run(Watch(st.reading._replace(desk=fact.device)), fact, t, s)
            return st._replace(watch=st.watch._replace(reading=begun.reading))
    elif fact.kind is Kind.STOPPED:
        runs[fact.device] = known._replace(stopped=True, ran_until=t)
    elif rank is Rank.BEGIN:
        found = sweep.run(known._replace(reading=st.reading), fact, t, s)
        runs[fact.device] = found
        return st._replace(watch=st.watch._replace(reading=found.reading))
    else:
        runs[fact.device] = known._replace(ran_until=t)
    return st


def reaches_back(facts: Sequence[Fact]) -> bool:
    """Whether a correction among these facts is of a time that the checkpoint before them has summed up."""
    if not facts or facts[0].kind is not Kind.CHECKPOINT:
        return False
    return any(f.kind is Kind.CORRECTION and read(Correction, f.body).from_ < facts[0].wall for f in kept(facts[1:]))
