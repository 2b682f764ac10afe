"""The machine sleeps under the real daemon, whatever was going on: written before, no sitting, and right at once after.

logind is a fake on a private bus. The sleep is played on the processes themselves: all stand still, and when they go
on CLOCK_REALTIME and CLOCK_BOOTTIME have moved by an hour and CLOCK_MONOTONIC has not, as after a real one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import kept
from tests.desktop.at_once import live_at_once
from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.test_surroundings_daemon import Desktop
from unhunch.control.client import ask
from unhunch.core.moment import HOUR, MINUTE
from unhunch.core.presence.reading import Presence

pytestmark = pytest.mark.desktop

WEDNESDAY = datetime(2026, 3, 11, 14, tzinfo=UTC)
"""Far from noon and from the night: no day turns in an hour's sleep."""
SAME = 1.0
"""Seconds by which a figure may differ that is to be the same."""

Status = Mapping[str, Any]


class Sleeper(Desktop):
    """A desktop that can really sleep."""

    def __init__(self, bed: Bed) -> None:
        super().__init__(bed)
        bed.env["TZ"] = "UTC"
        self.clocks = Clocks(bed, wall=WEDNESDAY.timestamp())

    async def begin(self) -> None:
        await asyncio.to_thread(self.bed.bus)
        await asyncio.to_thread(self.bed.bus, "system")
        await self.logind.start(self.bed.env["DBUS_SYSTEM_BUS_ADDRESS"])
        await self.rig.begin()
        await asyncio.to_thread(self.bed.dunst)
        self.desk.set(write='"10 min"')  # only what must be written before the sleep is
        await self.start()
        await self.until("the brake", lambda _: self.logind.brakes)

    async def sleep(self, seconds: float) -> None:
        """Announced, delayed by whoever holds a brake, slept, and announced to be over."""
        self.logind.go_to_sleep()
        await self.until("leave to sleep", lambda _: not self.logind.brakes)
        assert await self.shown() == 0, "a notice would wait for nobody"
        await asyncio.to_thread(self.clocks.suspend, seconds)
        self.logind.wake_up()
        await self.until("a new brake", lambda _: self.logind.brakes)

    async def tell(self, command: str, **args: object) -> None:
        await asyncio.to_thread(ask, self.bed.run / "unhunch/control.sock", command, args)

    async def notice(self) -> None:
        """Work and pause until one comes."""
        await self.asked()

    def input_written(self) -> float:
        """Seconds of input that stand in the database."""
        ((seconds,),) = kept.rows(self.desk.database, "select total(length) from fact where kind = 'input'")
        return float(seconds)


async def sitting(d: Sleeper) -> None:
    await d.work(3)


async def sits_down(d: Sleeper, _before: Status, after: Status) -> None:
    assert after["owed"] is None
    await d.work(1)
    status = await d.presence("active")
    assert status["stretch_min"] * 60 < 3 * d.desk.pace + 6, "a new stretch"
    assert len(d.stretches()) == 2, "and the one before it is over"


async def owed(d: Sleeper) -> None:
    await asyncio.to_thread(d.bed.dunstctl, "set-paused", "true")
    await d.work(6)
    await d.until("an owed session", lambda status: status["owed"])


async def is_asked(d: Sleeper, before: Status, after: Status) -> None:
    assert after["owed"] == {**before["owed"], "since": after["owed"]["since"]}
    assert after["owed"]["step"] == 0
    await asyncio.to_thread(d.bed.dunstctl, "set-paused", "false")
    await d.notice()


async def bubble(d: Sleeper) -> None:
    await d.work(6)
    await d.notice()


async def is_asked_again(d: Sleeper, before: Status, after: Status) -> None:
    assert [after["owed"][name] for name in ("number", "snoozes")] == [before["owed"]["number"], 0]
    assert after["today"]["missed"] == 0
    assert [fact["why"] for fact in d.desk.facts("withdrawn")] == ["away"]


async def snoozed(d: Sleeper) -> None:
    await bubble(d)
    await d.tell("snooze", seconds=600)


async def comes_back(d: Sleeper, before: Status, after: Status) -> None:
    assert after["owed"]["snoozes"] == before["owed"]["snoozes"] == 1
    assert after["owed"]["step"] == before["owed"]["step"] == 1, "it returns at the same step"
    await d.notice()
    assert (await d.status())["owed"]["step"] == 1


