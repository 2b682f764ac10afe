"""Windows and macOS, as far as Linux can tell: every module imported and the daemon run with the system faked.

What this cannot show is whether the libraries do there what they say: the README calls both untested on real machines.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SYSTEMS = ("win32", "darwin")
LONG = 60.0

NEEDS_DBUS = {
    f"unhunch.adapters.{name}"
    for name in (
        *(f"protocols.{name}" for name in ("dbus", "dbus_link", "dbus_source")),
        *("activity.mutter", "tray.menu", "tray.statusnotifier"),
        *(f"notify.{name}" for name in ("asking", "failing", "freedesktop")),
        *(
            f"surroundings.{name}"
            for name in ("breaks", "casts", "gsettings", "inhibitors", "logind", "plasma", "quiet", "screensavers")
        ),
    )
}
LINUX_ONLY = {"darwin": NEEDS_DBUS, "win32": NEEDS_DBUS | {"unhunch.control.unix"}}


class Machine:
    """One user's home on a faked system."""

    def __init__(self, platform: str, home: Path) -> None:
        self.platform = platform
        self.home = home
        self.env = {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "APPDATA": str(home / "Roaming"),
            "LOCALAPPDATA": str(home / "Local"),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TZ": "UTC",
        }
        if platform == "linux":
            (home / "run").mkdir(mode=0o700)
            self.env["XDG_RUNTIME_DIR"] = str(home / "run")

    def line(self, *words: str) -> list[str]:
        if self.platform == "linux":
            return [sys.executable, "-m", "unhunch", *words]
        return [sys.executable, "-m", "tests.fakes.other_system", self.platform, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.line(*words), env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False
        )

    def status(self, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What the daemon says once it is `ready`: it answers before its parts are open."""
        end = time.monotonic() + LONG
        while True:
            found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
            if ready(found) or time.monotonic() > end:
                return found

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[str]]:
        """A running daemon, answering."""
        log = self.home / "daemon.log"
        with (
            log.open("w") as out,
            subprocess.Popen(
                self.line("run"), env=self.env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, text=True
            ) as daemon,
        ):
            try:
                end = time.monotonic() + LONG
                while (status := self.run("status", "--json")).returncode == 3:
                    assert daemon.poll() is None, log.read_text()
                    assert time.monotonic() < end, log.read_text()
                assert status.returncode == 0, (status.stderr, log.read_text())
                yield daemon
            finally:
                if daemon.poll() is None:
                    daemon.kill()
        assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture
def home() -> Iterator[Path]:
    """As short as a home is: with macOS' folders behind it, a longer one has no room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="u") as name:
        yield Path(name)


@pytest.fixture(params=SYSTEMS)
def machine(request: pytest.FixtureRequest, home: Path) -> Machine:
    return Machine(request.param, home)


def test_every_module_but_those_for_linux_can_be_imported(machine: Machine) -> None:
    done = machine.run("import everything")
    assert done.returncode == 0, done.stderr
    failed: dict[str, str] = json.loads(done.stdout)
    assert set(failed) == LINUX_ONLY[machine.platform], failed
    assert all("dbus_fast" in failed[name] for name in NEEDS_DBUS)


def test_the_daemon_runs_answers_and_ends(machine: Machine) -> None:
    with machine.daemon() as daemon:
        status = machine.status(lambda found: not found["source"]["blind"])
        assert (status["source"]["name"], status["source"]["blind"]) == ("pynput", False)
        assert (status["notifier"]["name"], status["notifier"]["ok"]) == ("plyer", True)
        assert status["tray"]["ok"] is (machine.platform == "win32")
        known = {name: value for name, value in status["surroundings"].items() if value is not None}
        assert known == {"muted": False}, "but for whether notices can be shown, nothing is known there"
        assert (status["problems"], status["failures"]) == ([], 0)
        doctor = machine.run("doctor")
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        assert "pynput" in doctor.stdout
        assert "mutter" not in doctor.stdout
        assert machine.run("pause", "1h").returncode == 0
        assert machine.run("run").returncode == 5, "there is one already"
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(LONG) == 0
    assert machine.run("status").returncode == 3
    told = machine.run("amend", "yesterday", "9:00-10:00", "away")
    assert told.returncode == 0, f"without a daemon the history is worked on directly: {told.stderr}"


def listening(pid: int) -> set[str]:
    """The kinds of sockets of a process, as the kernel lists them."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and words[3] == "0A":
                found.add(f"{kind} {words[1].rsplit(':', 1)[0]}")
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("platform", [*SYSTEMS, "linux"])
def test_only_windows_listens_on_the_network_and_on_loopback_alone(platform: str, home: Path) -> None:
    machine = Machine(platform, home)
    with machine.daemon() as daemon:
        expected = {"tcp 0100007F"} if platform == "win32" else set()
        assert listening(daemon.pid) == expected
        (place,) = home.rglob("control.*")
        assert place.is_socket() is (platform != "win32")


def test_macos_that_does_not_allow_it_is_explained_by_the_doctor(home: Path) -> None:
    machine = Machine("darwin", home)
    machine.env["INPUT_MONITORING"] = "no"
    with machine.daemon():
        status = machine.status(lambda found: "pynput" in found["source"]["why"])
        assert (status["source"]["name"], status["source"]["blind"]) == ("none", True)
        assert "Input Monitoring" in status["problems"][0]
        told = " ".join(machine.run("doctor").stdout.split())
        assert "System Settings > Privacy & Security > Input Monitoring" in told
        assert "never of what" in told


def test_a_source_of_another_system_is_refused_in_words(machine: Machine) -> None:
    done = machine.run("run", "--source", "mutter")
    assert done.returncode == 4
    assert "not for this system" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_would_start_at_login(machine: Machine) -> None:
    done = machine.run("enable", "--dry-run")
    assert done.returncode == 0, done.stderr
    path = {
        "win32": machine.home / "Roaming/Microsoft/Windows/Start Menu/Programs/Startup/unhunch.cmd",
        "darwin": machine.home / "Library/LaunchAgents/unhunch.plist",
    }
    assert f"--- {path[machine.platform]}\n" in done.stdout


def test_nobody_is_told_to_type_what_there_is_not(machine: Machine) -> None:
    with machine.daemon():
        refused = machine.run("run")
    assert refused.returncode == 5
    assert "(unhunch quit)" in refused.stderr
    assert "systemctl" not in refused.stderr
