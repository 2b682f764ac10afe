"""The tray icon on Linux: a StatusNotifierItem, with its menu in menu.py.

The panel is the host, a watcher service introduces the two. Either may come late, go and come back; the item has a
connection of its own, because the protocol knows no way to take an item back but to leave the bus.
Protocol: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

import asyncio
import os
from collections.abc import Callable
from typing import Annotated, Any

from dbus_fast import NameFlag, PropertyAccess
from dbus_fast.annotations import DBusBool, DBusInt32, DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from unhunch.adapters.icons import pixmaps
from unhunch.adapters.protocols.dbus import Bus, BusError
from unhunch.adapters.protocols.dbus_link import Link
from unhunch.adapters.tray.menu import DBusMenu
from unhunch.ports import TrayIcon, TrayState
from unhunch.words.translate import _

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
ITEM_PATH = "/StatusNotifierItem"
MENU_PATH = "/MenuBar"
REGISTER_RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts: a watcher that has its name already may not have its object yet."""

PixmapList = Annotated[list[Any], DBusSignature("a(iiay)")]
NOTHING = TrayState(TrayIcon.BLIND, "Unhunch", "", ())


class Item(ServiceInterface):
    """What the panel reads to draw the icon, and what it calls when the icon is clicked."""

    def __init__(self, chosen: Callable[[str], None]) -> None:
        super().__init__("org.kde.StatusNotifierItem")
        self.token = ""
        self._chosen = chosen
        self._state = NOTHING

    def show(self, state: TrayState) -> None:
        """Tell the panel what has changed, and only that."""
        before, self._state = self._state, state
        if state.icon is not before.icon:
            self.new_icon()
        if (state.title, state.text) != (before.title, before.text):
            self.new_tool_tip()

    @dbus_property(PropertyAccess.READ, "Category")
    def category(self) -> DBusStr:
        """It shows the state of a program."""
        return "ApplicationStatus"

    @dbus_property(PropertyAccess.READ, "Id")
    def id(self) -> DBusStr:
        """The same from start to start: panels remember the icon's place by it."""
        return "unhunch"

    @dbus_property(PropertyAccess.READ, "Title")
    def title(self) -> DBusStr:
        """The program's name."""
        return "Unhunch"

    @dbus_property(PropertyAccess.READ, "Status")
    def status(self) -> DBusStr:
        """Never "NeedsAttention": on some panels that blinks. What is owed is told by the icon's shape."""
        return "Active"

    @dbus_property(PropertyAccess.READ, "WindowId")
    def window_id(self) -> DBusUInt32:
        """There is no window."""
        return 0

    @dbus_property(PropertyAccess.READ, "IconName")
    def icon_name(self) -> DBusStr:
        """Empty: a theme need not have it, and panels prefer a name to pixels."""
        return ""

    @dbus_property(PropertyAccess.READ, "IconThemePath")
    def icon_theme_path(self) -> DBusStr:
        """No theme of our own."""
        return ""

    @dbus_property(PropertyAccess.READ, "IconPixmap")
    def icon_pixmap(self) -> PixmapList:
        """The icon in every stored size, read from disk for the asking and not held."""
        return [list(pixmap) for pixmap in pixmaps(self._state.icon.value)]

    @dbus_property(PropertyAccess.READ, "OverlayIconName")
    def overlay_icon_name(self) -> DBusStr:
        """No overlay."""
        return ""

    @dbus_property(PropertyAccess.READ, "OverlayIconPixmap")
    def overlay_icon_pixmap(self) -> PixmapList:
        """No overlay; a panel that reads all properties logs one that is missing (LXQt, at each repaint)."""
        return []

    @dbus_property(PropertyAccess.READ, "AttentionIconName")
    def attention_icon_name(self) -> DBusStr:
        """The status is never "NeedsAttention"."""
        return ""

    @dbus_property(PropertyAccess.READ, "AttentionIconPixmap")
    def attention_icon_pixmap(self) -> PixmapList:
        """The same in pixels."""
        return []

    @dbus_property(PropertyAccess.READ, "AttentionMovieName")
    def attention_movie_name(self) -> DBusStr:
        """Nothing moves."""
        return ""

    @dbus_property(PropertyAccess.READ, "ToolTip")
    def tool_tip(self) -> Annotated[list[Any], DBusSignature("(sa(iiay)ss)")]:
        """Title and text; panels read the text as a little HTML."""
        text = self._state.text.replace("&", "&amp;").replace("<", "&lt;")
        return ["", [], self._state.title, text]

    @dbus_property(PropertyAccess.READ, "ItemIsMenu")
    def item_is_menu(self) -> DBusBool:
        """A left click is an action of its own."""
        return False

    @dbus_property(PropertyAccess.READ, "Menu")
    def menu(self) -> DBusObjectPath:
        """Where the menu is."""
        return MENU_PATH

    @dbus_method("ProvideXdgActivationToken")
    def provide_token(self, token: DBusStr) -> None:
        """Comes just before a click: it brings the window that the click opens to the front."""
        self.token = token

    @dbus_method("Activate")
    def activate(self, x: DBusInt32, y: DBusInt32) -> None:  # noqa: ARG002 - where it was does not matter
        """A left click."""
        self._chosen("activate")

    @dbus_method("SecondaryActivate")
    def secondary_activate(self, x: DBusInt32, y: DBusInt32) -> None:
        """A middle click does nothing: it happens by accident."""

    @dbus_method("ContextMenu")
    def context_menu(self, x: DBusInt32, y: DBusInt32) -> None:
        """For panels that draw no menus; we have no window to draw one in."""

    @dbus_method("Scroll")
    def scroll(self, delta: DBusInt32, orientation: DBusStr) -> None:
        """There is nothing to turn up or down."""

    @dbus_signal("NewIcon")
    def new_icon(self) -> None:
        """IconPixmap is to be read again."""

    @dbus_signal("NewToolTip")
    def new_tool_tip(self) -> None:
        """ToolTip is to be read again."""

    @dbus_signal("NewStatus")
    def new_status(self) -> DBusStr:
        """Part of the interface; the status never changes."""
        return "Active"


