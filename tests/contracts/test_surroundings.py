"""What every source of surroundings promises, the fake and the real ones alike."""

import asyncio
import gc
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.fakes.heard import Heard
from tests.fakes.logind import FakeLogind
from tests.fakes.surroundings import FakeSurroundings
from unhunch.adapters.surroundings.around import CONDITIONS
from unhunch.adapters.surroundings.calls import Camera
from unhunch.adapters.surroundings.casts import MutterCasts
from unhunch.adapters.surroundings.fullscreen import FullScreen
from unhunch.adapters.surroundings.inhibitors import DesktopInhibitors, LogindInhibitors
from unhunch.adapters.surroundings.logind import Logind
from unhunch.adapters.surroundings.quiet import DoNotDisturb
from unhunch.adapters.surroundings.screensavers import ScreenSavers
from unhunch.adapters.surroundings.sound import SoundServer
from unhunch.ports import Lost, SurroundingsSource, Unusable


@dataclass
class Rig:
    """A closed source, and what kills the thing that it watches. None: it cannot be killed."""

    source: Any
    kill: Callable[[], Any] | None
    impossible: SurroundingsSource
    """The same source where it cannot run."""


async def fake_rig(stack: AsyncExitStack, folder: Path) -> Rig:
    source, impossible = FakeSurroundings(conditions=("locked", "asleep")), FakeSurroundings()
    impossible.unusable = Unusable("not here")
    return Rig(source, source.die, impossible)


async def camera_rig(stack: AsyncExitStack, folder: Path) -> Rig:
    return Rig(Camera(dev=folder, sys=folder), None, Camera(proc=folder))


def on_bus(kind: str, make: Callable[..., SurroundingsSource]) -> Any:
    async def rig(stack: AsyncExitStack, folder: Path) -> Rig:
        bed = stack.enter_context(Bed())
        bus = bed.bus(kind)
        if kind == "system":
            logind = await FakeLogind().start(bed.env["DBUS_SYSTEM_BUS_ADDRESS"])
            stack.push_async_callback(logind.stop)
        return Rig(make(env=bed.env), lambda: bed.kill(bus), make(address=f"unix:path={folder}/nothing"))

    return rig


async def microphone_rig(stack: AsyncExitStack, folder: Path) -> Rig:
    needs("pulseaudio")
    bed = stack.enter_context(Bed())
    server = bed.spawn(
        *("pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n", "-L", "module-native-protocol-unix")
    )
    bed.until("the pulse socket", (bed.run / "pulse/native").exists)
    return Rig(SoundServer(env=bed.env), lambda: bed.kill(server), SoundServer(env={"XDG_RUNTIME_DIR": str(folder)}))


async def fullscreen_rig(stack: AsyncExitStack, folder: Path) -> Rig:
    bed = stack.enter_context(Bed())
    server = bed.xvfb()
    return Rig(FullScreen(env=bed.env), lambda: bed.kill(server), FullScreen(env={}))


REAL = {
    "logind": on_bus("system", Logind),
    "logind-inhibitors": on_bus("system", LogindInhibitors),
    "screensavers": on_bus("session", ScreenSavers),
    "desktop-inhibitors": on_bus("session", DesktopInhibitors),
    "do-not-disturb": on_bus("session", DoNotDisturb),
    "screen-casts": on_bus("session", MutterCasts),
    "sound-server": microphone_rig,
    "full-screen": fullscreen_rig,
}
MADE_UP = {"fake": fake_rig, "camera": camera_rig}


@asynccontextmanager
async def opened(source: SurroundingsSource, heard: Heard) -> AsyncIterator[str]:
    note = await source.open(heard)
    try:
        yield note
    finally:
        await source.close()


@pytest.fixture(params=[*MADE_UP, *(pytest.param(name, marks=pytest.mark.desktop) for name in REAL)])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        made = await {**MADE_UP, **REAL}[request.param](stack, tmp_path)
        yield made
        await made.source.close()


async def test_each_condition_is_told_once_when_it_is_opened(rig: Rig) -> None:
    heard = Heard()
    async with opened(rig.source, heard) as note:
        assert note
        assert rig.source.name
        assert sorted(name for name, _ in heard.all) == sorted(rig.source.conditions)
        assert set(rig.source.conditions) <= set(CONDITIONS)


async def test_looks_are_cheap_and_say_nothing_new_when_nothing_happens(rig: Rig) -> None:
    heard = Heard()
    async with opened(rig.source, heard):
        await rig.source.check()
        told = len(heard.all)
        begin = time.process_time()
        for _ in range(20):
            await rig.source.check()
        assert (time.process_time() - begin) / 20 < 0.005
        assert len(heard.all) == told


async def test_it_can_be_closed_twice_before_and_after_and_opened_again(rig: Rig) -> None:
    await rig.source.close()
    for _ in range(3):
        heard = Heard()
        await rig.source.open(heard)
        assert heard.all
        await rig.source.close()
        await rig.source.close()
        told = len(heard.all)
        with pytest.raises(Lost):
            await rig.source.check()
        assert len(heard.all) == told


async def test_nothing_is_left_over(rig: Rig) -> None:
    async def once() -> None:
        await rig.source.open(Heard())
        await rig.source.check()
        await rig.source.close()

    def left() -> tuple[int, int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), threading.active_count(), len(asyncio.all_tasks())

    await once()
    async with asyncio.timeout(10):
        before = left()
        for _ in range(3):
            await once()
        while left() > before:  # a fake in this loop sees the end of a connection a moment later
            await asyncio.sleep(0.01)


async def test_a_death_is_told_as_unknown_and_then_lost(rig: Rig) -> None:
    if rig.kill is None:
        return  # it watches nothing that can die
    heard = Heard()
    await rig.source.open(heard)
    rig.kill()
    async with asyncio.timeout(20):
        while True:
            try:
                await rig.source.check()
            except Lost as lost:
                assert str(lost)
                break
            await asyncio.sleep(0.01)
        pushed = rig.source.name != "full screen"  # which only ever answers when asked
        while pushed and any(value is not None for value in heard.now.values()):
            await asyncio.sleep(0.01)
    await rig.source.close()


async def test_where_it_cannot_run_it_says_why_in_a_few_words(rig: Rig) -> None:
    heard = Heard()
    with pytest.raises(Unusable) as said:
        await rig.impossible.open(heard)
    assert 5 < len(said.value.reason) < 200
    assert not heard.all
    await rig.impossible.close()


async def test_a_cancelled_opening_leaves_nothing_behind(rig: Rig) -> None:
    async def count() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    await rig.source.open(Heard())
    await rig.source.close()
    before = await count()
    for steps in range(6):
        task = asyncio.create_task(rig.source.open(Heard()))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await rig.source.close()
    async with asyncio.timeout(10):
        while await count() > before:
            await asyncio.sleep(0.01)
