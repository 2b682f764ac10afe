"""What a look brings: evidence becomes spans, and what is so now becomes a scene (MODEL 2)."""

from collections.abc import Sequence
from math import inf

from unhunch.core.bodies import Clock
from unhunch.core.engine.wakes import SAME_INPUT
from unhunch.core.engine.work import Open, Work
from unhunch.core.facts import NO_BODY, Fact, Kind
from unhunch.core.messages import Look
from unhunch.core.moment import DAY
from unhunch.core.presence.reading import ABSENT, SITTING, Piece, Presence, Reading, proven
from unhunch.core.presence.scene import Scene, partly_seen
from unhunch.core.prompts import after_gap
from unhunch.core.state import apply
from unhunch.core.state.state import State

CLOCK_STEP = 5.0
"""A wall clock that moved by more than this (seconds) was set; less is the network's fine adjustment."""
SLEPT = 2.0
"""A difference of the two monotonic clocks above this (seconds) was a suspend."""

FROZEN_LONGEST = 28 * DAY
"""Seconds: a wall clock that jumps further was wrong before, and no machine stood still (policy)."""

SIDES = ((Kind.LOCKED, "locked"), (Kind.ASLEEP, "asleep"), (Kind.CALL, "in_call"), (Kind.INHIBITED, "inhibited"))
"""Conditions that are evidence: each opens and closes a span."""


def observe(work: Work, look: Look) -> None:
    """Take in what was seen. What happened since the last look comes first, then input, then what lies around."""
    stood_still = _missed(work, look)
    if not stood_still:  # else the day may turn first: what was touched since is seen at the next look
        _input(work, look)
    _sides(work, look)
    now = work.now
    now.at, now.quiet, now.around, now.looked = look.at, look.quiet, look.around, work.t


def _missed(work: Work, look: Look) -> bool:
    """What happened to the machine since the last look: suspend, a set clock, a look that came too late.

    True if it stood still: only the wall clock saw the time go by.
    """
    before = work.now.at
    if before is None:
        return False
    slept = look.at.suspended_since(before)
    if slept >= SLEPT and Kind.ASLEEP not in work.now.open:
        asleep_from = work.t - slept
        work.span(Kind.ASLEEP, asleep_from, work.t)
    stepped = look.at.clock_step_since(before)
    stood = stepped - work.now.set_back
    frozen = work.s.unknown_break <= stood and stepped <= FROZEN_LONGEST and slept < SLEPT
    if frozen:
        _thaw(work, round(stood, 3), stepped)
    elif abs(stepped) >= CLOCK_STEP:
        work.record(Clock(round(stepped, 3)))
        work.clock_step = stepped
    if abs(stepped) >= CLOCK_STEP:
        work.now.set_back = max(work.now.set_back - stepped, 0.0)
    if look.late > work.s.bridge and Kind.BLIND not in work.now.open:
        unseen = look.quiet is None or look.quiet[0] < look.late
        if unseen:
            work.span(Kind.BLIND, work.t - look.late, work.t)
    return frozen


def _thaw(work: Work, stood: float, stepped: float) -> None:
    """A virtual machine stood still for `stood` seconds, which are laid on the running clock's line."""
    work.record(Clock(stood, frozen=True), wall=work.at.wall - stepped)
    work.t += stood
    work.settle()
    work.now.unseen = work.t


def _input(work: Work, look: Look) -> None:
    if look.quiet is None:
        work.open(Kind.BLIND)
        return
    work.close(Kind.BLIND)
    least, most = look.quiet
    if partly_seen(least, most, work.s, touched=work.st.reading.touched):
        work.open(Kind.PARTIAL)
    else:
        work.close(Kind.PARTIAL)
    if look.typed:
        t = work.t
        _seen(work, [each for begun, ended in look.typed for each in ((t - begun, False), (t - ended, True))], 0.0)
    else:
        # Of a wide interval only the far end is an input for certain (MODEL 2, "a sighting needs evidence").
        _seen(work, [(work.t - (least if most <= work.s.active_gap else most), False)], SAME_INPUT)


def _seen(work: Work, moments: Sequence[tuple[float, bool]], same: float) -> None:
    """There was input at each of these moments (True: and all along since the last), in the order of time.

    Within `same` seconds one is the last one. Those that are heard of late, after something else has happened, are
    counted before it, as they are when the facts are read again.
    """
    moments = _news(work, moments, same)
    if not moments:
        return
    lived = work.st
    later = work.back_to(moments[0][0])
    for edge in later:
        before = [each for each in moments if each[0] < edge.t]
        moments = moments[len(before) :]
        _count(work, before, same)
        work.cut()
        work.happen(edge.rank, edge.fact, edge.t)
    _count(work, moments, same)
    if later:
        work.st = _ran_on(work.st, lived)


