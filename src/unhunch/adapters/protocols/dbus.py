"""A small way to speak D-Bus: one connection, plain messages, signals to handlers, and a clear answer when it is gone.

Built on dbus-fast without introspection or proxy objects. A `Bus` never reconnects by itself: when the connection has
died, or when one of our own handlers failed, `check()` raises `Lost` and whoever owns the bus builds a new one.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Self

from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from unhunch.ports import Lost, Unusable
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

DAEMON = "org.freedesktop.DBus"
DAEMON_PATH = "/org/freedesktop/DBus"
PROPERTIES = "org.freedesktop.DBus.Properties"
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"
CONNECT_SECONDS = 5.0
CALL_SECONDS = 5.0

Handler = Callable[[list[Any]], None]
"""Gets a signal's arguments, variants already unpacked. Runs on the event loop and must not block."""


class BusError(Exception):
    """A call was answered with an error, or not at all. `error` is the D-Bus error name."""

    def __init__(self, error: str, text: str) -> None:
        super().__init__(f"{error}: {text}" if text else error)
        self.error = error


class _Ear(NamedTuple):
    sender: str | None
    path: str | None
    interface: str
    member: str
    arg0: str | None
    handler: Handler

    def rule(self) -> str:
        wanted = {
            "sender": self.sender,
            "path": self.path,
            "interface": self.interface,
            "member": self.member,
            "arg0": self.arg0,
        }
        return ",".join(["type='signal'", *(f"{key}='{value}'" for key, value in wanted.items() if value is not None)])


def session_address(env: Mapping[str, str] | None = None) -> str:
    """The session bus's address from the environment, or the user's bus in XDG_RUNTIME_DIR. Raises Unusable."""
    env = os.environ if env is None else env
    if address := env.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    runtime = env.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime, "bus").exists():
        return f"unix:path={runtime}/bus"
    raise Unusable(_("there is no D-Bus session bus"), _("Start Unhunch inside the desktop session: unhunch enable"))


def system_address(env: Mapping[str, str] | None = None) -> str:
    """The system bus's address from the environment, or the place the D-Bus specification gives it."""
    env = os.environ if env is None else env
    return env.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/var/run/dbus/system_bus_socket"


def plain(value: Any) -> Any:
    """The value without its variants, at every depth."""
    match value:
        case Variant():
            return plain(value.value)
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case _:
            return value


