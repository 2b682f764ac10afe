"""A folder that rings when a file in it changes (Linux): a signal, so that nothing is asked while nothing happens.

inotify would need ctypes and its megabyte; the kernel's older way is in `fcntl` and tells all that is asked here: that
something happened. Where it cannot tell (a network mount), whoever asks looks once a minute.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path


class FolderBell:
    """Rings `rest` seconds after the last change in a folder."""

    def __init__(self, ring: Callable[[], None], rest: float) -> None:
        self._ring, self._rest = ring, rest
        self._handle: int | None = None
        self._which: tuple[int, int] | None = None
        self._later: asyncio.TimerHandle | None = None

    def watch(self, path: Path) -> None:
        """From now on this folder, which may be another one under the same name by now. Best effort."""
        if sys.platform != "linux":
            return
        try:
            info = path.stat()
        except OSError:
            self.close()
            return
        if self._which == (info.st_dev, info.st_ino):
            return
        self.close()
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGIO, self._heard)
            self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self._listen(ring=True)
            self._which = (info.st_dev, info.st_ino)

    def _listen(self, *, ring: bool) -> None:
        if sys.platform == "linux" and self._handle is not None:
            import fcntl

            what = fcntl.DN_MODIFY | fcntl.DN_CREATE | fcntl.DN_RENAME | fcntl.DN_MULTISHOT
            fcntl.fcntl(self._handle, fcntl.F_NOTIFY, what if ring else 0)

    @contextlib.contextmanager
    def unrung(self) -> Iterator[None]:
        """What is written into the folder in here rings nobody; nor does what others write in that moment.

        The kernel rings while something is written, so nothing of it comes later; who writes looks afterwards.
        """
        if self._handle is None:
            yield
            return
        self._listen(ring=False)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                self._listen(ring=True)

    def _heard(self) -> None:
        if self._later is not None:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(self._rest, self._ring)

    def close(self) -> None:
        if self._later is not None:
            self._later.cancel()
        if self._handle is not None:
            os.close(self._handle)
        self._handle = self._which = self._later = None
