"""What is forgotten is in no checkpoint either, and what goes on is counted on."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.facts import Kind
from unhunch.core.moment import first_day_after
from unhunch.daemon.commands import COMMANDS
from unhunch.errors import UserError


def forget(world: World, before: str) -> None:
    """As the daemon does: a new checkpoint, then what ended before that day is deleted."""
    world.do(m.Forgot(world.moment(), before))
    midnight = datetime.fromisoformat(before).replace(tzinfo=world.zone)
    world.facts = {key: fact for key, fact in world.facts.items() if fact.end >= midnight.timestamp()}
    outdated = [key for key, fact in world.facts.items() if fact.kind is Kind.CHECKPOINT][:-1]
    for key in outdated:
        del world.facts[key]


def test_forgotten_days_are_in_no_checkpoint_and_today_goes_on() -> None:
    world = World("2026-03-02 09:00")
    for _ in range(3):
        world.work(70)
        if world.st.owed:
            world.answer("skip")
        world.power_off(22 * 60)
    world.work(50)
    today, stretch, goal = world.minutes(), world.stretch(), world.st.programme.goal
    assert [day.date for day in world.st.past] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    forget(world, "2026-03-04")
    assert [day.date for day in world.st.past] == ["2026-03-04"]
    assert not any("2026-03-02" in str(fact.body.get("state", {}).get("past")) for fact in world.facts.values())
    assert abs(world.minutes() - today) < 0.2
    assert abs(world.stretch() - stretch) < 0.2
    world.work(10)
    assert abs(world.minutes() - today - 10) < 0.5
    assert world.st.programme.goal == goal
    check_fold_from_checkpoint(world)


def check_fold_from_checkpoint(world: World) -> None:
    """Killed and started again, it knows the same."""
    before = world.minutes()
    world.flushed()
    world.kill()
    world.start()
    assert abs(world.minutes() - before) < 0.5
    assert [day.date for day in world.st.past] == ["2026-03-04"]


def test_nothing_to_forget_changes_nothing() -> None:
    world = World("2026-03-02 09:00")
    world.work(70)
    before = world.minutes()
    forget(world, "2026-01-01")
    assert abs(world.minutes() - before) < 0.2
    check_fold(world)


async def test_a_session_and_a_day_to_come_are_refused_in_three_parts() -> None:
    world = World("2026-03-02 09:00")
    world.work(10)
    host = SimpleNamespace(live=world.live, clock=SimpleNamespace(now=world.moment))
    parts = SimpleNamespace(host=host)
    with pytest.raises(UserError) as refused:
        await COMMANDS["forget"](parts, {"before": world.wall + 86400})  # type: ignore[arg-type]
    assert refused.value.means == "Nothing was deleted."
    world.do(m.SessionBegan(world.moment(), {"size": "short"}))
    host.live = world.live
    with pytest.raises(UserError) as refused:
        await COMMANDS["forget"](parts, {"all": True})  # type: ignore[arg-type]
    assert (refused.value.what, refused.value.means) == ("A session is running.", "Nothing was deleted.")
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("moment", "here", "day"),
    [
        ("2026-03-04T00:00+01:00", 1, "2026-03-04"),
        ("2026-07-01T00:00+02:00", 1, "2026-07-01"),  # asked for in winter
        ("2026-01-15T00:00+01:00", 2, "2026-01-15"),  # asked for in summer
        ("2026-03-04T00:00+01:00", -5, "2026-03-04"),  # at a desk in New York it is the evening before
        ("2026-03-04T00:00+01:00", 5.5, "2026-03-05"),  # and in Delhi the morning of that day
    ],
)
def test_a_day_of_which_anything_is_forgotten_is_forgotten(moment: str, here: float, day: str) -> None:
    assert first_day_after(datetime.fromisoformat(moment).timestamp(), int(here * 3600)) == day