class Bus:
    """One connection. Make it with `Bus.connect(session_address())`; `raw` is dbus-fast's own, to export services."""

    def __init__(self, raw: MessageBus) -> None:
        self.raw = raw
        self._ears: list[_Ear] = []
        self._owners: dict[str, str | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._fault: Exception | None = None
        self._on_lost: list[Callable[[], None]] = []
        self._end: asyncio.Task[None] | None = None
        raw.add_message_handler(self._heard)

    @classmethod
    async def connect(cls, address: str, *, unix_fds: bool = False) -> Self:
        """Connect within 5 s. `unix_fds`: file descriptors may come in replies. Raises Unusable."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return cls(await MessageBus(bus_address=address, negotiate_unix_fd=unix_fds).connect())
        except (OSError, EOFError, DBusFastError) as error:
            # TimeoutError is an OSError. Several of dbus-fast's errors are ValueErrors as well.
            reason = str(error) or type(error).__name__
            raise Unusable(
                _("the D-Bus bus at {address} does not answer ({error})").format(address=address, error=reason)
            ) from error

    def check(self) -> None:
        """Raise Lost when the connection has gone or one of our handlers has failed."""
        if self._fault is not None:
            raise Lost(_("a D-Bus handler failed: {error}").format(error=repr(self._fault))) from self._fault
        if self._closed or not self.raw.connected:
            raise Lost(_("the D-Bus connection is gone"))

    async def call(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        *body: Any,
        activate: bool = False,
        seconds: float = CALL_SECONDS,
    ) -> list[Any]:
        """Call a method; returns its results, variants unpacked. Raises BusError, or Lost when the connection dies.

        `activate`: start the service when nobody owns the name. Off by default: merely looking must not start things.
        """
        reply = await self._ask(destination, path, interface, member, signature, body, activate, seconds)
        return [plain(value) for value in reply.body]

    async def call_for_fd(
        self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> int:
        """Call a method that answers with one file descriptor, which is then the caller's. Needs `unix_fds`."""
        reply = await self._ask(destination, path, interface, member, signature, body)
        if not reply.unix_fds:
            raise BusError(
                "org.freedesktop.DBus.Error.InvalidArgs",
                _("{member} answered without a file descriptor").format(member=member),
            )
        first, *others = reply.unix_fds
        for other in others:
            os.close(other)
        return first

    async def get(self, destination: str, path: str, interface: str, name: str) -> Any:
        """One property, variants unpacked. Raises BusError, Lost."""
        return (await self.call(destination, path, PROPERTIES, "Get", "ss", interface, name))[0]

    async def listen(
        self,
        handler: Handler,
        interface: str,
        member: str,
        *,
        sender: str | None = None,
        path: str | None = None,
        arg0: str | None = None,
    ) -> None:
        """Call `handler` at each such signal. With `sender` (a well-known name) only its present owner is believed."""
        ear = _Ear(sender, path, interface, member, arg0, handler)
        await self.call(DAEMON, DAEMON_PATH, DAEMON, "AddMatch", "s", ear.rule())
        self._ears.append(ear)
        if sender is not None and sender not in self._owners and sender != DAEMON:
            await self.watch_name(sender, lambda _owned: None)

    async def listen_properties(
        self, handler: Callable[[dict[str, Any], list[str]], None], destination: str, path: str, interface: str
    ) -> None:
        """Call `handler(changed, invalidated)` when properties of one object change."""
        await self.listen(
            lambda body: handler(body[1], body[2]),
            PROPERTIES,
            "PropertiesChanged",
            sender=destination,
            path=path,
            arg0=interface,
        )

    async def watch_name(self, name: str, handler: Callable[[bool], None]) -> bool:
        """Call `handler(owned)` whenever the name comes, goes or changes hands. Returns whether it is owned now."""

        def moved(body: list[Any]) -> None:
            self._owners[name] = body[2] or None
            handler(bool(body[2]))

        ear = _Ear(DAEMON, DAEMON_PATH, DAEMON, "NameOwnerChanged", name, moved)
        await self.call(DAEMON, DAEMON_PATH, DAEMON, "AddMatch", "s", ear.rule())
        # First in the row: the new owner must be known before a handler asks who it is.
        self._ears.insert(0, ear)
        present = await self.owner(name)
        # What a signal has said meanwhile is newer than this answer.
        return self._owners.setdefault(name, present) is not None

    async def owner(self, name: str) -> str | None:
        """The unique name of who owns `name` now, None when nobody does."""
        try:
            return str((await self.call(DAEMON, DAEMON_PATH, DAEMON, "GetNameOwner", "s", name))[0])
        except BusError:
            return None

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call `callback` once when `check()` has begun to raise, so that nobody need poll. Not after `close()`."""
        self._on_lost.append(callback)
        if self._end is None:
            self._end = asyncio.get_running_loop().create_task(self._await_end())

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine that a handler needs (a call, say). Ends with the bus; a refused call is not a fault."""
        self.begin(work)

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """The same, for whoever waits for it or ends it before."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def close(self) -> None:
        """Disconnect. Never raises; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._ears.clear()
        self._on_lost.clear()
        for task in [*self._tasks, *([self._end] if self._end else [])]:
            task.cancel()
        with contextlib.suppress(Exception):
            self.raw.disconnect()
            # dbus-fast notices its own shutdown in the reader: give it the chance, but wait for no one.
            async with asyncio.timeout(1):
                await self.raw.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it bare

    async def _ask(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str,
        body: tuple[Any, ...],
        activate: bool = False,
        seconds: float = CALL_SECONDS,
    ) -> Message:
        if self._closed or not self.raw.connected:
            raise Lost(_("the D-Bus connection is gone"))
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
            flags=MessageFlag.NONE if activate else MessageFlag.NO_AUTOSTART,
        )
        try:
            async with asyncio.timeout(seconds):
                reply: Message | None = await self.raw.call(message)
        except TimeoutError as error:
            raise BusError(
                NO_REPLY,
                _("{service} did not answer {call} within {seconds} s").format(
                    service=destination, call=member, seconds=f"{seconds:g}"
                ),
            ) from error
        except (OSError, EOFError) as error:
            raise Lost(_("the D-Bus connection broke: {error}").format(error=repr(error))) from error
        if reply is None:
            raise Lost(_("the D-Bus connection was closed"))
        if reply.message_type is MessageType.ERROR:
            raise BusError(reply.error_name or "", str(reply.body[0]) if reply.body else "")
        return reply

    def _heard(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        body: list[Any] | None = None
        for ear in tuple(self._ears):
            if message.member != ear.member or message.interface != ear.interface:
                continue
            if ear.path is not None and message.path != ear.path:
                continue
            if ear.sender is not None and message.sender not in (ear.sender, self._owners.get(ear.sender)):
                continue
            if ear.arg0 is not None and (not message.body or message.body[0] != ear.arg0):
                continue
            if body is None:
                body = plain(message.body)
            try:
                ear.handler(body)
            except Exception as error:  # noqa: BLE001 - a handler's mistake must not end the loop; check() reports it
                self._failed(error)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception) and not isinstance(error, BusError | Lost):
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self._fault = self._fault or error
        self._tell_lost()

    async def _await_end(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.shield(self._disconnected())
        self._tell_lost()

    async def _disconnected(self) -> None:
        # dbus-fast answers with EOFError or OSError when the bus died.
        await self.raw.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it bare

    def _tell_lost(self) -> None:
        callbacks, self._on_lost = self._on_lost, []
        for callback in callbacks:
            callback()
