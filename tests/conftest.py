"""For all tests: what takes long comes first, nothing is left open or changed, and at the very end the desktop parts
that were missing are named, and the one command that brings them."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.examples import load_profile
from tests.left_behind import pytest_as_found, pytest_left_as_found
from tests.unclosed import pytest_runtest_teardown
from unhunch import language

__all__ = ["pytest_as_found", "pytest_left_as_found", "pytest_runtest_teardown"]

# Tests read English; those of other languages name theirs. Processes that they start inherit this.
for name in [name for name in os.environ if name in ("LANG", "LANGUAGE") or name.startswith("LC_")]:
    del os.environ[name]
os.environ["LANG"] = "C.UTF-8"
# A shell starts what runs in its background deaf to Ctrl-C, and so would be whatever the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

load_profile()


@pytest.fixture
def english_again() -> Iterator[None]:
    """Whatever the test speaks, this process speaks English afterwards."""
    yield
    language.set_up({})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first: begun last, one would keep a single worker busy while the others idle.

    How long is what their tests say: `slow(seconds)`, 10 without a number. Else the order is the one that chance gave.
    """
    seconds: Counter[Path] = Counter()
    for item in items:
        for mark in item.iter_markers("slow"):
            seconds[item.path] += mark.args[0] if mark.args else 10
    items.sort(key=lambda item: -seconds[item.path])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """Say in one place which real parts were not tried: after the long list of what was skipped."""
    yield
    parts = sys.modules.get("tests.desktop.parts")
    if parts is None or not parts.missing:
        return
    terminalreporter.section("desktop parts that are not installed", sep="-")
    terminalreporter.line("Not tried: " + ", ".join(sorted(parts.missing)) + ".")
    terminalreporter.line(parts.install_line())
