"""enable and disable against a real systemd --user, and the unit under systemd's own checkers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.desktop.usermanager import UserSystemd, stand_in
from unhunch.errors import UserError
from unhunch.service import Login, Way
from unhunch.service.files import UNIT, Places, starter

pytestmark = pytest.mark.desktop

TIGHTEST_MEASURED = 6.2
"""systemd-analyze's exposure of the unit with systemd 252. It rates as if root ran it; what remains are capabilities
that no user process has and namespaces that a user manager cannot count on."""


@pytest.fixture
def systemd(bed: Bed) -> Iterator[UserSystemd]:
    manager = UserSystemd(bed)
    (manager.units / f"{UNIT}.d").mkdir()
    (manager.units / f"{UNIT}.d" / "mine.conf").write_text("[Service]\nRestartSec=100ms\n")
    yield manager
    manager.ctl("exit")


@pytest.fixture
def program(bed: Bed) -> Path:
    """In a folder whose name needs every kind of quoting that a unit knows."""
    return stand_in(bed.home / 'my "own" 100% venv', sys.executable)


@pytest.fixture
def login(systemd: UserSystemd, program: Path) -> Login:
    return Login(systemd.env, (str(program),), "linux")


def written_unit(bed: Bed, program: str = "/bin/true") -> Path:
    file = starter(Way.SYSTEMD, Places.of(bed.env), (program,))
    file.path.parent.mkdir(parents=True)
    file.path.write_text(file.text)
    return file.path


def test_systemd_has_nothing_to_say_about_the_unit(bed: Bed) -> None:
    needs("systemd-analyze")
    unit = written_unit(bed)
    # Our unit and systemd's own, without what else is installed: dunst and mako both claim one name, and it says so.
    only = bed.dir / "systemd-user"
    only.mkdir()
    for target in Path("/usr/lib/systemd/user").glob("*.target"):
        (only / target.name).symlink_to(target)
    bed.env["SYSTEMD_UNIT_PATH"] = f"{unit.parent}:{only}"
    assert bed.output("systemd-analyze", "verify", "--user", str(unit)) == ""


def test_the_hardening_is_as_measured(bed: Bed) -> None:
    needs("systemd-analyze")
    unit = str(written_unit(bed))
    rows = json.loads(
        bed.output("systemd-analyze", "security", "--offline=true", "--user", "--json=short", "--no-pager", unit)
    )
    got = {row["json_field"]: row["set"] for row in rows}
    for name in (
        "NoNewPrivileges",
        "LockPersonality",
        "RestrictRealtime",
        "RestrictSUIDSGID",
        "MemoryDenyWriteExecute",
        "SystemCallArchitectures",
        "RestrictAddressFamilies_AF_INET_INET6",
        "RestrictAddressFamilies_AF_NETLINK",
        "SystemCallFilter_privileged",
        "RestrictNamespaces_user",
        "UMask",
    ):
        assert got[name], name
    limit = f"--threshold={round(TIGHTEST_MEASURED * 10)}"
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--user", "--no-pager", limit, unit],
        env=bed.env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_is_enabled_started_and_after_a_kill_started_again(
    bed: Bed, systemd: UserSystemd, login: Login, program: Path
) -> None:
    systemd.reach_desktop()
    report = login.install()
    assert report.way is Way.SYSTEMD
    assert f"started {UNIT}" in report.steps
    assert systemd.ctl("is-active", UNIT) == "active"
    assert systemd.ctl("is-enabled", UNIT) == "enabled"
    assert systemd.show(UNIT, "StatusText") == "stand-in"
    assert (program.parent / "starts").read_text() == "run\n"
    assert login.state().running is True
    assert login.state().stale == ()

    first = systemd.pid(UNIT)
    os.kill(first, signal.SIGKILL)
    bed.until("a restart", lambda: systemd.pid(UNIT) not in (0, first))
    bed.until("it is up", lambda: systemd.ctl("is-active", UNIT) == "active")
    assert systemd.restarts(UNIT) == 1

    drop_in = systemd.units / f"{UNIT}.d"
    assert login.remove().notes == (f"Your own {drop_in} was left alone.",)
    assert systemd.ctl("is-active", UNIT) != "active"
    assert systemd.show(UNIT, "FragmentPath") == ""
    assert login.state().way is None
    left = [path for path in bed.home.rglob("*") if "unhunch" in path.name and path.parent != program.parent]
    assert left == [drop_in]


def test_it_comes_and_goes_with_the_desktop(systemd: UserSystemd, login: Login, bed: Bed) -> None:
    systemd.reach_desktop()
    login.install()
    systemd.leave_desktop()
    bed.until("it has ended", lambda: systemd.ctl("is-active", UNIT) == "inactive")
    systemd.reach_desktop()
    bed.until("it is back", lambda: systemd.ctl("is-active", UNIT) == "active")


@pytest.mark.parametrize("code", [2, 5])
def test_a_wrong_configuration_or_a_second_daemon_is_not_started_again(
    code: int, systemd: UserSystemd, login: Login, program: Path
) -> None:
    systemd.reach_desktop()
    (program.parent / "exit").write_text(str(code))
    if code == 5:
        assert any("runs already" in note for note in login.install().notes)
    else:
        with pytest.raises(UserError, match="did not start"):
            login.install()
        assert systemd.show(UNIT, "ExecMainStatus") == "2"
    # Restart= would have had it in "activating (auto-restart)" by now
    assert systemd.ctl("is-active", UNIT) in ("failed", "inactive")
    assert (program.parent / "starts").read_text() == "run\n"
    assert systemd.ctl("is-enabled", UNIT) == "enabled"


def test_any_other_failure_is_tried_again_five_times(
    systemd: UserSystemd, login: Login, program: Path, bed: Bed
) -> None:
    systemd.reach_desktop()
    (program.parent / "exit").write_text("1")
    with pytest.raises(UserError):
        login.install()
    bed.until("it is given up", lambda: systemd.show(UNIT, "Result") == "start-limit-hit" or _starts(program) >= 5)
    bed.until("it has failed", lambda: systemd.ctl("is-active", UNIT) == "failed", 60)
    assert _starts(program) == 5


def _starts(program: Path) -> int:
    return len((program.parent / "starts").read_text().splitlines())


def test_a_second_time_nothing_changes_and_nothing_restarts(systemd: UserSystemd, login: Login) -> None:
    systemd.reach_desktop()
    login.install()
    before = systemd.pid(UNIT)
    again = login.install()
    assert not [step for step in again.steps if step.startswith("wrote")]
    assert systemd.pid(UNIT) == before


def test_a_moved_installation_is_noticed_and_the_new_one_started(
    systemd: UserSystemd, login: Login, bed: Bed, program: Path
) -> None:
    systemd.reach_desktop()
    login.install()
    moved = stand_in(bed.home / "new venv", sys.executable)
    program.unlink()
    new = Login(systemd.env, (str(moved),), "linux")
    assert any("is not what this installation would write" in why for why in new.state().stale)
    new.install()
    assert new.state().stale == ()
    assert (moved.parent / "starts").read_text() == "run\n"
    assert str(moved) in Path(f"/proc/{systemd.pid(UNIT)}/cmdline").read_text()


def test_an_autostart_entry_gives_way_to_the_unit_and_back(systemd: UserSystemd, login: Login, bed: Bed) -> None:
    entry = bed.home / ".config/autostart/unhunch.desktop"
    unit = systemd.units / UNIT
    assert login.choose()[0] is (Way.SYSTEMD if login.manager.target_expected() else Way.AUTOSTART)
    inside = Login({**systemd.env, "WAYLAND_DISPLAY": "wayland-7"}, ("/bin/true",), "linux")
    assert inside.install().way is Way.AUTOSTART  # a desktop that does not reach the target
    assert (entry.exists(), unit.exists()) == (True, False)
    systemd.reach_desktop()
    assert login.install().way is Way.SYSTEMD
    assert (entry.exists(), unit.exists()) == (False, True)
    systemd.leave_desktop()
    inside.install()
    assert (entry.exists(), unit.exists()) == (True, False)
    assert systemd.ctl("is-enabled", UNIT) not in ("enabled", "linked")


def test_before_any_desktop_it_is_enabled_for_the_next(systemd: UserSystemd, login: Login, bed: Bed) -> None:
    login.manager._folders = (str(systemd.units),)  # the bed's desktop is the one that is installed
    report = login.install()
    assert f"enabled {UNIT}; it starts with your next desktop session" in report.steps
    assert systemd.ctl("is-active", UNIT) == "inactive"
    systemd.reach_desktop()
    bed.until("it has come", lambda: systemd.ctl("is-active", UNIT) == "active")


def test_the_sandbox_lets_python_and_c_extensions_work(systemd: UserSystemd, bed: Bed) -> None:
    """What the daemon and its helpers use, under the unit's own limits; and what must not work, does not.

    A session that it starts with systemd-run is outside: other limits, another end.
    """
    probe = bed.dir / "probe.py"
    probe.write_text("""
