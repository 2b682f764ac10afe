"""The only place where clocks are read."""
# ruff: noqa: TID251 - here and nowhere else

import os
import time
from pathlib import Path

from unhunch.core.moment import Moment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ZONE_FILE = Path("/etc/localtime")
BOOT_NAME_SECONDS = 60
"""Where the system has no boot id, boots are told apart by the minute in which they began."""

_BOOT_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class SystemClock:
    """Reads wall time, the clock that stops in suspend and the one that runs through it."""

    def __init__(self, boot_id_file: Path = BOOT_ID, zone_file: Path = ZONE_FILE) -> None:
        self._zone_file = zone_file
        self._zone: tuple[object, ...] = ()
        self._boot_id = self._name_boot(boot_id_file)

    def now(self) -> Moment:
        """All three clocks within a microsecond, and the offset from UTC that is in force here and now."""
        wall, awake, boot = time.time(), time.monotonic(), _boot_seconds()
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

    @staticmethod
    def _name_boot(file: Path) -> str:
        try:
            if name := file.read_text(encoding="ascii").strip():
                return name
        except (OSError, ValueError):
            pass
        return f"booted-{round((time.time() - _boot_seconds()) / BOOT_NAME_SECONDS) * BOOT_NAME_SECONDS}"


def _boot_seconds() -> float:
    """Seconds on the clock that runs through suspend; where the system has none, on the one that may not."""
    return time.monotonic() if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)
