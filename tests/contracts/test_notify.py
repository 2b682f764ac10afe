"""What every Notifier with buttons promises: the fake one, and the D-Bus one before a fake server and before dunst."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.fakes.notify import FakeNotifier, NotificationServer
from unhunch.adapters.notify.freedesktop import FreedesktopNotifier
from unhunch.ports import Button, Notice, Notifier

BUTTONS = (Button("start", "Start"), Button("snooze", "Snooze"), Button("skip", "Skip"))
PROMPT = Notice("session", "Time to roll", "2 minutes on the roller.", BUTTONS, resident=True)
NUDGE = Notice("nudge", "Stand up", "You have been at your desk for an hour.", (Button("stand", "Done"),))


class Rig(Protocol):
    """A notifier with its screen, and somebody who presses, dismisses, and kills the server. One notice at a time."""

    @property
    def notifier(self) -> Notifier: ...

    def count(self) -> int: ...
    def press(self, key: str) -> None: ...
    def dismiss(self) -> None: ...
    async def kill(self) -> None: ...
    async def revive(self) -> None: ...


class FakeRig:
    def __init__(self) -> None:
        self.notifier = FakeNotifier()

    def count(self) -> int:
        return len(self.notifier.screen)

    def press(self, key: str) -> None:
        self.notifier.press(next(iter(self.notifier.screen)), key)

    def dismiss(self) -> None:
        self.notifier.dismiss(next(iter(self.notifier.screen)))

    async def kill(self) -> None:
        self.notifier.server_dies()

    async def revive(self) -> None:
        self.notifier.server_returns()


class ServerRig:
    def __init__(self, bed: Bed) -> None:
        address = bed.env["DBUS_SESSION_BUS_ADDRESS"]
        self.server = NotificationServer(address)
        self.notifier = FreedesktopNotifier(address)

    def count(self) -> int:
        return len(self.server.screen)

    def press(self, key: str) -> None:
        self.server.press(next(iter(self.server.screen)), key)

    def dismiss(self) -> None:
        self.server.dismiss(next(iter(self.server.screen)))

    async def kill(self) -> None:
        await self.server.stop()

    async def revive(self) -> None:
        await self.server.start()


class DunstRig:
    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.notifier = FreedesktopNotifier(bed.env["DBUS_SESSION_BUS_ADDRESS"])
        self.dunst = bed.dunst()

    def count(self) -> int:
        return self.bed.displayed()

    def press(self, key: str) -> None:
        self.bed.press(key)

    def dismiss(self) -> None:
        self.bed.dunstctl("close")

    async def kill(self) -> None:
        self.bed.kill(self.dunst)

    async def revive(self) -> None:
        self.dunst = self.bed.dunst()


@contextlib.asynccontextmanager
async def rig_named(kind: str) -> AsyncIterator[Rig]:
    if kind == "fake":
        yield FakeRig()
        return
    needs("dbus-daemon", *(("dunst", "Xvfb") if kind == "dunst" else ()))
    with Bed() as bed:
        bed.bus()
        if kind == "server":
            rig = ServerRig(bed)
            await rig.server.start()
            yield rig
            await rig.notifier.close()
            await rig.server.stop()
        else:
            bed.xvfb()
            dunst = DunstRig(bed)
            yield dunst
            await dunst.notifier.close()


@pytest.fixture(params=["fake", "server", pytest.param("dunst", marks=pytest.mark.desktop)])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with rig_named(request.param) as made:
        yield made


async def eventually(what: str, test: Callable[[], object]) -> None:
    try:
        async with asyncio.timeout(30):
            while not test():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}") from None


class Answers(list[tuple[str, str]]):
    def __call__(self, slot: str, key: str) -> None:
        self.append((slot, key))


async def opened(rig: Rig) -> Answers:
    answers = Answers()
    assert await rig.notifier.open(answers)
    return answers


async def test_a_notice_is_shown_and_replaced_in_place(rig: Rig) -> None:
    answers = await opened(rig)
    assert rig.notifier.takes
    assert rig.notifier.abilities()["replace"]
    assert await rig.notifier.show(PROMPT)
    await eventually("the notice", lambda: rig.count() == 1)
    assert await rig.notifier.show(PROMPT._replace(title="Still time to roll"))
    assert await rig.notifier.show(NUDGE)
    await eventually("two bubbles, not three", lambda: rig.count() == 2)
    assert answers == []


@pytest.mark.parametrize("key", ["start", "snooze", "skip", "default"])
async def test_a_press_is_answered_once_and_ends_the_notice(rig: Rig, key: str) -> None:
    answers = await opened(rig)
    assert await rig.notifier.show(PROMPT)
    rig.press(key)
    await eventually("the answer", lambda: answers)
    await eventually("an empty screen", lambda: rig.count() == 0)
    # A second answer to the same notice would come before the answer to the next one.
    assert await rig.notifier.show(NUDGE)
    rig.press("stand")
    await eventually("the second answer", lambda: len(answers) > 1)
    draws = rig.notifier.abilities()["buttons"]
    assert answers == [("session", key if draws or key != "default" else "explain"), ("nudge", "stand")]


async def test_a_dismissed_notice_says_so(rig: Rig) -> None:
    answers = await opened(rig)
    assert await rig.notifier.show(PROMPT)
    await eventually("the notice", lambda: rig.count() == 1)
    rig.dismiss()
    await eventually("the answer", lambda: answers)
    assert answers == [("session", "dismissed")]


async def test_what_is_withdrawn_is_no_answer(rig: Rig) -> None:
    answers = await opened(rig)
    await rig.notifier.withdraw("session")
    assert await rig.notifier.show(PROMPT)
    await eventually("the notice", lambda: rig.count() == 1)
    await rig.notifier.withdraw("session")
    await eventually("an empty screen", lambda: rig.count() == 0)
    await rig.notifier.withdraw("session")
    assert await rig.notifier.show(NUDGE)
    rig.press("stand")
    await eventually("the answer", lambda: answers)
    assert answers == [("nudge", "stand")]


async def test_a_dead_server_takes_its_notices_and_a_new_one_is_used(rig: Rig) -> None:
    answers = await opened(rig)
    assert await rig.notifier.show(PROMPT)
    await rig.kill()
    await eventually("the loss", lambda: answers)
    assert answers == [("session", "lost")]
    assert await rig.notifier.show(PROMPT) is False
    assert not any(rig.notifier.abilities().values())
    await rig.revive()
    await eventually("the new server", lambda: rig.notifier.abilities()["replace"])
    assert await rig.notifier.show(PROMPT)
    await eventually("the notice", lambda: rig.count() == 1)
    rig.press("skip")
    await eventually("the answer", lambda: len(answers) > 1)
    assert answers == [("session", "lost"), ("session", "skip")]


async def test_nothing_is_left_and_nothing_is_answered_after_closing(rig: Rig) -> None:
    answers = await opened(rig)
    assert await rig.notifier.show(PROMPT)
    assert await rig.notifier.show(NUDGE)
    await eventually("the notices", lambda: rig.count() == 2)
    await rig.notifier.close()
    await eventually("an empty screen", lambda: rig.count() == 0)
    assert await rig.notifier.show(PROMPT) is False
    assert answers == []
