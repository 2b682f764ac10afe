"""What only Plasma does: it holds notices back under a full screen, and keeps what a menu's line once was."""

import asyncio
import time
from typing import NamedTuple

import pytest
from PIL import Image, ImageChops

from tests.desktop.bed import LIMIT
from tests.screens.desktops import SCREENS
from tests.screens.plasma import Plasma
from tests.screens.screen import LEFT, REST, RIGHT, SIZE, Box, Screen
from tests.screens.test_owed import GOES, PAUSE, WORK, Owed, on

pytestmark = pytest.mark.skipif(Plasma not in SCREENS, reason="Plasma is not run")

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"
TRAY = Box(SIZE[0] - 400, SIZE[1] - 44, SIZE[0] - 130, SIZE[1] - 12)
"""The inside of the panel that has the tray's icons."""
MARK = 24
"""Of 255: what is more is no shade of the ground."""
FAINT = 0.75
"""A grey line's words stand out from the ground by less than this share of a black one's."""


async def test_a_full_screen_is_no_do_not_disturb_and_uses_no_step_up() -> None:
    """From 6.7 on Plasma holds notices back under it, and tells so by the property that tells do-not-disturb."""
    async with on(Plasma) as owed:
        if owed.screen.version("plasma-workspace") < "6.7":
            pytest.skip("nothing is held back under a full screen before 6.7")
        await under_full_screen(owed, owed.screen)


async def under_full_screen(owed: Owed, screen: Screen) -> None:
    desk, bare = owed.desk, await screen.bare()
    await owed.start()
    film = screen.bed.spawn("foot", "--fullscreen", "sh", "-c", "sleep 3600")
    await owed.until("the full screen", lambda: desk.status()["surroundings"]["covered"])
    assert desk.status()["surroundings"]["quiet"] is False
    await owed.until(
        "the session that waits", lambda: [hold["why"] for hold in desk.status()["holds"]] == ["fullscreen"]
    )
    assert "full screen" in (await asyncio.to_thread(desk.run, "doctor")).stdout
    await owed.work(15)
    assert owed.shown() == []
    screen.bed.kill(film)
    await screen.until_bare(bare, "the full screen's end")
    await owed.step(bare, 1)
    # The user's own switch, told apart.
    await screen.quiet(on=True)
    await owed.until("do-not-disturb", lambda: desk.status()["surroundings"]["quiet"])
    assert desk.status()["surroundings"]["covered"] is False
    assert await asyncio.to_thread(desk.terminate) == 0


class Line(NamedTuple):
    """A line of the menu, as the daemon says it is."""

    label: str
    enabled: bool


async def item(screen: Screen) -> str:
    """Where ours is on the bus, as the watcher knows it: other programs may have theirs there, too."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        for registered in await screen.bus.get(WATCHER, WATCHER_PATH, WATCHER, "RegisteredStatusNotifierItems"):
            service, _, path = registered.partition("/")
            if await screen.bus.get(service, f"/{path}", ITEM, "Id") == "unhunch":
                return str(registered)
        await asyncio.sleep(0.2)
    raise AssertionError("no item of ours is registered")


async def lines(screen: Screen) -> list[Line]:
    """The menu's upper level without separators."""
    registered = await item(screen)
    service, _, path = registered.partition("/")
    menu = await screen.bus.get(service, f"/{path}", ITEM, "Menu")
    _revision, (_number, _properties, children) = await screen.bus.call(
        service, menu, MENU, "GetLayout", "iias", 0, 1, []
    )
    found = [properties for _number, properties, _below in children]
    return [Line(one["label"], one["enabled"]) for one in found if one["type"] == "standard"]


async def icon(owed: Owed, screen: Screen) -> tuple[int, int]:
    """Where the tray's icon is, by its colour, which it has once somebody is known to be there."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        red, green, _blue = (await screen.picture()).crop(TRAY).split()
        teal = ImageChops.subtract(green, red).point([255 if value > 60 else 0 for value in range(256)])
        box = teal.getbbox()
        if box is not None and teal.histogram()[255] > 20:
            return TRAY.left + (box[0] + box[2]) // 2, TRAY.top + (box[1] + box[3]) // 2
        await owed.work(WORK + PAUSE)
    raise AssertionError(f"no icon in the tray, {await screen.keep('no-icon')}")


async def drawn_as(owed: Owed, screen: Screen, bare: Image.Image, enabled: list[bool], name: str) -> None:
    """Open the menu, wait until the words of those lines are black and of the others grey, and close it.

    Plasma shows what it had, and asks for what is so now: a line that stays as it was is one that never changes.
    """
    await screen.move(*await icon(owed, screen))
    await screen.press(RIGHT)
    await screen.until_drawn(bare, "the menu")
    end = time.monotonic() + LIMIT / 4
    seen: list[bool] = []
    while seen != enabled:
        assert time.monotonic() < end, f"black are {seen}, not {enabled}, {await screen.keep(name)}"
        _pixels, box = await screen.changed(bare)  # each time: it grows while it is drawn
        if box is not None:
            contrasts = rows((await screen.picture()).convert("L").crop(box._replace(bottom=TRAY.top)))
            seen = [contrast > FAINT * max(contrasts) for contrast in contrasts]
    await screen.keep(name)
    await screen.move(*REST)
    await screen.press(LEFT)
    await screen.until_bare(bare, "the menu's end")


def rows(menu: Image.Image) -> list[int]:
    """For each line of words in a menu how much it stands out from the ground, 0 to 255; separators are left out."""
    ground = max(range(256), key=menu.histogram().__getitem__)
    inside = menu.crop((10, 4, menu.width * 3 // 5, menu.height - 4))  # without the arrows of what has more below it
    found: list[list[int]] = [[]]
    for y in range(inside.height):
        darkest, brightest = inside.crop((0, y, inside.width, y + 1)).getextrema()
        contrast = max(ground - darkest, brightest - ground)
        if contrast > MARK:
            found[-1].append(contrast)
        elif found[-1]:
            found.append([])
    return [max(line) for line in found if len(line) >= 5]


async def test_the_trays_icon_is_seen_and_its_lines_are_drawn_as_they_are() -> None:
    async with on(Plasma) as owed:
        await look_at_tray(owed, owed.screen)


async def look_at_tray(owed: Owed, screen: Screen) -> None:
    desk = owed.desk
    desk.set(first_latest='"40 s"', first_latest_new='"40 s"', after_1='"200 s"')
    await owed.start()
    await icon(owed, screen)
    bare = await screen.bare()
    for name, due in (("tray-nothing-due", False), ("tray-due", True)):
        said = await lines(screen)
        assert "today 0 of 1" in said[0].label, "GNOME draws no tooltip: the first line tells"
        assert {line.label: line.enabled for line in said}["Skip"] is due
        await drawn_as(owed, screen, bare, [line.enabled for line in said], name)
        if not due:
            await owed.step(bare, 1)
            assert await owed.goes(bare, GOES)
    assert await asyncio.to_thread(desk.terminate) == 0
