"""The real daemon, and servers that are not there, do not take, come late, or die: nothing counts that nobody saw."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import Desk
from tests.fakes.notify import NotificationServer

pytestmark = pytest.mark.desktop


@pytest.fixture
def bare(bed: Bed) -> Desk:
    """A desk without any notification server. One pause lasts for minutes: each server that comes is asked at once."""
    bed.bus()
    bed.xvfb()
    made = Desk(bed)
    made.set(first_latest='"1 s"', first_latest_new='"1 s"', least_sitting='"1 s"', after_1='"10 min"')
    made.set(active_gap='"4 min"', break_gap='"10 min"', longest='"4 min"')
    return made


def at_a_pause(desk: Desk, what: str, test: Callable[[], object]) -> None:
    """Wait until `test` holds; a pause that went by unseen is made again."""
    for _round in range(20):
        try:
            desk.bed.until(what, test, limit=8 * desk.pace)
        except AssertionError:
            desk.type(1.5)
            continue
        return
    raise AssertionError(f"waited in vain for {what}\n{desk.bed.logs()}")


def test_without_a_server_nothing_was_asked_and_what_waits_comes_with_it(bare: Desk) -> None:
    desk, bed = bare, bare.bed
    desk.start()
    desk.type(1.5)
    at_a_pause(desk, "what is owed", lambda: desk.status()["owed"])
    at_a_pause(desk, "the hold", lambda: [hold["why"] for hold in desk.status()["holds"]] == ["muted"])
    assert "would not be seen" in desk.run("why").stdout
    status = desk.status()
    assert status["owed"]["step"] == 0
    assert status["surroundings"]["muted"] is True
    assert "no notification server is running" in status["notifier"]["note"]
    assert not status["notifier"]["ok"]
    assert "no notification server is running" in desk.run("doctor").stdout
    assert desk.facts("shown") == desk.facts("ignored") == []
    assert (status["today"]["notices"], status["today"]["missed"]) == (0, 0)
    bed.dunst()
    at_a_pause(desk, "what waited", lambda: bed.displayed() == 1 and desk.facts("shown"))
    assert [fact["step"] for fact in desk.facts("shown")] == [1]
    status = desk.status()
    assert status["notifier"] == {
        "name": "freedesktop",
        "note": status["notifier"]["note"],
        "ok": True,
    }
    assert status["notifier"]["note"].startswith("dunst ")
    assert status["problems"] == [], "what is over is not told any more"
    assert desk.terminate() == 0


def test_what_is_lost_with_its_server_is_shown_again(bare: Desk) -> None:
    desk, bed = bare, bare.bed
    server = bed.dunst()
    desk.start()
    desk.type(1.5)
    at_a_pause(desk, "the notice", lambda: bed.displayed() == 1 and desk.facts("shown"))
    bed.kill(server)
    bed.until("the loss", lambda: desk.facts("withdrawn"))
    assert desk.facts("withdrawn")[-1]["why"] == "lost"
    bed.dunst()
    at_a_pause(desk, "the notice again", lambda: bed.displayed() == 1 and len(desk.facts("shown")) == 2)
    assert [fact["step"] for fact in desk.facts("shown")] == [1, 1]
    assert desk.status()["today"]["notices"] == 1
    assert desk.terminate() == 0


class Scripted:
    """The daemon on a desk, and a notification server that does what it is told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.server = NotificationServer(desk.bed.env["DBUS_SESSION_BUS_ADDRESS"])

    async def run(self, *words: str) -> str:
        """What a command prints, whose lines are folded."""
        done = await asyncio.to_thread(self.desk.run, *words)
        assert done.returncode in (0, 1), done.stderr
        return " ".join(done.stdout.split())

    async def at_a_pause(self, what: str, test: Callable[[], object]) -> None:
        await asyncio.to_thread(at_a_pause, self.desk, what, test)

    async def shows_nothing(self, trouble: str) -> None:
        """A server comes and shows nothing of what is owed: nothing counts, and `doctor` says what the server did."""
        desk, server = self.desk, self.server
        await server.start()
        await self.at_a_pause(trouble, lambda: trouble in desk.bed.log("unhunch"))
        assert trouble in await self.run("doctor")
        status = await asyncio.to_thread(desk.status)
        assert (status["owed"]["step"], status["today"]["notices"], status["today"]["missed"]) == (0, 0, 0)
        assert desk.facts("shown") == desk.facts("ignored") == []
        server.gate.set()
        await server.stop()


@pytest.fixture
async def scripted(bare: Desk) -> AsyncIterator[Scripted]:
    made = Scripted(bare)
    await asyncio.to_thread(bare.start)
    await asyncio.to_thread(bare.type, 1.5)
    yield made
    await made.server.stop()


@pytest.mark.slow
async def test_a_server_that_does_what_none_should_has_shown_nothing_and_is_named(scripted: Scripted) -> None:
    """It answers nothing, an error, nought; ends before it answers; closes what it has not; gives a number twice."""
    desk, bed, server = scripted.desk, scripted.desk.bed, scripted.server
    server.gate.clear()
    await scripted.shows_nothing("did not answer within 5 s")
    server.broken = "org.freedesktop.Notifications.TooMany"
    await scripted.shows_nothing("TooMany")
    server.broken, server.paused = "", True
    await scripted.shows_nothing("it may be paused")
    server.paused, server.dies_at = False, 1
    await scripted.shows_nothing("ended before it answered")
    server.dies_at = 0

    await server.start()
    await scripted.at_a_pause("the notice", lambda: desk.facts("shown"))
    (owed,) = server.screen
    server.notification_closed(owed + 70, 2)
    server.action_invoked(owed + 80, "skip")
    # A notice of something else is answered: a mistake's, say.
    desk.set(settle='"soon"')
    await bed.eventually("the notice of the mistake", lambda: len(server.screen) == 2)
    server.press(server.number("A mistake in the configuration"), "default")
    await bed.eventually("its end", lambda: [*server.screen] == [owed])
    desk.set(settle='"1 s"')
    while (await asyncio.to_thread(desk.status))["problems"]:
        await asyncio.sleep(0.1)
    server.same_id = True
    desk.set(settle='"soon"')
    # From now on that number is the other notice's. What is owed was lost, and is shown again.
    await scripted.at_a_pause("the notice again", lambda: len(desk.facts("shown")) == 2)
    assert [fact["why"] for fact in desk.facts("withdrawn")] == ["lost"]
    assert desk.facts("answer") == desk.facts("session") == []
    assert "gave two notices the same number" in await scripted.run("doctor")
    assert [fact["step"] for fact in desk.facts("shown")] == [1, 1]
    assert (await asyncio.to_thread(desk.status))["today"]["notices"] == 1
    server.press(owed, "skip")
    await bed.eventually("the answer", lambda: desk.facts("answer"))
    assert [(fact["action"], fact["by"]) for fact in desk.facts("answer")] == [("skip", "notice")]
    assert await asyncio.to_thread(desk.terminate) == 0
