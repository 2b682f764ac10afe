"""Where the daemon listens, and whom it lets in: a Unix socket, or a loopback port where the system has none."""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Protocol


class Door(Protocol):
    """One place to listen at, named by a path in the private runtime folder. The lock is held by whoever opens it."""

    def bind(self) -> socket.socket:
        """A bound stream socket that does not listen yet. Raises OSError, or UserError: somebody answers there."""
        ...

    async def admits(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the caller is a process of our own user. May talk to it first. Raises OSError."""
        ...

    def remove(self) -> None:
        """Take away what `bind` left at the path, and nothing else. Never raises."""
        ...


def door(path: Path) -> Door:
    """This system's kind."""
    if sys.platform == "win32":
        from unhunch.control.loopback import LoopbackDoor

        return LoopbackDoor(path)
    else:  # noqa: RET505 - the type checker passes over the else of another system
        from unhunch.control.unix import UnixDoor

        return UnixDoor(path)
