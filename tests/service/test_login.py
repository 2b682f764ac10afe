"""Starting at login where no user manager answers, on other systems, and what is written in any case."""

import configparser
import errno
import os
import plistlib
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unhunch.errors import UserError
from unhunch.service import Login, Way
from unhunch.service.bare import LINES
from unhunch.service.files import Places, entry_words, own_command, starter, unit_words
from unhunch.service.manager import UserManager

HOME = Places.of({"HOME": "/home/me"})
WORDS = st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), min_size=1), min_size=1, max_size=4)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """An installed program that notes how it was called."""
    program = tmp_path / "the program" / "unhunch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/called"\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A user without a service manager: there is no systemctl on this PATH."""
    (tmp_path / "run").mkdir(mode=0o700)
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin"), "XDG_RUNTIME_DIR": str(tmp_path / "run")}


def entry(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser(delimiters="=", comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
    parser.read(path)
    return dict(parser["Desktop Entry"])


# An autostart entry


def test_without_a_user_manager_an_autostart_entry_is_written(
    env: dict[str, str], stand_in: Path, tmp_path: Path
) -> None:
    report = Login(env, (str(stand_in),), "linux").install()
    assert report.way is Way.AUTOSTART
    home = tmp_path / "home"
    written = entry(home / ".config/autostart/unhunch.desktop")
    assert written["Exec"] == f'"{stand_in}" run'
    assert written["Type"] == "Application"
    assert entry(home / ".local/share/applications/unhunch.desktop")["Exec"] == f'"{stand_in}" start'
    assert (home / ".local/share/icons/hicolor/scalable/apps/unhunch.svg").read_text().startswith("<svg")
    assert not (home / ".config/systemd").exists()


@pytest.mark.parametrize(
    ("told", "file", "line"),
    [
        ({"XDG_CURRENT_DESKTOP": "sway"}, "sway/config", "exec {run}"),
        ({"SWAYSOCK": "/run/user/1000/sway-ipc.sock"}, "sway/config", "exec {run}"),
        ({"I3SOCK": "/run/user/1000/i3/ipc-socket"}, "i3/config", "exec --no-startup-id {run}"),
        ({"HYPRLAND_INSTANCE_SIGNATURE": "v0.57"}, "hypr/hyprland.conf", "exec-once = {run}"),
        ({"WAYFIRE_SOCKET": "/tmp/wayfire-wayland-1.socket"}, "wayfire.ini, [autostart]", "unhunch = {run}"),
        ({"LABWC_PID": "77"}, "labwc/autostart", "{run} &"),
        ({"XDG_CURRENT_DESKTOP": "river"}, "river/init", "{run} &"),
        ({"XDG_CURRENT_DESKTOP": "labwc:wlroots"}, "labwc/autostart", "{run} &"),
    ],
)
def test_a_desktop_that_reads_no_entries_gets_its_own_line(
    env: dict[str, str], stand_in: Path, told: dict[str, str], file: str, line: str
) -> None:
    """Also where nobody sets XDG_CURRENT_DESKTOP: sway from a console, i3 from startx."""
    report = Login({**env, **told}, (str(stand_in),), "linux").install()
    assert report.way is Way.AUTOSTART
    wanted = line.format(run=f"'{stand_in}' run")
    assert [note for note in report.notes if note.endswith(f"add this line to ~/.config/{file}: {wanted}")]


def test_hyprland_takes_a_file_in_lua_before_the_other(env: dict[str, str], stand_in: Path, tmp_path: Path) -> None:
    """From 0.55 on; what stands in the other one is not read then."""
    folder = tmp_path / "home/.config/hypr"
    folder.mkdir(parents=True)
    (folder / "hyprland.conf").touch()
    login = Login({**env, "HYPRLAND_INSTANCE_SIGNATURE": "x"}, (str(stand_in),), "linux")
    assert login.install().notes[-1].endswith(f"hyprland.conf: exec-once = '{stand_in}' run")
    (folder / "hyprland.lua").touch()
    line = f"""hl.on("hyprland.start", function() hl.exec_cmd([['{stand_in}' run]]) end)"""
    assert login.install().notes[-1].endswith(f"hypr/hyprland.lua: {line}")


def test_words_in_quotes_are_those_of_the_command() -> None:
    """niri starts words, awesome a table of them."""
    command = ('/opt/my "venv"/unhunch', "run")
    assert LINES["niri"].of(command) == r'spawn-at-startup "/opt/my \"venv\"/unhunch" "run"'
    assert LINES["awesome"].of(command) == r'require("awful").spawn({"/opt/my \"venv\"/unhunch", "run"})'


COMPOSITOR = """\
#!{python}
import socket, time
with socket.socket(socket.AF_UNIX) as listening:
    listening.bind({socket!r})
    listening.listen()
    print("ready", flush=True)
    time.sleep(3600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Wayland")
@pytest.mark.parametrize(("name", "line"), [("river", "{run} &"), ("Hyprland", "exec-once = {run}"), ("cage", "")])
def test_a_compositor_that_says_nothing_is_known_by_who_listens_at_its_socket(
    env: dict[str, str], stand_in: Path, tmp_path: Path, name: str, line: str
) -> None:
    program = tmp_path / name
    program.write_text(COMPOSITOR.format(python=sys.executable, socket=str(tmp_path / "run/wayland-1")))
    program.chmod(0o755)
    compositor = subprocess.Popen([str(program)], stdout=subprocess.PIPE)
    try:
        assert compositor.stdout
        assert compositor.stdout.readline() == b"ready\n"
        report = Login({**env, "WAYLAND_DISPLAY": "wayland-1"}, (str(stand_in),), "linux").install()
    finally:
        compositor.kill()
        compositor.communicate()
    (note,) = [note for note in report.notes if "autostart entries" in note]
    assert note.endswith(line.format(run=f"'{stand_in}' run")) if line else "nobody knows" in note


@pytest.mark.parametrize("desktop", ["GNOME", "ubuntu:GNOME", "KDE", "XFCE", "LXQt"])
def test_a_desktop_that_reads_entries_needs_nothing_more(env: dict[str, str], stand_in: Path, desktop: str) -> None:
    report = Login({**env, "XDG_CURRENT_DESKTOP": desktop, "SWAYSOCK": "/nested"}, (str(stand_in),), "linux").install()
    assert not [note for note in report.notes if "autostart entries" in note]


def test_where_no_desktop_can_be_told_it_says_that_it_cannot_know(env: dict[str, str], stand_in: Path) -> None:
    report = Login(env, (str(stand_in),), "linux").install()
    assert [note for note in report.notes if "nobody knows" in note and note.endswith(f"'{stand_in}' run")]


def test_a_second_time_nothing_is_written(env: dict[str, str], stand_in: Path) -> None:
    login = Login(env, (str(stand_in),), "linux")
    before = {file.path: file.path.stat().st_mtime_ns for file in login.install().files}
    again = login.install()
    assert not [step for step in again.steps if step.startswith("wrote")]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_dry_run_writes_nothing(env: dict[str, str], stand_in: Path, tmp_path: Path) -> None:
    report = Login(env, (str(stand_in),), "linux").install(dry_run=True)
    assert not (tmp_path / "home").exists()
    assert len(report.files) == 3
    assert report.steps[0] == "would use: autostart entry (no systemd user manager answers)"
    assert report.steps[1] == f"would write {tmp_path}/home/.config/autostart/unhunch.desktop"


def test_in_a_desktop_the_program_is_started_now(env: dict[str, str], stand_in: Path, tmp_path: Path) -> None:
    Login({**env, "DISPLAY": ":7"}, (str(stand_in),), "linux").install()
    end = time.monotonic() + 30
    called = tmp_path / "called"  # the shell makes the file before it writes into it
    while not (called.exists() and called.read_text()) and time.monotonic() < end:
        time.sleep(0.01)
    assert called.read_text() == "run\n"


def test_outside_of_a_desktop_it_waits_for_the_next_one(env: dict[str, str], stand_in: Path) -> None:
    assert "it starts with your next desktop session" in Login(env, (str(stand_in),), "linux").install().steps


def test_a_program_that_is_gone_is_said_in_three_parts(env: dict[str, str]) -> None:
    with pytest.raises(UserError, match="/no/such/unhunch cannot be started"):
        Login({**env, "DISPLAY": ":7"}, ("/no/such/unhunch",), "linux").install()


def test_remove_leaves_nothing_behind_and_may_be_repeated(env: dict[str, str], stand_in: Path, tmp_path: Path) -> None:
    login = Login(env, (str(stand_in),), "linux")
    login.install()
    assert len(login.remove().steps) == 3
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file() or path.is_symlink()] == []
    assert login.remove().steps == ()


