"""The daemon: observe, step, perform. One event loop, no thread of ours, and no decision: those are the core's.

Whatever an adapter does, the loop goes on; what failed is counted and shown in `status` and `doctor`.
"""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

from unhunch import __version__, config, language
from unhunch.adapters import desktop_env, registry, sdnotify
from unhunch.adapters.alarm import SchedulerAlarm
from unhunch.adapters.clock import SystemClock
from unhunch.adapters.keeper import Keeper
from unhunch.adapters.registry import Timers
from unhunch.adapters.surroundings.around import Surroundings
from unhunch.control.lock import lock
from unhunch.control.protocol import RATINGS, SIZES
from unhunch.control.server import Server
from unhunch.core import messages as m
from unhunch.core.engine import status, step
from unhunch.core.facts import Kind
from unhunch.core.messages import Around
from unhunch.core.moment import at_offset
from unhunch.core.presence.reading import ABSENT
from unhunch.core.prompts.texts import Words, rating, span, words
from unhunch.core.settings import Settings
from unhunch.core.translate import _
from unhunch.daemon.history import DeskHistory
from unhunch.daemon.recall import corrected, recall
from unhunch.daemon.tray import DeskTray
from unhunch.daemon.week_notice import WeekNotice, week_notice
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.ports import Button, Notice, Notifier, Unusable

log = logging.getLogger("unhunch")

PARTS: Mapping[type, str] = {
    m.Write: "history",
    m.Refold: "history",
    m.WakeAt: "source",
    m.Show: "showing",
    m.Withdraw: "withdrawing",
}
"""Whose fault it is when an effect raises what it should not."""
SLOT = "unhunch"
"""All notices share one bubble: there are never two."""
CHOOSE = "choose"
"""The button that takes up the week's one choice."""
RATING_SLOT = "unhunch-rating"
NOTIFIER_AGAIN = 60.0
"""Seconds after which a makeshift notifier is tried to be replaced by a better one."""


