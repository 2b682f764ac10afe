"""Notices through org.freedesktop.Notifications: bubbles with buttons, on every Linux desktop.

Law of this file: a bubble is known by the id its server gave it, and no id outlives the server. Signals are broadcast,
and come late, twice or in the wrong order; whatever is not about one of our own ids is none of our business.
Specification: https://specifications.freedesktop.org/notification-spec/latest/
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from unhunch.adapters.notify.asking import arguments
from unhunch.adapters.notify.failing import FAILURES, told
from unhunch.adapters.notify.servers import UNKNOWN, described, server_of
from unhunch.adapters.notify.without_buttons import EXPLAIN
from unhunch.adapters.protocols.dbus import DAEMON, DAEMON_PATH, Bus, BusError
from unhunch.adapters.protocols.dbus_link import Link
from unhunch.ports import Lost, Notice
from unhunch.words.translate import N_, _

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"

SHOW_SECONDS = 5.0
"""Longest wait for the server to take a notice; a server that D-Bus has to start first needs about one."""
LOOK_AGAIN_SECONDS = 60.0
"""A server that did not answer is asked again after so long: while somebody logs in it may be busy with itself."""
LATE_SECONDS = 60.0
"""A reply this late still tells an id, so that the bubble nobody waits for any more can be closed."""
SETTLE_SECONDS = 0.3
"""A dismissal waits this long for a button press that LXQt reports after the closing."""
REMEMBER_SECONDS = 10.0
"""A closed bubble's id is kept this long for a press that comes even later."""

EXPIRED, DISMISSED = 1, 2
NOBODY = N_("no notification server is running at the moment; one that starts later is used")


@dataclass(slots=True)
class _Bubble:
    slot: str
    keys: frozenset[str]
    pending: asyncio.TimerHandle | None = None
    ending: str | None = None
    presumed: asyncio.TimerHandle | None = None
    """Tells that it went by itself, where the server does not."""


