"""pynput on Windows and macOS, before listeners that stand for its own; the desktop tests try the real one on X11."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.pynput import KeyboardListener, Listener, Macos, MouseListener, install
from unhunch.adapters.activity import bell, pynput
from unhunch.ports import Lost, Unusable


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    yield
    bell._spare.clear()
    for kind in (MouseListener, KeyboardListener):
        for listener in kind.made:
            listener.over.set()


@pytest.fixture(params=["win32", "darwin"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(pynput, "ARMING", 0.01)
    install(monkeypatch, request.param)
    Macos(listen=True).install(monkeypatch)
    return str(request.param)


@pytest.mark.usefixtures("system")
async def test_quiet_grows_until_somebody_touches_something() -> None:
    source = pynput.Source()
    assert await source.open() == "one-shot listeners"
    before = await source.quiet()
    await asyncio.sleep(0.05)
    later = await source.quiet()
    assert before is not None
    assert later is not None
    assert later.at_least > before.at_least
    rung = asyncio.Event()
    assert source.ring(rung.set)
    MouseListener.made[0].feel("on_move", 10, 20)
    async with asyncio.timeout(10):
        await rung.wait()
    touched = await source.quiet()
    assert touched is not None
    assert touched.at_least == 0
    assert touched.at_most < 10
    assert len(MouseListener.made) == 2, "the one that rang is armed anew"
    assert len(KeyboardListener.made) == 1
    await source.close()


async def test_no_key_is_looked_up(system: str) -> None:
    source = pynput.Source()
    await source.open()
    rung = asyncio.Event()
    source.ring(rung.set)
    listener: Any = KeyboardListener.made[0]
    if system == "darwin":
        await asyncio.to_thread(listener._handle_message, None, "down", object(), None, 0)
    else:
        await asyncio.to_thread(listener._process, "down", object())
    async with asyncio.timeout(10):
        await rung.wait()
    assert (KeyboardListener.layouts == 0) is (system == "darwin")
    await source.close()


@pytest.mark.parametrize("trusted", [False, True])
async def test_macos_that_does_not_allow_it_is_explained(monkeypatch: pytest.MonkeyPatch, *, trusted: bool) -> None:
    monkeypatch.setattr(pynput, "ARMING", 0.01)
    install(monkeypatch, "darwin")
    macos = Macos(listen=False, trusted=trusted)
    macos.install(monkeypatch)
    source = pynput.Source()
    if trusted:
        await source.open()
        await source.close()
        return
    with pytest.raises(Unusable) as caught:
        await source.open()
    assert "Input Monitoring" in caught.value.reason
    assert "System Settings > Privacy & Security > Input Monitoring" in caught.value.remedy
    assert str(Path(sys.executable).resolve()) in caught.value.remedy
    assert macos.asked == 1, "macOS puts the program into its list"
    assert not MouseListener.made, "half of it would call a typist away"


async def test_an_old_macos_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pynput, "ARMING", 0.01)
    install(monkeypatch, "darwin")
    for name in ("Quartz", "HIServices"):
        monkeypatch.setitem(sys.modules, name, None)
    source = pynput.Source()
    await source.open()
    await source.close()


@pytest.mark.usefixtures("system")
async def test_listeners_that_end_by_themselves_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Listener, "deaf", True)
    with pytest.raises(Unusable, match="end at once"):
        await pynput.Source().open()
    monkeypatch.setattr(Listener, "deaf", False)
    source = pynput.Source()
    await source.open()
    KeyboardListener.made[-1].over.set()
    async with asyncio.timeout(10):
        while KeyboardListener.made[-1].is_alive():
            await asyncio.sleep(0.01)
    with pytest.raises(Lost):
        await source.quiet()
    await source.close()


@pytest.mark.usefixtures("system")
async def test_without_pynput_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynput", None)
    with pytest.raises(Unusable) as caught:
        await pynput.Source().open()
    assert "pip install" in caught.value.remedy
