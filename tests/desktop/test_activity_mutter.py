"""Mutter's idle monitor on a real headless Mutter, with a session manager of our own that holds inhibitors."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.desktop.bed import Bed
from tests.desktop.compositors import MutterHands
from unhunch.adapters.activity import mutter
from unhunch.ports import Lost, Quiet, Unusable

pytestmark = pytest.mark.desktop


class SessionManager:
    """org.gnome.SessionManager as far as Mutter and we look at it: the property InhibitedActions."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.actions = 0
        self.asked = 0
        bus.add_message_handler(self._answer)

    @classmethod
    async def start(cls, bed: Bed) -> "SessionManager":
        bus = await MessageBus(bus_address=bed.env["DBUS_SESSION_BUS_ADDRESS"]).connect()
        manager = cls(bus)
        await bus.request_name(mutter.SESSION)
        return manager

    def _answer(self, message: Message) -> Message | None:
        if (
            message.message_type is not MessageType.METHOD_CALL
            or message.interface != "org.freedesktop.DBus.Properties"
        ):
            return None
        self.asked += 1
        value = Variant("u", self.actions)
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [{"InhibitedActions": value}])
        return Message.new_method_return(message, "v", [value])

    def inhibit(self, actions: int) -> None:
        self.actions = actions
        self.bus.send(
            Message.new_signal(
                mutter.SESSION_PATH,
                "org.freedesktop.DBus.Properties",
                "PropertiesChanged",
                "sa{sv}as",
                [mutter.SESSION, {"InhibitedActions": Variant("u", actions)}, []],
            )
        )


@pytest.fixture
async def manager(bed: Bed, hands: MutterHands) -> AsyncIterator[SessionManager]:
    """After Mutter: while that starts, our event loop stands still and could not answer it."""
    made = await SessionManager.start(bed)
    yield made
    made.bus.disconnect()


@pytest.fixture
async def hands(bed: Bed) -> AsyncIterator[MutterHands]:
    bed.bus()
    bed.mutter()
    made = await MutterHands.connect(bed.env)
    yield made
    await made.close()


@pytest.fixture
async def source(bed: Bed, manager: SessionManager) -> AsyncIterator[mutter.Source]:
    made = mutter.Source(env=bed.env)
    assert await made.open() == "Mutter's idle monitor"
    yield made
    await made.close()


async def look(source: mutter.Source) -> Quiet:
    quiet = await source.quiet()
    assert quiet is not None
    return quiet


async def counter(source: mutter.Source) -> float:
    """What Mutter itself says."""
    return await source._counter()


async def test_the_end_of_a_film_is_not_a_person(
    bed: Bed, manager: SessionManager, hands: MutterHands, source: mutter.Source
) -> None:
    loop = asyncio.get_running_loop()
    await bed.eventually("Mutter to ask about inhibitors", lambda: manager.asked >= 2)
    await hands.key()
    touched = loop.time()
    await look(source)
    manager.inhibit(mutter.IDLE_INHIBITED)
    await asyncio.sleep(2)
    assert (await look(source)).at_least > 1.5
    manager.inhibit(0)
    await asyncio.sleep(0.1)
    assert await counter(source) < 1, "Mutter's counter should have started again: nothing is proven"
    for _ in range(3):
        quiet = await look(source)
        assert quiet.at_least == quiet.at_most == pytest.approx(loop.time() - touched, abs=0.5)
        await asyncio.sleep(0.2)
    await hands.motion()
    await asyncio.sleep(0.1)
    assert (await look(source)).at_most < 1


async def test_who_pauses_the_film_is_a_person(
    bed: Bed, manager: SessionManager, hands: MutterHands, source: mutter.Source
) -> None:
    await bed.eventually("Mutter to ask about inhibitors", lambda: manager.asked >= 2)
    manager.inhibit(mutter.IDLE_INHIBITED)
    await asyncio.sleep(2)
    assert (await look(source)).at_least > 1.5
    await hands.key()
    manager.inhibit(0)
    await asyncio.sleep(0.3)
    quiet = await look(source)
    assert quiet.at_least <= quiet.at_most < 1.5


async def test_the_bell_rings_at_once_and_the_watch_is_set_again(
    bed: Bed, hands: MutterHands, source: mutter.Source
) -> None:
    loop = asyncio.get_running_loop()
    for act in (hands.key, hands.motion, hands.button):
        rung: list[float] = []
        assert source.ring(lambda rung=rung: rung.append(loop.time()))
        await look(source)
        await asyncio.sleep(0.3)
        assert rung == []
        start = loop.time()
        await act()
        await bed.eventually("the bell", lambda rung=rung: rung)
        assert rung[0] - start < 2


async def test_mutter_gone_or_replaced_is_lost(bed: Bed, hands: MutterHands) -> None:
    source = mutter.Source(env=bed.env)
    assert "without gnome-session" in await source.open()
    bed.kill(bed.processes[-1])
    with pytest.raises(Lost):
        for _ in range(500):
            await source.quiet()
            await asyncio.sleep(0.01)
    with pytest.raises(Unusable, match="not on the session bus"):
        await mutter.Source(env=bed.env).open()
    bed.mutter("wayland-next")
    again = await MutterHands.connect(bed.env)
    with pytest.raises(Lost):
        await source.quiet()
    await source.close()
    await source.open()
    await again.key()
    assert (await look(source)).at_least < 1
    await again.close()
    await source.close()


async def test_without_a_bus_it_says_so(bed: Bed) -> None:
    with pytest.raises(Unusable, match="no D-Bus session bus"):
        await mutter.Source(env={}).open()
    bed.bus()
    with pytest.raises(Unusable, match="not on the session bus"):
        await mutter.Source(env=bed.env).open()


async def test_opening_closing_and_losing_leave_nothing_behind(bed: Bed, hands: MutterHands) -> None:
    """200 times, with a watch set each time."""

    async def once() -> None:
        source = mutter.Source(env=bed.env)
        await source.open()
        source.ring(lambda: None)
        await source.quiet()
        await source.close()

    for _ in range(3):
        await once()
    gc.collect()  # what earlier tests left must not go in between
    before = held()
    for _ in range(200):
        await once()
    assert held() == before


def held() -> tuple[int, int, int]:
    """Threads, descriptors, tasks."""
    return threading.active_count(), len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())


async def test_losing_the_bus_leaves_nothing_behind(bed: Bed) -> None:
    """The bus and Mutter die five times (Mutter takes half a second to start)."""
    after = []
    for _ in range(5):
        daemon = bed.bus()
        compositor = bed.mutter()
        hands = await MutterHands.connect(bed.env)
        source = mutter.Source(env=bed.env)
        await source.open()
        source.ring(lambda: None)
        await hands.close()
        bed.kill(daemon)
        with pytest.raises(Lost):
            for _ in range(500):
                await source.quiet()
                await asyncio.sleep(0.01)
        await source.close()
        bed.kill(compositor)
        (bed.run / "wayland-mutter").unlink(missing_ok=True)
        after.append(held())
    assert after[-1] == after[0]
