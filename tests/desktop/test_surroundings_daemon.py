"""What is around the user, end to end: real notices, sound, windows; a private logind; the real daemon in between."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests import kept
from tests.desktop.bed import LIMIT, Bed
from tests.desktop.rigs import Xvfb
from tests.desktop.test_every_desktop import Day
from tests.desktop.test_surroundings_calls import pulseaudio
from tests.desktop.test_surroundings_fullscreen import Windows
from tests.fakes.logind import FakeLogind
from unhunch.control.client import ask
from unhunch.core.facts import Kind
from unhunch.core.presence.reading import ABSENT, SITTING, Presence

pytestmark = [pytest.mark.desktop, pytest.mark.slow(15)]

NEVER_DUE = {"first_latest": '"6 h"', "first_latest_new": '"6 h"'}


class Logind(FakeLogind):
    """Calls back before the machine may sleep: at the moment in which the last brake is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.before_release: Callable[[], object] = lambda: None

    def _forget(self, reading: int) -> None:
        if self.inhibitors[reading].what == "sleep":
            self.before_release()
        super()._forget(reading)


class Desktop(Day):
    """X11 with notices and a logind."""

    def __init__(self, bed: Bed) -> None:
        super().__init__(Xvfb(bed))
        self.bed = bed
        self.logind = Logind()

    async def presence(self, wanted: str, limit: float = LIMIT):
        return await self.until(wanted, lambda status: status["presence"] == wanted, limit)

    async def holds(self, wanted: str) -> None:
        await self.until(f"being held by {wanted}", lambda status: [h["why"] for h in status["holds"]] == [wanted])

    async def shown(self) -> int:
        return await asyncio.to_thread(self.bed.displayed)

    async def sitting(self) -> float:
        """Seconds of sitting today (the daemon's minutes have one decimal)."""
        return (await self.status())["today"]["sitting_min"]["best"] * 60

    async def asked(self) -> None:
        """Work and pause until there is a notice: on a busy machine one pause may go by unseen."""
        async with asyncio.timeout(LIMIT):
            while not await self.shown():
                await self.work(1.5)
                await self.rest(1.5)

    def seconds(self, *presences: Presence) -> float:
        return sum(piece.end - piece.start for piece in self.lived() if piece.presence in presences)


@pytest.fixture
async def desktop(bed: Bed) -> AsyncIterator[Desktop]:
    bed.bus()
    bed.bus("system")
    made = Desktop(bed)
    await made.logind.start(bed.env["DBUS_SYSTEM_BUS_ADDRESS"])
    await made.rig.begin()
    await asyncio.to_thread(bed.dunst)
    yield made
    await made.logind.stop()


async def test_a_lock_a_switch_and_the_time_after_them(desktop: Desktop) -> None:
    desktop.desk.set(**NEVER_DUE)
    await desktop.start()
    logind = desktop.logind
    for leave, come in ((logind.lock, logind.unlock), (logind.switch_away, logind.switch_back)):
        await desktop.work(1.5)
        leave()
        left = time.time()
        await desktop.presence("away")
        assert time.time() - left < desktop.slack, "a lock needs no waiting"
        await desktop.holds("locked")
        await desktop.rest(5)
        came = time.time()
        come()
        await desktop.work(1)
        await desktop.presence("active")
        away = [p for p in desktop.lived() if p.presence in ABSENT and p.end > left]
        assert len(away) == 1
        assert away[0].start == pytest.approx(left, abs=desktop.slack)
        assert away[0].end == pytest.approx(came, abs=desktop.slack)
        assert away[0].piece.breaks, "five seconds under a lock are a real break (proven_break)"
    assert await asyncio.to_thread(desktop.desk.terminate) == 0
    assert len(desktop.desk.facts("locked")) == 2
    facts = desktop.facts()
    assert facts[0].kind is Kind.RUNNING, "nothing is seen before the run has begun"
    assert all(fact.day for fact in facts[2:])


async def test_everything_is_written_before_the_machine_may_sleep(desktop: Desktop) -> None:
    """The fake logind reads the database at the very moment in which the brake is let go."""
    desktop.desk.set(**NEVER_DUE, write='"10 min"')
    await desktop.start()
    await desktop.until("the brake", lambda _: desktop.logind.brakes)
    found: list[float] = []

    def last_input() -> float:
        ((end,),) = kept.rows(desktop.desk.database, "select max(wall + length) from fact where kind = 'input'")
        return end or 0.0

    for _ in range(2):
        await desktop.work(2.5)
        last = desktop.touches[-1]
        assert last_input() < last - 1.5 * desktop.desk.pace, "nothing of it is written yet, or this proves nothing"
        desktop.logind.before_release = lambda: found.append(last_input())
        desktop.logind.go_to_sleep()
        await desktop.until("leave to sleep", lambda _: not desktop.logind.brakes)
        assert found.pop() == pytest.approx(last, abs=desktop.slack)
        desktop.logind.before_release = lambda: None
        assert (await desktop.status())["presence"] == "asleep"
        await desktop.rest(5)
        desktop.logind.wake_up()
        await desktop.until("a new brake", lambda _: desktop.logind.brakes)
        await desktop.presence("away")
    await desktop.work(1)
    assert await asyncio.to_thread(desktop.desk.terminate) == 0
    assert len(desktop.desk.facts("asleep")) == 2
    assert desktop.seconds(Presence.ASLEEP) >= 8 * desktop.desk.pace
    assert len(desktop.stretches()) == 3


