"""Every command line: what it asks of the daemon, what it prints, how it ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.conftest import STATUS, Ran, Told, write
from tests.examples import examples
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import main, unopened, why
from unhunch.cli.index import COMMANDS
from unhunch.cli.to_daemon import tell
from unhunch.control import events
from unhunch.control.lock import lock
from unhunch.core.facts import Fact, Kind
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.said import answers as said_answers

Run = Callable[..., Ran]
LIMIT = 20.0


def screened() -> None:
    """The safety questions were answered: before that no session is noted."""
    tell("screening", {"verdict": "pass"})


def parts(ran: Ran) -> list[str]:
    """What was said on stderr: three parts, no traceback."""
    assert "Traceback" not in ran.err
    lines = ran.err.splitlines()
    assert len(lines) >= 3
    assert all(lines)
    return lines


# Help and mistakes ----------------------------------------------------------------------------------------------------


def test_help_names_every_command_within_80_columns(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    assert all(f"\n  {name} " in ran.out for name in COMMANDS)
    assert max(map(len, ran.out.splitlines())) <= 80
    assert run().out == run("help").out == run("-h").out == ran.out


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from unhunch.cli import main; main(['--help'])\n"
        "print([m for m in ('argparse', 'asyncio', 'rich', 'click', 'json', 'socket') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_examples(run: Run, name: str) -> None:
    ran = run(name, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert "Examples:" in ran.out
    assert f"unhunch {name}" in ran.out.split("Examples:")[1]
    assert max(map(len, ran.out.splitlines())) <= 80


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("unhunch 0")


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("staus",), "'status'"),
        (("stat",), "'status'"),
        (("wek",), "'week'"),
        (("week", "--jsn"), "'--json'"),
        (("morning", "beter"), "'better'"),
        (("amend", "10:00-10:10", "siting"), "'sitting'"),
        (("run", "--source", "mutte"), "'mutter'"),
    ],
)
def test_the_nearest_known_word_is_suggested(run: Run, words: tuple[str, ...], near: str) -> None:
    ran = run(*words)
    assert ran.code == Exit.WRONG
    assert near in parts(ran)[0]


@pytest.mark.parametrize(
    "words",
    [
        ("xyzzy",),
        ("morning",),
        ("status", "extra"),
        ("snooze", "5h"),
        ("snooze", "10s"),
        ("snooze", "soon"),
        ("pause", "until", "yesterday"),
        ("pause", "a", "while"),
        ("amend", "away"),
        ("amend", "10:00", "away"),
        ("log", "--at", "25:00"),
        ("log", "--at", "tomorrow"),
        ("amend", "10:00-9:00", "away"),
        ("log", "--stiffness", "5"),
        ("log", "--stiffness", "5", "11"),
        ("log", "--short", "--long"),
        ("log", "--tingling", "maybe"),
        ("week", "--back", "-1"),
        ("week", "--back", "x"),
        ("week", "--csv", "--json"),
        ("week", "--weeks", "8"),
        ("week", "--name", "M."),
        ("week", "--print", "--weeks", "0"),
        ("week", "--print", "--weeks", "13"),
        ("week", "--print", "--name", "a" * 61),
        ("week", "--print", "--name", "two\nlines"),
        ("forget",),
        ("forget", "--all", "--before", "2026-01-01", "--yes"),
        ("forget", "--before", "never", "--yes"),
        ("forget", "--all"),
        ("plan", "perhaps"),
        ("completion", "powershell"),
        ("export", "--format", "xml"),
        ("import",),
        ("replay",),
    ],
)
def test_wrong_words_end_in_2_and_three_parts(daemon: Told, run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert ran.code == Exit.WRONG
    parts(ran)
    assert daemon.asked == []


NEEDS_A_DAEMON = (
    ("status",),
    ("why",),
    ("snooze",),
    ("skip",),
    ("pause",),
    ("resume",),
    ("stand",),
    ("sit",),
    ("plan",),
    ("plan", "accept"),
    ("events", "--follow"),
)


@pytest.mark.parametrize("words", NEEDS_A_DAEMON)
def test_without_a_daemon_they_end_in_3(run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert ran.code == Exit.NOT_RUNNING
    assert "unhunch enable" in parts(ran)[2]


def test_a_bug_is_owned_and_the_traceback_is_for_the_asking(
    run: Run, monkeypatch: pytest.MonkeyPatch, daemon: Told
) -> None:
    def broken(_: Any) -> list[str]:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(why, "lines", broken)
    ran = run("why")
    assert ran.code == Exit.FAILED
    said = parts(ran)
    assert "ZeroDivisionError: boom" in said[0]
    assert "bug" in said[1]
    assert "UNHUNCH_DEBUG=1" in said[2]
    monkeypatch.setenv("UNHUNCH_DEBUG", "1")
    assert "Traceback" in run("why").err


def test_nobody_reading_any_more_is_no_error(daemon: Told) -> None:
    line = f"{sys.executable} -m unhunch status --json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


def test_a_full_disk_is_named(daemon: Told) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "unhunch", "status", "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=os.environ,
        )  # fmt: skip
    assert done.returncode == Exit.FAILED
    assert "no space left" in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_ctrl_c_ends_quietly(daemon: Told) -> None:
    line = [sys.executable, "-m", "unhunch", "events", "--follow"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ) as follower:
        end = time.monotonic() + LIMIT
        while not daemon.listeners() and time.monotonic() < end:
            time.sleep(0.01)
        follower.send_signal(signal.SIGINT)
        _, err = follower.communicate(timeout=LIMIT)
    assert (follower.returncode, err.strip()) == (130, "")


def test_a_terminal_that_knows_ascii_only_gets_an_answer(daemon: Told) -> None:
    daemon.replies["skip"] = {"text": "\N{CHECK MARK} \udcff"}
    done = subprocess.run(
        [sys.executable, "-m", "unhunch", "skip"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "\\u2713 \\udcff\n")


def test_words_that_are_no_text_are_refused(run: Run) -> None:
    assert run("\udcff").code == Exit.WRONG
    assert run("status", "--\udcff").code == Exit.WRONG
    assert run("import", "/nowhere/\udcff").code == Exit.WRONG


def test_ctrl_d_at_a_question_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", nothing)
    ran = run("forget", "--all")
    assert (ran.code, ran.err.strip()) == (130, "")


def test_a_strangers_runtime_folder_is_not_trusted(places: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = places.make_runtime()
    places.socket.touch()
    link = places.data.parent / "link"
    link.mkdir(mode=0o700)
    (link / "unhunch").symlink_to(real)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(link))
    ran = run("status")
    assert ran.code == Exit.FAILED
    assert "symbolic link" in parts(ran)[0]


ANYTHING = st.lists(
    st.sampled_from(
        [*COMMANDS, "--json", "--help", "--at", "--all", "--format", "until", "10:00-10:30", "away", "1h", "-1", ""]
    )
    | st.text(max_size=8),
    max_size=5,
)
NOT_HERE = ("run", "demo", "replay", "setup", "settings", "enable", "disable", "config", "start")
"""They stay, take long, or change this machine: each has tests of its own."""
HARMLESS = [name for name in COMMANDS if name not in NOT_HERE]


@settings(max_examples=examples(150))
@given(st.sampled_from(HARMLESS) | st.text(max_size=8), ANYTHING)
def test_no_words_lead_to_a_traceback(
    places: Paths, capsys: pytest.CaptureFixture[str], name: str, words: list[str]
) -> None:
    with contextlib.chdir(places.data.parent):  # a file made by chance lands here
        code = main([name, *words])
    _, err = capsys.readouterr()
    assert code in (0, 1, 2, 3)
    assert "Traceback" not in err
    assert "bug in Unhunch" not in err
    assert "Something broke" not in err


# Answers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "asked", "said"),
    [
        (("skip",), ("skip", {}), "Skipped."),
        (("resume",), ("resume", {}), "on again"),
        (("stand",), ("stand", {}), "Standing."),
        (("sit",), ("sit", {}), "Sitting"),
        (("undo",), ("undo", {}), "Taken back"),
        (("snooze",), ("snooze", {}), "again later"),
        (("snooze", "30m"), ("snooze", {"seconds": 1800.0}), "again"),
        (("snooze", "1h", "30m"), ("snooze", {"seconds": 5400.0}), "again"),
        (("snooze", "call"), ("snooze", {"until_call": True}), "call is over"),
        (("morning", "Better"), ("morning", {"feels": "better"}), "Noted"),
        (("plan", "decline"), ("plan_answer", {"accept": False}), "stays"),
    ],
)
def test_answers_reach_the_daemon(
    daemon: Told, run: Run, words: tuple[str, ...], asked: tuple[str, Any], said: str
) -> None:
    ran = run(*words)
    assert ran.code == 0
    assert daemon.asked == [asked]
    assert said in ran.out


def test_the_daemon_has_the_last_word(daemon: Told, run: Run) -> None:
    daemon.replies["skip"] = UserError("There is nothing to skip.", "No session is due.", "See: unhunch status")
    ran = run("skip")
    assert (ran.code, parts(ran)[0]) == (1, "There is nothing to skip.")
    daemon.replies["undo"] = {"undone": "pause"}
    assert run("undo").out == "Taken back: the pause.\n"
    daemon.replies["snooze"] = {"status": {**STATUS, "owed": {"snoozed_until": "2026-11-18T13:40:00+01:00"}}}
    assert run("snooze").out == "It will ask again at 13:40.\n"


def test_a_pause_has_an_end(daemon: Told, run: Run) -> None:
    ran = run("pause", "1h", "--why", "trade fair")
    ((name, args),) = daemon.asked
    assert name == "pause"
    assert args["why"] == "trade fair"
    assert args["seconds"] == 3600
    assert "until" not in args
    assert ran.out.startswith("Paused until ")
    run("pause", "until", "tomorrow")
    assert daemon.asked[-1][1]["until"] > time.time()


def test_everything_undo_can_take_back_has_words() -> None:
    from unhunch.core.facts import UNDOABLE

    assert set(said_answers.UNDONE) == {str(kind) for kind in UNDOABLE}


# What is said about now -----------------------------------------------------------------------------------------------

WHY = {
    "conditions": [
        {"name": "sitting", "text": "sitting today", "value": 98.0, "limit": 115.0, "met": False},
        {"name": "hours", "text": "inside active hours", "value": "yes", "limit": "yes", "met": True},
        {"name": "pause", "text": "seconds without input", "value": 12.5, "limit": 15.0, "met": False},
        {"name": "caps", "text": "notices left today", "value": 3, "limit": 1, "met": True},
    ],
    "holds": [{"why": "call", "text": "you are in a call", "since": "2026-11-18T13:05:00+01:00"}],
    "summary": "No session is due yet.",
}


def test_why_is_a_table(daemon: Told, run: Run) -> None:
    daemon.replies["why"] = WHY
    assert run("why").out.splitlines() == [
        "No session is due yet.",
        "",
        "What a notice needs:",
        "  no   sitting today          1 h 38  (needs 1 h 55)",
        "  yes  inside active hours    yes     (needs yes)",
        "  no   seconds without input  12.5    (needs 15)",
        "  yes  notices left today     3       (needs 1)",
        "",
        "What holds it back:",
        "  you are in a call, since 13:05",
    ]
    assert json.loads(run("why", "--json").out) == WHY


def test_events_are_followed_as_they_happen(daemon: Told) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "unhunch", "events", "--follow"], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as follower:
        end = time.monotonic() + 3 * LIMIT
        while not daemon.listeners() and time.monotonic() < end:
            time.sleep(0.01)
        if not daemon.listeners():
            follower.kill()  # or the reading below would wait for ever
        daemon.publish({"name": "presence", "data": {"presence": "away"}})
        assert follower.stdout is not None
        assert json.loads(follower.stdout.readline()) == {"name": "presence", "data": {"presence": "away"}}
        follower.terminate()


# History without a daemon ---------------------------------------------------------------------------------------------


def facts(places: Paths, *kinds: Kind) -> list[Fact]:
    store = SqliteStore(places.database, read_only=True)
    try:
        return store.read(kinds=kinds or None)
    finally:
        store.close()


def test_a_session_is_logged_and_taken_back(places: Paths, run: Run) -> None:
    screened()
    ran = run(
        "log", "--at", "5m", "ago", "--standard", "--stiffness", "5", "2", "--discomfort", "1", "--tingling", "none"
    )
    assert ran.code == 0
    (session,) = facts(places, Kind.SESSION)
    body = {name: value for name, value in session.body.items() if name not in ("ended", "routine")}
    assert body == {
        "size": "standard",
        "status": "done",
        "source": "log",
        "stiffness_before": 5,
        "stiffness_after": 2,
        "discomfort": 1,
        "tingling": "none",
    }
    assert json.loads(run("week", "--json").out)["done"] == 1
    assert run("undo").out == "Taken back: the session.\n"
    assert json.loads(run("week", "--json").out)["done"] == 0
    assert run("undo").out == "Taken back: your answer to the safety questions.\n"
    ran = run("undo")
    assert (ran.code, parts(ran)[0]) == (1, "There is nothing to take back.")


def test_history_is_corrected(places: Paths, run: Run) -> None:
    ran = run("amend", "yesterday", "10:30-11:15", "away")
    assert ran.out.startswith("From yesterday 10:30 to 11:15 you were away.")
    (correction,) = facts(places, Kind.CORRECTION)
    assert correction.body["as"] == "away"
    assert correction.body["to"] - correction.body["from"] in (45 * 60, 105 * 60)


def test_with_a_daemon_it_writes(daemon: Told, places: Paths, run: Run) -> None:
    assert run("log").code == 0
    assert run("amend", "yesterday", "10:30-11:15", "sitting").code == 0
    assert [name for name, _ in daemon.asked] == ["log", "amend"]
    assert not places.database.exists()


def test_whoever_holds_the_lock_is_named(places: Paths, run: Run) -> None:
    places.make_runtime()
    with lock(places.lock, "a long import"):
        for words in (
            ("log",),
            ("forget", "--all", "--yes"),
            ("import", str(write(places.data / "x", "{}"))),
            ("undo",),
        ):
            ran = run(*words)
            if words[0] == "import":
                assert ran.code == Exit.WRONG  # what is no record is refused before anything is locked
            else:
                assert ran.code == Exit.RUNNING
                assert f"a long import (process {os.getpid()})" in parts(ran)[0]


def test_a_week_of_nothing_is_said_so(run: Run) -> None:
    ran = run("week")
    assert ran.code == Exit.FAILED
    assert "no history" in parts(ran)[1]


def test_several_weeks_are_handed_over_on_one_page_with_a_name_only_if_one_is_typed(
    places: Paths, run: Run, tmp_path: Path
) -> None:
    tell("screening", {"verdict": "pass"})
    assert run("log", "--discomfort", "7").code == 0
    page = tmp_path / "weeks.html"
    ran = run("week", "--print", str(page), "--weeks", "8")
    assert (ran.code, "one A4 page" in ran.out) == (0, True)
    assert page.stat().st_mode & 0o077 == 0
    text = page.read_text(encoding="utf-8")
    assert "discomfort of 7 out of 10" in text
    assert text.count("<tr><td>") == 8
    assert 'class="who"' not in text
    assert run("week", "--print", str(page), "--name", "M. <b>Example").code == 0
    text = page.read_text(encoding="utf-8")
    assert '<span class="who">M. &lt;b&gt;Example</span>' in text
    assert text.count("<tr><td>") == 8


def test_the_week_comes_in_every_form(places: Paths, run: Run, tmp_path: Path) -> None:
    run("log")
    assert "Sessions done" in run("week").out
    rows = run("week", "--csv").out.splitlines()
    assert rows[0].startswith("date,sitting_low_min")
    assert len(rows) == 8
    page = tmp_path / "week.html"
    ran = run("week", "--html", str(page))
    assert ran.code == 0
    assert page.stat().st_mode & 0o777 == 0o600
    assert "<html" in page.read_text(encoding="utf-8")
    ran = run("week", "--choose", "9")
    assert ran.code == Exit.WRONG
    assert "Change nothing." in ran.err
    assert run("week", "--choose", "1").code == 0
    (chosen,) = facts(places, Kind.CHOICE)
    assert chosen.body["choice"] == "nothing"


def test_events_of_today(run: Run) -> None:
    screened()
    run("log")
    lines = [json.loads(line) for line in run("events").out.splitlines()]
    assert "session" in [line["event"] for line in lines]
    assert all(line["at"][-6] in "+-" for line in lines)
    assert run("events", "--since", "now").out == ""


def test_out_and_in_again(places: Paths, run: Run, tmp_path: Path) -> None:
    screened()
    run("log", "--long")
    kept = facts(places)
    copy = tmp_path / "history.json"
    ran = run("export", str(copy))
    assert ran.out.startswith(f"Wrote {len(kept)} facts")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert run("export", "--format", "csv").out.startswith("kind,start")
    assert json.loads(run("export", "--format", "activitywatch").out)["buckets"]

    assert run("forget", "--all", "--yes").out == f"Deleted {len(kept)} facts.\n"
    assert facts(places) == []
    assert f"{len(kept)} facts taken in" in run("import", str(copy)).out
    # What it comes to is noted beside them, once.
    (noted,) = facts(places, Kind.IMPORTED)
    assert [fact for fact in facts(places) if fact != noted] == kept
    back = facts(places)
    told = json.loads(run("import", "--json", str(copy)).out)
    assert (told[0]["facts"], told[0]["new"]) == (len(kept), 0)
    assert facts(places) == back


def test_another_programs_records_are_taken_in_once(places: Paths, run: Run, tmp_path: Path) -> None:
    events = [
        {"timestamp": "2026-11-17T09:00:00+00:00", "duration": 600, "data": {"status": "not-afk"}},
        {"timestamp": "2026-11-17T09:10:00+00:00", "duration": 300, "data": {"status": "afk"}},
    ]
    bucket = {"id": "aw-watcher-afk_x", "type": "afkstatus", "events": events}
    file = write(tmp_path / "buckets.json", json.dumps({"buckets": {"aw-watcher-afk_x": bucket}}))
    assert "2026-11-17 to 2026-11-17" in run("import", str(file)).out
    (seen,) = facts(places, Kind.INPUT)
    assert (seen.length, seen.device) == (600, "activitywatch")
    assert "known already" in run("import", str(file)).out
    assert len(facts(places, Kind.INPUT)) == 1


def test_a_recording_is_replayed_beside_the_history(places: Paths, run: Run, tmp_path: Path) -> None:
    events = [{"timestamp": "2026-11-17T09:00:00+00:00", "duration": 7200, "data": {"status": "not-afk"}}]
    bucket = {"id": "aw-watcher-afk_x", "type": "afkstatus", "events": events}
    file = write(tmp_path / "buckets.json", json.dumps({"buckets": {"aw-watcher-afk_x": bucket}}))
    ran = run("replay", "--json", "--answer", "snooze", str(file))
    assert ran.code == 0
    assert json.loads(ran.out)["days"][0]["sitting_min"]["best"] == pytest.approx(121, abs=1)
    assert "2026-11-17" in run("replay", str(file)).out
    assert not places.database.exists()


def test_replay_as_json_has_the_documented_shape(places: Paths, run: Run, tmp_path: Path) -> None:
    """Exactly these keys, numbers in minutes, times in ISO 8601 with their offset."""
    spans = [(9, 0, 7200), (11, 20, 3000), (13, 0, 9000)]
    events = [
        {"timestamp": f"2026-11-17T{hour:02d}:{minute:02d}:00+00:00", "duration": length, "data": {"status": "not-afk"}}
        for hour, minute, length in spans
    ]
    bucket = {"id": "aw-watcher-afk_x", "type": "afkstatus", "events": events}
    ran = run(
        "replay", "--json", str(write(tmp_path / "buckets.json", json.dumps({"buckets": {bucket["id"]: bucket}})))
    )
    assert ran.code == 0
    told = json.loads(ran.out)
    assert set(told) == {"days", "totals", "problems", "failed"}
    assert told["failed"] == []
    assert isinstance(told["totals"], dict)
    assert isinstance(told["problems"], list)
    (day,) = told["days"]
    assert set(day) == {"date", "sitting_min", "stretches", "prompts", "held"}
    assert day["date"] == "2026-11-17"
    assert set(day["sitting_min"]) == {"low", "best", "high"}
    assert day["sitting_min"]["low"] <= day["sitting_min"]["best"] <= day["sitting_min"]["high"]
    assert day["stretches"]
    assert day["prompts"], "nobody answers for hours: it asks"
    assert day["held"]
    for stretch in day["stretches"]:
        assert set(stretch) == {"start", "end", "min"}
        assert moment(stretch["end"]) > moment(stretch["start"])
        assert stretch["min"] >= 0
    for prompt in day["prompts"]:
        assert set(prompt) == {"at", "kind", "step", "reason", "pause_s"}
        assert moment(day["stretches"][0]["start"]) <= moment(prompt["at"]) <= moment(day["stretches"][-1]["end"])
        assert prompt["kind"] in ("session", "nudge")
        assert isinstance(prompt["step"], int)
        assert isinstance(prompt["reason"], str)
        assert isinstance(prompt["pause_s"], int | float)
    for hold in day["held"]:
        assert set(hold) == {"from", "to", "why"}
        assert moment(hold["to"]) > moment(hold["from"])


def moment(text: str) -> datetime:
    """A time that names its offset from UTC."""
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None, text
    return found


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nonsense", '{"unhunch": 1, "facts": [{}]}', '{"unhunch": 99}', "\0" * 64]
)
def test_what_is_no_record_is_refused(places: Paths, run: Run, tmp_path: Path, text: str) -> None:
    ran = run("import", str(write(tmp_path / "x", text)))
    assert ran.code == Exit.WRONG
    parts(ran)
    assert not places.database.exists()


def test_files_that_are_not_there_are_named(run: Run, tmp_path: Path) -> None:
    for words in (
        ("import", str(tmp_path / "none")),
        ("routine", "check", str(tmp_path / "none.toml")),
        ("routine", "add", str(tmp_path / "none.toml")),
        ("import", str(tmp_path)),
    ):
        ran = run(*words)
        assert ran.code in (Exit.FAILED, Exit.WRONG)
        assert str(tmp_path) in parts(ran)[0]


def test_forgetting_asks_back(places: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    screened()
    run("log")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: "")
    assert run("forget", "--all").out.endswith("[y/N] Nothing was deleted.\n")
    assert facts(places)
    monkeypatch.setattr("builtins.input", lambda: "yes")
    assert parts(run("forget", "--before", "tomorrow", "--yes"))[0] == "That day has not come yet."
    assert facts(places)
    assert run("forget", "--all").code == 0
    assert facts(places) == []


def test_a_broken_configuration_is_named_and_holds_nothing_up(places: Paths, run: Run) -> None:
    screened()
    write(places.config_file, "goal = 9\n")
    ran = run("log")
    assert ran.code == Exit.DONE
    assert "goal = 9" in ran.err
    assert "The defaults hold until then." in ran.err
    assert [fact for fact in facts(places) if fact.kind is Kind.SESSION]


# Sessions -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answers typed at the terminal."""
    typed: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: typed.pop(0))
    return typed


