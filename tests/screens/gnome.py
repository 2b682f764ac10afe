"""GNOME Shell on a monitor that is none, with the extension that shows tray icons."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from tests.desktop.compositors import MutterHands
from tests.screens.screen import REST, SIZE, Box, Screen
from unhunch.adapters.protocols.dbus import Bus, BusError

SHELL = "org.gnome.Shell"
SERVICES = Path("/usr/share/dbus-1/services")
OWN = ("org.gnome.Shell.CalendarServer.service", "org.gnome.Shell.Notifications.service", "ca.desrt.dconf.service")
"""What D-Bus may start: the shell's own helpers. With all of them another notification server comes first."""
EXTENSIONS = ("ubuntu-appindicators@ubuntu.com", "appindicatorsupport@rgcjonas.gmail.com")
PANEL = 40
"""Height of the panel and a little, in pixels."""

BUTTONS = """
(() => {
  const found = {};
  const walk = actor => {
    if (actor.label && actor.has_style_class_name && actor.has_style_class_name('notification-button')) {
      const [x, y] = actor.get_transformed_position(), [w, h] = actor.get_transformed_size();
      found[actor.label] = [x + w / 2, y + h / 2];
    }
    actor.get_children().forEach(walk);
  };
  walk(Main.messageTray._bannerBin);
  return found;
})()
"""
ICON = "Object.entries(Main.panel.statusArea).some(([k, i]) => k.startsWith('appindicator') && i.visible && i.mapped)"


class Gnome(Screen):
    """The shell, its panel, and its own notification server."""

    desktop = "GNOME"
    parts = ("gnome-shell", "dbus-daemon", "gsettings")
    packages = (
        *("gnome-shell", "gnome-shell-extension-appindicator", "xdg-desktop-portal-gnome", "chromium", "firefox-esr"),
        *("pipewire", "pipewire-pulse", "wireplumber", "weston"),
    )
    area: ClassVar[Box] = Box(0, PANEL, *SIZE)
    tray = "the AppIndicator extension"

    async def begin(self) -> None:
        bed = self.bed
        bed.env.update(
            GSETTINGS_BACKEND="dconf",
            XDG_CURRENT_DESKTOP="GNOME",
            XDG_SESSION_TYPE="wayland",
            LIBGL_ALWAYS_SOFTWARE="1",
        )
        services = bed.dir / "services"
        services.mkdir()
        for pattern in OWN:
            for path in SERVICES.glob(pattern):
                shutil.copy(path, services)
        bed.bus("system")
        bed.bus(services=services)
        await self.prepare()
        extensions = [name for name in EXTENSIONS if Path("/usr/share/gnome-shell/extensions", name).exists()]
        self.set("org.gnome.shell", "enabled-extensions", str(extensions))
        self.set("org.gnome.shell", "welcome-dialog-last-shown-version", "'999'")
        bed.spawn(
            *("gnome-shell", "--headless", "--wayland", "--virtual-monitor", f"{SIZE[0]}x{SIZE[1]}", "--unsafe-mode"),
            *(["--no-x11"] if self.version("gnome-shell") < "49" else []),
        )
        self.hands = await MutterHands.connect(bed.env)
        self.bus = await Bus.connect(bed.env["DBUS_SESSION_BUS_ADDRESS"])
        bed.env["WAYLAND_DISPLAY"] = "wayland-0"
        while not await self.started():
            await asyncio.sleep(0.1)
        # Without a display manager it says that it cannot lock.
        while not await self.eval("Main.messageTray.getSources().length"):
            await self.touch()
        await self.eval("Main.messageTray.getSources().forEach(source => source.destroy())")
        await self.eval("Main.overview.hide()")
        while await self.eval("Main.overview.visible"):
            pass
        await self.move(*REST)

    async def prepare(self) -> None:
        """What the shell is to find when it starts; its buses are there."""

    async def started(self) -> bool:
        """The compositor is on the bus some time before the shell is."""
        try:
            return not await self.eval("Main.layoutManager._startingUp")
        except BusError:
            return False

    async def end(self) -> None:
        await self.hands.close()
        await self.bus.close()

    def set(self, schema: str, key: str, value: str) -> None:
        """Change one of the desktop's settings."""
        said = self.bed.output("gsettings", "set", schema, key, value)
        assert not said, said

    async def eval(self, script: str) -> Any:
        """What a piece of JavaScript gives inside the shell."""
        good, said = await self.bus.call(SHELL, "/org/gnome/Shell", SHELL, "Eval", "s", script, seconds=30)
        assert good, said
        return json.loads(said) if said else None

    def versions(self) -> str:
        return f"GNOME Shell {self.version('gnome-shell')}"

    async def picture(self) -> Image.Image:
        path = self.bed.dir / "picture.png"
        name = f"{SHELL}.Screenshot"
        cursor = flash = False
        ask = (name, "/org/gnome/Shell/Screenshot", name, "Screenshot", "bbs", cursor, flash, str(path))
        await self.bus.call(*ask, seconds=30)
        with Image.open(path) as image:
            return image.convert("RGB")

    async def move(self, x: int, y: int) -> None:
        for _ in range(12):  # there are only steps, which the shell may make longer or shorter
            at_x, at_y, _keys = await self.eval("global.get_pointer()")
            if abs(at_x - x) < 2 and abs(at_y - y) < 2:
                return
            await self.hands.motion(float(x - at_x), float(y - at_y))
            await asyncio.sleep(0.04)  # it moves with the next frame
        raise AssertionError(f"the pointer does not get to {x}, {y}")

    async def press(self, button: int) -> None:
        await self.hands.button(button)

    async def quiet(self, on: bool) -> None:
        self.set("org.gnome.desktop.notifications", "show-banners", "false" if on else "true")

    async def full_screen(self, *, on: bool) -> None:
        """As with a window in full screen: it is what the shell's own notices ask."""
        value = f"{{value: {str(on).lower()}, configurable: true}}"
        await self.eval(f"Object.defineProperty(Main.layoutManager.primaryMonitor, 'inFullscreen', {value}) && true")
        await self.eval("Main.messageTray._updateState()")

    async def places(self, notice: Box) -> dict[str, tuple[int, int]]:
        found = await self.eval(BUTTONS)
        return {"text": notice.at(0.5, 0.3), **{name.lower(): (round(x), round(y)) for name, (x, y) in found.items()}}

    async def icon(self) -> bool:
        return bool(await self.eval(ICON))
