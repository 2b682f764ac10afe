"""step(live, event) -> (live, effects): composes sitting, prompts and programme. It reads no clock and does no I/O.

What must survive a restart is changed by recording a fact (apply.py); the rest, `Now`, is what one running daemon
knows. Each part takes the same `Work`: observing.py reads what was seen, turning.py ends days, prompting.py shows and
takes back, answering.py hears people.
"""

from collections.abc import Sequence

from unhunch.core import messages as m
from unhunch.core.bodies import Stopped
from unhunch.core.engine import answering, observing, prompting, turning, wakes
from unhunch.core.engine.wakes import SAME_INPUT
from unhunch.core.engine.work import Heard, Now, Open, Work
from unhunch.core.facts import Fact, Kind
from unhunch.core.messages import Effect, Event, Look, WakeAt
from unhunch.core.moment import Moment
from unhunch.core.presence.scene import Scene
from unhunch.core.presence.sweep import COVERS
from unhunch.core.settings import Settings
from unhunch.core.state import apply
from unhunch.core.state.fold import fold
from unhunch.core.state.state import State
from unhunch.tuples import NamedTuple


class Live(NamedTuple):
    """The engine's whole memory."""

    state: State
    now: Now = Now()


def step(live: Live, event: Event, s: Settings, heard: Heard | None = None) -> tuple[Live, list[Effect]]:
    """What follows from an event. Never raises on what a person or a machine does.

    `heard` is for who would read the facts again only to know what each time was.
    """
    work = Work(live.state, live.now.copy(), s, event.at, heard=heard)
    _take(work, event)
    return Live(work.st, work.now), work.effects


def scene(live: Live, at: Moment, s: Settings) -> Scene:
    """What is so at `at`, for status and why: it changes nothing."""
    work = Work(live.state, live.now.copy(), s, at)
    work.t = max(live.state.offset + at.boot, live.state.t)
    if live.now.quiet and live.now.at:
        later = max(at.boot - live.now.at.boot, 0.0)
        least, most = live.now.quiet
        work.now.quiet = least + later, most + later
    return observing.scene(work)


def wake(live: Live, at: Moment, s: Settings) -> WakeAt:
    """When to look next after something that was no look, for who can be woken by each input."""
    return wakes.next_look(live.state, live.now, scene(live, at, s), s, rings=True)


def begin(facts: Sequence[Fact], s: Settings, others: Sequence[Fact] = (), device: str = "") -> Live:
    """The engine as the stored facts left it: this machine's, and with them those of the user's other desks."""
    return Live(fold(facts, s, others=others, device=device))


def refold(live: Live, facts: Sequence[Fact], s: Settings, others: Sequence[Fact] = (), device: str = "") -> Live:
    """The engine after history was corrected: the facts read anew, with what is going on at this moment."""
    session = live.now.open.get(Kind.SESSION)
    st = fold(facts, s, session.key if session else "", others, device)
    for kind, span in live.now.open.items():
        if kind in COVERS:
            # The facts end it where they end; but it goes on, and how long it has lasted says what it is worth.
            over = COVERS[kind]
            before = tuple(
                c for c in st.reading.covers if c.over is not over or c.desk or c.start < span.start - SAME_INPUT
            )
            reading = st.reading._replace(covers=before).cover(over, span.start)
            st = st._replace(watch=st.watch._replace(reading=reading))
    return Live(st, live.now)


def _take(work: Work, event: Event) -> None:
    """What an event means, in the order in which it has to be asked."""
    if isinstance(event, m.Started):
        _start(work, event)
        return
    work.t = max(work.st.offset + event.at.boot, work.st.t)
    if isinstance(event, Look):
        _look(work, event)
    elif isinstance(event, m.Stopping):
        _stop(work)
    else:
        answering.take(work, event)
        turning.judge(work)
    if work.must_write:
        work.flush()
    elif work.st.t != work.t:
        work.st = work.st._replace(t=work.t)


def _start(work: Work, event: m.Started) -> None:
    st, at = work.st, event.at
    offset = st.offset if event.boot_id == st.watch.boot_id else max(at.wall - at.boot, st.t - at.boot)
    work.t = max(offset + at.boot, st.t)
    work.st = st._replace(offset=offset)
    work.now = Now(at=at, run=event.run, written=work.t, presence_since=work.t, hold_since=work.t)
    fact = work.fact(Kind.RUNNING, work.t, {}, boot_id=event.boot_id)
    work.st = apply.begin(work.st, fact, work.t, work.s)
    work.keep(fact)
    work.now.open = {Kind.RUNNING: Open(fact.key, work.t)}
    work.settle()
    turning.turn_day(work)
    turning.judge(work)
    work.flush()


def _stop(work: Work) -> None:
    prompting.withdraw(work, "stopping")
    for kind in tuple(work.now.open):
        if kind is not Kind.RUNNING:
            work.close(kind)
    work.record(Stopped())
    work.flush()


def _look(work: Work, look: Look) -> None:
    elapsed = max(work.t - work.now.looked, 0.0)
    observing.observe(work, look)
    scene = observing.scene(work)
    observing.tell_presence(work, scene)
    turning.expire(work)
    if turning.turn_day(work):
        scene = observing.scene(work)
        observing.tell_presence(work, scene)  # what it was may belong to the day before
    prompting.look(work, scene, elapsed)
    if work.must_write or work.t - work.now.written >= work.s.flush:
        work.flush()
    work.effects.append(wakes.next_look(work.st, work.now, scene, work.s, rings=look.rings))
