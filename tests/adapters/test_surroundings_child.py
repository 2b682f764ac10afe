"""Small programs that are run to their end without a thread."""

import os
import threading
from pathlib import Path

import pytest

from unhunch.adapters.surroundings import child


def children() -> str:
    """The ids of this process's children, the unreaped included."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


async def test_what_it_prints_comes_back_and_no_thread_is_started() -> None:
    threads = threading.active_count()
    assert await child.output(["sh", "-c", "echo one; sleep 0.05; echo two"], os.environ) == "one\ntwo\n"
    assert threading.active_count() == threads


async def test_it_gets_our_environment_only() -> None:
    assert await child.output(["/bin/sh", "-c", "echo $WORD"], {"WORD": "word"}) == "word\n"


@pytest.mark.parametrize(
    "argv", [["no-such-program"], ["false"], ["sleep", "60"], ["sh", "-c", "exec >&-; sleep 60"], ["yes"]]
)
async def test_one_that_fails_hangs_or_floods_is_ended(argv: list[str]) -> None:
    before = children()
    files = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError):
        await child.output(argv, os.environ, seconds=0.5)
    assert len(os.listdir("/proc/self/fd")) == files
    assert children() == before