def test_one_yes_means_ask_your_doctor(daemon: Told, run: Run, person: list[str]) -> None:
    person += ["y", "", "perhaps", "y"]
    ran = run("screening")
    assert ran.code == Exit.FAILED
    assert ("screening", {"verdict": "ask-doctor"}) in daemon.asked
    assert "unhunch screening --confirm" in ran.out
    person += ["yes"]
    assert run("screening", "--confirm").code == 0
    assert daemon.asked[-1] == ("screening", {"verdict": "confirmed"})


def test_only_the_verdict_is_sent(daemon: Told, run: Run, person: list[str]) -> None:
    person += ["y", "n"]
    assert run("screening").code == 0
    assert daemon.asked == [("screening", {"verdict": "pass"})]


def test_without_a_roller_or_a_floor_the_session_is_not_for_you_and_the_questions_are_the_way_back(
    daemon: Told, run: Run, person: list[str]
) -> None:
    person += ["", "n"]
    ran = run("screening")
    assert ran.code == Exit.FAILED
    assert daemon.asked == [("screening", {"verdict": "unable"})]
    assert "Does any of these apply" not in ran.out
    assert "not for you now. Ask the clinic" in ran.out
    assert "notices to stand up stay. When both are there: unhunch screening" in ran.out
    person += ["y", "n"]
    assert run("screening").code == 0
    assert daemon.asked[-1] == ("screening", {"verdict": "pass"})


