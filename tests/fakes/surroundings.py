"""A source of surroundings without a world: tests say what it sees, and when it dies."""

import asyncio
from collections.abc import Callable

from unhunch.ports import Lost, Unusable


class FakeSurroundings:
    """Knows the given conditions; `say` changes one."""

    def __init__(self, name: str = "fake", conditions: tuple[str, ...] = ("locked",)) -> None:
        self.name = name
        self.conditions = conditions
        self.begin: dict[str, bool | None] = dict.fromkeys(conditions, False)
        """What it finds when it is opened."""
        self.unusable: Exception | None = None
        """What `open` raises."""
        self.trouble: Exception | None = None
        """What `check` raises."""
        self.opened = 0
        self.closed = 0
        self.tried_at: list[float] = []
        self._changed: Callable[[str, bool | None], None] | None = None

    async def open(self, changed: Callable[[str, bool | None], None]) -> str:
        self.tried_at.append(asyncio.get_running_loop().time())
        if self.unusable is not None:
            raise self.unusable
        self.opened += 1
        self._changed = changed
        for name, value in self.begin.items():
            changed(name, value)
        return "a fake"

    async def check(self) -> None:
        if self.trouble is not None:
            raise self.trouble
        if self._changed is None:
            raise Lost("not open")

    async def close(self) -> None:
        self.closed += 1
        self._changed = None

    def say(self, name: str, value: bool | None) -> None:
        """The world changes."""
        assert self._changed is not None
        self._changed(name, value)

    def die(self) -> None:
        """It is lost, and says so as the real ones do; it can be opened again."""
        told, self._changed = self._changed, None
        assert told is not None
        for name in self.conditions:
            told(name, None)

    def break_down(self, reason: str = "not today", remedy: str = "come back tomorrow") -> None:
        """It is lost and cannot be opened."""
        self.unusable = Unusable(reason, remedy)
        self.die()
