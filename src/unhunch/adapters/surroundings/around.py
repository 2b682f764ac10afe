"""What is around the user, from all sources at once: each kept alive, their answers combined, trouble contained.

A condition is True when any source says so, False when none does and at least one knows, None when nobody knows.
A source that dies or cannot start is tried again soon, which brings back what was restarted; what has been impossible
for longer is tried when `check()` is called anyway, so that a desk without a sound server wakes nobody.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from unhunch.adapters.supervision import ANSWERS, HANGS, Supervisor
from unhunch.ports import Lost, SurroundingsSource, Unusable
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _, ngettext

PATIENCE_SECONDS = 20.0
"""After so long without success a source is tried at looks only."""

CONDITIONS = (
    *(
        "locked",
        "asleep",
        "in_call",
        "inhibited",
        "quiet",
        "shared",
        "fullscreen",
        "muted",
        "reminds",
        "covered",
        "break_due",
        "busy",
    ),
)

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

    def __init__(self, source: SurroundingsSource, opened: Callable[["_Watched"], Awaitable[bool]]) -> None:
        self.source = source
        self.values: dict[str, bool | None] = {}
        self.usable = False
        self.suspect = False
        self.note = _("not tried yet")
        self.remedy = ""
        self.failures = 0
        self.trouble = ""
        self.lock = asyncio.Lock()
        self.supervisor = Supervisor(lambda: opened(self), PATIENCE_SECONDS)

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
        self._watched = [_Watched(source, self._open) for source in sources]
        self._changed = changed
        self._values: dict[str, bool | None] = {}
        self._examining: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open every source once, then keep them alive. Never raises: what cannot run is shown in `sources()`."""
        opened = await asyncio.gather(*(self._open(watched) for watched in self._watched))
        for watched, usable in zip(self._watched, opened, strict=True):
            if not usable:
                watched.supervisor.lost()

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
            else:
                watched.supervisor.look()

    async def close(self) -> None:
        """Let everything go; never raises."""
        for task in tuple(self._examining):
            task.cancel()
        for watched in self._watched:
            await watched.supervisor.close()
            watched.usable = False
            await self._close(watched)

    # One source

    async def _open(self, watched: _Watched) -> bool:
        """Whether it could be opened. Never raises."""
        async with watched.lock:
            try:
                async with asyncio.timeout(HANGS):
                    watched.note = await watched.source.open(lambda name, value: self._heard(watched, name, value))
            except Unusable as error:
                watched.note, watched.remedy = error.reason, error.remedy
            except Exception as error:  # noqa: BLE001 - one source's mistake must not take the others with it
                self._count(watched, error)
                watched.note, watched.remedy = watched.trouble, ""
            else:
                watched.usable, watched.remedy, watched.suspect = True, "", False
                self._combine()
                return True
            await self._retire(watched)
            return False

    async def _examine(self, watched: _Watched) -> None:
        async with watched.lock:
            watched.suspect = False
            if not watched.usable:
                return
            try:
                async with asyncio.timeout(ANSWERS):
                    await watched.source.check()
            except Exception as error:  # noqa: BLE001 - see above; Lost is the expected one
                self._count(watched, error)
                watched.note, watched.remedy = watched.trouble, ""
                await self._retire(watched)
                watched.supervisor.lost()

    async def _retire(self, watched: _Watched) -> None:
        """Close it and forget what it said."""
        watched.usable = False
        watched.values.clear()
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
            task = asyncio.get_running_loop().create_task(self._examine(watched))
            self._examining.add(task)
            task.add_done_callback(self._examining.discard)
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
