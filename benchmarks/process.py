"""What running processes cost, by /proc: memory, processor time, wake-ups; threads that have ended included."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
MIB = 1 / 1024
"""Mebibytes in a KiB, the unit of smaps."""
SAMPLE_SECONDS = 1.0
"""How often threads are counted. One that lives for less is missed by the wake-ups, not by the processor time."""


class Memory(NamedTuple):
    """Mebibytes, of a process and of what it started.

    `pss` shares a page out among all that map it now, other Pythons of this measurement included. `alone` counts the
    interpreter and its modules in full, as on a machine where no other Python runs: the larger, stricter figure.
    """

    pss: float
    alone: float
    private: float


class Cost(NamedTuple):
    """Of some seconds: processor time in percent of one core, and how often a thread of it went to sleep and woke."""

    cpu_percent: float
    wakeups: float
    seconds: float


def family(leader: int) -> list[int]:
    """The processes of the session that `leader` began: what it started, unless that went its own way."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                session = (entry / "stat").read_text().rpartition(")")[2].split()[3]
                if int(session) == leader:
                    found.append(int(entry.name))
    return found


def memory(leader: int) -> Memory:
    """Now. Raises OSError when a process ends meanwhile."""
    pss = alone = private = 0
    for pid in family(leader):
        python = False
        rss = own = 0
        for line in (PROC / str(pid) / "smaps").read_text().splitlines():
            name, _, rest = line.partition(":")
            if "-" in name.split(" ")[0] and not name.startswith(("Rss", "Pss", "Private", "Shared")):
                path = line.split(maxsplit=5)[5] if len(line.split(maxsplit=5)) == 6 else ""
                python = "python3" in path
            elif name == "Rss":
                rss = int(rest.split()[0])
            elif name == "Pss":
                own = int(rest.split()[0])
                pss += own
                alone += rss if python else own
            elif name in ("Private_Clean", "Private_Dirty"):
                private += int(rest.split()[0])
    return Memory(pss * MIB, alone * MIB, private * MIB)


class Meter:
    """Counts from its making on; `sample` it about once a second, then ask for the `cost`."""

    def __init__(self, leader: int) -> None:
        self._leader = leader
        self._first: dict[tuple[int, int], int] = {}
        self._last: dict[tuple[int, int], int] = {}
        self._cpu_first: dict[int, float] = {}
        self._cpu_last: dict[int, float] = {}
        self._known: set[int] = set()
        self._begin = time.monotonic()
        for pid in family(leader):
            self._cpu_first[pid] = _cpu_seconds(pid)
            self._first.update(_switches(pid))
        self.sample()

    def sample(self) -> None:
        for pid in family(self._leader):
            with contextlib.suppress(OSError):
                self._cpu_last[pid] = _cpu_seconds(pid)
                self._last.update(_switches(pid))

    def cost(self) -> Cost:
        self.sample()
        took = time.monotonic() - self._begin
        cpu = sum(value - self._cpu_first.get(pid, 0.0) for pid, value in self._cpu_last.items())
        wakeups = sum(value - self._first.get(thread, 0) for thread, value in self._last.items())
        return Cost(100 * cpu / took, wakeups / took, took)


def watched(leaders: dict[str, int], seconds: float) -> dict[str, Cost]:
    """What each of these costs in the coming seconds, all of them at the same time."""
    meters = {name: Meter(leader) for name, leader in leaders.items()}
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, SAMPLE_SECONDS))
        for meter in meters.values():
            meter.sample()
    return {name: meter.cost() for name, meter in meters.items()}


def _cpu_seconds(pid: int) -> float:
    """The process's own clock (clock_getcpuclockid(3)): nanoseconds, its finished threads included."""
    return time.clock_gettime((~pid << 3) | 2)


def _switches(pid: int) -> Iterator[tuple[tuple[int, int], int]]:
    for task in (PROC / str(pid) / "task").iterdir():
        with contextlib.suppress(OSError):
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    yield (pid, int(task.name)), int(line.split()[1])
