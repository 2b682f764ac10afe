"""Lockers that tell nobody: neither logind nor any name on the bus knows that they cover the screen.

They are looked for by the names of this user's own processes, at each look. A locker that does tell is known from
logind.py or screensavers.py; one that is not in the list is not seen, so finding none proves nothing.
"""

import os
from collections.abc import Callable
from pathlib import Path

from unhunch.ports import Lost, Unusable
from unhunch.words.translate import N_, _

LOCKERS = frozenset(
    {
        "gtklock",
        "hyprlock",
        "i3lock",
        "i3lock-color",
        "physlock",
        "slock",
        "swaylock",
        "vlock",
        "waylock",
        "xsecurelock",
    }
)
"""Names as the kernel keeps them (15 characters)."""
PROC = Path("/proc")


class Lockers:
    """Knows `locked`: True while one runs, None otherwise."""

    name = N_("lockers")
    conditions = ("locked",)

    def __init__(self, proc: Path = PROC, names: frozenset[str] = LOCKERS) -> None:
        self._proc = proc
        self._names = names
        self._known: set[str] = set()
        """Processes that were looked at twice: a program may take the place of another just after it began."""
        self._new: set[str] = set()
        self._locker = ""
        self._opened = False
        self._uid = -1
        self._changed: Callable[[str, bool | None], None] = lambda _name, _value: None

    @property
    def note(self) -> str:
        if self._locker:
            return _("{locker} covers the screen").format(locker=self._locker)
        return _(
            "swaylock, i3lock and others that tell nobody are looked for by name; one of another name is known when "
            "xss-lock starts it, or at the suspend that swayidle's before-sleep locks for"
        )

    async def open(self, changed: Callable[[str, bool | None], None]) -> str:
        """Look once. Raises Unusable where processes cannot be listed."""
        try:
            self._uid = self._proc.joinpath("self").stat().st_uid
        except OSError:
            raise Unusable(_("processes cannot be listed here")) from None
        self._changed = changed
        self._look()
        self._opened = True
        changed("locked", True if self._locker else None)
        return self.note

    async def check(self) -> None:
        """Look again; it reads only what is new. Raises Lost when it was closed."""
        if not self._opened:
            raise Lost(_("not connected"))
        before = self._locker
        self._look()
        if bool(before) != bool(self._locker):
            self._changed("locked", True if self._locker else None)

    async def close(self) -> None:
        self._known, self._new, self._locker, self._opened = set(), set(), "", False

    def _look(self) -> None:
        there = {name for name in os.listdir(self._proc) if name.isdecimal()}  # noqa: PTH208 - hundreds: pathlib is slow
        fresh = there - self._known
        found = next(filter(None, map(self._named, sorted(fresh))), "")
        # What was new at the last look, too, has been read twice. A locker is read each time, until it is gone.
        self._known = (self._known & there) | {name for name in fresh & self._new if not found}
        self._new = fresh
        self._locker = found

    def _named(self, number: str) -> str:
        """The locker's name, empty for another program or another user's."""
        try:
            with open(f"{self._proc}/{number}/comm", "rb") as comm:  # noqa: PTH123 - see above
                name = comm.read().strip().decode(errors="replace")
            return name if name in self._names and (self._proc / number).stat().st_uid == self._uid else ""
        except OSError:  # it has ended
            return ""
