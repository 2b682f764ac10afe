"""A Wayland compositor of wl_seat and ext_idle_notifier_v1, version 1 or 2, with real timers and a hand for the test.

`touch()` is an input and `inhibit(on=True)` a film; it refuses what libwayland would refuse. Seats come and go. With
`kde` it offers org_kde_kwin_idle alone, as sway 1.7 does.
"""

import asyncio
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from unhunch.adapters.protocols.wayland import read_string, string, word, words

IDLED, RESUMED = 0, 1
FIRST_SEAT = 2


@dataclass
class Notification:
    """One timer of one client."""

    client: "_Client"
    object: int
    seconds: float
    plain: bool
    """Held back by inhibitors."""
    seat: int = FIRST_SEAT
    """Its name among the globals."""
    idle: bool = False
    handle: asyncio.TimerHandle | None = None


class FakeCompositor:
    """Listens on `path`. `version` of the idle notifier; 0 leaves it out."""

    def __init__(self, path: Path, version: int = 2, *, kde: bool = False) -> None:
        self.path = path
        self.offered = {1: ("wl_compositor", 4), FIRST_SEAT: ("wl_seat", 7)}
        if version:
            self.offered[3] = ("org_kde_kwin_idle", 1) if kde else ("ext_idle_notifier_v1", version)
        self.notifications: list[Notification] = []
        self.errors: list[str] = []
        self.inhibited = False
        self.hung = False
        self._clients: set[_Client] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> Self:
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def close(self) -> None:
        """Go away as a compositor that crashed does."""
        for client in self._clients.copy():
            client.writer.close()
        if self._server is not None:
            self._server.close()
            self._server = None
        while self._clients:
            await asyncio.sleep(0)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def touch(self, seat: int = FIRST_SEAT) -> None:
        """An input: what was idle resumes, and every timer of that seat starts again."""
        for each in self.notifications:
            if each.seat == seat:
                self._restart(each, resume=True)

    def plug(self, seat: int) -> None:
        """Another seat comes."""
        self.offered[seat] = ("wl_seat", 7)
        for client in self._clients:
            client.announce(seat, *self.offered[seat])

    def unplug(self, seat: int) -> None:
        """A seat goes; its timers are still there, and tell nothing any more."""
        del self.offered[seat]
        for client in self._clients:
            client.withdraw(seat)

    def inhibit(self, *, on: bool) -> None:
        """An idle inhibitor begins or ends: plain timers start again, as wlroots does it; the others do not notice."""
        self.inhibited = on
        for each in self.notifications:
            if each.plain:
                self._restart(each, resume=True)

    def throw_out(self, text: str = "thrown out") -> None:
        """End every connection with a protocol error."""
        for client in self._clients.copy():
            client.fail(1, 1, text)

    def timers(self) -> list[tuple[str, float]]:
        """What clients have asked for."""
        return sorted(("plain" if each.plain else "input", each.seconds) for each in self.notifications)

    def add(self, each: Notification) -> None:
        self.notifications.append(each)
        self._restart(each, resume=False)

    def remove(self, client: "_Client", target: int | None = None) -> None:
        for each in self.notifications.copy():
            if each.client is client and target in (None, each.object):
                self.notifications.remove(each)
                if each.handle is not None:
                    each.handle.cancel()

    def _restart(self, each: Notification, *, resume: bool) -> None:
        if each.handle is not None:
            each.handle.cancel()
            each.handle = None
        if resume and each.idle:
            each.idle = False
            each.client.send(each.object, RESUMED)
        if not (each.plain and self.inhibited):
            each.handle = asyncio.get_running_loop().call_later(each.seconds, self._run_out, each)

    def _run_out(self, each: Notification) -> None:
        each.idle = True
        each.client.send(each.object, IDLED)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self, writer)
        self._clients.add(client)
        try:
            while not writer.is_closing():
                head = await reader.readexactly(8)
                body = await reader.readexactly((word(head, 4) >> 16) - 8)
                while self.hung:
                    await asyncio.sleep(0.01)
                client.request(word(head), word(head, 4) & 0xFFFF, body)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.remove(client)
            self._clients.discard(client)
            writer.close()


