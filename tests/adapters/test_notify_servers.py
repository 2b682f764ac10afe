"""Every row of the table of servers, before a server that behaves so; and servers that do what none should."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from dbus_fast.annotations import DBusSignature
from dbus_fast.service import dbus_method

from tests.adapters.test_notify_freedesktop import PROMPT, START, Desk
from tests.desktop.bed import Bed
from tests.fakes.notify import NotificationServer
from unhunch.adapters.notify import freedesktop, servers
from unhunch.adapters.notify.freedesktop import SETTLE_SECONDS
from unhunch.adapters.notify.servers import SERVERS
from unhunch.ports import Button, Notice

FIRST = PROMPT._replace(transient=True)
LAST = PROMPT._replace(resident=True)
EVERYTHING = ("actions", "body", "body-markup", "persistence", "sound")


@pytest.fixture
async def desk(bed_with_bus: Bed) -> AsyncIterator[Desk]:
    made = Desk(bed_with_bus)
    made.server.capabilities = EVERYTHING
    yield made
    await made.notifier.close()
    await made.server.stop()


async def as_server(desk: Desk, name: str) -> str:
    desk.server.called = name
    return await desk.start()


@pytest.mark.parametrize("name", SERVERS)
async def test_doctor_says_what_a_person_sees(desk: Desk, name: str) -> None:
    assert await as_server(desk, name) == f"{name} 1.0, {SERVERS[name].draws}"


@pytest.mark.parametrize("name", SERVERS)
async def test_each_is_given_what_it_draws(desk: Desk, name: str) -> None:
    await as_server(desk, name)
    row = SERVERS[name]
    shown = desk.server.screen[await desk.show(PROMPT)]
    buttons = ("start", "Start", "skip", "Skip")
    assert shown.actions == (*(("default", "Open" if row.buttons else "Why?") if row.click else ()), *buttons)
    assert ("In a terminal: unhunch start, unhunch skip" in shown.body) is not row.buttons


@pytest.mark.parametrize("name", SERVERS)
async def test_each_gets_a_new_step_as_a_new_notice(desk: Desk, name: str) -> None:
    """On Plasma a notice that replaces another is not seen."""
    await as_server(desk, name)
    first = await desk.show(FIRST)
    second = await desk.show(LAST)
    assert second != first
    assert desk.server.screen[second].replaces == 0
    assert desk.server.closings == [first]
    assert [*desk.server.screen] == [second]


@pytest.mark.parametrize("name", ["mako", "fnott", "dunst"])
async def test_where_no_button_is_drawn_the_text_says_what_to_type_and_a_click_does_no_harm(
    desk: Desk, name: str
) -> None:
    await as_server(desk, name)
    assert not desk.notifier.abilities()["buttons"]
    number = await desk.show(PROMPT)
    shown = desk.server.screen[number]
    assert shown.body == "2 minutes\nIn a terminal: unhunch start, unhunch skip"
    assert shown.actions == ("default", "Why?", "start", "Start", "skip", "Skip"), "its own menu reaches them"
    desk.server.press(number, "default")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "explain")])
    desk.server.press(await desk.show(PROMPT), "skip")
    await desk.eventually("the answer", lambda: desk.answers[1:] == [("session", "skip")])


async def test_a_button_that_is_also_a_click_on_the_text_is_the_button(desk: Desk) -> None:
    """Budgie says of a pressed button also that the text was clicked, and then that the notice was dismissed."""
    await as_server(desk, "Budgie Notification Server")
    number = await desk.show(PROMPT)
    desk.server.press(number, "skip")
    desk.server.press(number, "default")
    desk.server.notification_closed(number, 2)
    await desk.all_signals_arrived()
    assert desk.answers == [("session", "skip")]


@pytest.mark.parametrize("name", ["Xfce Notify Daemon", "lxqt-notificationd"])
async def test_where_default_would_be_a_button_there_are_three_real_ones(desk: Desk, name: str) -> None:
    await as_server(desk, name)
    notice = PROMPT._replace(buttons=(START, Button("snooze", "Snooze"), Button("skip", "Skip")))
    shown = desk.server.screen[await desk.show(notice)]
    assert shown.actions == ("start", "Start", "snooze", "Snooze", "skip", "Skip")


async def test_text_that_would_be_cut_ends_with_a_sentence(desk: Desk) -> None:
    await as_server(desk, "lxqt-notificationd")
    text = "Three minutes on the roller loosen it. A voice leads you through it, and you need not look at the screen."
    assert desk.server.screen[await desk.show(PROMPT._replace(body=text))].body == text[: text.index(".") + 1]
    one = "A sentence that is longer than all that is drawn of it, and yet there is no other one to end with."
    assert desk.server.screen[await desk.show(PROMPT._replace(body=one))].body == one


@pytest.mark.parametrize("name", SERVERS)
async def test_what_goes_by_itself_is_told_when_and_what_stays_is_told_to(desk: Desk, name: str) -> None:
    await as_server(desk, name)
    row = SERVERS[name]
    assert desk.server.screen[await desk.show(FIRST)].expire == row.goes_ms
    assert desk.server.screen[await desk.show(PROMPT)].expire == row.goes_ms
    last = desk.server.screen[await desk.show(LAST)]
    takes_0_for_its_default = name in ("SwayNotificationCenter", "Budgie Notification Server")
    assert last.expire == (servers.STAYS_MS if takes_0_for_its_default else 0)
    assert last.hints["urgency"] == (2 if name == "gnome-shell" else 1), "there only what is critical stays"


@pytest.mark.parametrize("name", [name for name, row in SERVERS.items() if not row.tells])
async def test_a_popup_that_ends_without_a_word_is_known_to_have_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(SERVERS, name, SERVERS[name]._replace(goes_ms=100))
    await as_server(desk, name)
    number = await desk.show(FIRST)
    await desk.eventually("its end", lambda: desk.answers == [("session", "expired")])
    await desk.notifier.withdraw("session")
    assert desk.server.closings == [number], "it may lie in the list"
    stays = await desk.show(LAST)
    pressed = await desk.show(Notice("other", "Another", "", (START,)))
    desk.server.press(pressed, "start")
    await desk.eventually("the press", lambda: desk.answers[1:] == [("other", "start")])
    await asyncio.sleep(0.2)
    assert desk.answers[2:] == [], "what was pressed did not end besides, and what stays stays"
    assert stays in desk.server.screen


@pytest.mark.parametrize("name", [name for name, row in SERVERS.items() if row.tells])
async def test_where_the_end_is_told_it_is_waited_for(desk: Desk, name: str) -> None:
    await as_server(desk, name)
    number = await desk.show(FIRST)
    desk.server.end(number, 1)
    await desk.eventually("its end", lambda: desk.answers == [("session", "expired")])


@pytest.mark.parametrize("name", SERVERS)
async def test_a_server_that_dies_takes_its_notice_along_and_is_used_when_it_returns(desk: Desk, name: str) -> None:
    row = SERVERS[name]
    await as_server(desk, name)
    await desk.show(LAST)
    await desk.server.stop()
    await desk.eventually("the loss", lambda: desk.answers == [("session", "lost")])
    assert not desk.notifier.takes
    assert not any(desk.notifier.abilities().values())
    await desk.server.start()
    await desk.eventually("the next one", lambda: desk.notifier.takes)
    number = await desk.show(LAST)
    assert desk.server.screen[number].replaces == 0, "an id of before is somebody else's now"
    assert desk.server.closings == []
    desk.server.press(number, "skip")
    await desk.eventually("the answer", lambda: desk.answers[1:] == [("session", "skip")])
    assert desk.notifier.abilities()["buttons"] is row.buttons


@pytest.mark.parametrize("name", SERVERS)
async def test_what_its_end_tells_is_asked_for(desk: Desk, name: str) -> None:
    """GNOME closes no notice but a transient one, so that only its end says that it was on the screen."""
    await as_server(desk, name)
    ends = SERVERS[name].ends
    assert desk.notifier.abilities()["ends"] is ends
    assert ("transient" in desk.server.screen[await desk.show(PROMPT)].hints) is ends
    assert "transient" not in desk.server.screen[await desk.show(LAST)].hints


# What none should do --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVERS)
async def test_an_id_of_nought_is_a_refusal(desk: Desk, name: str) -> None:
    """fnott, paused, drops what it is given; others may learn it."""
    await as_server(desk, name)
    desk.server.paused = True
    assert await desk.notifier.show(PROMPT) is False
    assert "paused" in desk.notifier.trouble
    desk.server.paused = False
    desk.server.press(await desk.show(PROMPT), "skip")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "skip")])
    assert desk.notifier.trouble == ""


@pytest.mark.parametrize("reason", [1, 4])
async def test_what_is_closed_before_it_was_taken_was_not_seen(desk: Desk, reason: int) -> None:
    """Budgie lists it and says that it expired; Xfce, told not to disturb, gives the undefined reason."""
    await desk.start()
    desk.server.close_before_reply = reason
    assert await desk.notifier.show(PROMPT) is False
    assert desk.notifier.trouble == "the notification server put it away before it could be seen"
    desk.server.close_before_reply = 0
    await desk.all_signals_arrived()
    await asyncio.sleep(2 * SETTLE_SECONDS)
    assert desk.answers == []


@pytest.mark.parametrize("first", ["server", "notifier"])
async def test_a_server_that_does_not_say_what_it_is_takes_nothing_until_it_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """One that is busy with itself while somebody logs in, or hangs."""
    monkeypatch.setattr(freedesktop, "SHOW_SECONDS", 0.2)
    monkeypatch.setattr(freedesktop, "LOOK_AGAIN_SECONDS", 0.2)
    desk.server.known.clear()
    if first == "server":
        assert await desk.start() == "the notification server did not answer within 0.2 s"
    else:
        await desk.open()
        await desk.server.start()
        await desk.eventually("the news", lambda: desk.changes)
    assert not desk.notifier.takes
    assert desk.notifier.note == desk.notifier.trouble == "the notification server did not answer within 0.2 s"
    assert await desk.notifier.show(PROMPT) is False
    assert desk.server.asked == 0, "what it draws is not known"
    before = desk.changes
    desk.server.known.set()
    await desk.eventually("its answer", lambda: desk.notifier.takes)
    await desk.eventually("the news", lambda: desk.changes > before)
    assert (desk.notifier.trouble, desk.notifier.note) == ("", "testserver 1.0, buttons")
    desk.server.press(await desk.show(PROMPT), "skip")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "skip")])


async def test_a_server_that_refuses_to_say_what_it_is_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has taken the name and is not ready."""
    monkeypatch.setattr(freedesktop, "LOOK_AGAIN_SECONDS", 0.2)
    desk.server.unready = "org.freedesktop.DBus.Error.UnknownObject"
    assert "UnknownObject" in await desk.start()
    assert not desk.notifier.takes
    desk.server.unready = ""
    await desk.eventually("its answer", lambda: desk.notifier.takes)
    await desk.show(PROMPT)


