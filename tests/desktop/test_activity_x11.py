"""The X11 source on a real X server: what the contract does not ask of the others."""

import asyncio
import os
import signal
import struct
import sys
import threading
from collections.abc import AsyncIterator

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import needs
from unhunch.adapters.activity import bell, pynput, x11
from unhunch.adapters.protocols import x11 as xserver
from unhunch.adapters.protocols import x11_wire
from unhunch.adapters.protocols.x11_wire import XServer
from unhunch.ports import Lost, Quiet, Unusable

pytestmark = pytest.mark.desktop


@pytest.fixture(autouse=True)
def own_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", "")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """pynput's rules on a clock thirty times as fast."""
    monkeypatch.setattr(x11, "ARM_AFTER", 1.0)
    monkeypatch.setattr(x11, "ARM_ANYWAY", 3.0)
    monkeypatch.setattr(x11, "SETTLE", 0.7)


@pytest.fixture
async def source(bed: Bed) -> AsyncIterator[x11.Source]:
    bed.xvfb()
    made = x11.Source(env=bed.env)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def old(bed: Bed) -> AsyncIterator[x11.Source]:
    """On a server that has no raw events."""
    needs("pynput")
    bed.xvfb()
    made = x11.Source(env=bed.env, raw=False)
    assert "pynput as bell" in await made.open()
    yield made
    await made.close()


async def look(source: x11.Source) -> float:
    quiet = await source.quiet()
    assert isinstance(quiet, Quiet)
    assert quiet.at_least == quiet.at_most
    return quiet.at_least


async def trusted(source: x11.Source) -> None:
    """Look until pynput has been armed for so long that its silence proves something."""
    now = asyncio.get_running_loop().time
    async with asyncio.timeout(LIMIT):
        while True:
            await source.quiet()
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


async def touch(bed: Bed, source: x11.Source) -> float:
    """A person touches something, and the source has seen it. Returns the loop time before."""
    before = asyncio.get_running_loop().time()
    bed.hands.key()
    await bed.eventually("the touch", lambda: source._raw is None or (source._raw.touched_at or 0) > before)
    await source.quiet()
    return before


async def suspend_saver(bed: Bed, *, on: bool) -> XServer:
    """What a player does for a film; it ends with the connection, too."""
    player = await XServer.connect(bed.env["DISPLAY"], bed.env)
    player.send(await player.extension("MIT-SCREEN-SAVER"), 5, struct.pack("=I", on))
    await player.atom("a question: when it is answered the request before is done")
    return player


async def test_the_first_answer_is_no_sighting(bed: Bed, source: x11.Source) -> None:
    """A program may have reset the counter before we came. The first touch settles it."""
    bed.hands.reset_saver()
    quiet = await source.quiet()
    assert quiet is not None
    assert quiet.at_least < 5
    assert quiet.at_most > asyncio.get_running_loop().time() - 1, "as long as the machine has been running"
    before = await touch(bed, source)
    assert await look(source) <= asyncio.get_running_loop().time() - before


@pytest.mark.parametrize("ending", ["by a reset", "by the end of a film", "by a player that is killed"])
async def test_a_program_that_resets_the_counter_is_not_a_person(bed: Bed, source: x11.Source, ending: str) -> None:
    """Without pynput's help: the server's own bell stays silent."""
    now = asyncio.get_running_loop().time
    source._with_bell = False
    touched = await touch(bed, source)
    for _ in range(3):
        await asyncio.sleep(0.6)
        player = await suspend_saver(bed, on=True)
        await source.quiet()
        if ending == "by a reset":
            bed.hands.reset_saver()
        elif ending == "by the end of a film":
            player.send(await player.extension("MIT-SCREEN-SAVER"), 5, struct.pack("=I", 0))
            await player.atom("done")
        await player.close()
        await bed.eventually("the reset", lambda: bed.hands.idle_seconds() < 0.5)
        quiet = await look(source)
        assert quiet > bed.hands.idle_seconds() + 0.4, "the counter was reset, and is not believed"
        assert quiet <= now() - touched
    before = await touch(bed, source)
    assert await look(source) <= now() - before


async def test_a_screen_saver_that_is_switched_off_under_our_eyes_is_a_film(bed: Bed, source: x11.Source) -> None:
    """So does xdg-screensaver. One that was off when we came is somebody's setting."""
    server = source._server
    assert server is not None
    assert source.inhibited is None
    for seconds, film in ((0, True), (600, None)):
        server.send(107, 0, struct.pack("=HHBBxx", seconds, 0, 0, 0))  # SetScreenSaver
        await source.quiet()
        assert source.inhibited is film
    server.send(107, 0, struct.pack("=HHBBxx", 0, 0, 0, 0))
    late = x11.Source(env=bed.env)
    await late.open()
    assert late.inhibited is None
    await late.close()


async def test_a_bell_that_never_rang_may_be_deaf(bed: Bed, source: x11.Source) -> None:
    """Then a reset is neither a person nor none, until pynput has listened for a while."""
    assert source._raw is not None
    await source.quiet()
    source._touched = asyncio.get_running_loop().time() - 100.0
    source._raw._opcode = 0  # what is armed from here on is an unknown request: it hears nothing
    source._raw.armed, source._raw.sure_since = False, None
    await source.quiet()
    await asyncio.sleep(0.2)
    bed.hands.reset_saver()
    quiet = await source.quiet()
    assert quiet is not None
    assert quiet.at_least < 5
    assert quiet.at_most >= 100