class StatusNotifierTray:
    """Keeps the icon in whichever panel is there. `trouble` says why none shows it."""

    name = "statusnotifier"

    def __init__(self, address: str | None = None) -> None:
        """`address`: the bus to use; the session bus when None."""
        self.trouble = ""
        self._link = Link(self._arrive, self._leave, address)
        self._listener: Callable[[str], None] = lambda _key: None
        self._state = NOTHING
        self._item: Item | None = None
        self._menu: DBusMenu | None = None
        self._watched = False  # a watcher is on the bus

    async def open(self, chosen: Callable[[str], None]) -> str:
        """Connect. Raises Unusable without a session bus; a missing panel is no failure, it may come later."""
        self._listener = chosen
        await self._link.open()
        return self.note

    @property
    def note(self) -> str:
        """Whether a panel shows it."""
        return self.trouble or _("the icon is in the panel")

    @property
    def token(self) -> str:
        """Good for one window."""
        token = ""
        if self._item is not None:
            token, self._item.token = self._item.token, ""
        return token

    def show(self, state: TrayState) -> None:
        """Show this from now on, also to panels that come later."""
        self._state = state
        if self._item is not None and self._menu is not None:
            self._item.show(state)
            self._menu.show(state.menu)

    async def close(self) -> None:
        """Leave the bus, and the icon is gone."""
        self._listener = lambda _key: None
        self._leave()
        await self._link.close()

    async def _arrive(self, bus: Bus) -> None:
        item, menu = Item(self._choose), DBusMenu(self._choose)
        item.show(self._state)
        menu.show(self._state.menu)
        bus.raw.export(ITEM_PATH, item)
        bus.raw.export(MENU_PATH, menu)
        self._item, self._menu = item, menu
        # Panels of old read the process id from the name; two icons of one process would need two numbers.
        name = f"org.kde.StatusNotifierItem-{os.getpid()}-1"
        await bus.raw.request_name(name, NameFlag.DO_NOT_QUEUE)

        def changed(owned: bool) -> None:
            self._watched = owned
            if owned:
                bus.later(self._register(bus, name))
            else:
                self.trouble = _("the panel has gone; the icon returns with it")

        self._watched = True
        if await bus.watch_name(WATCHER, changed):
            await self._register(bus, name)
        else:
            self.trouble = _("no panel takes tray icons at the moment; one that starts later gets it")

    async def _register(self, bus: Bus, name: str) -> None:
        for pause in (*REGISTER_RETRIES, None):
            try:
                await bus.call(WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", name)
            except BusError as error:
                self.trouble = _("the panel refuses the icon ({error})").format(error=error)
                if pause is None or error.error.endswith((".ServiceUnknown", ".NameHasNoOwner")):
                    return
            else:
                if self._watched:  # else it has gone since it answered
                    self.trouble = ""
                return
            await asyncio.sleep(pause)

    def _leave(self) -> None:
        self._item = self._menu = None
        self.trouble = _("the session bus has gone")

    def _choose(self, key: str) -> None:
        # Not from inside the D-Bus call: the panel waits for its reply, and an error of the listener is its own.
        asyncio.get_running_loop().call_soon(self._listener, key)
