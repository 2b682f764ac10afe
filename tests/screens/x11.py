"""Notification servers of desktops that live on X11: Xfce, LXQt, MATE."""

import shutil
from pathlib import Path
from typing import ClassVar

from PIL import Image

from tests.desktop.parts import find
from tests.screens.screen import REST, SIZE, Box, Screen

BUTTONS = {0x110: 1, 0x111: 3}
"""Linux's number of a pointer's button: X11's."""


SERVICES = Path("/usr/share/dbus-1/services")


class X11(Screen):
    """An X server with a window manager and one notification server."""

    server: ClassVar[str]
    """Its program, where it is not on the PATH with its folder."""
    package: ClassVar[str]
    services: ClassVar[tuple[str, ...]] = ()
    """By which D-Bus starts it, if it goes while there is nothing to show."""
    backend: ClassVar[str] = "memory"
    """Where GSettings are kept."""
    word: ClassVar[str]
    """In XDG_CURRENT_DESKTOP."""
    snooze: ClassVar[tuple[int, int]]
    """Where that button is, in pixels from the notice's lower right corner: seen in its picture."""
    area: ClassVar[Box] = Box(400, 0, *SIZE)

    async def begin(self) -> None:
        bed = self.bed
        bed.xvfb(f"{SIZE[0]}x{SIZE[1]}x24")
        bed.env.update(
            XDG_CURRENT_DESKTOP=self.word,
            XDG_SESSION_TYPE="x11",
            XDG_CONFIG_DIRS="/etc/xdg",
            GSETTINGS_BACKEND=self.backend,
        )
        services = bed.dir / "services"
        services.mkdir()
        for name in self.services:
            shutil.copy(SERVICES / name, services)
        bed.bus(services=services)
        bed.spawn("openbox")
        self.settings()
        if not self.services:
            bed.spawn(str(find(self.server) or self.server))
            bed.until("the notification server", lambda: self.owned("org.freedesktop.Notifications"))
        await self.move(*REST)

    def settings(self) -> None:
        """What the desktop has to have before."""

    def owned(self, name: str) -> bool:
        call = ("gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus")
        return "true" in self.bed.output(*call, "-m", "org.freedesktop.DBus.NameHasOwner", name)

    def versions(self) -> str:
        return f"{self.package} {self.version(self.package)}"

    async def picture(self) -> Image.Image:
        return self.bed.screenshot().convert("RGB")

    async def places(self, notice: Box) -> dict[str, tuple[int, int]]:
        left, up = self.snooze
        return {"text": notice.at(0.4, 0.3), "snooze": (notice.right - left, notice.bottom - up)}

    async def move(self, x: int, y: int) -> None:
        self.bed.hands.motion(x, y)

    async def press(self, button: int) -> None:
        self.bed.hands.button(BUTTONS[button])


class Xfce(X11):
    """xfce4-notifyd, with its settings in xfconf."""

    desktop = "Xfce's notifications"
    word = "XFCE"
    server, package = "xfce4-notifyd", "xfce4-notifyd"
    snooze = (149, 31)
    parts = ("Xvfb", "openbox", "xfce4-notifyd", "xfconfd", "xfconf-query")
    packages = ("xvfb", "openbox", "xfce4-notifyd", "xfconf")

    def settings(self) -> None:
        self.bed.spawn(str(find("xfconfd")))
        self.bed.until("xfconf", lambda: self.owned("org.xfce.Xfconf"))
        self.turn("false")

    def turn(self, value: str) -> None:
        place = ("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb")
        said = self.bed.output(*place, "--create", "-t", "bool", "-s", value)
        assert not said, said

    async def quiet(self, on: bool) -> None:
        self.turn("true" if on else "false")


class Lxqt(X11):
    """lxqt-notificationd, with its settings in a file."""

    desktop = "LXQt's notifications"
    word = "LXQt"
    server, package = "lxqt-notificationd", "lxqt-notificationd"
    snooze = (146, 25)
    parts = ("Xvfb", "openbox", "lxqt-notificationd")
    packages = ("xvfb", "openbox", "lxqt-notificationd")

    @property
    def file(self) -> Path:
        return self.bed.home / ".config/lxqt/notifications.conf"

    def settings(self) -> None:
        self.file.parent.mkdir(parents=True)
        self.write("false")

    def write(self, value: str) -> None:
        self.file.write_text(f"[General]\ndoNotDisturb={value}\n__userfile__=true\n")

    async def quiet(self, on: bool) -> None:
        self.write("true" if on else "false")


class Mate(X11):
    """mate-notification-daemon, with its settings in GSettings."""

    desktop = "MATE's notifications"
    word = "MATE"
    server, package = "mate-notification-daemon", "mate-notification-daemon"
    snooze = (149, 31)
    backend = "dconf"
    services = ("org.freedesktop.mate.Notifications.service", "ca.desrt.dconf.service")
    parts = ("Xvfb", "openbox", "mate-notification-daemon", "gsettings", "dconf-service")
    packages = ("xvfb", "openbox", "mate-notification-daemon")

    async def quiet(self, on: bool) -> None:
        key = ("org.mate.NotificationDaemon", "do-not-disturb")
        said = self.bed.output("gsettings", "set", *key, "true" if on else "false")
        assert not said, said
