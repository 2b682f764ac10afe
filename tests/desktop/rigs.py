"""Every real way in which input reaches the daemon, driven alike: desktops to be touched, killed and brought back."""

import asyncio
import contextlib
import itertools
import os
import subprocess
from pathlib import Path

from tests.desktop.bed import Bed
from tests.desktop.compositors import KwinHands, MutterHands
from tests.fakes.compositor import FakeCompositor

BLOCKED = """
import sys
sys.modules["pynput"] = None
"""
"""A sitecustomize under which pynput is not installed."""


class Rig:
    """A desktop of one kind. `source` is what the daemon must choose on it."""

    source = "x11"
    wanted = "auto"
    parts: tuple[str, ...] = ()
    """Programs and libraries that it is made of."""
    grain = 0.3
    """Seconds by which the source may misjudge the last input, on top of one look."""
    pairs = 0
    """Pauses that a person makes until the source can tell them from an inhibitor (version 1 of ext-idle-notify)."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.server: subprocess.Popen[bytes] | None = None

    async def begin(self) -> None:
        """Everything that the desktop consists of."""
        await self.up()

    async def up(self) -> None:
        """The server that input comes through starts (again)."""
        raise NotImplementedError

    async def down(self) -> None:
        """It is killed."""
        assert self.server is not None
        self.bed.kill(self.server)

    async def touch(self) -> None:
        """One touch of keyboard or mouse."""
        raise NotImplementedError

    async def end(self) -> None:
        """What is left in this process."""


class Xvfb(Rig):
    """X11 with the idle counter, and the server's own bell."""

    parts = ("Xvfb", "pynput")
    display = ""
    made = itertools.count()

    async def up(self) -> None:
        # Brought back under its own number, which no other server may have been given meanwhile.
        self.display = self.display or f":{10_000 + (8 * os.getpid() + next(self.made)) % 50_000}"
        self.server = await asyncio.to_thread(self.bed.xvfb, display=self.display)
        self.keys = True

    async def touch(self) -> None:
        self.keys = not self.keys
        if self.keys:
            self.bed.hands.key()
        self.bed.hands.motion()


class XvfbWithoutPynput(Xvfb):
    """X11 where evdev could not be built."""

    parts = ("Xvfb",)

    async def begin(self) -> None:
        place = Path(self.bed.dir) / "without"
        place.mkdir()
        (place / "sitecustomize.py").write_text(BLOCKED)
        self.bed.env["PYTHONPATH"] = str(place)
        await super().begin()


class PynputAlone(Xvfb):
    """What Windows, macOS and strange X servers have."""

    source = wanted = "pynput"
    grain = 1.1
    """It arms again at a look, and is given half a second to hear."""


class Mutter(Rig):
    """GNOME."""

    source = "mutter"
    parts = ("dbus-daemon", "mutter")
    grain = 0.3
    count = 0

    async def begin(self) -> None:
        self.bed.bus()
        await super().begin()

    async def up(self) -> None:
        self.count += 1
        self.server = await asyncio.to_thread(self.bed.mutter, f"wayland-mutter{self.count}")
        self.hands = await MutterHands.connect(self.bed.env)

    async def down(self) -> None:
        await super().down()
        with contextlib.suppress(Exception):
            await self.hands.close()

    async def touch(self) -> None:
        await self.hands.motion()

    async def end(self) -> None:
        with contextlib.suppress(Exception):
            await self.hands.close()


class Kwin(Rig):
    """KDE Plasma: ext-idle-notify version 1."""

    source = "wayland"
    parts = ("dbus-daemon", "kwin_wayland")
    grain = 1.6
    """Its one timer is half of the gap that is activity still; a compositor may be late with it."""
    pairs = 3

    async def begin(self) -> None:
        self.bed.bus()
        await super().begin()

    async def up(self) -> None:
        (self.bed.run / "wayland-kwin").unlink(missing_ok=True)
        self.server = await asyncio.to_thread(self.bed.kwin)
        self.hands = await KwinHands.connect(self.bed.env)

    async def down(self) -> None:
        await self.end()
        await super().down()

    async def touch(self) -> None:
        await self.hands.motion()

    async def end(self) -> None:
        with contextlib.suppress(Exception):
            await self.hands.close()


class Fake(Rig):
    """A compositor with ext-idle-notify version 2 (wlroots, Hyprland, COSMIC)."""

    source = "wayland"
    grain = 1.6

    async def up(self) -> None:
        self.bed.env["WAYLAND_DISPLAY"] = "wayland-fake"
        self.compositor = await FakeCompositor(self.bed.run / "wayland-fake").start()

    async def down(self) -> None:
        await self.compositor.close()

    async def touch(self) -> None:
        self.compositor.touch()
        await asyncio.sleep(0)

    async def end(self) -> None:
        await self.compositor.close()
        assert self.compositor.errors == []


RIGS: dict[str, type[Rig]] = {
    "x11": Xvfb,
    "x11 without pynput": XvfbWithoutPynput,
    "pynput": PynputAlone,
    "mutter": Mutter,
    "kwin": Kwin,
    "ext-idle version 2": Fake,
}
