"""Weeks as they were counted, kept beside the facts that they come from: derived, and gone when one of these changes.

Triggers see to that (migrations.py), whoever writes: the daemon, an import, another desk's lines, `forget`. Whoever
reads a week keeps it. Best effort: nothing is said where it cannot be kept, and it is counted anew the next time.
"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from unhunch.core.moment import DAY
from unhunch.ports import KeptWeek

if TYPE_CHECKING:
    from unhunch.adapters.store.sqlite import SqliteStore

PATIENCE = 0.1
"""Seconds to wait for another writer."""
_KEEP = "INSERT OR REPLACE INTO week SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT max(wall) FROM fact) >= ?"


def written(store: "SqliteStore") -> int:
    """As the port says; 0 where the file cannot be read, which is said where facts are read."""
    try:
        return int(store.connection.execute("PRAGMA data_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def kept(store: "SqliteStore", what: str, firsts: Iterable[str], rules: str) -> dict[str, Any]:
    """As the port says."""
    wanted = list(firsts)
    marks = ",".join("?" * len(wanted))
    select = f"SELECT first, plain FROM week WHERE what = ? AND rules = ? AND first IN ({marks})"  # noqa: S608 - marks
    try:
        rows = store.connection.execute(select, [what, rules, *wanted]).fetchall()
        return {first: json.loads(text) for first, text in rows}
    except (sqlite3.Error, ValueError, RecursionError):
        return {}


def keep(store: "SqliteStore", weeks: Iterable[KeptWeek], before: int) -> None:
    """As the port says. A week that is not over yet would not be kept for long, and is not."""
    rows = [
        (*week[:-1], json.dumps(week.plain, separators=(",", ":"), ensure_ascii=False), week.until - 2 * DAY)
        for week in weeks
    ]
    if not rows:
        return
    with suppress(sqlite3.Error, OSError):
        writer = _writer(store)
        writer.execute("BEGIN IMMEDIATE")
        try:
            # From here on nobody else writes: what was read is what there is, or it is not kept.
            if written(store) == before:
                writer.executemany(_KEEP, rows)
            writer.execute("COMMIT")
        finally:
            if writer.in_transaction:
                writer.execute("ROLLBACK")


def _writer(store: "SqliteStore") -> sqlite3.Connection:
    if not store.read_only:
        return store.connection
    if store.beside is None:
        from unhunch.adapters.store.sqlite import connect

        store.beside = connect(store.path, PATIENCE, "rw")
        store.beside.execute("PRAGMA secure_delete = ON")
        store.beside.execute("PRAGMA synchronous = NORMAL")
    return store.beside
