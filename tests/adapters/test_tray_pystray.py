"""The pystray adapter before a module that stands for pystray: its threads, its menu, its failures."""

import asyncio
import sys
import threading
import types
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from PIL import Image

from unhunch.adapters.tray.pystray import PystrayTray
from unhunch.ports import SEPARATOR, MenuItem, TrayIcon, TrayState, Unusable

MENU = (
    MenuItem("status", "At your desk for 38 min", enabled=False),
    SEPARATOR,
    MenuItem("snooze", "Snooze", children=(MenuItem("snooze 10m", "10 minutes"), MenuItem("snooze 1h", "An hour"))),
    MenuItem("pause", "Pause", checked=True),
)
STATE = TrayState(TrayIcon.OWED, "Unhunch", "A session is due", MENU)


class Line:
    def __init__(
        self,
        text: str,
        action: Any,
        checked: Callable[["Line"], bool] | None = None,
        default: bool = False,
        visible: bool = True,
        enabled: bool = True,
    ) -> None:
        self.text, self.action, self.default, self.visible, self.enabled = text, action, default, visible, enabled
        self.checked = None if checked is None else checked(self)


class Menu:
    SEPARATOR = Line("- - - -", None)

    def __init__(self, *items: Any) -> None:
        self._items = items

    @property
    def items(self) -> Iterable[Line]:
        if len(self._items) == 1 and callable(self._items[0]):
            return list(self._items[0]())
        return self._items


class Icon:
    made: list["Icon"]

    def __init__(self, name: str, icon: Image.Image, title: str, menu: Menu) -> None:
        self.name, self.icon, self.menu, self.stopped, self.updates, self.running = name, icon, menu, False, 0, False
        self._title, self.error = title, None
        Icon.made.append(self)

    error: Exception | None

    @property
    def title(self) -> str:
        return self._title

    @title.setter
    def title(self, text: str) -> None:
        if self.error is not None:
            raise self.error
        assert len(text) < 128
        self._title = text

    def run_detached(self) -> None:
        self.running = True

    def update_menu(self) -> None:
        self.updates += 1

    def stop(self) -> None:
        self.stopped = True

    def line(self, text: str) -> Line:
        return next(line for line in self.menu.items if line.text == text)

    def press(self, line: Line) -> None:
        """In a thread, as pystray does."""
        thread = threading.Thread(target=line.action, args=(self, line))
        thread.start()
        thread.join(10)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    Icon.made = []
    module = types.ModuleType("pystray")
    module.Icon, module.Menu, module.MenuItem = Icon, Menu, Line  # type: ignore[attr-defined]  # stands for pystray
    monkeypatch.setitem(sys.modules, "pystray", module)
    monkeypatch.setattr(sys, "platform", "win32")


@pytest.mark.usefixtures("windows")
async def test_the_menu_is_built_and_choices_come_on_the_event_loop() -> None:
    tray = PystrayTray()
    chosen: list[tuple[str, int]] = []
    tray.show(STATE)
    assert await tray.open(lambda key: chosen.append((key, threading.get_ident())))
    (icon,) = Icon.made
    assert icon.running
    assert icon.title == "Unhunch\nA session is due"
    lines = [(line.text, line.enabled, line.checked) for line in icon.menu.items if line.visible]
    assert lines == [
        ("At your desk for 38 min", False, None),
        ("- - - -", True, None),
        ("Snooze", True, None),
        ("Pause", True, True),
    ]
    (click,) = [line for line in icon.menu.items if line.default]
    for line in (icon.line("Pause"), list(icon.line("Snooze").action.items)[1], click):
        icon.press(line)
    while len(chosen) < 3:
        await asyncio.sleep(0)
    here = threading.get_ident()
    assert chosen == [("pause", here), ("snooze 1h", here), ("activate", here)]
    await tray.close()
    assert icon.stopped


@pytest.mark.usefixtures("windows")
async def test_changes_are_shown_and_long_tips_are_cut() -> None:
    tray = PystrayTray()
    await tray.open(lambda key: None)
    (icon,) = Icon.made
    blind = icon.icon
    tray.show(STATE)
    assert icon.icon.size == (48, 48)
    assert icon.icon.tobytes() != blind.tobytes()
    assert icon.icon.getpixel((30, 6)) == (0xE2, 0x5F, 0x12, 255), "the badge is orange: the channels are in order"
    assert icon.updates == 1
    tray.show(STATE._replace(text="long " * 100))
    assert len(icon.title) == 127
    await tray.close()


@pytest.mark.usefixtures("windows")
async def test_a_failing_icon_is_told_and_not_raised() -> None:
    tray = PystrayTray()
    await tray.open(lambda key: None)
    (icon,) = Icon.made
    icon.error = OSError("explorer restarted")
    tray.show(STATE)
    assert "explorer restarted" in tray.trouble
    icon.error = None
    tray.show(STATE)
    assert tray.trouble == ""
    await tray.close()
    tray.show(STATE)
    await tray.close()


@pytest.mark.usefixtures("windows")
async def test_where_it_does_not_fit_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in ("linux", "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        with pytest.raises(Unusable) as caught:
            await PystrayTray().open(lambda key: None)
        assert caught.value.remedy
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "pystray", None)
    with pytest.raises(Unusable, match="cannot be imported"):
        await PystrayTray().open(lambda key: None)
