"""The clock is set, or the machine sleeps, whatever goes on: nothing is counted twice, nobody is pestered."""

from typing import Any

import pytest

from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.facts import Kind
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings

HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400
STATES = ("present", "reading", "away", "owed", "shown", "snoozed", "paused", "standing", "call", "locked", "session")


def brought_to(state: str) -> World:
    """A morning that has come to this state."""
    world = World(settings=Settings(nudge=False))
    world.work(20)
    match state:
        case "reading":
            world.idle(2)
        case "away":
            world.idle(8)
        case "owed":
            while world.st.owed is None:
                world.work(0.5)
            assert world.bubble is None
        case "shown" | "snoozed":
            world.work(120)
            assert world.bubble is not None
            if state == "snoozed":
                world.answer("snooze")
                assert world.st.owed is not None
                assert world.st.owed.snoozed_until > 0
        case "paused":
            world.do(m.Paused(world.moment(), seconds=3 * HOUR))
        case "standing":
            world.do(m.Stood(world.moment()))
            world.work(1)
        case "call":
            world.set(in_call=True)
            world.idle(3)
        case "locked":
            world.set(locked=True)
            world.idle(1)
        case "session":
            world.do(m.SessionBegan(world.moment(), {"size": "short", "planned_s": 109}))
            world.tick(30)
            world.do(m.SessionPulse(world.moment(), {"roller_s": 20}))
    return world


def decided(world: World) -> tuple[Any, ...]:
    """What was asked and answered."""
    owed = world.st.owed
    return (
        owed and (owed.number, owed.of, owed.step, owed.highest, owed.snoozes),
        world.day.done,
        world.day.skipped,
        world.st.standing,
        world.st.pause and (world.st.pause.since, world.st.pause.running),
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", [-HOUR, HOUR, -DAY, DAY, -10 * YEAR, 10 * YEAR])
def test_a_set_clock_changes_no_sitting_and_gives_no_answer(state: str, step: float) -> None:
    world = brought_to(state)
    best, before, prompts, date = world.day.best, decided(world), len(world.shown), world.day.date
    world.set_clock(step)
    if world.day.date == date:
        if step < 0 or state != "standing":  # an hour that only the wall clock saw may have been a break
            assert decided(world) == before
        assert abs(world.day.best - best) < 61
    assert len(world.shown) <= prompts + 1
    assert any(abs(f.body["step"] - step) < 1 for f in world.of_kind(Kind.CLOCK))
    at = world.st.t
    world.work(10)
    assert 600 - world.s.look <= world.st.t - at <= 601, "the running clock heeds no calendar"
    assert world.wake.look > 0, "it goes on looking"
    world.set_clock(-step)
    world.set(in_call=False, locked=False)
    world.work(5)
    assert world.day.best >= 0
    assert len(world.shown) <= prompts + 2, "a clock that jumps to and fro does not make it ask"
    check_fold(world)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("minutes", [1, 45, 16 * 60, 10 * 24 * 60])
def test_the_machine_sleeps(state: str, minutes: float) -> None:
    """Sleep is no sitting, is no answer, and nothing pops up at nobody on waking."""
    world = brought_to(state)
    best, before, shown, date = world.day.best, decided(world), len(world.shown), world.day.date
    world.tick(minutes * 60, asleep=True)
    world.look()
    assert len(world.shown) == shown, "on waking nobody has touched anything"
    assert len(world.of_kind(Kind.ASLEEP)) >= 1 or minutes * 60 < 2
    if world.day.date == date:
        assert world.day.best <= best + 61
        if state not in ("paused", "snoozed", "standing", "session", "owed", "shown"):
            assert decided(world) == before
        assert world.day.done == before[1]
        assert world.day.skipped == before[2]
    world.set(in_call=False, locked=False)
    world.work(3)
    if minutes >= 45 and state != "session":
        assert world.stretch() <= 5, "a stretch does not outlive such a sleep"
        assert world.presence() in (Presence.ACTIVE, Presence.STANDING)
    check_fold(world)
