"""The history on this machine, for commands that read it or that work in the daemon's absence."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.config import load
from unhunch.control.lock import lock
from unhunch.core import engine
from unhunch.core import messages as m
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.settings import Settings
from unhunch.paths import Paths
from unhunch.ports import StoreError, StoreTrouble


def settings() -> Settings:
    """The configuration in force. Raises ConfigError."""
    return load(Paths.find().config_file)


@contextmanager
def reading() -> Iterator[SqliteStore]:
    """The history, to look at only; the daemon may write on meanwhile. Raises StoreError."""
    paths = Paths.find()
    try:
        store = SqliteStore(paths.database, read_only=True)
    except StoreError as error:
        if error.kind is not StoreTrouble.OLDER:
            raise
        # Opening it for writing brings it up to date, and that is the lock holder's right.
        with writing("an update of the database"):
            pass
        store = SqliteStore(paths.database, read_only=True)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def writing(who: str) -> Iterator[SqliteStore]:
    """The history, to change. Raises UserError with code 5 while the daemon (or another command) holds it."""
    paths = Paths.find()
    paths.make_runtime()
    with lock(paths.lock, who):
        paths.make_data()
        store = SqliteStore(paths.database)
        try:
            yield store
        finally:
            store.close()


def carry_out(command: str, args: Mapping[str, Any]) -> list[Fact]:
    """Do what the daemon would do with a command of EVENTS: the same engine, for the length of one event.

    Returns the facts that were written, those of the engine's own start and end included.
    """
    s, clock = settings(), SystemClock()
    written: list[Fact] = []
    with writing(f"unhunch {command}") as store:
        live = engine.begin(store.since_checkpoint(), s)
        at = clock.now()
        start = m.Started(at, clock.boot_id, f"cli-{os.urandom(6).hex()}")
        for event in (start, EVENTS[command](at, args), m.Stopping(at)):
            live, effects = engine.step(live, event, s)
            for effect in effects:
                if isinstance(effect, m.Write):
                    store.write(effect.facts, effect.lengths)
                    written += effect.facts
    return written


def logged(args: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a session that was done away from the screen."""
    told = {name: value for name, value in args.items() if value is not None}
    return {"routine": "", "status": "done", "source": "log", **told}


EVENTS: Mapping[str, Callable[[Moment, Mapping[str, Any]], m.Event]] = {
    "log": lambda at, args: m.Logged(at, logged(args)),
    "amend": lambda at, args: m.Corrected(at, args["from"], args["to"], args["as"]),
    "session": lambda at, args: m.SessionEnded(at, args),
    "screening": lambda at, args: m.Told(at, Kind.SCREENING, args),
    "morning": lambda at, args: m.Told(at, Kind.MORNING, args),
    "choice": lambda at, args: m.Told(at, Kind.CHOICE, args),
    "undo": lambda at, _: m.Undone(at),
}
"""What can be done in the daemon's absence. The rest needs somebody who is watching."""
