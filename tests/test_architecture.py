"""Arrows point down, and the core is pure: import-linter's contracts hold, and they would notice if not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "unhunch"
PURE = {
    "dataclasses", "enum", "typing", "datetime", "zoneinfo", "collections", "itertools", "functools", "math",
    "operator", "statistics", "types", "bisect", "heapq", "unhunch", "unhunch.marked", "unhunch.tuples", "zlib",
}  # fmt: skip
"""What the core may import besides itself. What would keep a language for a process or a task is not among it."""
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "localtime", "gmtime", "perf_counter"}
CORE = sorted((SOURCE / "core").rglob("*.py"))


def lint(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(linter), "--no-cache", "--no-logo", *words], cwd=cwd, capture_output=True, text=True, timeout=120
    )


def imported(path: Path) -> set[str]:
    """The top names of every module that a file imports, and within Unhunch the first two."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found.add(node.module or "")
    return {".".join(name.split(".")[: 2 if name.startswith("unhunch") else 1]) for name in found}


def test_the_contracts_hold() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/moment.py", "import socket", "The core is pure"),
        ("core/moment.py", "import random", "The core is pure"),
        ("core/facts.py", "import unhunch.ports", "Arrows point down"),
        ("core/week/choice.py", "from unhunch.words.translate import _", "Arrows point down"),
        ("core/engine/status.py", "def said():\n    from unhunch.words import formats", "Arrows point down"),
        ("core/programme/rules.py", "import unhunch.language", "Arrows point down"),
        ("paths.py", "import unhunch.config", "Arrows point down"),
        ("adapters/clock.py", "import unhunch.control.protocol", "Arrows point down"),
        ("control/protocol.py", "import unhunch.cli", "Arrows point down"),
        ("adapters/notify/console.py", "import unhunch.adapters.store.sqlite", "Adapters of one kind"),
        ("daemon/host.py", "if TYPE_CHECKING:\n    import unhunch.daemon.notices", "The daemon has no circle"),
        ("stray.py", "", "Arrows point down"),
    ],
)
def test_the_contracts_notice(module: str, line: str, contract: str, tmp_path: Path) -> None:
    """A copy of the source with one wrong import (or a module in no layer) is refused."""
    for path in SOURCE.rglob("*.py"):
        copy = tmp_path / "unhunch" / path.relative_to(SOURCE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    with (tmp_path / "unhunch" / module).open("a") as file:
        file.write(f"\n{line}\n")
    linter = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(sys.argv[1], no_logo=True))"
    done = subprocess.run(
        [sys.executable, "-c", linter, str(ROOT / "pyproject.toml")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert contract in said or "stray" in said


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_the_core_imports_values_and_pure_helpers_only(path: Path) -> None:
    assert {name for name in imported(path) if name != "unhunch.core"} <= PURE


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_the_core_reads_no_clock_and_no_file(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            forbidden = CLOCKS if isinstance(called, ast.Attribute) else {"open", "print", "input"}
            assert name not in forbidden, f"{path}:{node.lineno}: {name}()"


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_the_core_keeps_nothing_for_the_whole_process(path: Path) -> None:
    """No language, for one: nothing that a module holds changes while it runs."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        assert not isinstance(node, ast.Global), f"{path}:{node.lineno}: global"


def test_only_the_alarm_knows_the_scheduler() -> None:
    users = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if "apscheduler" in imported(path)}
    assert users <= {"adapters/alarm.py"}