def test_an_entry_of_the_users_own_is_not_removed(env: dict[str, str], stand_in: Path, tmp_path: Path) -> None:
    mine = tmp_path / "home/.config/autostart/unhunch.desktop"
    mine.parent.mkdir(parents=True)
    mine.write_text("[Desktop Entry]\nType=Application\nExec=unhunch run --source x11\n")
    login = Login(env, (str(stand_in),), "linux")
    assert login.state().way is None
    login.remove()
    assert mine.exists()


def test_a_moved_installation_is_noticed_and_repaired(env: dict[str, str], stand_in: Path) -> None:
    Login(env, ("/old/venv/bin/unhunch",), "linux").install()
    login = Login(env, (str(stand_in),), "linux")
    state = login.state()
    assert state.way is Way.AUTOSTART
    assert any("autostart/unhunch.desktop is not what this installation would write" in why for why in state.stale)
    login.install()
    assert login.state().stale == ()


def test_a_place_that_cannot_be_written_is_said_in_three_parts(
    env: dict[str, str], stand_in: Path, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.config").write_text("a file where a folder belongs")
    with pytest.raises(UserError, match="cannot be written") as caught:
        Login(env, (str(stand_in),), "linux").install()
    assert "unhunch enable" in caught.value.remedy


def test_a_full_disk_leaves_no_empty_file(
    env: dict[str, str], stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _data: bytes) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="No space left on device") as caught:
        Login(env, (str(stand_in),), "linux").install()
    assert caught.value.remedy.startswith("Make room on that disk")
    assert "unhunch enable" in caught.value.remedy
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.stat().st_size] == []
    assert list(tmp_path.rglob("*.desktop*")) == []


