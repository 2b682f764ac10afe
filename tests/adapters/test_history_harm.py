"""Files cut at any byte, with any field wrong, twice: nothing of the sound rest is lost, and nothing is doubled."""

import copy
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_history_cut import CLOSELY, WHOLE
from tests.adapters.test_history_gnome import changes
from tests.adapters.test_history_workrave import MORNING
from tests.adapters.test_history_workrave_days import statistics
from tests.cli.test_import_formats import BUCKET, python_server, rust_server
from tests.cli.test_import_formats import MORNING as EVENTS
from unhunch.core.facts import Fact, Kind
from unhunch.core.intervals import without
from unhunch.core.settings import Settings
from unhunch.core.week import sums
from unhunch.core.week.days import day_sums
from unhunch.core.week.lived import lived
from unhunch.core.week.machines import together
from unhunch.importers import gnome
from unhunch.importers.recognise import read
from unhunch.importers.recording import BadRecording, Import, facts_from

S = Settings()
WRONG = (None, True, -1, 0, 1e308, float("nan"), "x", "\ud800", [], {})


@pytest.fixture(autouse=True)
def _usual_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """This desktop's own is not asked for."""
    monkeypatch.setattr(gnome, "idle_delay", lambda: gnome.IDLE_DELAY)


def tried(path: Path) -> Import | None:
    """What a file holds, or None where it is refused, in three parts."""
    try:
        found = read(path)
    except BadRecording as error:
        assert error.what
        assert error.means == "Nothing was imported."
        assert error.remedy
        return None
    assert isinstance(found, Import)
    return found


def comes_to(*recordings: Import) -> dict[str, tuple[float, ...]]:
    """Seconds of each day (low, best, maybe, unknown) once these were taken in, one after the other."""
    known: dict[str, Fact] = {}
    for one in recordings:
        for fact in facts_from(one, one.name, lambda _wall: 3600):
            known.setdefault(fact.key, fact)
    pieces = together(lived(known.values(), S), S)
    days = day_sums(pieces)
    sums.add(days, [fact for fact in known.values() if fact.kind is Kind.SUM], pieces)
    found = {name: (one.day.low, one.day.best, one.day.maybe, one.day.unknown) for name, one in days.items()}
    return {name: tuple(round(seconds, 3) for seconds in row) for name, row in found.items() if any(row)}


@pytest.mark.parametrize("kind", WHOLE)
def test_half_a_file_before_or_after_the_whole_one_changes_nothing(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "record"
    WHOLE[kind](file)
    whole = tried(file)
    assert whole is not None
    right = comes_to(whole)
    assert right
    assert comes_to(whole, whole) == right, "twice"
    data = file.read_bytes()
    places = range(len(data)) if len(data) < CLOSELY else range(0, len(data), 1021)
    for cut in places:
        file.write_bytes(data[:cut])
        part = tried(file)
        if part is None:
            continue
        assert comes_to(part, whole) == right, cut
        assert comes_to(whole, part) == right, cut


# Fields ---------------------------------------------------------------------------------------------------------------


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a document."""
    yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*at, name))


def changed(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    made = copy.deepcopy(document)
    inner = made
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = value
    return made


DOCUMENTS: dict[str, Any] = {
    "export": {"buckets": {"x": BUCKET}},
    "one bucket": BUCKET,
    "the old export": {"x": BUCKET},
    "events only": EVENTS,
    "screen time": changes((0, 1, 0), (1, 0, 3900), (0, 1, 5000), (1, 0, 9000)),
}


@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_wrong_field_costs_what_it_is_of_and_no_more(tmp_path: Path, form: str) -> None:
    """An event at the most; of GNOME's record, where each entry gives the next one its sense, the file."""
    document, file = DOCUMENTS[form], tmp_path / "record"
    file.write_text(json.dumps(document))
    whole = tried(file)
    assert whole is not None
    longest = max(end - start for start, end in whole.spans)
    tries = refused = 0
    for at in places(document):
        for value in WRONG:
            file.write_text(json.dumps(changed(document, at, value)))
            found = tried(file)
            tries += 1
            if found is None:
                refused += 1
                continue
            assert without(found.spans, whole.spans) == [], (at, value)
            if at[-1] in ("timestamp", "duration", "status", "data") or isinstance(at[-1], int):
                lost = sum(end - start for start, end in without(whole.spans, found.spans))
                assert lost <= longest, (at, value)
    assert 0 < refused < tries


TABLES: dict[str, tuple[Callable[[Path], object], str]] = {
    "Python server": (python_server, "eventmodel"),
    "Rust server": (rust_server, "events"),
    "days in a database": (statistics, "stats_day"),
}
VALUES = (None, -1, 0, 1e308, 2**63 - 1, "x", b"\xff")


@pytest.mark.parametrize("kind", TABLES)
def test_a_wrong_field_in_a_database_costs_its_row_and_no_more(tmp_path: Path, kind: str) -> None:
    make, table = TABLES[kind]
    file = tmp_path / "record.db"
    make(file)
    whole = tried(file)
    assert whole is not None
    with closing(sqlite3.connect(file)) as made:
        columns = [row[1] for row in made.execute(f"PRAGMA table_info({table})")]
        rowid = made.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]
    data = file.read_bytes()
    tries = 0
    for column in columns:
        for value in VALUES:
            file.write_bytes(data)
            with closing(sqlite3.connect(file)) as made:
                try:
                    made.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))
                except sqlite3.IntegrityError:  # the table itself refuses it
                    continue
                made.commit()
            tries += 1
            found = tried(file)
            assert found is not None, (column, value)
            assert without(found.spans, whole.spans) == [], (column, value)
            assert len(found.spans) >= len(whole.spans) - 1, (column, value)
            assert [one for one in whole.sums if one not in found.sums] in ([], [whole.sums[-1]] if whole.sums else [])
    assert tries > len(columns)


@pytest.mark.parametrize("size", [2, 1, 4, 4, 4, 2])
def test_a_wrong_field_in_an_idle_log_costs_its_record_and_no_more(tmp_path: Path, size: int) -> None:
    file = tmp_path / "idlelog.log"
    for begin in range(17, 34):
        for byte in (b"\0", b"\x01", b"\x7f", b"\xff"):
            file.write_bytes(MORNING[:begin] + byte * size + MORNING[begin + size :])
            found = tried(file)
            assert found is not None
            spans = found.spans
            assert without([(1_600_000_000, 1_600_000_100)], spans) == [], "the record before it"
