"""Facts in one SQLite file. The daemon's lock file, not this module, sees to it that there is one writer.

Readers may open the file at any time beside the writer (WAL). Whatever the disk does comes out as StoreError.
"""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from unhunch.adapters.store import shared, trouble, weeks
from unhunch.adapters.store.migrations import APPLICATION_ID, LONG_SPAN, MIGRATIONS, migrate
from unhunch.adapters.store.row import COLUMNS, Row, body_text, from_rows, to_row
from unhunch.core.facts import PERSONAL, Fact, Kind
from unhunch.ports import KeptWeek, StoreTrouble

BUSY_SECONDS = 1.0
"""How long to wait for another program before saying that the database is locked."""
CACHE_KIB = 256
"""SQLite's page cache; the daemon's whole memory budget is 29 MiB."""
CHECKPOINT_PAGES = 256
"""The write-ahead log is folded into the database at this size (1 MiB)."""

_INSERT = f"INSERT INTO fact ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO NOTHING"  # noqa: S608 - constant
_TAKE = f"INSERT INTO fact ({COLUMNS}, import) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO NOTHING"  # noqa: S608 - constant
_EXTEND = "UPDATE fact SET length = ?, body = coalesce(?, body) WHERE key = ?"
KEPT_CHECKPOINTS = 35
"""Where other desks may write late of days before: so many of the last are kept, to go on from the one before."""
_OUTDATED = f"""DELETE FROM fact WHERE kind = 'checkpoint' AND device = :device AND id NOT IN
(SELECT id FROM fact WHERE kind = 'checkpoint' AND device = :device ORDER BY id DESC
LIMIT CASE WHEN EXISTS (SELECT 1 FROM desk) THEN {KEPT_CHECKPOINTS} ELSE 1 END)"""  # noqa: S608 - constant
_FORGOTTEN = """DELETE FROM fact WHERE kind = 'checkpoint' AND device = :device AND id <
(SELECT max(id) FROM fact WHERE kind = 'checkpoint' AND device = :device)"""
IMPORT = "import "
"""Begins the names of rows of `meta` that tell of an import; its number follows."""
_LAST_IMPORT = f"SELECT max(CAST(substr(name, {len(IMPORT) + 1}) AS INTEGER)) FROM meta WHERE name GLOB '{IMPORT}*'"  # noqa: S608 - constant
SIDE_FILES = ("-wal", "-shm")