class FreedesktopNotifier:
    """Shows notices on the session bus's notification server, whichever one runs at the moment.

    Each notice is a new one: a replaced one is not shown by every server. Its predecessor in the slot is closed first,
    also one that went by itself and lies in the server's list. What differs from server to server is in servers.py.
    """

    name = "freedesktop"

    def __init__(self, address: str | None = None) -> None:
        """`address`: the bus to use; the session bus when None."""
        self.trouble = ""
        self.token = ""
        self._tokens: dict[int, str] = {}
        """By id: they come just before the press that they belong to."""
        self._link = Link(self._arrive, self._forget_all, address)
        self._answered: Callable[[str, str], None] = lambda _slot, _key: None
        self._changed: Callable[[], None] = lambda: None
        self._capabilities: frozenset[str] | None = None
        self._server = UNKNOWN
        self._described = ""
        self._activatable = False
        self._expired: dict[str, list[int]] = {}
        """By slot: they went by themselves and may lie in the server's list."""
        self._shown: dict[int, _Bubble] = {}
        self._closed: dict[int, _Bubble] = {}
        self._early: list[tuple[int, Callable[[], None]]] = []
        self._asking = 0
        self._looking: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._late: set[asyncio.Task[list[Any]]] = set()

    async def open(self, answered: Callable[[str, str], None], changed: Callable[[], None] = lambda: None) -> str:
        """Connect. Raises Unusable without a session bus; a missing server is no failure, it may come later."""
        self._answered, self._changed = answered, changed
        await self._link.open()
        return self.note

    @property
    def note(self) -> str:
        """Which server there is at the moment, and what a person sees of its buttons."""
        if self._capabilities is not None:
            return self._described
        if self.trouble:
            return self.trouble
        return _("a notification server starts with the first notice") if self._activatable else _(NOBODY)

    @property
    def takes(self) -> bool:
        """A server is there that says what it is, or D-Bus would start one."""
        return self._link.bus is not None and (self._capabilities is not None or self._activatable)

    async def show(self, notice: Notice) -> bool:
        """Show anew; waits 5 s at most. False when there is no server or it does not take it. Never raises."""
        async with self._turn:
            bus = self._link.bus
            if bus is None:
                self.trouble = self._link.trouble or _("not connected to the session bus")
                return False
            try:
                self.trouble = ""
                return await self._show(bus, notice)
            except FAILURES as error:
                self.trouble = told(error, within=SHOW_SECONDS)
            return False

    async def withdraw(self, slot: str) -> None:
        """Take the slot's notice off the screen; nothing happens when there is none. Never raises."""
        async with self._turn:
            if closing := self._clear(slot):
                await asyncio.wait(closing)

    def abilities(self) -> Mapping[str, bool]:
        """What the present server advertises; all False while there is none."""
        has = self._capabilities or frozenset()
        return {
            "buttons": "actions" in has and self._server.buttons,
            "replace": self._capabilities is not None,
            "sound": "sound" in has,
            "body_markup": "body-markup" in has,
            "ends": self._capabilities is not None and self._server.ends,
        }

    async def close(self) -> None:
        """Take our notices off the screen (nobody would hear their buttons) and disconnect."""
        self._answered = lambda _slot, _key: None
        for task in self._late:
            task.cancel()
        mine = [*self._shown, *(number for numbers in self._expired.values() for number in numbers)]
        if self._link.bus is not None and mine:
            try:
                async with asyncio.timeout(1):
                    await asyncio.gather(*(self._close_bubble(number) for number in mine))
            except TimeoutError:
                pass
        self._forget_all()
        await self._link.close()

    async def _arrive(self, bus: Bus) -> None:
        def changed(owned: bool) -> None:
            # A new server starts its ids again, so an old one would soon name somebody else's bubble.
            self._forget_all()
            self.trouble = ""
            if self._looking is not None:
                self._looking.cancel()
            if owned:
                self._looking = bus.begin(self._get_to_know(bus))
            else:
                asyncio.get_running_loop().call_soon(self._changed)

        self._activatable = NAME in (await bus.call(DAEMON, DAEMON_PATH, DAEMON, "ListActivatableNames"))[0]
        owned = await bus.watch_name(NAME, changed)
        await bus.listen(self._on_token, NAME, "ActivationToken", sender=NAME, path=PATH)
        await bus.listen(self._on_action, NAME, "ActionInvoked", sender=NAME, path=PATH)
        await bus.listen(self._on_closed, NAME, "NotificationClosed", sender=NAME, path=PATH)
        if owned and not await self._look_at_server(bus):
            self._looking = bus.begin(self._get_to_know(bus, LOOK_AGAIN_SECONDS))

    async def _get_to_know(self, bus: Bus, seconds: float = 0.0) -> None:
        """Look at the server until it answers, from so many seconds on."""
        await asyncio.sleep(seconds)
        while not await self._look_at_server(bus):
            self._changed()
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        self._changed()

    async def _look_at_server(self, bus: Bus, *, activate: bool = False) -> bool:
        """What it says of itself; False, with its trouble told, where it says nothing that is of use."""
        try:
            async with asyncio.timeout(SHOW_SECONDS):
                ask = partial(bus.call, NAME, PATH, NAME, seconds=LATE_SECONDS)
                capabilities = frozenset[str]((await ask("GetCapabilities", activate=activate))[0])
                name, _vendor, version = (await ask("GetServerInformation"))[:3]
                server = server_of(name, capabilities)
                described_as = described(name, version, server)
        except FAILURES as error:
            self.trouble = told(error, within=SHOW_SECONDS)
            return False
        self._capabilities, self._server, self._described = capabilities, server, described_as
        self.trouble = ""
        return True

    async def _show(self, bus: Bus, notice: Notice) -> bool:
        if self._capabilities is None and not await self._look_at_server(bus, activate=True):
            return False
        self._clear(notice.slot)  # it hears that first, and need not answer it
        asks = arguments(notice, self._server, self._capabilities or frozenset())
        self._asking += 1
        try:
            asked = asyncio.get_running_loop().create_task(
                bus.call(NAME, PATH, NAME, "Notify", "susssasa{sv}i", *asks, activate=True, seconds=LATE_SECONDS)
            )
            try:
                await asyncio.wait({asked}, timeout=SHOW_SECONDS)
            finally:
                if not asked.done():
                    self._close_when_it_comes(asked)
            if not asked.done():
                raise TimeoutError
            number = int(asked.result()[0])
            if number == 0:
                self.trouble = _("the notification server did not take it; it may be paused")
                return False
            self._register(number, notice)
        finally:
            self._asking -= 1
            self._replay_early()
        if (gone := self._closed.get(number)) is not None and gone.ending == "expired":
            gone.ending = None
            self.trouble = _("the notification server put it away before it could be seen")
            return False
        return True

    def _clear(self, slot: str) -> list[asyncio.Task[None]]:
        """Close the slot's notice, and what it left in the server's list."""
        mine = [number for number, bubble in self._shown.items() if bubble.slot == slot]
        for number in mine:
            self._keep_a_while(number, self._shown.pop(number))
        if (bus := self._link.bus) is None:
            return []
        return [bus.begin(self._close_bubble(number)) for number in (*mine, *self._expired.pop(slot, ()))]

    def _register(self, number: int, notice: Notice) -> None:
        for gone in self._closed.values():
            # The slot is on screen again: that its last bubble was closed a moment ago is no answer any more.
            if gone.slot == notice.slot:
                gone.ending = None
        if (other := self._shown.get(number)) is not None:
            # Whichever of the two is meant from now on, it is the later one.
            self.trouble = _("the notification server gave two notices the same number")
            if other.presumed is not None:
                other.presumed.cancel()
            self._answer(other.slot, "lost")
        for numbers in self._expired.values():
            numbers[:] = [gone for gone in numbers if gone != number]
        keys = frozenset(button.key for button in notice.buttons) | {"default"}
        if (gone_too := self._closed.pop(number, None)) and gone_too.pending is not None:
            gone_too.pending.cancel()
        bubble = self._shown[number] = _Bubble(notice.slot, keys)
        if not self._server.tells and not notice.resident:
            later = asyncio.get_running_loop().call_later
            bubble.presumed = later(self._server.goes_ms / 1000, self._on_closed, [number, EXPIRED])

    def _on_token(self, body: list[Any]) -> None:
        number, token = body
        self._tokens = {number: token}

    def _on_action(self, body: list[Any]) -> None:
        number, key = body
        if (bubble := self._shown.get(number) or self._closed.get(number)) is None:
            self._keep_early(number, lambda: self._on_action(body))
            return
        if key not in bubble.keys:
            return
        self._shown.pop(number, None)
        bubble.ending = None
        self._keep_a_while(number, bubble)
        # Several servers leave it on the screen after a press.
        if self._link.bus is not None:
            self._link.bus.later(self._close_bubble(number))
        bubble.keys = frozenset()
        if key == "default" and not self._server.buttons:
            key = EXPLAIN  # a click is what people get rid of it with there
        self.token = self._tokens.pop(number, "")
        self._answer(bubble.slot, key)

    def _on_closed(self, body: list[Any]) -> None:
        number, reason = body
        if (bubble := self._shown.pop(number, None)) is None:
            if number not in self._closed:
                self._keep_early(number, lambda: self._on_closed(body))
            return
        bubble.ending = "dismissed" if reason == DISMISSED else "expired"
        if bubble.ending == "expired":
            self._expired.setdefault(bubble.slot, []).append(number)
        self._keep_a_while(number, bubble)
        asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._settle, bubble)

    def _settle(self, bubble: _Bubble) -> None:
        ending, bubble.ending = bubble.ending, None
        if ending is not None:
            self._answer(bubble.slot, ending)

    def _keep_a_while(self, number: int, bubble: _Bubble) -> None:
        if bubble.presumed is not None:
            bubble.presumed.cancel()
        if bubble.pending is None:
            bubble.pending = asyncio.get_running_loop().call_later(REMEMBER_SECONDS, self._closed.pop, number, None)
        self._closed[number] = bubble

    def _keep_early(self, number: int, again: Callable[[], None]) -> None:
        # The id may be that of the notice whose reply is just being read.
        if self._asking:
            self._early.append((number, again))

    def _replay_early(self) -> None:
        early, self._early = self._early, []
        for number, again in early:
            if number in self._shown:
                again()

    def _close_when_it_comes(self, asked: asyncio.Task[list[Any]]) -> None:
        def came(task: asyncio.Task[list[Any]]) -> None:
            self._late.discard(task)
            if not task.cancelled() and task.exception() is None and self._link.bus is not None:
                self._link.bus.later(self._close_bubble(int(task.result()[0])))

        self._late.add(asked)
        asked.add_done_callback(came)

    async def _close_bubble(self, number: int) -> None:
        try:
            if self._link.bus is not None:
                await self._link.bus.call(NAME, PATH, NAME, "CloseNotification", "u", number)
        except (BusError, Lost):
            return

    def _forget_all(self) -> None:
        """The server is gone and its bubbles with it."""
        self._capabilities = None
        self._expired.clear()
        lost = list(self._shown.values())
        for bubble in lost:
            if bubble.presumed is not None:
                bubble.presumed.cancel()
        for bubble in self._closed.values():
            if bubble.pending is not None:
                bubble.pending.cancel()
            self._settle(bubble)
        self._shown.clear()
        self._closed.clear()
        for bubble in lost:
            self._answer(bubble.slot, "lost")

    def _answer(self, slot: str, key: str) -> None:
        # Not from inside a D-Bus handler: an error of the listener is its own and must be seen as such.
        asyncio.get_running_loop().call_soon(self._answered, slot, key)