# Which way


def test_a_text_console_asks_the_installed_desktops(tmp_path: Path) -> None:
    (tmp_path / "gnome-session@.target").write_text("[Unit]\nBindsTo=graphical-session.target\n")
    folders = (str(tmp_path), "/no/such/folder")
    assert UserManager({}, folders).target_expected()
    assert not UserManager({"DISPLAY": ":0"}, folders).target_expected()
    assert not UserManager({}, ("/no/such/folder",)).target_expected()


def test_without_systemctl_no_manager_answers() -> None:
    answer = UserManager({"PATH": "/nonexistent"}).call("show")
    assert answer.code == 127
    assert "systemctl cannot be started" in answer.out


# What is written


@given(WORDS)
def test_a_desktop_reads_an_exec_line_as_its_words(words: list[str]) -> None:
    """The value's doubled backslashes and percent signs are halved first, then quotes are taken off."""
    assert _unescaped(entry_words(words).replace("\\\\", "\\").replace("%%", "%")) == words


def _unescaped(line: str) -> list[str]:
    """Words in double quotes in which a backslash escapes any character, and bare words."""
    found, word, quoted, escaped = [], None, False, False
    for letter in line:
        if escaped:
            word, escaped = f"{word or ''}{letter}", False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"':
            quoted, word = not quoted, word or ""
        elif letter == " " and not quoted:
            found.append(word or "")
            word = None
        else:
            word = f"{word or ''}{letter}"
    return [*found, word or ""]


@given(WORDS)
def test_a_unit_reads_its_command_as_its_words(words: list[str]) -> None:
    read = _unescaped(unit_words(words).replace("%%", "%"))
    assert read == (["/usr/bin/env", *words] if set(words[0]) & set("\"'\\") else words)


def test_the_shipped_unit_only_differs_in_its_command() -> None:
    shipped = (Path(__file__).parents[2] / "systemd/unhunch.service").read_text().splitlines()
    made = starter(Way.SYSTEMD, HOME, ("/opt/my venv/bin/unhunch",)).text.splitlines()
    differ = [(old, new) for old, new in zip(shipped, made, strict=True) if old != new]
    assert differ == [
        ("ConditionFileIsExecutable=/usr/bin/unhunch", "ConditionFileIsExecutable=/opt/my venv/bin/unhunch"),
        ("ExecStart=/usr/bin/unhunch run", 'ExecStart="/opt/my venv/bin/unhunch" run'),
    ]


def test_the_command_is_absolute_and_of_this_installation(tmp_path: Path) -> None:
    assert Path(own_command()[0]).is_absolute()
    (tmp_path / "python").touch()
    assert own_command(str(tmp_path / "python")) == (str(tmp_path / "python"), "-m", "unhunch")
    script = tmp_path / "unhunch"
    script.touch()
    assert own_command(str(tmp_path / "python")) == (str(script),)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_the_python_of_a_venv_is_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    assert own_command(str(tmp_path / "python"))[0] == str(tmp_path / "python")


# Written for systems that the tests do not run on


def test_the_launchd_agent_is_a_property_list() -> None:
    file = starter(Way.LAUNCHD, HOME, ("/opt/v & w/bin/unhunch",))
    assert file.path == Path("/home/me/Library/LaunchAgents/unhunch.plist")
    agent = plistlib.loads(file.text.encode())
    assert agent["ProgramArguments"] == ["/opt/v & w/bin/unhunch", "run"]
    assert agent["RunAtLoad"] is True


def test_the_startup_entry_is_a_batch_file() -> None:
    file = starter(Way.STARTUP, HOME, (r"C:\100% mine\unhunch.exe",))
    assert file.path.name == "unhunch.cmd"
    assert file.text == '@start "Unhunch" /min "C:\\100%% mine\\unhunch.exe" run\r\n'


@pytest.mark.parametrize(("platform", "way"), [("darwin", Way.LAUNCHD), ("win32", Way.STARTUP)])
def test_other_systems_get_one_file_and_no_menu_entry(
    env: dict[str, str], stand_in: Path, platform: str, way: Way
) -> None:
    login = Login(env, (str(stand_in),), platform)
    report = login.install()
    assert (report.way, len(report.files)) == (way, 1)
    assert login.state().stale == ()
    assert report.files[0].path.exists()
    login.remove()
    assert not report.files[0].path.exists()


def test_relative_xdg_folders_are_ignored() -> None:
    places = Places.of({"HOME": "/home/me", "XDG_CONFIG_HOME": "relative"})
    assert places.config == Path("/home/me/.config")


def test_what_is_written_is_not_writable_for_others(env: dict[str, str], stand_in: Path) -> None:
    old = os.umask(0o022)
    try:
        for file in Login(env, (str(stand_in),), "linux").install().files:
            assert not stat.S_IMODE(file.path.stat().st_mode) & 0o022
    finally:
        os.umask(old)
