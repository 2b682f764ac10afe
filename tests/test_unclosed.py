"""The net under all tests: a database left open makes the test red that left it, and no other."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]

LEAKS = """
import gc
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from unhunch.adapters.store.sqlite import SqliteStore

HELD = []


@pytest.fixture
def closed(tmp_path: Path):
    with closing(SqliteStore(tmp_path / "closed.sqlite")) as store:
        yield store


def test_a_fixture_closes(closed) -> None:
    assert closed.read() == []


def test_one_is_held(tmp_path: Path) -> None:
    HELD.append(SqliteStore(tmp_path / "held.sqlite"))


def test_one_hangs_in_a_circle() -> None:
    circle = [sqlite3.connect(":memory:")]
    circle.append(circle)


def test_with_closes_nothing() -> None:
    with sqlite3.connect(":memory:"):
        pass


def test_what_comes_later_is_green() -> None:
    HELD.clear()
    gc.collect()
"""


def red_of(folder: Path, tests: str, net: str) -> tuple[set[str], str]:
    """Which of these tests are red under a net, and all that was printed. `net`: what a conftest imports."""
    (folder / "conftest.py").write_text(f"{net}  # noqa: F401\n")
    (folder / "test_these.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", "-p", "no:cacheprovider", folder],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    said = done.stdout
    return {line.split("::")[1].split(" ")[0] for line in said.splitlines() if line.startswith("ERROR ")}, said


def test_a_database_left_open_makes_its_own_test_red(tmp_path: Path) -> None:
    red, said = red_of(tmp_path, LEAKS, "from tests.unclosed import pytest_runtest_teardown")
    assert red == {"test_one_is_held", "test_one_hangs_in_a_circle", "test_with_closes_nothing"}, said
    assert "5 passed, 3 errors" in said
    assert "a database opened in src/unhunch/adapters/store/sqlite.py:" in said, "where it was opened is named"
