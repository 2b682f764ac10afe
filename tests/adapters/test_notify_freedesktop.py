"""The D-Bus notifier before a server that misbehaves as real ones do. Each quirk names who has it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.desktop.bed import Bed
from tests.fakes.notify import NotificationServer
from unhunch.adapters.notify import freedesktop
from unhunch.adapters.notify.freedesktop import FreedesktopNotifier
from unhunch.ports import Button, Notice, Unusable

START = Button("start", "Start")
PROMPT = Notice("session", "Time to roll", "2 minutes", (START, Button("skip", "Skip")))
OTHER = Notice("other", "Something else", "", (Button("start", "Go"),))


class Desk:
    """A notifier and its server on one private bus."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        address = bed.env["DBUS_SESSION_BUS_ADDRESS"]
        self.server = NotificationServer(address)
        self.notifier = FreedesktopNotifier(address)
        self.answers: list[tuple[str, str]] = []
        self.changes = 0

    async def start(self) -> str:
        await self.server.start()
        return await self.open()

    async def open(self) -> str:
        return await self.notifier.open(lambda slot, key: self.answers.append((slot, key)), self.changed)

    def changed(self) -> None:
        self.changes += 1

    async def show(self, notice: Notice) -> int:
        assert await self.notifier.show(notice), self.notifier.trouble
        return self.server.number(notice.title)

    async def eventually(self, what: str, test: Callable[[], object]) -> None:
        await self.bed.eventually(what, test)

    async def all_signals_arrived(self) -> None:
        """One more notice, pressed: whatever was signalled before it has been heard by then."""
        await self.show(OTHER)
        before = len(self.answers)
        self.server.press(self.server.number(OTHER.title), "start")
        await self.eventually("the last answer", lambda: ("other", "start") in self.answers[before:])
        self.answers.remove(("other", "start"))


@pytest.fixture
async def desk(bed_with_bus: Bed) -> AsyncIterator[Desk]:
    made = Desk(bed_with_bus)
    yield made
    await made.notifier.close()
    await made.server.stop()


async def test_what_the_server_is_told(desk: Desk) -> None:
    note = await desk.start()
    assert note == desk.notifier.note == "testserver 1.0, buttons"
    shown = desk.server.screen[await desk.show(PROMPT)]
    assert shown.actions == ("default", "Open", "start", "Start", "skip", "Skip")
    assert shown.hints["urgency"] == 1
    assert shown.hints["desktop-entry"] == "unhunch"
    assert shown.hints["category"] == "x-unhunch.reminder"
    assert shown.hints["suppress-sound"] is True
    assert shown.expire == -1
    width, height, row, alpha, bits, channels, pixels = shown.hints["image-data"]
    assert (width, height, row, alpha, bits, channels) == (48, 48, 192, True, 8, 4)
    assert len(pixels) == 48 * 192
    assert bytes((0x16, 0x97, 0x8B, 0xFF)) in pixels, "the figure's colour, its channels in order"
    assert not {"transient", "resident", "sound-name"} & shown.hints.keys()

    first = Notice("session", "First step", "", transient=True, urgency=0)
    shown = desk.server.screen[await desk.show(first)]
    assert shown.hints["transient"] is True
    assert shown.hints["urgency"] == 0
    assert shown.actions == ()

    last = Notice("session", "Last step", "", (START,), urgency=2, resident=True, sound=True)
    shown = desk.server.screen[await desk.show(last)]
    assert shown.hints["resident"] is True
    assert shown.hints["sound-name"] == "message"
    assert "suppress-sound" not in shown.hints
    assert shown.expire == 0


async def test_markup_is_escaped_only_where_it_is_understood(desk: Desk) -> None:
    desk.server.capabilities = ("actions", "body", "body-markup")
    await desk.start()
    notice = PROMPT._replace(title="<Roll> & rest", body="Stiffness < 3 & falling: A&amp;B > C")
    shown = desk.server.screen[await desk.show(notice)]
    assert shown.title == "<Roll> & rest"
    assert shown.body == "Stiffness &lt; 3 &amp; falling: A&amp;amp;B > C"
    await desk.server.stop()
    desk.server.capabilities = ("actions", "body")
    await desk.server.start()
    await desk.eventually("the new capabilities", lambda: desk.notifier.abilities()["buttons"])
    assert not desk.notifier.abilities()["body_markup"]
    assert desk.server.screen[await desk.show(notice)].body == notice.body


