"""The three clocks of one bed, moved at will: the wall clock set, the machine asleep, minutes gone by in a moment.

A library of a page of C is loaded before the C library of every program in the bed (ld.so(8), LD_PRELOAD) and adds
to each clock what stands in a small shared file. The kernel's own clocks stay: a time namespace could move two of the
three, but only before the first program is in it, and nothing but the machine's administrator can move the third.
"""

import atexit
import contextlib
import mmap
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.desktop.bed import Bed
from tests.desktop.parts import needs

SOURCE = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <dlfcn.h>

enum { WALL, AWAKE, BOOT, CLOCKS };
static const int64_t still[CLOCKS];
static const volatile int64_t *moved = still;

__attribute__((constructor)) static void find(void)
{
    const char *path = getenv("MOVED_CLOCKS");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof still, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (shared != MAP_FAILED)
        moved = shared;
}

static int64_t by(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: case CLOCK_TAI:
        return moved[WALL];
    case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_COARSE: case CLOCK_MONOTONIC_RAW:
        return moved[AWAKE];
    case CLOCK_BOOTTIME:
        return moved[BOOT];
    default:
        return 0;
    }
}

static void shift(struct timespec *at, int64_t ns)
{
    int64_t sum = at->tv_sec * INT64_C(1000000000) + at->tv_nsec + ns;
    at->tv_sec = sum / 1000000000;
    at->tv_nsec = sum % 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    int error = syscall(SYS_clock_gettime, clock, at);
    if (!error)
        shift(at, by(clock));
    return error;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}

/* Python's locks wait until a moment of a clock: the kernel has to be told it by its own. */
int sem_clockwait(sem_t *restrict lock, clockid_t clock, const struct timespec *restrict until)
{
    static int (*real)(sem_t *, clockid_t, const struct timespec *);
    struct timespec own = *until;
    if (!real)
        real = (int (*)(sem_t *, clockid_t, const struct timespec *))dlsym(RTLD_NEXT, "sem_clockwait");
    shift(&own, -by(clock));
    return real(lock, clock, &own);
}
"""


@cache
def library() -> Path:
    """The library, compiled once a run of the tests."""
    needs("gcc")
    folder = Path(tempfile.mkdtemp(prefix="clocks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source, made = folder / "clocks.c", folder / "clocks.so"
    source.write_text(SOURCE)
    subprocess.run(
        ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", made, source],
        check=True,
        timeout=60,
    )
    return made


class Clocks:
    """The clocks of all programs that are started in `bed` from now on. Seconds throughout."""

    def __init__(self, bed: Bed, *, wall: float = 0.0) -> None:
        """`wall`: the Unix time that it shall be now in the bed; 0 for what it is."""
        self._bed = bed
        self._moved = [0, 0, 0]
        path = bed.dir / "clocks"
        path.write_bytes(bytes(24))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 24)
        bed.env.update(LD_PRELOAD=str(library()), MOVED_CLOCKS=str(path))
        if wall:
            self.move(wall=wall - time.time())

    def move(self, *, wall: float = 0.0, awake: float = 0.0, boot: float = 0.0) -> None:
        """Add to CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME."""
        for n, seconds in enumerate((wall, awake, boot)):
            self._moved[n] += round(seconds * 1e9)
        self._shared[:] = struct.pack("=3q", *self._moved)

    def pass_by(self, seconds: float) -> None:
        """So much time goes by, on all three."""
        self.move(wall=seconds, awake=seconds, boot=seconds)

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: every program stands still, and so does CLOCK_MONOTONIC, while the others run on."""
        with self.frozen():
            self.move(wall=seconds, boot=seconds)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """No program of the bed runs, as under the kernel's freezer."""
        groups = [process.pid for process in self._bed.processes if process.poll() is None]
        for group in groups:
            os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            for group in reversed(groups):
                os.killpg(group, signal.SIGCONT)

    def now(self) -> float:
        """What the wall clock shows in the bed (Unix seconds)."""
        return time.time() + self._moved[0] / 1e9
