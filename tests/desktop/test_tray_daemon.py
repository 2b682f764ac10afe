"""The tray of the real daemon in a real panel: what the icon shows, and what a click in its menu does."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import Desk
from tests.desktop.test_tray_xfce import GREY, ORANGE, TEAL, Panel
from unhunch.adapters.icons import pixmaps
from unhunch.adapters.protocols.dbus import Bus
from unhunch.control.client import ask
from unhunch.words.reasons import SLIPPED

pytestmark = pytest.mark.desktop

ITEM, INTERFACE = "/StatusNotifierItem", "org.kde.StatusNotifierItem"
SLIP = "It was a slip"
TRAY_ON = "[tray]\nenabled = true\n"
START, PAUSE, STANDING, WEEK, WHY, SETTINGS, QUIT = range(1, 8)
"""How many lines of the menu a person walks down to, from above, when nothing is due and there is nothing to undo."""


class Seen(Panel):
    """A panel that shows the daemon's icon; `desk` is the daemon."""

    def __init__(self, bed: Bed, desk: Desk) -> None:
        self.bed = bed
        self.desk = desk
        self.process = self.start()

    async def connect(self) -> None:
        self.bus = await Bus.connect(self.bed.env["DBUS_SESSION_BUS_ADDRESS"])

    @property
    def name(self) -> str:
        assert self.desk.process is not None
        return f"{INTERFACE}-{self.desk.process.pid}-1"

    async def read(self, what: str) -> Any:
        return await self.bus.get(self.name, ITEM, INTERFACE, what)

    async def tip(self) -> str:
        return str((await self.read("ToolTip"))[3])

    async def status(self) -> dict[str, Any]:
        return await asyncio.to_thread(self.desk.status)

    async def becomes(self, what: str, key: str, test: Any, limit: float = LIMIT) -> Any:
        """Wait until the daemon's status has `key` as wanted."""
        async with asyncio.timeout(limit):
            while not test(value := (await self.status())[key]):
                await asyncio.sleep(0.1)
        return value

    async def lines(self) -> list[str]:
        """The labels of the menu's lines that can be chosen, from above, without those of submenus."""
        found = await self.bus.call(self.name, "/MenuBar", "com.canonical.dbusmenu", "GetLayout", "iias", 0, 1, [])
        about = [properties for _number, properties, _below in found[1][2]]
        return [one["label"] for one in about if one.get("enabled", True) and one.get("type") != "separator"]

    async def take(self, label: str) -> None:
        """Click the line with that label once it is there, whatever the icon's colour is by then."""
        async with asyncio.timeout(LIMIT):
            while label not in (lines := await self.lines()):
                await asyncio.sleep(0.1)
        await self.bed.eventually("an icon", lambda: self.place(TEAL) or self.place(GREY))
        await self.pick(TEAL if self.place(TEAL) else GREY, lines.index(label) + 1)

    async def pick(self, color: tuple[int, int, int], line: int, part: int = 0) -> None:
        """Click line number `line`, or the line `part` of its submenu."""
        keys = ["Down"] * line + (["Right"] + ["Down"] * (part - 1) if part else [])
        await self.choose(await self.icon(color), *keys)
        self.bed.hands.key("Return")
        await self.bed.eventually("the menu closed", lambda: self.menu() is None)


def configured(desk: Desk, **changes: str) -> None:
    text = re.sub(r"\[tray\]\nenabled = false\n", TRAY_ON, desk.config.read_text())
    for key, value in changes.items():
        text, done = re.subn(rf'^{key} = "[^"]*"$', f'{key} = "{value}"', text, flags=re.MULTILINE)
        assert done, key
    desk.config.write_text(text)


@pytest.fixture
async def seen(bed: Bed) -> AsyncIterator[Seen]:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    configured(desk, first_latest="2 h", first_latest_new="2 h", between="2 h", pull_stretch="1 h")  # nothing falls due
    made = Seen(bed, desk)
    await made.connect()
    yield made
    await made.bus.close()


