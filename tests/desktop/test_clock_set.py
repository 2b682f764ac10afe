"""The wall clock is set under the running daemon, far and near, there and back; and what is left of the day then."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests import kept
from tests.desktop.at_once import live_at_once
from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import Desk
from unhunch.control.client import ask
from unhunch.core.moment import DAY, HOUR

pytestmark = [pytest.mark.desktop, pytest.mark.slow(40)]

WEDNESDAY = datetime(2026, 3, 11, 14, tzinfo=UTC)
"""Far from noon and from the night, where an hour would turn the day."""
TEN_YEARS = 3653 * DAY
STEPS = (HOUR, DAY, TEN_YEARS)


async def test_the_day_is_as_it_was_when_the_clock_is_right_again() -> None:
    """By an hour, a day and ten years: forward and right again, then back and right again, under one daemon."""

    async def story(bed: Bed, step: float) -> None:
        await asyncio.to_thread(there_and_back, bed, step)

    await live_at_once(story, STEPS)


def there_and_back(bed: Bed, far: float) -> None:
    bed.env["TZ"] = "UTC"
    clocks = Clocks(bed, wall=WEDNESDAY.timestamp() - DAY)
    desk = asked(bed, clocks)
    before = desk.status()
    assert before["today"]["date"] == WEDNESDAY.date().isoformat()
    for step in (far, -far):
        sets(desk, clocks, step)
        desk.type(0.4)
        bed.until("a natural pause", lambda: bed.hands.idle_seconds() > 1.2 * desk.pace)
        desk.type(0.2)
        bed.until("somebody at the desk", lambda: somebody(desk), limit=20)
        there = desk.status()
        today = datetime.fromtimestamp(clocks.now(), UTC).date().isoformat()
        assert there["today"]["date"] == today
        assert there["today"]["sitting_min"]["best"] < desk.pace, "no hours were invented"
        assert there["problems"] == []
        assert "Session" in desk.run("plan").stdout
        assert today in [day["date"] for day in desk.json("week")["days"]]

        sets(desk, clocks, -step)
        bed.until("somebody at the desk", lambda: somebody(desk), limit=20)
        right = desk.status()
        assert right["today"]["date"] == before["today"]["date"]
        assert [right["today"][name] for name in ("done", "missed", "skipped")] == [0, 0, 0]
        assert right["today"]["goal"] == before["today"]["goal"] == 3
        best, lost = right["today"]["sitting_min"]["best"], 0.1 + 0.03 * desk.pace  # what lies between two looks
        assert before["today"]["sitting_min"]["best"] - lost <= best < desk.pace
        if abs(step) < DAY:
            assert right["owed"] == {**before["owed"], "since": right["owed"]["since"]}
        else:
            assert right["next"]["kind"] == "session", "it lapsed with the day, and will be asked for again"
        assert bed.displayed() <= 1
        assert len(desk.facts("shown")) == 1, "no burst"
    sitting = sum(span["length"] for span in desk.facts("input"))
    assert 5 < sitting / desk.pace < 40, "what was lived is what was typed"
    assert desk.json("plan")["goal"] == 3, "ten years without a session were none"
    assert desk.status()["failures"] == 0
    in_order(desk)
    after = desk.status()
    desk.kill()
    desk.start()
    for name in ("date", "done", "skipped", "missed", "notices", "goal"):
        assert desk.status()["today"][name] == after["today"][name], name
    assert desk.terminate() == 0
    assert "Traceback" not in bed.log("unhunch")


def asked(bed: Bed, clocks: Clocks) -> Desk:
    """Somebody who has come up to three sessions a day, did one yesterday, and is asked for the first of today."""
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    desk.config.write_text("goal = 3\n" + desk.config.read_text())
    desk.start()
    desk.type(1)
    ask(bed.run / "unhunch/control.sock", "screening", {"verdict": "pass"})
    assert desk.run("log").returncode == 0
    with clocks.frozen():
        clocks.pass_by(DAY)
    desk.type(6)
    desk.asked()
    desk.set(between='"10 min"')
    bed.until("the new settings", lambda: "was read again" in bed.log("unhunch"))
    return desk


def somebody(desk: Desk) -> bool:
    """After a step that may have been a night nobody is known to be there, until a key is pressed."""
    desk.type(0.2)
    return desk.status()["presence"] in ("active", "quiet")


def sets(desk: Desk, clocks: Clocks, seconds: float) -> None:
    """Set the clock, and wait until it was noticed."""
    told = len(desk.facts("clock"))
    clocks.move(wall=seconds)
    # A clock set back keeps APScheduler's job from being due for as long: the look comes nevertheless.
    desk.bed.until("a look in spite of it", lambda: len(desk.facts("clock")) == told + 1)
    assert desk.facts("clock")[-1]["step"] == pytest.approx(seconds, abs=desk.pace)


def in_order(desk: Desk) -> None:
    """By the running clock each fact is told after the one before it, whatever the wall clock said meanwhile.

    What is known only at a look began a moment before it.
    """
    latest = 0.0
    for kind, began, length in kept.rows(desk.database, "select kind, boot, length from fact order by id"):
        assert began >= latest - 3 * desk.pace, (kind, began, latest)
        assert 0 <= length < 2 * DAY + HOUR, (kind, length)
        latest = max(latest, began)
