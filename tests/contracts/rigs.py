"""One rig for each activity source: how to touch its desk, how time passes there, and how its server dies."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.desktop.bed import Bed
from tests.desktop.compositors import KwinHands, MutterHands
from tests.desktop.parts import needs
from tests.fakes.activity import FakeActivity, FakeClock
from tests.fakes.compositor import FakeCompositor
from unhunch.adapters.activity import mutter, pynput, terminal, wayland, x11
from unhunch.ports import ActivitySource

Act = Callable[[], Any]


@dataclass
class Rig:
    """A closed source, and the world around it."""

    source: ActivitySource
    touch: Act
    """Somebody touches keyboard or mouse."""
    now: Callable[[], float] = time.monotonic
    """Seconds, in the rig's own time."""
    wait: Callable[[float], Any] = asyncio.sleep
    lose: Act | None = None
    """The server dies. None: there is no server."""
    type_text: Callable[[str], Any] | None = None
    """Types letters by name. None: the rig has no keyboard."""
    rings: bool = True
    grain: float = 0.0
    """Seconds in whose steps the source sees time pass."""


async def run(act: Any) -> None:
    """Some acts are coroutines, some are not."""
    if asyncio.iscoroutine(act) or asyncio.isfuture(act):
        await act


@asynccontextmanager
async def fake_rig() -> AsyncIterator[Rig]:
    clock = FakeClock()
    source = FakeActivity(clock)

    async def wait(seconds: float) -> None:
        clock.advance(seconds)

    yield Rig(source, source.touch, lambda: clock.now().awake, wait, source.lose)


@asynccontextmanager
async def x11_rig(*, raw: bool = True) -> AsyncIterator[Rig]:
    """`raw` False: a server too old for raw events."""
    if not raw:
        needs("pynput")
    with Bed() as bed:
        server = bed.xvfb()
        yield Rig(
            x11.Source(env=bed.env, raw=raw),
            bed.hands.motion,
            lose=lambda: bed.kill(server),
            type_text=lambda text: [bed.hands.key(letter) for letter in text],
        )


@asynccontextmanager
async def x11_alone_rig() -> AsyncIterator[Rig]:
    """The same where pynput is not installed either."""
    with Bed() as bed:
        server = bed.xvfb()
        yield Rig(
            x11.Source(env=bed.env, raw=False, bell=False), bed.hands.key, lose=lambda: bed.kill(server), rings=False
        )


@asynccontextmanager
async def pynput_rig() -> AsyncIterator[Rig]:
    needs("pynput")
    with Bed() as bed:
        server = bed.xvfb()
        yield Rig(
            pynput.Source(env=bed.env),
            bed.hands.key,
            lose=lambda: bed.kill(server),
            type_text=lambda text: [bed.hands.key(letter) for letter in text],
        )


@asynccontextmanager
async def mutter_rig() -> AsyncIterator[Rig]:
    with Bed() as bed:
        bed.bus()
        compositor = bed.mutter()
        hands = await MutterHands.connect(bed.env)
        try:
            yield Rig(mutter.Source(env=bed.env), hands.key, lose=lambda: bed.kill(compositor))
        finally:
            await hands.close()


@asynccontextmanager
async def kwin_rig() -> AsyncIterator[Rig]:
    """Version 1 of the protocol, on a timer of 0.3 s."""
    with Bed() as bed:
        bed.bus()
        compositor = bed.kwin()
        hands = await KwinHands.connect(bed.env)
        try:
            yield Rig(wayland.Source(env=bed.env, steady=(0.3,)), hands.motion, lose=lambda: bed.kill(compositor))
        finally:
            await hands.close()


@asynccontextmanager
async def wayland_rig(folder: Path, version: int) -> AsyncIterator[Rig]:
    """Our own compositor, which has version 2 as well."""
    compositor = await FakeCompositor(folder / "wayland", version).start()
    try:
        yield Rig(
            wayland.Source(str(folder / "wayland"), steady=(0.3,), pauses=(0.1,)),
            compositor.touch,
            lose=compositor.close,
        )
    finally:
        await compositor.close()


@asynccontextmanager
async def terminal_rig(folder: Path) -> AsyncIterator[Rig]:
    """A pseudo-terminal of our own, found through a link, so that the machine's other terminals do not matter."""
    master, slave = os.openpty()
    (folder / "pts").mkdir()
    (folder / "pts" / "1").symlink_to(os.ttyname(slave))

    def touch() -> None:
        os.write(master, b"x\n")
        os.read(slave, 16)
        os.read(master, 16)  # the echo

    touch()
    try:
        yield Rig(terminal.Source(devices=folder, env={}), touch, rings=False, grain=terminal.STEP)
    finally:
        os.close(master)
        os.close(slave)


RigMaker = Callable[[Path], AbstractAsyncContextManager[Rig]]
"""Makes a rig; the folder is its own."""
ANYWHERE: dict[str, RigMaker] = {
    "fake": lambda _: fake_rig(),
    "terminal": terminal_rig,
    "wayland-1": lambda folder: wayland_rig(folder, 1),
    "wayland-2": lambda folder: wayland_rig(folder, 2),
}
DESKTOP: dict[str, RigMaker] = {
    "x11": lambda _: x11_rig(),
    "x11-pynput": lambda _: x11_rig(raw=False),
    "x11-alone": lambda _: x11_alone_rig(),
    "pynput": lambda _: pynput_rig(),
    "mutter": lambda _: mutter_rig(),
    "kwin": lambda _: kwin_rig(),
}