async def test_pynput_tells_a_person_where_the_server_is_deaf(bed: Bed, quick: None, source: x11.Source) -> None:
    """It listens from the first reset on that the server's bell calls a program's, and is believed before it."""
    needs("pynput")
    assert source._raw is not None
    touched = await touch(bed, source)
    assert source._bell is None, "not loaded before it is needed"
    await asyncio.sleep(0.2)
    bed.hands.reset_saver()
    await look(source)
    assert source._bell is not None
    source._raw.armed = False
    source._raw._opcode = 0  # deaf
    source._raw.sure_since = None
    await trusted(source)
    bed.hands.reset_saver()
    assert await look(source) > bed.hands.idle_seconds() + 0.3
    now = asyncio.get_running_loop().time
    assert await look(source) >= now() - touched - 0.5
    before = now()
    bed.hands.motion()
    await bed.eventually("pynput", lambda: ((source._bell and source._bell.touched_at) or 0) > before)
    assert await look(source) <= now() - before


async def test_a_touch_before_the_bell_was_asked_for_rings_when_it_is(bed: Bed, source: x11.Source) -> None:
    """Else who came back between a look and its end would be seen at the next touch only."""
    rung: list[int] = []
    await touch(bed, source)
    bed.hands.key()
    await bed.eventually("the touch", lambda: source._raw and (source._raw.touched_at or 0) > source._looked)
    assert source.ring(lambda: rung.append(1))
    await asyncio.sleep(0)
    assert rung == [1]
    await source.quiet()
    assert source.ring(lambda: rung.append(2))
    await asyncio.sleep(0)
    assert rung == [1]


async def test_a_touch_that_lasts_is_told_once(bed: Bed, source: x11.Source) -> None:
    """A mouse of 1000 Hz costs one event an arming, and what is under way then."""
    server, raw = source._server, source._raw
    assert server is not None
    assert raw is not None
    await touch(bed, source)
    heard = []

    def count() -> None:
        heard.append(1)
        raw._happened()

    server.happened = count
    await server.atom("armed")
    for _ in range(20):
        bed.hands.motion()
        await server.atom("turn")
    assert len(heard) <= 2


async def test_with_pynput_alone_a_program_that_resets_is_not_a_person(bed: Bed, quick: None, old: x11.Source) -> None:
    now = asyncio.get_running_loop().time
    await old.quiet()
    await trusted(old)
    touched = now()
    bed.hands.key()
    await bed.eventually("pynput", lambda: ((old._bell and old._bell.touched_at) or 0) > touched)
    await trusted(old)
    for _ in range(3):
        bed.hands.reset_saver()
        quiet = await look_for(old, 0.6)
        assert quiet > bed.hands.idle_seconds() + 0.4, "the counter was reset, and is not believed"
        assert now() - touched - 1 <= quiet <= now() - touched + 0.1
    touched = now()
    bed.hands.motion()
    assert await look(old) <= now() - touched + 0.1
    assert await look_for(old, 0.4) <= now() - touched + 0.1


async def test_a_player_that_resets_all_the_time_is_found_out(bed: Bed, quick: None, old: x11.Source) -> None:
    """Its counter never reaches the time after which pynput is armed: it is armed anyway now and then."""
    loop = asyncio.get_running_loop()
    bed.hands.key()
    await trusted(old)
    bed.hands.key()
    await old.quiet()
    end = loop.time() + LIMIT
    quiet = 0.0
    while quiet < 3.5:
        bed.hands.reset_saver()
        assert loop.time() < end, quiet
        quiet = await look_for(old, 0.3)
    bed.hands.button()
    assert await look(old) < 1


async def test_without_a_witness_the_counter_is_believed(bed: Bed, quick: None) -> None:
    bed.xvfb()
    source = x11.Source(env=bed.env, raw=False, bell=False)
    await source.open()
    bed.hands.key()
    await bed.eventually("the key", lambda: bed.hands.idle_seconds() < 0.5)
    await asyncio.sleep(x11.JITTER)
    bed.hands.key()
    await look_for(source, 1.5)
    bed.hands.reset_saver()
    assert await look(source) < 1
    assert source.ring(lambda: None) is False
    await source.close()


async def test_a_server_that_hangs_is_lost_and_not_waited_for(
    bed: Bed, source: x11.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (xserver, x11_wire):
        monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)
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
    for module in (xserver, x11_wire):
        monkeypatch.setattr(module, "ANSWER_SECONDS", 20)
    await source.open()
    await source.quiet()


async def test_a_server_that_comes_back_is_found_again(bed: Bed, source: x11.Source) -> None:
    display = bed.env["DISPLAY"]
    bed.kill(bed.processes[-1])
    with pytest.raises(Lost):
        await source.quiet()
    with pytest.raises(Unusable, match="no X server"):
        await source.open()
    bed.xvfb(display=display)
    assert "the server's bell" in await source.open()
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
    source = x11.Source(env=bed.env, raw=False)
    assert "without a bell: pynput is not installed" in await source.open()
    assert source.ring(lambda: None) is False
    await asyncio.sleep(2 * x11.JITTER)
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


@pytest.mark.parametrize("raw", [True, False])
async def test_opening_and_closing_leaves_nothing_behind(bed: Bed, raw: bool) -> None:
    """200 times, with an unanswered bell each time: no thread and no descriptor more than after the first ones."""
    needs("pynput")
    bed.xvfb()

    async def once() -> None:
        source = x11.Source(env=bed.env, raw=raw)
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
    if not raw:
        assert sum(display == bed.env["DISPLAY"] for _, display in bell._spare) == 2


async def test_losing_the_server_leaves_nothing_behind(bed: Bed) -> None:
    """25 X servers that die under an armed bell (each takes a while to start)."""
    before = threading.active_count()
    descriptors = []
    for _ in range(25):
        server = bed.xvfb()
        source = x11.Source(env=bed.env, raw=False)
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
