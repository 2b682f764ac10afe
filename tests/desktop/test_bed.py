"""The bed itself: what the other tests stand on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import install_line, missing, needs

pytestmark = pytest.mark.desktop


def test_input_reaches_the_x_server_and_a_screenshot_shows_it(bed: Bed) -> None:
    bed.xvfb()
    bed.until("some idle time", lambda: bed.hands.idle_seconds() > 0.3)
    for act in (bed.hands.key, bed.hands.motion, bed.hands.button):
        bed.until("some idle time", lambda: bed.hands.idle_seconds() > 0.1)
        before = bed.hands.idle_seconds()
        act()
        assert bed.hands.idle_seconds() < before
    assert bed.screenshot().size == (1280, 800)


def test_a_named_button_of_a_notice_is_pressed(bed: Bed) -> None:
    needs("dbus-daemon", "Xvfb", "dunst")
    bed.bus()
    bed.xvfb()
    bed.dunst()
    bus = bed.spawn(
        *("dbus-monitor", "--session", "type='signal',interface='org.freedesktop.Notifications'"), log="monitor"
    )
    bed.until("the monitor", lambda: "NameAcquired" in bed.log("monitor"))
    bed.output(
        *("gdbus", "call", "--session", "--dest", "org.freedesktop.Notifications"),
        *("--object-path", "/org/freedesktop/Notifications", "--method", "org.freedesktop.Notifications.Notify"),
        *("test", "0", "", "Which?", "", "['a', 'First', 'b', 'Second']", "{}", "0"),
    )
    bed.press("b")
    bed.until("the answer", lambda: 'string "b"' in bed.log("monitor"))
    assert 'string "a"' not in bed.log("monitor")
    bed.stop(bus)


def test_no_process_outlives_the_bed() -> None:
    with Bed() as bed:
        bed.bus()
        pids = [bed.xvfb().pid, bed.spawn("sh", "-c", "sleep 600 & sleep 600").pid]
    assert not bed.dir.exists()
    with Bed() as other:
        other.until("the end of them all", lambda: not any(group_exists(pid) for pid in pids))


def group_exists(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_missing_part_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    was = dict(missing)
    missing.clear()
    try:
        assert install_line() == ""
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setenv("CI", "")
        with pytest.raises(pytest.skip.Exception, match="Debian package kwin-wayland"):
            needs("kwin_wayland")
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match="xvfb"):
            needs("Xvfb")
        assert set(missing) == {"kwin_wayland", "Xvfb"}
        words = install_line().split()
        assert words[:3] == ["apt-get", "install", "--no-install-recommends"]
        assert {"kwin-wayland", "libegl-mesa0", "xvfb", "chromium", "npm"} <= set(words), "all that is not here"
    finally:
        missing.clear()
        missing.update(was)


def test_a_run_ends_by_naming_what_is_missing() -> None:
    """A run of its own where no desktop part is on the PATH."""
    run = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-k", "reaches_the_x_server", __file__]
    env = {**os.environ, "PATH": "/nowhere", "CI": ""}
    done = subprocess.run(run, env=env, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    *_, parts, install, verdict = done.stdout.splitlines()
    assert parts.startswith("Not tried: Xvfb")
    assert install.startswith("apt-get install --no-install-recommends ")
    assert {"xvfb", "dunst", "chromium"} <= set(install.split())
    assert "1 skipped" in verdict
    assert done.returncode == 0
    ci = subprocess.run(run, env={**env, "CI": "true"}, cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert ci.returncode == 1, "in CI a part that is not there is a failure"
