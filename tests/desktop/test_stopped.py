"""SIGSTOP for ten minutes: a debugger, a full memory, a busy machine. Nobody knows what went on, or X does.

The limits are the ones that people have (a minute is activity, five are a break, two are bridged); only looks, and
what makes a session due, are scaled down. The ten minutes go by on the clocks of all programs in the bed while the
daemon stands still, so the X server's idle counter has them, too.
"""

import asyncio
import os
import signal

import pytest

from tests.desktop.at_once import live_at_once
from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import Desk
from unhunch import config
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.moment import MINUTE
from unhunch.core.presence.reading import SITTING, Presence
from unhunch.core.week.lived import lived

pytestmark = pytest.mark.desktop

LONG = 10 * MINUTE
LATE = 4.0
"""Seconds of the script by which a figure may differ."""
WENT_ON, LEFT = "somebody worked on", "nobody was there"


async def test_ten_minutes_of_which_nobody_knows_and_ten_without_a_touch() -> None:
    async def story(bed: Bed, who: str) -> None:
        await asyncio.to_thread(stopped, bed, who)

    await live_at_once(story, (WENT_ON, LEFT))


def stopped(bed: Bed, who: str) -> None:
    clocks = Clocks(bed)
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    desk.set(active_gap="", break_gap="", proven_break="", bridge="")  # the minutes of the model, for once
    desk.start()
    assert desk.process is not None
    desk.type(6)
    desk.asked()
    before, sat = desk.status(), desk.sitting()

    os.kill(desk.process.pid, signal.SIGSTOP)
    clocks.pass_by(LONG)
    if who == WENT_ON:
        desk.type(0.5)
    os.kill(desk.process.pid, signal.SIGCONT)

    if who == WENT_ON:
        desk.type(1)
        bed.until("the hole", lambda: desk.facts("blind"))
        assert [fact["length"] for fact in desk.facts("blind")] == [pytest.approx(LONG, abs=LATE * desk.pace)]
        bed.until("knowing again", lambda: desk.status()["presence"] == "active")
    else:
        bed.until("being away", lambda: desk.status()["presence"] == "away")
        bed.until("the notice to go", lambda: bed.displayed() == 0)
        assert desk.facts("blind") == [], "the idle counter knows better"
    after = desk.status()
    for name in ("number", "of", "step", "snoozes"):
        assert after["owed"][name] == before["owed"][name], name
    assert desk.sitting() <= sat + MINUTE + (6 + LATE) * desk.pace, "at most the minute after the last touch"
    assert len(desk.facts("shown")) == 1, "no burst"
    assert after["problems"] == []
    assert after["failures"] == 0
    assert desk.terminate() == 0

    store = SqliteStore(desk.database, read_only=True)
    pieces = lived(store.read(), config.load(desk.config))
    store.close()
    unknown = sum(piece.end - piece.start for piece in pieces if piece.presence is Presence.UNKNOWN)
    assert unknown == pytest.approx(LONG if who == WENT_ON else 0, abs=LATE * desk.pace)
    sitting = sum(piece.end - piece.start for piece in pieces if piece.presence in SITTING)
    assert sitting < 2 * MINUTE
