"""One at a time: whoever holds the lock file may write the history. The daemon does, or a command in its absence.

The kernel drops the lock when its holder dies, so it is never stale; the file itself stays.
"""

import os
import sys
from pathlib import Path

from unhunch.control.protocol import STOP
from unhunch.errors import Exit, UserError
from unhunch.words.translate import _

if sys.platform == "win32":
    import msvcrt

    _FLAGS = os.O_BINARY | os.O_NOINHERIT
    _BEYOND = 1 << 20
    """The byte that is locked. Windows lets nobody read what is locked, and the holder's name is to be read."""

    def _seize(file: int, *, shared: bool = False) -> None:  # noqa: ARG001 - there is one kind of lock
        """Raises BlockingIOError when somebody else has it."""
        os.lseek(file, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error
        finally:
            os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    _FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW

    def _seize(file: int, *, shared: bool = False) -> None:
        """Raises BlockingIOError when somebody else has it."""
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


class Lock:
    """A held lock. Let it go with `release`, or use it in a `with`."""

    def __init__(self, file: int) -> None:
        self._file = file

    def say(self, holder: str) -> None:
        """What those who come later are told from now on."""
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, f"{os.getpid()}\n{holder}\n".encode())

    def release(self) -> None:
        """Let it go; again is harmless."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


DAEMON = "the daemon"
"""What a lock file says of its holder; commands say their own line."""


def lock(path: Path, holder: str = DAEMON) -> Lock:
    """Take the lock at `path`, in whose folder nobody else may write. `holder` says who we are to those who come later.

    Raises UserError with code 5 at once if it is held, naming the holder and its process.
    """
    held = _taken(path, holder)
    if isinstance(held, Lock):
        return held
    pid, who = held
    raise UserError(
        _in_use(pid, who),
        _("Only one program at a time may write it, so nothing was done."),
        _("Use the one that runs (unhunch status), or end it ({command}) and try again.").format(command=STOP),
        Exit.RUNNING,
    )


def try_lock(path: Path, holder: str) -> Lock | None:
    """As `lock`, but None if it is held."""
    held = _taken(path, holder)
    return held if isinstance(held, Lock) else None


def _taken(path: Path, holder: str) -> "Lock | tuple[str, str]":
    """The lock, or the process and the name of who holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
    try:
        _seize(file)
    except BlockingIOError:
        found = os.read(file, 200).decode("utf-8", "replace").split("\n")
        os.close(file)
        pid, who = (*found, "", "")[:2]
        return pid, who
    except BaseException:
        os.close(file)
        raise
    lock = Lock(file)
    lock.say(holder)
    return lock


def _in_use(pid: str, who: str) -> str:
    if not pid.isdecimal():
        return _("The history is in use by another Unhunch.")
    if not who:
        return _("The history is in use by another Unhunch (process {pid}).").format(pid=pid)
    if who == DAEMON:
        return _("The history is in use by the daemon (process {pid}).").format(pid=pid)
    return _("The history is in use by {command} (process {pid}).").format(command=who, pid=pid)


def holder(path: Path) -> int | None:
    """The process that holds the lock at `path`, or None if nobody does (or it does not say)."""
    pid = (_held(path) or [""])[0]
    return int(pid) if pid.isdecimal() else None


def holder_name(path: Path) -> str:
    """What the holder of the lock at `path` calls itself: DAEMON, or a command's line; empty if nobody holds it."""
    lines = _held(path) or []
    return lines[1] if len(lines) > 1 else ""


def _held(path: Path) -> list[str] | None:
    """The lines of a lock file that is held."""
    try:
        file = os.open(path, os.O_RDONLY | _FLAGS)
    except OSError:
        return None
    try:
        _seize(file, shared=True)
    except BlockingIOError:
        return os.read(file, 200).decode("utf-8", "replace").split("\n")
    finally:
        os.close(file)
    return None
