"""Plasma: KWin in an X server's window, and the shell with its panel, tray and notification server."""

import asyncio
import re
import shutil
import time
from pathlib import Path
from typing import ClassVar

from dbus_fast import Message
from PIL import Image, ImageGrab

from tests.desktop.bed import LIMIT, accepts
from tests.desktop.compositors import KwinHands
from tests.desktop.parts import find
from tests.screens.screen import REST, SIZE, Box, Screen
from unhunch.adapters.protocols.dbus import Bus

NOTIFICATIONS, NOTIFICATIONS_PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
KCONFIG = "org.kde.kconfig.notify"
PANEL = 60
"""Height of the panel at the bottom and a little, in pixels."""
COLOURS = 4096
"""A screen without a wallpaper has fewer; one with it has many times as many."""
SERVICES = Path("/usr/share/dbus-1/services")
OWN = ("org.kde.ActivityManager.service", "org.kde.kded6.service")
"""What D-Bus may start."""


class Plasma(Screen):
    """KWin, plasmashell and kded6, drawn by the processor."""

    desktop = "Plasma"
    parts = ("kwin_wayland", "plasmashell", "kded6", "kwriteconfig6", "foot", "Xvfb")
    packages = ("kwin-wayland", "plasma-workspace", "plasma-desktop", "xvfb", "foot")
    area: ClassVar[Box] = Box(400, 0, SIZE[0], SIZE[1] - PANEL)

    async def begin(self) -> None:
        bed = self.bed
        bed.xvfb(f"{SIZE[0]}x{SIZE[1]}x24")
        bed.env.update(
            XDG_CURRENT_DESKTOP="KDE",
            KDE_FULL_SESSION="true",
            KDE_SESSION_VERSION="6",
            XDG_SESSION_TYPE="wayland",
            XDG_MENU_PREFIX="plasma-",
            XDG_DATA_DIRS="/usr/local/share:/usr/share",
            XDG_CONFIG_DIRS="/etc/xdg",
            QT_QUICK_BACKEND="software",
            LIBGL_ALWAYS_SOFTWARE="1",
            QT_NO_XDG_DESKTOP_PORTAL="1",
            KWIN_WAYLAND_NO_PERMISSION_CHECKS="1",
            KWIN_COMPOSE="Q",
        )
        # The bus starts parts of the desktop, which have to find its screen.
        client = {"WAYLAND_DISPLAY": "wayland-k", "QT_QPA_PLATFORM": "wayland"}
        services = bed.dir / "services"
        services.mkdir()
        for name in OWN:
            shutil.copy(SERVICES / name, services)
        bed.bus("system")
        bed.env.update(client)
        bed.bus(services=services)
        program = bed.dir / "kwin_wayland"  # a copy has no file capabilities
        shutil.copy(str(find("kwin_wayland")), program)
        bed.env.pop("QT_QPA_PLATFORM")
        bed.spawn(
            *(str(program), "--x11-display", bed.env["DISPLAY"], "--width", str(SIZE[0]), "--height", str(SIZE[1])),
            *("--no-lockscreen", "--socket", client["WAYLAND_DISPLAY"]),
        )
        bed.until("KWin's socket", lambda: accepts(bed.run / client["WAYLAND_DISPLAY"]))
        bed.env.update(client)
        self.display = bed.env.pop("DISPLAY")
        bed.spawn("kded6")
        bed.spawn("plasmashell", "--no-respawn")
        self.hands = await KwinHands.connect(bed.env)
        self.bus = await Bus.connect(bed.env["DBUS_SESSION_BUS_ADDRESS"])
        while await self.bus.owner(NOTIFICATIONS) is None:
            bed.until("some time", lambda: True)
        end = time.monotonic() + LIMIT
        while (await self.picture()).crop(self.area).getcolors(COLOURS):  # its notices are ready before its wallpaper
            assert time.monotonic() < end, f"no wallpaper is drawn, {await self.keep('failed')}"
            await asyncio.sleep(0.2)
        await self.move(*REST)

    async def end(self) -> None:
        await self.hands.close()
        await self.bus.close()

    def versions(self) -> str:
        return f"Plasma {self.version('plasma-workspace')}"

    async def picture(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    async def move(self, x: int, y: int) -> None:
        await self.hands.move(x, y)

    async def press(self, button: int) -> None:
        await self.hands.button(button)

    async def quiet(self, on: bool) -> None:
        group, name = "DoNotDisturb", "Until"
        key = ("--file", "plasmanotifyrc", "--group", group, "--key", name)
        said = self.bed.output("kwriteconfig6", *key, *(["2099,1,1,0,0,0"] if on else ["--delete", ""]))
        assert not said, said
        # Its own --notify may end before the bus has heard it.
        changed = {group: [name.encode()]}
        signal = Message.new_signal("/plasmanotifyrc", KCONFIG, "ConfigChanged", "a{saay}", [changed])
        await self.bus.raw.send(signal)
        end = time.monotonic() + LIMIT
        while await self.bus.get(NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "Inhibited") is not on:
            assert time.monotonic() < end, f"Plasma's do-not-disturb does not become {on}"
            await asyncio.sleep(0.2)

    async def places(self, notice: Box) -> dict[str, tuple[int, int]]:
        text = {"text": notice.at(0.4, 0.5)}
        light = (await self.picture()).convert("L").point([255 if value > 248 else 0 for value in range(256)])
        for y in range(notice.bottom - 4, notice.bottom - 50, -1):  # the buttons' edge above their words
            row = light.crop((notice.left, y, notice.right, y + 1)).tobytes()
            runs = [found.span() for found in re.finditer(rb"\xff{24,}", row)]
            if len(runs) == 3:
                middles = [notice.left + (start + end) // 2 for start, end in runs]
                return text | {key: (x, y - 8) for key, x in zip(("start", "snooze", "skip"), middles, strict=True)}
        raise AssertionError(f"three buttons cannot be made out, {await self.keep('buttons')}")
