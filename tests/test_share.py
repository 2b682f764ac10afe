"""What is installed beside the package: the manual page renders, the shells really complete, all of it is current."""

import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from tools import share

from tests.desktop.parts import needs
from unhunch.cli.completion import FILES, MANUAL
from unhunch.cli.index import COMMANDS
from unhunch.service import Login

ROOT = Path(__file__).parents[1]
LIMIT = 30.0


@pytest.mark.parametrize("name", share.files())
def test_what_lies_in_share_is_what_the_command_line_says(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == share.files()[name], "run 'make share'"


def test_the_manual_page_renders_without_a_warning() -> None:
    needs("man")
    env = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANPAGER": "cat", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(
        ["man", "--warnings", "-l", str(ROOT / MANUAL)], env=env, capture_output=True, text=True, timeout=LIMIT
    )
    assert done.returncode == 0
    assert done.stderr == ""
    for name in COMMANDS:
        assert f"unhunch {name}" in done.stdout
    assert "unhunch status --format '{stretch}, next {next_at}'" in done.stdout, "quotes can be copied"
    assert "--dry-run" in done.stdout, "so can dashes"


def test_the_manual_page_names_several_values_as_words() -> None:
    text = (ROOT / MANUAL).read_text("utf-8")
    assert "\\fB\\-\\-stiffness\\fR \\fIBEFORE AFTER\\fR" in text
    assert "('" not in text
    for name in ("LANG", "NO_COLOR", "XDG_CONFIG_HOME", "BROWSER", "EDITOR"):
        assert name in text.split(".SH ENVIRONMENT")[1]


def test_the_menu_entry_and_the_software_centres_description_are_valid(tmp_path: Path) -> None:
    needs("desktop-file-validate", "appstreamcli")
    for line in (
        ["desktop-file-validate", str(ROOT / share.MENU)],
        ["appstreamcli", "validate", "--no-net", str(ROOT / share.METAINFO)],
    ):
        done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warning" not in done.stdout + done.stderr
    assert (ROOT / share.PICTURE).is_file()
    # So are the entries that `unhunch enable` writes.
    login = Login({"HOME": str(tmp_path), "PATH": os.environ["PATH"]}, ("/opt/my venv/bin/unhunch",), "linux")
    for number, file in enumerate(login.install(dry_run=True).files):
        if file.path.suffix == ".desktop":
            (tmp_path / f"{number}.desktop").write_text(file.text)
            done = subprocess.run(["desktop-file-validate", str(tmp_path / f"{number}.desktop")], check=False)
            assert done.returncode == 0


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, *argv: str, home: Path) -> None:
        self._us, them = pty.openpty()
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        self._process = subprocess.Popen(argv, stdin=them, stdout=them, stderr=them, env=env, start_new_session=True)
        os.close(them)
        self.said = ""

    def type(self, text: str) -> None:
        os.write(self._us, text.encode())

    def until(self, word: str) -> None:
        end = time.monotonic() + LIMIT
        while word not in self.said:
            assert time.monotonic() < end, f"waited in vain for {word!r} in\n{self.said}"
            if select.select([self._us], [], [], 0.1)[0]:
                self.said += os.read(self._us, 4096).decode(errors="replace")

    def forget(self) -> None:
        self.said = ""

    def close(self) -> None:
        self._process.kill()
        self._process.wait(LIMIT)
        os.close(self._us)


ASKED = (
    ("unhunch stat", "unhunch status"),
    ("unhunch status --for", "status --format"),
    ("unhunch config ed", "config edit"),
    ("unhunch completion fi", "completion fish"),
    ("unhunch config set snooze.len", "snooze.length"),
)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_tab_completes(shell: str, tmp_path: Path) -> None:
    needs(shell)
    file = ROOT / FILES[shell]
    if shell == "bash":
        opened = Shell("bash", "--norc", "--noprofile", "-i", home=tmp_path)
        opened.type(f"bind 'set bell-style none'; source '{file}'; echo rea''dy\n")
    else:
        (folder := tmp_path / "functions").mkdir()
        shutil.copy(file, folder / "_unhunch")
        opened = Shell("zsh", "-f", "-i", home=tmp_path)
        opened.type(f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u; echo rea''dy\n")
    try:
        opened.until("ready")
        for typed, wanted in ASKED:
            opened.forget()
            opened.type(f"{typed}\t")
            opened.until(wanted)
            opened.type("\x15")  # Ctrl-U: the line is emptied
    finally:
        opened.close()


def test_fish_completes(tmp_path: Path) -> None:
    needs("fish")
    file = ROOT / FILES["fish"]
    for typed, wanted in ASKED:
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source '{file}'; complete -C '{typed}'"],
            env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert done.stderr == ""
        assert wanted.split()[-1] in done.stdout, typed
