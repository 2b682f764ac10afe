"""A sound SQLite file whose rows are nonsense: the daemon starts, the week is summed up, nothing is harmed.

Rows are left out or refused in words. Never a traceback, never a hang, and the file holds afterwards what it held.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import main
from unhunch.core import messages as m
from unhunch.core.bodies import BODIES as SAID
from unhunch.core.bodies import Ratings
from unhunch.core.codec import fields_of
from unhunch.core.engine import step
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.core.state import state
from unhunch.daemon.recall import BEGUN_ANEW, FROM_THE_BEGINNING, recall
from unhunch.ports import StoreError
from unhunch.report import html, terminal
from unhunch.report.reading import week_of
from unhunch.words.status import status_of
from unhunch.words.week import to_json
from unhunch.words.why import why_of

SETTINGS = Settings()
MONDAY = "2026-03-02"
AT = 1772442000.0
"""A morning of that week, Unix seconds."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where that is possible: hundreds of databases are made."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


NAMES = sorted({field.name for says in (*SAID.values(), Ratings) for field in fields_of(says)})
WORDS = st.sampled_from(
    ["session", "nudge", "week", "ask", "skip", "snooze", "start", "away", "sitting", "missed", "done", "pass", "same"]
)
NUMBERS = st.one_of(
    st.integers(-3, 12), st.integers(), st.floats(allow_nan=False), st.sampled_from([10**400, 2**63, 1e308, -0.0])
)
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)),
    max_leaves=8,
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(NAMES), PLAIN, max_size=7).map(json.dumps),
    PLAIN.map(json.dumps),
    st.text(max_size=20),
    st.sampled_from(["", "{", "[" * 5000, '{"a":NaN}', '{"from":Infinity,"to":1,"as":"away"}', "\\x00", '{"a":1}{}']),
)
TIMES = st.one_of(
    st.floats(AT - 20 * 86400, AT + 20 * 86400),
    st.sampled_from([0.0, -1.0, 1e12, 1e300, float("inf"), float("-inf"), -1e300, 253e9]),
)
ROWS = st.tuples(
    st.sampled_from([*map(str, Kind), *map(str, Kind), "later-kind", ""]),
    TIMES,
    st.sampled_from([0, 3600, -86400, 10**12, 2**62]),
    st.sampled_from(["boot", "other", "", "import:x", "\\x00"]),
    st.one_of(st.floats(0, 1e6), TIMES),
    st.one_of(st.just(0.0), st.floats(0, 1e5), TIMES),
    st.sampled_from(["", "2026-03-02", "2026-03-04", "2026-02-30", "soon", "9999-12-31"]),
    BODIES,
)
Rows = Sequence[tuple[Any, ...]]


def filled(path: Path, rows: Rows) -> None:
    """A database of ours, with these rows written past it."""
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        (device,) = connection.execute("SELECT value FROM meta").fetchone()
        connection.executemany(
            "INSERT INTO fact (key, device, kind, wall, utc_offset, boot_id, boot, length, day, body) "
            "VALUES (?,?,?,?,?,?,?,?,?,?)",
            [(f"k{n}", device, *row) for n, row in enumerate(rows)],
        )


