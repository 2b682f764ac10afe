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

from unhunch.adapters.store import leaves
from unhunch.adapters.store.row import COLUMNS, Row, from_rows
from unhunch.adapters.store.sqlite import IMPORT, SIDE_FILES
from unhunch.core.codec import sound
from unhunch.core.facts import Fact, Kind
from unhunch.tuples import NamedTuple

NEAR = 4096
"""So many row numbers are tried one by one behind a damaged page; from there on in growing steps."""
LAST = 1 << 40
"""No row has a higher number."""
SIZE_AT = 28
"""Where the first page says how many pages the file has (4 bytes), and which of them are free (8 bytes)."""
_BEHIND = "SELECT {columns}, {by} FROM fact WHERE id > ? ORDER BY id"


class Hole(NamedTuple):
    """Rows that are gone: Unix seconds of the last fact before them and of the first one behind; None at an end."""

    since: float | None
    until: float | None


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
    names: dict[int, str]
    """What each import took in, as far as that can be read."""


def salvage(path: Path) -> Salvaged:
    """Read what can be read. OSError if the file cannot be copied."""
    with TemporaryDirectory(prefix="unhunch-") as folder:
        copy = Path(folder) / "copy.sqlite"
        for end in ("", *SIDE_FILES[:1]):
            side = path.with_name(path.name + end)
            if side.exists():
                shutil.copy(side, copy.with_name(copy.name + end))
        cut_off = _as_long_as_it_says(copy)
        found = _read(copy)
        if not found.facts:  # what says where the trees begin is gone
            found_rows = list(leaves.rows(copy.read_bytes()))
            rows = [row for row, _number in found_rows]
            imports = {row[1]: number for row, number in found_rows if number}
            found = _sorted_out(rows, _gaps(rows, cut_off=cut_off), imports)
    return found


def _read(copy: Path) -> Salvaged:
    rows: list[Row] = []
    holes: list[Hole] = []
    device, names, imports = "", dict[int, str](), dict[str, int]()
    try:
        with closing(sqlite3.connect(copy)) as connection:
            # Bytes that are no text any more are no reason to lose the row's neighbours.
            connection.text_factory = lambda raw: raw.decode(errors="replace")
            device, names = _device(connection), _names(connection)
            for found in _rows(connection):
                if found is None:
                    holes.append(Hole(rows[-1][4] if rows else None, None))
                    continue
                row, number = found
                if holes and holes[-1].until is None:
                    holes[-1] = holes[-1]._replace(until=row[4])
                rows.append(row)
                if number:
                    imports[row[1]] = number
    except sqlite3.Error:
        if not rows:
            holes = [Hole(None, None)]
    return _sorted_out(rows, holes, imports, names, device)


def _sorted_out(
    rows: list[Row],
    holes: list[Hole],
    imports: dict[str, int],
    names: dict[int, str] | None = None,
    device: str = "",
) -> Salvaged:
    device = device or _writer(rows)
    facts = sound(from_rows(rows, device))
    return Salvaged(facts, device, holes, len(rows) - len(facts), imports, names or {})


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


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[Row, int | None] | None]:
    """The rows in their order, each with its import's number; None where some are missing because of damage."""
    behind, number = _behind(connection), 0
    while True:
        try:
            for row in connection.execute(behind, (number,)):
                yield row[:-1], row[-1]
                number = row[0]
            return
        except sqlite3.DatabaseError:
            yield None
        found = next((later for later in _later(number) if _is_whole(connection, behind, later)), None)
        if found is None:
            return
        number = found


def _behind(connection: sqlite3.Connection) -> str:
    """How to ask for the rows behind a number; 0.1 did not number its imports."""
    columns = {column[1] for column in connection.execute("PRAGMA table_info(fact)")}
    return _BEHIND.format(columns=COLUMNS, by="import" if "import" in columns else "NULL")


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


def _device(connection: sqlite3.Connection) -> str:
    try:
        (name,) = connection.execute("SELECT value FROM meta WHERE name = 'device'").fetchone()
        return str(name)
    except (sqlite3.DatabaseError, TypeError):
        return ""


def _names(connection: sqlite3.Connection) -> dict[int, str]:
    try:
        rows = connection.execute("SELECT name, value FROM meta").fetchall()
    except sqlite3.DatabaseError:
        return {}
    named = {name.removeprefix(IMPORT): value for name, value in rows if name.startswith(IMPORT)}
    return {int(number): value for number, value in named.items() if number.isdecimal()}


def _writer(rows: list[Row]) -> str:
    """The machine whose daemon ran most often here: others' rows came by import."""
    ran = [row[2] for row in rows if row[3] == Kind.RUNNING and not row[6].startswith("import:")]
    return max(set(ran), key=ran.count) if ran else ""
