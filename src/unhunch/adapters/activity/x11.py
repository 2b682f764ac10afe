"""X11: the server's own counter says exactly how long it has been quiet; a bell says whether a person ended it.

The counter (MIT-SCREEN-SAVER) costs one round trip a look, but programs reset it too: video players, `xset s reset`,
and whoever suspended the screen saver for a film, when that ends. The server's bell (raw.py) hears input devices only:
a counter that falls to 0 while it is silent was reset by a program, and the quiet goes on. From then on pynput, where
it is installed, is the second witness (bell.py). On servers too old for raw events it is the only one, and without it
the counter is believed.

What the counter says when we come is no sighting: a program may have reset it before.
"""

import asyncio
import os
import struct
from collections.abc import Callable, Mapping

from unhunch.adapters.activity.bell import Bell
from unhunch.adapters.activity.raw import Raw
from unhunch.adapters.protocols import x11
from unhunch.adapters.protocols.x11_wire import Refused, XServer
from unhunch.ports import Lost, Quiet, Unusable
from unhunch.words.translate import _

ARM_AFTER = 30.0
"""Seconds of quiet after which pynput listens, where the server has no bell: an arming takes it some 20 ms."""
ARM_ANYWAY = 300.0
"""Seconds after which it does in any case: a program that resets the counter each few seconds would otherwise keep the
desk looking busy for ever."""
SETTLE = 2.0
"""Seconds a fresh listener of pynput's is given before its silence proves anything; an arming takes some 20 ms."""
GRACE = 0.5
"""Seconds by which its thread may be later than the counter."""
JITTER = 0.05
"""Seconds between the server's answer and our clock that are no new input."""

SAVER = "MIT-SCREEN-SAVER"
QUERY_INFO, DISABLED = 1, 3
"""The question for the counter, and the state of a screen saver that never comes."""