class Daemon:
    """Everything that runs, and the one state it works on."""

    def __init__(self, paths: Paths, settings: Settings, source: str | None) -> None:
        self.paths = paths
        self.settings = settings
        self.clock = SystemClock()
        self.keeper = Keeper(source or settings.source, self.soon, Timers.of(settings))
        self.history = DeskHistory(paths.database)
        self.live, forgotten = recall(self.history.store, settings, self.clock)
        self.surroundings: Surroundings | None = None
        self.notifier: Notifier | None = None
        self.notifier_note = ""
        self.week: WeekNotice | None = None
        """What the last notice of a week said."""
        self.tray = DeskTray(self)
        self.server = Server(paths.socket, self.handle)
        self.alarm = SchedulerAlarm(self.look, self.clock)
        self.opened = False
        self.asked = False
        """Somebody wants a look since the last one began."""
        self.ending = asyncio.Event()
        self.turn = asyncio.Lock()
        self.troubles: dict[str, str] = {}
        self.broken: set[str] = set()
        """Parts that raised what they should not when last asked."""
        self.failures = 0
        self.started = self.clock.now()
        self.config_stamp = _stamp(paths.config_file)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.watchdog = sdnotify.watchdog_seconds()
        self.notifier_at = 0.0
        self.ordered = self.started.awake
        """When the next look is due, on the clock that stands still in suspend."""
        if forgotten:
            self.troubles["store"] = forgotten

    # Life -------------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until the end is asked for."""
        self._obey_signals(asyncio.get_running_loop())
        await self.server.open()
        try:
            # Before anything can be seen or told: facts bear the name of the run.
            await self._apply(m.Started(self.clock.now(), self.clock.boot_id, self._run_name()))
            await self._open()
            self.opened = True
            await self.look()
            sdnotify.tell(f"READY=1\nSTATUS=Watching by {self.keeper.name}")
            log.info("Unhunch %s watches by %s: %s", __version__, self.keeper.name, self.keeper.note or self.keeper.why)
            await self.ending.wait()
        finally:
            sdnotify.tell("STOPPING=1")
            await self._close()

    def _obey_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        """End, or read the configuration again, when the system or a terminal says so."""
        if sys.platform == "win32":  # its loops take no handlers; Ctrl-Break is also what a closed window sends
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.ending.set))
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ending.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    def _run_name(self) -> str:
        """Keys of this run's facts begin with it: no two runs share one."""
        at = self.clock.now()
        return f"{self.clock.boot_id[:8]}-{int(at.boot * 1000):x}-{os.getpid():x}"

    async def _open(self) -> None:
        await self.keeper.open()
        await self._find_notifier()
        if sys.platform == "linux":
            from unhunch.adapters.registry import linux_sources

            ignored = self.settings.ignored_apps
            sources = linux_sources(self.before_sleep, ignored_applications=ignored, env=self.keeper.env)
            self.surroundings = Surroundings(sources, self.surroundings_changed)
            await self.surroundings.open()
        if self.settings.tray:
            await self.tray.open()

    async def _close(self) -> None:
        """The open spans first; then one after the other, whatever any of them raises."""
        self.alarm.close()
        async with self.turn:
            await self._guarded("stopping", self._apply(m.Stopping(self.clock.now())))
        for task in tuple(self.tasks):
            task.cancel()
        await self._guarded("control", self.server.close())
        await self._guarded("tray", self.tray.close())
        if self.notifier is not None:
            await self._guarded("notices", self.notifier.close())
        if self.surroundings is not None:
            await self._guarded("surroundings", self.surroundings.close())
        await self._guarded("source", self.keeper.close())
        self.history.close()

    def later(self, work: Any) -> None:
        """Do `work` (a coroutine) beside the rest; what it raises is counted."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.failed("work", error)

    async def _guarded(self, where: str, work: Awaitable[Any]) -> None:
        """Do `work`; what it raises is counted and stays with it, until it works again."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the others go on
            self.failed(where, error)
        else:
            if where in self.broken:
                self.broken.discard(where)
                self.troubles.pop(where, None)

    def failed(self, where: str, error: BaseException) -> None:
        """An adapter raised what it should not: the others go on."""
        self.broken.add(where)
        self.failures += 1
        self.troubles[where] = _("{part} failed: {error}").format(part=where, error=f"{type(error).__name__}: {error}")
        log.error("%s failed", where, exc_info=error)

    # Looking ----------------------------------------------------------------------------------------------------------

    def soon(self) -> None:
        """Look at once: something has changed. A ring that falls into a look is dropped, so it is asked for again."""
        self.asked = True
        self.alarm.wakeup()

    def surroundings_changed(self, _name: str, _value: bool | None) -> None:
        self.soon()

    async def before_sleep(self) -> None:
        """The machine is about to suspend: the open spans are written now."""
        await self.look()
        async with self.turn:
            self.history.write((), self.live.now.lengths)

    async def look(self) -> None:
        """One observation, what follows from it, and the time of the next."""
        if not self.opened:  # what is opened first may have news already: the first look is to come
            return
        try:
            self.asked = False
            async with self.turn:
                self._reload_if_changed()
                await self._observe()
                await self._guarded("notices", self._find_better_notifier())
                await self._guarded("tray", self._refresh_tray())
            sdnotify.tell("WATCHDOG=1")
            if self.asked:
                self.alarm.wakeup()
        except Exception as error:  # noqa: BLE001 - whatever fails, the next look comes
            self.failed("look", error)
            self.alarm.set(self.settings.look)

    async def _observe(self) -> None:
        if self.surroundings is not None:
            await self.surroundings.check()
        quiet = await self.keeper.quiet()
        around = self._around()
        at = self.clock.now()
        late = max(at.awake - self.ordered, 0.0)
        await self._apply(m.Look(at, quiet, around, rings=self.keeper.rings, late=late))

    def _around(self) -> Around:
        """What surrounds the user; a compositor may tell of a film by itself."""
        known = Around(**self.surroundings.values()) if self.surroundings is not None else Around()
        film: bool | None = getattr(self.keeper.source, "inhibited", None)
        if film is None or known.inhibited:
            return known
        return known._replace(inhibited=film)

    async def perform(self, event: m.Event) -> None:
        """Something happened: what follows from it. What was done until then is seen first."""
        async with self.turn:
            if self.opened:
                await self._guarded("look", self._observe())
            await self._apply(event._replace(at=self.clock.now()))
        self.soon()

    async def _apply(self, event: m.Event) -> None:
        """Step, and perform what follows: an effect that fails does not take the others with it."""
        self.live, effects = step.step(self.live, event, self.settings)
        for effect in effects:
            await self._guarded(PARTS.get(type(effect), "work"), self._perform(effect))

    async def _perform(self, effect: m.Effect) -> None:
        match effect:
            case m.Write():
                self.history.write(effect.facts, effect.lengths)
            case m.WakeAt():
                self._wake(effect)
            case m.Show(prompt):
                await self._show(prompt)
            case m.Withdraw():
                if self.notifier is not None:
                    await self.notifier.withdraw(SLOT)
            case m.Refold():
                self.live = corrected(self.live, self.history.store, self.settings)
            case m.Launch(size):
                self.spawn("start", *([f"--{size}"] if size in SIZES else []))
            case m.OpenWeek():
                which = ("--of", self.week.week) if self.week else ("--back", "1")
                self.spawn("week", *which, "--open")
            case m.Happened(name, data):
                at = status.iso(self.live, self.live.state.t)
                self.server.publish({"at": at, "event": name, **data})

    async def _refresh_tray(self) -> None:
        self.tray.refresh()

    def _wake(self, wake: m.WakeAt) -> None:
        seconds = min(wake.look, wake.busy, wake.idle)
        if self.watchdog:
            seconds = min(seconds, self.watchdog / 3)
        # First of all the next look: what follows talks to an adapter, which may fail.
        self.ordered = self.clock.now().awake + seconds
        self.alarm.set(seconds)
        self.keeper.watch_pauses(wanted=wake.pausing)
        if self.live.now.presence in ABSENT:
            # Asked at each look: a source may be able to ring only once it knows that nobody is there.
            self.keeper.ring(self.soon)
            if wake.bell and not self.keeper.rings and seconds > self.settings.look_away:
                # The engine counted on a bell that this source has not, or not yet.
                self.ordered += self.settings.look_away - seconds
                self.alarm.set(self.settings.look_away)

    async def _show(self, prompt: m.Prompt) -> None:
        if prompt.what == "week":
            # Not waited for: that it is shown must be written first, or a kill would show it again.
            self.later(self._show_week(prompt))
        else:
            note = span(self.live.state.bout.seconds) if prompt.what == "nudge" else prompt.note
            await self._put(prompt, words(prompt._replace(note=note)))

    async def _show_week(self, prompt: m.Prompt) -> None:
        self.week = await week_notice(prompt.note, self.live.state, self.settings)
        bubble = self.live.now.bubble
        if bubble is not None and bubble.prompt is prompt:
            extra = ((CHOOSE, self.week.label),) if self.week.choice else ()
            text = words(prompt._replace(note=self.week.body))
            await self._put(prompt, text._replace(buttons=(*text.buttons, *extra)))

    async def _put(self, prompt: m.Prompt, text: Words) -> None:
        notice = Notice(
            slot=SLOT,
            title=text.title,
            body=text.body,
            buttons=tuple(Button(*pair) for pair in text.buttons),
            urgency=2 if prompt.critical else 1,
            transient=prompt.what == "nudge" or (prompt.what == "session" and prompt.step == 1),
            resident=prompt.what == "session" and prompt.step == 3,
            sound=prompt.sound,
        )
        if self.notifier is None or not await self.notifier.show(notice):
            trouble = getattr(self.notifier, "trouble", "") or _("there is no notification server")
            self.troubles["notices"] = _("A notice could not be shown: {trouble}").format(trouble=trouble)
            log.warning("%s", self.troubles["notices"])
        else:
            self.troubles.pop("notices", None)

    # Notices ----------------------------------------------------------------------------------------------------------

    async def _find_notifier(self) -> None:
        self.notifier_at = asyncio.get_running_loop().time()
        try:
            self.notifier, self.notifier_note = await registry.open_notifier(self.answered)
        except Unusable as error:
            self.notifier, self.notifier_note = None, error.reason

    async def _find_better_notifier(self) -> None:
        """Text without buttons is makeshift: a bus that came later is used."""
        now = asyncio.get_running_loop().time()
        if (self.notifier and self.notifier.name == registry.NOTIFIERS[0]) or now - self.notifier_at < NOTIFIER_AGAIN:
            return
        old = self.notifier
        await self._find_notifier()
        if old is not None:
            await old.close()

    async def ask_how_it_was(self, body: Mapping[str, Any]) -> None:
        """After a session that nobody rated; it was the user's own doing, so it is outside the caps."""
        unrated = not any(name in body for name in RATINGS)
        if body.get("status") == "done" and unrated and self.notifier is not None:
            text = rating()
            buttons = tuple(Button(*pair) for pair in text.buttons)
            await self.notifier.show(Notice(RATING_SLOT, text.title, text.body, buttons))

    def answered(self, slot: str, key: str) -> None:
        """A button was pressed, or the notice went."""
        if slot == RATING_SLOT:
            last = self.live.state.programme.last
            if key.startswith("rate:") and last is not None:
                told = {"session": last.key, "discomfort": int(key.removeprefix("rate:"))}
                self.later(self.perform(m.Told(self.clock.now(), Kind.RATED, told)))
            return
        bubble = self.live.now.bubble
        what = bubble.prompt.what if bubble else "session"
        at = self.clock.now()
        if key in ("expired", "lost"):
            event: m.Event = m.Gone(at, SLOT, key)
        else:
            opening = {"session": "start", "nudge": "dismiss", "week": "open", "ask": "dismiss"}
            action = {"default": opening.get(what, "dismiss"), "dismissed": "dismiss"}.get(key, key)
            event = m.Answered(at, action, what, by="notice")
            if action == CHOOSE and what == "week" and self.week:
                self.spawn("week", "--of", self.week.week, "--choose", self.week.choice)
        self.later(self.perform(event))

    # History ----------------------------------------------------------------------------------------------------------

    async def forget(self, before: float | None) -> int:
        """Delete what ended before (Unix seconds), or everything; returns how many facts. Raises StoreError.

        Nothing that goes on is lost: it begins anew, and no checkpoint remembers the days that are gone.
        """
        async with self.turn:
            at = self.clock.now()
            if before is not None:
                await self._apply(m.Forgot(at, at_offset(before, at.utc_offset).date().isoformat()))
                return self.history.forget(before)
            await self._apply(m.Stopping(at))
            try:
                gone = self.history.forget(None)
            finally:
                self.live, _told = recall(self.history.store, self.settings, self.clock)
                await self._apply(m.Started(at, self.clock.boot_id, self._run_name()))
            return gone

    # Configuration ----------------------------------------------------------------------------------------------------

    def _reload_if_changed(self) -> None:
        stamp = _stamp(self.paths.config_file)
        if stamp != self.config_stamp:
            self.reload()

    def reload(self) -> None:
        """Read the configuration again; a bad one changes nothing, and says so."""
        self.config_stamp = _stamp(self.paths.config_file)
        try:
            settings = config.load(self.paths.config_file)
        except config.ConfigError as error:
            told = "configuration" in self.troubles
            self.troubles["configuration"] = " ".join([error.what, _("The old settings stay in force."), error.remedy])
            log.warning("%s", self.troubles["configuration"])
            if not told and self.notifier is not None:
                text = _("The configuration has a mistake; the old settings stay. See: unhunch config check")
                self.later(self.notifier.show(Notice("unhunch-config", "Unhunch", text)))
            return
        self.troubles.pop("configuration", None)
        before, self.settings = self.settings, settings
        if settings != before:
            log.info("The configuration was read again")
        if settings.language != before.language:
            language.set_up(configured=settings.language)
        if settings.source != before.source or Timers.of(settings) != self.keeper.timers:
            self.later(self._change_source(settings))

    async def _change_source(self, settings: Settings) -> None:
        await self.keeper.close()
        self.keeper.wanted, self.keeper.timers = settings.source, Timers.of(settings)
        await self.keeper.open()
        self.soon()

    # Control ----------------------------------------------------------------------------------------------------------

    async def handle(self, command: str, args: dict[str, Any]) -> Mapping[str, Any]:
        """A command of the control socket, its arguments proven already. Raises UserError."""
        from unhunch.daemon.commands import COMMANDS

        reply = await COMMANDS[command](self, args)
        if command not in ("status", "why", "doctor", "plan", "session_plan"):
            self.soon()
        return reply

    def spawn(self, *argv: str) -> None:
        """Start a command of ours outside this unit: its limits and its end would be the daemon's otherwise."""
        line = [sys.executable, "-m", "unhunch", *argv]
        runner = shutil.which("systemd-run") if os.environ.get("INVOCATION_ID") else None
        if runner:
            # The desktop as it is now: the manager may have been started before it.
            known = [
                f"--setenv={name}={value}" for name, value in self.keeper.env.items() if name in desktop_env.DESKTOP
            ]
            line = [runner, "--user", "--collect", "--quiet", *known, "--", *line]
        try:
            # What it complains about goes into our log: nobody sees its terminal.
            subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        except OSError as error:
            self.failed("start", error)


def _stamp(path: Path) -> tuple[int, int] | None:
    """When a file was last changed, and which file it is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def run(source: str | None = None) -> int:
    """`unhunch run`: the daemon in the foreground. Returns the exit code; raises UserError for what can be mended."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    for noisy in ("apscheduler", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    paths = Paths.find()
    settings = config.load(paths.config_file)
    paths.make_data()
    paths.make_runtime()
    with lock(paths.lock):
        if source and source not in ("auto", "none"):
            asyncio.run(_prove(source))
        asyncio.run(_main(paths, settings, source))
    return Exit.DONE


async def _prove(source: str) -> None:
    """A source that was asked for by name has to work."""
    try:
        opened, _note = await registry.open_source(source, await desktop_env.desktop_env())
    except Unusable as error:
        raise UserError(
            _("The source '{name}' cannot be used here: {reason}.").format(name=source, reason=error.reason),
            _("Unhunch would see nothing."),
            error.remedy or _("Leave the source to 'auto', or see 'unhunch doctor'."),
            Exit.UNUSABLE,
        ) from error
    await opened.close()


async def _main(paths: Paths, settings: Settings, source: str | None) -> None:
    await Daemon(paths, settings, source).run()