def test_questions_need_a_person(daemon: Told, run: Run) -> None:
    ran = run("screening")
    assert ran.code == Exit.WRONG
    assert daemon.asked == []


def test_stopped_sessions_do_not_start(daemon: Told, run: Run) -> None:
    daemon.replies["session_plan"] = UserError("Tingling stayed.", "Sessions are off.", events.CONFIRM)
    ran = run("start", "--terminal")
    assert ran.code == Exit.FAILED
    assert "unhunch screening --confirm" in parts(ran)[2]
    assert ran.err.startswith("Tingling stayed.")
    assert [name for name, _ in daemon.asked] == ["session_plan"]


def test_stopped_sessions_do_not_start_without_a_daemon_either(run: Run) -> None:
    assert run("log", "--tingling", "persisted").code == 0
    ran = run("start", "--terminal")
    assert (ran.code, parts(ran)[0].startswith("Tingling stayed")) == (Exit.FAILED, True)
    assert "undo --slip" in parts(ran)[2]
    assert run("undo").code == Exit.FAILED
    assert run("undo", "--slip").out.startswith("Taken back: it was a slip.")
    assert run("log", "--discomfort", "9").code == 0
    assert "already" in parts(run("undo", "--slip"))[0]


# Doctor, routine, completion ------------------------------------------------------------------------------------------


