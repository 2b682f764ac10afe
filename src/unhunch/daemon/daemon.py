"""The daemon, composed: the host with its engine, the notices, the tray and the control socket; and its settings."""

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unhunch import __version__, config, language
from unhunch.adapters import desktop_env, registry, sdnotify
from unhunch.config.kept import InForce, in_force, keep
from unhunch.control.lock import lock
from unhunch.control.server import Server
from unhunch.core import messages as m
from unhunch.core.engine import status
from unhunch.core.vocabulary import CHOICES
from unhunch.daemon import status as desk_status
from unhunch.daemon.commands import COMMANDS, READING
from unhunch.daemon.desks import OtherDesks
from unhunch.daemon.hooks import Hooks
from unhunch.daemon.host import Host
from unhunch.daemon.notices import Notices
from unhunch.daemon.parts import Parts
from unhunch.daemon.spawn import Spawn
from unhunch.daemon.tray import DeskTray
from unhunch.daemon.typed import typed
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.ports import Unusable
from unhunch.words.translate import _

log = logging.getLogger("unhunch")

GONE = 120.0
"""Seconds for which the program's files are gone before it ends: a new version takes their place in less."""


class Daemon:
    """Everything that runs."""

    def __init__(self, paths: Paths, begin: InForce, source: str | None) -> None:
        """Raises StoreError."""
        self._config_file, self._config_copy = paths.config_file, paths.last_good
        settings = begin.settings
        self._gone_since: float | None = None
        self._config_stamp = _stamp(paths.config_file)
        self._ending = asyncio.Event()
        self._host = host = Host(paths, settings, source)
        self._spawn = Spawn(host.keeper.env, host.failed)
        self._notices = Notices(host, self._spawn)
        self._tray = DeskTray(host, self._spawn, self._notices.explain, self._ending.set)
        self._hooks = Hooks(host, paths.config_file)
        self._desks = OtherDesks(host)
        self._server = Server(paths.socket, self._handle, state=lambda: desk_status.state(self._parts))
        self._parts = Parts(
            host, self._notices, self._tray, self._desks, self._spawn, paths.database, self.reload, self._ending.set
        )
        if begin.told:
            host.troubles["configuration"] = begin.told
        host.performers |= {
            m.Show: ("showing", self._notices.show),
            m.Withdraw: ("withdrawing", self._notices.withdraw),
            m.Launch: ("work", self._launch),
            m.OpenWeek: ("work", self._open_week),
            m.Happened: ("work", self._publish),
        }
        host.muted = self._notices.muted
        host.chores += [
            ("configuration", self._reload_if_changed),
            ("installation", self._end_if_gone),
            ("notices", self._notices.find_better),
            ("sync", self._desks.look),
            ("tray", self._tray.refresh),
        ]

    async def run(self) -> None:
        """Until the end is asked for."""
        self._obey_signals(asyncio.get_running_loop())
        await self._server.open()
        host = self._host
        try:
            await host.begin()
            await host.open()
            await self._notices.open()
            if host.settings.tray:
                await self._tray.open()
            if told := host.troubles.get("configuration"):
                await self._say_mistake(told)
            await host.ready()
            keeper = host.keeper
            sdnotify.tell(f"READY=1\nSTATUS=Watching by {keeper.name}")
            log.info("Unhunch %s watches by %s: %s", __version__, keeper.name, keeper.note or keeper.why)
            await self._ending.wait()
        finally:
            sdnotify.tell("STOPPING=1")
            await self._close()

    async def _close(self) -> None:
        """The open spans first; then one after the other, whatever any of them raises."""
        host = self._host
        await host.stop()
        await host.guarded("control", self._server.close())
        await host.guarded("tray", self._tray.close())
        await host.guarded("notices", self._notices.close())
        await host.guarded("sync", self._desks.close())
        await host.close()

    def _obey_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        """End, or read the configuration again, when the system or a terminal says so."""
        if sys.platform == "win32":  # its loops take no handlers; Ctrl-Break is also what a closed window sends
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._ending.set))
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    # Effects and commands ---------------------------------------------------------------------------------------------

    async def _launch(self, effect: m.Launch) -> None:
        self._spawn("start", *([f"--{effect.size}"] if effect.size in CHOICES else []))

    async def _open_week(self, _effect: m.OpenWeek) -> None:
        self._notices.open_week()

    async def _publish(self, effect: m.Happened) -> None:
        live = self._host.live
        at = status.iso(live, live.state.t)
        event = {"at": at, "event": effect.name, **effect.data}
        self._server.publish(event)
        self._hooks.happened(event)

    async def _handle(self, command: str, args: dict[str, Any]) -> Mapping[str, Any]:
        """A command of the control socket, its arguments proven already. Raises UserError."""
        if command == "typed":
            return await typed(self._parts, args)
        reply = await COMMANDS[command](self._parts, args)
        if command not in READING:
            self._host.soon()
        return reply

    # Configuration ----------------------------------------------------------------------------------------------------

    async def _reload_if_changed(self) -> None:
        if _stamp(self._config_file) != self._config_stamp:
            self.reload()
            self._host.soon()

    async def _end_if_gone(self) -> None:
        """Taken off without `unhunch uninstall`: what is half a program would fail at the next thing that it needs."""
        now = asyncio.get_running_loop().time()
        if _stamp(Path(__file__)) is not None:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        elif now - self._gone_since >= GONE:
            log.warning("The program's files are gone; it ends")
            self._ending.set()

    async def _say_mistake(self, told: str) -> None:
        await self._notices.say("unhunch-config", _("A mistake in the configuration"), told)

    def reload(self) -> None:
        """Read the configuration again; a bad one changes nothing, and says so."""
        self._config_stamp = _stamp(self._config_file)
        host, troubles = self._host, self._host.troubles
        now = in_force(self._config_file, self._config_copy)
        if now.told:
            said = "configuration" in troubles
            troubles["configuration"] = now.told
            log.warning("%s", now.told)
            if not said:
                host.later(self._say_mistake(now.told))
            return
        settings = now.settings
        keep(self._config_file, self._config_copy)
        troubles.pop("configuration", None)
        if settings != host.settings:
            log.info("The configuration was read again")
            _of_before(self._config_file)
        if settings.language != host.settings.language:
            language.set_up(configured=settings.language)
        host.use(settings)


def _of_before(path: Path) -> None:
    """Say what became of options that have other names now."""
    for sentence in config.of_before(path):
        log.warning("%s", sentence)


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
    begin = in_force(paths.config_file, paths.last_good)
    paths.make_data()
    paths.make_runtime()
    with lock(paths.lock):
        if begin.told:
            log.warning("%s\n%s", begin.wrong, begin.told)
        else:
            _of_before(paths.config_file)
            keep(paths.config_file, paths.last_good)
        if source and source not in ("auto", "none"):
            asyncio.run(_prove(source))
        asyncio.run(_main(paths, begin, source))
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


async def _main(paths: Paths, begin: InForce, source: str | None) -> None:
    await Daemon(paths, begin, source).run()
