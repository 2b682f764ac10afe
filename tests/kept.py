"""What stands in a database, read beside the daemon that writes it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def rows(database: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    # A connection as a context manager ends its transaction and stays open.
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as found:
        return found.execute(query, values).fetchall()


def facts(database: Path, kind: str) -> list[dict[str, Any]]:
    """The facts of a kind, first to last: each one's `wall`, its `length` and what its body holds."""
    found = rows(database, "select wall, length, body from fact where kind = ? order by id", kind)
    return [{"wall": wall, "length": length, **json.loads(body)} for wall, length, body in found]


def change(database: Path, *statements: str) -> None:
    """Carry out statements in one transaction, and be done with the file."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
