"""What the database knows of the user's other desks: which line told of which fact, and how far each was read."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from unhunch.adapters.store import trouble
from unhunch.adapters.store.migrations import LONG_SPAN
from unhunch.adapters.store.row import COLUMNS, Row, body_text, from_rows, to_row
from unhunch.core.facts import IMPORTED, PERSONAL, Fact, Kind
from unhunch.tuples import NamedTuple

if TYPE_CHECKING:
    from unhunch.adapters.store.sqlite import SqliteStore

NOT_SHARED = (str(Kind.CHECKPOINT), str(Kind.IMPORTED))
"""Facts that say something about one database alone: in no line, and taken from none."""
_STALE = """DELETE FROM fact WHERE kind = 'checkpoint' AND device = :device AND wall >= :wall AND
(NOT EXISTS (SELECT 1 FROM meta WHERE name = 'forgot')
OR id <> (SELECT min(id) FROM fact WHERE kind = 'checkpoint' AND device = :device))"""
"""Checkpoints that have not seen what is new; where history was forgotten the first alone knows what came before."""


LONGEST_NAME = 40
"""Letters of a desk's name that are shown."""


class Numbered(NamedTuple):
    """A fact, and the number of the line that tells of it."""

    line: int
    fact: Fact


def others(store: "SqliteStore", since: float) -> list[Fact]:
    """As the port says."""
    from unhunch.core.state.desks import SHARED, TRACED  # not for those who look at weeks

    decided = sorted(str(kind) for kind in (*SHARED, Kind.UNDO))
    marks = ",".join("?" * len(decided))
    select = f"SELECT {COLUMNS} FROM fact WHERE line IS NOT NULL AND device <> ? AND "  # noqa: S608 - constant
    with trouble.translated(store.path):
        connection = store.connection
        if connection.execute("SELECT NOT EXISTS (SELECT 1 FROM desk)").fetchone()[0]:
            return []
        (newest,) = connection.execute("SELECT max(wall) FROM fact WHERE device <> ?", (store.device,)).fetchone()
        traced = max(since, (newest or 0.0) - TRACED)
        seen = connection.execute(
            f"{select} wall > ? AND wall + length > ? AND kind NOT IN ({marks})",
            (store.device, traced - LONG_SPAN, traced, *decided),
        )
        found = from_rows(_each_once(seen), store.device)
        told = connection.execute(
            f"{select} wall > ? AND wall + length > ? AND kind IN ({marks})",
            (store.device, since - LONG_SPAN, since, *decided) if since > -inf else (store.device, -1, -1, *decided),
        )
        return found + from_rows(_each_once(told), store.device)


def _each_once(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows in which what many of them say is one text: there may be months of them at a time."""
    known: dict[str, str] = {}
    for n, key, device, kind, wall, utc_offset, boot_id, boot, length, day, body in rows:
        boot_id, day = known.setdefault(boot_id, boot_id), known.setdefault(day, day)
        yield n, key, known.setdefault(device, device), kind, wall, utc_offset, boot_id, boot, length, day, body


# This machine's lines -------------------------------------------------------------------------------------------------


def value(store: "SqliteStore", name: str) -> Any:
    """A plain value of this machine's own, by its name; None before it was set."""
    with trouble.translated(store.path):
        row = store.connection.execute("SELECT value FROM meta WHERE name = ?", (f"sync {name}",)).fetchone()
    return json.loads(row[0]) if row else None


def unsaid(store: "SqliteStore", most: int) -> list[tuple[Fact, float | None]]:
    """Own facts of which no line tells as they are now, in the order of writing, and how long they were told to be."""
    with trouble.translated(store.path):
        rows = store.connection.execute(
            f"SELECT told, {COLUMNS} FROM fact WHERE id >= ? AND device = ? AND (line IS NULL OR told <> length) "  # noqa: S608 - constant
            f"AND kind NOT IN (?, ?) AND boot_id NOT GLOB '{IMPORTED}*' ORDER BY id LIMIT ?",
            (value(store, "from") or 0, store.device, *NOT_SHARED, most),
        ).fetchall()
    told = {row[2]: row[0] for row in rows}
    return [(fact, told[fact.key]) for fact in from_rows([row[1:] for row in rows], store.device)]


def number(
    store: "SqliteStore", facts: Sequence[Numbered], notes: Mapping[int, str], values: Mapping[str, Any]
) -> None:
    """These lines are about to be written; `values` are this machine's own, as they are from then on."""
    with store.transaction(durable=False) as connection:
        connection.executemany(
            "UPDATE fact SET line = ?, told = ? WHERE key = ?", [(n, fact.length, fact.key) for n, fact in facts]
        )
        connection.executemany("INSERT INTO note VALUES (?, ?)", notes.items())
        for name, plain in values.items():
            _set(connection, name, plain)


def all_said(store: "SqliteStore") -> None:
    """Everything is told: what lies before the last checkpoint does not change any more, and is not asked again."""
    with store.transaction(durable=False) as connection:
        (last,) = connection.execute(
            "SELECT max(id) FROM fact WHERE kind = 'checkpoint' AND device = ?", (store.device,)
        ).fetchone()
        _set(connection, "from", last or 0)


def lines(store: "SqliteStore", first: int, last: int) -> tuple[dict[int, Fact], dict[int, str]]:
    """What this machine's lines of these numbers tell, as far as it was not told anew: facts, and notes."""
    with trouble.translated(store.path):
        rows = store.connection.execute(
            f"SELECT line, {COLUMNS} FROM fact WHERE device = ? AND line BETWEEN ? AND ?",  # noqa: S608 - constant
            (store.device, first, last),
        ).fetchall()
        notes = dict(
            store.connection.execute("SELECT line, text FROM note WHERE line BETWEEN ? AND ?", (first, last)).fetchall()
        )
    numbers = {row[2]: row[0] for row in rows}
    return {numbers[fact.key]: fact for fact in from_rows([row[1:] for row in rows], store.device)}, notes


def keep(store: "SqliteStore", name: str, plain: Any) -> None:
    """Remember a plain value of this machine's own."""
    with store.transaction(durable=False) as connection:
        _set(connection, name, plain)


def rename(store: "SqliteStore", device: str) -> None:
    """This machine is another than it was: it takes a name of its own, and tells everything by it."""
    with store.transaction(durable=True) as connection:
        connection.execute("UPDATE fact SET device = ?, line = NULL WHERE device = ?", (device, store.device))
        connection.execute("UPDATE meta SET value = ? WHERE name = 'device'", (device,))
        connection.execute("DELETE FROM meta WHERE name GLOB 'sync *'")
        connection.execute("DELETE FROM note")
        connection.execute("DELETE FROM desk WHERE device = ?", (device,))
    store.device = device


def _set(connection: Any, name: str, plain: Any) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"sync {name}", json.dumps(plain)))