class Speechless(NotificationServer):
    """It says a word too few of what it is."""

    @dbus_method("GetServerInformation")
    async def get_server_information(self) -> Annotated[list[str], DBusSignature("ss")]:
        return [self.called, "tests"]


async def test_a_server_that_says_nonsense_of_itself_is_named_and_ends_nothing(bed_with_bus: Bed) -> None:
    desk = Desk(bed_with_bus)
    desk.server = Speechless(bed_with_bus.env["DBUS_SESSION_BUS_ADDRESS"])
    assert "answered nonsense" in await desk.start()
    assert await desk.notifier.show(PROMPT) is False
    await desk.notifier.close()
    await desk.server.stop()


@pytest.mark.parametrize("late", ["the notice", "the notifier"])
async def test_a_server_that_hangs_between_two_steps_keeps_no_notice_that_nobody_knows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Neither the closing of the first one is waited for, nor is the second one forgotten by whoever stops waiting."""
    await desk.start()
    first = await desk.show(FIRST)
    desk.server.gate.clear()
    if late == "the notice":
        monkeypatch.setattr(freedesktop, "SHOW_SECONDS", 0.2)
        assert await desk.notifier.show(LAST) is False
        assert "did not answer" in desk.notifier.trouble
    else:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await desk.notifier.show(LAST)
    desk.server.gate.set()
    await desk.eventually("both closed", lambda: len(desk.server.closings) == 2)
    assert desk.server.closings[0] == first
    assert desk.server.screen == {}
    await desk.all_signals_arrived()
    assert desk.answers == []


async def test_a_server_that_answers_with_an_error_has_shown_nothing(desk: Desk) -> None:
    await desk.start()
    desk.server.broken = "org.freedesktop.Notifications.MaxNotificationsExceeded"
    assert await desk.notifier.show(PROMPT) is False
    assert "MaxNotificationsExceeded" in desk.notifier.trouble
    assert desk.notifier.takes, "it may take the next one"
    desk.server.broken = ""
    await desk.show(PROMPT)


async def test_a_server_that_dies_before_it_answers_has_shown_nothing(desk: Desk) -> None:
    await desk.start()
    desk.server.dies_at = 1
    assert await desk.notifier.show(PROMPT) is False
    assert desk.notifier.trouble == "the notification server ended before it answered"
    await desk.eventually("the news", lambda: not desk.notifier.takes)
    desk.server.dies_at = 0
    await desk.server.start()
    await desk.eventually("the next server", lambda: desk.notifier.takes)
    await desk.show(PROMPT)
    assert desk.answers == []


async def test_of_two_notices_with_one_number_the_earlier_one_is_lost(desk: Desk) -> None:
    await desk.start()
    desk.server.same_id = True
    await desk.show(PROMPT)
    other = Notice("other", "Another", "", (START,))
    number = await desk.show(other)
    await desk.eventually("the loss", lambda: desk.answers == [("session", "lost")])
    assert desk.notifier.trouble == "the notification server gave two notices the same number"
    desk.server.press(number, "start")
    await desk.eventually("the answer", lambda: desk.answers[1:] == [("other", "start")])
    desk.server.same_id = False
    await desk.show(PROMPT)
    assert desk.notifier.trouble == ""


async def test_a_number_that_is_given_again_is_not_closed_for_the_notice_of_before(desk: Desk) -> None:
    await desk.start()
    desk.server.same_id = True
    desk.server.end(await desk.show(FIRST), 1)
    await desk.eventually("its end", lambda: desk.answers == [("session", "expired")])
    await desk.show(Notice("other", "Another", "", (START,)))
    await desk.notifier.withdraw("session")
    assert desk.server.closings == []


async def test_the_desktops_leave_to_open_a_window_comes_with_the_press(desk: Desk) -> None:
    """GNOME and Plasma send it just before; another bubble's is not ours, and a press without one has none."""
    await desk.start()
    number = await desk.show(PROMPT)
    desk.server.activation_token(number + 7, "another's")
    desk.server.activation_token(number, "leave-1")
    desk.server.press(number, "start")
    await desk.eventually("the answer", lambda: desk.answers == [("session", "start")])
    assert desk.notifier.token == "leave-1"
    desk.server.press(await desk.show(PROMPT), "skip")
    await desk.eventually("the answer", lambda: len(desk.answers) == 2)
    assert desk.notifier.token == ""


def test_a_server_without_a_row_is_taken_at_its_word() -> None:
    assert servers.server_of("newcomer", frozenset({"actions"})).buttons
    assert not servers.server_of("newcomer", frozenset()).buttons
    assert not servers.server_of("Plasma", frozenset({"body"})).buttons
    assert servers.described("mako", "0.0.0", SERVERS["mako"]).startswith("mako, ")
