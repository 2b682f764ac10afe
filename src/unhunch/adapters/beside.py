"""Several sessions of one user at once: the desk's, and others on X servers beside it (xrdp, VNC).

The user manager knows only the newest DISPLAY, whichever desktop it belongs to, and may go on naming the desk's
WAYLAND_DISPLAY. All of them are watched, and the one that is touched last is where the user is.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from unhunch.adapters.protocols.x11 import LOCAL, socket_path
from unhunch.adapters.supervision import ANSWERS
from unhunch.ports import ActivitySource, Lost, Quiet
from unhunch.tuples import NamedTuple

XRDP_FIRST = 10
"""The first display number that xrdp gives (X11DisplayOffset); a compositor takes the first free one from 0 on."""
CONNECT_SECONDS = 0.2


class _Place(NamedTuple):
    source: ActivitySource
    env: dict[str, str]


class Places:
    """The desk's source, and one for each X server beside it."""

    def __init__(self, desk: ActivitySource, env: Mapping[str, str]) -> None:
        self.name = desk.name
        self._all = [_Place(desk, dict(env))]
        self._last = self._all[0]

    @property
    def desk(self) -> dict[str, str]:
        """Where the desk is."""
        return self._all[0].env

    @property
    def here(self) -> dict[str, str]:
        """Where somebody was last, as far as is known."""
        return self._last.env

    @property
    def elsewhere(self) -> bool:
        """Somebody was last at a session beside the desk: what is locked there says nothing about it."""
        return self._last is not self._all[0]

    @property
    def beside(self) -> list[dict[str, str]]:
        return [place.env for place in self._all[1:]]

    @property
    def inhibited(self) -> bool | None:
        return getattr(self._last.source, "inhibited", None)

    @property
    def partial(self) -> bool:
        """The source sees a part of what is done at the desk."""
        return bool(getattr(self._all[0].source, "partial", False))

    def join(self, source: ActivitySource, env: Mapping[str, str]) -> None:
        """Watch one more."""
        self._all.append(_Place(source, dict(env)))

    async def quiet(self) -> Quiet | None:
        """The time without input at all of them. Raises Lost when the desk's source has died; others are let go."""
        desk = await self._all[0].source.quiet()
        if len(self._all) == 1:
            return desk
        told = [(self._all[0], desk)]
        for place in self._all[1:]:
            try:
                async with asyncio.timeout(ANSWERS / 4):
                    told.append((place, await place.source.quiet()))
            except (Lost, OSError, EOFError, TimeoutError):
                await self._leave(place)
        known = [(place, quiet) for place, quiet in told if quiet is not None]
        if not known:
            return None
        self._last, last = min(known, key=lambda each: each[1].at_most)
        least = 0.0 if desk is None else min(quiet.at_least for _place, quiet in known)
        return Quiet(least, last.at_most)

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call at the next input at any of them. False where one cannot."""
        rings = [place.source.ring(callback) for place in self._all]  # each is asked
        return all(rings)

    def watch_pauses(self, *, wanted: bool) -> None:
        for place in self._all:
            place.source.watch_pauses(wanted=wanted)

    async def close(self) -> None:
        for place in self._all:
            await place.source.close()

    async def _leave(self, place: _Place) -> None:
        self._all.remove(place)
        if self._last is place:
            self._last = self._all[0]
        await place.source.close()


def is_desks_own(env: Mapping[str, str], before: Mapping[str, str] | None) -> bool:
    """Whether the X server of this environment is there for X programs in its Wayland session (Xwayland).

    `before`: where the desk was found to be, if it was. A server that may be the desk's is not called: a compositor
    starts it at the first call.
    """
    if not env.get("WAYLAND_DISPLAY"):
        return env.get("XDG_SESSION_TYPE") == "wayland"
    local = LOCAL.fullmatch(env["DISPLAY"])
    if local is None:
        return True
    if int(local[1]) < XRDP_FIRST and (before is None or env["DISPLAY"] == before.get("DISPLAY")):
        return True
    server = _listener(socket_path(local[1]))
    return server is None or server == _listener(wayland_socket(env)) or _is_xwayland(server)


def wayland_socket(env: Mapping[str, str]) -> str:
    """Where the compositor of this environment listens."""
    return str(Path(env.get("XDG_RUNTIME_DIR", "/")) / env["WAYLAND_DISPLAY"])


def is_there(env: Mapping[str, str]) -> bool:
    """Whether the Wayland compositor of this environment answers; false where none is named."""
    return bool(env.get("WAYLAND_DISPLAY")) and _listener(wayland_socket(env)) is not None


def _listener(path: str) -> int | None:
    """The process that listens at a Unix socket; None where nobody does."""
    if sys.platform != "linux":
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as calling:
        calling.settimeout(CONNECT_SECONDS)
        try:
            calling.connect(path)
            told = calling.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        except OSError:
            return None
    return int.from_bytes(told[:4], sys.byteorder, signed=True)


def _is_xwayland(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text().lower().startswith("xwayland")
    return False
