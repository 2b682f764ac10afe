"""Facts read in the order of the running clock, and what each of them changes in what is known of presence.

The law: what was lived, what is re-read and what the week shows are one reading. The engine calls `begin`, `finish`
and `point` as things happen; the fold of its state and the days of the week call them for stored facts.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from operator import itemgetter

from unhunch.core.bodies import Body, Clock, Correction, Shown, Sit, Stand, Stopped, Undo
from unhunch.core.codec import read, sound
from unhunch.core.facts import IMPORTED, SPANS, Fact, Kind
from unhunch.core.presence.day import night_between
from unhunch.core.presence.reading import Over, Piece, Reading
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Rose, Was, What
from unhunch.tuples import NamedTuple

COVERS = {
    Kind.LOCKED: Over.LOCKED,
    Kind.ASLEEP: Over.ASLEEP,
    Kind.CALL: Over.CALL,
    Kind.INHIBITED: Over.INHIBITED,
    Kind.BLIND: Over.BLIND,
    Kind.PARTIAL: Over.PARTIAL,
    Kind.SESSION: Over.SESSION,
}

CORRECTIONS = {
    Was.AWAY: Over.CORRECTED_AWAY,
    Was.STANDING: Over.CORRECTED_STANDING,
    Was.SITTING: Over.CORRECTED_SITTING,
}


class Watch(NamedTuple):
    """Who watches, and what the evidence has come to."""

    reading: Reading = Reading(0.0)
    boot_id: str = ""
    ran_until: float = 0.0
    """Running-clock second up to which the daemon is known to have run; 0 before it first did."""
    stopped: bool = False
    """It ended cleanly."""


Read = tuple[Watch, list[Piece]]
"""What is known after a fact, and the time that it settled."""


# What a fact changes --------------------------------------------------------------------------------------------------


def begin(w: Watch, fact: Fact, t: float, s: Settings) -> Read:
    """A span begins at `t`."""
    kind = fact.kind
    if kind is Kind.INPUT:
        return touch(w, t, s, desk=fact.device)
    if kind is Kind.RUNNING:
        return run(w, fact, t, s), []
    if kind in COVERS:
        return w._replace(reading=w.reading.cover(COVERS[kind], t, desk=_whose(fact))), []
    return w, []


def finish(w: Watch, fact: Fact, t: float, s: Settings) -> Read:
    """A span ends at `t`, as far as it is known."""
    kind = fact.kind
    if kind is Kind.INPUT:
        return touch(w, t, s, steady=True, desk=fact.device) if t > w.reading.since else (w, [])
    if kind is Kind.RUNNING:
        return w._replace(ran_until=t), []
    if kind in COVERS:
        return w._replace(reading=w.reading.uncover(COVERS[kind], t, _whose(fact))), []
    return w, []


def _whose(fact: Fact) -> str:
    """A session is the person's, at whichever desk; the rest is of the desk that saw it."""
    return "" if fact.kind is Kind.SESSION else fact.device


SAYING = frozenset({Kind.SHOWN, Kind.STAND, Kind.SIT, Kind.CLOCK, Kind.STOPPED})
"""Points that change what is known of presence."""


def point(w: Watch, said: Body | None, t: float, s: Settings, desk: str = "") -> Read:
    """Something happened at `t`, and says so. A new day is `turn`."""
    match said:
        case Shown(what=What.NUDGE):
            return w._replace(reading=w.reading._replace(nudged_at=t)), []
        case Stand():
            return w._replace(reading=w.reading.uncover(Over.STANDING, t).cover(Over.STANDING, t)), []
        case Sit():
            return w._replace(reading=_sat_down(w.reading, said, t, s)), []
        case Clock(stood, frozen=True) if stood > 0:
            return w._replace(reading=w.reading.cover(Over.BLIND, t, t + stood, desk)), []
        case Stopped():
            return w._replace(stopped=True, ran_until=t), []
    return w, []


def frozen(fact: Fact) -> float:
    """Seconds for which the machine stood still, as a clock that was set tells."""
    if fact.kind is not Kind.CLOCK:
        return 0.0
    clock = read(Clock, fact.body)
    return float(clock.step) if clock.frozen else 0.0


def turn(w: Watch, t: float, s: Settings) -> Read:
    """Another logical day begins: what a long gap has been up to now belongs to the day before."""
    if t - w.reading.since < s.day_gap:
        return w, []
    reading, pieces = w.reading.settle(t, s)
    return w._replace(reading=reading), pieces


def correct(w: Watch, fact: Fact, t: float, *, begins: bool) -> Watch:
    """A corrected time begins or ends at `t`; typing that goes on there is touched up to it before."""
    over, desk = CORRECTIONS[read(Correction, fact.body).as_], fact.device
    reading = w.reading.cover(over, t, desk=desk) if begins else w.reading.uncover(over, t, desk)
    return w._replace(reading=reading)


