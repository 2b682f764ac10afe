"""Access times of terminals, on a folder of our own."""

import os
from pathlib import Path

import pytest

from tests.fakes.activity import FakeClock
from unhunch.adapters.activity import terminal
from unhunch.ports import Quiet, Unusable


def typed(path: Path, at: float) -> None:
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (at, at - 5000))


async def test_the_newest_terminal_counts_less_the_step_of_its_clock(tmp_path: Path) -> None:
    clock = FakeClock()
    now = clock.now().wall
    typed(tmp_path / "tty2", now - 500)
    typed(tmp_path / "pts" / "3", now - 60)
    typed(tmp_path / "pts" / "ptmx", now)  # what is opened to make a terminal, not one
    typed(tmp_path / "ttyS0", now)
    source = terminal.Source(tmp_path, clock=clock, env={})
    assert (await source.open()).startswith("2 terminals")
    assert await source.quiet() == Quiet(52, 60)
    clock.advance(10)
    assert await source.quiet() == Quiet(62, 70)
    typed(tmp_path / "tty2", clock.now().wall - 3)
    assert await source.quiet() == Quiet(0, 3)


async def test_setting_the_clock_and_suspend_are_not_quiet_time(tmp_path: Path) -> None:
    clock = FakeClock()
    typed(tmp_path / "pts" / "3", clock.now().wall - 60)
    source = terminal.Source(tmp_path, clock=clock, env={})
    await source.quiet()
    clock.step(3600)
    clock.advance(7200, suspended=True)
    assert await source.quiet() == Quiet(52, 60)
    clock.step(-86400)
    assert await source.quiet() == Quiet(52, 60)


async def test_other_peoples_terminals_do_not_count(tmp_path: Path) -> None:
    typed(tmp_path / "pts" / "3", 1000)
    with pytest.raises(Unusable, match="no terminal open"):
        await terminal.Source(tmp_path, uid=os.getuid() + 1).open()


async def test_it_is_blind_before_the_first_terminal_and_goes_on_after_the_last(tmp_path: Path) -> None:
    clock = FakeClock()
    source = terminal.Source(tmp_path, clock=clock, env={})
    assert await source.quiet() is None
    typed(tmp_path / "tty1", clock.now().wall)
    assert await source.quiet() == Quiet(0, 0)
    (tmp_path / "tty1").unlink()
    clock.advance(30)
    assert await source.quiet() == Quiet(22, 30)
    assert not source.ring(lambda: None)


@pytest.mark.parametrize(
    ("env", "part"),
    [
        ({}, False),
        ({"DISPLAY": "localhost:10.0"}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-1"}, True),
    ],
)
async def test_beside_a_graphical_session_its_silence_says_nothing(
    tmp_path: Path, env: dict[str, str], part: bool
) -> None:
    clock = FakeClock()
    typed(tmp_path / "pts" / "0", clock.now().wall)
    source = terminal.Source(tmp_path, clock=clock, env=env)
    await source.open()
    clock.advance(3600)
    quiet = await source.quiet()
    assert quiet is not None
    assert source.partial is part
    assert quiet.at_least == (0.0 if part else 3600 - terminal.STEP)
    assert quiet.at_most == 3600