import asyncio, ctypes, json, os, socket, sqlite3, subprocess, sys, threading
import dbus_fast.aio, apscheduler.schedulers.asyncio
done = {}
done["callback"] = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 3)()
thread = threading.Thread(target=done.setdefault, args=("thread", True)); thread.start(); thread.join()
base = sqlite3.connect(sys.argv[1] + ".sqlite")
base.execute("pragma journal_mode=wal"); base.execute("create table t (a)")
done["child"] = subprocess.run(["/bin/echo", "spoken"], capture_output=True, text=True).stdout
async def sub():
    process = await asyncio.create_subprocess_exec("/bin/true")
    return await process.wait()
done["asyncio child"] = asyncio.run(sub())
one, two = socket.socketpair(); one.send(b"x"); done["unix"] = two.recv(1).decode()
try:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM); done["internet"] = "open"
except OSError as error:
    done["internet"] = type(error).__name__
outside = "import socket; socket.socket(socket.AF_INET); print(open('/proc/self/cgroup').read())"
session = subprocess.run(
    ["systemd-run", "--user", "--collect", "--wait", "--pipe", "--quiet", sys.executable, "-c", outside],
    capture_output=True, text=True,
)
done["session"] = [session.returncode, session.stderr, "probe.service" in session.stdout]
os.close(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY, 0o666))
done["mode"] = oct(os.stat(sys.argv[1]).st_mode & 0o777)
with open(sys.argv[1], "w") as file: json.dump(done, file)
""")
    result = bed.dir / "result"
    unit = starter(Way.SYSTEMD, Places.of(bed.env), (sys.executable, str(probe))).text
    for old, new in (
        ("Type=notify", "Type=oneshot"),
        (f"{probe} run", f"{probe} {result}"),
        ("Restart=on-failure", ""),
    ):
        assert old in unit
        unit = unit.replace(old, new)
    (systemd.units / "probe.service").write_text(unit)
    systemd.ctl("daemon-reload")
    systemd.ctl("start", "probe.service")
    assert json.loads(result.read_text()) == {
        "callback": 3,
        "thread": True,
        "child": "spoken\n",
        "asyncio child": 0,
        "unix": "x",
        "internet": "OSError",
        "mode": "0o600",
        "session": [0, "", False],
    }
