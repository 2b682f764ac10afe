"""SQLite connections that a test leaves open make that test red, on every Python.

From 3.13 on Python warns of one when it is collected, which may be in a later test; before, it says nothing.
"""

import functools
import sqlite3
import sys
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[1]
_open: dict[int, tuple[sqlite3.Connection, str]] = {}
"""Held here so that none is collected before it was seen."""


class Watched(sqlite3.Connection):
    """A connection that is known from the moment it is made until it is closed."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _open[id(self)] = self, _caller()

    def close(self) -> None:
        super().close()
        _open.pop(id(self), None)


def _caller() -> str:
    """The lines of this checkout that asked for it, the last one first."""
    said, frame = list[str](), sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(CHECKOUT) and ".venv" not in path.parts:
            said.append(f"{path.relative_to(CHECKOUT)}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return ", from ".join(said[:6])


sqlite3.connect = functools.partial(sqlite3.connect, factory=Watched)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    """After all that the test's fixtures tidy up."""
    try:
        yield
    finally:
        left = list(_open.values())
        _open.clear()
        for connection, _where in left:
            with suppress(sqlite3.ProgrammingError):  # another thread's
                connection.close()
    if left:
        pytest.fail(
            "left open: " + "; ".join(f"a database opened in {where}" for _connection, where in left), pytrace=False
        )
