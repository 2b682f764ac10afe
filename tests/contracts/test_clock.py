"""What every clock promises: the one in a test's hand, the machine's, and other systems' pairs of clocks."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import pytest

from tests.fakes.activity import FakeClock
from unhunch.adapters.clock import SystemClock
from unhunch.core.moment import Moment
from unhunch.ports import Clock


class Rig(NamedTuple):
    """A clock, and how time passes there."""

    clock: Clock
    pass_time: Callable[[], None]


def _spin(clock: Clock) -> Callable[[], None]:
    """Until the machine's own clocks have moved: they cannot be told to."""

    def spin() -> None:
        before = clock.now()
        while clock.now().awake <= before.awake:
            pass

    return spin


@pytest.fixture(params=["fake", "system", "one clock twice"])
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "fake":
        fake = FakeClock(utc_offset=3600)
        return Rig(fake, lambda: fake.advance(0.5))
    if request.param == "system":
        clock = SystemClock()
    else:  # a system on which sleep cannot be seen
        ticks = iter(range(10**9))
        tick = lambda: next(ticks) / 1000  # noqa: E731
        clock = SystemClock(running=lambda: (tick, tick))
    return Rig(clock, _spin(clock))


def test_a_moment_has_three_clocks_and_an_offset(rig: Rig) -> None:
    now = rig.clock.now()
    assert isinstance(now, Moment)
    assert all(isinstance(reading, int | float) for reading in now)
    assert now.wall > 1_500_000_000, "Unix seconds"
    assert -14 * 3600 <= now.utc_offset <= 14 * 3600
    assert isinstance(now.utc_offset, int)


def test_the_running_clocks_never_go_back_and_go_on(rig: Rig) -> None:
    moments = []
    for _ in range(20):
        moments.append(rig.clock.now())
        rig.pass_time()
    for before, after in pairwise(moments):
        assert after.awake > before.awake
        assert after.boot >= before.boot


def test_awake_they_run_alike(rig: Rig) -> None:
    """What one gains on the other is sleep; a moment that is read takes no time."""
    before = rig.clock.now()
    for _ in range(5):
        rig.pass_time()
    after = rig.clock.now()
    assert (after.boot - before.boot) - (after.awake - before.awake) == pytest.approx(0, abs=0.05)


def test_a_boot_has_a_name_that_stays(rig: Rig) -> None:
    assert rig.clock.boot_id
    name = rig.clock.boot_id
    rig.pass_time()
    assert rig.clock.boot_id == name


def test_the_fake_one_moves_its_hands_apart() -> None:
    """What days are told with: suspend and a step are seen in the differences."""
    clock = FakeClock()
    before = clock.now()
    clock.advance(100, suspended=True)
    clock.step(-3600)
    after = clock.now()
    assert (after.boot - before.boot) - (after.awake - before.awake) == 100
    assert (after.wall - before.wall) - (after.boot - before.boot) == -3600
