"""The only place where clocks are read."""
# ruff: noqa: TID251 - here and nowhere else

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unhunch.core.moment import Moment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ZONE_FILE = Path("/etc/localtime")
INTERRUPT_STEPS = 1e7
"""Steps of 100 ns, in a second."""
BOOT_NAME_SECONDS = 60
"""Where the system has no boot id, boots are told apart by the minute in which they began."""

Seconds = Callable[[], float]


def running_clocks() -> tuple[Seconds, Seconds]:
    """Two clocks that nobody can set: one stops while the machine sleeps, one runs on. Their difference is the sleep.

    Where a system has no such pair it is one clock twice, and sleep is not seen.
    """
    if sys.platform == "win32":
        return _interrupt_clocks()
    if sys.platform == "darwin":
        # Its CLOCK_MONOTONIC runs on, too, but is stretched when the wall clock is corrected (clock_gettime(3)).
        uptime, raw = time.CLOCK_UPTIME_RAW, time.CLOCK_MONOTONIC_RAW
        return lambda: time.clock_gettime(uptime), lambda: time.clock_gettime(raw)
    boot: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic, time.monotonic if boot is None else lambda: time.clock_gettime(boot)


def _interrupt_clocks() -> tuple[Seconds, Seconds]:
    """Windows' interrupt time, without and with the time that the machine was asleep. Needs Windows 10 or later.

    Both count at the rate of the same timer, so that they part in sleep and hibernation only
    (https://learn.microsoft.com/windows/win32/sysinfo/interrupt-time). Written from that page; not tried on Windows.
    """
    import ctypes

    system: Any = ctypes.WinDLL("kernelbase")  # type: ignore[attr-defined,unused-ignore]  # there on Windows only

    def reader(query: Any) -> Seconds:
        query.argtypes = [ctypes.POINTER(ctypes.c_ulonglong)]
        query.restype = None

        def seconds() -> float:
            steps = ctypes.c_ulonglong()
            query(ctypes.byref(steps))
            return steps.value / INTERRUPT_STEPS

        return seconds

    return reader(system.QueryUnbiasedInterruptTime), reader(system.QueryInterruptTime)


class SystemClock:
    """Reads wall time, the clock that stops in suspend and the one that runs through it."""

    def __init__(
        self,
        boot_id_file: Path = BOOT_ID,
        zone_file: Path = ZONE_FILE,
        running: Callable[[], tuple[Seconds, Seconds]] = running_clocks,
    ) -> None:
        self._awake, self._boot = running()
        self._zone_file = zone_file
        self._zone: tuple[object, ...] = ()
        self._boot_id = self._name_boot(boot_id_file)

    def now(self) -> Moment:
        """All three clocks within a microsecond, and the offset from UTC that is in force here and now."""
        wall, awake, boot = time.time(), self._awake(), self._boot()
        stamp = self._zone_stamp()
        if stamp != self._zone:
            # The C library reads the zone once: a traveller who changes it must not need a restart.
            self._zone = stamp
            if hasattr(time, "tzset"):
                time.tzset()
        return Moment(wall, awake, boot, time.localtime(wall).tm_gmtoff)

    @property
    def boot_id(self) -> str:
        """Names this boot of the machine; the same for every process until the next boot."""
        return self._boot_id

    def _zone_stamp(self) -> tuple[object, ...]:
        try:
            found = self._zone_file.stat()
        except OSError:
            return (os.environ.get("TZ"),)
        return (os.environ.get("TZ"), found.st_dev, found.st_ino, found.st_mtime_ns)

    def _name_boot(self, file: Path) -> str:
        try:
            if name := file.read_text(encoding="ascii").strip():
                return name
        except (OSError, ValueError):
            pass
        return f"booted-{round((time.time() - self._boot()) / BOOT_NAME_SECONDS) * BOOT_NAME_SECONDS}"
