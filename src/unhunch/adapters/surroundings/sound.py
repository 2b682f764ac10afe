"""The sound server: whether a program listens to the microphone, and whether one shares the screen.

Both are asked over one connection, by PulseAudio's own protocol (`pulse.py`): events, no polling, no child, no library.
Measured in the daemon: 80 KiB; libpulse through pulsectl 6.2 MiB; a `pactl subscribe` child 1.8 MiB of its own, and two
more processes at each event.

A program that shares the screen through the desktop's portal has a connection of its own to PipeWire, which PipeWire
marks and closes when the share ends, and PipeWire's pulse server lists all clients. Seen with GNOME 48 and 51, and sway
1.12; PipeWire 0.3.65, 1.4.2, 1.6.9. What does not go through the portal (wf-recorder, all of X11) is not seen.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable, Mapping

from unhunch.adapters.desktop_env import on_wayland
from unhunch.adapters.protocols.pulse import PulseServer, cookie, server_socket
from unhunch.adapters.surroundings.calls import Listeners
from unhunch.ports import Lost, Unusable
from unhunch.words.translate import N_, _

Changed = Callable[[str, bool | None], None]

ACCESS = "pipewire.access"
"""Every client of PipeWire has it; PulseAudio knows no such word."""
OF_PORTAL = "pipewire.access.portal."


class SoundServer:
    """Knows `in_call` (a program listens to the microphone), and from PipeWire `shared` (a program sees the screen)."""

    name = N_("sound server")
    conditions = ("in_call", "shared")

    def __init__(
        self, ignored: Iterable[str] = (), *, settle: float = 0.0, env: Mapping[str, str] | None = None
    ) -> None:
        """`ignored`: patterns of applications that are not calls. `settle`: seconds for which a call has to begin or
        end to be told, so that neither a blink of the microphone nor its change in the middle of a call is."""
        self._ignored = tuple(ignored)
        self._settle = settle
        self._env = os.environ if env is None else env
        self._server: PulseServer | None = None
        self._changed: Changed | None = None
        self._listeners = Listeners()
        self._said: dict[str, bool | None] = {}
        self._stale: set[bool] = set()
        self._asking: asyncio.Task[None] | None = None
        self._settling: asyncio.TimerHandle | None = None

    async def open(self, changed: Changed) -> str:
        """Connect to the user's sound server. Raises Unusable."""
        await self.close()
        path = server_socket(self._env)
        server = await PulseServer.connect(path, cookie(self._env))
        self._server, self._listeners = server, Listeners(self._ignored)
        try:
            await server.subscribe(self._ask_again, self._gone)
            self._said = {"in_call": await self._in_call(server), "shared": await self._shared(server)}
        except Lost as error:
            await self.close()
            raise Unusable(_("the sound server went away: {error}").format(error=error)) from error
        except BaseException:
            await self.close()
            raise
        self._changed = changed
        for name, value in self._said.items():
            changed(name, value)
        for clients in tuple(self._stale):
            self._ask_again(clients)  # something happened while we asked
        return _("sound server at {path}").format(path=path)

    @property
    def note(self) -> str:
        """What it cannot see, since nothing else tells."""
        if self._server is None:
            return ""
        path = _("sound server at {path}").format(path=server_socket(self._env))
        if self._said.get("shared") is not None:
            return path
        if on_wayland(self._env):
            return _("{path}; PulseAudio does not tell who shares the screen").format(path=path)
        return _("{path}; on X11 nobody tells who shares the screen").format(path=path)

    async def check(self) -> None:
        """Raise Lost when the sound server has died."""
        if self._server is None or not self._server.alive:
            raise Lost(_("the sound server is gone"))

    async def close(self) -> None:
        """Let everything go; never raises."""
        server, self._server, self._changed = self._server, None, None
        asking, self._asking = self._asking, None
        self._stale.clear()
        self._unsettle()
        if asking is not None:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
        if server is not None:
            await server.close()

    def _ask_again(self, clients: bool) -> None:
        self._stale.add(clients)
        if self._asking is None and self._server is not None and self._changed is not None:
            self._asking = asyncio.get_running_loop().create_task(self._ask(self._server))

    async def _ask(self, server: PulseServer) -> None:
        """Ask until nothing has changed since the question: a burst of events is one or two questions."""
        try:
            while self._stale:
                if self._stale.pop():
                    self._say("shared", await self._shared(server))
                else:
                    self._heard(await self._in_call(server))
        except Lost:
            self._gone()
        finally:
            self._asking = None

    async def _in_call(self, server: PulseServer) -> bool:
        recordings = await server.recordings()
        suspects = self._listeners.suspects(recordings)
        if not suspects:
            return False
        return self._listeners.call(suspects, recordings, await server.playing(), await server.sources())

    async def _shared(self, server: PulseServer) -> bool | None:
        """Whether a program sees the screen. None: it cannot be known, where not all that do so ask PipeWire."""
        clients = await server.clients()
        if any(_casts(client) for client in clients):
            return True
        return False if on_wayland(self._env) and any(ACCESS in client for client in clients) else None

    def _heard(self, call: bool) -> None:
        """A call begins or ends when that has been so for a while."""
        if call is self._said.get("in_call"):
            self._unsettle()
        elif self._settle == 0:
            self._say("in_call", call)
        elif self._settling is None:
            loop = asyncio.get_running_loop()
            self._settling = loop.call_later(self._settle, self._settled, call)

    def _settled(self, call: bool) -> None:
        self._settling = None
        self._say("in_call", call)

    def _unsettle(self) -> None:
        settling, self._settling = self._settling, None
        if settling is not None:
            settling.cancel()

    def _say(self, name: str, value: bool | None) -> None:
        if value != self._said.get(name) and self._changed is not None:
            self._said[name] = value
            self._changed(name, value)

    def _gone(self) -> None:
        # Told even when nothing was known: it is how the owner learns that it should look.
        self._unsettle()
        for name in self.conditions:
            self._said[name] = None
            if self._changed is not None:
                self._changed(name, None)


def _casts(client: Mapping[str, str]) -> bool:
    """A program that the portal lets see the screen: neither the portal's own eye on cameras, nor who uses one."""
    if client.get(ACCESS) != "portal" or client.get(f"{OF_PORTAL}is_portal") == "true":
        return False
    return "Camera" not in client.get(f"{OF_PORTAL}media_roles", "")
