"""`unhunch status`: in words, as data, for panels; and quickly."""

import copy
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import STATUS, Ran, Told
from unhunch.errors import Exit, UserError
from unhunch.said import status as st

HEAVY = (
    "asyncio",
    "apscheduler",
    "dbus_fast",
    "rich",
    "jinja2",
    "starlette",
    "sqlite3",
    "click",
    "ssl",
    "hashlib",
    "subprocess",
)


def changed(**changes: Any) -> dict[str, Any]:
    """STATUS with a few things otherwise; `owed__number=2` reaches into a part."""
    found = copy.deepcopy(STATUS)
    for name, value in changes.items():
        *way, last = name.split("__")
        place = found
        for step in way:
            place = place[step]
        place[last] = value
    return found


OWED = {"number": 2, "of": 2, "step": 1, "shown": 1, "snoozed_until": None, "snoozed_for_call": False}
TODAY = "Today 1 of 2 sessions, 3 h 05 sitting."


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (STATUS, f"At your desk for 38 min. Next: 2-minute roll at about 14:10. {TODAY}"),
        (changed(presence="call"), f"In a call, at your desk for 38 min. Next: 2-minute roll at about 14:10. {TODAY}"),
        (
            changed(presence="away", next__at=None, next__why="after 77 more minutes of sitting"),
            f"Away since 13:29. Next: 2-minute roll, after 77 more minutes of sitting. {TODAY}",
        ),
        (changed(presence="standing"), f"Standing since 13:29. Next: 2-minute roll at about 14:10. {TODAY}"),
        (
            changed(presence="unknown", source__blind=True, source__why="the X server is gone."),
            f"Cannot tell whether you are there: the X server is gone. Next: 2-minute roll at about 14:10. {TODAY}",
        ),
        (
            changed(next__kind="nudge"),
            f"At your desk for 38 min. Next: stand up for two minutes at about 14:10. {TODAY}",
        ),
        (
            changed(next__kind=None, next__at=None, next__why="all sessions of today are done or answered"),
            f"At your desk for 38 min. Nothing is due: all sessions of today are done or answered. {TODAY}",
        ),
        (
            changed(paused_until="2026-11-20T04:00:00+01:00"),
            f"At your desk for 38 min. Paused until Friday 04:00; 'unhunch resume' ends that. {TODAY}",
        ),
        (
            changed(owed=OWED),
            f"At your desk for 38 min. Session 2 of 2 is due: 'unhunch start', or 'unhunch snooze'. {TODAY}",
        ),
        (
            changed(owed={**OWED, "snoozed_until": "2026-11-18T13:40:00+01:00"}),
            f"At your desk for 38 min. Session 2 of 2 is snoozed until 13:40. {TODAY}",
        ),
        (
            changed(owed={**OWED, "snoozed_for_call": True}),
            f"At your desk for 38 min. Session 2 of 2 is snoozed until this call is over. {TODAY}",
        ),
        (
            changed(
                stretch_min=0.0, today__goal=1, today__done=0, today__sitting_min={"low": 0, "best": 59.6, "high": 60}
            ),
            "At your desk for 0 min. Next: 2-minute roll at about 14:10. Today 0 of 1 session, 1 h sitting.",
        ),
    ],
)
def test_says_it_in_one_line(status: dict[str, Any], said: str) -> None:
    assert st.lines(status) == [said]


def test_what_needs_attention_gets_a_line_each() -> None:
    hold = {"why": "call", "text": "you are in a call", "since": "2026-11-18T13:05:00+01:00"}
    status = changed(owed=OWED, holds=[hold], screening="needed", problems=["No notices: no server.", "Disk full."])
    assert st.lines(status)[1:] == [
        "It waits: you are in a call (since 13:05).",
        "Before the first session there are a few questions: unhunch screening",
        "! No notices: no server.",
        "! Disk full.",
    ]
    # Nothing waits where nothing is owed.
    assert st.lines(changed(holds=[hold])) == st.lines(STATUS)
    assert "unhunch screening --confirm" in st.lines(changed(screening="stopped"))[1]


def test_json_is_the_daemons_reply(daemon: Told, run: Callable[..., Ran]) -> None:
    ran = run("status", "--json")
    assert ran.code == 0
    assert json.loads(ran.out) == STATUS


def test_a_template_is_filled(daemon: Told, run: Callable[..., Ran]) -> None:
    ran = run("status", "--format", "{stretch} {done}/{goal} {{x}} {next_at} {sitting_min}")
    assert (ran.code, ran.out) == (0, "38 min 1/2 {x} 14:10 185\n")


@pytest.mark.parametrize("key", st.KEYS)
@pytest.mark.parametrize("status", [STATUS, changed(owed=OWED), changed(next__at=None), changed(presence="unknown")])
def test_every_key_has_a_value(status: dict[str, Any], key: str) -> None:
    st.check_template(f"{{{key}}}")
    assert "{" not in st.filled(f"{{{key}}}", status)


@pytest.mark.parametrize(
    "template",
    ["{nonsense}", "{}", "{0}", "{done.real}", "{done!r}", "{done:>9}", "{done", "waybr", "", "{stretch[0]}"],
)
def test_unknown_keys_are_refused_with_the_list(daemon: Told, run: Callable[..., Ran], template: str) -> None:
    ran = run("status", "--format", template)
    assert ran.code == Exit.WRONG
    assert "stretch_min" in ran.err
    assert daemon.asked == []


def test_a_panel_gets_one_json_line(daemon: Told, run: Callable[..., Ran]) -> None:
    daemon.replies["status"] = changed(owed=OWED, problems=["Disk full."])
    ran = run("status", "--format", "waybar")
    shown = json.loads(ran.out)
    assert ran.out.count("\n") == 1
    assert shown["class"] == ["due", "problem"]
    assert shown["percentage"] == 50
    assert shown["text"] == "due, 38 min | 1/2 | 14:10"
    assert "Disk full." in shown["tooltip"]


def test_a_panel_is_told_that_nothing_runs(run: Callable[..., Ran]) -> None:
    ran = run("status", "--format", "waybar")
    assert ran.code == Exit.NOT_RUNNING
    assert json.loads(ran.out)["class"] == "off"


def test_plain_is_short(daemon: Told, run: Callable[..., Ran]) -> None:
    assert run("status", "--format", "plain").out == "38 min | 1/2 | 14:10\n"


def test_without_a_daemon_it_says_so_in_three_parts(run: Callable[..., Ran]) -> None:
    ran = run("status")
    assert ran.code == Exit.NOT_RUNNING
    assert ran.out == ""
    assert ran.err.splitlines()[0] == "Unhunch is not running."
    assert len(ran.err.splitlines()) == 3


def test_the_daemons_own_words_arrive(daemon: Told, run: Callable[..., Ran]) -> None:
    daemon.replies["status"] = UserError("What.", "Means.", "Type.", 1)
    ran = run("status")
    assert (ran.code, ran.err) == (1, "What.\nMeans.\nType.\n")


def test_it_stays_light(daemon: Told) -> None:
    script = (
        "import sys; from unhunch.cli import main; code = main(['status'])\n"
        f"print([m for m in {HEAVY} if m in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_word_is_broken_on_a_terminal(daemon: Told) -> None:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    subprocess.run([sys.executable, "-m", "unhunch", "status"], stdout=follower, check=True, env=os.environ)
    os.close(follower)
    shown = os.read(leader, 4096).decode().splitlines()
    os.close(leader)
    assert len(shown) > 1
    assert max(map(len, shown)) <= 60
    assert " ".join(shown) == st.lines(STATUS)[0]