async def paused(d: Sleeper) -> None:
    await d.work(2)
    await d.tell("pause", seconds=1.5 * HOUR)


async def is_paused_still(d: Sleeper, before: Status, after: Status) -> None:
    assert after["paused_until"][:18] == before["paused_until"][:18]
    await d.sleep(HOUR)
    await d.until("the end of the pause", lambda status: status["paused_until"] is None)
    assert d.desk.facts("resume")[-1]["by"] == "itself"


async def session(d: Sleeper) -> None:
    await d.work(6)
    await d.until("an owed session", lambda status: status["owed"])
    await d.tell("session", event="began", size="short", planned_s=109.0, source="page")
    await d.tell("session", event="pulse", roller_s=8.0)
    await d.presence("session")


async def is_partial(d: Sleeper, before: Status, after: Status) -> None:
    await d.until("the end of the session", lambda status: status["presence"] != "session")
    [told] = d.desk.facts("session")
    assert (told["status"], told["roller_s"]) == ("partial", 8.0)
    assert after["today"]["done"] == 0
    assert after["owed"]["number"] == before["owed"]["number"], "it resolves nothing"


async def away(d: Sleeper) -> None:
    await d.work(2)
    await d.presence("away")


async def is_away_still(d: Sleeper, _before: Status, after: Status) -> None:
    assert after["presence"] == "away"
    assert len(d.stretches()) == 1


async def stood(d: Sleeper) -> None:
    await d.work(2)
    await d.tell("stand")
    await d.work(1)
    await d.presence("standing")


async def stands_no_more(d: Sleeper, before: Status, after: Status) -> None:
    assert before["standing_since"]
    assert after["standing_since"] is None, "after half an hour nobody stands where he stood"
    assert d.desk.facts("sit")[-1]["by"] == "itself"


State = tuple[Callable[[Sleeper], Awaitable[None]], Callable[[Sleeper, Status, Status], Awaitable[None]]]
UNTOLD = "sitting, and nobody tells"
STATES: dict[str, State] = {
    "sitting": (sitting, sits_down),
    UNTOLD: (sitting, sits_down),
    "a session owed": (owed, is_asked),
    "a notice on the screen": (bubble, is_asked_again),
    "snoozed": (snoozed, comes_back),
    "paused": (paused, is_paused_still),
    "a session open": (session, is_partial),
    "away": (away, is_away_still),
    "standing": (stood, stands_no_more),
}
"""What goes on, and what of it is there after an hour of sleep."""


async def sleeps(bed: Bed, name: str) -> None:
    d = Sleeper(bed)
    come_about, after_it = STATES[name]
    try:
        await d.begin()
        await come_about(d)
        before, worked = await d.status(), await d.sitting()
        written: list[float] = []
        d.logind.before_release = lambda: written.append(d.input_written())
        if name == UNTOLD:  # as where no logind is: only the clocks know
            await asyncio.to_thread(d.clocks.suspend, HOUR)
            await d.presence("away")
        else:
            await d.sleep(HOUR)
            # the daemon's clock is another than the touches': only lengths compare, and each end may be misjudged
            assert written == [pytest.approx(max(d.touches) - min(d.touches), abs=2 * d.slack)]
        d.logind.before_release = lambda: None
        after = await d.until("being awake", lambda status: status["presence"] != "asleep")
        assert await d.sitting() <= worked + 6 + d.slack, "an hour's sleep is not an hour's sitting"
        assert await d.sitting() >= worked - 6 - d.slack
        assert after["problems"] == []
        await after_it(d, before, after)
        assert (await d.status())["failures"] == 0
        assert await asyncio.to_thread(d.desk.terminate) == 0
        assert all(HOUR <= fact["length"] + SAME <= HOUR + MINUTE for fact in d.desk.facts("asleep"))
        assert d.seconds(Presence.UNKNOWN) < SAME
        assert "Traceback" not in bed.log("unhunch")
    finally:
        await d.logind.stop()


async def test_an_hour_of_sleep_in_every_state() -> None:
    await live_at_once(sleeps, STATES)