async def test_a_call_is_sitting_and_holds_the_prompt(desktop: Desktop) -> None:
    bed = desktop.bed
    await asyncio.to_thread(pulseaudio, bed)
    await desktop.start()
    await desktop.work(1.5)
    call = bed.spawn("parecord", "--raw", "-d", "mic", "--client-name=Meeting", "/dev/null", log="parecord")
    while not (await asyncio.to_thread(desktop.desk.status))["surroundings"]["in_call"]:
        await desktop.work(0.5)  # a call is one after five seconds, which are nearly a break here
    await desktop.presence("call")
    before = await desktop.sitting()
    await desktop.rest(8)  # longer than a break
    status = await desktop.presence("call")
    assert await desktop.sitting() >= before + 5 * desktop.desk.pace
    assert status["owed"] is not None, f"a call's sitting counts towards the session: {status}"
    assert [hold["why"] for hold in status["holds"]] == ["call"]
    assert await desktop.shown() == 0
    bed.stop(call)
    ended = time.monotonic()
    while (await asyncio.to_thread(desktop.desk.status))["surroundings"]["in_call"]:
        await desktop.work(0.5)  # a headset that is pulled out ends no call: it is over a little later
    await desktop.work(2)  # sooner a pause is one like any other
    while not await desktop.shown():
        await desktop.work(0.5)
        await desktop.rest(1.2)  # a pause: nothing is shown into typing
        assert time.monotonic() - ended < LIMIT
    assert desktop.desk.facts("shown")[-1]["reason"] == "after a call"
    assert await asyncio.to_thread(desktop.desk.terminate) == 0
    assert desktop.seconds(Presence.CALL) >= 6 * desktop.desk.pace
    assert [held["why"] for held in desktop.desk.facts("held") if held["length"] > 1] == ["call"]
    assert len(desktop.stretches()) == 1


async def test_do_not_disturb_and_full_screen_hold_the_prompt(desktop: Desktop) -> None:
    """One owed session, held by one after the other, and shown at the first pause after both."""
    bed = desktop.bed
    await asyncio.to_thread(bed.dunstctl, "set-paused", "true")
    windows = Windows(bed.env["DISPLAY"])
    try:
        await desktop.start()
        end = time.monotonic() + LIMIT
        while not (await desktop.status())["owed"]:
            await desktop.work(0.5)
            assert time.monotonic() < end
        await desktop.work(0.5)
        await desktop.holds("quiet")
        windows.activate(windows.window.id)
        windows.states("_NET_WM_STATE_FULLSCREEN")
        await asyncio.to_thread(bed.dunstctl, "set-paused", "false")
        await desktop.work(1)
        await desktop.holds("fullscreen")
        await desktop.rest(1.5)  # a pause that would have served
        assert desktop.desk.facts("shown") == []
        windows.states()
        await desktop.asked()
        assert await desktop.shown() == 1
    finally:
        windows.display.close()
    assert await asyncio.to_thread(desktop.desk.terminate) == 0
    assert {held["why"] for held in desktop.desk.facts("held") if held["length"] > 0.4} >= {"quiet", "fullscreen"}


async def test_a_film_is_sitting_and_its_end_is_not_a_person(desktop: Desktop) -> None:
    desktop.desk.set(**NEVER_DUE)
    await desktop.start()
    await desktop.work(2)
    film = desktop.logind.inhibit("idle", "a film")
    await desktop.until("a film", lambda status: status["surroundings"]["inhibited"])
    before = await desktop.sitting()
    await desktop.rest(10)  # longer than a break
    assert (await desktop.status())["presence"] == "quiet"
    assert await desktop.sitting() >= before + 6 * desktop.desk.pace
    os.close(film)
    await desktop.presence("away")
    assert await asyncio.to_thread(desktop.desk.terminate) == 0
    assert desktop.desk.facts("inhibited")[0]["length"] >= 8 * desktop.desk.pace
    assert desktop.seconds(*SITTING) >= 10 * desktop.desk.pace


