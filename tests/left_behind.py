"""A test that leaves its process other than it found it is red, and no other: the language that is spoken, the
environment, the folder.

What was left is put right, so that the tests after it are judged by themselves.
"""

import os
import time
from collections.abc import Generator
from typing import Any, NamedTuple

import pytest

from unhunch import language
from unhunch.words import formats, translate


class Process(NamedTuple):
    """What all tests of a process share."""

    language: tuple[Any, ...]
    environment: dict[str, str]
    folder: str


def now() -> Process:
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    spoken = language._own, translate._usual, formats._formats
    return Process(spoken, environment, os.getcwd())


def put_right(before: Process) -> None:
    language._own, translate._usual, formats._formats = before.language
    for name in os.environ.keys() - before.environment.keys() - {"PYTEST_CURRENT_TEST"}:
        del os.environ[name]
    os.environ.update(before.environment)
    os.chdir(before.folder)
    time.tzset()  # the C library goes by what TZ was when it was last asked to look


@pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_protocol")
def pytest_as_found(item: pytest.Item) -> Generator[None, object, object]:
    """Before all that the test's fixtures set up."""
    item.stash[BEFORE] = now()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_teardown")
def pytest_left_as_found(item: pytest.Item) -> Generator[None, object, object]:
    """After all that they tidy up."""
    try:
        return (yield)
    finally:
        before, after = item.stash[BEFORE], now()
        put_right(before)
        if after != before:
            names = {name for name, _ in before.environment.items() ^ after.environment.items()}
            told = [f"{name} in the environment" for name in sorted(names)]
            told += [f"the language {after.language[0]}"] if after.language != before.language else []
            told += [f"the folder {after.folder}"] if after.folder != before.folder else []
            pytest.fail("left behind: " + "; ".join(told), pytrace=False)


BEFORE = pytest.StashKey[Process]()
