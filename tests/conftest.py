"""For all tests: at the end of a run, name the desktop parts that were missing and the one command that brings them."""

import sys

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one place which real parts were not tried."""
    parts = sys.modules.get("tests.desktop.parts")
    if parts is None or not parts.missing:
        return
    terminalreporter.section("desktop parts that are not installed", sep="-")
    terminalreporter.line("Not tried: " + ", ".join(sorted(parts.missing)) + ".")
    terminalreporter.line(parts.install_line())
