"""Two fakes: a Tray without any desktop for the daemon's tests, and a panel's side of the tray on a real bus."""

import contextlib
from collections.abc import Callable
from typing import Any

from dbus_fast import DBusError, NameFlag, RequestNameReply
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusStr
from dbus_fast.service import ServiceInterface, dbus_method

from unhunch.adapters.protocols.dbus import Bus
from unhunch.ports import MenuItem, TrayState

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class FakeTray:
    """Keeps every state it was given; the test plays the user."""

    name = "fake"

    def __init__(self) -> None:
        self.states: list[TrayState] = []
        self._chosen: Callable[[str], None] | None = None

    async def open(self, chosen: Callable[[str], None]) -> str:
        self._chosen = chosen
        return "a fake"

    def show(self, state: TrayState) -> None:
        self.states.append(state)

    async def close(self) -> None:
        self._chosen = None

    def click(self) -> None:
        """Click on the icon."""
        assert self._chosen is not None
        self._chosen("activate")

    def choose(self, key: str) -> None:
        """Choose a line that is in the menu now and can be chosen."""
        assert key in set(_keys(self.states[-1].menu))
        assert self._chosen is not None
        self._chosen(key)


def _keys(menu: tuple[MenuItem, ...]) -> list[str]:
    found: list[str] = []
    for item in menu:
        found += _keys(item.children) if item.children else [item.key] if item.enabled and item.key else []
    return found


class Watcher(ServiceInterface):
    """The service at which items register. `refusals`: how many registrations fail before one is taken."""

    def __init__(self, address: str) -> None:
        super().__init__(WATCHER)
        self.items: list[str] = []
        self.refusals = 0
        self._address = address
        self._bus: MessageBus | None = None

    async def start(self) -> None:
        self.items.clear()
        self._bus = await MessageBus(bus_address=self._address).connect()
        self._bus.export("/StatusNotifierWatcher", self)
        assert await self._bus.request_name(WATCHER, NameFlag.DO_NOT_QUEUE) is RequestNameReply.PRIMARY_OWNER

    async def stop(self) -> None:
        if self._bus is not None:
            self._bus.unexport("/StatusNotifierWatcher", self)
            self._bus.disconnect()
            with contextlib.suppress(EOFError, OSError):  # the bus itself may have gone first
                await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it bare
            self._bus = None

    @dbus_method("RegisterStatusNotifierItem")
    def register(self, name: DBusStr) -> None:
        if self.refusals:
            self.refusals -= 1
            raise DBusError("org.freedesktop.DBus.Error.UnknownMethod", "not ready")
        self.items.append(name)


class Host:
    """A panel: reads an item and its menu, and hears their signals."""

    def __init__(self, bus: Bus, item: str) -> None:
        self.bus = bus
        self.item = item
        self.heard: list[str] = []

    @classmethod
    async def connect(cls, address: str, item: str) -> "Host":
        host = cls(await Bus.connect(address), item)
        for interface, member in (
            *((ITEM, member) for member in ("NewIcon", "NewToolTip", "NewStatus", "NewTitle")),
            (MENU, "LayoutUpdated"),
        ):
            await host.bus.listen(lambda body, member=member: host.heard.append(member), interface, member)  # type: ignore[misc]
        return host

    async def properties(self) -> dict[str, Any]:
        found = await self.bus.call(
            self.item, "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "GetAll", "s", ITEM
        )
        assert isinstance(found[0], dict)
        return found[0]

    async def click(self, member: str = "Activate") -> None:
        await self.bus.call(self.item, "/StatusNotifierItem", ITEM, member, "ii", 10, 20)

    async def menu(self, member: str, signature: str = "", *body: Any) -> list[Any]:
        path = (await self.properties())["Menu"]
        return await self.bus.call(self.item, path, MENU, member, signature, *body)

    async def layout(self, parent: int = 0, depth: int = -1, names: tuple[str, ...] = ()) -> Any:
        """[number, properties, children] of a line and what is below it."""
        return (await self.menu("GetLayout", "iias", parent, depth, list(names)))[1]

    async def numbers(self) -> dict[str, int]:
        """Label -> number of every line."""
        found: dict[str, int] = {}

        def walk(line: Any) -> None:
            number, properties, children = line
            if "label" in properties:
                found[properties["label"]] = number
            for child in children:
                walk(child)

        walk(await self.layout())
        return found
