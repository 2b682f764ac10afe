"""The X11 wire, as much of it as is needed to ask a server a few questions and to hear that something happened.

No library, one socket: in the daemon python-xlib holds 1.7 MiB, for a hundred requests of which five are used here.
Requests, replies and events are in host order: opcode, a byte, length in words; an answer is 32 bytes and so many words
more. https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html, "Appendix B. Protocol Encoding"
"""

import asyncio
import os
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

from unhunch.adapters.protocols.x11 import ANSWER_SECONDS, LOCAL, socket_path
from unhunch.ports import Lost, Unusable
from unhunch.words.translate import _

COOKIE = b"MIT-MAGIC-COOKIE-1"
_FAMILY_LOCAL, _FAMILY_WILD = 256, 65535
_ERROR, _REPLY, _GENERIC = 0, 1, 35
QUERY_EXTENSION, INTERN_ATOM, GET_PROPERTY = 98, 16, 20
LONGEST_PROPERTY = 1024
"""Words of a property that are read; nothing that is asked for here has as many."""


class Refused(Exception):
    """The server answered a request with an error: the window is gone, say."""


class XServer:
    """One connection. `happened` is called at each event; what it carries is dropped unread."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, root: int) -> None:
        self.root = root
        """The window that covers the screen."""
        self.happened: Callable[[], None] | None = None
        self._reader = reader
        self._writer = writer
        self._sent = 0
        self._waiting: deque[tuple[int, asyncio.Future[bytes]]] = deque()
        """Questions in the order in which they are answered, each with the lower half of its number."""
        self._lost = ""
        self._pump = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def connect(cls, display: str, env: Mapping[str, str]) -> Self:
        """Connect to a local server, with the cookie that `env` leads to. Raises Unusable."""
        matched = LOCAL.fullmatch(display)
        if matched is None or sys.platform == "win32":
            raise Unusable(_("display {display} is not on this machine").format(display=display))
        writer = None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_unix_connection(socket_path(matched[1]))
                secret = cookie(matched[1], env)
                name = COOKIE if secret else b""
                order = b"l" if sys.byteorder == "little" else b"B"
                head = struct.pack("=cxHHHHxx", order, 11, 0, len(name), len(secret))
                writer.write(head + _padded(name) + _padded(secret))
                told = await reader.readexactly(8)
                more = await reader.readexactly(4 * struct.unpack_from("=H", told, 6)[0])
            if told[0] != 1:
                raise Unusable(
                    _("the X server {display} refused: {error}").format(
                        display=display, error=more[: told[1]].decode(errors="replace").strip()
                    )
                )
            return cls(reader, writer, _root(more, int(matched[2] or 0)))
        except TimeoutError as error:
            _drop(writer)
            raise Unusable(_("the X server {display} does not answer").format(display=display)) from error
        except (OSError, EOFError, struct.error) as error:
            _drop(writer)
            raise Unusable(_("there is no X server at {display}").format(display=display)) from error
        except BaseException:
            _drop(writer)
            raise

    def send(self, opcode: int, data: int, body: bytes = b"") -> None:
        """A request that is not answered. Nothing happens when the connection is gone."""
        if not self._lost:
            self._sent += 1
            self._writer.write(struct.pack("=BBH", opcode, data, 1 + len(body) // 4) + body)

    async def ask(self, opcode: int, data: int, body: bytes = b"") -> bytes:
        """The answer to a request. Raises Refused, and Lost when the server is gone or does not answer in time."""
        self.check()
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.send(opcode, data, body)
        self._waiting.append((self._sent & 0xFFFF, answer))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError as error:
            self._end(_("it does not answer"))
            raise Lost(self._gone) from error

    async def extension(self, name: str) -> int:
        """The opcode of an extension's requests; 0 where the server has it not. Raises Lost."""
        raw = name.encode()
        told = await self.ask(QUERY_EXTENSION, 0, struct.pack("=Hxx", len(raw)) + _padded(raw))
        return told[9] if told[8] else 0

    async def atom(self, name: str) -> int:
        """The number that stands for a name. Raises Lost."""
        raw = name.encode()
        told = await self.ask(INTERN_ATOM, 0, struct.pack("=Hxx", len(raw)) + _padded(raw))
        return int(struct.unpack_from("=I", told, 8)[0])

    async def words_of(self, window: int, name: int) -> tuple[int, ...] | None:
        """A window's property that holds words; None where it has none of that name. Raises Refused, Lost."""
        told = await self.ask(GET_PROPERTY, 0, struct.pack("=IIIII", window, name, 0, 0, LONGEST_PROPERTY))
        kind, _left, count = struct.unpack_from("=III", told, 8)
        if not kind:
            return None
        return struct.unpack_from(f"={count}I", told, 32) if told[1] == 32 else ()

    def check(self) -> None:
        """Raise Lost when the server has gone."""
        if self._lost:
            raise Lost(self._gone)

    async def close(self) -> None:
        """Let the connection go. Never raises; safe to call twice."""
        self._end(_("the connection to the X server is closed"))
        self._pump.cancel()
        await asyncio.wait({self._pump}, timeout=1)

    @property
    def _gone(self) -> str:
        return _("the X server is gone: {error}").format(error=self._lost)

    async def _read(self) -> None:
        reason = _("it has ended")
        try:
            while True:
                head = await self._reader.readexactly(32)
                kind = head[0] & 0x7F
                if kind in (_REPLY, _GENERIC):
                    head += await self._reader.readexactly(4 * struct.unpack_from("=I", head, 4)[0])
                if kind in (_REPLY, _ERROR):
                    self._answered(kind, head)
                elif self.happened is not None:
                    del head
                    self.happened()
        except OSError as error:
            reason = error.strerror or reason
        except (EOFError, ValueError, struct.error):
            pass
        finally:
            self._end(reason)

    def _answered(self, kind: int, told: bytes) -> None:
        number = struct.unpack_from("=H", told, 2)[0]
        if not self._waiting or self._waiting[0][0] != number:
            return  # an error of a request that has no answer
        future = self._waiting.popleft()[1]
        if future.done():
            return
        if kind == _REPLY:
            future.set_result(told)
        else:
            future.set_exception(Refused(f"X error {told[1]}"))

    def _end(self, reason: str) -> None:
        self._lost = self._lost or reason
        self.happened = None
        self._writer.close()
        while self._waiting:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_exception(Lost(self._gone))


