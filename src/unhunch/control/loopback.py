"""The daemon's door on Windows, where Python has no Unix sockets: a loopback port, and a file that says who may talk.

Any user of the machine can reach the port, so both ends prove that they have read the file, before anything else is
said: the caller's first line is the token, the daemon's the countersign. A stranger who got hold of the port of a dead
daemon is thus told nothing but a token that opens nothing any more. The file lies in the user's profile, whose access
list lets in the user, the system and administrators only.
"""

import asyncio
import contextlib
import hmac
import os
import socket
from pathlib import Path

from unhunch.tuples import NamedTuple

HOST = "127.0.0.1"
SECRET_BYTES = 32
TOKEN_SECONDS = 5.0
"""A caller that has not shown its token by then is let go."""
MOST_STRANGERS = 32
"""Callers that have not shown their token yet; more are let go at once."""


class Address(NamedTuple):
    """What the file says."""

    port: int
    token: str
    countersign: str


def connect(path: Path, seconds: float) -> socket.socket:
    """A connection to the daemon whose file is `path`, both ends proven.

    Raises FileNotFoundError and ConnectionRefusedError where there is no daemon, TimeoutError, other OSError.
    """
    address = _read(path)
    connection = socket.create_connection((HOST, address.port), timeout=seconds)
    try:
        connection.sendall(f"{address.token}\n".encode())
        expected, heard = f"{address.countersign}\n".encode(), b""
        while len(heard) < len(expected) and (more := connection.recv(len(expected) - len(heard))):
            heard += more
        if not hmac.compare_digest(heard, expected):
            raise ConnectionRefusedError("somebody else has that port now")
    except ConnectionError as error:
        connection.close()
        raise ConnectionRefusedError(*error.args) from error
    except BaseException:
        connection.close()
        raise
    return connection


class LoopbackDoor:
    """A port that the system chooses, written to the file `path` together with the two secrets of this run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = ""
        self._token = b""
        self._countersign = b""
        self._strangers = 0

    def bind(self) -> socket.socket:
        """A file of a killed daemon is replaced: whoever holds the lock is alone. Raises OSError."""
        ear = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            # Windows would let another program listen at the same port, unless told so.
            if (exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None)) is not None:
                ear.setsockopt(socket.SOL_SOCKET, exclusive, 1)
            ear.bind((HOST, 0))
            address = Address(ear.getsockname()[1], os.urandom(SECRET_BYTES).hex(), os.urandom(SECRET_BYTES).hex())
            self._write(address)
        except BaseException:
            ear.close()
            raise
        return ear

    def _write(self, address: Address) -> None:
        self._token = f"{address.token}\n".encode()
        self._countersign = f"{address.countersign}\n".encode()
        self._written = f"{address.port} {address.token} {address.countersign}\n"
        self._path.unlink(missing_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, self._written.encode())
        finally:
            os.close(file)

    async def admits(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """By the first line, which has to be the token; answered by the countersign. Raises OSError."""
        if self._strangers >= MOST_STRANGERS:
            return False
        self._strangers += 1
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                shown = await reader.readline()
        except (ValueError, TimeoutError):  # a line without an end, or none
            return False
        finally:
            self._strangers -= 1
        if not hmac.compare_digest(shown, self._token):
            return False
        writer.write(self._countersign)
        return True

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            if self._path.read_text("ascii", "replace") == self._written:
                self._path.unlink()


def _read(path: Path) -> Address:
    """Raises ConnectionRefusedError for what no daemon wrote (or is writing this moment), else OSError."""
    words = path.read_text("ascii", "replace").split()
    if len(words) != len(Address._fields) or not words[0].isdecimal() or not 0 < int(words[0][:6]) < 1 << 16:
        raise ConnectionRefusedError(f"{path} was not written by a daemon")
    return Address(int(words[0]), *words[1:])
