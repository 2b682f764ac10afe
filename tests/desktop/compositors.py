"""Synthetic input on real compositors."""

import asyncio
from typing import Self

from tests.desktop.bed import LIMIT, Bed
from unhunch.adapters.dbus import Bus, BusError

REMOTE = "org.gnome.Mutter.RemoteDesktop"


class MutterHands:
    """Types and points through Mutter's RemoteDesktop. The session lives as long as its connection."""

    def __init__(self, bus: Bus, session: str) -> None:
        self._bus = bus
        self._session = session
        self._step = 3.0

    @classmethod
    async def connect(cls, bed: Bed) -> Self:
        """Waits until Mutter is on the bus."""
        bus = await Bus.connect(bed.env["DBUS_SESSION_BUS_ADDRESS"])
        async with asyncio.timeout(LIMIT):
            for name in (REMOTE, "org.gnome.Mutter.IdleMonitor"):
                while await bus.owner(name) is None:
                    await asyncio.sleep(0.02)
        (session,) = await bus.call(REMOTE, "/org/gnome/Mutter/RemoteDesktop", REMOTE, "CreateSession")
        hands = cls(bus, session)
        await hands._do("Start", "")
        await hands.motion()  # the first one blocks for a while
        return hands

    async def motion(self) -> None:
        self._step = -self._step
        await self._do("NotifyPointerMotionRelative", "dd", self._step, 1.0)

    async def key(self, code: int = 30) -> None:
        """Press and release a key by its Linux code (30 is A)."""
        for down in (True, False):
            await self._do("NotifyKeyboardKeycode", "ub", code, down)

    async def button(self) -> None:
        for down in (True, False):
            await self._do("NotifyPointerButton", "ib", 0x110, down)

    async def close(self) -> None:
        await self._bus.close()

    async def _do(self, member: str, signature: str, *body: object) -> None:
        try:
            await self._bus.call(REMOTE, self._session, f"{REMOTE}.Session", member, signature, *body, seconds=20)
        except BusError as error:
            raise AssertionError(f"Mutter refused {member}: {error}") from error
