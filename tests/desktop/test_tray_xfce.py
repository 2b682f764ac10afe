"""The tray icon in a real panel: drawn, clicked, its menu used, and back after the panel was killed."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.desktop.bed import Bed
from tests.desktop.panel import xfce_panel
from unhunch.adapters.tray.statusnotifier import StatusNotifierTray
from unhunch.ports import SEPARATOR, MenuItem, TrayIcon, TrayState

pytestmark = pytest.mark.desktop

BELOW = (0, 34, 600, 400)
FIRST_LINE = (20, 38, 212, 60)
LIT = (0x35, 0x84, 0xE4)
"""How GTK 3's built-in theme, Adwaita, lights the line of a menu."""
TEAL, ORANGE, GREY = (0x16, 0x97, 0x8B), (0xE2, 0x5F, 0x12), (0x80, 0x86, 0x90)
MENU = (
    MenuItem("status", "At your desk for 38 min", enabled=False),
    SEPARATOR,
    MenuItem("start", "Start a session"),
    MenuItem("snooze", "Snooze", children=(MenuItem("snooze 10m", "10 minutes"), MenuItem("snooze 1h", "An hour"))),
    MenuItem("pause", "Pause", checked=False),
)


def state(icon: TrayIcon, menu: tuple[MenuItem, ...] = MENU) -> TrayState:
    return TrayState(icon, "Unhunch", "At your desk for 38 min", menu)