class SqliteStore:
    """The database at `path`, made if it is not there; with `read_only` a second pair of eyes on it.

    `device` gives this machine the name that it had in another file.

    Raises StoreError and leaves the file as it was if it is not ours, damaged, too new, or held by another program.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        busy_seconds: float = BUSY_SECONDS,
        migrations: Sequence[Callable[[sqlite3.Connection], None]] = MIGRATIONS,
        device: str = "",
    ) -> None:
        self.path = path
        self.read_only = read_only
        self.beside: sqlite3.Connection | None = None
        """Where a reader keeps what it has counted (weeks.py)."""
        self._unscrubbed = False
        if read_only or (path.exists() and path.stat().st_size > 0):
            _inspect(path, busy_seconds, len(migrations), read_only=read_only)
        with trouble.translated(path):
            if read_only:
                self.connection = connect(path, busy_seconds, "ro")
            else:
                _make_private(path)
                self.connection = connect(path, busy_seconds, "rw")
            try:
                if not read_only:
                    self.connection.execute("PRAGMA journal_mode = WAL")
                    self.connection.execute("PRAGMA secure_delete = ON")
                    self.connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
                    self._synchronous("NORMAL")
                    migrate(self.connection, migrations)
                    if device:
                        self.connection.execute("UPDATE meta SET value = ? WHERE name = 'device'", (device,))
                (self.device,) = self.connection.execute("SELECT value FROM meta WHERE name = 'device'").fetchone()
            except BaseException:
                self.connection.close()
                raise
            self._file = _identity(path)

    def append(self, facts: Sequence[Fact]) -> None:
        self.write(facts, {})

    def extend(self, lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        self.write((), lengths)

    def write(self, new: Sequence[Fact], lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        rows = [to_row(fact, self.device) for fact in new]
        longer = [(float(s), None if body is None else body_text(body), key) for key, (s, body) in lengths.items()]
        with self.transaction(durable=any(fact.kind in PERSONAL for fact in new)) as connection:
            if rows:
                connection.executemany(_INSERT, rows)
            if longer:
                connection.executemany(_EXTEND, longer)
            if any(fact.kind is Kind.CHECKPOINT for fact in new):
                connection.execute(_OUTDATED, {"device": self.device})
        if self._unscrubbed:
            self._scrub()

    def read(
        self,
        since: float | None = None,
        until: float | None = None,
        kinds: Iterable[str] | None = None,
        device: str | None = None,
        *,
        besides: int = 0,
    ) -> list[Fact]:
        """As the port says; `besides`: without what the import of that number brought."""
        names = None if kinds is None else sorted({str(kind) for kind in kinds})
        tests, values = ["1"], list[object]()
        if until is not None:
            tests.append("{0}wall < ?")
            values.append(until)
        if names is not None:
            tests.append("{0}kind IN (" + ",".join("?" * len(names)) + ")")
            values += names
        if device is not None:
            tests.append("device = ?")
            values.append(device or self.device)
        if besides:
            tests.append("ifnull(import, 0) != ?")
            values.append(besides)
        select = f"SELECT {COLUMNS} FROM fact WHERE {' AND '.join(tests)}"  # noqa: S608 - only constants and marks
        with trouble.translated(self.path):
            if since is None:
                rows: list[Row] = self.connection.execute(select.format(""), values).fetchall()
            else:
                # `+` keeps SQLite from using that column's index where the other one is the fast one.
                near = f"{select.format('')} AND wall >= ? AND (wall >= ? OR wall + length > ?)"
                far = f"{select.format('+')} AND length > {LONG_SPAN} AND wall + length > ? AND +wall < ?"
                start = since - LONG_SPAN
                rows = self.connection.execute(near, [*values, start, since, since]).fetchall()
                rows += self.connection.execute(far, [*values, since, start]).fetchall()
            # Sorted here: asked to do it, SQLite may walk the whole table in the order of id instead.
            rows.sort()
            return from_rows(rows, self.device)

    def since_checkpoint(self) -> list[Fact]:
        with trouble.translated(self.path):
            (last,) = self.connection.execute(
                "SELECT max(id) FROM fact WHERE kind = 'checkpoint' AND device = ?", (self.device,)
            ).fetchone()
            rows: list[Row] = self.connection.execute(
                f"SELECT {COLUMNS} FROM fact WHERE id >= ? AND device = ? ORDER BY id",  # noqa: S608 - constant
                (last or 0, self.device),
            ).fetchall()
            return from_rows(rows, self.device)

    def names(self) -> dict[str, str]:
        return shared.names(self)

    def others(self, since: float) -> list[Fact]:
        return shared.others(self, since)

    def written(self) -> int:
        return weeks.written(self)

    def kept_weeks(self, what: str, firsts: Iterable[str], rules: str) -> dict[str, Any]:
        return weeks.kept(self, what, firsts, rules)

    def keep_weeks(self, counted: Iterable[KeptWeek], written: int) -> None:
        weeks.keep(self, counted, written)

    def forget(self, before: float | None = None, *, summed_up: bool = True) -> int:
        """As the port says; what was deleted is overwritten in the file as well.

        A reader at work can keep the last of it in the write-ahead log: then that is tried again at every write.
        """
        with self.transaction(durable=True) as connection:
            gone: int = connection.execute(
                "DELETE FROM fact WHERE ? IS NULL OR wall + length < ?", (before, before)
            ).rowcount
            if summed_up and before is not None:
                # What checkpoints know of the days that are gone nobody may ask for again; the last does not say it.
                connection.execute(_FORGOTTEN, {"device": self.device})
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('forgot', '1')")
            else:
                connection.execute("DELETE FROM fact WHERE kind = 'checkpoint'")
                connection.execute("DELETE FROM meta WHERE name = 'forgot'")
            connection.execute("DELETE FROM week")
            if before is None:
                connection.execute(f"DELETE FROM meta WHERE name GLOB '{IMPORT}*'")  # noqa: S608 - constant
        self._unscrubbed = True
        self._scrub()
        return gone

    # Imports: the records of others, beside the one who writes what is lived

    def begin_import(self, names: str) -> int:
        """The number of an import that begins; `names` is what it takes in, to tell when it is taken back."""
        with self.transaction(durable=False) as connection:
            (last,) = connection.execute(_LAST_IMPORT).fetchone()
            number = (last or 0) + 1
            connection.execute("INSERT INTO meta VALUES (?, ?)", (f"{IMPORT}{number}", names))
        return number

    def take(self, facts: Sequence[Fact], number: int) -> int:
        """Write the facts of an import that are not known yet; returns how many were new."""
        rows = [(*to_row(fact, self.device), number) for fact in facts]
        with self.transaction(durable=any(fact.kind in PERSONAL for fact in facts)) as connection:
            return connection.executemany(_TAKE, rows).rowcount if rows else 0  # without what triggers let go

    def last_import(self) -> tuple[int, str] | None:
        """Number and names of the last import that was not taken back."""
        with trouble.translated(self.path):
            (last,) = self.connection.execute(_LAST_IMPORT).fetchone()
            if last is None:
                return None
            row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (f"{IMPORT}{last}",)).fetchone()
            return last, row[0] if row else ""

    def take_back(self, number: int) -> int:
        """Delete what an import brought, overwritten in the file as well; returns how many facts."""
        with self.transaction(durable=True) as connection:
            gone: int = connection.execute("DELETE FROM fact WHERE import = ?", (number,)).rowcount
            connection.execute("DELETE FROM meta WHERE name = ?", (f"{IMPORT}{number}",))
        if gone:
            self._scrub()
        return gone

    def close(self) -> None:
        self.connection.close()
        if self.beside is not None:  # the last one out that may write folds the log in
            self.beside.close()

    def _scrub(self) -> None:
        """Rebuild the file without free pages and empty the log. Best effort: the rows themselves are gone already."""
        try:
            self.connection.execute("VACUUM")
            busy, _, _ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return
        self._unscrubbed = bool(busy)

    def _synchronous(self, level: str) -> None:
        self.connection.execute(f"PRAGMA synchronous = {level}")

    @contextmanager
    def transaction(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        """All or nothing. `durable`: on the disk before it returns, not only safe from a crash of this process."""
        connection = self.connection
        with trouble.translated(self.path):
            # SQLite would go on writing into a deleted file without a word.
            if _identity(self.path) != self._file:
                raise trouble.of(StoreTrouble.GONE, self.path)
            if durable:
                self._synchronous("FULL")
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if durable:
                    self._synchronous("NORMAL")


def set_aside(path: Path) -> Path:
    """Move a database that cannot be used, with its side files, to a name that bears its last change; return that.

    Nothing is deleted. OSError if the folder cannot be written.
    """
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.stem}-aside-{changed}{path.suffix}")
    number = 1
    while any(target.with_name(target.name + end).exists() for end in ("", *SIDE_FILES)):
        number += 1
        target = path.with_name(f"{path.stem}-aside-{changed}-{number}{path.suffix}")
    # The side files first: a log left behind would be played into the new database of that name.
    for end in SIDE_FILES:
        side = path.with_name(path.name + end)
        if side.exists():
            side.rename(target.with_name(target.name + end))
    return path.rename(target)


def connect(path: Path, busy_seconds: float, mode: str) -> sqlite3.Connection:
    """A connection in autocommit mode; `mode` is "ro" or "rw"."""
    # Not as_uri(): since Python 3.14 that brings http and OpenSSL.
    absolute = path.absolute().as_posix().removeprefix("/")
    uri = f"file:///{quote(os.fsencode(absolute))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None, cached_statements=16)
    try:
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")  # reads the file, and refuses what is none
        connection.execute("PRAGMA mmap_size = 0")
    except BaseException:
        connection.close()
        raise
    return connection


def _inspect(path: Path, busy_seconds: float, newest: int, *, read_only: bool) -> None:
    """Look at a file through a connection that cannot change it. Raises StoreError if it must not be used."""
    with trouble.translated(path), closing(connect(path, busy_seconds, "ro")) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and (application or version or tables):
            raise trouble.of(StoreTrouble.NOT_A_DATABASE, path)
        if version > newest:
            raise trouble.of(StoreTrouble.NEWER, path)
        if read_only:
            if version < newest:
                raise trouble.of(StoreTrouble.OLDER, path)
            return
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise trouble.of(StoreTrouble.CORRUPT, path)


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, which would give it the usual mode; its side files then follow."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _identity(path: Path) -> tuple[int, int]:
    info = path.stat()
    return info.st_dev, info.st_ino