# Other machines' lines ------------------------------------------------------------------------------------------------


def desks(store: "SqliteStore") -> dict[str, dict[str, Any]]:
    """What is known of each other machine, as plain values, by its name."""
    with trouble.translated(store.path):
        return {
            device: json.loads(known)
            for device, known in store.connection.execute("SELECT device, known FROM desk").fetchall()
        }


def names(store: "SqliteStore") -> dict[str, str]:
    """What people call each other machine; of two with one name the letters of their files tell which is which."""
    called = {device: _shown(str(known.get("name") or "")) or device[:6] for device, known in desks(store).items()}
    every = list(called.values())
    return {device: f"{name} ({device[:6]})" if every.count(name) > 1 else name for device, name in called.items()}


def _shown(name: str) -> str:
    """What another machine wrote, as it may stand in a line of a terminal."""
    return "".join(c for c in name if c.isprintable())[:LONGEST_NAME].strip()


def told_by(store: "SqliteStore", device: str, line: int) -> Fact | None:
    """The fact that was taken from that line."""
    with trouble.translated(store.path):
        rows: list[Row] = store.connection.execute(
            f"SELECT {COLUMNS} FROM fact WHERE device = ? AND line = ?",  # noqa: S608 - constant
            (device, line),
        ).fetchall()
    found = from_rows(rows, store.device)
    return found[0] if found else None


def take(store: "SqliteStore", facts: Sequence[Numbered], known: Mapping[str, Mapping[str, Any]]) -> int:
    """Store what other machines' lines told, with what is known of them from now on; returns how many facts it changed.

    A fact that is known by another way stays as it is. Checkpoints that have not seen what is new are let go.
    """
    from unhunch.core.state.desks import reaches  # not for those who look at weeks

    with store.transaction(durable=any(fact.kind in PERSONAL for _n, fact in facts)) as connection:
        changed, earliest = 0, inf
        for line, fact in facts:
            row = to_row(fact, store.device)
            there = connection.execute("SELECT length FROM fact WHERE key = ?", (fact.key,)).fetchone()
            taken = connection.execute(
                f"INSERT INTO fact ({COLUMNS}, line, told) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) "  # noqa: S608 - constant
                "ON CONFLICT (key) DO UPDATE SET length = excluded.length, body = excluded.body, "
                "line = excluded.line, told = excluded.told WHERE device = excluded.device "
                "AND (line IS NULL OR line < excluded.line)",
                (*row, line, fact.length),
            )
            if taken.rowcount > 0:
                changed += 1
                # A span that grew changes its end.
                earliest = min(earliest, reaches(fact) + (there[0] if there else 0.0))
        if earliest < inf:
            connection.execute(_STALE, {"device": store.device, "wall": earliest})
        connection.executemany(
            "INSERT OR REPLACE INTO desk VALUES (?, ?)", [(device, body_text(one)) for device, one in known.items()]
        )
    return changed


# After a repair -------------------------------------------------------------------------------------------------------


def restore(
    store: "SqliteStore",
    values: Mapping[str, Any],
    notes: Mapping[int, str],
    known: Mapping[str, Mapping[str, Any]],
    *,
    forgot: bool,
) -> None:
    """What was known, before any fact is written: it decides which checkpoints are kept."""
    with store.transaction(durable=False) as connection:
        if forgot:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('forgot', '1')")
        for name, plain in values.items():
            _set(connection, name, plain)
        connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", notes.items())
        connection.executemany(
            "INSERT OR REPLACE INTO desk VALUES (?, ?)", [(device, body_text(one)) for device, one in known.items()]
        )


def restore_lines(store: "SqliteStore", lines: Iterable[tuple[str, str, int, float | None]]) -> None:
    """Which line told of a fact: its key, the machine, the number, and how long it then was."""
    with store.transaction(durable=True) as connection:
        connection.executemany(
            "UPDATE OR IGNORE fact SET line = ?, told = ? WHERE key = ? AND device = ?",
            [(number, told, key, machine) for key, machine, number, told in lines],
        )
