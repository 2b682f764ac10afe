"""`unhunch uninstall` and `man` where no desktop is: what is said, and what is not touched."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Told, write
from tests.cli.test_service import answer
from unhunch.adapters.installation import Installation, Kind
from unhunch.errors import Exit
from unhunch.paths import Paths

Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No systemctl and no man on the PATH."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SUDO_USER", "DBUS_SESSION_BUS_ADDRESS", "XDG_CURRENT_DESKTOP"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_what_the_user_made_is_left_and_named(run: Run, places: Paths, home: Path) -> None:
    write(places.routines / "mine.toml", "# mine\n")
    completion = write(home / ".config/fish/completions/unhunch.fish", "complete\n")
    said = run("uninstall")
    assert said.code == 0, said.err
    assert f"  your own routines: {places.routines}" in said.out
    assert f"  a completion that you put there: {completion}" in said.out
    assert (places.routines / "mine.toml").exists()


def test_the_history_is_deleted_only_when_somebody_says_yes(run: Run, places: Paths) -> None:
    run("screening")
    from unhunch.cli.to_daemon import tell

    tell("screening", {"verdict": "pass"})
    assert places.database.exists()
    code, said = answer("no", command="uninstall', '--history")
    assert code == 0
    assert "Nothing was done." in said
    assert places.database.exists()
    code, said = answer("yes", command="uninstall', '--history")
    assert code == 0
    assert not places.data.exists()


def test_the_first_days_are_asked_again_with_the_settings_of_before(run: Run, places: Paths) -> None:
    write(places.config_file, 'hours.fri = "08:00-14:00"\n')
    from unhunch.cli.to_daemon import tell

    tell("screening", {"verdict": "pass"})
    run("uninstall")
    assert not places.config_file.exists()
    code, said = answer("yes", "", "", "no", "", "n")
    assert code == 0, said
    assert "Take the settings of before?" in said
    assert places.config_file.read_text() == 'hours.fri = "08:00-14:00"\n'


@pytest.mark.parametrize("words", [("quit",), ("uninstall",)])
def test_without_a_daemon_nothing_is_wrong(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).code == Exit.DONE


def test_quit_ends_the_daemon(run: Run, daemon: Told) -> None:
    said = run("quit")
    assert "Stopped the running daemon." in said.out
    assert "next login" not in said.out, "nothing starts it here"
    assert ("quit", {}) in daemon.asked


def test_the_manual_is_read_with_man_and_without(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run("man")
    assert said.code == 0
    assert "usage: unhunch snooze" in said.out
    man = home / "bin/man"
    write(man, f'#!/bin/sh\necho "$1" > {home}/read\n').chmod(0o755)
    monkeypatch.setenv("PATH", f"{man.parent}:/bin:/usr/bin")
    assert run("man").code == 0
    page = Path((home / "read").read_text().strip())
    assert page.name == "unhunch.1"
    assert page.is_file()


def test_how_it_came_here_says_how_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "unhunch"))
    assert Installation.own().removal == f"rm -r {tmp_path}/unhunch"
    write(tmp_path / "unhunch/pipx_metadata.json", "{}")
    assert Installation.own() == Installation(Kind.PIPX, tmp_path / "unhunch")
    assert Installation.own().removal == "pipx uninstall unhunch"
    assert os.fspath(Installation.own().prefix)
