"""unhunch config, as a person meets it."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from unhunch.cli import main
from unhunch.config import load
from unhunch.config.example import example
from unhunch.core.settings import options


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / "unhunch" / "config.toml"


class Result(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def run(*words: str) -> Result:
    """unhunch config WORDS, in this process, with nobody at the keyboard."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["config", *words])
    return Result(code, out.getvalue(), err.getvalue())


def given_file(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def an_editor(tmp_path: Path, script: str) -> str:
    """A program that does to the draft, `"$1"`, what a person might."""
    editor = tmp_path / "my editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    return f"'{editor}'"


def test_path_is_said_before_the_file_exists(file: Path) -> None:
    assert run("path").output == f"{file}\n"


def test_show_names_what_differs_and_what_was_the_default(file: Path) -> None:
    given_file(file, 'goal = 2\nlook.present = "20 s"\n')
    lines = run("show").output.splitlines()
    assert lines[0] == f"# {file}"
    assert "goal = 2  # default: 1" in lines
    assert 'look.present = "20 s"  # default: "30 s"' in lines
    assert 'session.size = "short"' in lines
    assert not [line for line in lines if line.startswith("look.away")]
    assert 'look.away = "15 s"' in run("show", "--all").output.splitlines()


def test_what_show_prints_is_a_configuration(file: Path, tmp_path: Path) -> None:
    given_file(file, 'goal = 2\nhours.fri = "08:00-14:00"\n')
    again = tmp_path / "again.toml"
    again.write_text(run("show", "--all").output)
    assert load(again) == load(file)


def test_show_as_json(file: Path) -> None:
    given_file(file, 'snooze.length = "1 h"\n')
    shown = json.loads(run("show", "--json").output)
    assert shown["file"] == str(file)
    assert shown["options"]["snooze.length"]["value"] == "1 h"
    assert shown["options"]["snooze.length"]["default"] == "10 min"


def test_check_says_all_is_well(file: Path) -> None:
    assert "all options have their defaults" in run("check").output
    given_file(file, "goal = 3\n")
    result = run("check")
    assert result.exit_code == 0
    assert "1 differs from the default" in result.output


@pytest.mark.parametrize("words", [("check",), ("show",), ("set", "goal", "2")])
def test_a_wrong_configuration_is_exit_code_2_with_every_problem(file: Path, words: tuple[str, ...]) -> None:
    given_file(file, 'goal = 30\nsourc = "x11"\n')
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "line 1: goal = 30: must be a whole number from 1 to 4" in result.stderr
    assert "line 2: sourc: there is no such option (did you mean source?)" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_of_another_file(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "other.toml"
    assert run("check", str(other)).exit_code == 2
    other.write_text("goal = 2\n")
    assert run("check", str(other)).exit_code == 0


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (("snooze.length", "15", "min"), "snooze", 900.0),
        (("hours.fri", "08:00-12:00,", "13:00-15:00"), "hours_fri", ((480, 720), (780, 900))),
        (("hours.sun", "never"), "hours_sun", ()),
        (("goal", "3"), "goal", 3),
        (("due.pull_share", "0.5"), "pull_share", 0.5),
        (("session.voice", "false"), "session_voice", False),
        (("calls.ignore", "OBS Studio", "cava"), "ignored_apps", ("OBS Studio", "cava")),
        (("workdays", "mon", "wed"), "workdays", ("mon", "wed")),
        (("source", "x11"), "source", "x11"),
        (("session.routine", "my own"), "routine", "my own"),
    ],
)
def test_set_takes_words_without_quotes(file: Path, words: tuple[str, ...], name: str, value: object) -> None:
    result = run("set", *words)
    assert result.exit_code == 0, result.output
    assert getattr(load(file), name) == value
    assert str(file) in result.output


def test_unset_takes_options_back_to_their_defaults_and_keeps_the_rest(file: Path) -> None:
    given_file(file, '# mine\ngoal = 3\n\n[snooze]\nlength = "15 min"  # longer\nmax = 2\n')
    result = run("unset", "goal", "snooze.length")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == 'goal = 1  # the default\nsnooze.length = "10 min"  # the default\n'
    assert "# mine" in file.read_text()
    assert "max = 2" in file.read_text()
    assert "length" not in file.read_text()


def test_each_option_can_be_unset_and_where_nothing_is_set_nothing_is_written(file: Path) -> None:
    assert run("unset", *(item.key for item in options())).exit_code == 0
    assert not file.exists()


@pytest.mark.parametrize("written", ["", "goal = 3\n"], ids=["no file", "a file"])
def test_unset_of_an_unknown_option_says_so_in_three_parts_and_changes_none(file: Path, written: str) -> None:
    if written:
        given_file(file, written)
    result = run("unset", "goal", "snoze.length")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "There is no option snoze.length. Did you mean snooze.length?",
        "Nothing was done.",
        "'unhunch config show --all' lists every option.",
    ]
    assert (file.read_text() if file.exists() else "") == written
    assert run("unset").exit_code == 2


