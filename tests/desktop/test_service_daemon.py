"""The real daemon under the real unit: ready, hardened, restarted, alone; and the first notice on a real server."""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import Desk
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
    manager = UserSystemd(bed, keep_bus=True)
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
    """Stopped by SIGSTOP for ten minutes it feeds nobody: systemd ends it, and the next one owes the same session.

    The ten minutes go by on the daemon's own clocks; systemd's watchdog, whose clock they are not, is set to seconds.
    """
    desk, clocks = Desk(bed), Clocks(bed)
    # Away, it looks as rarely as with people: often enough for the watchdog only because that asks for it.
    desk.set(away="")
    moved = "".join(f"Environment={name}={bed.env[name]}\n" for name in ("LD_PRELOAD", "MOVED_CLOCKS"))
    patience = f"{math.ceil(3 * desk.pace)}s"  # a slow machine's daemon is not one that hangs
    (systemd.units / f"{UNIT}.d" / "watchdog.conf").write_text(f"[Service]\nWatchdogSec={patience}\n{moved}")
    Login(systemd.env, COMMAND, "linux").install()
    assert systemd.show(UNIT, "WatchdogUSec") == patience
    pid = systemd.pid(UNIT)
    desk.type(6)
    desk.asked()
    assert unhunch(systemd, "snooze", "30m").returncode == 0
    bed.until("being away", lambda: desk.status()["presence"] == "away")
    desk.rest(4)
    assert systemd.pid(UNIT) == pid, "it is fed while the daemon looks, although nobody is there"
    before = desk.status()
    os.kill(pid, signal.SIGSTOP)
    clocks.pass_by(600)
    bed.until("another one", lambda: systemd.pid(UNIT) not in (0, pid))
    bed.until("it is up", lambda: systemd.ctl("is-active", UNIT) == "active")
    assert systemd.restarts(UNIT) >= 1
    after = desk.status()
    assert after["pid"] == systemd.pid(UNIT)
    for name in ("number", "of", "step", "shown", "snoozes"):
        assert after["owed"][name] == before["owed"][name], name
    assert after["owed"]["snoozed_until"][:18] == before["owed"]["snoozed_until"][:18]
    assert after["today"]["notices"] == before["today"]["notices"] == 1
    assert after["today"]["sitting_min"]["best"] == pytest.approx(before["today"]["sitting_min"]["best"], abs=0.2)
    assert desk.facts("running")[-1]["wall"] > desk.facts("running")[0]["wall"] + 600, "its clocks had moved"


def test_a_wrong_configuration_keeps_it_from_nothing(bed: Bed, systemd: UserSystemd) -> None:
    folder = bed.home / ".config/unhunch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("goal = 99\n")
    Login(systemd.env, COMMAND, "linux").install()
    assert systemd.ctl("is-active", UNIT) == "active"
    assert systemd.restarts(UNIT) == 0
    status = json.loads(unhunch(systemd, "status", "--json").stdout)
    assert any("goal = 99" in problem for problem in status["problems"])


TRY_NOTICE = """
import sys, time
from pathlib import Path
from unhunch.cli.notice import held, sample
with held(sample()) as found:
    while not Path(sys.argv[1]).exists():
        time.sleep(0.05)
print(found.shown, found.by, found.pressed)
"""
"""What `setup` does while it waits for the answer whether the notice was seen."""


def test_setup_ends_with_a_notice_that_is_seen(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    seen = bed.dir / "seen"
    setup = bed.spawn(sys.executable, "-c", TRY_NOTICE, str(seen), log="setup")
    bed.until("the notice", lambda: bed.displayed() == 1)
    bed.press("snooze")  # one of its buttons; nothing comes of it
    bed.until("it has gone", lambda: bed.displayed() == 0)
    seen.touch()
    assert setup.wait(30) == 0
    assert bed.log("setup").split() == ["True", "freedesktop", "['snooze']"]
