"""The alarm: once, at its time, whatever the wall clock does meanwhile. A late one is kept; never two at once."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest

from unhunch.adapters import alarm
from unhunch.adapters.alarm import SchedulerAlarm
from unhunch.adapters.clock import SystemClock
from unhunch.core.moment import Moment

HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400


class Wall(SystemClock):
    """A machine whose wall clock can be set; APScheduler reads the same one."""

    step = 0.0

    def now(self) -> Moment:
        at = super().now()
        return at._replace(wall=at.wall + Wall.step)


class SetDatetime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "SetDatetime":
        return super().now(tz) + timedelta(seconds=Wall.step)


class Desk:
    """An alarm, and when it rang on the loop's clock."""

    def __init__(self) -> None:
        self.rings: list[float] = []
        self.alarm = SchedulerAlarm(self._ring, Wall())

    async def _ring(self) -> None:
        self.rings.append(asyncio.get_running_loop().time())

    async def until_rung(self, times: int = 1, limit: float = 20.0) -> None:
        async with asyncio.timeout(limit):
            while len(self.rings) < times:
                await asyncio.sleep(0.005)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    Wall.step = 0.0
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", SetDatetime)
    monkeypatch.setattr(alarm, "OVERDUE", 0.3)
    made = Desk()
    yield made
    made.alarm.close()


async def test_it_rings_once_and_setting_it_again_moves_it(desk: Desk) -> None:
    begin = asyncio.get_running_loop().time()
    desk.alarm.set(3600)
    desk.alarm.set(0.2)
    await desk.until_rung()
    assert desk.rings[0] - begin >= 0.19
    await asyncio.sleep(1.0)
    assert len(desk.rings) == 1


@pytest.mark.parametrize("step", [-HOUR, HOUR, -DAY, DAY, -10 * YEAR, 10 * YEAR])
async def test_a_set_clock_does_not_silence_it(desk: Desk, step: float) -> None:
    begin = asyncio.get_running_loop().time()
    desk.alarm.set(0.5)
    Wall.step = step
    await desk.until_rung()
    assert step > 0 or desk.rings[0] - begin >= 0.49, "before its time, and no day has turned"
    desk.alarm.set(0.2)
    await desk.until_rung(2)
    await asyncio.sleep(0.8)
    assert len(desk.rings) == 2, "by the scheduler and by the loop as well"


async def test_a_late_job_is_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop was held up past the hour: APScheduler's own grace is a second, after which it would drop the job."""
    monkeypatch.setattr(alarm, "OVERDUE", DAY)  # by the scheduler, not by what watches over it
    desk.alarm.set(0.05)
    time.sleep(1.6)
    await desk.until_rung()
    desk.alarm.set(0.05)
    Wall.step = HOUR  # as after a suspend, or with the clock set: late by an hour
    await desk.until_rung(2)


async def test_wakeup_rings_at_once_and_takes_the_place_of_what_was_set(desk: Desk) -> None:
    """After a suspend: APScheduler's timer has stood still, and would let it wait for the rest."""
    desk.alarm.set(3600)
    begin = asyncio.get_running_loop().time()
    desk.alarm.wakeup()
    desk.alarm.wakeup()
    await desk.until_rung()
    assert desk.rings[0] - begin < 5
    await asyncio.sleep(0.8)
    assert len(desk.rings) == 1, "two wakeups, one look; and the old alarm is gone"


async def test_there_is_one_job_at_a_time(desk: Desk) -> None:
    """However often it is set, and while a ring is still at work."""
    for seconds in (5, 60, 3600, 0.3):
        desk.alarm.set(seconds)
        assert len(desk.alarm._scheduler.get_jobs()) == 1
    await desk.until_rung()
    assert desk.alarm._scheduler.get_jobs() == []


async def test_a_slow_ring_is_never_joined_by_another() -> None:
    at_once, most, rings = 0, 0, 0

    async def slow() -> None:
        nonlocal at_once, most, rings
        at_once += 1
        most = max(most, at_once)
        alarm_.set(0.01)  # as the daemon does in the middle of its look
        await asyncio.sleep(0.2)
        at_once -= 1
        rings += 1

    alarm_ = SchedulerAlarm(slow, SystemClock())
    try:
        alarm_.set(0.01)
        async with asyncio.timeout(20):
            while rings < 3:
                await asyncio.sleep(0.01)
    finally:
        alarm_.close()
    assert most == 1


async def test_it_rings_on_the_event_loop_and_starts_no_thread(desk: Desk) -> None:
    threads = threading.active_count()
    seen: list[threading.Thread] = []

    async def ring() -> None:
        seen.append(threading.current_thread())

    desk.alarm._ring = ring
    desk.alarm.set(0.01)
    async with asyncio.timeout(20):
        while not seen:
            await asyncio.sleep(0.01)
    assert seen == [threading.main_thread()]
    assert threading.active_count() == threads


async def test_closed_it_is_silent(desk: Desk) -> None:
    other = Desk()
    other.alarm.set(0.1)
    other.alarm.close()
    await asyncio.sleep(0.6)
    assert other.rings == []