def test_set_default_takes_the_option_out(file: Path) -> None:
    given_file(file, "# mine\ngoal = 3\n")
    assert run("set", "goal", "--default").exit_code == 0
    assert load(file).goal == 1
    assert "# mine" in file.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gaol", "1"), "Did you mean goal?"),
        (("goal",), "goal needs a value or --default"),
        (("goal", "2", "--default"), "one of the two"),
        (("goal", "many"), "It takes a whole number from 1 to 4"),
        (("goal", '1\nsource = "x11"'), "cannot be"),
        (("session.size", "tiny"), "one of short, standard, long"),
        (("snooze.length", "10"), "a duration from"),
    ],
)
def test_set_refuses(file: Path, words: tuple[str, ...], said: str) -> None:
    result = run("set", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not file.exists()


def test_edit_starts_with_the_example_and_saves(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("VISUAL", an_editor(tmp_path, "sed -i 's/^goal = 1/goal = 2/' \"$1\""))
    result = run("edit")
    assert result.exit_code == 0, result.output
    assert "Saved" in result.output
    assert file.read_text() == example().replace("\ngoal = 1", "\ngoal = 2")
    assert not list(tmp_path.glob("unhunch-*"))


def test_edit_without_a_change_makes_no_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", an_editor(tmp_path, "true"))
    assert run("edit").output == "Nothing was changed.\n"
    assert not file.exists()


def test_edit_can_mend_a_broken_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_file(file, "goal = = 1\n")
    monkeypatch.setenv("VISUAL", an_editor(tmp_path, "echo 'goal = 4' > \"$1\""))
    assert run("edit").exit_code == 0
    assert load(file).goal == 4


def test_edit_keeps_what_is_wrong_apart(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_file(file, "goal = 3\n")
    monkeypatch.setenv("VISUAL", an_editor(tmp_path, "echo 'goal = 17' > \"$1\""))
    result = run("edit")
    assert result.exit_code == 2
    assert "line 1: goal = 17: must be a whole number from 1 to 4" in result.stderr
    assert file.read_text() == "goal = 3\n"
    (draft,) = tmp_path.glob("unhunch-*/config.toml")
    assert draft.read_text() == "goal = 17\n"
    assert str(draft) in result.stderr


def test_edit_does_not_overwrite_what_somebody_else_wrote(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_file(file, "goal = 3\n")
    monkeypatch.setenv("VISUAL", an_editor(tmp_path, f"echo 'goal = 2' > \"$1\"; echo 'goal = 4' > '{file}'"))
    result = run("edit")
    assert result.exit_code == 1
    assert "changed by somebody else" in result.stderr
    assert load(file).goal == 4


@pytest.mark.parametrize("editor", ["false", "/no/such/editor"])
def test_an_editor_that_fails(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: str) -> None:
    monkeypatch.setenv("VISUAL", editor)
    result = run("edit")
    assert result.exit_code == 2
    assert "The editor did not work" in result.stderr
    assert "Set EDITOR" in result.stderr
    assert not list(tmp_path.glob("unhunch-*"))


def test_on_a_terminal_the_editor_opens_again_until_all_is_right(file: Path, tmp_path: Path) -> None:
    """A real terminal: the first try is wrong, "y" opens the same draft again, the second try is right."""
    script = 'if grep -q "= 17" "$1"; then echo "goal = 2" > "$1"; else echo "goal = 17" > "$1"; fi'
    us, them = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "unhunch", "config", "edit"],
        env={**os.environ, "VISUAL": an_editor(tmp_path, script)},
        stdin=them,
        stdout=them,
        stderr=them,
    )
    os.close(them)
    os.write(us, b"y\n")
    said = b""
    while True:
        try:
            part = os.read(us, 4096)
        except OSError:  # the terminal's other end is closed: the program has ended
            break
        if not part:
            break
        said += part
    os.close(us)
    assert process.wait(30) == 0, said.decode()
    assert b"goal = 17: must be" in said
    assert load(file).goal == 2


def test_open_makes_the_file_and_says_where_it_is_when_nothing_opens_it(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a click on the tray's Settings finds it: nobody at a keyboard, no program for text files."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    result = run("open")
    assert result.exit_code == 1
    assert str(file) in result.output
    assert file.read_text() == example()
    file.write_text("goal = 2\n")
    run("open")
    assert file.read_text() == "goal = 2\n"


def test_open_hands_the_file_to_the_desktop(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opener = tmp_path / "bin/xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("INVOCATION_ID", raising=False)
    assert run("open").exit_code == 0
    assert (tmp_path / "opened").read_text() == f"{file}\n"


@pytest.mark.parametrize(("typed", "value"), [("off", False), ("Yes", True), ("FALSE", False)])
def test_a_flag_takes_what_people_type(file: Path, typed: str, value: bool) -> None:
    assert run("set", "session.voice", typed).exit_code == 0
    assert load(file).session_voice is value


def test_one_option_is_shown(file: Path) -> None:
    assert run("show", "snooze.length").output.startswith('snooze.length = "10 min"  # ')
    assert "Did you mean snooze.length?" in run("show", "snooze.lenght").stderr


def test_without_a_terminal_no_editor_is_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    result = run("edit")
    assert result.exit_code == 2
    assert "config open" in result.stderr
    assert not file.exists()


def test_a_wrong_action_is_named_with_the_nearest(file: Path) -> None:
    result = run("edti")
    assert result.exit_code == 2
    assert "Did you mean 'edit'?" in result.stderr
    assert "config show" in run().stderr
