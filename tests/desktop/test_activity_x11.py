"""The X11 source on a real X server: what the contract does not ask of the others."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import needs
from unhunch.adapters.activity import bell, pynput, x11
from unhunch.adapters.protocols import x11 as xserver
from unhunch.ports import Lost, Quiet, Unusable

pytestmark = pytest.mark.desktop


@pytest.fixture(autouse=True)
def own_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", "")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rules on a clock thirty times as fast."""
    monkeypatch.setattr(x11, "ARM_AFTER", 1.0)
    monkeypatch.setattr(x11, "ARM_ANYWAY", 3.0)
    monkeypatch.setattr(x11, "SETTLE", 0.7)


@pytest.fixture
async def source(bed: Bed) -> AsyncIterator[x11.Source]:
    needs("pynput")
    bed.xvfb()
    made = x11.Source(env=bed.env)
    await made.open()
    yield made
    await made.close()


async def look(source: x11.Source) -> float:
    quiet = await source.quiet()
    assert isinstance(quiet, Quiet)
    assert quiet.at_least == quiet.at_most
    return quiet.at_least


async def trusted(source: x11.Source) -> None:
    """Look until the bell has been armed for so long that its silence proves something."""
    now = asyncio.get_running_loop().time
    async with asyncio.timeout(LIMIT):
        while True:
            await look(source)
            since = source._bell and source._bell.armed_since
            if since and now() > since + x11.SETTLE:
                return
            await asyncio.sleep(0.1)


async def look_for(source: x11.Source, seconds: float) -> float:
    """Look each 0.2 s, as the daemon does each 30."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        await look(source)
        await asyncio.sleep(0.2)
    return await look(source)


async def test_a_program_that_resets_the_counter_is_not_a_person(bed: Bed, quick: None, source: x11.Source) -> None:
    now = asyncio.get_running_loop().time
    touched = now()
    bed.hands.key()
    await trusted(source)
    for _ in range(3):
        bed.hands.reset_saver()
        quiet = await look_for(source, 0.6)
        assert quiet > bed.hands.idle_seconds() + 1, "the counter was reset, and is not believed"
        assert now() - touched - 1 <= quiet <= now() - touched + 0.1
    touched = now()
    bed.hands.motion()
    assert await look(source) <= now() - touched + 0.1
    assert await look_for(source, 0.4) <= now() - touched + 0.1


async def test_a_player_that_resets_all_the_time_is_found_out(bed: Bed, quick: None, source: x11.Source) -> None:
    """Its counter never reaches the time after which the bell is armed: it is armed anyway now and then."""
    loop = asyncio.get_running_loop()
    bed.hands.key()
    end = loop.time() + LIMIT
    quiet = 0.0
    while quiet < 3.5:
        bed.hands.reset_saver()
        assert loop.time() < end, quiet
        quiet = await look_for(source, 0.3)
    bed.hands.button()
    assert await look(source) < 1


async def test_without_a_witness_the_counter_is_believed(bed: Bed, quick: None) -> None:
    bed.xvfb()
    source = x11.Source(env=bed.env, bell=False)
    await source.open()
    bed.hands.key()
    await look_for(source, 1.5)
    bed.hands.reset_saver()
    assert await look(source) < 1
    assert source.ring(lambda: None) is False
    await source.close()


async def test_a_server_that_hangs_is_lost_and_not_waited_for(
    bed: Bed, source: x11.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xserver, "ANSWER_SECONDS", 0.5)
    server = bed.processes[-1]
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(Lost):
            await asyncio.wait_for(source.quiet(), 20)
        with pytest.raises(Lost):
            await source.quiet()
        with pytest.raises(Unusable, match="does not answer"):
            await asyncio.wait_for(source.open(), 20)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    monkeypatch.setattr(xserver, "ANSWER_SECONDS", 20)
    await source.open()
    await look(source)


async def test_a_server_that_comes_back_is_found_again(bed: Bed, source: x11.Source) -> None:
    display = bed.env["DISPLAY"]
    bed.kill(bed.processes[-1])
    with pytest.raises(Lost):
        await source.quiet()
    with pytest.raises(Unusable, match="no X server"):
        await source.open()
    bed.xvfb(display=display)
    assert "pynput as bell" in await source.open()
    rung: list[int] = []
    assert source.ring(lambda: rung.append(1))
    await asyncio.sleep(1)
    bed.hands.key()
    await bed.eventually("the bell", lambda: rung)


@pytest.mark.parametrize("maker", [x11.Source, pynput.Source])
@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({}, "DISPLAY is not set"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "Wayland"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "Wayland"),
        ({"DISPLAY": "elsewhere:0"}, "not on this machine"),
        ({"DISPLAY": ":7093"}, "no X server"),
    ],
)
async def test_where_it_cannot_work_it_says_why(
    maker: type[x11.Source | pynput.Source], env: dict[str, str], reason: str
) -> None:
    with pytest.raises(Unusable, match=reason):
        await maker(env=env).open()


async def test_without_pynput_the_counter_goes_on_alone(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynput", None)
    bed.xvfb()
    source = x11.Source(env=bed.env)
    assert "without a bell: pynput is not installed" in await source.open()
    assert source.ring(lambda: None) is False
    bed.hands.key()
    assert await look(source) < 1
    await source.close()
    with pytest.raises(Unusable, match="pynput is not installed") as caught:
        await pynput.Source(env=bed.env).open()
    assert "pip install" in caught.value.remedy


def test_importing_the_sources_imports_neither_pynput_nor_xlib(bed: Bed) -> None:
    code = (
        "import sys, unhunch.adapters.activity.x11, unhunch.adapters.activity.pynput;"
        "print([name for name in sys.modules if name.partition('.')[0] in ('pynput', 'Xlib', 'evdev')])"
    )
    bed.env["PYTHONPATH"] = os.pathsep.join(sys.path)
    assert bed.output(sys.executable, "-c", code).strip() == "[]"


async def test_opening_and_closing_leaves_nothing_behind(bed: Bed) -> None:
    """200 times, with an unanswered bell each time: no thread and no descriptor more than after the first ones."""
    needs("pynput")
    bed.xvfb()

    async def once() -> None:
        source = x11.Source(env=bed.env)
        await source.open()
        source.ring(lambda: None)
        await source.quiet()
        await source.close()

    for _ in range(3):
        await once()
    await asyncio.sleep(0.5)
    before = count_descriptors(), threading.active_count()
    for _ in range(200):
        await once()
    await asyncio.sleep(0.5)
    assert (count_descriptors(), threading.active_count()) == before
    assert sum(display == bed.env["DISPLAY"] for _, display in bell._spare) == 2


async def test_losing_the_server_leaves_nothing_behind(bed: Bed) -> None:
    """25 X servers that die under an armed bell (each takes a while to start)."""
    before = threading.active_count()
    descriptors = []
    for _ in range(25):
        server = bed.xvfb()
        source = x11.Source(env=bed.env)
        await source.open()
        source.ring(lambda: None)
        await asyncio.sleep(0.2)
        bed.kill(server)
        with pytest.raises(Lost):
            await source.quiet()
        await source.close()
        await bed.eventually("the end of the listeners", lambda: threading.active_count() <= before)
        descriptors.append(count_descriptors())
    assert descriptors[-1] <= descriptors[0]


def count_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))
