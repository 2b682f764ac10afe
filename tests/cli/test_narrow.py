"""What is printed on a narrow terminal: the real command in a real one."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from tests.core.story import Story
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.paths import Paths

LIMIT = 60.0


def printed(columns: int, *words: str) -> list[str]:
    """The lines of a command on a terminal of so many columns."""
    us, them = pty.openpty()
    fcntl.ioctl(them, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    env |= {"NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen([sys.executable, "-m", "unhunch", *words], stdin=them, stdout=them, stderr=them, env=env)
    os.close(them)
    said, end = b"", time.monotonic() + LIMIT
    while select.select([us], [], [], max(end - time.monotonic(), 0.0))[0]:
        try:
            said += os.read(us, 4096)
        except OSError:  # it has ended
            break
    os.close(us)
    assert process.wait(LIMIT) == 0, said.decode()
    return said.decode().splitlines()


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_the_week_folds_instead_of_wrapping(places: Paths, columns: int) -> None:
    story = Story()
    for date, end in (("2026-11-02", "12:10"), ("2026-11-09", "11:30"), ("2026-11-10", "10:20")):
        story.ran(f"{date} 09:00", "18:00")
        story.typed(f"{date} 09:00", end)
        story.session("17:00", stiffness_before=6, stiffness_after=3)
    places.make_data()
    store = SqliteStore(places.database)
    store.append(story.facts)
    store.close()
    lines = printed(columns, "week", "--of", "2026-11-09")
    assert max(map(len, lines)) <= columns, "the terminal would wrap it"
    text = " ".join(" ".join(lines).split())
    assert "Your best day was Tue 10 Nov (at most 1 h 21 without a break, 1 session), your worst Mon 9 Nov" in text
    assert "An estimate from keyboard and mouse, not a measurement of posture." in text
    assert ("This week, and below it:" in text) is (columns < 72)