def touch(w: Watch, t: float, s: Settings, *, steady: bool = False, desk: str = "") -> Read:
    """There was input at `t` (`steady`: all the time up to it)."""
    before, boot_id, ran_until, stopped = w
    reading, pieces = before.input(t, s, steady=steady, desk=desk)
    return (w if reading is before else Watch(reading, boot_id, ran_until, stopped)), pieces


def run(w: Watch, fact: Fact, t: float, s: Settings) -> Watch:
    """The daemon began to watch: what it did not see was absence after a clean stop or another boot, else unknown."""
    reading = w.reading
    if not w.boot_id:
        if not reading.touched and reading.desk == fact.device:
            told = reading.covers  # corrections of the time before the very first run
            reading = Reading(min((c.start for c in told), default=t), covers=told, desk=fact.device)
    elif t > w.ran_until:
        over = Over.BLIND if t - w.ran_until > s.bridge else Over.BRIDGED
        gone = w.stopped or fact.boot_id != w.boot_id or _switched_off(w, fact, t, s)
        reading = reading.cover(Over.OFF if gone else over, w.ran_until, t, fact.device)
    return Watch(reading, fact.boot_id, t, stopped=False)


def _switched_off(w: Watch, fact: Fact, t: float, s: Settings) -> bool:
    """Another program's record leaves out the nights: the machine was off, and nobody sat there unseen."""
    imported = fact.boot_id.startswith(IMPORTED)
    return imported and night_between(fact.wall - (t - w.ran_until), fact.wall, fact.utc_offset, s)


def _sat_down(reading: Reading, said: Sit, t: float, s: Settings) -> Reading:
    """Standing ends. A break that ended it was no standing: it is back-dated like any absence."""
    cover = reading.covered(Over.STANDING)
    if cover and said.why == Rose.BREAK:
        t = max(reading.since, cover.start) + s.active_gap
    return reading.uncover(Over.STANDING, t)


# The order of facts ---------------------------------------------------------------------------------------------------


class Rank(IntEnum):
    """What happens at an edge."""

    FINISH = 0
    BEGIN = 1
    POINT = 2
    LAST = 3
    """A daemon's run ends, as far as is known until the next begins."""


class Edge(NamedTuple):
    """What happens to the sweep at `t`: a span ends or begins, a point lies there."""

    t: float
    rank: Rank
    fact: Fact


def kept(facts: Sequence[Fact]) -> list[Fact]:
    """Without what was taken back, and what does not make sense."""
    facts = sound(facts)
    undone = {read(Undo, f.body).fact for f in facts if f.kind is Kind.UNDO}
    return [f for f in facts if f.key not in undone] if undone else facts


def edges(facts: Iterable[Fact], offsets: dict[str, float], last: float) -> list[Edge]:
    """Every begin, end and point in the order of the running clock.

    Each boot is laid on one line by its first fact: where the wall clock then stood, but never before an earlier boot.
    A machine that stood still goes on as much further along the line.
    At the same second what ends comes first; the rest goes in the order in which it was written.
    """
    found: list[Edge] = []
    run: Edge | None = None
    # Of input there are a hundred thousand facts a year, and `Kind.INPUT` takes as long as all the rest of one.
    typed, begins, ends, add = Kind.INPUT, Rank.BEGIN, Rank.FINISH, found.append
    for fact in facts:
        kind, wall, _east, boot_id, boot, length = fact[:6]
        if boot_id not in offsets:
            offsets[boot_id] = max(wall - boot, last - boot)
        t = boot + offsets[boot_id]
        end = t + length
        if end > last:
            last = end
        if kind is typed:
            add(Edge(t, begins, fact))
            if length > 0:
                add(Edge(end, ends, fact))
            continue
        if kind is Kind.CLOCK:
            offsets[boot_id] += frozen(fact)
        if kind is Kind.CORRECTION:
            shift, corrected = t - fact.wall, read(Correction, fact.body)
            found.append(Edge(corrected.from_ + shift, Rank.BEGIN, fact))
            found.append(Edge(corrected.to + shift, Rank.FINISH, fact))
            found.append(Edge(t, Rank.POINT, fact))
        elif kind is Kind.RUNNING:
            if run:  # what a run's end says is known until the next begins
                found.append(run)
            found.append(Edge(t, Rank.BEGIN, fact))
            run = Edge(end, Rank.LAST, fact)
        elif kind in SPANS and fact.length > 0:
            found.append(Edge(t, Rank.BEGIN, fact))
            found.append(Edge(end, Rank.FINISH, fact))
        elif kind not in COVERS or kind is Kind.SESSION:
            found.append(Edge(t, Rank.POINT, fact))
    if run:
        found.append(run)
    return in_order(found)


def in_order(written: Sequence[Edge]) -> list[Edge]:
    """Edges as they are read: at the same second what ends comes first, and the rest as it was written."""
    ends = Rank.FINISH
    found = [edge for edge in written if edge[1] is ends]
    found += [edge for edge in written if edge[1] is not ends]
    found.sort(key=itemgetter(0))  # by their seconds alone, which the others keep to as they are
    return found
