"""The folder that a synchronizer carries: which files are read, and how this machine's own are written.

Nothing but this machine's own files is ever written, renamed, given another mode or deleted; each is opened by name
each time and closed again, since synchronizers put a new file in place of the old one.
"""

import errno
import os
import re
import stat
import sys
from pathlib import Path

from unhunch.errors import UserError
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

_NAME = re.compile(r"(?P<machine>[0-9a-f]{12})[^0-9A-Za-z]")
_OURS = re.compile(r"[0-9a-f]{12}-\d{4}-\d{2}\.jsonl")
UNFINISHED = (".partial", ".tmp", "~")
"""Ends of names under which synchronizers keep what has not wholly arrived."""
MOST = 512 * 2**20
"""Bytes: a file of this size is none of ours."""

Stamp = tuple[int, int, int]


class Found(NamedTuple):
    """A file that may hold lines."""

    name: str
    machine: str
    stamp: Stamp

    @property
    def copy(self) -> bool:
        """A synchronizer made it, because two versions met."""
        return _OURS.fullmatch(self.name) is None


class Refused(UserError):
    """The folder cannot be used."""


def begins(device: str) -> str:
    """How the names of a machine's files begin: twelve letters of its name, which is random."""
    letters = device.replace("-", "").lower()
    if re.fullmatch(r"[0-9a-f]{12,}", letters):
        return letters[:12]
    from binascii import crc32

    return f"{crc32(device.encode()):08x}{crc32(device[::-1].encode()):08x}"[:12]


class Folder:
    """One folder, looked at anew each time: it may be gone, or another one, from one minute to the next."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raises Refused for a folder that must not be trusted, or is not there."""
        if not self.path.is_absolute() or "\0" in str(self.path):
            what = _("{path} is not the whole name of a folder, which begins with / or ~.")
            raise Refused(
                what.format(path=repr(str(self.path))),
                _("Nothing is shared with your other desks."),
                _("Name the folder: unhunch sync use ~/Sync/unhunch"),
            )
        try:
            info = self.path.lstat()
        except OSError as error:
            raise Refused(
                _("The folder {path} is not there: {error}.").format(path=self.path, error=error.strerror),
                _("Nothing is shared with your other desks until it is; nothing is lost."),
                _("Make it, or start what carries it: mkdir -p -m 700 {path}").format(path=self.path),
            ) from error
        if stat.S_ISLNK(info.st_mode):
            raise Refused(
                _("{path} is a link.").format(path=self.path),
                _("Nothing is written through links, which may lead anywhere."),
                _("Name the folder itself: sync.folder = {path}").format(path=f'"{os.path.realpath(self.path)}"'),
            )
        if not stat.S_ISDIR(info.st_mode):
            raise Refused(
                _("{path} is not a folder.").format(path=self.path),
                _("Nothing is shared with your other desks."),
                _("Name another folder: unhunch config edit"),
            )
        if sys.platform == "win32":
            return
        if info.st_uid != os.geteuid() or info.st_mode & 0o022:
            raise Refused(
                _("Others can write to {path}.").format(path=self.path),
                _("They could write into your history, so nothing is read or written there."),
                _("Keep it to yourself: chmod 700 {path}").format(path=self.path),
            )

    def files(self) -> list[Found]:
        """All files of whichever machine, conflict copies too, by name. OSError if it cannot be listed."""
        found: list[Found] = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                match = _NAME.match(entry.name)
                if not match or entry.name.endswith(UNFINISHED):
                    continue
                try:
                    info = entry.stat(follow_symlinks=False)
                except OSError:
                    continue  # gone again
                own = sys.platform == "win32" or info.st_uid == os.geteuid()
                if stat.S_ISREG(info.st_mode) and own and info.st_size <= MOST:
                    stamp = (info.st_size, info.st_mtime_ns, info.st_ino)
                    found.append(Found(entry.name, match["machine"], stamp))
        return sorted(found)

    def read(self, name: str, start: int = 0) -> bytes | None:
        """From the byte `start` on; None if it is gone, or a link by now. OSError if it cannot be read."""
        try:
            handle = os.open(self.path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP):
                return None
            raise
        with os.fdopen(handle, "rb") as file:
            file.seek(start)
            return file.read()

    def append(self, name: str, data: bytes) -> None:
        """Whole lines at the end of an own file, in one write. OSError, and nothing half, when the disk is full."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(self.path / name, flags, 0o600)
        try:
            size = os.lseek(handle, 0, os.SEEK_END)
            if size and os.lseek(handle, size - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) != b"\n":
                data = b"\n" + data  # after what a kill, or a synchronizer, has cut
            written = os.write(handle, data)
            if written < len(data):
                os.ftruncate(handle, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path / name))
        finally:
            os.close(handle)

    def rewrite(self, name: str, data: bytes) -> None:
        """An own file anew: what is forgotten leaves it. OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(self.path / name, flags, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)

    def delete(self, name: str) -> None:
        """An own file in which nothing is left."""
        (self.path / name).unlink(missing_ok=True)
