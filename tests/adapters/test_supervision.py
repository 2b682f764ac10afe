"""Attempts come soon, then less and less often, and cost nothing once nobody believes in them."""

import asyncio

import pytest

from unhunch.adapters import supervision
from unhunch.adapters.supervision import Supervisor


class Patient:
    """Comes back at the attempt of that number."""

    def __init__(self, heals: int) -> None:
        self.heals = heals
        self.tried = 0
        self.back = asyncio.Event()
        self.supervisor = Supervisor(self.restore)

    async def restore(self) -> bool:
        self.tried += 1
        if self.tried == 2:
            raise RuntimeError("a mistake in the attempt")
        if self.tried < self.heals:
            return False
        self.back.set()
        return True


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds slept, without sleeping them."""
    slept: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


async def test_it_tries_until_it_is_back_and_an_attempt_that_raises_is_one_that_failed(waits: list[float]) -> None:
    patient = Patient(heals=7)
    patient.supervisor.lost()
    patient.supervisor.lost()
    await patient.back.wait()
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert patient.tried == 7


async def test_what_is_lost_again_is_tried_soon_again(waits: list[float]) -> None:
    patient = Patient(heals=4)
    for _time in range(2):
        patient.back.clear()
        patient.supervisor.lost()
        await patient.back.wait()
        await asyncio.sleep(0)
    assert waits == [0.5, 1.0, 2.0, 4.0, 0, 0.5, 0]


async def test_once_patience_is_over_only_a_look_that_is_late_enough_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST_SECONDS", 0.05)
    tried = asyncio.Event()

    async def restore() -> bool:
        tried.set()
        return True

    supervisor = Supervisor(restore, patience=0)
    supervisor.lost()
    await asyncio.sleep(0)
    supervisor.look()
    await asyncio.sleep(0)
    assert not tried.is_set(), "too soon after the last attempt"
    await asyncio.sleep(0.06)
    assert not tried.is_set(), "nobody looked"
    supervisor.look()
    await tried.wait()


async def test_closed_in_the_middle_of_an_attempt(waits: list[float]) -> None:
    hangs = asyncio.Event()

    async def restore() -> bool:
        hangs.set()
        return await asyncio.get_running_loop().create_future()

    supervisor = Supervisor(restore)
    supervisor.lost()
    await hangs.wait()
    await supervisor.close()
    await supervisor.close()