def test_doctor_without_a_daemon(run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 0
    assert "not running" in ran.out
    assert all(set(row) >= {"group", "name", "ok", "note", "remedy"} for row in json.loads(run("doctor", "--json").out))


def test_doctor_names_what_is_broken(places: Paths, run: Run) -> None:
    write(places.config_file, "goal = 9\n")
    write(places.database, "not a database, but long enough to be looked at" * 40)
    ran = run("doctor")
    assert ran.code == Exit.FAILED
    assert "not a database" in " ".join(ran.out.split())
    assert max(map(len, ran.out.splitlines())) <= 80 + len(str(places.database))  # a path is not broken
    assert "goal" in ran.out


def test_doctor_asks_the_daemon(daemon: Told, run: Run) -> None:
    probe = {"usable": True, "note": "exact", "remedy": ""}
    daemon.replies["doctor"] = {
        **{name: STATUS[name] for name in ("source", "notifier", "tray", "store", "version")},
        "sources": [
            {"name": "x11", **probe},
            {"name": "mutter", "usable": False, "note": "no GNOME", "remedy": "Log in to GNOME."},
        ],
        "surroundings": [{"name": "logind", "conditions": ["locked"], "failures": 0, **probe}],
        "problems": ["The disk is full."],
        "failures": {},
    }
    out = run("doctor").out
    assert " *ok  x11 " in out
    assert "  --  mutter " in out
    assert "Log in to GNOME." in out
    assert "The disk is full." in out


def test_doctor_tells_the_rest_where_the_daemon_does_not_answer(daemon: Told, run: Run) -> None:
    daemon.replies["doctor"] = UserError("It is stuck.", "Nobody knows why.", "Restart it.", Exit.FAILED)
    ran = run("doctor")
    said = " ".join(ran.out.split())
    assert ran.code == Exit.FAILED
    assert "-- daemon It is stuck. Nobody knows why. Restart it." in said
    assert "ok version" in said
    assert "Keyboard and mouse:" in said


def test_the_routine_in_force_and_a_bad_one(run: Run, tmp_path: Path) -> None:
    out = run("routine").out
    assert all(length in out for length in ("2:47", "5:31", "8:26"))
    ran = run("routine", "check", str(write(tmp_path / "mine.toml", "format = 1\n")))
    assert ran.code == Exit.WRONG
    assert "positions" in ran.err


def test_a_routine_of_ones_own_is_checked_kept_and_previewed(run: Run, places: Paths, tmp_path: Path) -> None:
    built_in = resources.files("unhunch").joinpath("routines", "thoracic-foam-roller.toml").read_text()
    mine = write(tmp_path / "mine.toml", built_in.replace("Upper-back foam roller", "My own roller"))
    assert run("routine", "add", str(mine)).code == Exit.DONE
    assert (places.routines / "mine.toml").read_text() == mine.read_text()
    assert run("routine", "add", str(mine)).code == Exit.DONE, "again is harmless"
    out = run("routine").out
    assert "My own roller" in out
    shown = run("routine", "preview", "mine", "--size", "short").out
    assert "2:47" in shown
    assert "neck" in shown
    assert "Always check with your doctor" in shown
    other = write(tmp_path / "other" / "mine.toml", built_in)
    assert run("routine", "add", str(other)).code == Exit.WRONG
    assert (places.routines / "mine.toml").read_text() == mine.read_text(), "never overwritten"
    parts(run("routine", "preview", "nobody"))
    parts(run("routine", "check"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(run: Run, shell: str) -> None:
    ran = run("completion", shell)
    assert ran.code == 0
    assert "snooze" in ran.out


def test_the_bash_completion_completes(run: Run, tmp_path: Path) -> None:
    script = write(tmp_path / "completion", run("completion", "bash").out)
    line = (
        f"source {script}; COMP_WORDS=(unhunch sn); COMP_CWORD=1; "
        "f=$(complete -p unhunch | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f unhunch sn unhunch; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["snooze"]


def test_a_session_in_the_terminal_tells_what_was_done(daemon: Told, run: Run) -> None:
    daemon.replies["status"] = {**STATUS, "screening": "pass", "mode": ""}
    daemon.replies["session_plan"] = {"size": "standard", "voice": False}
    ran = run("start", "--short", "--terminal", "--speed", "100")
    assert ran.code == 0
    told = [args for name, args in daemon.asked if name == "session"]
    assert told[0]["event"] == "began"
    assert told[0]["routine"] == "thoracic-foam-roller"
    assert told[0]["size"] == "short"
    assert told[0]["planned_s"] == 104.0
    assert told[0]["source"] == "terminal"
    assert told[-1]["event"] == "ended"
    # Nobody can give a sign without a keyboard: never called done (MODEL 6).
    assert told[-1]["status"] == "unknown"
    assert told[-1]["roller_s"] == pytest.approx(104.0, abs=5)
    assert "never roll up to your neck" in " ".join(ran.out.split())


def test_the_programme_chooses_where_it_has_to(daemon: Told, run: Run) -> None:
    """The first session and the easy one leave no choice of size."""
    daemon.replies["status"] = {**STATUS, "screening": "pass", "mode": ""}
    daemon.replies["session_plan"] = {"size": "first", "voice": False}
    assert run("start", "--long", "--terminal", "--speed", "100").code == 0
    assert next(args for name, args in daemon.asked if name == "session")["size"] == "first"


def test_an_unopened_page_is_told_in_the_terminal_and_by_a_notice(
    daemon: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    unopened.tell_unopened("http://127.0.0.1:1234/#token")
    assert "http://127.0.0.1:1234/#token" in capsys.readouterr().out
    until = time.monotonic() + LIMIT
    while not daemon.asked and time.monotonic() < until:
        time.sleep(0.01)
    assert daemon.asked == [("unopened", {"address": "http://127.0.0.1:1234/#token"})]


@pytest.mark.parametrize(
    ("programs", "configured", "voice", "browser"),
    [
        (("pw-play", "firefox"), "", "ok  voice recorded; in the terminal by pw-play", "ok  browser firefox"),
        (("espeak-ng", "w3m"), "", "?? voice recorded; in the terminal by espeak-ng To hear", "-- browser w3m runs no"),
        ((), "", "?? voice recorded; in the terminal by chimes and text", "-- browser none found Without one: unhunch"),
        (
            (),
            "session.voice = false\n",
            "?? voice switched off To hear it: unhunch config set",
            "-- browser none found",
        ),
    ],
)
def test_doctor_says_what_speaks_and_what_shows_the_page(
    places: Paths,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    programs: tuple[str, ...],
    configured: str,
    voice: str,
    browser: str,
) -> None:
    found = tmp_path / "bin"
    found.mkdir()
    for name in programs:
        (found / name).write_text("#!/bin/sh\n")
        (found / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(found))
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setattr("webbrowser._tryorder", None)
    monkeypatch.setattr("webbrowser._browsers", {})
    if configured:
        write(places.config_file, configured)
    said = " ".join(run("doctor").out.split())
    assert " ".join(voice.split()) in said
    assert " ".join(browser.split()) in said