async def test_the_icon_tells_and_pausing_is_two_clicks(seen: Seen, tmp_path: Path) -> None:
    seen.desk.start()
    await asyncio.to_thread(seen.desk.type, 4)
    place = await seen.icon(TEAL)
    assert re.fullmatch(r"At your desk \d+ min, next about \d\d:\d\d, today 0 of 1", await seen.tip())
    assert (await seen.status())["tray"] == {
        "name": "statusnotifier",
        "ok": True,
        "note": "the icon is in the panel",
        "hint": "",
    }
    await seen.choose(place)
    seen.bed.screenshot(tmp_path / "menu.png")
    await seen.leave_menu()

    await seen.pick(TEAL, PAUSE, 1)
    until = await seen.becomes("paused", "paused_until", bool)
    now = (await seen.status())["now"]
    assert 55 <= _minutes(until) - _minutes(now) <= 60 or _minutes(until) < _minutes(now)  # over midnight
    await seen.icon(GREY)
    assert f"paused until {until[11:16]}" in await seen.tip()

    await seen.pick(GREY, PAUSE)  # where it said Pause there is Resume
    await seen.becomes("resumed", "paused_until", lambda value: value is None)
    await seen.icon(TEAL)


async def test_standing_why_settings_and_quit(seen: Seen, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    browser.chmod(0o755)
    seen.bed.env["BROWSER"] = str(browser)
    seen.desk.start()
    await asyncio.to_thread(seen.desk.type, 2)

    await seen.pick(TEAL, STANDING)
    await seen.becomes("standing", "presence", lambda value: value == "standing")
    # From now on there is something to undo: one line more
    await seen.bed.eventually("an icon", lambda: seen.place(TEAL) or seen.place(GREY))
    color = TEAL if seen.place(TEAL) else GREY
    undo = 1
    await seen.pick(color, STANDING + undo)
    await seen.becomes("sitting", "standing_since", lambda value: value is None)

    await seen.icon(TEAL)
    await seen.pick(TEAL, WHY + undo)
    await seen.bed.eventually("the reason in a notice", lambda: seen.bed.displayed() == 1)

    await seen.pick(TEAL, SETTINGS + undo)
    await seen.bed.eventually("the settings' page", (tmp_path / "opened").exists)
    assert (tmp_path / "opened").read_text().startswith("http://127.0.0.1:")

    await seen.pick(TEAL, QUIT + undo)
    assert seen.desk.process is not None
    assert await asyncio.to_thread(seen.desk.process.wait, LIMIT) == 0


async def test_a_session_that_is_due_is_answered_in_the_menu(seen: Seen) -> None:
    configured(seen.desk, first_latest="4 s", first_latest_new="4 s", between="4 s", pull_stretch="3 s")
    seen.desk.start()
    await asyncio.to_thread(seen.desk.type, 7)
    await seen.becomes("due", "owed", bool)
    assert "a session is due" in await seen.tip()
    await seen.pick(ORANGE, 2, 1)  # Start, Snooze
    owed = await seen.becomes("snoozed", "owed", lambda value: value and value["snoozes"] == 1)
    assert f"snoozed until {owed['snoozed_until'][11:16]}" in await seen.tip()
    assert 8 <= _minutes(owed["snoozed_until"]) - _minutes((await seen.status())["now"]) <= 11
    await seen.pick(ORANGE, 4)  # Start, Snooze, Skip, Undo
    await seen.becomes("taken back", "owed", lambda value: value and value["snoozes"] == 0)
    await seen.pick(ORANGE, 3)
    await seen.becomes("skipped", "today", lambda value: value["skipped"] == 1)


async def test_what_was_told_today_is_taken_back_in_the_menu(seen: Seen) -> None:
    """A session by Undo; a stop only by saying that it was a slip, and a notice says what follows from that."""
    desk = seen.desk
    desk.start()

    def told(*words: str) -> None:
        done = desk.run(*words)
        assert done.returncode == 0, done.stderr

    await asyncio.to_thread(ask, seen.bed.run / "unhunch/control.sock", "screening", {"verdict": "pass"})
    await asyncio.to_thread(told, "log", "--stiffness", "5", "2")
    assert SLIP not in await seen.lines(), "there was no stop"
    await seen.take("Undo")
    await seen.becomes("taken back", "today", lambda value: value["done"] == 0)
    await seen.bed.eventually("that kept", lambda: len(desk.facts("undo")) == 1)

    await asyncio.to_thread(told, "log", "--discomfort", "8")
    await seen.take(SLIP)
    await seen.bed.eventually("the slip", lambda: desk.facts("slip"))
    assert len(desk.facts("undo")) == 1, "a stop is not undone by the way"
    await seen.bed.eventually("the notice that explains it", lambda: seen.bed.displayed() == 1)
    seen.bed.dunstctl("close-all")
    await seen.bed.eventually("its words", lambda: SLIPPED in seen.bed.dunstctl("history"))

    await asyncio.to_thread(told, "log", "--tingling", "persisted")
    assert "clinician" in (await asyncio.to_thread(desk.json, "why"))["summary"]
    async with asyncio.timeout(LIMIT):
        while SLIP in (lines := await seen.lines()):
            await asyncio.sleep(0.1)
    assert "Undo" not in lines, "nobody gets around a stop"


async def test_an_answer_to_the_screening_that_was_a_slip_is_taken_back_in_the_menu(seen: Seen) -> None:
    """It stops sessions, so that it is named; nobody has to claim to have asked a doctor."""
    desk = seen.desk
    desk.start()
    await asyncio.to_thread(ask, seen.bed.run / "unhunch/control.sock", "screening", {"verdict": "ask-doctor"})
    assert (await asyncio.to_thread(desk.json, "plan"))["screening"] == "stopped"
    assert "Undo" not in await seen.lines()
    await seen.take(SLIP)
    await seen.bed.eventually("the slip", lambda: desk.facts("slip"))
    await seen.bed.eventually("asked anew", lambda: desk.json("plan")["screening"] == "needed")
    await seen.bed.eventually("the notice that explains it", lambda: seen.bed.displayed() == 1)
    async with asyncio.timeout(LIMIT):
        while SLIP in await seen.lines():
            await asyncio.sleep(0.1)


async def test_the_icon_outlives_the_panel_and_the_daemon_its_absence(seen: Seen) -> None:
    seen.desk.start()
    await asyncio.to_thread(seen.desk.type, 2)
    await seen.icon(TEAL)
    seen.bed.kill(seen.process)
    tray = await seen.becomes("alone", "tray", lambda value: not value["ok"])
    assert "the icon returns" in tray["note"]
    assert "GNOME" not in seen.desk.run("status").stdout, "this is no GNOME"
    seen.process = seen.start()
    await seen.bed.eventually("the icon again", lambda: seen.place(TEAL) or seen.place(GREY))
    await seen.becomes("well", "tray", lambda value: value["ok"])


async def test_gnome_without_its_extension_is_told_how_to_get_an_icon(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    bed.env["XDG_CURRENT_DESKTOP"] = "ubuntu:GNOME"
    desk = Desk(bed)
    configured(desk)
    desk.start()
    # The daemon answers a moment before it has looked for a panel.
    bed.until("the hint", lambda: "gnome-shell-extension-appindicator" in desk.run("status").stdout)
    assert desk.status()["problems"] == [], "that is a remark, not a problem"


async def test_a_blind_daemon_shows_it(seen: Seen) -> None:
    seen.desk.config.write_text(seen.desk.config.read_text().replace('source = "auto"', 'source = "none"'))
    seen.desk.start()
    await seen.icon(ORANGE)
    assert (await seen.read("IconPixmap"))[0][:2] == list(pixmaps("blind")[0][:2])
    assert bytes((await seen.read("IconPixmap"))[0][2]) == bytes(pixmaps("blind")[0][2])
    assert "cannot be seen" in await seen.tip()


async def test_the_panel_is_told_only_what_changed(seen: Seen) -> None:
    """Half a hundred looks a minute here, and a tool tip whose minutes are those of a clock."""
    seen.desk.start()
    tips: list[str] = []
    told: list[str] = []
    await seen.bus.listen(lambda _: told.append("tip"), INTERFACE, "NewToolTip", path=ITEM)
    await asyncio.to_thread(seen.desk.type, 8)
    for _ in range(10):
        tips.append(await seen.tip())
        await asyncio.sleep(0.1)
    assert len(told) <= 3 + seen.desk.pace, f"{len(told)} signals; {tips}"


def _minutes(iso: str) -> int:
    return int(iso[11:13]) * 60 + int(iso[14:16])
