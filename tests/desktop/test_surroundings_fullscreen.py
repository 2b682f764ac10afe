"""Full screen as the active window's state says it, on a real X server; the test plays the window manager."""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, Xatom, display

from tests.desktop.bed import Bed
from tests.fakes.heard import Heard
from unhunch.adapters.surroundings.fullscreen import FullScreen
from unhunch.ports import Lost, Unusable

pytestmark = pytest.mark.desktop


class Windows:
    """A window manager's part: a window, who is active, who is full screen."""

    def __init__(self, where: str) -> None:
        self.display: Any = display.Display(where)
        self.root = self.display.screen().root
        self.window = self.root.create_window(0, 0, 200, 100, 0, X.CopyFromParent)
        self.window.map()
        self.display.sync()

    def activate(self, window: int) -> None:
        self.root.change_property(self.display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [window])
        self.display.sync()

    def states(self, *names: str) -> None:
        atoms = [self.display.intern_atom(name) for name in names]
        self.window.change_property(self.display.intern_atom("_NET_WM_STATE"), Xatom.ATOM, 32, atoms)
        self.display.sync()


@pytest.fixture
def windows(bed: Bed) -> Iterator[Windows]:
    bed.xvfb()
    made = Windows(bed.env["DISPLAY"])
    yield made
    made.display.close()


async def test_the_active_windows_state_is_followed(bed: Bed, windows: Windows) -> None:
    heard = Heard()
    source = FullScreen(env=bed.env)
    await source.open(heard)
    assert heard.all == [("fullscreen", None)]  # nobody says which window is active

    async def now() -> bool | None:
        await source.check()
        return heard.now["fullscreen"]

    windows.activate(0)
    assert await now() is False
    windows.activate(windows.window.id)
    assert await now() is False
    windows.states("_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_FULLSCREEN")
    assert await now() is True
    assert await now() is True
    windows.states("_NET_WM_STATE_MAXIMIZED_VERT")
    assert await now() is False
    windows.states("_NET_WM_STATE_FULLSCREEN")
    assert await now() is True
    windows.window.destroy()
    windows.display.sync()
    assert await now() is False  # a window that has just gone
    assert heard.values("fullscreen") == [None, False, True, False, True, False]
    await source.close()


async def test_a_dead_x_server_is_lost_and_a_new_one_is_found(bed: Bed) -> None:
    heard = Heard()
    server = bed.xvfb()
    source = FullScreen(env=bed.env)
    await source.open(heard)
    bed.kill(server)
    with pytest.raises(Lost):
        await source.check()
    with pytest.raises(Unusable):
        await source.open(heard)
    bed.xvfb(display=bed.env["DISPLAY"])
    await source.open(heard)
    await source.check()
    await source.close()


async def test_wayland_and_no_display_say_why() -> None:
    with pytest.raises(Unusable, match="Wayland"):
        await FullScreen(env={"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}).open(Heard())
    with pytest.raises(Unusable, match="DISPLAY"):
        await FullScreen(env={}).open(Heard())
    with pytest.raises(Unusable, match="not on this machine"):
        await FullScreen(env={"DISPLAY": "192.0.2.1:0"}).open(Heard())
