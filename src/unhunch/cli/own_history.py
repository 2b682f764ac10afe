"""The history on this machine, for commands that read it, or change it in the daemon's absence."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.config import load
from unhunch.config.kept import in_force
from unhunch.core.settings import Settings
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.ports import StoreError, StoreTrouble
from unhunch.words.translate import _

ADDING_SECONDS = 30.0
"""How long a command waits for the daemon's writing, which is short, or its forgetting, which is not."""


def settings() -> Settings:
    """The settings in force, as in the daemon; that the configuration is wrong is said on stderr."""
    paths = Paths.find()
    found = in_force(paths.config_file, paths.last_good)
    if found.told:
        print(found.told, file=sys.stderr)
    return found.settings


def proven_settings() -> Settings:
    """What the configuration says, for those who are about to change it. Raises ConfigError."""
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
        with writing(_("an update of the database")):
            pass
        store = SqliteStore(paths.database, read_only=True)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def writing(who: str) -> Iterator[SqliteStore]:
    """The history, to change. Raises UserError with code 5 while the daemon (or another command) holds it."""
    from unhunch.control.lock import lock

    paths = Paths.find()
    paths.make_runtime()
    with lock(paths.lock, who):
        paths.make_data()
        store = SqliteStore(paths.database)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def adding(who: str) -> Iterator[SqliteStore]:
    """The history, to add the records of others to: beside the daemon too, which writes what is lived meanwhile.

    Raises UserError with code 5 while another command holds it.
    """
    from unhunch.control.lock import lock

    paths = Paths.find()
    paths.make_runtime()
    with lock(paths.lock.with_name("import.lock"), who), _unless_daemon(paths.lock, who):
        paths.make_data()
        store = SqliteStore(paths.database, busy_seconds=ADDING_SECONDS)
        try:
            yield store
        finally:
            store.close()


def _unless_daemon(path: Path, who: str) -> AbstractContextManager[object]:
    """The lock, or nothing where the daemon has it."""
    from unhunch.control.lock import DAEMON, holder_name, lock

    try:
        return lock(path, who)
    except UserError:
        if holder_name(path) != DAEMON:
            raise
        return nullcontext()
