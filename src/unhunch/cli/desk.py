"""The history on this machine, for commands that read it or that work in the daemon's absence."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.config import load
from unhunch.control.lock import lock
from unhunch.core import engine
from unhunch.core import messages as m
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


def carry_out(command: str, args: Mapping[str, Any]) -> None:
    """Do what the daemon would do with `log` or `amend`: the same engine, for the length of one event."""
    s, clock = settings(), SystemClock()
    with writing(f"unhunch {command}") as store:
        live = engine.begin(store.since_checkpoint(), s)
        at = clock.now()
        event: m.Event
        if command == "amend":
            event = m.Corrected(at, args["from"], args["to"], args["as"])
        else:
            event = m.Logged(at, {**logged(args), "ended": args["ended"]})
        for each in (m.Started(at, clock.boot_id, f"cli-{os.urandom(6).hex()}"), event, m.Stopping(at)):
            live, effects = engine.step(live, each, s)
            for effect in effects:
                if isinstance(effect, m.Write):
                    store.write(effect.facts, effect.lengths)


def logged(args: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a session that was done away from the screen."""
    told = {name: value for name, value in args.items() if name != "ended" and value is not None}
    return {"routine": "", "status": "done", "source": "log", **told}
