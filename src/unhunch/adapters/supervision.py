"""Brings back what has died: soon, then less and less often, in the end only when somebody looks anyway."""

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable

HANGS = 20.0
"""Seconds in which a backend must have opened."""
ANSWERS = 8.0
"""Seconds in which what a look asks must have answered: meanwhile nobody is seen to leave, and commands wait too."""
FIRST_SECONDS, LONGEST_SECONDS = 0.5, 10.0
"""Between two attempts: it doubles from the first to the longest."""

logger = logging.getLogger(__name__)


class Supervisor:
    """Calls `restore` in the background, from each `lost()` on, until it answers that it worked.

    After `patience` seconds without success it tries at `look()` only, so that what is impossible costs no wake-ups.
    """

    def __init__(self, restore: Callable[[], Awaitable[bool]], patience: float = math.inf) -> None:
        self._restore = restore
        self._patience = patience
        self._looked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def lost(self) -> None:
        """It is gone. Nothing happens when attempts are under way already."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._bring_back())

    def look(self) -> None:
        """Somebody is awake anyway."""
        self._looked.set()

    async def close(self) -> None:
        """No more attempts. Never raises; `lost` begins anew."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _bring_back(self) -> None:
        clock = asyncio.get_running_loop().time
        began, wait = clock(), FIRST_SECONDS
        while True:
            due = clock() + wait
            if clock() - began < self._patience:
                await asyncio.sleep(wait)
            else:
                await self._until_looked_after(due)
            try:
                if await self._restore():
                    return
            except Exception:
                logger.exception("Bringing it back failed")
            wait = min(2 * wait, LONGEST_SECONDS)

    async def _until_looked_after(self, due: float) -> None:
        while True:
            self._looked.clear()
            await self._looked.wait()
            if asyncio.get_running_loop().time() >= due:
                return