def held(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        # All but checkpoints, which are condensed from the others: the store keeps the newest alone.
        query = "SELECT * FROM fact WHERE key LIKE 'k%' AND kind <> 'checkpoint' ORDER BY id"
        return connection.execute(query).fetchall()


def lives_on(path: Path) -> str:
    """What the daemon does with it: start, look, answer, tell, stop. Returns what it has to say about the history."""
    clock = SystemClock()
    with closing(SqliteStore(path)) as store:
        live, told = recall(store, SETTINGS, clock)
        at = clock.now()
        later = at._replace(wall=at.wall + 30, awake=at.awake + 30, boot=at.boot + 30)
        for event in (
            m.Started(at, clock.boot_id, "fuzz"),
            m.Look(at, (0.0, 0.0)),
            m.Stood(later),
            m.Look(later, (0.0, 0.0)),
            m.Stopping(later),
        ):
            live, effects = step.step(live, event, SETTINGS)
            for effect in effects:
                if isinstance(effect, m.Write):
                    store.write(effect.facts, effect.lengths)
        scene = step.scene(live, later, SETTINGS)
        json.dumps(status_of(live, scene, SETTINGS))
        json.dumps(why_of(live, scene, SETTINGS))
    return told


def summed_up(path: Path) -> None:
    """What `week` does with it, on the terminal, as JSON and as a page."""
    with closing(SqliteStore(path, read_only=True)) as store:
        week, weeks = week_of(store, MONDAY, SETTINGS, with_trend=True)
    json.dumps(to_json(week), allow_nan=False)
    assert html.render(week, weeks)
    assert terminal.render(week, 80, colour=False)


@settings(max_examples=examples(40))
@given(rows=st.lists(ROWS, max_size=30))
@example(rows=[("checkpoint", AT, 0, "boot", 1.0, 0.0, "2026-03-02", '{"state":{}}')])
@example(rows=[("checkpoint", AT, 0, "boot", 1.0, 0.0, "2026-03-02", '{"state":{"boot":[1,2,3,4,5]}}')])
@example(rows=[("correction", AT, 0, "boot", 1.0, 0.0, "", '{"from":9,"to":1,"as":"away"}')])
@example(rows=[("undo", AT, 0, "boot", 1.0, 0.0, "", '{"fact":["k0"]}')])
@example(rows=[("goal", AT, 0, "boot", 1.0, 0.0, "", '{"to":1e400}')])
def test_nonsense_in_rows_stops_nobody(folder: Path, rows: Rows) -> None:
    path = folder / "unhunch.sqlite"
    for file in folder.iterdir():
        file.unlink()
    filled(path, rows)
    before = held(path)
    try:
        lives_on(path)
        summed_up(path)
    except StoreError as error:
        assert error.what, "refused in words"
        assert error.remedy
    assert held(path) == before, "what stood there stands there still"


def lived_checkpoint(path: Path) -> dict[str, Any]:
    """A database with a checkpoint of ours in it; returns the checkpoint's state."""
    lives_on_a_new_one = SqliteStore(path)
    lives_on_a_new_one.close()
    lives_on(path)
    with closing(SqliteStore(path, read_only=True)) as store:
        return dict(next(f for f in store.read() if f.kind is Kind.CHECKPOINT).body["state"])


@settings(max_examples=examples(100))
@given(data=st.data())
def test_a_spoilt_checkpoint_is_passed_over(folder: Path, data: st.DataObject) -> None:
    """One value of a real checkpoint is anything: the history before it is read, or counting begins anew."""
    path = folder / "unhunch.sqlite"
    for file in folder.iterdir():
        file.unlink()
    plain = lived_checkpoint(path)
    name = data.draw(st.sampled_from(sorted(plain)))
    value = plain[name]
    if isinstance(value, list) and value and data.draw(st.booleans()):
        spoilt = list(value)
        spoilt[data.draw(st.integers(0, len(value) - 1))] = data.draw(PLAIN)
        plain[name] = spoilt
    else:
        plain[name] = data.draw(PLAIN)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE fact SET body = ? WHERE kind = 'checkpoint'", (json.dumps({"state": plain}),))
    try:
        told = lives_on(path)
    except StoreError as error:
        assert error.what
    else:
        assert told in ("", FROM_THE_BEGINNING, BEGUN_ANEW)


def test_a_missing_piece_of_a_checkpoint_costs_only_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "unhunch.sqlite"
    plain = lived_checkpoint(path)
    del plain["tally"]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE fact SET body = ? WHERE kind = 'checkpoint'", (json.dumps({"state": plain}),))
    assert lives_on(path) == FROM_THE_BEGINNING


@pytest.mark.parametrize("words", [["week"], ["week", "--json"], ["week", "--csv"], ["export"]])
@pytest.mark.parametrize(
    "row",
    [
        ("input", AT, 0, "boot", 1.0, 60.0, MONDAY, "nonsense"),
        ("input", float("inf"), 0, "boot", float("-inf"), 60.0, MONDAY, "{}"),
        ("session", AT, 0, "boot", 1.0, 60.0, "2026-99-99", '{"status":"done","discomfort":"much"}'),
        ("correction", AT, 0, "boot", 1.0, 0.0, MONDAY, '{"from":"a","to":[],"as":7}'),
    ],
)
def test_the_command_line_answers_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    row: tuple[Any, ...],
) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    (tmp_path / "DATA/unhunch").mkdir(parents=True, mode=0o700)
    filled(tmp_path / "DATA/unhunch/unhunch.sqlite", [row])
    code = main(words)
    said = capsys.readouterr()
    assert code in (0, 1, 2), said.err
    assert "Traceback" not in said.out + said.err
    assert "Something broke" not in said.err


def test_a_state_of_ours_loads() -> None:
    fresh = state.fresh(SETTINGS)
    assert state.load(json.loads(json.dumps(state.dump(fresh)))) == fresh