class Panel:
    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.chosen: list[str] = []
        self.tray = StatusNotifierTray(bed.env["DBUS_SESSION_BUS_ADDRESS"])
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        return xfce_panel(self.bed)

    async def open(self) -> None:
        await self.tray.open(self.chosen.append)

    def place(self, color: tuple[int, int, int]) -> tuple[int, int] | None:
        """The middle of what has nearly this colour, when there is enough of it for an icon."""
        image = self.bed.screenshot().convert("RGB").crop((0, 0, 1280, 40))
        hits = [
            (x, y)
            for x in range(image.width)
            for y in range(image.height)
            if all(abs(a - b) <= 25 for a, b in zip(pixel(image, x, y), color, strict=True))
        ]
        if len(hits) < 8:
            return None
        xs, ys = zip(*hits, strict=True)
        return (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2

    async def icon(self, color: tuple[int, int, int]) -> tuple[int, int]:
        await self.bed.eventually(f"an icon with the colour {color}", lambda: self.place(color))
        found = self.place(color)
        assert found is not None
        return found

    async def choose(self, place: tuple[int, int], *keys: str) -> None:
        """Open the menu with a right click and walk through it with the keyboard, a lit line at a time."""
        while True:
            self.bed.hands.click(*place, 3)
            await self.bed.eventually("a menu with its lines", lambda: (box := self.menu()) and box[3] - box[1] > 90)
            box = self.menu()
            if box is not None and box[0] < 5:
                break
            # The panel's own menu, at the pointer: an icon is drawn a moment before the panel has read its menu.
            await self.leave_menu()
        for key in keys:
            lit = self.lit()
            self.bed.hands.key(key)
            await self.bed.eventually(f"another lit line after {key}", lambda lit=lit: self.lit() not in (None, lit))  # type: ignore[misc]

    async def at_rest(self) -> Image.Image:
        """The screen once it has stopped changing."""
        shots = [self.bed.screenshot()]
        while len(shots) < 5 or any(shot != shots[-1] for shot in shots[-5:]):
            await asyncio.sleep(0.05)
            shots.append(self.bed.screenshot())
        return shots[-1]

    async def leave_menu(self) -> None:
        self.bed.hands.key("Escape")
        await self.bed.eventually("the menu closed", lambda: self.menu() is None)

    def menu(self) -> tuple[int, int, int, int] | None:
        """Where a menu is drawn on the bare black screen. The icon's begins below the icon, at the left edge."""
        return self.bed.screenshot().convert("RGB").crop(BELOW).getbbox()

    def lit(self) -> tuple[int, int, int, int] | None:
        """Where lines are lit in the menu."""
        screen = self.bed.screenshot().convert("RGB").crop(BELOW)
        distance = ImageChops.difference(screen, Image.new("RGB", screen.size, LIT)).convert("L")
        return distance.point([255] * 4 + [0] * 252).getbbox()


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


@pytest.fixture
async def panel(bed: Bed) -> AsyncIterator[Panel]:
    bed.bus()
    bed.xvfb()
    made = Panel(bed)
    yield made
    await made.tray.close()


async def test_the_icon_is_drawn_changes_and_answers_a_click(panel: Panel, tmp_path: Path) -> None:
    panel.tray.show(state(TrayIcon.SITTING))
    await panel.open()
    await panel.icon(TEAL)
    panel.bed.screenshot(tmp_path / "sitting.png")
    assert panel.place(ORANGE) is None
    for icon, color in ((TrayIcon.OWED, ORANGE), (TrayIcon.PAUSED, GREY), (TrayIcon.BLIND, ORANGE)):
        panel.tray.show(state(icon))
        await panel.icon(color)
        panel.bed.screenshot(tmp_path / f"{icon}.png")
    panel.tray.show(state(TrayIcon.SITTING))
    x, y = await panel.icon(TEAL)
    panel.bed.hands.click(x, y)
    await panel.bed.eventually("the click", lambda: panel.chosen)
    assert panel.chosen == ["activate"]
    await panel.tray.close()
    await panel.bed.eventually("a bare panel", lambda: panel.place(TEAL) is None)


async def test_a_menu_line_and_a_line_of_a_submenu_are_chosen(panel: Panel, tmp_path: Path) -> None:
    panel.tray.show(state(TrayIcon.SITTING))
    await panel.open()
    place = await panel.icon(TEAL)
    await panel.choose(place, "Down")  # the first line is not to be chosen, the second is a separator
    panel.bed.screenshot(tmp_path / "menu.png")
    panel.bed.hands.key("Return")
    await panel.bed.eventually("the choice", lambda: panel.chosen)
    assert panel.chosen == ["start"]
    await panel.choose(place, "Down", "Down", "Right", "Down")
    panel.bed.screenshot(tmp_path / "submenu.png")
    panel.bed.hands.key("Return")
    await panel.bed.eventually("the choice", lambda: len(panel.chosen) > 1)
    assert panel.chosen == ["start", "snooze 1h"]


async def test_a_menu_that_changed_is_the_one_that_opens(panel: Panel) -> None:
    panel.tray.show(state(TrayIcon.SITTING))
    await panel.open()
    place = await panel.icon(TEAL)
    await panel.choose(place)
    await panel.leave_menu()
    panel.tray.show(state(TrayIcon.OWED, (MenuItem("skip", "Skip this one"), *MENU)))
    await panel.icon(ORANGE)
    await panel.choose(place, "Down")
    panel.bed.hands.key("Return")
    await panel.bed.eventually("the choice", lambda: panel.chosen)
    assert panel.chosen == ["skip"]


async def test_wording_that_changed_is_read_when_the_menu_opens(panel: Panel) -> None:
    panel.tray.show(state(TrayIcon.SITTING))
    await panel.open()
    place = await panel.icon(TEAL)

    await panel.choose(place, "Down")
    first = await panel.at_rest()
    await panel.leave_menu()
    later = TrayState(TrayIcon.SITTING, "Unhunch", "", (MENU[0]._replace(label="At your desk for 61 min"), *MENU[1:]))
    panel.tray.show(later)
    await panel.choose(place, "Down")

    def two_digits_differ() -> bool:
        box = ImageChops.difference(first, panel.bed.screenshot()).crop(FIRST_LINE).getbbox()
        return box is not None and 5 < box[2] - box[0] < 60 and box[3] - box[1] < 20

    await panel.bed.eventually("the new minutes, and nothing else of the line that differs", two_digits_differ)


async def test_the_icon_returns_with_the_panel(panel: Panel) -> None:
    panel.tray.show(state(TrayIcon.SITTING))
    await panel.open()
    await panel.icon(TEAL)
    panel.bed.kill(panel.process)
    await panel.bed.eventually("a bare screen", lambda: panel.place(TEAL) is None)
    await panel.bed.eventually("the loss being known", lambda: panel.tray.trouble)
    panel.tray.show(state(TrayIcon.OWED))
    panel.process = panel.start()
    x, y = await panel.icon(ORANGE)
    assert panel.tray.trouble == ""
    panel.bed.hands.click(x, y)
    await panel.bed.eventually("the click", lambda: panel.chosen)
    assert panel.chosen == ["activate"]


async def test_a_panel_that_starts_later_gets_the_icon(panel: Panel) -> None:
    panel.bed.kill(panel.process)
    panel.tray.show(state(TrayIcon.SITTING))
    note = await panel.tray.open(panel.chosen.append)
    assert "no panel" in note
    panel.process = panel.start()
    await panel.icon(TEAL)
