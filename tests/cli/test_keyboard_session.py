"""`unhunch start --terminal` from the first key to the history: a session by the keyboard alone, without a daemon."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.cli.conftest import Ran, write
from tests.web.test_terminal import LIMIT, Terminal
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Kind
from unhunch.paths import Paths


class Started(Terminal):
    """The command itself behind a person's end of a terminal."""

    def __init__(self, *words: str) -> None:
        self.seen = ""
        self.mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "unhunch", *words], stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "90", "LINES": "40"},
        )  # fmt: skip
        os.close(theirs)


@pytest.fixture
def started(places: Paths) -> Iterator[Started]:
    write(places.config_file, "session.voice = false\n")
    person = Started("start", "--terminal", "--speed", "40")
    yield person
    person.close()


def test_it_ends_done_and_is_counted(places: Paths, run: Callable[..., Ran], started: Started) -> None:
    started.until("one or more?")
    started.type("none\n")
    started.until("Voice off: the cues are shown.", "getting down")
    started.type("\n")
    started.until("start now")
    started.type(" ")  # the clock starts
    started.until("that counts as a session", "Stiffness before")
    started.type("6\n")
    started.until("Stiffness now")
    started.type("2\n")
    started.until("Worst discomfort")
    started.type("1\n")
    started.until("Tingling in hands or arms?")
    started.type("\n")
    assert started.process.wait(LIMIT) == 0
    with closing(SqliteStore(places.database, read_only=True)) as store:
        (session,) = [fact.body for fact in store.read() if fact.kind is Kind.SESSION]
    assert (session["status"], session["size"], session["source"]) == ("done", "first", "terminal")
    assert (session["stiffness_before"], session["stiffness_after"], session["discomfort"]) == (6, 2, 1)
    assert '"done": 1' in run("week", "--json").out
