"""The system's clocks."""

import ctypes
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

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
    monkeypatch.setattr(time, "time", lambda: 1_800_001_000.0)
    named = SystemClock(nowhere, running=lambda: (lambda: 900.0, lambda: 1000.0)).boot_id
    monkeypatch.setattr(time, "time", lambda: 1_800_005_001.0)  # an hour later, set by a second
    later = SystemClock(nowhere, running=lambda: (lambda: 4900.0, lambda: 5000.0)).boot_id
    assert later == named == "booted-1800000000"
    nowhere.write_text("named\n")
    assert SystemClock(nowhere).boot_id == "named"


def test_macos_tells_suspend_from_two_raw_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = {"up": 100.0, "raw": 150.0}
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(time, "CLOCK_UPTIME_RAW", "up", raising=False)
    monkeypatch.setattr(time, "CLOCK_MONOTONIC_RAW", "raw", raising=False)
    monkeypatch.setattr(time, "clock_gettime", hands.__getitem__)
    system = SystemClock()
    before = system.now()
    hands.update(up=130.0, raw=3780.0)
    assert system.now().suspended_since(before) == 3600.0
    assert system.now().awake - before.awake == 30.0


class Kernel:
    """Stands for kernelbase.dll: two functions that write a count of 100 ns through a pointer."""

    def __init__(self) -> None:
        self.unbiased, self.biased = 0, 0
        self.QueryUnbiasedInterruptTime = self._function("unbiased")
        self.QueryInterruptTime = self._function("biased")

    def _function(self, name: str) -> Any:
        def write(pointer: Any) -> None:
            ctypes.cast(pointer, ctypes.POINTER(ctypes.c_ulonglong)).contents.value = getattr(self, name)

        return write


def test_windows_tells_suspend_from_interrupt_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", {"kernelbase": kernel}.__getitem__, raising=False)
    system = SystemClock()
    kernel.unbiased, kernel.biased = 10**7, 5 * 10**7
    before = system.now()
    assert (before.awake, before.boot) == (1.0, 5.0)
    kernel.unbiased, kernel.biased = 31 * 10**7, 3635 * 10**7
    after = system.now()
    assert after.suspended_since(before) == 3600.0
    assert after.boot == 3635.0


def test_a_system_without_such_a_pair_sees_no_suspend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    awake, boot = clock.running_clocks()
    assert awake is boot
