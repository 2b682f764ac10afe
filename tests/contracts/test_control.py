"""Every command of the table: what it takes, and that everything else is refused in words."""

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unhunch.control.arguments import COMMANDS, check, read_request
from unhunch.control.protocol import LONGEST_LINE, done, encode, object_of, read_reply, refused, request
from unhunch.errors import Exit, UserError

GOOD: dict[str, dict[str, Any]] = {
    "start": {"size": "short"},
    "snooze": {"seconds": 600},
    "pause": {"until": 1_800_000_000, "why": "holidays"},
    "log": {
        "ended": 1_800_000_000.5,
        "size": "long",
        "stiffness_before": 5,
        "stiffness_after": 0,
        "discomfort": 10,
        "tingling": "none",
    },
    "typed": {"words": ["status"], "columns": 80, "zone": "Europe/Berlin", "env": {"LANG": "de_DE.UTF-8"}},
    "amend": {"from": 1.0, "to": 2.0, "as": "away"},
    "plan_answer": {"accept": False},
    "morning": {"feels": "worse"},
    "rate": {"stiffness_before": 6, "stiffness_after": 3, "discomfort": 1, "tingling": "none"},
    "recovery": {"feels": "gone"},
    "screening": {"verdict": "ask-doctor"},
    "session": {"event": "ended", "status": "done", "size": "first", "branches": ["tingling", "elbows in"]},
    "choice": {"choice": "nothing"},
    "forget": {"before": 1_800_000_000.0},
    "unopened": {"address": "http://127.0.0.1:8000/#token"},
    "imported": {"days": [["2026-11-16", 16200.0]]},
}
BAD = [
    ("snooze", {"seconds": 0}),
    ("snooze", {"seconds": 4 * 3600 + 1}),
    ("snooze", {"seconds": "600"}),
    ("snooze", {"seconds": True}),
    ("snooze", {"seconds": math.nan}),
    ("snooze", {"seconds": math.inf}),
    ("snooze", {"seconds": 600, "until_call": True}),
    ("snooze", {"until_call": 1}),
    ("snooze", {"minutes": 3}),
    ("status", {"anything": 1}),
    ("pause", {}),
    ("pause", {"until": 1_800_000_000, "seconds": 60}),
    ("pause", {"until": -1}),
    ("pause", {"until": 10**400}),
    ("pause", {"until": 1, "why": "two\nlines"}),
    ("pause", {"until": 1, "why": "x" * 201}),
    ("pause", {"until": 1, "why": "\ud800"}),
    ("log", {"ended": 1, "stiffness_before": 11}),
    ("log", {"ended": 1, "stiffness_before": 2.5}),
    ("log", {"ended": 1, "tingling": "yes"}),
    ("amend", {"from": 2, "to": 1, "as": "away"}),
    ("amend", {"from": 1, "to": 1, "as": "away"}),
    ("amend", {"from": 1, "to": 2}),
    ("amend", {"from": 1, "to": 2, "as": "asleep"}),
    ("plan_answer", {"accept": "yes"}),
    ("session", {"event": "ended", "branches": ["x"] * 33}),
    ("session", {"event": "ended", "branches": "tingling"}),
    ("session", {"event": "exploded"}),
    ("imported", {}),
    ("imported", {"days": [["2026-11-16"]]}),
    ("imported", {"days": [[1, 2]]}),
    ("imported", {"days": [["2026-11-16", 1.0]] * 201}),
    ("forget", {}),
    ("forget", {"all": False}),
    ("forget", {"all": True, "before": 1.0}),
    ("typed", {}),
    ("typed", {"words": ["a\nb"]}),
    ("typed", {"words": ["status"], "columns": 0}),
    ("nonsense", {}),
    ("", {}),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_comes_through(command: str) -> None:
    args = GOOD.get(command, {})
    asked = read_request(object_of(request(command, args, "x")))
    assert (asked.id, asked.command, asked.args) == ("x", command, args)


@pytest.mark.parametrize(("command", "args"), BAD)
def test_wrong_arguments_are_refused_in_words(command: str, args: dict[str, Any]) -> None:
    with pytest.raises(UserError) as caught:
        check(command, args)
    error = caught.value
    assert error.code == Exit.WRONG
    assert error.what
    assert error.means
    assert error.remedy


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'{"v":2,"cmd":"status"}\n',
        b'{"v":1}\n',
        b'{"v":1,"cmd":1}\n',
        b"\xff\n",
        b'{"v":1,"cmd":"status","args":[]}\n',
        b"[" * 60000,
        b'{"v":true,"cmd":"status"}\n',
    ],
)
def test_what_is_no_request_is_refused(line: bytes) -> None:
    with pytest.raises(UserError) as caught:
        read_request(object_of(line))
    assert caught.value.code == Exit.WRONG


@given(st.binary(max_size=200))
def test_noise_is_refused(line: bytes) -> None:
    assume(b'"cmd"' not in line)  # what names a command may be a request
    with pytest.raises(UserError):
        read_request(object_of(line))


JSON = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.text())
    | st.dictionaries(st.text(), st.none())
)
NAMES = sorted({name for args in COMMANDS.values() for name in args})


@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4))
def test_what_passes_is_what_the_table_says(command: str, args: dict[str, Any]) -> None:
    try:
        found = check(command, args)
    except UserError:
        return
    assert set(found) <= set(COMMANDS[command])
    assert all(COMMANDS[command][name].accepts(value) for name, value in found.items())
    assert len(request(command, found)) <= LONGEST_LINE


def test_a_refusal_arrives_as_the_same_error() -> None:
    with pytest.raises(UserError) as caught:
        read_reply(refused(7, UserError("Wh\u00e4t.", "Means.", "Type.", Exit.RUNNING)))
    error = caught.value
    assert (error.what, error.means, error.remedy, error.code) == ("Wh\u00e4t.", "Means.", "Type.", Exit.RUNNING)


def test_data_and_events_arrive() -> None:
    assert read_reply(done(1, {"a": [1]})) == {"a": [1]}
    assert read_reply(encode({"event": {"b": 2}})) == {"b": 2}


def test_another_versions_daemon_is_named() -> None:
    with pytest.raises(UserError, match="another version") as caught:
        read_reply(json.dumps({"v": 2, "ok": True, "data": {}}).encode())
    assert "restart" in caught.value.remedy


def test_nan_never_leaves() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        done(1, {"x": math.nan})
