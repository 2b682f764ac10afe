"""sway, with the notification server and the bar that people use there."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import ClassVar

from PIL import Image

from tests.desktop.bed import LIMIT, Bed, accepts
from tests.screens.screen import REST, SIZE, Box, Screen
from unhunch.adapters.protocols.wayland import Wire, words

BAR = 30
"""Height of the bar at the bottom, in pixels."""


class VirtualPointer:
    """A pointer through zwlr_virtual_pointer_v1, which the compositor takes for a real one."""

    def __init__(self, wire: Wire, size: tuple[int, int]) -> None:
        self._wire = wire
        self._size = size
        seat, _ = wire.bind("wl_seat", 1)
        manager, _ = wire.bind("zwlr_virtual_pointer_manager_v1", 1)
        self._pointer = wire.new()
        wire.send(manager, 0, words(seat, self._pointer))

    @classmethod
    async def connect(cls, path: str, size: tuple[int, int]) -> "VirtualPointer":
        return cls(await Wire.connect(path), size)

    async def move(self, x: int, y: int) -> None:
        self._wire.send(self._pointer, 1, words(self._now(), x, y, *self._size))
        await self._frame()

    async def nudge(self, across: int) -> None:
        """Move it by so many pixels."""
        self._wire.send(self._pointer, 0, words(self._now(), across * 256, 0))
        await self._frame()

    async def press(self, button: int) -> None:
        for down in (1, 0):
            self._wire.send(self._pointer, 2, words(self._now(), button, down))
            await self._frame()

    async def close(self) -> None:
        await self._wire.close()

    async def _frame(self) -> None:
        self._wire.send(self._pointer, 4)
        await self._wire.sync()

    def _now(self) -> int:
        return time.monotonic_ns() // 1_000_000 & 0xFFFFFFFF


class Wlroots(Screen):
    """A compositor on a headless output; pictures by grim."""

    area: ClassVar[Box] = Box(400, 0, SIZE[0], SIZE[1] - BAR)

    def __init__(self, bed: Bed) -> None:
        super().__init__(bed)
        self.without: Image.Image | None = None

    async def begin(self) -> None:
        self.bed.env.update(
            WLR_BACKENDS="headless", WLR_LIBINPUT_NO_DEVICES="1", WLR_RENDERER="pixman", XDG_SESSION_TYPE="wayland"
        )
        self.bed.bus()
        self.compositor()
        path = f"{self.bed.run}/{self.bed.env['WAYLAND_DISPLAY']}"
        self.pointer = await VirtualPointer.connect(path, (await self.picture()).size)
        await self.move(*REST)
        self.server()
        self.bed.until("the notification server", lambda: self.owned("org.freedesktop.Notifications"))
        self.bar()

    def compositor(self) -> None:
        """Start it, until its Wayland socket is there."""
        raise NotImplementedError

    def server(self) -> subprocess.Popen[bytes]:
        """Start the notification server."""
        raise NotImplementedError

    def bar(self) -> None:
        """Start the bar, if there is one."""

    def owned(self, name: str) -> bool:
        """Somebody has that name on the session bus."""
        call = ("gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus")
        return "true" in self.bed.output(*call, "-m", "org.freedesktop.DBus.NameHasOwner", name)

    def socket(self) -> None:
        """Wait for the compositor's socket and put it where clients look."""

        def there() -> str:
            names = sorted(path.name for path in self.bed.run.glob("wayland-?"))
            return next((name for name in names if accepts(self.bed.run / name)), "")

        self.bed.until("the compositor's socket", there)
        self.bed.env["WAYLAND_DISPLAY"] = there()

    async def picture(self) -> Image.Image:
        path = self.bed.dir / "picture.ppm"
        said = self.bed.output("grim", "-t", "ppm", str(path))
        assert path.exists(), said
        with Image.open(path) as image:
            return image.convert("RGB")

    async def move(self, x: int, y: int) -> None:
        await self.pointer.move(x, y)

    async def touch(self) -> None:
        self._step = -self._step
        await self.pointer.nudge(self._step)

    async def press(self, button: int) -> None:
        await self.pointer.press(button)

    async def end(self) -> None:
        await self.pointer.close()


