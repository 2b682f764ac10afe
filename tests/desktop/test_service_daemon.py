"""The real daemon under the real unit: ready, hardened, restarted, alone; and the first notice on a real server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.desktop.bed import Bed
from tests.desktop.usermanager import UserSystemd
from unhunch.service import Login, Way
from unhunch.service.files import UNIT

pytestmark = pytest.mark.desktop

COMMAND = (sys.executable, "-m", "unhunch")


@pytest.fixture
def systemd(bed: Bed) -> Iterator[UserSystemd]:
    """A user manager inside of a desktop: X, a session bus and a notification server."""
    bed.bus()
    bed.xvfb()
    bed.dunst()
    manager = UserSystemd(bed)
    (manager.units / f"{UNIT}.d").mkdir()
    (manager.units / f"{UNIT}.d" / "mine.conf").write_text("[Service]\nRestartSec=100ms\n")
    manager.reach_desktop()
    yield manager
    manager.ctl("exit")


def unhunch(systemd: UserSystemd, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], env=dict(systemd.env), capture_output=True, text=True, timeout=60, check=False
    )


def test_the_daemon_works_in_its_unit(bed: Bed, systemd: UserSystemd) -> None:
    login = Login(systemd.env, COMMAND, "linux")
    report = login.install()
    assert report.way is Way.SYSTEMD
    assert f"started {UNIT}" in report.steps
    status = json.loads(unhunch(systemd, "status", "--json").stdout)
    assert status["source"]["blind"] is False
    assert status["source"]["name"] == "x11"
    assert status["notifier"]["ok"] is True
    assert status["problems"] == []
    pid = systemd.pid(UNIT)
    assert status["pid"] == pid
    assert _seccomp(pid) == {"NoNewPrivs": "1", "Seccomp": "2"}

    second = unhunch(systemd, "run")
    assert second.returncode == 5, second.stderr
    assert systemd.pid(UNIT) == pid

    os.kill(pid, signal.SIGKILL)
    bed.until("a restart", lambda: systemd.pid(UNIT) not in (0, pid))
    bed.until("it is up again", lambda: systemd.ctl("is-active", UNIT) == "active")
    assert unhunch(systemd, "status").returncode == 0

    systemd.ctl("stop", UNIT)
    assert systemd.show(UNIT, "Result") == "success"
    assert systemd.ctl("is-active", UNIT) == "inactive"
    login.remove()
    assert unhunch(systemd, "status").returncode == 3


def _seccomp(pid: int) -> dict[str, str]:
    with open(f"/proc/{pid}/status") as file:
        lines = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    return {name: lines[name].strip() for name in ("NoNewPrivs", "Seccomp")}


def test_one_that_hangs_is_started_again_by_the_watchdog(bed: Bed, systemd: UserSystemd) -> None:
    """Stopped by SIGSTOP it feeds nobody: systemd ends it and starts another, which goes on with the same history."""
    (systemd.units / f"{UNIT}.d" / "watchdog.conf").write_text("[Service]\nWatchdogSec=4s\n")
    Login(systemd.env, COMMAND, "linux").install()
    assert systemd.show(UNIT, "WatchdogUSec") == "4s"
    pid = systemd.pid(UNIT)
    assert unhunch(systemd, "pause", "2h").returncode == 0
    time.sleep(9)
    assert systemd.pid(UNIT) == pid, "it is fed while the daemon looks, although nobody is there"
    os.kill(pid, signal.SIGSTOP)
    bed.until("another one", lambda: systemd.pid(UNIT) not in (0, pid), limit=60)
    bed.until("it is up", lambda: systemd.ctl("is-active", UNIT) == "active", limit=60)
    assert systemd.restarts(UNIT) >= 1
    status = json.loads(unhunch(systemd, "status", "--json").stdout)
    assert status["pid"] != pid
    assert status["paused_until"], "what was told before is not lost"


def test_a_wrong_configuration_is_not_tried_again(bed: Bed, systemd: UserSystemd) -> None:
    folder = bed.home / ".config/unhunch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("goal = 99\n")
    login = Login(systemd.env, COMMAND, "linux")
    with pytest.raises(Exception, match="did not start"):
        login.install()
    assert systemd.show(UNIT, "ExecMainStatus") == "2"
    assert systemd.restarts(UNIT) == 0
    assert systemd.ctl("is-active", UNIT) == "failed"


def test_setup_ends_with_a_notice_that_is_seen(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    setup = bed.spawn(
        *(sys.executable, "-c", "from unhunch.cli.service import show_notice; print(show_notice())"), log="setup"
    )
    bed.until("the notice", lambda: bed.displayed() == 1)
    assert setup.wait(30) == 0
    assert bed.log("setup").strip() == "True"
