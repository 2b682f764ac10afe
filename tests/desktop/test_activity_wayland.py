"""The Wayland source on a real KWin, and our own compositor checked by libwayland."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from tests.desktop.bed import Bed
from tests.desktop.compositors import KwinHands
from tests.fakes.compositor import FakeCompositor
from unhunch.adapters.activity import wayland
from unhunch.ports import Lost, Quiet, Unusable

pytestmark = pytest.mark.desktop

LIBWAYLAND = """
import sys
from pywayland.client import Display
from pywayland.protocol.wayland import WlSeat
from pywayland.protocol.ext_idle_notify_v1 import ExtIdleNotifierV1
display = Display(sys.argv[1])
display.connect()
found, told = {}, []
def offered(registry, name, interface, version):
    for kind in (WlSeat, ExtIdleNotifierV1):
        if interface == kind.name:
            found[kind] = registry.bind(name, kind, min(version, kind.version))
registry = display.get_registry()
registry.dispatcher["global"] = offered
display.roundtrip()
notifier, seat = found[ExtIdleNotifierV1], found[WlSeat]
plain = notifier.get_idle_notification(200, seat)
inputs = notifier.get_input_idle_notification(100, seat) if sys.argv[2] == "2" else None
for name, each in (("plain", plain), ("input", inputs)):
    for event in ("idled", "resumed"):
        if each is not None:
            each.dispatcher[event] = lambda _, said=f"{name} {event}": told.append(said)
wanted = 4 if inputs else 2
while len(told) < wanted:
    display.dispatch(block=True)
plain.destroy()
display.roundtrip()
display.disconnect()
print(", ".join(told))
"""


@pytest.mark.parametrize("version", [1, 2])
async def test_libwayland_understands_our_compositor(bed: Bed, version: int) -> None:
    """An independent client reads what our fake sends, so that the fake proves something."""
    pytest.importorskip("pywayland", reason="pywayland is not installed: pip install 'unhunch[test]'")
    compositor = await FakeCompositor(bed.run / "wayland", version).start()
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LIBWAYLAND, str(compositor.path), str(version)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await bed.eventually(
            "idle timers", lambda: [each.idle for each in compositor.notifications] == [True] * version
        )
        compositor.touch()
        out, _ = await asyncio.wait_for(client.communicate(), 30)
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    both = "input idled, plain idled, plain resumed, input resumed"
    assert out.decode().strip() == (both if version == 2 else "plain idled, plain resumed")
    assert compositor.errors == []
    await compositor.close()


@pytest.fixture
async def hands(bed: Bed) -> AsyncIterator[KwinHands]:
    bed.bus()
    bed.kwin()
    made = await KwinHands.connect(bed.env)
    yield made
    await made.close()


async def until(source: wayland.Source, *, idle: bool) -> Quiet:
    loop = asyncio.get_running_loop()
    end = loop.time() + 15
    while True:
        quiet = await source.quiet()
        assert quiet is not None
        if (quiet.at_least > 0) == idle:
            return quiet
        assert loop.time() < end, quiet
        await asyncio.sleep(0.01)


async def test_motion_keys_and_buttons_end_the_quiet_on_kwin(bed: Bed, hands: KwinHands) -> None:
    source = wayland.Source(env=bed.env, steady=(0.5,))
    assert "version 1" in await source.open()
    loop = asyncio.get_running_loop()
    for act in (hands.motion, hands.key, hands.button):
        await until(source, idle=True)
        rung: list[int] = []
        assert source.ring(lambda rung=rung: rung.append(1))
        await act()
        touched = loop.time()
        await until(source, idle=False)
        assert rung == [1]
        quiet = await until(source, idle=True)
        assert quiet.at_least == pytest.approx(loop.time() - touched, abs=0.3)
    await source.close()


async def test_kwin_gone_is_lost_and_found_again(bed: Bed, hands: KwinHands) -> None:
    source = wayland.Source(env=bed.env)
    await source.open()
    bed.kill(bed.processes[-1])
    with pytest.raises(Lost):
        await source.quiet()
    with pytest.raises(Unusable):
        await source.open()
    (bed.run / bed.env["WAYLAND_DISPLAY"]).unlink(missing_ok=True)
    bed.kwin()
    await source.open()
    assert isinstance(await source.quiet(), Quiet)
    await source.close()


async def test_mutter_does_not_offer_it(bed: Bed) -> None:
    bed.bus()
    bed.mutter()
    with pytest.raises(Unusable, match="does not offer ext_idle_notifier_v1"):
        await wayland.Source(env=bed.env).open()
