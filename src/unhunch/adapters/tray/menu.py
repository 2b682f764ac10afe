"""com.canonical.dbusmenu: the tray's menu, drawn by the panel from what it asks for here.

A panel may hold a menu open while it changes underneath. So a line keeps its number for good, whatever becomes of the
lines around it, and a click can never land on another line than the one that was read.

Each opening is answered with "read it again", and LayoutUpdated follows that answer, never the other way round: Plasma,
like all of libdbusmenu-qt's kin, takes the first LayoutUpdated after such an answer for its echo and drops it, whatever
it tells of.
Protocol: https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from dbus_fast import DBusError, PropertyAccess, Variant
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr, DBusUInt32, DBusVariant
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from unhunch.ports import MenuItem

ROOT = 0
INVALID = "org.freedesktop.DBus.Error.InvalidArgs"
ALL_LEVELS = -1

Properties = dict[str, Variant]


class _Line:
    """A menu line with its number, and the lines below it."""

    def __init__(self, number: int, item: MenuItem, children: list["_Line"]) -> None:
        self.number = number
        self.item = item
        self.children = children

    def walk(self) -> Iterator["_Line"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def properties(self, names: list[str]) -> Properties:
        """All properties, each time; only those of `names` unless it is empty.

        Also those that have the protocol's default: Plasma changes only what is named, so that a line which was grey
        would stay grey for good.
        """
        item = self.item
        found: Properties = {"children-display": Variant("s", "submenu")} if self.children else {}
        if self.number != ROOT:
            found |= {
                "type": Variant("s", "standard" if item.label else "separator"),
                "label": Variant("s", item.label.replace("_", "__")),
                "enabled": Variant("b", item.enabled),
                "visible": Variant("b", value=True),
                "toggle-type": Variant("s", "" if item.checked is None else "checkmark"),
                "toggle-state": Variant("i", -1 if item.checked is None else int(item.checked)),
            }
        return {name: value for name, value in found.items() if not names or name in names}

    def layout(self, depth: int, names: list[str]) -> list[Any]:
        below = [] if depth == 0 else self.children
        return [
            self.number,
            self.properties(names),
            [Variant("(ia{sv}av)", child.layout(max(depth - 1, ALL_LEVELS), names)) for child in below],
        ]


class DBusMenu(ServiceInterface):
    """One menu on the bus. `chosen(key)` is called for each click on a line that can be chosen."""

    def __init__(self, chosen: Callable[[str], None]) -> None:
        super().__init__("com.canonical.dbusmenu")
        self._chosen = chosen
        self._numbers: dict[tuple[str, ...], int] = {}
        self._revision = 1
        self._shown: tuple[MenuItem, ...] = ()
        self._waiting: tuple[MenuItem, ...] | None = None
        self._lines: dict[int, _Line] = {}
        self._take(())

    def show(self, menu: tuple[MenuItem, ...]) -> None:
        """Change the menu. Where only the wording differs (minutes that pass), it waits until somebody opens it."""
        if menu == self._shown:
            self._waiting = None
        elif _shape(menu) == _shape(self._shown):
            self._waiting = menu
        else:
            self._take(menu)
            self.layout_updated(self._revision, ROOT)

    def _take(self, menu: tuple[MenuItem, ...]) -> None:
        self._shown, self._waiting = menu, None
        self._revision += 1
        root = _Line(ROOT, MenuItem("", ""), self._number(menu, ()))
        self._lines = {line.number: line for line in root.walk()}

    def _number(self, items: tuple[MenuItem, ...], above: tuple[str, ...]) -> list[_Line]:
        lines = []
        for place, item in enumerate(items):
            path = (*above, item.key or f"separator {place}")
            number = self._numbers.setdefault(path, len(self._numbers) + 1)
            lines.append(_Line(number, item, self._number(item.children, path)))
        return lines

    def _line(self, number: int) -> _Line:
        if number not in self._lines:
            raise DBusError(INVALID, f"the menu has no line {number}")
        return self._lines[number]

    def _opens(self, numbers: list[int]) -> None:
        """Somebody opens these: what has waited is so from now on, and is told once this call has its answer."""
        if self._waiting is not None:
            self._take(self._waiting)
        for number in numbers:
            asyncio.get_running_loop().call_soon(self.layout_updated, self._revision, number)

    def _happened(self, number: int, event: str) -> None:
        item = self._line(number).item
        if event == "clicked" and item.key and item.enabled and not item.children:
            self._chosen(item.key)

    @dbus_property(PropertyAccess.READ, "Version")
    def version(self) -> DBusUInt32:
        """3, as every implementation says."""
        return 3

    @dbus_property(PropertyAccess.READ, "TextDirection")
    def text_direction(self) -> DBusStr:
        """As each of its languages is written."""
        return "ltr"

    @dbus_property(PropertyAccess.READ, "Status")
    def status(self) -> DBusStr:
        """Never "notice": the menu does not ask to be opened."""
        return "normal"

    @dbus_property(PropertyAccess.READ, "IconThemePath")
    def icon_theme_path(self) -> Annotated[list[str], DBusSignature("as")]:
        """No line has an icon."""
        return []

    @dbus_method("GetLayout")
    def get_layout(
        self, parent: DBusInt32, depth: DBusInt32, names: Annotated[list[str], DBusSignature("as")]
    ) -> Annotated[list[Any], DBusSignature("u(ia{sv}av)")]:
        """The tree below `parent`, `depth` levels of it, or all with -1."""
        return [self._revision, self._line(parent).layout(depth, names)]

    @dbus_method("GetGroupProperties")
    def get_group_properties(
        self, numbers: Annotated[list[int], DBusSignature("ai")], names: Annotated[list[str], DBusSignature("as")]
    ) -> Annotated[list[Any], DBusSignature("a(ia{sv})")]:
        """The properties of several lines, of all when none is named. Xfce and Mint read the menu so."""
        wanted = [number for number in numbers if number in self._lines] if numbers else list(self._lines)
        return [[number, self._lines[number].properties(names)] for number in wanted]

    @dbus_method("GetProperty")
    def get_property(self, number: DBusInt32, name: DBusStr) -> DBusVariant:
        """One property of one line."""
        found = self._line(number).properties([name])
        if name not in found:
            raise DBusError(INVALID, f"line {number} has no property {name}")
        return found[name]

    @dbus_method("Event")
    def event(self, number: DBusInt32, event: DBusStr, data: DBusVariant, timestamp: DBusUInt32) -> None:  # noqa: ARG002
        """Only clicks matter."""
        self._happened(number, event)

    @dbus_method("EventGroup")
    def event_group(
        self, events: Annotated[list[Any], DBusSignature("a(isvu)")]
    ) -> Annotated[list[int], DBusSignature("ai")]:
        """Several events at once; returns the numbers that the menu has no line for."""
        unknown = []
        for number, event, _data, _timestamp in events:
            if number in self._lines:
                self._happened(number, event)
            else:
                unknown.append(number)
        return unknown

    @dbus_method("AboutToShow")
    def about_to_show(self, number: DBusInt32) -> DBusBool:
        """The moment to bring the wording up to date; always to be read again.

        Who asks is not known, so neither is what was read last. Plasma reads a submenu only here.
        """
        self._line(number)
        self._opens([number])
        return True

    @dbus_method("AboutToShowGroup")
    def about_to_show_group(
        self, numbers: Annotated[list[int], DBusSignature("ai")]
    ) -> Annotated[list[list[int]], DBusSignature("aiai")]:
        """The same for several lines: which must be read again, and which the menu has not."""
        known = [number for number in numbers if number in self._lines]
        self._opens(known)
        return [known, [number for number in numbers if number not in known]]

    @dbus_signal("LayoutUpdated")
    def layout_updated(self, revision: int, parent: int) -> Annotated[list[int], DBusSignature("ui")]:
        """What is below `parent` is to be read again."""
        return [revision, parent]


def _shape(menu: tuple[MenuItem, ...]) -> list[Any]:
    """All of a menu but its wording."""
    return [(item.key, bool(item.label), item.enabled, item.checked, _shape(item.children)) for item in menu]
