"""Observe, step, perform: the loop around the engine, and the one state it works on. No decision is made here.

Whatever an adapter does, the loop goes on; what failed is counted and shown in `status` and `doctor`.
"""

import asyncio
import contextvars
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from unhunch.adapters import sdnotify
from unhunch.adapters.alarm import SchedulerAlarm
from unhunch.adapters.clock import SystemClock
from unhunch.adapters.keeper import Keeper
from unhunch.adapters.registry import Timers
from unhunch.adapters.supervision import ANSWERS
from unhunch.adapters.surroundings.around import Surroundings
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.facts import Fact
from unhunch.core.messages import Around
from unhunch.core.moment import first_day_after
from unhunch.core.presence.reading import ABSENT
from unhunch.core.presence.scene import Scene, partly_seen
from unhunch.core.settings import Settings
from unhunch.daemon.history import DeskHistory
from unhunch.daemon.recall import corrected, recall
from unhunch.paths import Paths
from unhunch.words.translate import _

log = logging.getLogger("unhunch")

Performer = Callable[[Any], Awaitable[None]]


class Host:
    """Lives the engine's life: clocks and sources in, facts and effects out.

    What others perform is entered in `performers`, by effect: whose fault it is when that fails, and who does it.
    What else belongs to each look is entered in `chores`.
    """

    def __init__(self, paths: Paths, settings: Settings, source: str | None) -> None:
        """Raises StoreError. `source`: a name in place of the configured one."""
        self.settings = settings
        self.clock = SystemClock()
        self.keeper = Keeper(source or settings.source, self.soon, Timers.of(settings))
        self.history = DeskHistory(paths.database)
        self.live, forgotten = recall(self.history.store, settings, self.clock)
        self.surroundings: Surroundings | None = None
        self.started = self.clock.now()
        self.troubles: dict[str, str] = {"store": forgotten} if forgotten else {}
        """What does not work, in sentences, by part."""
        self.failures = 0
        self.performers: dict[type[m.Effect], tuple[str, Performer]] = {
            m.Write: ("history", self._write),
            m.Refold: ("history", self._refold),
            m.WakeAt: ("source", self._wake),
        }
        self.muted: Callable[[], bool] = lambda: False
        """Whether a notice put up now would not be seen."""
        self.chores: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self.written: list[Callable[[tuple[Fact, ...]], None]] = []
        """Who is told of facts that were written."""
        self._answers: list[m.Event] = []
        self._alarm = SchedulerAlarm(self.look, self.clock)
        self._turn = asyncio.Lock()
        self._opened = False
        self._asked = False
        """Somebody wants a look since the last one began."""
        self._broken: set[str] = set()
        """Parts that raised what they should not when last asked."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._own = contextvars.copy_context()
        """What is begun speaks the language of this desk's user, whoever asked for it in another."""
        self._watchdog = sdnotify.watchdog_seconds()
        self._ordered = self.started.awake
        """When the next look is due, on the clock that stands still in suspend."""

    # Life -------------------------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Before anything can be seen or told: facts bear the name of the run."""
        await self._apply(m.Started(self.clock.now(), self.clock.boot_id, self._run_name()))

    async def open(self) -> None:
        """Begin to see. Looks are taken from `ready()` on."""
        await self.keeper.open()
        if sys.platform == "linux":
            from unhunch.adapters.registry import linux_sources

            ignored = self.settings.ignored_apps
            settle = self.settings.call_settle
            sources = linux_sources(
                self._before_sleep,
                ignored_applications=ignored,
                call_settle=settle,
                calendars=self._calendars,
                env=self.keeper.env,
            )
            self.surroundings = Surroundings(sources, lambda _name, _value: self.soon())
            await self.surroundings.open()

    def _calendars(self) -> tuple[Sequence[str], float, bool]:
        s = self.settings
        return s.calendars, s.calendar_before, s.calendar_all_day

    async def ready(self) -> None:
        """Everything is there: the first look."""
        self._opened = True
        await self.look()

    async def stop(self) -> None:
        """No more looks; the open spans end."""
        self._alarm.close()
        async with self._turn:
            await self.guarded("stopping", self._apply(m.Stopping(self.clock.now())))
        for task in tuple(self._tasks):
            task.cancel()

    async def close(self) -> None:
        """Let everything go, one after the other, whatever any of them raises."""
        if self.surroundings is not None:
            await self.guarded("surroundings", self.surroundings.close())
        await self.guarded("source", self.keeper.close())
        self.history.close()

    def _run_name(self) -> str:
        """Keys of this run's facts begin with it: no two runs share one."""
        at = self.clock.now()
        return f"{self.clock.boot_id[:8]}-{int(at.boot * 1000):x}-{os.getpid():x}"

    # What fails -------------------------------------------------------------------------------------------------------

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` beside the rest; what it raises is counted."""
        task = asyncio.get_running_loop().create_task(work, context=self._own.copy())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.failed("work", error)

    async def guarded(self, where: str, work: Awaitable[Any], *, within: float | None = None) -> None:
        """Do `work`; what it raises is counted and stays with it, until it works again.

        It is given up after `within` seconds: while a look waits nobody is seen to leave.
        """
        try:
            async with asyncio.timeout(within):
                await work
        except Exception as error:  # noqa: BLE001 - the others go on
            self.failed(where, error)
        else:
            if where in self._broken:
                self._broken.discard(where)
                self.troubles.pop(where, None)

    def failed(self, where: str, error: BaseException) -> None:
        """An adapter raised what it should not: the others go on."""
        self._broken.add(where)
        self.failures += 1
        self.troubles[where] = _("{part} failed: {error}").format(part=where, error=f"{type(error).__name__}: {error}")
        log.error("%s failed", where, exc_info=error)

    # Looking ----------------------------------------------------------------------------------------------------------

    def soon(self) -> None:
        """Look at once: something has changed. A ring that falls into a look is dropped, so it is asked for again."""
        self._asked = True
        self._own.copy().run(self._alarm.wakeup)

    def in_a_while(self, seconds: float) -> None:
        """Look again after so many seconds."""
        asyncio.get_running_loop().call_later(seconds, self.soon)

    async def _before_sleep(self) -> None:
        """The machine is about to suspend: the open spans are written now."""
        await self.look()
        async with self._turn:
            self.history.write((), self.live.now.lengths)

    async def look(self) -> None:
        """One observation, what follows from it, and the time of the next."""
        if not self._opened:  # what is opened first may have news already: the first look is to come
            return
        try:
            self._asked = False
            async with self._turn:
                await self._observe()
                for where, chore in self.chores:
                    await self.guarded(where, chore(), within=ANSWERS)
            sdnotify.tell("WATCHDOG=1")
            if self._asked:
                self._alarm.wakeup()
        except Exception as error:  # noqa: BLE001 - whatever fails, the next look comes
            self.failed("look", error)
            self._alarm.set(self.settings.look)

    async def _observe(self) -> None:
        if self.surroundings is not None:
            await self.surroundings.check()
        quiet = await self.keeper.quiet()
        around = Around(**self.surrounded())
        at = self.clock.now()
        late = max(at.awake - self._ordered, 0.0)
        await self._apply(m.Look(at, quiet, around, rings=self.keeper.rings, late=late))

    def scene(self) -> Scene:
        """What is so at this moment."""
        return step.scene(self.live, self.clock.now(), self.settings)

    def surrounded(self) -> Mapping[str, bool | None]:
        """Each condition as the sources combine it; of a film the source of activity may know by itself.

        The lock of the desk says nothing about who works at a session beside it.
        """
        found = self.surroundings.values() if self.surroundings is not None else Around()._asdict()
        if self.keeper.elsewhere and found["locked"]:
            found = {**found, "locked": None}
        film: bool | None = getattr(self.keeper.source, "inhibited", None)
        inhibited = found["inhibited"] if film is None or found["inhibited"] else film
        return {**found, "inhibited": inhibited, "muted": found["muted"] or self.muted()}

    # Performing -------------------------------------------------------------------------------------------------------

    async def perform(self, event: m.Event) -> None:
        """Something happened: what follows from it. What was done until then is seen first."""
        async with self._turn:
            if self._opened:
                await self.guarded("look", self._observe())
            await self._apply(event._replace(at=self.clock.now()))
        self.soon()

    async def _apply(self, event: m.Event) -> None:
        """Step, and perform what follows: an effect that fails does not take the others with it.

        What a performer answers is stepped when all has been performed: what this step wrote comes first.
        """
        self.live, effects = step.step(self.live, event, self.settings)
        for effect in effects:
            where, performer = self.performers[type(effect)]
            await self.guarded(where, performer(effect), within=ANSWERS)
        if self._answers:
            await self._apply(self._answers.pop(0))

    def answer(self, event: m.Event) -> None:
        """What came of the effect that is being performed."""
        self._answers.append(event)

    async def _write(self, effect: m.Write) -> None:
        self.history.write(effect.facts, effect.lengths)
        for told in self.written:
            told(effect.facts)

    async def arrived(self) -> None:
        """Facts of another desk were stored: what follows. For a chore, which is part of a look already."""
        await self._apply(m.Arrived(self.clock.now()))
        self.soon()

    async def _refold(self, _effect: m.Refold) -> None:
        self.live = corrected(self.live, self.history.store, self.settings)
        await self._apply(m.Refolded(self.clock.now()))

    async def _wake(self, wake: m.WakeAt) -> None:
        seconds = min(wake.look, wake.busy, wake.idle)
        if self._watchdog:
            seconds = min(seconds, self._watchdog / 3)
        # First of all the next look: what follows talks to an adapter, which may fail.
        self._ordered = self.clock.now().awake + seconds
        self._alarm.set(seconds)
        self.keeper.watch_pauses(wanted=wake.pausing)
        quiet = self.live.now.quiet
        touched = self.live.state.reading.touched
        doubted = quiet is not None and partly_seen(*quiet, self.settings, touched=touched)
        if self.live.now.presence in ABSENT or doubted:
            # Who comes back, or ends a doubt, is seen at once. Asked at each look: a source may be able to ring only
            # once it knows that nobody is there.
            self.keeper.ring(self.soon)
            if wake.bell and not self.keeper.rings and seconds > self.settings.look_away:
                # The engine counted on a bell that this source has not, or not yet.
                self._ordered += self.settings.look_away - seconds
                self._alarm.set(self.settings.look_away)

    # Being told -------------------------------------------------------------------------------------------------------

    async def forget(self, before: float | None, *, summed_up: bool = True) -> int:
        """Delete what ended before (Unix seconds), or everything; returns how many facts. Raises StoreError.

        Nothing that goes on is lost: it begins anew, and no checkpoint remembers the days that are gone. Not
        `summed_up`: nor what they added up to.
        """
        async with self._turn:
            at = self.clock.now()
            if before is not None and summed_up:
                await self._apply(m.Forgot(at, first_day_after(before, at.utc_offset)))
                return self.history.forget(before)
            await self._apply(m.Stopping(at))
            try:
                gone = self.history.forget(before, summed_up=summed_up)
            finally:
                self.live, _told = recall(self.history.store, self.settings, self.clock)
                await self._apply(m.Started(at, self.clock.boot_id, self._run_name()))
            return gone

    def use(self, settings: Settings) -> None:
        """From now on these settings."""
        before, self.settings = self.settings, settings
        if settings.source != before.source or Timers.of(settings) != self.keeper.timers:
            self.later(self._change_source(settings))

    async def _change_source(self, settings: Settings) -> None:
        await self.keeper.close()
        self.keeper.wanted, self.keeper.timers = settings.source, Timers.of(settings)
        await self.keeper.open()
        self.soon()