class _Client:
    """One connection: its objects, and what they may be asked."""

    def __init__(self, compositor: FakeCompositor, writer: asyncio.StreamWriter) -> None:
        self.compositor = compositor
        self.writer = writer
        self.objects: dict[int, tuple[str, int]] = {1: ("wl_display", 1)}
        self.seats: dict[int, int] = {}
        """Which global each bound seat is."""

    def send(self, target: int, opcode: int, body: bytes = b"") -> None:
        if not self.writer.is_closing():
            self.writer.write(words(target, 8 + len(body) << 16 | opcode) + body)

    def fail(self, target: int, code: int, text: str) -> None:
        """A protocol error: the connection ends."""
        self.compositor.errors.append(text)
        self.send(1, 0, words(target, code) + string(text))
        self.writer.close()

    def request(self, target: int, opcode: int, body: bytes) -> None:
        interface, version = self.objects.get(target, ("?", 0))
        match interface, opcode:
            case "wl_display", 0:  # sync
                if self._new(word(body), "wl_callback"):
                    self.send(word(body), 0, words(1))
                    self._gone(word(body))
            case "wl_display", 1:  # get_registry
                if self._new(word(body), "wl_registry"):
                    for name, (offered, highest) in self.compositor.offered.items():
                        self.send(word(body), 0, words(name) + string(offered) + words(highest))
            case "wl_registry", 0:
                self._bind(target, body)
            case "ext_idle_notifier_v1", (1 | 2) if opcode <= version:
                made, milliseconds, seat = (word(body, at) for at in (0, 4, 8))
                self._timer(target, made, seat, milliseconds, plain=opcode == 1)
            case "org_kde_kwin_idle", 0:
                made, seat, milliseconds = (word(body, at) for at in (0, 4, 8))
                self._timer(target, made, seat, milliseconds, plain=True)
            case (("ext_idle_notification_v1" | "ext_idle_notifier_v1"), 0):
                self.compositor.remove(self, target)
                self._gone(target)
            case _:
                self.fail(target, 1, f"invalid method {opcode} on {interface}@{target}")

    def announce(self, name: int, interface: str, version: int) -> None:
        for registry in self._registries():
            self.send(registry, 0, words(name) + string(interface) + words(version))

    def withdraw(self, name: int) -> None:
        for registry in self._registries():
            self.send(registry, 1, words(name))

    def _registries(self) -> list[int]:
        return [made for made, (interface, _version) in self.objects.items() if interface == "wl_registry"]

    def _timer(self, target: int, made: int, seat: int, milliseconds: int, *, plain: bool) -> None:
        if self.objects.get(seat, ("?", 0))[0] != "wl_seat":
            self.fail(target, 0, f"{seat} is not a seat")
        elif self._new(made, "ext_idle_notification_v1"):
            self.compositor.add(Notification(self, made, milliseconds / 1000, plain, self.seats[seat]))

    def _bind(self, registry: int, body: bytes) -> None:
        interface, at = read_string(body, 4)
        version, made = word(body, at), word(body, at + 4)
        offered, highest = self.compositor.offered.get(word(body), ("?", 0))
        if offered != interface or not 0 < version <= highest:
            self.fail(registry, 0, f"invalid bind of {interface} version {version}")
        elif self._new(made, interface, version) and interface == "wl_seat":
            self.seats[made] = word(body)
            self.send(made, 0, words(3))  # capabilities: pointer and keyboard
            if version >= 2:
                self.send(made, 1, string("seat0"))

    def _new(self, made: int, interface: str, version: int = 1) -> bool:
        if made == 0 or made in self.objects:
            self.fail(1, 0, f"invalid new id {made}")
            return False
        self.objects[made] = (interface, version)
        return True

    def _gone(self, target: int) -> None:
        self.objects.pop(target, None)
        self.send(1, 1, words(target))  # delete_id
