"""What can still be read of a damaged database, row by row. The file itself is never written to: a copy is read.

SQLite gives up at the first page that makes no sense. Its rows lie in a tree by their numbers, so what lies behind a
damaged page is found again by asking for later numbers.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unhunch.adapters.store import leaves
from unhunch.adapters.store.leaves import LATER, Came
from unhunch.adapters.store.row import COLUMNS, Row, from_rows
from unhunch.adapters.store.shared import NOT_SHARED
from unhunch.adapters.store.sqlite import IMPORT, SIDE_FILES
from unhunch.core.codec import sound
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.tuples import NamedTuple

NEAR = 4096
"""So many row numbers are tried one by one behind a damaged page; from there on in growing steps."""
LAST = 1 << 40
"""No row has a higher number."""
SIZE_AT = 28
"""Where the first page says how many pages the file has (4 bytes), and which of them are free (8 bytes)."""
_BEHIND = "SELECT {columns} FROM fact WHERE id > ? ORDER BY id"
NOTE = '{"v":'
"""Begins the lines that are notes (sync/lines.py)."""
OWN = ("device", "forgot")
"""Names of rows of `meta`, besides those that begin with SYNC or IMPORT."""
SYNC = "sync "
"""Begins the names of those that belong to what is shared with other desks (shared.py)."""
Told = tuple[Row, Came]


class Hole(NamedTuple):
    """Rows that are gone: Unix seconds of the last fact before them and of the first one behind; None at an end."""

    since: float | None
    until: float | None


class Noted(NamedTuple):
    """The rows that are no facts."""

    meta: dict[str, str]
    notes: dict[int, str]
    """What this machine told the other desks beside facts, by the number of its line."""
    desks: dict[str, str]
    """What was known of each other desk."""
    whole: bool = True
    """SQLite found no damage in it."""


class Line(NamedTuple):
    """The line that told of a fact last, by its machine, and how long the fact then was."""

    machine: str
    number: int
    told: float | None


class Salvaged(NamedTuple):
    """What was read. `facts` are as their own machine wrote them, in the order of writing."""

    facts: list[Fact]
    device: str
    """The name of the machine that wrote them; empty when that cannot be read."""
    holes: list[Hole]
    nonsense: int
    """Rows that were read, but are no facts."""
    imports: dict[str, int]
    """By which import a fact came, by its key."""
    lines: dict[str, Line]
    """By which line of which desk a fact was told, by its key."""
    noted: Noted

    @property
    def names(self) -> dict[int, str]:
        """What each import took in, as far as that can be read."""
        named = {name.removeprefix(IMPORT): what for name, what in self.noted.meta.items() if name.startswith(IMPORT)}
        return {int(number): what for number, what in named.items() if number.isdecimal()}

    @property
    def lost(self) -> bool:
        """Facts are missing."""
        return bool(self.holes or self.nonsense)

    @property
    def shared(self) -> bool:
        """It was shared with other desks, as far as can be seen."""
        return bool(self.lines or self.noted.desks or any(name.startswith(SYNC) for name in self.noted.meta))

    @property
    def unknown(self) -> bool:
        """Something of what was noted of other desks is lost, as far as can be seen."""
        told = {line.machine for line in self.lines.values()}
        unnumbered = self.device in told and f"{SYNC}last" not in self.noted.meta
        return (self.shared and not self.noted.whole) or bool(told - {self.device, *self.noted.desks}) or unnumbered


def salvage(path: Path) -> Salvaged:
    """Read what can be read. OSError if the file cannot be copied."""
    with TemporaryDirectory(prefix="unhunch-") as folder:
        copy = Path(folder) / "copy.sqlite"
        for end in ("", *SIDE_FILES[:1]):
            side = path.with_name(path.name + end)
            if side.exists():
                shutil.copy(side, copy.with_name(copy.name + end))
        cut_off = _as_long_as_it_says(copy)
        rows, holes, noted = _read(copy)
        if not noted.whole or not noted.meta:
            noted = _found_besides(copy.read_bytes(), noted)
        if not rows:  # what says where the trees begin is gone
            rows = list(leaves.rows(copy.read_bytes()))
            holes = _gaps([row for row, _came in rows], cut_off=cut_off)
    return _sorted_out(rows, holes, noted)


def _read(copy: Path) -> tuple[list[Told], list[Hole], Noted]:
    rows: list[Told] = []
    holes: list[Hole] = []
    noted = Noted({}, {}, {})
    try:
        with closing(sqlite3.connect(copy)) as connection:
            # Bytes that are no text any more are no reason to lose the row's neighbours.
            connection.text_factory = lambda raw: raw.decode(errors="replace")
            noted = _noted(connection)
            for found in _rows(connection):
                if found is None:
                    holes.append(Hole(rows[-1][0][4] if rows else None, None))
                    continue
                if holes and holes[-1].until is None:
                    holes[-1] = holes[-1]._replace(until=found[0][4])
                rows.append(found)
    except sqlite3.Error:
        if not rows:
            holes = [Hole(None, None)]
    return rows, holes, noted


def _sorted_out(rows: list[Told], holes: list[Hole], noted: Noted) -> Salvaged:
    plain = [row for row, _came in rows]
    device = noted.meta.get("device") or _writer(plain)
    facts = sound(from_rows(plain, device))
    imports = {row[1]: came.by for row, came in rows if came.by}
    lines = {row[1]: Line(row[2], came.line, came.told) for row, came in rows if came.line}
    return Salvaged(facts, device, holes, len(rows) - len(facts), imports, lines, noted)


def _gaps(rows: list[Row], *, cut_off: bool) -> list[Hole]:
    """Where numbers are missing. A single one is a checkpoint that a later one replaced."""
    holes = [Hole(a[4], b[4]) for a, b in pairwise(rows) if (b[0] or 0) - (a[0] or 0) > 2]
    return [*holes, Hole(rows[-1][4], None)] if rows and cut_off else holes


def _as_long_as_it_says(copy: Path) -> bool:
    """Write the number of pages that there are into a file that was cut off: SQLite refuses one with too few.

    Returns whether there are fewer than there were.
    """
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # then what is in the log is lost
    pages = copy.stat().st_size // leaves.PAGE
    with copy.open("r+b") as file:
        if file.read(len(leaves.MAGIC)) != leaves.MAGIC:
            return False
        file.seek(SIZE_AT)
        there_were = int.from_bytes(file.read(4), "big")
        file.seek(SIZE_AT)
        file.write(pages.to_bytes(4, "big") + bytes(8))  # and no free pages
    return pages < there_were


def _rows(connection: sqlite3.Connection) -> Iterator[Told | None]:
    """The rows in their order; None where some are missing because of damage."""
    behind, number = _behind(connection), 0
    while True:
        try:
            for row in connection.execute(behind, (number,)):
                yield row[: -len(LATER)], Came(*row[-len(LATER) :])
                number = row[0]
            return
        except sqlite3.DatabaseError:
            yield None
        found = next((later for later in _later(number) if _is_whole(connection, behind, later)), None)
        if found is None:
            return
        number = found


def _behind(connection: sqlite3.Connection) -> str:
    """How to ask for the rows behind a number; 0.1 numbered neither imports nor lines."""
    there = {column[1] for column in connection.execute("PRAGMA table_info(fact)")}
    return _BEHIND.format(columns=", ".join([COLUMNS, *(name if name in there else "NULL" for name in LATER)]))


def _is_whole(connection: sqlite3.Connection, behind: str, number: int) -> bool:
    """The row behind this number can be read."""
    try:
        connection.execute(f"{behind} LIMIT 1", (number,)).fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _later(number: int) -> Iterator[int]:
    """Row numbers behind this one, at first all of them."""
    yield from range(number + 1, number + NEAR)
    step = NEAR
    while number + step < LAST:
        yield number + step
        step *= 2


def _noted(connection: sqlite3.Connection) -> Noted:
    whole = True

    def all_of(table: str) -> dict[Any, str]:
        nonlocal whole
        found = dict[Any, str]()
        try:
            for key, text in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - constants
                found[key] = text
        except sqlite3.DatabaseError:
            whole = False
        return found

    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    meta, notes, desks = (all_of(name) if name in tables else {} for name in ("meta", "note", "desk"))
    return Noted(meta, notes, desks, whole)


def _found_besides(data: bytes, noted: Noted) -> Noted:
    """What pages hold that are not reached any more."""
    notes = {n: text for n, text in leaves.texts(data) if text.startswith(NOTE)} | noted.notes
    pairs = list(leaves.pairs(data))
    meta = {name: text for name, text in pairs if name in OWN or name.startswith((SYNC, IMPORT))} | noted.meta
    desks = {device: text for device, text in pairs if device not in meta and text.startswith("{")} | noted.desks
    return noted._replace(meta=meta, notes=notes, desks=desks)


def _writer(rows: list[Row]) -> str:
    """The machine whose history this is: what it wrote for itself alone tells, or else that its daemon ran most often
    here; others' rows came by import, or by a folder."""
    own = [row for row in rows if not row[6].startswith(IMPORTED)]
    for kinds in (NOT_SHARED, (Kind.RUNNING,)):
        wrote = [row[2] for row in own if row[3] in kinds]
        if wrote:
            return max(set(wrote), key=wrote.count)
    return ""