def _drop(writer: asyncio.StreamWriter | None) -> None:
    if writer is not None:
        writer.close()


def _padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % 4)


def _root(setup: bytes, screen: int) -> int:
    """The root window of a screen, by the server's answer to the connection."""
    vendor, roots, formats = struct.unpack_from("=H", setup, 16)[0], setup[20], setup[21]
    at = 32 + vendor + (-vendor % 4) + 8 * formats
    for _number in range(min(screen, roots - 1)):
        depths = setup[at + 39]
        at += 40
        for _depth in range(depths):
            at += 8 + 24 * struct.unpack_from("=H", setup, at + 2)[0]
    return int(struct.unpack_from("=I", setup, at)[0])


def cookie(number: str, env: Mapping[str, str]) -> bytes:
    """The secret that this user has for a display, or nothing (Xau(3))."""
    path = env.get("XAUTHORITY") or str(Path(env.get("HOME") or "/", ".Xauthority"))
    try:
        found = list(_cookies(Path(path).read_bytes(), number))
    except (OSError, struct.error):
        return b""
    here = socket.gethostname().encode() if hasattr(os, "uname") else b""
    own = [secret for host, secret in found if host in (here, b"")]
    return (own or [secret for _host, secret in found] or [b""])[0]


def _cookies(raw: bytes, number: str) -> Iterator[tuple[bytes, bytes]]:
    """Host and secret of each entry that is for this display, or for any."""
    at = 0

    def text() -> bytes:
        nonlocal at
        length = struct.unpack_from(">H", raw, at)[0]
        begin, at = at + 2, at + 2 + length
        return raw[begin:at]

    while at < len(raw):
        family = struct.unpack_from(">H", raw, at)[0]
        at += 2
        host, display, name, secret = text(), text(), text(), text()
        if family in (_FAMILY_LOCAL, _FAMILY_WILD) and display in (b"", number.encode()) and name == COOKIE:
            yield (b"" if family == _FAMILY_WILD else host), secret
