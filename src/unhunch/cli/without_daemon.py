"""What the daemon does with what it is told, done in its absence: the same meaning, the same engine.

Apart from own_history.py, because a command that only reads does not need the engine, whose imports take their time.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from unhunch.adapters.clock import SystemClock
from unhunch.cli.own_history import settings, writing
from unhunch.control import arguments, events
from unhunch.core import messages as m
from unhunch.core.codec import written
from unhunch.core.engine import step
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.prompts import due
from unhunch.core.state import calendar
from unhunch.core.state.state import State
from unhunch.daemon.recall import corrected, recall


def carry_out(command: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the daemon would do with a command of events.EVENTS, for the length of one event.

    Returns what the daemon would reply, but for its status. Nothing is written when it is refused (UserError).
    """
    given = arguments.check(command, {name: value for name, value in args.items() if value is not None})
    s = settings()
    before, after = _lived(f"unhunch {command}", lambda state, at: events.event(command, state, at, given, s))
    return events.reply(command, before, after, s)


def note_import(days: Sequence[tuple[str, float]]) -> float:
    """Note what an import comes to, without an engine that would begin a day. Seconds of sitting to expect today."""
    s, clock = settings(), SystemClock()
    at = clock.now()
    with writing("unhunch import") as store:
        st = recall(store, s, clock)[0].state
        body = written(due.taken_in(st, days, s))
        key = f"cli-{os.urandom(6).hex()}:{Kind.IMPORTED}"
        store.append(
            [Fact(Kind.IMPORTED, at.wall, at.utc_offset, clock.boot_id, at.boot, 0.0, st.today.date, body, key)]
        )
    known = due.known_days(st._replace(imported=tuple(days)))
    return due.expected_sitting(calendar.logical_date(at, s), known, s)


def forget(before: str) -> None:
    """A checkpoint that knows no day before this one (ISO date): those facts are about to be deleted."""
    _lived("unhunch forget", lambda _state, at: m.Forgot(at, before))


def _lived(who: str, meaning: Callable[[State, Moment], m.Event]) -> tuple[State, State]:
    """The states just before an event and after it. The engine starts, is told, and ends."""
    s, clock = settings(), SystemClock()
    with writing(who) as store:
        live, _told = recall(store, s, clock)
        at = clock.now()
        live, effects = step.step(live, m.Started(at, clock.boot_id, f"cli-{os.urandom(6).hex()}"), s)
        before = live.state
        events_to_come = [meaning(before, at), m.Stopping(at)]  # refused before anything is written
        while events_to_come or effects:
            for effect in effects:
                if isinstance(effect, m.Write):
                    store.write(effect.facts, effect.lengths)
                elif isinstance(effect, m.Refold):
                    live = corrected(live, store, s)
                    events_to_come.insert(0, m.Refolded(at))
            effects = []
            if events_to_come:
                live, effects = step.step(live, events_to_come.pop(0), s)
    return before, live.state
