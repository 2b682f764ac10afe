"""The Wayland wire, as much of it as is needed to ask a compositor for something: no library, one socket.

Messages are 32-bit words in host order: object id; size << 16 | opcode; arguments. Strings carry their length with a
closing NUL and are padded to whole words. https://wayland.freedesktop.org/docs/html/ch04.html
"""

import asyncio
import struct
import sys
from collections.abc import Callable
from typing import Self

from unhunch.ports import Lost, Unusable
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

ANSWER_SECONDS = 5.0
"""A compositor that takes longer is taken for dead."""

DISPLAY = 1
_WORD = "<I" if sys.byteorder == "little" else ">I"

Handler = Callable[[int, bytes], None]
"""Gets an event's opcode and arguments."""


class Global(NamedTuple):
    name: int
    interface: str
    version: int


def words(*values: int) -> bytes:
    """Unsigned words; negative ones (fixed point) wrap."""
    return b"".join(struct.pack(_WORD, value & 0xFFFFFFFF) for value in values)


def word(body: bytes, at: int = 0) -> int:
    """The word that begins at that byte. Raises struct.error when it is not all there."""
    value: int = struct.unpack_from(_WORD, body, at)[0]
    return value


def string(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return words(len(raw)) + raw + b"\0" * (-len(raw) % 4)


def read_string(body: bytes, at: int) -> tuple[str, int]:
    """The string that begins at that byte, and where the next argument begins."""
    length = word(body, at)
    return body[at + 4 : at + 3 + length].decode(errors="replace"), at + 4 + length + (-length % 4)


class Wire:
    """One connection to a compositor."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._handlers: dict[int, Handler | None] = {DISPLAY: self._on_display}
        self._free: list[int] = []
        self._next = DISPLAY + 1
        self._lost = ""
        self._waiting: set[asyncio.Future[None]] = set()
        self.globals: dict[int, Global] = {}
        self.changed: Callable[[], None] | None = None
        """Called when a global comes or goes."""
        self._registry = self.new(self._on_registry)
        self.send(DISPLAY, 1, words(self._registry))  # wl_display.get_registry
        self._pump = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def connect(cls, path: str) -> Self:
        """Connect and learn what the compositor offers. Raises Unusable."""
        if sys.platform == "win32":
            raise Unusable(_("Windows has no Wayland compositor"))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                wire = cls(*await asyncio.open_unix_connection(path))
        except OSError as error:  # TimeoutError is one
            raise Unusable(_("there is no Wayland compositor at {path}").format(path=path)) from error
        try:
            await wire.sync()
        except Lost as lost:
            await wire.close()
            raise Unusable(
                _("the Wayland compositor at {path} does not answer: {error}").format(path=path, error=lost)
            ) from lost
        return wire

    def check(self) -> None:
        """Raise Lost when the compositor has gone or has thrown us out."""
        if self._lost:
            raise Lost(self._lost)

    def new(self, handler: Handler | None = None) -> int:
        """The id of a new object, whose events `handler` gets."""
        if self._free:
            made = self._free.pop()
        else:
            made, self._next = self._next, self._next + 1
        self._handlers[made] = handler
        return made

    def send(self, target: int, opcode: int, body: bytes = b"") -> None:
        """Send a request. Nothing happens when the connection is gone."""
        if not self._lost:
            self._writer.write(words(target, (8 + len(body)) << 16 | opcode) + body)

    def destroy(self, target: int, opcode: int) -> None:
        """Send a destructor; events that are still under way are dropped."""
        self._handlers[target] = None
        self.send(target, opcode)

    def bind(self, interface: str, version: int, handler: Handler | None = None) -> tuple[int, int]:
        """Bind a global at the lower of our version and the compositor's: asking for more ends the connection.

        Returns the object and its version. Raises LookupError when it is not offered.
        """
        for offered in self.globals.values():
            if offered.interface == interface:
                agreed = min(offered.version, version)
                return self.bind_global(offered, agreed, handler), agreed
        raise LookupError(interface)

    def bind_global(self, offered: Global, version: int, handler: Handler | None = None) -> int:
        """Bind that very global, one of several of its kind, at a version that it offers. Returns the object."""
        made = self.new(handler)
        self.send(self._registry, 0, words(offered.name) + string(offered.interface) + words(version, made))
        return made

    async def sync(self) -> None:
        """Wait until the compositor has done everything asked so far. Raises Lost."""
        self.check()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(done)

        def answered(_opcode: int, _body: bytes) -> None:
            if not done.done():
                done.set_result(None)

        self.send(DISPLAY, 0, words(self.new(answered)))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await done
        except TimeoutError as error:
            raise Lost(_("the Wayland compositor does not answer")) from error
        finally:
            self._waiting.discard(done)
        self.check()

    async def close(self) -> None:
        """Let the connection go. Never raises; safe to call twice."""
        self._end(_("the connection to the Wayland compositor is closed"))
        self._pump.cancel()
        await asyncio.wait({self._pump}, timeout=1)

    async def _read(self) -> None:
        reason = _("the Wayland compositor is gone")
        try:
            while not self._lost:
                head = await self._reader.readexactly(8)
                target, size = word(head), word(head, 4) >> 16
                body = await self._reader.readexactly(size - 8)
                if handler := self._handlers.get(target):
                    handler(word(head, 4) & 0xFFFF, body)
        except (OSError, EOFError):
            pass
        except (ValueError, struct.error) as error:
            reason = _("the Wayland compositor sent nonsense: {error}").format(error=error)
        finally:
            self._end(reason)

    def _end(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._handlers.clear()
        self._writer.close()
        for future in self._waiting:
            if not future.done():
                future.set_result(None)  # who waits asks check() next

    def _on_display(self, opcode: int, body: bytes) -> None:
        if opcode == 0:  # error(object, code, message)
            self._end(_("the Wayland compositor ended the connection: {error}").format(error=read_string(body, 8)[0]))
        elif opcode == 1:  # delete_id: the id may be used again
            gone = word(body)
            self._handlers.pop(gone, None)
            self._free.append(gone)

    def _on_registry(self, opcode: int, body: bytes) -> None:
        name = word(body)
        if opcode == 0:
            interface, at = read_string(body, 4)
            self.globals[name] = Global(name, interface, word(body, at))
        else:
            self.globals.pop(name, None)
        if self.changed is not None:
            self.changed()
