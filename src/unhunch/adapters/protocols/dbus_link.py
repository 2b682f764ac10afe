"""A session-bus connection that is built again whenever it dies: notices and tray outlive a restarted bus.

`Bus` says that it is gone and leaves it at that; this is the owner that notices and connects anew.
"""

import asyncio
from collections.abc import Awaitable, Callable

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.adapters.supervision import Supervisor
from unhunch.ports import Lost, Unusable
from unhunch.words.translate import _


class Link:
    """Holds one `Bus`. `up(bus)` sets each new connection up, `down()` hears that one has died."""

    def __init__(self, up: Callable[[Bus], Awaitable[None]], down: Callable[[], None], address: str | None) -> None:
        self._up = up
        self._down = down
        self._address = address
        self._supervisor = Supervisor(self._again)
        self._closing: asyncio.Task[None] | None = None
        self.bus: Bus | None = None
        """The connection, None while there is none."""
        self.trouble = ""
        """Why there is none."""

    async def open(self) -> None:
        """Connect for the first time. Raises Unusable."""
        await self._connect()

    async def close(self) -> None:
        """Disconnect for good; never raises, safe to call twice."""
        await self._supervisor.close()
        if self._closing is not None:
            await self._closing
        if self.bus is not None:
            bus, self.bus = self.bus, None
            await bus.close()

    async def _connect(self) -> None:
        # The address is read anew each time: a restarted bus may live elsewhere.
        bus = await Bus.connect(self._address or session_address())
        try:
            await self._up(bus)
        except BaseException as error:
            await bus.close()
            if isinstance(error, BusError | Lost):
                raise Unusable(_("the session bus refuses: {error}").format(error=error)) from error
            raise
        self.bus = bus
        self.trouble = ""
        bus.on_lost(self._died)

    def _died(self) -> None:
        lost, self.bus = self.bus, None
        self.trouble = _("the session bus has gone")
        self._down()
        if lost is not None:
            self._closing = asyncio.get_running_loop().create_task(lost.close())
        self._supervisor.lost()

    async def _again(self) -> bool:
        try:
            await self._connect()
        except Unusable as error:
            self.trouble = error.reason
            return False
        return True
