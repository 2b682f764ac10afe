"""A D-Bus service made of tables, for services that cannot run here: methods answer, properties announce themselves."""

import asyncio
import os
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

if TYPE_CHECKING:
    from collections.abc import Callable

PROPERTIES = "org.freedesktop.DBus.Properties"


class Fd(NamedTuple):
    """A descriptor to hand over; ours is closed once it has been sent."""

    number: int


class BusService:
    """One connection that owns `name`. Fill `methods` and `properties`, then `start`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.methods: dict[tuple[str, str, str], tuple[str, Callable[..., Any]]] = {}
        """(path, interface, member) -> (signature, function of the arguments); a tuple is several results."""
        self.properties: dict[tuple[str, str], dict[str, Variant]] = {}
        self.calls: list[str] = []
        """Every member that was called."""
        self.silent = False
        """Takes calls and never answers."""
        self._bus: MessageBus | None = None

    async def start(self, address: str) -> Self:
        """Connect and own the name."""
        self._bus = await MessageBus(bus_address=address, negotiate_unix_fd=True).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(self.name)
        return self

    async def stop(self) -> None:
        """Leave the bus, as a service that ends."""
        bus, self._bus = self._bus, None
        if bus is not None and bus.connected:
            bus.disconnect()
            await asyncio.wait_for(bus.wait_for_disconnect(), 5)

    def emit(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> None:
        """Send a signal to everybody. Nobody hears it once the bus has died."""
        assert self._bus is not None
        if self._bus.connected:
            self._bus.send(Message.new_signal(path, interface, member, signature, list(body)))

    def set(self, path: str, interface: str, *, announce: bool = True, **values: Variant) -> None:
        """Change properties, and say so."""
        self.properties.setdefault((path, interface), {}).update(values)
        if announce and self._bus is not None:
            self.emit(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", interface, values, [])

    def _answer(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        self.calls.append(str(message.member))
        if self.silent:
            return True
        if message.interface == PROPERTIES and message.member == "Get":
            interface, name = message.body
            values = self.properties.get((str(message.path), interface), {})
            if name not in values:
                raise DBusError("org.freedesktop.DBus.Error.UnknownProperty", name)
            return Message.new_method_return(message, "v", [values[name]])
        if message.interface == PROPERTIES and message.member == "GetAll":
            return Message.new_method_return(
                message, "a{sv}", [self.properties.get((str(message.path), *message.body), {})]
            )
        found = self.methods.get((str(message.path), str(message.interface), str(message.member)))
        if found is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", str(message.member))
        signature, act = found
        result = act(*message.body)
        if isinstance(result, Fd):
            assert self._bus is not None
            reply = Message.new_method_return(message, signature, [0], [result.number])
            self._bus.send(reply).add_done_callback(lambda _: os.close(result.number))
            return True
        results = [] if result is None else [*result] if isinstance(result, tuple) else [result]
        return Message.new_method_return(message, signature, results)
