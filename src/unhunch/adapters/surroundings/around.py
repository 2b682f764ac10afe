"""What is around the user, from all sources at once: each kept alive, their answers combined, trouble contained.

A condition is True when any source says so, False when none does and at least one knows, None when nobody knows.
A source that dies or cannot start is tried again after 0.5 s, then less and less often, at most every 10 s; one that
has been impossible for five minutes is tried only when `check()` is called anyway, so that it costs no wake-ups.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from unhunch.core.translate import _, ngettext
from unhunch.ports import Lost, SurroundingsSource, Unusable

FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 10.0
PATIENCE_SECONDS = 300.0
"""After so long without success a source is tried at looks only."""

CONDITIONS = ("locked", "asleep", "in_call", "inhibited", "quiet", "fullscreen")

logger = logging.getLogger(__name__)


class SourceState(NamedTuple):
    """One source as `doctor` and `status` show it."""

    name: str
    usable: bool
    note: str
    """What it sees, or why it cannot."""
    remedy: str
    conditions: tuple[str, ...]
    """What it can know."""
    failures: int
    """How often it died or failed since the start."""


class _Watched:
    """A source and how it is doing."""

    def __init__(self, source: SurroundingsSource) -> None:
        self.source = source
        self.values: dict[str, bool | None] = {}
        self.usable = False
        self.suspect = False
        self.note = _("not tried yet")
        self.remedy = ""
        self.failures = 0
        self.trouble = ""
        self.retry_at = 0.0
        self.retry_after = FIRST_RETRY_SECONDS
        self.down_since: float | None = None
        self.lock = asyncio.Lock()

    def state(self) -> SourceState:
        note = self.note
        if self.usable:
            note = str(getattr(self.source, "note", "") or note)
            if self.failures:
                failed = ngettext(
                    "failed {count} time since the start, last: {trouble}",
                    "failed {count} times since the start, last: {trouble}",
                    self.failures,
                )
                note += "; " + failed.format(count=self.failures, trouble=self.trouble)
        conditions = tuple(getattr(self.source, "conditions", ())) or tuple(self.values)
        return SourceState(self.source.name, self.usable, note, self.remedy, conditions, self.failures)


class Surroundings:
    """Owns the sources. `changed(name, value)` hears each combined value when it changes, not the unknown at first."""

    def __init__(self, sources: Sequence[SurroundingsSource], changed: Callable[[str, bool | None], None]) -> None:
        self._watched = [_Watched(source) for source in sources]
        self._changed = changed
        self._values: dict[str, bool | None] = {}
        self._wake = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open every source once, then keep them alive. Never raises: what cannot run is shown in `sources()`."""
        await asyncio.gather(*(self._open(watched) for watched in self._watched))
        self._supervisor = asyncio.get_running_loop().create_task(self._supervise())

    def value(self, name: str) -> bool | None:
        """The combined value of one condition; None when nobody knows."""
        return self._values.get(name)

    def values(self) -> dict[str, bool | None]:
        """All conditions."""
        return {name: self._values.get(name) for name in CONDITIONS}

    def sources(self) -> list[SourceState]:
        """Every source: usable or why not, what to do about it, and what it can know."""
        return [watched.state() for watched in self._watched]

    async def check(self) -> None:
        """Call at each look: asks the sources that only answer when asked, and notices those that have died."""
        for watched in self._watched:
            if watched.usable:
                await self._examine(watched)
        if any(not watched.usable for watched in self._watched):
            self._wake.set()

    async def close(self) -> None:
        """Let everything go; never raises."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None
        for watched in self._watched:
            watched.usable = False
            await self._close(watched)

    # One source

    async def _open(self, watched: _Watched) -> None:
        async with watched.lock:
            try:
                watched.note = await watched.source.open(lambda name, value: self._heard(watched, name, value))
            except Unusable as error:
                watched.note, watched.remedy = error.reason, error.remedy
            except Exception as error:  # noqa: BLE001 - one source's mistake must not take the others with it
                self._count(watched, error)
                watched.note, watched.remedy = watched.trouble, ""
            else:
                watched.usable, watched.remedy, watched.suspect = True, "", False
                watched.retry_after = FIRST_RETRY_SECONDS
                watched.down_since = None
                self._combine()
                return
            await self._retire(watched)

    async def _examine(self, watched: _Watched) -> None:
        async with watched.lock:
            watched.suspect = False
            if not watched.usable:
                return
            try:
                await watched.source.check()
            except Exception as error:  # noqa: BLE001 - see above; Lost is the expected one
                self._count(watched, error)
                watched.note, watched.remedy = watched.trouble, ""
                await self._retire(watched)
                self._wake.set()

    async def _retire(self, watched: _Watched) -> None:
        """Close it, forget what it said, and plan the next attempt."""
        now = asyncio.get_running_loop().time()
        watched.usable = False
        watched.values.clear()
        if watched.down_since is None:
            watched.down_since = now
        watched.retry_at = now + watched.retry_after
        watched.retry_after = min(2 * watched.retry_after, LAST_RETRY_SECONDS)
        self._combine()
        await self._close(watched)

    async def _close(self, watched: _Watched) -> None:
        try:
            await watched.source.close()
        except Exception as error:  # noqa: BLE001 - see above
            self._count(watched, error)

    def _count(self, watched: _Watched, error: Exception) -> None:
        watched.failures += 1
        watched.trouble = str(error) if isinstance(error, Lost) else repr(error)
        if not isinstance(error, Lost):
            logger.warning("%s failed: %s", watched.source.name, watched.trouble)

    # What they say

    def _heard(self, watched: _Watched, name: str, value: bool | None) -> None:
        watched.values[name] = value
        if value is None and watched.usable and not watched.suspect:
            watched.suspect = True  # it may have died: do not wait for the next look
            self._wake.set()
        self._combine(watched)

    def _combine(self, speaker: _Watched | None = None) -> None:
        for name in {*self._values, *(name for watched in self._watched for name in watched.values)}:
            said = {watched.values.get(name) for watched in self._watched}
            value = True if True in said else False if False in said else None
            if value == self._values.get(name):
                continue
            self._values[name] = value
            try:
                self._changed(name, value)
            except Exception as error:  # noqa: BLE001 - the listener's mistake must not end the source
                if speaker is not None:
                    self._count(speaker, error)
                else:
                    logger.warning("hearing that %s is %s failed: %r", name, value, error)

    # Keeping them alive

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            for watched in self._watched:
                if watched.suspect:
                    await self._examine(watched)
            now = loop.time()
            due = [watched for watched in self._watched if not watched.usable and watched.retry_at <= now]
            await asyncio.gather(*(self._open(watched) for watched in due))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._next_retry()):
                    await self._wake.wait()

    def _next_retry(self) -> float | None:
        now = asyncio.get_running_loop().time()
        times = [
            watched.retry_at
            for watched in self._watched
            if not watched.usable and (watched.down_since is None or now - watched.down_since < PATIENCE_SECONDS)
        ]
        return min(times, default=None)
