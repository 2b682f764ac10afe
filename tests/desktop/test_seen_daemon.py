"""The real daemon, and servers that are not there, do not take, come late, or die: nothing counts that nobody saw."""

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import Desk

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
