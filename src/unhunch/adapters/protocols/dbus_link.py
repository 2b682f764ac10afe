"""A session-bus connection that is built again whenever it dies: notices and tray outlive a restarted bus.

`Bus` says that it is gone and leaves it at that; this is the owner that notices and connects anew.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from dbus_fast.errors import DBusFastError

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.core.translate import _
from unhunch.ports import Lost, Unusable

FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 10.0


class Link:
    """Holds one `Bus`. `up(bus)` sets each new connection up, `down()` hears that one has died."""

    def __init__(self, up: Callable[[Bus], Awaitable[None]], down: Callable[[], None], address: str | None) -> None:
        self._up = up
        self._down = down
        self._address = address
        self._keeper: asyncio.Task[None] | None = None
        self.bus: Bus | None = None
        """The connection, None while there is none."""
        self.trouble = ""
        """Why there is none."""

    async def open(self) -> None:
        """Connect for the first time. Raises Unusable."""
        await self._connect()
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def close(self) -> None:
        """Disconnect for good; never raises, safe to call twice."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
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

    async def _keep(self) -> None:
        while self.bus is not None:
            gone = self.bus.raw.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it bare
            with contextlib.suppress(OSError, EOFError, DBusFastError):
                # Shielded: to cancel it would cancel the future that the connection itself waits for.
                await asyncio.shield(gone)
            lost, self.bus = self.bus, None
            self.trouble = _("the session bus has gone")
            self._down()
            await lost.close()
            delay = FIRST_RETRY_SECONDS
            while self.bus is None:
                await asyncio.sleep(delay)
                delay = min(delay * 2, LAST_RETRY_SECONDS)
                try:
                    await self._connect()
                except Unusable as error:
                    self.trouble = error.reason
