"""The notice of the week that ended: once, at its time, at a pause, outside the caps, whatever the clocks do."""

from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from tests.days.world import World, check_fold
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.core.state.calendar import week_of
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import summarise
from unhunch.daemon.week_notice import headline, remembered

HOUR, DAY = 3600.0, 86400.0
CALM = Settings(nudge=False)
"""Without stand-up notices, which would only lengthen these stories."""


def told(world: World) -> list[str]:
    return [fact.body["week"] for fact in world.of_kind(Kind.SHOWN) if fact.body["what"] == "week"]


def pause(world: World) -> None:
    """A natural pause after some minutes of work, with nothing owed in its way."""
    if world.st.owed:
        world.answer("skip")
    world.work(4)
    world.idle(seconds=40)
    world.work(seconds=20)


def to_monday(world: World, hour: str = "09:00") -> None:
    """Power off until the next morning that begins a week."""
    target = world.local.replace(hour=int(hour[:2]), minute=int(hour[3:]), second=0)
    days = (7 - world.local.weekday()) % 7 or 7
    world.power_off((target.timestamp() + days * DAY - world.wall) / 60)


def friday(settings: Settings = CALM) -> World:
    """An hour and a half on a Friday, in use for a while."""
    world = World("2026-03-06 09:00", settings)
    world.work(90)
    return world


def test_it_comes_at_the_first_pause_of_the_week_and_once() -> None:
    world = friday()
    to_monday(world)
    world.work(4)
    assert told(world) == [], "nobody is interrupted while typing"
    world.idle(seconds=40)
    assert told(world) == ["2026-03-09"]
    for _ in range(5):
        pause(world)
    assert told(world) == ["2026-03-09"]
    assert world.day.notices == 0, "outside the caps"
    check_fold(world)


@pytest.mark.parametrize(("day", "hour", "start", "at"), [("mon", 8, "07:30", 8), ("wed", 14, "13:30", 14)])
def test_day_and_hour_are_the_users(day: str, hour: int, start: str, at: int) -> None:
    settings = CALM._replace(week_day=day, week_hour=hour)
    world = friday(settings)
    to_monday(world, start)
    while day == "wed" and world.local.weekday() < 2:
        pause(world)
        assert told(world) == []
        world.power_off(24 * 60 - 5)
    pause(world)
    assert told(world) == [], "not before its hour"
    while world.local.hour < at:
        pause(world)
    pause(world)
    assert len(told(world)) == 1


def test_who_comes_on_thursday_hears_on_thursday() -> None:
    world = friday()
    to_monday(world, "06:00")
    world.power_off(3 * 24 * 60)
    pause(world)
    assert told(world) == ["2026-03-09"]


def test_a_week_that_begins_under_an_open_notice_takes_that_back_first() -> None:
    """A machine stands still from Saturday to Monday while a session is asked for: at one look day and week turn."""
    world = World("2026-03-07 09:00", CALM)
    while world.bubble is None:
        world.work(1)
    assert world.bubble.what == "session"
    world.wall += 2 * DAY
    world.tick(20)
    world.look()
    assert [why for _, why in world.withdrawn] == ["day"]
    assert world.bubble is None
    pause(world)
    assert world.bubble.what == "week"
    assert world.bubble == world.live.now.bubble.prompt
    assert world.st.owed is None
    check_fold(world)


def test_a_week_of_nothing_is_no_news_and_it_can_be_turned_off() -> None:
    world = friday()
    to_monday(world)
    world.stop()
    world.tick(7 * DAY)
    world.start()
    pause(world)
    assert told(world) == []
    quiet = friday(CALM._replace(week_notice=False))
    to_monday(quiet)
    pause(quiet)
    assert told(quiet) == []


def restart(world: World) -> None:
    world.stop()
    world.start()


def kill(world: World) -> None:
    world.kill()
    world.start()


def reboot(world: World) -> None:
    world.power_off(20)


def suspend(minutes: float) -> Callable[[World], None]:
    return lambda world: world.suspend(minutes)


def step(seconds: float) -> Callable[[World], None]:
    return lambda world: world.set_clock(seconds)


def there_and_back(seconds: float) -> Callable[[World], None]:
    def jump(world: World) -> None:
        world.set_clock(seconds)
        pause(world)
        world.set_clock(-seconds)

    return jump


def zone(name: str) -> Callable[[World], None]:
    def move(world: World) -> None:
        world.zone = ZoneInfo(name)
        world.look()

    return move


EVENTS = {
    "restart": restart,
    "kill -9": kill,
    "reboot": reboot,
    "suspend an hour": suspend(60),
    "suspend over night": suspend(16 * 60),
    "clock +1 h": step(HOUR),
    "clock -1 h": step(-HOUR),
    "clock +1 day": step(DAY),
    "clock -1 day": step(-DAY),
    "clock +10 years": step(3653 * DAY),
    "clock -10 years": step(-3653 * DAY),
    "an hour ahead and back": there_and_back(HOUR),
    "an hour back and ahead": there_and_back(-HOUR),
    "a day ahead and back": there_and_back(DAY),
    "a day back and ahead": there_and_back(-DAY),
    "ten years ahead and back": there_and_back(3653 * DAY),
    "ten years back and ahead": there_and_back(-3653 * DAY),
    "to Tokyo": zone("Asia/Tokyo"),
    "to Los Angeles": zone("America/Los_Angeles"),
    "to Kiritimati": zone("Pacific/Kiritimati"),
}


@pytest.mark.parametrize("moment", ["before it is told", "right after", "the next day"])
@pytest.mark.parametrize("event", EVENTS)
def test_never_twice_for_a_week(event: str, moment: str) -> None:
    """Whatever happens around it, no week is told twice, and the week of the Friday is told."""
    world = friday()
    to_monday(world)
    if moment == "before it is told":
        EVENTS[event](world)
    pause(world)
    if moment == "right after":
        assert told(world) == ["2026-03-09"]
        EVENTS[event](world)
    for _ in range(3):
        pause(world)
    world.power_off(25 * 60)
    if moment == "the next day":
        EVENTS[event](world)
    for _ in range(3):
        pause(world)
    if "10 years" not in event:
        assert "2026-03-09" in told(world)
    twice = {week: times for week, times in Counter(told(world)).items() if times > 1}
    assert not twice
    check_fold(world)


def test_the_two_figures_are_those_of_the_report() -> None:
    """Days are missing from the week, and the weeks before were lived, too."""
    world = World("2026-02-24 09:00", CALM)
    world.work(45)
    for days in (3, 3, 2, 1):  # Tuesday, Friday; Monday, Wednesday, Thursday
        world.power_off(days * 24 * 60 - 60)
        world.work(40)
        world.session(3)
        world.work(20)
    to_monday(world)
    pause(world)
    begun = told(world)[-1]
    assert (begun, week_of(world.day.date, CALM)) == ("2026-03-09", "2026-03-09")
    facts = list(world.facts.values())
    week = summarise(lived(facts, CALM), facts, "2026-03-02", CALM)
    minutes, done, _ = remembered(world.st, "2026-03-02", CALM)
    assert done == week.done == 3
    assert minutes == pytest.approx(week.sitting.best, abs=1.0)
    assert len(world.st.past) == 5


def test_the_headline() -> None:
    assert headline(1614.6, 4, 6) == "26 h 55 at your desk, 4 sessions done of 6 asked."
    assert headline(59.6, 1, None) == "1 h at your desk, 1 session done."