class Source:
    """The counter of one X server, with its bell as witness."""

    name = "x11"

    def __init__(
        self,
        display: str | None = None,
        env: Mapping[str, str] | None = None,
        *,
        raw: bool = True,
        bell: bool = True,
    ) -> None:
        """`display` like ":0", else from `env` (this process's environment by default).

        `raw`: use the server's own bell; `bell`: use pynput.
        """
        self._name = display
        self._env = os.environ if env is None else env
        self._with_raw = raw
        self._with_bell = bell
        self._server: XServer | None = None
        self._saver = 0
        self._raw: Raw | None = None
        self._bell: Bell | None = None
        self._ring: Callable[[], None] | None = None
        self._zero = 0.0
        """Loop time at which the counter was last 0."""
        self._maybe = 0.0
        """The same, where nobody can say who did that."""
        self._touched = 0.0
        """Loop time of the last input by a person, as far as is known; 0 is the start of the machine."""
        self._looked = 0.0
        self._armed_at = 0.0
        self._saves = False
        """The screen saver was seen on."""
        self.inhibited: bool | None = None
        """The screen saver was switched off while we looked, as players do by xdg-screensaver. None: who suspends it
        by XScreenSaverSuspend is not told."""

    async def open(self) -> str:
        """Connect. Raises Unusable: Wayland session, no server, no MIT-SCREEN-SAVER."""
        name = await x11.find(self._name, self._env)
        server = self._server = await XServer.connect(name, self._env)
        try:
            self._saver = await server.extension(SAVER)
            if not self._saver:
                raise Unusable(_("the X server {display} has no MIT-SCREEN-SAVER extension").format(display=name))
            self._raw = await Raw.of(server, self._rung) if self._with_raw else None
            without = "" if self._raw else self._listen(name)
            self._touched, self._armed_at = 0.0, self._now()
            self._zero = self._maybe = (await self._fell())[1]
            if self._raw is not None:
                self._raw.confirm()
        except Lost as lost:
            await self.close()
            raise Unusable(str(lost)) from lost
        except BaseException:
            await self.close()
            raise
        if self._raw is not None:
            return _("idle counter of {display}, the server's bell as witness").format(display=name)
        if self._bell is not None:
            return _("idle counter of {display}, pynput as bell and witness").format(display=name)
        return _("idle counter of {display}; without a bell: {why}").format(display=name, why=without)

    async def quiet(self) -> Quiet | None:
        """Seconds since a person's last input: exact, unless nobody can say who reset the counter. Raises Lost."""
        earliest, latest = await self._fell()
        if earliest > self._zero + JITTER:
            person = await self._was_person(earliest)
            if person:
                self._touched = max(latest, self._touched)
            elif person is None:
                self._maybe = latest
        self._zero = latest
        for bell in (self._raw, self._bell):
            if bell is not None and bell.touched_at is not None:
                self._touched = max(self._touched, bell.touched_at)
        now = self._looked = self._now()
        if self._raw is not None:
            self._raw.confirm()
        elif now - self._touched >= ARM_AFTER or now - self._armed_at >= ARM_ANYWAY:
            self._arm()
        at_most = max(0.0, now - self._touched)
        return Quiet(min(at_most, max(0.0, now - self._maybe)), at_most)

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call once at the next input. False without a bell."""
        self._ring = callback
        raw = self._raw
        if raw is not None:
            if raw.touched_at is not None and raw.touched_at > self._looked:
                asyncio.get_running_loop().call_soon(self._rung)  # while nobody had asked for it
            raw.arm()
            return True
        self._arm()
        return self._bell is not None and not self._bell.broken

    def watch_pauses(self, *, wanted: bool) -> None:
        """The counter sees every gap exactly anyway."""

    async def close(self) -> None:
        """Let the connection and the bells go."""
        self._ring = self._raw = None
        bell, self._bell = self._bell, None
        if bell is not None:
            bell.close()
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _listen(self, name: str) -> str:
        """Let pynput listen as well; why not, where it cannot."""
        if not self._with_bell:
            return ""
        x11.adopt(name, self._env)
        try:
            self._bell = Bell(self._rung)
        except Unusable as missing:
            return missing.reason
        return ""

    def _arm(self) -> None:
        if self._bell is not None:
            self._bell.arm()
            self._armed_at = self._now()

    def _rung(self) -> None:
        ring, self._ring = self._ring, None
        if ring is not None:
            ring()

    async def _was_person(self, zero: float) -> bool | None:
        """Whether a person made the counter fall to 0 at `zero`. None: nobody who is to be trusted can say."""
        raw = self._raw
        if raw is None:
            return not await self._bell_was_silent(zero)
        if raw.sure_since is None or zero < raw.sure_since:
            return True  # it rang, or the counter fell before it listened
        known = await self._bell_was_silent(zero)
        if self._bell is None:
            self._listen(await x11.find(self._name, self._env))
        self._arm()
        # A bell that never rang may be deaf: then the fall stays in doubt.
        return False if known or raw.touched_at is not None else None

    async def _bell_was_silent(self, zero: float) -> bool:
        """Whether pynput was listening when the counter fell to 0 at `zero`, and heard nothing."""
        bell = self._bell
        since = None if bell is None else bell.armed_since
        if bell is None or since is None or zero < since + SETTLE:
            return False
        await asyncio.sleep(max(0.0, zero + GRACE - self._now()))
        return bell.armed_since == since

    async def _fell(self) -> tuple[float, float]:
        """Loop times between which the counter was last 0. The bell listens from before on. Raises Lost."""
        if self._raw is not None:
            self._raw.arm()
        asked = self._now()
        idle = await self._idle()
        return asked - idle, self._now() - idle

    async def _idle(self) -> float:
        """Seconds on the counter now. Raises Lost."""
        if self._server is None:
            raise Lost(_("the connection to the X server is closed"))
        try:
            told = await self._server.ask(self._saver, QUERY_INFO, struct.pack("=I", self._server.root))
        except Refused as error:
            raise Lost(_("the X server is gone: {error}").format(error=error)) from error
        except Lost:
            await self.close()
            raise
        disabled = told[1] == DISABLED
        self._saves = self._saves or not disabled
        self.inhibited = True if disabled and self._saves else None
        return float(struct.unpack_from("=I", told, 16)[0]) / 1000
