"""The system's clocks."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from unhunch.adapters import clock
from unhunch.adapters.clock import SystemClock


def test_the_three_clocks_are_read_together_and_run() -> None:
    system = SystemClock()
    first = system.now()
    assert first.wall == pytest.approx(time.time(), abs=5)
    assert first.boot >= first.awake - 1
    time.sleep(0.05)
    later = system.now()
    assert 0.05 <= later.awake - first.awake < 30
    assert later.suspended_since(first) == pytest.approx(0, abs=0.01)
    assert later.clock_step_since(first) == pytest.approx(0, abs=1)


def test_the_offset_is_the_one_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        system = SystemClock()
        monkeypatch.setenv("TZ", "XXX-05:30")
        assert system.now().utc_offset == 5 * 3600 + 1800
        monkeypatch.setenv("TZ", "XXX+08")
        assert system.now().utc_offset == -8 * 3600
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file over /etc/localtime, as only Linux can")
def test_a_new_time_zone_file_is_noticed() -> None:
    """In a mount namespace of its own, where /etc/localtime is changed under a running clock."""
    code = """
import subprocess
from unhunch.adapters.clock import SystemClock
def zone(name):
    subprocess.run(["mount", "--bind", f"/usr/share/zoneinfo/{name}", "/etc/localtime"], check=True)
zone("Asia/Kolkata")
system = SystemClock()
offsets = [system.now().utc_offset]
zone("Asia/Tokyo")
offsets.append(system.now().utc_offset)
print(offsets)
"""
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode and ("ermission" in done.stderr or "ermitted" in done.stderr):
        pytest.skip("mount namespaces are not allowed here")
    assert done.stdout.strip() == "[19800, 32400]", done.stderr


def test_a_boot_has_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SystemClock().boot_id == SystemClock().boot_id
    if clock.BOOT_ID.exists():
        assert SystemClock().boot_id == clock.BOOT_ID.read_text().strip()
    nowhere = tmp_path / "boot_id"
    monkeypatch.setattr(clock, "_boot_seconds", lambda: 1000.0)
    monkeypatch.setattr(time, "time", lambda: 1_800_001_000.0)
    named = SystemClock(nowhere).boot_id
    monkeypatch.setattr(clock, "_boot_seconds", lambda: 5000.0)
    monkeypatch.setattr(time, "time", lambda: 1_800_005_001.0)  # an hour later, set by a second
    assert SystemClock(nowhere).boot_id == named == "booted-1800000000"
    nowhere.write_text("named\n")
    assert SystemClock(nowhere).boot_id == "named"