def _news(work: Work, moments: Sequence[tuple[float, bool]], same: float) -> list[tuple[float, bool]]:
    """Those at which there was input that is not counted yet, and can be."""
    before, last, settled = work.st.reading, work.touched, work.now.settled
    return [
        (seen, along)
        for seen, along in moments
        if not _known(seen, last, before, same) and seen >= settled and not before.deaf(seen)
    ]


def _known(seen: float, last: float, before: Reading, same: float) -> bool:
    """It is the last input at this desk, or one before it."""
    return seen <= last + same and (before.touched or seen < last)


def _ran_on(st: State, lived: State) -> State:
    """The state read anew, with what no fact tells as it was: how far time has gone by, and the ladder's clock."""
    watch = st.watch._replace(ran_until=lived.watch.ran_until)
    owed = st.owed and lived.owed and st.owed._replace(clock=lived.owed.clock, fullscreen=lived.owed.fullscreen)
    return st._replace(t=lived.t, watch=watch, owed=owed)


def _count(work: Work, moments: Sequence[tuple[float, bool]], same: float) -> None:
    """Count input at these moments, after which nothing has happened. All that they settle is counted at once."""
    now, s = work.now, work.s
    reading, pieces = work.st.reading, list[Piece]()
    span, last = now.open.get(Kind.INPUT), now.last_input
    facts, lengths, begun = list[Fact](), dict(now.lengths), inf
    for seen, along in moments:
        before, touched = reading, last if reading.desk else reading.since
        if _known(seen, touched, before, same):
            continue
        steady = along and before.touched
        reading, settled = before.input(seen, s, steady=steady)
        if reading is before and before.deaf(seen):
            continue  # it was made under a lock, and proves nothing
        pieces += settled
        if not steady and (gap := after_gap.worth_asking(before, seen, s)):
            now.gap_to_ask, now.gap_returns = gap, 0
        # No span of input runs through a sleep.
        joined = span is not None and last >= now.unseen and (steady or seen - last <= s.active_gap)
        if not joined:
            start = touched if steady else seen
            fact = work.fact(Kind.INPUT, start, NO_BODY, key=f"{now.run}.{now.serial + len(facts)}")
            facts.append(fact)
            begun = min(begun, start)
            if span is not None:
                lengths[span.key] = last - span.start, None
            span = Open(fact.key, start)
            if seen - before.since > s.active_gap:
                work.urgent = True  # it made minutes of a gap into sitting, which a kill must not take back
        last = seen
    if last == now.last_input:
        return
    if work.heard:
        work.heard(work.st.today.date, pieces, begun)
    work.st = apply.counted(work.st, (work.st.watch._replace(reading=reading), pieces), s)
    now.last_input, now.ground, now.since = last, work.st, ()
    if not facts:
        return
    assert span is not None  # the last of the facts
    now.serial += len(facts)
    now.pending = (*now.pending, *facts)
    now.open = {**now.open, Kind.INPUT: span}
    now.lengths = lengths


def _sides(work: Work, look: Look) -> None:
    around = look.around
    if around is work.now.around or around == work.now.around:
        return
    if work.now.around.in_call and not around.in_call:
        work.now.call_ended = work.t
    if work.now.around.locked and not around.locked:
        work.now.unlocked = work.t
    for kind, name in SIDES:
        if getattr(around, name):
            work.open(kind)
        else:
            work.close(kind)


def scene(work: Work) -> Scene:
    """What is so now."""
    reading, now = work.st.reading, work.now
    gap = reading.gap(work.t, work.s)
    least, most = now.quiet if now.quiet is not None else (0.0, inf)
    presence = _presence_now(work, gap)
    sure = proven(gap, reading.since, work.s)
    maybe = sum([p.end - p.start for p in gap if p.presence in SITTING])
    return Scene(
        at=work.at,
        t=work.t,
        presence=presence,
        least=least,
        most=most,
        around=now.around,
        proven=sure,
        provisional=maybe,
        session=Kind.SESSION in now.open,
        call_ended=now.call_ended,
        unlocked=now.unlocked,
        stretch=work.st.bout.after(gap, work.s) + sure,
    )


def _presence_now(work: Work, gap: list[Piece]) -> Presence:
    """Presence at this very second: a lock holds from when it is made, before any time has passed under it."""
    reading = work.st.reading
    firm = reading.firm()
    if firm:
        return firm
    found = gap[-1].presence if gap else Presence.ACTIVE if reading.touched else Presence.AWAY
    return (reading.doubted(work.t, work.s) or found) if found in ABSENT else found


def tell_presence(work: Work, scene: Scene) -> None:
    if scene.presence is work.now.presence:
        return
    work.now.presence, work.now.presence_since = scene.presence, work.t
    work.happened("presence", {"presence": scene.presence.value})
