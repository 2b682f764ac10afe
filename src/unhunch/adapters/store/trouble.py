"""What SQLite and the disk say, as a StoreError with words for people."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unhunch.ports import StoreError, StoreTrouble
from unhunch.words.translate import N_, _

T = StoreTrouble
_WORDS: dict[StoreTrouble, tuple[str, str, str]] = {
    T.LOCKED: (
        N_("The database {path} is held by another program."),
        N_("Nothing was written."),
        N_("Try again in a moment; 'fuser {path}' names the program."),
    ),
    T.FULL: (
        N_("There is no space left for {path}."),
        N_("What happens meanwhile is not kept; what was kept is safe."),
        N_("Make room on that disk ('df -h {folder}'). A daemon that runs goes on by itself; type all else again."),
    ),
    T.READONLY: (
        N_("{path} cannot be opened or written."),
        N_("History cannot be kept there."),
        N_("Look at its owner and mode: ls -l {path}"),
    ),
    T.CORRUPT: (
        N_("The database {path} is damaged."),
        N_("Its history cannot be trusted; the file was left as it is."),
        N_("Take back what can be read of it, with the daemon stopped: unhunch doctor --repair"),
    ),
    T.NEWER: (
        N_("The database {path} was written by a later version of Unhunch."),
        N_("This version does not understand it and left it as it is."),
        N_("Install the later version again."),
    ),
    T.OLDER: (
        N_("The database {path} was written by an earlier version of Unhunch."),
        N_("It has to be brought up to date before it can be read."),
        N_("Start the daemon once: unhunch run"),
    ),
    T.NOT_A_DATABASE: (
        N_("{path} is not a database of Unhunch."),
        N_("It was left as it is, and no history can be kept under that name."),
        N_("Move it away: mv {path} {path}.other"),
    ),
    T.GONE: (
        N_("There is no database at {path}."),
        N_("There is no history to read or to add to."),
        N_("It is made when the daemon starts: unhunch run"),
    ),
    T.FAILING: (
        N_("The disk reports errors at {path}."),
        N_("Nothing was written, and what is there may be lost."),
        N_("Look at the disk's log (journalctl -k) and save a copy of the file."),
    ),
}

_BY_CODE = {
    sqlite3.SQLITE_BUSY: T.LOCKED,
    sqlite3.SQLITE_LOCKED: T.LOCKED,
    sqlite3.SQLITE_FULL: T.FULL,
    sqlite3.SQLITE_READONLY: T.READONLY,
    sqlite3.SQLITE_PERM: T.READONLY,
    sqlite3.SQLITE_AUTH: T.READONLY,
    sqlite3.SQLITE_CANTOPEN: T.READONLY,
    sqlite3.SQLITE_CORRUPT: T.CORRUPT,
    sqlite3.SQLITE_ERROR: T.CORRUPT,  # our own statements are right, so a table or column is missing
    sqlite3.SQLITE_NOTADB: T.NOT_A_DATABASE,
    sqlite3.SQLITE_IOERR: T.FAILING,
    sqlite3.SQLITE_PROTOCOL: T.LOCKED,
}
_SPARE = 64 * 1024
"""Bytes. With less than this free a disk error is taken for a full disk: SQLite's side files fail in their own ways."""


def of(kind: StoreTrouble, path: Path) -> StoreError:
    """The error for people."""
    what, means, remedy = (_(part).format(path=path, folder=path.parent) for part in _WORDS[kind])
    return StoreError(kind, what, means, remedy)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system leave as StoreError; a mistake of ours stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        kind = _kind(error, path)
        if kind is None:
            raise
        raise of(kind, path) from error
    except json.JSONDecodeError as error:  # a body that we did not write like this
        raise of(T.CORRUPT, path) from error
    except FileNotFoundError as error:
        raise of(T.GONE, path) from error
    except OSError as error:
        raise of(T.FULL if _is_full(path) else T.READONLY, path) from error


def _kind(error: sqlite3.DatabaseError, path: Path) -> StoreTrouble | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Text that is not UTF-8 is an OperationalError without a code; wrong use of the module is a ProgrammingError.
        return T.CORRUPT if isinstance(error, sqlite3.OperationalError) else None
    if code == sqlite3.SQLITE_IOERR_SHORT_READ:
        return T.CORRUPT
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return T.GONE
    kind = _BY_CODE.get(code & 0xFF)
    if kind in (T.READONLY, T.FAILING):
        if not path.exists():
            return T.GONE
        if _is_full(path):
            return T.FULL
    return kind


def _is_full(path: Path) -> bool:
    if sys.platform == "win32":  # SQLite says so itself there
        return False
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _SPARE
