"""APScheduler as an alarm clock: one date job at a time, and the only file that imports it.

The engine is asked what is due at each ring, so nothing here knows why it rings. Its timer runs on CLOCK_MONOTONIC,
which stands still in suspend: on resume and on a clock step `wakeup` rings at once. Jobs are due by the wall clock,
though: one that was set back would keep the alarm silent for as long, so the loop's own clock sees to it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from unhunch.adapters.lean import standing_in
from unhunch.ports import Clock

UNUSED: dict[str, dict[str, object]] = {
    "concurrent.futures.process": {"BrokenProcessPool": type("BrokenProcessPool", (Exception,), {})},
    "importlib.metadata": {
        "PackageNotFoundError": LookupError,
        "version": lambda _: "3.11",
        "entry_points": lambda **_: (),
    },
    "multiprocessing": {},
    "tzlocal": {"get_localzone": lambda: UTC},
    "uuid": {"uuid4": None},
    "zoneinfo": {"ZoneInfo": type("ZoneInfo", (tzinfo,), {})},
}
"""What APScheduler imports for process pools, plugins named by text, the local time zone and nameless jobs: 2.7 MiB.
Here jobs have a name and run on the event loop, triggers are given as objects, and times are in UTC."""

with standing_in(UNUSED):
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.date import DateTrigger

JOB = "look"
SOONEST = 0.01
"""Seconds: a date that has passed would be a misfire."""
OVERDUE = 2.0
"""Seconds of running time after which an alarm that has not rung by the wall clock rings nevertheless."""


class SchedulerAlarm:
    """Rings `ring` (a coroutine function) once after each `set`; setting it again moves it."""

    def __init__(self, ring: Callable[[], Awaitable[None]], clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        # A late job is run, not dropped; and never two at once.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler: Any = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._scheduler.start()
        self._overdue: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Ring after so many seconds of running time."""
        seconds = max(seconds, SOONEST)
        at = datetime.fromtimestamp(self._clock.now().wall, UTC) + timedelta(seconds=seconds)
        self._scheduler.add_job(self._rung, DateTrigger(at, UTC), id=JOB, replace_existing=True)
        self._expect(seconds + OVERDUE)

    def _expect(self, seconds: float) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
        self._overdue = asyncio.get_running_loop().call_later(seconds, self.wakeup)

    async def _rung(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
        await self._ring()

    def wakeup(self) -> None:
        """Ring now: the clocks have moved under the timer."""
        self.set(SOONEST)

    def close(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
        self._scheduler.shutdown(wait=False)