async def test_without_buttons_the_text_carries_the_commands(desk: Desk) -> None:
    desk.server.capabilities = ("body",)
    assert await desk.start() == "testserver 1.0, no buttons: the text says what to type"
    shown = desk.server.screen[await desk.show(PROMPT)]
    assert shown.actions == ()
    assert shown.body == "2 minutes\nIn a terminal: unhunch start, unhunch skip"


async def test_a_new_step_is_a_new_notice_and_the_old_one_is_closed_before(desk: Desk) -> None:
    """Plasma 6.7 shows nothing of a notice that replaces one whose popup has gone."""
    await desk.start()
    number = await desk.show(PROMPT)
    new = await desk.show(PROMPT._replace(title="Second step"))
    assert new != number
    assert desk.server.screen[new].replaces == 0
    assert desk.server.closings == [number]
    assert await desk.show(OTHER) not in (number, new)
    assert len(desk.server.screen) == 2
    await desk.all_signals_arrived()
    assert desk.answers == [], "that it made room is no answer"


async def test_what_went_by_itself_is_closed_in_the_servers_list_too(desk: Desk) -> None:
    """Before the next step, when the user has left, and at the end: no dead prompt stays in a history."""
    await desk.start()
    first = await desk.show(PROMPT)
    desk.server.end(first, 1)
    await desk.eventually("its end", lambda: desk.answers == [("session", "expired")])
    second = await desk.show(PROMPT)
    assert desk.server.closings == [first]
    desk.server.end(second, 1)
    await desk.eventually("its end", lambda: len(desk.answers) == 2)
    await desk.notifier.withdraw("session")
    assert desk.server.closings == [first, second]
    third = await desk.show(PROMPT)
    desk.server.end(third, 1)
    await desk.eventually("its end", lambda: len(desk.answers) == 3)
    await desk.notifier.close()
    assert desk.server.closings == [first, second, third]


async def test_others_notices_are_none_of_our_business(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.press(number + 7, "start")
    desk.server.notification_closed(number + 8, 2)
    await desk.all_signals_arrived()
    assert desk.answers == []


async def test_a_key_that_was_never_offered_is_no_answer(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.press(number, "inline-reply")
    await desk.all_signals_arrived()
    assert desk.answers == []
    desk.server.press(number, "start")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "start")])


async def test_a_stranger_who_pretends_to_be_the_server_is_not_believed(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    stranger = NotificationServer(desk.bed.env["DBUS_SESSION_BUS_ADDRESS"])
    await stranger.start(as_owner=False)
    stranger.press(number, "start")
    stranger.notification_closed(number, 2)
    await stranger.stop()
    await desk.all_signals_arrived()
    assert desk.answers == []


async def test_signals_and_words_nobody_knows_are_survived(desk: Desk) -> None:
    """swaync sends OnDndToggle on the same interface."""
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.on_dnd_toggle()
    desk.server.press(number, "start")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "start")])


async def test_a_doubled_closing_is_one_answer(desk: Desk) -> None:
    """swaync sends NotificationClosed twice."""
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.dismiss(number)
    desk.server.notification_closed(number, 2)
    await desk.eventually("the answer", lambda: desk.answers)
    desk.server.notification_closed(number, 2)
    await desk.all_signals_arrived()
    assert desk.answers == [("session", "dismissed")]


