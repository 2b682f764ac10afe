"""A menu kept from one opening to the next, as Plasma 6.3 to 6.7 keeps it (its copy of libdbusmenu-qt)."""

import asyncio
from typing import Any, NamedTuple

from dbus_fast import Message, MessageType

from tests.fakes.tray import MENU, Host

FIXED = ("type", "toggle-type", "children-display")
"""Properties that are read when a line is new, and never again."""


class Asked(NamedTuple):
    """A call that has no answer yet."""

    member: str
    number: int


class Importer:
    """What is drawn of the menu. Messages are taken in the order in which they come, each whole."""

    def __init__(self, host: Host) -> None:
        self.below: dict[int, list[int]] = {}
        self.lines: dict[int, dict[str, Any]] = {}
        self._item = host.item
        self._bus = host.bus.raw
        self._asked: dict[int, Asked] = {}
        self._echoes: set[int] = set()
        self._ready: dict[int, asyncio.Event] = {}
        self._bus.add_message_handler(self._hear)
        self._read(0)

    def enabled(self, number: int = 0) -> dict[str, bool]:
        """Label -> whether it is black, of the lines below one."""
        lines = [self.lines[below] for below in self.below.get(number, [])]
        return {line["label"]: line["enabled"] for line in lines if line["type"] == "standard"}

    def number(self, label: str) -> int:
        return next(number for number, line in self.lines.items() if line["label"] == label)

    async def open(self, number: int = 0) -> dict[str, bool]:
        """Open the menu, or the one below a line: what is drawn at that moment."""
        self._ready[number] = asyncio.Event()
        self._call("AboutToShow", "i", number)
        async with asyncio.timeout(20):
            await self._ready[number].wait()
        return self.enabled(number)

    def _call(self, member: str, signature: str, number: int, *more: Any) -> None:
        message = Message(
            destination=self._item,
            path="/MenuBar",
            interface=MENU,
            member=member,
            signature=signature,
            body=[number, *more],
        )
        self._bus.send(message)
        self._asked[message.serial] = Asked(member, number)

    def _read(self, number: int) -> None:
        self._call("GetLayout", "iias", number, 1, [])

    def _hear(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and message.member == "LayoutUpdated":
            _revision, number = message.body
            if number in self._echoes:
                self._echoes.remove(number)
            else:
                self._read(number)
        elif asked := self._asked.pop(message.reply_serial or 0, None):
            assert message.message_type is MessageType.METHOD_RETURN, message.body
            if asked.member == "GetLayout":
                self._take(asked.number, message.body[1][2])
            elif message.body[0] or not self.below.get(asked.number):
                self._echoes.add(asked.number)
                self._read(asked.number)
            else:
                self._shown(asked.number)

    def _take(self, number: int, children: list[Any]) -> None:
        for child in children:
            below, properties, _deeper = child.value
            known = self.lines.setdefault(below, {})
            new = not known
            known.update({name: value.value for name, value in properties.items() if new or name not in FIXED})
        self.below[number] = [child.value[0] for child in children]
        self._shown(number)

    def _shown(self, number: int) -> None:
        if number in self._ready:
            self._ready[number].set()
