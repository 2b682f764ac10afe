"""Ending Unhunch, until the next login, for a moment, or for good: what is left in a home, and what still starts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import unhunch
from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH
from tests.desktop.usermanager import UserSystemd
from unhunch.service import Login, Way
from unhunch.service.files import UNIT

pytestmark = pytest.mark.desktop


def told(bed: Bed, *words: str, env: dict[str, str] | None = None, code: int = 0) -> str:
    done = subprocess.run(
        [UNHUNCH, *words], env=env or bed.env, cwd=bed.home, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def pid(bed: Bed, env: dict[str, str] | None = None) -> int:
    return int(json.loads(told(bed, "status", "--json", env=env))["pid"])


def differs(before: Path, home: Path) -> list[str]:
    done = subprocess.run(["diff", "-r", str(before), str(home)], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


@pytest.fixture
def lived_in(bed: Bed) -> Path:
    """A copy of a home in which others have been: folders that are empty, entries that are somebody's own."""
    bed.bus()
    bed.xvfb()
    bed.dunst()
    for folder in (".config/autostart", ".local/share/applications", ".config/fish"):
        (bed.home / folder).mkdir(parents=True)
    (bed.home / ".bashrc").write_text("# mine\n")
    (bed.home / ".config/autostart/other.desktop").write_text("[Desktop Entry]\n")
    copy = bed.dir / "before"
    shutil.copytree(bed.home, copy, symlinks=True)
    return copy


def test_uninstall_leaves_a_home_as_it_was_but_for_the_history(bed: Bed, lived_in: Path) -> None:
    assert "Started it" in told(bed, "setup", "--yes")
    bed.until("the daemon", lambda: pid(bed))
    told(bed, "config", "set", "hours.fri", "8-14")
    assert (bed.home / ".config/autostart/unhunch.desktop").exists()
    assert (bed.home / ".config/unhunch/config.toml").read_text().strip() == '[hours]\nfri = "08:00-14:00"'
    said = told(bed, "uninstall")
    told(bed, "status", code=3)
    assert differs(lived_in, bed.home) == [f"Only in {bed.home}/.local/share: unhunch"]
    data = bed.home / ".local/share/unhunch"
    assert (data / "config.before-uninstall.toml").read_text().strip() == '[hours]\nfri = "08:00-14:00"'
    assert not (bed.run / "unhunch").exists()
    left = said.split("Left on this machine:\n")[1].splitlines()
    assert left[0] == f"  your history (unhunch uninstall --history deletes it): {data}/unhunch.sqlite"
    assert left[1] == f"  your settings, for another time: {data}/config.before-uninstall.toml"
    assert "rm -r " in left[2]
    assert "nothing to remove" not in told(bed, "uninstall"), "a second time does no harm"

    told(bed, "setup", "--yes")
    bed.until("the daemon again, with its history", lambda: pid(bed))
    told(bed, "uninstall", "--history", code=2)  # nobody is there to confirm it
    assert pid(bed)
    told(bed, "uninstall", "--history", "--yes")
    assert differs(lived_in, bed.home) == []


def test_quit_and_restart_where_an_entry_starts_it(bed: Bed, lived_in: Path) -> None:
    assert "Unhunch does not run." in told(bed, "quit")
    told(bed, "setup", "--yes")
    bed.until("the daemon", lambda: pid(bed))
    first = pid(bed)
    told(bed, "restart")
    second = pid(bed)
    assert second != first
    said = told(bed, "quit")
    assert "Stopped the running daemon." in said
    assert "It starts again at the next login" in said
    told(bed, "status", code=3)
    assert (bed.home / ".config/autostart/unhunch.desktop").exists()
    told(bed, "restart")
    assert pid(bed) not in (first, second)
    bare = {name: value for name, value in bed.env.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    told(bed, "restart", env=bare, code=1)
    assert pid(bed), "what could not be started again was not ended"
    told(bed, "uninstall", "--history", "--yes")
    assert differs(lived_in, bed.home) == []


def test_under_systemd_it_quits_restarts_and_is_gone(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    systemd = UserSystemd(bed, keep_bus=True)
    systemd.reach_desktop()
    try:
        env = dict(systemd.env)
        before = bed.dir / "before"
        shutil.copytree(bed.home, before, symlinks=True)
        login = Login(env, (sys.executable, "-m", "unhunch"), "linux")
        assert login.install().way is Way.SYSTEMD
        first = systemd.pid(UNIT)
        told(bed, "restart", env=env)
        second = systemd.pid(UNIT)
        assert second not in (0, first)
        assert "Stopped the running daemon." in told(bed, "quit", env=env)
        assert systemd.ctl("is-active", UNIT) == "inactive", "it does not start again by itself"
        told(bed, "restart", env=env)
        assert systemd.pid(UNIT) not in (0, second)
        told(bed, "uninstall", "--history", "--yes", env=env)
        assert differs(before, bed.home) == []
        assert systemd.ctl("is-active", UNIT) == "inactive"
        assert systemd.ctl("list-units", "--failed", "--no-legend") == ""
    finally:
        systemd.ctl("exit")


def test_a_program_that_is_gone_starts_nothing_and_fails_nowhere(bed: Bed, tmp_path: Path) -> None:
    """As `pipx uninstall` leaves it without `unhunch uninstall`: the unit and the entries are still there."""
    program = tmp_path / "with space" / "unhunch"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    bed.bus()
    systemd = UserSystemd(bed, keep_bus=True)
    try:
        Login(dict(systemd.env), (str(program),), "linux").install()  # waits for a desktop
        program.unlink()
        systemd.ctl("daemon-reload")
        systemd.reach_desktop()
        bed.until("the unit's turn", lambda: systemd.show(UNIT, "ConditionResult") == "no")
        assert systemd.ctl("list-units", "--failed", "--no-legend") == ""
        assert systemd.ctl("is-active", UNIT) == "inactive"
    finally:
        systemd.ctl("exit")
    entry = (bed.home / ".local/share/applications/unhunch.desktop").read_text()
    assert f"\nTryExec={program}\n" in entry
    assert not os.path.exists(program)


def test_a_daemon_whose_program_was_taken_off_ends_by_itself(bed: Bed) -> None:
    """As `pipx uninstall` leaves it: the files are gone under a daemon that runs. Two minutes are a second here."""
    place = bed.dir / "installed"
    shutil.copytree(Path(unhunch.__file__).parent, place / "unhunch")
    (place / "sitecustomize.py").write_text("import unhunch.daemon.daemon as daemon\ndaemon.GONE = 1.0\n")
    bed.bus()
    bed.xvfb()
    bed.dunst()
    (bed.home / ".config/unhunch").mkdir(parents=True)
    (bed.home / ".config/unhunch/config.toml").write_text('[look]\npresent = "0.5 s"\n[tray]\nenabled = false\n')
    daemon = bed.spawn(sys.executable, "-m", "unhunch", "run", env={"PYTHONPATH": str(place)}, log="unhunch")
    bed.until("the daemon", lambda: "watches by" in bed.log("unhunch"))
    shutil.rmtree(place / "unhunch")

    def ended() -> bool:
        bed.hands.key("a")  # while nothing is touched, nothing looks
        return daemon.poll() is not None

    bed.until("its end", ended)
    assert daemon.returncode == 0, "nothing that would be started again"
    assert "The program's files are gone; it ends" in bed.log("unhunch")
    assert "Traceback" not in bed.log("unhunch")
    told(bed, "status", code=3)
