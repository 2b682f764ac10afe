"""Two fakes: a Notifier without any desktop, and a notification server that lives on a real bus.

`FakeNotifier` is what the daemon's tests use; it keeps the promises of tests/contracts/test_notify.py.
`NotificationServer` speaks org.freedesktop.Notifications, and can also misbehave as real servers do.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from dbus_fast import NameFlag, RequestNameReply
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.errors import DBusError
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from unhunch.ports import Notice

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


class FakeNotifier:
    """A notifier whose screen is a dictionary: slot -> notice. The test plays the user."""

    name = "fake"
    trouble = token = ""
    note = "a fake"

    def __init__(self, *, buttons: bool = True) -> None:
        self.screen: dict[str, Notice] = {}
        self.shown: list[Notice] = []
        """Every notice that was shown, in order."""
        self.up = True
        self._buttons = buttons
        self._answered: Callable[[str, str], None] | None = None
        self._changed: Callable[[], None] = lambda: None

    @property
    def takes(self) -> bool:
        return self.up

    async def open(self, answered: Callable[[str, str], None], changed: Callable[[], None] = lambda: None) -> str:
        self._answered, self._changed = answered, changed
        return self.note

    async def show(self, notice: Notice) -> bool:
        if not self.up or self._answered is None:
            return False
        self.screen[notice.slot] = notice
        self.shown.append(notice)
        return True

    async def withdraw(self, slot: str) -> None:
        self.screen.pop(slot, None)

    def abilities(self) -> Mapping[str, bool]:
        return {"buttons": self._buttons and self.up, "replace": self.up, "sound": self.up, "body_markup": False}

    async def close(self) -> None:
        self._answered = None
        self.screen.clear()

    # The user and the server

    def press(self, slot: str, key: str) -> None:
        """Press a button (or "default") of what is on the screen."""
        notice = self.screen.pop(slot)
        assert key in {"default", *(button.key for button in notice.buttons)}
        self._answer(slot, key)

    def dismiss(self, slot: str) -> None:
        del self.screen[slot]
        self._answer(slot, "dismissed")

    def expire(self, slot: str) -> None:
        del self.screen[slot]
        self._answer(slot, "expired")

    def server_dies(self) -> None:
        self.up = False
        lost = list(self.screen)
        self.screen.clear()
        for slot in lost:
            self._answer(slot, "lost")
        self._changed()

    def server_returns(self) -> None:
        self.up = True
        self._changed()

    def _answer(self, slot: str, key: str) -> None:
        assert self._answered is not None
        self._answered(slot, key)


class Shown(NamedTuple):
    """One bubble as the server received it."""

    replaces: int
    title: str
    body: str
    actions: tuple[str, ...]
    hints: dict[str, Any]
    expire: int


class NotificationServer(ServiceInterface):
    """A notification server on the bus at `address`. `early`: what to signal before Notify is answered."""

    def __init__(self, address: str, capabilities: tuple[str, ...] = ("actions", "body")) -> None:
        super().__init__(NAME)
        self.capabilities = capabilities
        self.screen: dict[int, Shown] = {}
        self.closings: list[int] = []
        self.gate = asyncio.Event()
        """While it is shut notices and closings are not answered."""
        self.gate.set()
        self.known = asyncio.Event()
        """While it is shut nobody is told what this is."""
        self.known.set()
        self.press_before_reply = ""
        self.close_before_reply = 0
        """The reason; Budgie does it where it does not show what it is given."""
        self.called = "testserver"
        """Its name in GetServerInformation."""
        self.unready = ""
        """The D-Bus error that it answers who asks what it is."""
        self.paused = False
        """It answers 0 and drops what it is given, as fnott does."""
        self.broken = ""
        """The D-Bus error that it answers each notice with."""
        self.same_id = False
        """It gives every notice the number 1."""
        self.dies_at = 0
        """It vanishes in the middle of taking this notice, counted from 1."""
        self.asked = 0
        """Notices that it was asked to show since it appeared."""
        self._address = address
        self._last = 0
        self._bus: MessageBus | None = None

    async def start(self, *, as_owner: bool = True) -> None:
        """Appear on the bus with ids that start again, as after every start of a real server."""
        self._last = self.asked = 0
        self.screen.clear()
        self._bus = await MessageBus(bus_address=self._address).connect()
        self._bus.export(PATH, self)
        if as_owner:
            assert await self._bus.request_name(NAME, NameFlag.DO_NOT_QUEUE) is RequestNameReply.PRIMARY_OWNER

    async def stop(self) -> None:
        """Vanish without a word about what is on the screen."""
        if self._bus is not None:
            self._bus.unexport(PATH, self)
            self._bus.disconnect()
            with contextlib.suppress(EOFError, OSError):  # the bus itself may have gone first
                await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it bare
            self._bus = None
        self.screen.clear()

    # The user

    def number(self, title: str) -> int:
        return next(number for number, shown in self.screen.items() if shown.title == title)

    def press(self, number: int, key: str) -> None:
        """As dunst does: the bubble stays."""
        self.action_invoked(number, key)

    def dismiss(self, number: int) -> None:
        self.end(number, 2)

    def end(self, number: int, reason: int) -> None:
        del self.screen[number]
        self.notification_closed(number, reason)

    # The interface

    @dbus_method("GetCapabilities")
    async def get_capabilities(self) -> Annotated[list[str], DBusSignature("as")]:
        await self.known.wait()
        if self.unready:
            raise DBusError(self.unready, "not yet")
        return list(self.capabilities)

    @dbus_method("GetServerInformation")
    async def get_server_information(self) -> Annotated[list[str], DBusSignature("ssss")]:
        return [self.called, "tests", "1.0", "1.2"]

    @dbus_method("Notify")
    async def notify(
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        body: DBusStr,
        actions: Annotated[list[str], DBusSignature("as")],
        hints: DBusDict,
        expire: DBusInt32,
    ) -> DBusUInt32:
        self.asked += 1
        await self.gate.wait()
        self._last += 1
        if self.broken:
            raise DBusError(self.broken, "refused")
        if self.paused:
            return 0
        if self._last == self.dies_at:
            await self.stop()
        if self.same_id:
            self._last = 1
        number = replaces if replaces in self.screen else self._last
        plain = {name: variant.value for name, variant in hints.items()}
        self.screen[number] = Shown(replaces, title, body, tuple(actions), plain, expire)
        if self.press_before_reply:
            self.action_invoked(number, self.press_before_reply)
        if self.close_before_reply:
            self.end(number, self.close_before_reply)
        return number

    @dbus_method("CloseNotification")
    async def close_notification(self, number: DBusUInt32) -> None:
        await self.gate.wait()
        self.closings.append(number)
        if number in self.screen:
            self.end(number, 3)

    @dbus_signal("ActionInvoked")
    def action_invoked(self, number: int, key: str) -> Annotated[list[Any], DBusSignature("us")]:
        return [number, key]

    @dbus_signal("NotificationClosed")
    def notification_closed(self, number: int, reason: int) -> Annotated[list[int], DBusSignature("uu")]:
        return [number, reason]

    @dbus_signal("ActivationToken")
    def activation_token(self, number: int, token: str) -> Annotated[list[Any], DBusSignature("us")]:
        return [number, token]

    @dbus_signal("OnDndToggle")
    def on_dnd_toggle(self) -> Annotated[bool, DBusSignature("b")]:
        return True
