"""Notices on a real server: what dunst draws, what a real click answers, and what do-not-disturb does to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import ImageChops

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from unhunch.adapters.notify.freedesktop import FreedesktopNotifier
from unhunch.adapters.notify.plyer import PlyerNotifier
from unhunch.ports import Button, Notice

pytestmark = pytest.mark.desktop

PROMPT = Notice(
    "session",
    "Time for 2 minutes on the roller",
    "You have been sitting for 70 min; stiffness < 3 & falling.",
    (Button("start", "Start"), Button("snooze", "Snooze"), Button("skip", "Skip")),
    resident=True,
)


class Seat:
    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.answers: list[tuple[str, str]] = []
        self.notifier = FreedesktopNotifier(bed.env["DBUS_SESSION_BUS_ADDRESS"])

    async def open(self) -> None:
        await self.notifier.open(lambda slot, key: self.answers.append((slot, key)))

    async def answered(self, *expected: tuple[str, str]) -> None:
        await self.bed.eventually(f"the answers {expected}", lambda: len(self.answers) >= len(expected))
        assert self.answers == list(expected)


@pytest.fixture
async def seat(bed: Bed) -> AsyncIterator[Seat]:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    made = Seat(bed)
    await made.open()
    yield made
    await made.notifier.close()


async def test_dunst_draws_the_notice_and_a_new_one_in_its_place(seat: Seat, tmp_path: Path) -> None:
    bed = seat.bed
    empty = bed.screenshot()

    def drawn() -> tuple[int, int, int, int] | None:
        return ImageChops.difference(bed.screenshot(), empty).getbbox()

    assert await seat.notifier.show(PROMPT)
    await bed.eventually("pixels", drawn)
    first = bed.screenshot(tmp_path / "first.png")
    box = drawn()
    assert box is not None
    assert box[2] - box[0] > 300, "the text is about 400 pixels wide"
    assert await seat.notifier.show(PROMPT._replace(title="Still time for the roller"))
    await bed.eventually("other pixels", lambda: ImageChops.difference(bed.screenshot(), first).getbbox())
    bed.screenshot(tmp_path / "second.png")
    assert bed.displayed() == 1
    await seat.notifier.withdraw("session")
    await bed.eventually("a bare screen", lambda: drawn() is None)
    assert seat.answers == []


async def test_a_real_click_on_the_notice_asks_why_and_answers_nothing(seat: Seat) -> None:
    """Nothing else can be done with a bubble without buttons, so it is what people do to be rid of it."""
    assert await seat.notifier.show(PROMPT)
    await seat.bed.eventually("the notice", lambda: seat.bed.displayed() == 1)
    seat.bed.hands.click(1050, 45)
    await seat.answered(("session", "explain"))


async def test_a_right_click_dismisses(seat: Seat) -> None:
    assert await seat.notifier.show(PROMPT)
    await seat.bed.eventually("the notice", lambda: seat.bed.displayed() == 1)
    seat.bed.hands.click(1050, 45, 3)
    await seat.answered(("session", "dismissed"))


async def test_a_paused_server_holds_the_notice_and_shows_it_later(seat: Seat) -> None:
    seat.bed.dunstctl("set-paused", "true")
    assert await seat.notifier.show(PROMPT._replace(urgency=2)), "the server has taken it"
    assert seat.bed.displayed() == 0
    assert await seat.notifier.show(PROMPT), "another in its place while it waits"
    seat.bed.dunstctl("set-paused", "false")
    await seat.bed.eventually("the notice", lambda: seat.bed.displayed() == 1)
    seat.bed.press("snooze")
    await seat.answered(("session", "snooze"))


async def test_withdrawn_while_paused_never_shows(seat: Seat) -> None:
    seat.bed.dunstctl("set-paused", "true")
    assert await seat.notifier.show(PROMPT)
    await seat.notifier.withdraw("session")
    seat.bed.dunstctl("set-paused", "false")
    assert await seat.notifier.show(PROMPT._replace(slot="other"))
    await seat.bed.eventually("the other", lambda: seat.bed.displayed() == 1)
    assert seat.bed.dunstctl("count", "waiting") == "0"


async def test_a_transient_notice_goes_by_itself(seat: Seat) -> None:
    assert await seat.notifier.show(PROMPT._replace(urgency=0, transient=True, resident=False))
    await seat.bed.eventually("the notice", lambda: seat.bed.displayed() == 1)
    await seat.answered(("session", "expired"))


async def test_the_real_plyer_shows_through_notify_send(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("notify-send")
    for name, value in seat.bed.env.items():
        monkeypatch.setenv(name, value)
    notifier = PlyerNotifier()
    await notifier.open(lambda slot, key: None)
    assert await notifier.show(PROMPT), notifier.trouble
    await seat.bed.eventually("the notice", lambda: seat.bed.displayed() == 1)
    assert notifier.trouble == ""
    seat.bed.dunstctl("close")
    await seat.bed.eventually("it in dunst's history", lambda: "unhunch snooze" in seat.bed.dunstctl("history"))
    await notifier.close()
