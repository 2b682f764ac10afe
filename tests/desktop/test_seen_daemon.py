"""The real daemon, and servers that are not there, do not take, come late, or die: nothing counts that nobody saw."""

import asyncio

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import Desk
from tests.fakes.notify import NotificationServer

pytestmark = pytest.mark.desktop


@pytest.fixture
def bare(bed: Bed) -> Desk:
    """A desk without any notification server."""
    bed.bus()
    bed.xvfb()
    return Desk(bed)


def pauses(desk: Desk, what: str, test) -> None:
    """Work with natural pauses until `test` holds."""
    for _round in range(20):
        desk.type(1.5)
        try:
            desk.bed.until(what, test, limit=3 * desk.pace)
        except AssertionError:
            continue
        return
    raise AssertionError(f"waited in vain for {what}\n{desk.bed.logs()}")


def test_without_a_server_nothing_was_asked_and_what_waits_comes_with_it(bare: Desk) -> None:
    desk, bed = bare, bare.bed
    desk.start()
    pauses(desk, "the hold", lambda: desk.status()["owed"] and "would not be seen" in desk.run("why").stdout)
    status = desk.status()
    assert status["owed"]["step"] == 0
    assert status["surroundings"]["muted"] is True
    assert "no notification server is running" in status["notifier"]["note"]
    assert not status["notifier"]["ok"]
    assert "no notification server is running" in desk.run("doctor").stdout
    assert desk.facts("shown") == desk.facts("ignored") == []
    assert (status["today"]["notices"], status["today"]["missed"]) == (0, 0)
    bed.dunst()
    pauses(desk, "what waited", lambda: bed.displayed() == 1)
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
    pauses(desk, "the notice", lambda: bed.displayed() == 1)
    bed.kill(server)
    bed.until("the loss", lambda: desk.facts("withdrawn"))
    assert desk.facts("withdrawn")[-1]["why"] == "lost"
    bed.dunst()
    pauses(desk, "the notice again", lambda: bed.displayed() == 1)
    assert [fact["step"] for fact in desk.facts("shown")] == [1, 1]
    assert desk.status()["today"]["notices"] == 1
    assert desk.terminate() == 0


async def test_a_server_that_does_what_none_should_has_shown_nothing_and_doctor_names_it(bare: Desk) -> None:
    """It answers nothing, an error, nought; ends before it answers; gives a number twice and closes what it has not."""
    desk, bed = bare, bare.bed
    # Nobody leaves while the server is changed, and no second step comes.
    desk.set(active_gap='"60 s"', break_gap='"120 s"', longest='"60 s"', after_1='"10 min"')
    server = NotificationServer(bed.env["DBUS_SESSION_BUS_ADDRESS"])
    await asyncio.to_thread(desk.start)

    def doctor_says(trouble: str) -> bool:
        return trouble in " ".join(desk.run("doctor").stdout.split())  # it folds its lines

    async def names(trouble: str) -> None:
        await server.start()
        await asyncio.to_thread(pauses, desk, trouble, lambda: server.asked and doctor_says(trouble))
        assert desk.facts("shown") == desk.facts("ignored") == []
        status = await asyncio.to_thread(desk.status)
        assert (status["owed"]["step"], status["today"]["notices"], status["today"]["missed"]) == (0, 0, 0)
        if not server.gate.is_set():
            server.gate.set()
            await bed.eventually("what it takes too late", lambda: server.screen or server.closings)
        await server.stop()

    server.gate.clear()
    await names("did not answer within")
    server.broken = "org.freedesktop.Notifications.TooMany"
    await names("TooMany")
    server.broken, server.paused = "", True
    await names("it may be paused")
    server.paused, server.dies_at = False, 1
    await names("ended before it answered")
    server.dies_at = 0
    await server.start()
    await asyncio.to_thread(pauses, desk, "the notice", lambda: desk.facts("shown"))
    server.notification_closed(77, 2)
    server.action_invoked(78, "skip")
    well = desk.config.read_text()
    desk.set(settle='"soon"')  # a mistake is told in a notice of its own, which has nothing to do with the session's
    await bed.eventually("the notice of the mistake", lambda: len(server.screen) == 2)
    server.dismiss(server.number("A mistake in the configuration"))
    server.same_id = True
    desk.set(settle='"later"')
    await bed.eventually("the loss", lambda: desk.facts("withdrawn"))
    assert [fact["why"] for fact in desk.facts("withdrawn")] == ["lost"]
    assert desk.facts("answer") == []
    assert await asyncio.to_thread(doctor_says, "gave two notices the same number")
    desk.config.write_text(well)
    await asyncio.to_thread(pauses, desk, "the notice again", lambda: len(desk.facts("shown")) == 2)
    assert [fact["step"] for fact in desk.facts("shown")] == [1, 1]
    assert (await asyncio.to_thread(desk.status))["today"]["notices"] == 1
    server.press(1, "skip")
    await bed.eventually("the answer", lambda: desk.facts("answer"))
    assert [(fact["action"], fact["by"]) for fact in desk.facts("answer")] == [("skip", "notice")]
    assert await asyncio.to_thread(desk.terminate) == 0
    await server.stop()
