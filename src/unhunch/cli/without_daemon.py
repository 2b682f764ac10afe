"""What the daemon does with what it is told, done in its absence by the same engine.

Apart from desk.py, because a command that only reads does not need the engine, whose imports take their time.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from unhunch.adapters.clock import SystemClock
from unhunch.cli.own_history import settings, writing
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.engine.step import Live
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.daemon.commands import answered_offer, rating


def carry_out(command: str, args: Mapping[str, Any]) -> list[Fact]:
    """Do what the daemon would do with a command of EVENTS: the same engine, for the length of one event.

    Returns the facts that were written, those of the engine's own start and end included. Nothing is written when it
    is refused (UserError).
    """
    s, clock = settings(), SystemClock()
    written: list[Fact] = []
    with writing(f"unhunch {command}") as store:
        live = step.begin(store.since_checkpoint(), s)
        at = clock.now()
        start = m.Started(at, clock.boot_id, f"cli-{os.urandom(6).hex()}")
        live, effects = step.step(live, start, s)
        for event in (EVENTS[command](live, at, args), m.Stopping(at)):
            live, more = step.step(live, event, s)
            effects += more
        for effect in effects:
            if isinstance(effect, m.Write):
                store.write(effect.facts, effect.lengths)
                written += effect.facts
    return written


def logged(args: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a session that was done away from the screen."""
    told = {name: value for name, value in args.items() if value is not None}
    return {"routine": "", "status": "done", "source": "log", **told}


def _offer_answered(live: Live, at: Moment, args: Mapping[str, Any]) -> m.Event:
    decided = answered_offer(live.state.programme, args)
    return m.Told(at, decided.kind, decided.body)


EVENTS: Mapping[str, Callable[[Live, Moment, Mapping[str, Any]], m.Event]] = {
    "log": lambda _, at, args: m.Logged(at, logged(args)),
    "amend": lambda _, at, args: m.Corrected(at, args["from"], args["to"], args["as"]),
    "session": lambda _, at, args: m.SessionEnded(at, args),
    "screening": lambda _, at, args: m.Told(at, Kind.SCREENING, args),
    "morning": lambda _, at, args: m.Told(at, Kind.MORNING, args),
    "rate": lambda live, at, args: m.Told(at, Kind.RATED, rating(live.state.programme, args)),
    "plan_answer": _offer_answered,
    "choice": lambda _, at, args: m.Told(at, Kind.CHOICE, args),
    "forget": lambda _, at, args: m.Forgot(at, args["before"]),
    "undo": lambda _, at, __: m.Undone(at),
}
"""What can be done in the daemon's absence. The rest needs somebody who is watching."""
