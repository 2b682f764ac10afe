"""Terminals: when the user's ttys were last read from, which is when something was typed there.

The last resort, for a console or a login over ssh: it sees typing in terminals and nothing else. Beside a graphical
session that is a part of the desk, and its silence says nothing about the whole. Linux moves a tty's access time in
steps of 8 s (drivers/tty/tty_io.c, tty_update_time), so that much is uncertain.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.protocols import x11
from unhunch.ports import Clock, Quiet, Unusable
from unhunch.words.translate import _, ngettext

STEP = 8.0
"""Seconds by which the access time may lag behind the last key."""

_TTY = re.compile(r"tty\d+")


def beside_windows(env: Mapping[str, str]) -> bool:
    """Whether there is a graphical session on this machine, in which most is typed and clicked elsewhere."""
    display = env.get("DISPLAY", "")
    return bool(env.get("WAYLAND_DISPLAY")) or x11.LOCAL.fullmatch(display) is not None


class Source:
    """Access times of the ttys and pseudo-terminals that belong to one user."""

    name = "terminal"

    def __init__(
        self,
        devices: Path = Path("/dev"),
        uid: int | None = None,
        clock: Clock | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`devices`: the folder with tty1, ... and pts/; `uid`: whose (our own by default); `env`: where we are."""
        self.partial = beside_windows(os.environ if env is None else env)
        """Most of what is done at this desk is not seen."""
        self._devices = devices
        self._uid = uid
        self._clock = clock or SystemClock()
        self._read_at: float | None = None
        """The newest access time seen (Unix seconds)."""
        self._awake_then = 0.0
        """The same on the running clock, which nobody can set."""

    async def open(self) -> str:
        """Raises Unusable when the user has no terminal open."""
        if (count := len(list(self._access_times()))) == 0:
            raise Unusable(_("you have no terminal open"), _("Open one; only typing in terminals is seen this way."))
        return ngettext(
            "{count} terminal; sees typing there and nothing else",
            "{count} terminals; sees typing there and nothing else",
            count,
        ).format(count=count)

    async def quiet(self) -> Quiet | None:
        """An interval 8 s wide, or from 0 on beside a graphical session; None while no terminal was seen."""
        newest = max(self._access_times(), default=None)
        now = self._clock.now()
        if newest is not None and newest != self._read_at:
            self._read_at = newest
            self._awake_then = max(self._awake_then, now.awake - max(0.0, now.wall - newest))
        if self._read_at is None:
            return None
        seconds = max(0.0, now.awake - self._awake_then)
        return Quiet(0.0 if self.partial else max(0.0, seconds - STEP), seconds)

    def ring(self, callback: Callable[[], None]) -> bool:  # noqa: ARG002 - the port's signature
        """It can only be looked at."""
        return False

    def watch_pauses(self, *, wanted: bool) -> None:
        """Nothing makes it more precise."""

    async def close(self) -> None:
        """Holds nothing."""

    def _access_times(self) -> Iterator[float]:
        if sys.platform == "win32":
            return
        uid = os.getuid() if self._uid is None else self._uid
        pts = self._devices / "pts"
        try:
            paths = [path for path in self._devices.iterdir() if _TTY.fullmatch(path.name)]
            paths += [path for path in pts.iterdir() if path.name.isdigit()] if pts.is_dir() else []
        except OSError:
            return
        for path in paths:
            try:
                found = path.stat()
            except OSError:  # closed this moment
                continue
            if found.st_uid == uid:
                yield found.st_atime