async def test_the_question_after_a_gap_is_answered_on_the_notice(desktop: Desktop) -> None:
    """Off by default; here it is wanted. "In a meeting" makes the gap sitting, and `undo` takes that back."""
    bed = desktop.bed
    desktop.desk.set(**NEVER_DUE)
    asking = f'ask.after = "{desktop.desk.pace:.2f} s"\nnotices.ask_after_gap = true\n'
    desktop.desk.config.write_text(asking + desktop.desk.config.read_text())
    await desktop.start()
    await desktop.work(2)
    await desktop.presence("away")
    await desktop.rest(3)
    await desktop.asked()
    [shown] = desktop.desk.facts("shown")
    assert (shown["what"], shown["about"]) == ("ask", "gap")
    # Before the first touch is believed, half a second after it, nobody is there: that is the short one.
    away = [p for p in desktop.lived() if p.presence is Presence.AWAY and p.start > desktop.touches[0]]
    gap = max(away, key=lambda p: p.end - p.start)
    before = desktop.seconds(*SITTING)
    await asyncio.to_thread(bed.press, "sitting")
    await asyncio.to_thread(bed.until, "the correction", lambda: desktop.desk.facts("correction"))
    [correction] = desktop.desk.facts("correction")
    assert correction["as"] == "sitting"
    assert correction["from"] == pytest.approx(gap.start, abs=0.2)
    assert correction["to"] == pytest.approx(gap.end, abs=0.2)
    assert desktop.seconds(*SITTING) == pytest.approx(before + gap.end - gap.start, abs=1.2 * desktop.slack)
    await desktop.work(1)
    assert (await asyncio.to_thread(desktop.desk.run, "undo")).returncode == 0
    assert await asyncio.to_thread(desktop.desk.terminate) == 0
    away = [p for p in desktop.lived() if p.presence is Presence.AWAY and p.start == pytest.approx(gap.start, abs=0.2)]
    assert away


async def test_amend_stand_and_sit_and_the_three_figures(desktop: Desktop) -> None:
    desk = desktop.desk
    desktop.desk.set(**NEVER_DUE)

    async def tells(*words: str):
        return await asyncio.to_thread(desk.json, *words)

    async def does(*words: str) -> None:
        done = await asyncio.to_thread(desk.run, *words)
        assert done.returncode == 0, done.stderr

    await desktop.start()
    await desktop.work(2)
    await does("stand")
    await desktop.presence("standing")
    before = await desktop.sitting()
    await desktop.work(4)
    assert (await desktop.status())["presence"] == "standing", "typing on one's feet is standing"
    assert await desktop.sitting() <= before + desktop.slack
    await does("sit")
    await desktop.work(1)
    await desktop.presence("active")

    # The daemon's own figures, to six seconds: its minutes have one decimal.
    await desktop.rest(9)
    await desktop.presence("away")
    gap = {"from": desktop.touches[-1] + 2 * desktop.desk.pace, "to": time.time()}
    before = await desktop.sitting()
    socket = desktop.bed.run / "unhunch/control.sock"
    await asyncio.to_thread(ask, socket, "amend", {**gap, "as": "sitting"})
    assert await desktop.sitting() == pytest.approx(before + gap["to"] - gap["from"], abs=6 + desktop.slack)
    await does("undo")
    assert await desktop.sitting() == before

    # What the week makes of a meeting before the machine was on, as people type it.
    end = int(time.time() // 60 - 2) * 60
    span = "-".join(time.strftime("%H:%M", time.localtime(at)) for at in (end - 300, end))
    await does("amend", span, "sitting")
    week = await tells("week")
    [today] = [day for day in week["days"] if day["sitting"]["best"]]
    assert 5.0 <= today["sitting"]["best"] <= 5.4
    assert today["sitting"]["low"] <= today["sitting"]["best"] <= today["sitting"]["high"]
    assert today["sitting"]["low"] < desk.pace, "what the user said is not activity"
    assert week["thresholds"]["break_gap"] == pytest.approx(6 * desk.pace / 60, abs=0.05)
    await does("undo")
    week = await tells("week")
    assert max(day["sitting"]["best"] for day in week["days"]) < desk.pace
    assert await asyncio.to_thread(desk.terminate) == 0
    assert desktop.seconds(Presence.STANDING) >= 3 * desk.pace

    await does("export", str(desktop.bed.dir / "history.json"))
    replayed = json.loads(
        (await asyncio.to_thread(desk.run, "replay", "--json", str(desktop.bed.dir / "history.json"))).stdout
    )
    figures = replayed["totals"]["sitting_min"]
    assert figures["low"] <= figures["best"] <= figures["high"]
    assert replayed["totals"]["thresholds"] == week["thresholds"]
