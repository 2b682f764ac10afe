"""A week that was lived with the real engine, summed up from its facts: both count alike."""

from datetime import timedelta

from tests.days.world import World
from unhunch.core.moment import MINUTE
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import summarise


def a_week_lived() -> tuple[World, dict[str, tuple[float, float, float, int]]]:
    """Monday with breaks, a call and a session; Tuesday with a skip; Wednesday partly blind; power off at night."""
    world = World("2026-03-02 09:00")
    told: dict[str, tuple[float, float, float, int]] = {}

    def evening() -> None:
        world.look()
        day = world.day
        told[day.date] = (day.low, day.best, day.high(world.s), day.done)

    def night() -> None:
        morning = world.local.replace(hour=9, minute=0, second=0) + timedelta(days=1)
        world.power_off((morning.timestamp() - world.wall) / MINUTE)

    world.work(50)
    world.idle(12)
    world.work(40)
    world.idle(3)
    world.work(25)
    if world.bubble is None:
        world.work(30)
    world.answer("start")
    world.session(3.0, stiffness_before=6, stiffness_after=4)
    world.work(20)
    world.set(in_call=True)
    world.idle(31)
    world.set(in_call=False)
    world.work(15)
    evening()
    night()
    world.work(150)
    world.answer("skip")
    world.work(10)
    evening()
    night()
    world.work(35)
    world.blind = True
    world.idle(20)
    world.blind = False
    world.work(45)
    evening()
    world.stop()
    return world, told


def test_the_week_counts_as_the_engine_did() -> None:
    world, told = a_week_lived()
    facts = list(world.facts.values())
    week = summarise(lived(facts, world.s), facts, "2026-03-02", world.s)
    days = {day.date: day for day in week.days}
    assert len(told) == 3
    for date, (low, best, high, done) in told.items():
        day = days[date]
        assert abs(day.sitting.low - low / MINUTE) <= 1.0, date
        assert abs(day.sitting.best - best / MINUTE) <= 1.0, date
        assert abs(day.sitting.high - high / MINUTE) <= 1.0, date
        assert day.done == done, date
    assert (week.done, week.asked, week.prompts.started, week.prompts.skipped) == (1, 2, 1, 1)
    assert (week.feeling.before, week.feeling.after) == (6, 4)
    assert abs(week.quality.calls - 30.0) <= 1.0
    assert abs(week.quality.unknown - 20.0) <= 1.0