async def test_a_doubled_press_is_one_answer(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.press(number, "start")
    desk.server.press(number, "skip")
    await desk.all_signals_arrived()
    assert desk.answers == [("session", "start")]
    assert number in desk.server.closings


async def test_a_press_after_the_closing_counts_and_the_closing_does_not(desk: Desk) -> None:
    """LXQt closes first and tells of the press afterwards."""
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.dismiss(number)
    desk.server.press(number, "skip")
    await desk.eventually("the answer", lambda: desk.answers)
    await asyncio.sleep(freedesktop.SETTLE_SECONDS * 2)
    assert desk.answers == [("session", "skip")]


async def test_a_press_long_after_the_closing_still_counts(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.end(number, 1)
    await desk.eventually("the closing", lambda: desk.answers == [("session", "expired")])
    desk.server.press(number, "skip")
    await desk.eventually("the press", lambda: desk.answers == [("session", "expired"), ("session", "skip")])


async def test_a_press_of_what_is_just_being_withdrawn_still_counts(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    await desk.notifier.withdraw("session")
    desk.server.press(number, "start")
    await desk.eventually("the press", lambda: desk.answers == [("session", "start")])


async def test_a_slot_shown_again_at_once_is_not_reported_dismissed(desk: Desk) -> None:
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.dismiss(number)
    await desk.show(PROMPT._replace(title="Second step"))
    await asyncio.sleep(freedesktop.SETTLE_SECONDS * 2)
    assert desk.answers == []


async def test_a_press_that_overtakes_the_reply_is_not_lost(desk: Desk) -> None:
    await desk.start()
    desk.server.press_before_reply = "start"
    assert await desk.notifier.show(PROMPT)
    await desk.eventually("the answer", lambda: desk.answers == [("session", "start")])


async def test_no_server_at_first_is_no_failure(desk: Desk) -> None:
    assert "no notification server" in await desk.open()
    assert not desk.notifier.takes
    assert await desk.notifier.show(PROMPT) is False
    assert desk.notifier.trouble == "no notification server is running"
    await desk.server.start()
    await desk.eventually("the news", lambda: desk.changes)
    assert desk.notifier.takes
    assert desk.notifier.trouble == "", "what is over is not told any more"
    assert desk.notifier.note == "testserver 1.0, buttons"
    await desk.show(PROMPT)
    desk.server.press(1, "start")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "start")])


async def test_an_id_of_a_dead_server_is_not_used_with_the_next(desk: Desk) -> None:
    """dunst starts its ids again: what was ours becomes somebody else's."""
    await desk.start()
    number = await desk.show(PROMPT)
    await desk.server.stop()
    await desk.eventually("the loss", lambda: desk.answers == [("session", "lost")])
    await desk.server.start()
    desk.server.press(number, "start")
    assert desk.server.screen[await desk.show(PROMPT)].replaces == 0
    await desk.all_signals_arrived()
    assert desk.answers == [("session", "lost")]


async def test_a_server_that_hangs_costs_seconds_and_leaves_no_orphan(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.start()
    monkeypatch.setattr(freedesktop, "SHOW_SECONDS", 0.2)
    desk.server.gate.clear()
    before = time.monotonic()
    assert await desk.notifier.show(PROMPT) is False
    assert time.monotonic() - before < 5
    assert "did not answer" in desk.notifier.trouble
    desk.server.gate.set()
    await desk.eventually("the late bubble closed", lambda: desk.server.closings)
    assert desk.server.screen == {}
    await desk.show(PROMPT)


async def test_text_that_dbus_cannot_carry_is_refused_without_raising(desk: Desk) -> None:
    await desk.start()
    assert await desk.notifier.show(PROMPT._replace(body="half a pair: \ud800")) is False
    assert desk.notifier.trouble
    await desk.show(PROMPT)


async def test_a_bus_that_dies_is_found_again(bed_with_bus: Bed) -> None:
    desk = Desk(bed_with_bus)
    bus = next(process for process in bed_with_bus.processes)
    await desk.start()
    await desk.show(PROMPT)
    bed_with_bus.kill(bus)
    await desk.eventually("the loss", lambda: desk.answers == [("session", "lost")])
    assert await desk.notifier.show(PROMPT) is False
    assert "bus" in desk.notifier.trouble
    bed_with_bus.bus()
    server = NotificationServer(bed_with_bus.env["DBUS_SESSION_BUS_ADDRESS"])
    await server.start()
    await desk.eventually("the new bus", lambda: desk.notifier.abilities()["buttons"])
    assert await desk.notifier.show(PROMPT)
    server.press(server.number(PROMPT.title), "start")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "lost"), ("session", "start")])
    await desk.notifier.close()
    await server.stop()


async def test_without_a_bus_it_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    notifier = FreedesktopNotifier()
    with pytest.raises(Unusable, match="session bus") as caught:
        await notifier.open(lambda slot, key: None)
    assert caught.value.remedy
    assert await notifier.show(PROMPT) is False
    assert notifier.trouble
    await notifier.withdraw("session")
    await notifier.close()


async def test_a_listener_that_raises_is_not_swallowed(desk: Desk) -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context["exception"]))
    await desk.server.start()

    def answered(slot: str, key: str) -> None:
        raise RuntimeError(key)

    await desk.notifier.open(answered)
    desk.server.press(await desk.show(PROMPT), "start")
    await desk.eventually("the error", lambda: [str(fault) for fault in faults] == ["start"])
    assert await desk.notifier.show(PROMPT)
