"""What every tray promises: the fake one, the item on D-Bus before a panel, and pystray before a stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
from dbus_fast import Variant

from tests.adapters.test_tray_pystray import Icon, windows
from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.fakes.tray import FakeTray, Host, Watcher
from unhunch.adapters.tray.pystray import PystrayTray
from unhunch.adapters.tray.statusnotifier import StatusNotifierTray
from unhunch.ports import SEPARATOR, MenuItem, Tray, TrayIcon, TrayState

__all__ = ["windows"]  # a fixture

MENU = (
    MenuItem("status", "At your desk for 38 min", enabled=False),
    SEPARATOR,
    MenuItem("snooze", "Snooze", children=(MenuItem("snooze 10m", "10 minutes"),)),
    MenuItem("start", "Start"),
)
STATE = TrayState(TrayIcon.SITTING, "Unhunch", "All is well", MENU)
OTHER = STATE._replace(icon=TrayIcon.OWED, menu=(MenuItem("skip", "Skip"),))


class Rig(Protocol):
    """A tray and the user's side of it: the labels that are read, and a choice by label."""

    tray: Tray

    async def labels(self) -> list[str]: ...
    async def choose(self, label: str) -> None: ...
    async def click(self) -> None: ...


class FakeRig:
    def __init__(self) -> None:
        self.tray = FakeTray()

    def _lines(self, menu: tuple[MenuItem, ...]) -> dict[str, str]:
        lines: dict[str, str] = {}
        for item in menu:
            lines |= {item.label: item.key} | self._lines(item.children)
        return lines

    async def labels(self) -> list[str]:
        return [label for label in self._lines(self.tray.states[-1].menu) if label]

    async def choose(self, label: str) -> None:
        self.tray.choose(self._lines(self.tray.states[-1].menu)[label])

    async def click(self) -> None:
        self.tray.click()


class BusRig:
    def __init__(self, address: str) -> None:
        self.address = address
        self.tray = StatusNotifierTray(address)
        self.watcher = Watcher(address)
        self.panel: Host | None = None

    async def host(self) -> Host:
        if self.panel is None:
            self.panel = await Host.connect(self.address, self.watcher.items[-1])
        return self.panel

    async def labels(self) -> list[str]:
        return list(await (await self.host()).numbers())

    async def choose(self, label: str) -> None:
        host = await self.host()
        await host.menu("Event", "isvu", (await host.numbers())[label], "clicked", Variant("s", ""), 0)

    async def click(self) -> None:
        await (await self.host()).click()


class PystrayRig:
    def __init__(self) -> None:
        self.tray = PystrayTray()

    def _lines(self, menu: Any) -> dict[str, Any]:
        lines: dict[str, Any] = {}
        for line in menu.items:
            if line.visible and "- -" not in line.text:
                lines[line.text] = line
                lines |= self._lines(line.action) if hasattr(line.action, "items") else {}
        return lines

    async def labels(self) -> list[str]:
        return list(self._lines(Icon.made[-1].menu))

    async def choose(self, label: str) -> None:
        Icon.made[-1].press(self._lines(Icon.made[-1].menu)[label])

    async def click(self) -> None:
        (default,) = [line for line in Icon.made[-1].menu.items if line.default]
        Icon.made[-1].press(default)


@pytest.fixture(params=["fake", "bus", "pystray"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        made: Rig
        if request.param == "bus":
            needs("dbus-daemon")
            bed = stack.enter_context(Bed())
            bed.bus()
            made = BusRig(bed.env["DBUS_SESSION_BUS_ADDRESS"])
            await made.watcher.start()
            stack.push_async_callback(made.watcher.stop)
        elif request.param == "pystray":
            request.getfixturevalue("windows")
            made = PystrayRig()
        else:
            made = FakeRig()
        yield made
        await made.tray.close()
        if isinstance(made, BusRig) and made.panel is not None:
            await made.panel.bus.close()


async def told(chosen: list[str], count: int) -> list[str]:
    async with asyncio.timeout(20):
        while len(chosen) < count:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    return chosen


async def test_it_opens_with_a_note_and_shows_what_it_was_given_before(rig: Rig) -> None:
    rig.tray.show(STATE)
    assert await rig.tray.open([].append)
    assert {"At your desk for 38 min", "Snooze", "10 minutes", "Start"} <= set(await rig.labels())


async def test_choices_arrive_by_their_key(rig: Rig) -> None:
    chosen: list[str] = []
    rig.tray.show(STATE)
    await rig.tray.open(chosen.append)
    await rig.choose("Start")
    assert await told(chosen, 1) == ["start"]
    await rig.choose("10 minutes")
    assert await told(chosen, 2) == ["start", "snooze 10m"]
    await rig.click()
    assert await told(chosen, 3) == ["start", "snooze 10m", "activate"]


async def test_the_last_state_is_the_one_that_is_seen(rig: Rig) -> None:
    chosen: list[str] = []
    await rig.tray.open(chosen.append)
    for state in (STATE, OTHER, STATE, OTHER):
        rig.tray.show(state)
    labels = await rig.labels()
    assert "Skip" in labels
    assert "Start" not in labels
    await rig.choose("Skip")
    assert await told(chosen, 1) == ["skip"]


async def test_closing_is_harmless_whenever_it_comes(rig: Rig) -> None:
    await rig.tray.close()
    rig.tray.show(STATE)
    await rig.tray.open([].append)
    await rig.tray.close()
    await rig.tray.close()
    rig.tray.show(OTHER)
