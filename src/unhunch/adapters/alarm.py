"""APScheduler as an alarm clock: one date job at a time, and the only file that imports it.

The engine is asked what is due at each ring, so nothing here knows why it rings. Its timer runs on CLOCK_MONOTONIC,
which stands still in suspend: on resume and on a clock step `wakeup` rings at once.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from unhunch.ports import Clock

JOB = "look"
SOONEST = 0.01
"""Seconds: a date that has passed would be a misfire."""


class SchedulerAlarm:
    """Rings `ring` (a coroutine function) once after each `set`; setting it again moves it."""

    def __init__(self, ring: Callable[[], Awaitable[None]], clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        # A late job is run, not dropped; and never two at once.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler: Any = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._scheduler.start()

    def set(self, seconds: float) -> None:
        """Ring after so many seconds of running time."""
        at = datetime.fromtimestamp(self._clock.now().wall, UTC) + timedelta(seconds=max(seconds, SOONEST))
        self._scheduler.add_job(self._ring, "date", run_date=at, id=JOB, replace_existing=True)

    def wakeup(self) -> None:
        """Ring now: the clocks have moved under the timer."""
        self.set(SOONEST)

    def close(self) -> None:
        self._scheduler.shutdown(wait=False)
