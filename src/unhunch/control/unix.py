"""The daemon's door on Linux and macOS: a Unix socket with mode 0600 in a private folder, for its owner alone."""

import asyncio
import contextlib
import logging
import os
import socket
import stat
import struct
import sys
from pathlib import Path

from unhunch.control.protocol import STOP
from unhunch.errors import Exit, UserError
from unhunch.words.translate import _

assert sys.platform != "win32"

log = logging.getLogger(__name__)


class UnixDoor:
    """The socket `path`. An old one that nobody answers at is replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity: tuple[int, int] | None = None

    def bind(self) -> socket.socket:
        """Raises OSError, or UserError: code 5 if somebody answers at the path, 1 if another file is in the way."""
        _clear(self._path)
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            ear.bind(str(self._path))
            self._path.chmod(0o600)
            info = self._path.stat()
        except BaseException:
            ear.close()
            raise
        self._identity = (info.st_dev, info.st_ino)
        return ear

    async def admits(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:  # noqa: ARG002 - says nothing
        """By the user id that the kernel tells. Where it cannot say, the private folder must do."""
        if sys.platform != "linux":
            return True
        caller = writer.get_extra_info("socket")
        found = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _pid, uid, _gid = struct.unpack("3i", found)
        if uid != os.getuid():
            log.warning("Refused a connection of user %d", uid)
        return bool(uid == os.getuid())

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            info = self._path.lstat()
            if (info.st_dev, info.st_ino) == self._identity:
                self._path.unlink()


def _clear(path: Path) -> None:
    """Take away a socket that a killed daemon left behind; one that answers, or any other file, is left alone."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise UserError(
            _("{path} is in the way and is not a socket.").format(path=path),
            _("The daemon would listen there; it was left as it is."),
            _("Move it away: {command}").format(command=f"mv {path} {path}.old"),
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except FileNotFoundError:
            return
        except OSError:
            pass  # a full queue, say: somebody has it open
    raise UserError(
        _("Another daemon answers at {path}.").format(path=path),
        _("Only one may run."),
        _("Use it (unhunch status), or stop it first: {command}").format(command=STOP),
        Exit.RUNNING,
    )
