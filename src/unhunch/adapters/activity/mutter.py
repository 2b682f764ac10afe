"""GNOME: Mutter's idle monitor over D-Bus. Exact, blind to nothing, and it can ring.

One trap: when the last idle inhibitor ends (a film is over, a call is hung up), Mutter's counter starts again at 0 as
if somebody had moved, while its user-active watch stays silent. The watch is therefore kept set as a witness, and a
counter that starts again at the moment in which the session manager's last idle inhibitor ended, with the watch
silent, was not a person.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.ports import Lost, Quiet, Unusable
from unhunch.words.translate import _

NAME = "org.gnome.Mutter.IdleMonitor"
PATH = "/org/gnome/Mutter/IdleMonitor/Core"
SESSION, SESSION_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
IDLE_INHIBITED = 8
"""Flag of InhibitedActions: the session must not be marked as idle (gnome-session, gsm-inhibitor-flag.h)."""
SAME_MOMENT = 0.5
"""Seconds within which the counter's start and the inhibitor's end are one thing."""
JITTER = 0.05
"""Seconds between Mutter's answer and our clock that are no new input."""


class Source:
    """Mutter's counter, with its user-active watch as bell and witness."""

    name = "mutter"

    def __init__(self, address: str | None = None, env: Mapping[str, str] | None = None) -> None:
        """`address` of the session bus, else from `env` (this process's environment by default)."""
        self._address = address
        self._env = env
        self._bus: Bus | None = None
        self._gone = False
        self._ring: Callable[[], None] | None = None
        self._zero = 0.0
        """Loop time at which the counter was last 0."""
        self._earliest = self._latest = 0.0
        """Loop times between which the last input was."""
        self._watch: int | None = None
        self._setting = False
        self._fired_at: float | None = None
        """Loop time at which the watch fired since the last look; it is set again at each look."""
        self._fired_early: set[int] = set()
        """Watches that fired before we knew their number."""
        self._inhibited = False
        self._freed_at = float("-inf")
        """Loop time at which the last idle inhibitor ended."""

    async def open(self) -> str:
        """Connect to the session bus. Raises Unusable when Mutter is not on it."""
        self._bus = await Bus.connect(self._address or session_address(os.environ if self._env is None else self._env))
        try:
            return await self._begin(self._bus)
        except (BusError, Lost) as error:
            await self.close()
            raise Unusable(_("Mutter's idle monitor does not answer: {error}").format(error=error)) from error
        except Unusable:
            await self.close()
            raise

    async def quiet(self) -> Quiet | None:
        """Exact seconds since the last input; an interval where an inhibitor's end may hide it. Raises Lost."""
        zero = self._now() - await self._counter()
        if zero > self._zero + JITTER:
            await self._judge(zero)
        self._zero, self._fired_at = zero, None
        await self._set_watch()
        now = self._now()
        return Quiet(max(0.0, now - self._latest), max(0.0, now - self._earliest))

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call once at the next input."""
        if self._bus is None:
            return False
        self._ring = callback
        self._bus.later(self._set_watch())
        return True

    def watch_pauses(self, *, wanted: bool) -> None:
        """The counter sees every gap exactly anyway."""

    async def close(self) -> None:
        """Leave the bus; Mutter drops the watch with the connection."""
        self._ring = None
        bus, self._bus = self._bus, None
        if bus is not None:
            await bus.close()

    async def _begin(self, bus: Bus) -> str:
        self._gone, self._watch, self._fired_at, self._setting = False, None, None, False
        if not await bus.watch_name(NAME, self._owner_changed):
            raise Unusable(_("GNOME's compositor (Mutter) is not on the session bus"))
        await bus.listen(self._fired, NAME, "WatchFired", path=PATH, sender=NAME)
        await bus.listen_properties(self._session_changed, SESSION, SESSION_PATH, SESSION)
        note = _("Mutter's idle monitor")
        try:
            self._inhibited = bool(await bus.get(SESSION, SESSION_PATH, SESSION, "InhibitedActions") & IDLE_INHIBITED)
        except BusError:
            self._inhibited = False
            note = _("Mutter's idle monitor, without gnome-session's inhibitors")
        self._zero = self._earliest = self._latest = self._now() - await self._counter()
        await self._set_watch()
        return note

    async def _counter(self) -> float:
        if self._bus is None or self._gone:
            raise Lost(_("Mutter has left the session bus"))
        self._bus.check()
        try:
            (milliseconds,) = await self._bus.call(NAME, PATH, NAME, "GetIdletime")
        except BusError as error:
            raise Lost(_("Mutter's idle monitor does not answer: {error}").format(error=error)) from error
        return float(milliseconds) / 1000

    async def _judge(self, zero: float) -> None:
        """The counter started again at `zero`: was it a person?"""
        if self._fired_at is None and self._inhibited:
            await asyncio.sleep(SAME_MOMENT)  # the news that the inhibitor ended may be on its way
        if abs(zero - self._freed_at) > SAME_MOMENT:
            self._earliest = self._latest = zero
        elif self._fired_at is not None:  # a person as well, then or later: who presses "pause" ends a film
            self._earliest, self._latest = min(self._fired_at, zero), zero

    async def _set_watch(self) -> None:
        if self._watch is not None or self._setting or self._bus is None:
            return
        self._setting = True
        try:
            (number,) = await self._bus.call(NAME, PATH, NAME, "AddUserActiveWatch")
        except BusError as error:
            raise Lost(_("Mutter's idle monitor does not answer: {error}").format(error=error)) from error
        finally:
            self._setting = False
        self._watch = None if number in self._fired_early else number
        self._fired_early.clear()

    def _fired(self, body: list[Any]) -> None:
        if body[0] != self._watch:
            if not self._setting:
                return
            self._fired_early.add(body[0])
        self._watch = None
        self._fired_at = self._now()
        ring, self._ring = self._ring, None
        if ring is not None:
            ring()

    def _session_changed(self, changed: dict[str, Any], _invalidated: list[str]) -> None:
        if "InhibitedActions" in changed:
            was, self._inhibited = self._inhibited, bool(changed["InhibitedActions"] & IDLE_INHIBITED)
            if was and not self._inhibited:
                self._freed_at = self._now()

    def _owner_changed(self, owned: bool) -> None:
        self._gone = True
        del owned  # a new Mutter knows nothing of our watch either

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
