"""The shape of the database, as numbered steps. A released step is never edited: a change is a new one at the end.

`PRAGMA user_version` counts the steps taken. Each runs in a transaction of its own, so that a machine that dies
halfway is left at a whole number of steps.
"""

import sqlite3
from collections.abc import Callable, Sequence

APPLICATION_ID = 0x756E6875
"""`unhu` in ASCII: tells our database from any other (SQLite file format, offset 68)."""

LONG_SPAN = 36 * 3600
"""Seconds. A span longer than this is looked up by its end, all others by a look back of this length from the range."""


def create_the_table(connection: sqlite3.Connection) -> None:
    """Version 1: facts, and the name of this machine."""
    for statement in (
        f"PRAGMA application_id = {APPLICATION_ID}",
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """CREATE TABLE fact (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            device TEXT NOT NULL,
            kind TEXT NOT NULL,
            wall REAL NOT NULL,
            utc_offset INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            boot REAL NOT NULL,
            length REAL NOT NULL,
            day TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX fact_wall ON fact (wall)",
        "CREATE INDEX fact_kind_wall ON fact (kind, wall)",
        f"CREATE INDEX fact_long ON fact (wall + length) WHERE length > {LONG_SPAN}",
        "CREATE INDEX fact_checkpoint ON fact (device) WHERE kind = 'checkpoint'",
    ):
        connection.execute(statement)
    # Imported here: only the very first start needs it.
    from uuid import uuid4

    connection.execute("INSERT INTO meta VALUES ('device', ?)", (str(uuid4()),))


def number_the_imports(connection: sqlite3.Connection) -> None:
    """Version 2: by which import a fact came, so that it can be taken back; null for what was lived here."""
    connection.execute("ALTER TABLE fact ADD COLUMN import INTEGER")


def number_the_lines(connection: sqlite3.Connection) -> None:
    """Version 3: which line of its machine's file told of a fact last, and how long it then was; the other desks."""
    for statement in (
        "ALTER TABLE fact ADD COLUMN line INTEGER",
        "ALTER TABLE fact ADD COLUMN told REAL",
        "CREATE UNIQUE INDEX fact_line ON fact (device, line) WHERE line IS NOT NULL",
        # Lines that tell of no fact: who a machine is, what it has read, what is forgotten.
        "CREATE TABLE note (line INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
        "CREATE TABLE desk (device TEXT PRIMARY KEY, known TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ):
        connection.execute(statement)


CHANGING = ("correction", "undo")
"""Kinds of facts that change how a time was lived, from any time after it."""
BEARING = ("goal", "offer", "review", "pause", "resume", "screening", "choice", "rated")
"""Those that bear on the summary of a week from any time before or after it."""


def keep_counted_weeks(connection: sqlite3.Connection) -> None:
    """Version 4: what was counted of weeks. Each is gone as soon as anything is written that it was counted from.

    `since` and `until` (Unix seconds) are the time whose facts were read for it.
    """
    connection.execute(
        """CREATE TABLE week (
            what TEXT NOT NULL,
            first TEXT NOT NULL,
            since REAL NOT NULL,
            until REAL NOT NULL,
            rules TEXT NOT NULL,
            plain TEXT NOT NULL,
            PRIMARY KEY (what, first)
        ) STRICT"""
    )
    connection.execute("CREATE INDEX week_until ON week (until, since)")
    # Not for the two columns of lines, which say nothing about the fact.
    changed = "UPDATE OF device, kind, wall, utc_offset, boot_id, boot, length, day, body"
    written = (("new", "INSERT", ("new",)), ("gone", "DELETE", ("old",)), ("changed", changed, ("old", "new")))
    for name, when, rows in written:
        gone = "".join(
            f"DELETE FROM week WHERE until > {row}.wall AND since <= {row}.wall + {row}.length; "  # noqa: S608 - constant
            f"DELETE FROM week WHERE {row}.kind IN {CHANGING} OR (what = 'summary' AND {row}.kind IN {BEARING}); "
            for row in rows
        )
        # Asked first: an import writes many facts while nothing is kept.
        connection.execute(
            f"CREATE TRIGGER week_{name} AFTER {when} ON fact WHEN EXISTS (SELECT 1 FROM week) BEGIN {gone}END"  # noqa: S608 - constant
        )


MIGRATIONS: Sequence[Callable[[sqlite3.Connection], None]] = (
    create_the_table,
    number_the_imports,
    number_the_lines,
    keep_counted_weeks,
)


def migrate(connection: sqlite3.Connection, migrations: Sequence[Callable[[sqlite3.Connection], None]]) -> None:
    """Take the steps that are missing. The connection must be in autocommit mode. sqlite3.Error leaves whole steps."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, step in enumerate(migrations[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            step(connection)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
