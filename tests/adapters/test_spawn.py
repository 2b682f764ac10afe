"""What the daemon opens comes to the front: the desktop's leave goes along, also by way of systemd-run, once."""

import sys
import time
from pathlib import Path

import pytest

from unhunch.daemon.spawn import Spawn

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no such leave"),
    # What it started goes on by itself: nobody waits for it.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]

SAYS = '#!/bin/sh\necho "$XDG_ACTIVATION_TOKEN|$DESKTOP_STARTUP_ID|$*" > {into}.part\nmv {into}.part {into}\n'


def program(path: Path, into: Path) -> str:
    """One that says what it was given."""
    path.write_text(SAYS.format(into=into))
    path.chmod(0o755)
    return str(path)


def said(into: Path) -> str:
    end = time.monotonic() + 60
    while not into.exists():
        assert time.monotonic() < end, "it was not started"
        time.sleep(0.01)
    text = into.read_text().strip()
    into.unlink()
    return text


@pytest.fixture
def spawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spawn:
    monkeypatch.setattr(sys, "executable", program(tmp_path / "python", tmp_path / "said"))
    for name in ("INVOCATION_ID", "XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"):
        monkeypatch.delenv(name, raising=False)
    return Spawn({"WAYLAND_DISPLAY": "wayland-7", "SECRET": "x"}, lambda what, error: pytest.fail(f"{what}: {error}"))


def test_the_desktops_leave_goes_to_one_window(spawn: Spawn, tmp_path: Path) -> None:
    spawn.token = "leave-1"
    spawn("start", "--short")
    assert said(tmp_path / "said") == "leave-1|leave-1|-m unhunch start --short"
    spawn("settings")
    assert said(tmp_path / "said") == "||-m unhunch settings"


def test_it_goes_by_way_of_systemd_run_too(spawn: Spawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manager starts what it is told with an environment of its own."""
    program(tmp_path / "systemd-run", tmp_path / "said")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("INVOCATION_ID", "0123")
    spawn.token = "leave-2"
    spawn("week", "--open")
    words = said(tmp_path / "said").split("|", 2)[2].split()
    assert {"--setenv=XDG_ACTIVATION_TOKEN=leave-2", "--setenv=DESKTOP_STARTUP_ID=leave-2"} < {*words}
    assert "--setenv=WAYLAND_DISPLAY=wayland-7" in words
    assert words[words.index("--") + 1 :] == [sys.executable, "-m", "unhunch", "week", "--open"]
    assert not [word for word in words if "SECRET" in word]
