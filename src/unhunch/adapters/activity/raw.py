"""The X server's own bell: it tells of the first touch after each arming, and nobody else has to be installed.

XInput 2 has events of what devices do, before any window gets them. They are asked for until the first one has come,
and no longer, so that a 1000 Hz mouse costs nothing; what they carry is dropped unread (`x11_wire.py`). They come over
the connection on which the idle counter is asked: what was done before an answer has been told before it. A program
that resets the counter makes none.
https://www.x.org/releases/X11R7.7/doc/inputproto/XI2proto.txt, "RawEvent"
"""

import asyncio
import struct
from collections.abc import Callable

from unhunch.adapters.protocols.x11_wire import Refused, XServer

EXTENSION = "XInputExtension"
SELECT_EVENTS, QUERY_VERSION = 46, 47
VERSION = (2, 2)
"""Since 2.1 raw events come while another program has grabbed the devices, since 2.2 of touch screens, too."""
ALL_MASTERS = 1
KEY, BUTTON, MOTION, TOUCH = 13, 15, 17, 22
TOUCHES = 1 << KEY | 1 << BUTTON | 1 << MOTION | 1 << TOUCH


class Raw:
    """Rings at the first touch after each arming. `touched` is called on the event loop."""

    def __init__(self, server: XServer, opcode: int, touched: Callable[[], None]) -> None:
        """Made by `of`."""
        self._server = server
        self._opcode = opcode
        self._touched = touched
        server.happened = self._happened
        self.armed = False
        self.sure_since: float | None = None
        """Loop time since which it listens for certain, and has not rung."""
        self.touched_at: float | None = None
        """Loop time of the last touch that it told; None while it has not told any."""

    @classmethod
    async def of(cls, server: XServer, touched: Callable[[], None]) -> "Raw | None":
        """The bell of this server; None where it is too old to have one. Raises Lost."""
        opcode = await server.extension(EXTENSION)
        if not opcode:
            return None
        try:
            told = await server.ask(opcode, QUERY_VERSION, struct.pack("=HH", *VERSION))
        except Refused:
            return None
        return cls(server, opcode, touched) if struct.unpack_from("=HH", told, 8) >= VERSION else None

    def arm(self) -> None:
        """Listen, unless it does already."""
        if not self.armed:
            self.armed = True
            self._select(TOUCHES)

    def confirm(self) -> None:
        """The server has answered something that was asked after the arming: from now on silence proves something."""
        if self.armed and self.sure_since is None:
            self.sure_since = asyncio.get_running_loop().time()

    def _happened(self) -> None:
        if not self.armed:
            return  # more of the same touch, on its way while we said that it is enough
        self.armed, self.sure_since = False, None
        self.touched_at = asyncio.get_running_loop().time()
        self._select(0)
        self._touched()

    def _select(self, mask: int) -> None:
        body = struct.pack("=IHxxHHI", self._server.root, 1, ALL_MASTERS, 1, mask)
        self._server.send(self._opcode, SELECT_EVENTS, body)
