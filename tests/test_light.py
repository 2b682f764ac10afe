"""What must stay light: what a short command and the daemon may not load, and what the daemon may cost.

The lists cannot flake; the two guards on memory and wake-ups are generous and meant for accidents. What it costs
exactly is measured by `make bench`.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from benchmarks import process

from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH
from unhunch.adapters.lean import standing_in
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind

HEAVY = {"asyncio", "apscheduler", "dbus_fast", "rich", "jinja2", "starlette", "uvicorn", "sqlite3", "logging"}
"""Nothing that --help or `status` needs; they are asked by people in a hurry and by panels."""
COSTLY = {"dataclasses", "inspect", "ssl", "decimal", "hashlib", "statistics", "subprocess", "email", "zoneinfo"}
"""Some milliseconds each, for a short command."""
IN_THE_DAEMON = {
    "ctypes", "http", "rich", "jinja2", "starlette", "uvicorn", "plyer", "tomlkit",
    "multiprocessing", "concurrent.futures.process", "concurrent.futures.thread", "importlib.metadata", "email",
    "zipfile", "tzlocal", "zoneinfo", "sysconfig", "statistics", "decimal", "fractions",
    "pynput", "Xlib", "six", "evdev",
}  # fmt: skip
"""Imported by its libraries for what is not used here, or ours for other commands."""
WHOLE = 30.0
"""MiB of PSS as if no other Python ran: five more than it has."""
WAKEUPS = 2.0
"""A second; it has 0.1."""


def loaded(log: str) -> set[str]:
    """The modules that `python -X importtime` says were looked for and found."""
    return set(re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", log, re.MULTILINE))


def below(modules: Iterable[str], unwanted: set[str]) -> set[str]:
    """Those of `modules` that are unwanted, or lie in an unwanted package."""
    return {name for name in modules if any(name == bad or name.startswith(f"{bad}.") for bad in unwanted)}


def imports_of(bed: Bed, *words: str, code: int = 0) -> set[str]:
    found = imports_of_python(bed, UNHUNCH, *words, code=code)
    assert "unhunch.instant" in found
    return found


def imports_of_python(bed: Bed, *argv: str, code: int = 0) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *argv],
        env=bed.env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr[-2000:]
    return loaded(done.stderr)


def parsing(bed: Bed) -> set[str]:
    """What Python needs to read a command line: since 3.14 dataclasses and inspect, for colours."""
    return imports_of_python(bed, "-c", "import argparse; argparse.ArgumentParser().add_argument('--json')")


@pytest.fixture
def bare() -> Iterator[Bed]:
    with Bed() as bed:
        yield bed


def test_help_loads_next_to_nothing(bare: Bed) -> None:
    assert not below(imports_of(bare, "--help"), HEAVY | COSTLY | {"argparse", "json", "unhunch.core"})


def test_status_without_a_daemon_is_light(bare: Bed) -> None:
    found = imports_of(bare, "status", code=3) - parsing(bare)
    assert not below(found, HEAVY | COSTLY | {"unhunch.core"})


NOT_FOR_A_WEEK = {
    "asyncio", "dataclasses", "inspect", "statistics", "decimal", "subprocess", "email", "logging", "socket", "shutil",
    "csv", "tomllib", "jinja2", "starlette", "unhunch.control",
}  # fmt: skip
"""Of what `unhunch week` as text once had or may be tempted to have."""
TO_COUNT = {"unhunch.core.week.lived", "unhunch.core.presence.sweep", "unhunch.core.week.machines"}
"""Needed to count days from their evidence, and not to show those that are kept as they were counted."""


def test_a_week_that_is_kept_is_shown_without_what_counts_one(bare: Bed) -> None:
    data = bare.home / ".local/share/unhunch"
    data.mkdir(parents=True, mode=0o700)
    SqliteStore(data / "unhunch.sqlite").close()
    first = imports_of(bare, "week", "--of", "2026-11-02") - parsing(bare)
    assert not below(first, NOT_FOR_A_WEEK)
    assert first >= TO_COUNT
    story = [Fact(Kind.MORNING, 1793600000.0 + 86400 * n, 0, "boot", 0.0, key=str(n)) for n in range(20)]
    store = SqliteStore(data / "unhunch.sqlite")
    store.append(story)
    store.close()
    assert imports_of(bare, "week", "--of", "2026-11-02") >= TO_COUNT
    again = imports_of(bare, "week", "--of", "2026-11-02") - parsing(bare)
    assert not below(again, NOT_FOR_A_WEEK | TO_COUNT)


def test_the_page_of_the_built_in_routine_needs_nothing_that_draws_pages(bare: Bed) -> None:
    drawn = "from unhunch.session import page, routines; print(len(page.drawn(routines.builtin())))"
    assert not below(imports_of_python(bare, "-c", drawn), {"jinja2", "markupsafe"})


@pytest.mark.desktop
@pytest.mark.slow(12)
def test_the_daemon_is_light() -> None:
    """On a real X server, with tray and notices, before a program resets the counter: its modules, weight, wake-ups."""
    with Bed() as bed:
        bed.bus()
        bed.xvfb()
        bed.dunst()
        daemon = bed.spawn(sys.executable, "-X", "importtime", UNHUNCH, "run", log="unhunch")
        bed.until("the daemon to watch", lambda: "watches by x11" in bed.log("unhunch"))
        bed.until("its answer", lambda: bed.output(UNHUNCH, "status", "--json").startswith("{"))
        modules = loaded(bed.log("unhunch"))
        assert {"unhunch.daemon.daemon", "apscheduler.schedulers.asyncio", "dbus_fast"} <= modules
        assert not below(modules, IN_THE_DAEMON)
        mapped = Path(f"/proc/{daemon.pid}/maps").read_text()
        assert not re.search(r"lib(ssl|crypto)", mapped), "OpenSSL is in the daemon"

        assert not below(imports_of(bed, "status") - parsing(bed), HEAVY | COSTLY)

        time.sleep(2)  # the tray and the start's own work have settled
        cost = process.watched({"daemon": daemon.pid}, 6.0)["daemon"]
        assert cost.wakeups <= WAKEUPS
        assert process.memory(daemon.pid).alone <= WHOLE


def test_a_stand_in_is_gone_afterwards() -> None:
    name = "sched"  # of the standard library, and used by nobody here
    sys.modules.pop(name, None)
    with standing_in({name: {"scheduler": 7}}):
        import sched

        assert vars(sched)["scheduler"] == 7
    assert name not in sys.modules
    import sched as real

    assert isinstance(real.scheduler, type)
    with standing_in({name: {"scheduler": 7}}):
        import sched as again

        assert again is real, "what is loaded already stays"
    assert sys.modules[name] is real


def test_a_stand_in_goes_when_the_import_fails() -> None:
    sys.modules.pop("sched", None)
    with pytest.raises(ImportError), standing_in({"sched": {}}):
        from sched import scheduler  # noqa: F401 - it is not there
    assert "sched" not in sys.modules