class Sway(Wlroots):
    """sway with mako and waybar, as its users have it."""

    desktop = "sway, mako, waybar"
    parts = ("sway", "mako", "waybar", "grim", "gcc")
    packages = ("sway", "mako-notifier", "waybar", "grim", "gcc")
    draws_buttons = False
    tray = "waybar"

    def compositor(self) -> None:
        config = self.bed.home / "sway"
        config.write_text(f"output HEADLESS-1 mode {SIZE[0]}x{SIZE[1]}\nfocus_follows_mouse no\n")
        # Before 1.8 it does not start for whoever can become root, as root itself always can.
        env = {"LD_PRELOAD": str(self.never_root())} if os.geteuid() == 0 else {}
        self.bed.spawn("sway", "-c", str(config), env=env)
        self.socket()
        self.bed.until("sway's own socket", lambda: next(self.bed.run.glob("sway-ipc*"), None))
        self.bed.env["SWAYSOCK"] = str(next(self.bed.run.glob("sway-ipc*")))

    def never_root(self) -> Path:
        """A library under which nobody becomes root."""
        source, made = self.bed.dir / "never_root.c", self.bed.dir / "never_root.so"
        source.write_text("int setuid(unsigned id) { return -1; }\nint setgid(unsigned id) { return -1; }\n")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", made, source], check=True, timeout=LIMIT)
        return made

    def server(self) -> subprocess.Popen[bytes]:
        config = self.bed.home / ".config/mako/config"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("[mode=do-not-disturb]\ninvisible=1\n")  # its manual's own example
        return self.bed.spawn("mako")

    def bar(self) -> None:
        config = self.bed.home / "waybar.json"
        bar = {
            "layer": "top",
            "position": "bottom",
            "height": BAR,
            "modules-right": ["tray"],
            "tray": {"icon-size": 20},
        }
        config.write_text(json.dumps(bar))
        self.bed.spawn("waybar", "-c", str(config))
        self.bed.until("waybar's tray", lambda: self.owned("org.kde.StatusNotifierWatcher"))

    async def icon(self) -> bool:
        """Something is drawn at the bar's right end, where nothing but the tray may be."""
        corner = (await self.picture()).crop((SIZE[0] - 40, SIZE[1] - BAR, SIZE[0], SIZE[1]))
        colours = corner.getcolors(maxcolors=1 << 16)
        return colours is not None and len(colours) > 8

    async def quiet(self, on: bool) -> None:
        self.bed.output("makoctl", "mode", "-a" if on else "-r", "do-not-disturb")

    def versions(self) -> str:
        names = ("sway", "sway"), ("mako", "mako-notifier"), ("waybar", "waybar")
        return ", ".join(f"{name} {self.version(package)}" for name, package in names)


class Labwc(Wlroots):
    """labwc, which has neither a bar nor notices of its own."""

    def compositor(self) -> None:
        folder = self.bed.home / ".config/labwc"
        folder.mkdir(parents=True)
        (folder / "rc.xml").write_text("<labwc_config/>")
        self.bed.env["XDG_CURRENT_DESKTOP"] = "labwc:wlroots"
        self.bed.spawn("labwc")
        self.socket()

    def versions(self) -> str:
        names = ("labwc", *self.packages[1:-1])
        return ", ".join(f"{name} {self.version(name)}" for name in names)


class Swaync(Labwc):
    """With swaync."""

    desktop = "labwc, swaync"
    parts = ("labwc", "swaync", "swaync-client", "grim")
    packages = ("labwc", "sway-notification-center", "grim")

    def server(self) -> subprocess.Popen[bytes]:
        return self.bed.spawn("swaync")

    async def quiet(self, on: bool) -> None:
        self.bed.output("swaync-client", "--dnd-on" if on else "--dnd-off")

    async def places(self, notice: Box) -> dict[str, tuple[int, int]]:
        # Its three buttons share the width of the bottom row.
        row = {key: notice.at((2 * place + 1) / 6, 0.86) for place, key in enumerate(("start", "snooze", "skip"))}
        return {"text": notice.at(0.5, 0.3), **row}


class Fnott(Labwc):
    """With fnott, which answers 0 while it is paused."""

    desktop = "labwc, fnott"
    parts = ("labwc", "fnott", "fnottctl", "grim")
    packages = ("labwc", "fnott", "grim")
    draws_buttons = False
    says_quiet = False

    def server(self) -> subprocess.Popen[bytes]:
        return self.bed.spawn("fnott")

    async def quiet(self, on: bool) -> None:
        self.bed.output("fnottctl", "pause" if on else "unpause")
