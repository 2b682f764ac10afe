"""Synthetic input on real compositors."""

import asyncio
from collections.abc import Mapping
from typing import Self

from dbus_fast import Message, MessageFlag

from tests.desktop.bed import LIMIT
from unhunch.adapters.protocols.dbus import Bus, BusError
from unhunch.adapters.protocols.wayland import Wire, string, words

REMOTE = "org.gnome.Mutter.RemoteDesktop"


class MutterHands:
    """Types and points through Mutter's RemoteDesktop. The session lives as long as its connection."""

    def __init__(self, bus: Bus, session: str) -> None:
        self._bus = bus
        self._session = session
        self._step = 3.0

    @classmethod
    async def connect(cls, env: Mapping[str, str]) -> Self:
        """Waits until Mutter is on the bus."""
        bus = await Bus.connect(env["DBUS_SESSION_BUS_ADDRESS"])
        async with asyncio.timeout(LIMIT):
            for name in (REMOTE, "org.gnome.Mutter.IdleMonitor"):
                while await bus.owner(name) is None:
                    await asyncio.sleep(0.02)
        (session,) = await bus.call(REMOTE, "/org/gnome/Mutter/RemoteDesktop", REMOTE, "CreateSession")
        hands = cls(bus, session)
        await hands._do("Start", "")
        await hands.motion()  # the first one blocks for a while
        return hands

    async def motion(self, across: float = 0.0, down: float = 0.0) -> None:
        """Move the pointer by so many pixels; a little to and fro where none are named."""
        if not across and not down:
            self._step = -self._step
            across, down = self._step, 1.0
        await self._do("NotifyPointerMotionRelative", "dd", across, down)

    def nudge(self) -> None:
        """Move the pointer without waiting for the answer."""
        self._bus.raw.send(
            Message(
                destination=REMOTE,
                path=self._session,
                interface=f"{REMOTE}.Session",
                member="NotifyPointerMotionRelative",
                signature="dd",
                body=[1.0, 0.0],
                flags=MessageFlag.NO_REPLY_EXPECTED,
            )
        )

    async def key(self, code: int = 30) -> None:
        """Press and release a key by its Linux code (30 is A)."""
        for down in (True, False):
            await self._do("NotifyKeyboardKeycode", "ub", code, down)

    async def button(self, code: int = 0x110) -> None:
        """Press and release a button by its Linux code (0x110 is the left one)."""
        for down in (True, False):
            await self._do("NotifyPointerButton", "ib", code, down)
            await asyncio.sleep(0.06)  # the next frame: what is pressed and let go in one is no click

    async def close(self) -> None:
        await self._bus.close()

    async def _do(self, member: str, signature: str, *body: object) -> None:
        try:
            await self._bus.call(REMOTE, self._session, f"{REMOTE}.Session", member, signature, *body, seconds=20)
        except BusError as error:
            raise AssertionError(f"Mutter refused {member}: {error}") from error


class KwinHands:
    """Types and points through org_kde_kwin_fake_input, which our virtual KWin allows without asking."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._input, _ = wire.bind("org_kde_kwin_fake_input", 4)
        self._wire.send(self._input, 0, string("test") + string("test"))  # authenticate
        self._step = 3 * 256

    @classmethod
    async def connect(cls, env: Mapping[str, str]) -> Self:
        hands = cls(await Wire.connect(f"{env['XDG_RUNTIME_DIR']}/{env['WAYLAND_DISPLAY']}"))
        await hands._wire.sync()
        return hands

    async def motion(self) -> None:
        self.nudge()
        await self._wire.sync()

    def nudge(self) -> None:
        """Move the pointer without waiting for the compositor."""
        self._step = -self._step
        self._wire.send(self._input, 1, words(self._step, 256))

    async def move(self, x: int, y: int) -> None:
        """The pointer goes to that place."""
        self._wire.send(self._input, 9, words(x * 256, y * 256))
        await self._wire.sync()

    async def button(self, code: int = 0x110) -> None:
        """Press and release a button by its Linux code (0x110 is the left one)."""
        for down in (1, 0):
            self._wire.send(self._input, 2, words(code, down))
        await self._wire.sync()

    async def key(self, code: int = 30) -> None:
        """Press and release a key by its Linux code (30 is A)."""
        for down in (1, 0):
            self._wire.send(self._input, 10, words(code, down))
        await self._wire.sync()

    async def close(self) -> None:
        await self._wire.close()
