"""The tray icon on Windows, through pystray.

pystray runs its message loop in a thread of its own, so each choice is handed over to the event loop. Not on macOS,
where AppKit demands the main thread, which is the event loop's; not on Linux, where pystray without GTK silently
becomes an icon without a menu.
"""

import asyncio
import importlib
import sys
from collections.abc import Callable
from typing import Any

from unhunch.adapters.icons import pixmaps
from unhunch.ports import MenuItem, TrayIcon, TrayState, Unusable
from unhunch.words.translate import N_, _

TITLE_LIMIT = 127
"""NOTIFYICONDATAW.szTip holds 128 characters with the closing zero
(https://learn.microsoft.com/windows/win32/api/shellapi/ns-shellapi-notifyicondataw)."""
ELSEWHERE = {
    "darwin": N_("the macOS menu bar needs the main thread, which the daemon uses itself"),
    "linux": N_("pystray draws no menu on most Linux panels"),
}


class PystrayTray:
    """Keeps one icon beside the clock. `trouble` says why it could not be changed."""

    name = "pystray"
    token = ""

    def __init__(self) -> None:
        self.trouble = ""
        self._state = TrayState(TrayIcon.BLIND, "Unhunch", "", ())
        self._pystray: Any = None
        self._image: Any = None
        self._icon: Any = None
        self._chosen: Callable[[str], None] = lambda _key: None

    async def open(self, chosen: Callable[[str], None]) -> str:
        """Show the icon. Raises Unusable where pystray is missing or does not fit."""
        if reason := ELSEWHERE.get(sys.platform):
            raise Unusable(_(reason), _("Everything the icon offers can be typed: unhunch --help"))
        try:
            self._pystray = importlib.import_module("pystray")
            self._image = importlib.import_module("PIL.Image")
        except ImportError as error:
            why = _("{module} cannot be imported ({error})").format(module="pystray", error=error)
            raise Unusable(why, _("Install it: {command}").format(command="pip install pystray")) from error
        loop = asyncio.get_running_loop()
        self._chosen = lambda key: _hand_over(loop, chosen, key)
        self._icon = self._pystray.Icon(
            "unhunch", self._drawing(), self._title(), menu=self._pystray.Menu(lambda: self._lines())
        )
        self._icon.run_detached()
        return self.note

    @property
    def note(self) -> str:
        """Windows has one place for it."""
        return _("the icon is beside the clock")

    def show(self, state: TrayState) -> None:
        """Show this from now on."""
        before, self._state = self._state, state
        if self._icon is None:
            return
        try:
            if state.icon is not before.icon:
                self._icon.icon = self._drawing()
            self._icon.title = self._title()
            self._icon.update_menu()
        except Exception as error:  # noqa: BLE001 - pystray raises whatever its platform raises
            self.trouble = _("the icon could not be changed: {error}").format(error=error)
        else:
            self.trouble = ""

    async def close(self) -> None:
        """Take the icon away."""
        icon, self._icon = self._icon, None
        if icon is not None:
            try:
                icon.stop()
            except Exception as error:  # noqa: BLE001 - as above; there is nothing left to do
                self.trouble = _("the icon could not be removed: {error}").format(error=error)

    def _title(self) -> str:
        text = "\n".join(filter(None, (self._state.title, self._state.text)))
        return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"

    def _drawing(self) -> Any:
        width, height, argb = pixmaps(self._state.icon)[-1]
        alpha, red, green, blue = self._image.frombytes("RGBA", (width, height), argb).split()
        return self._image.merge("RGBA", (red, green, blue, alpha))

    def _lines(self) -> list[Any]:
        # A left click is the default line, which need not be seen for that.
        click = self._pystray.MenuItem("Unhunch", self._press("activate"), default=True, visible=False)
        return [click, *(self._line(item) for item in self._state.menu)]

    def _line(self, item: MenuItem) -> Any:
        if not item.label:
            return self._pystray.Menu.SEPARATOR
        action = self._press(item.key)
        if item.children:
            action = self._pystray.Menu(*(self._line(child) for child in item.children))
        mark = item.checked
        checked = None if mark is None else lambda _line: mark
        return self._pystray.MenuItem(item.label, action, checked=checked, enabled=item.enabled)

    def _press(self, key: str) -> Any:
        def pressed(_icon: object, _line: object) -> None:
            self._chosen(key)

        return pressed


def _hand_over(loop: asyncio.AbstractEventLoop, chosen: Callable[[str], None], key: str) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(chosen, key)
