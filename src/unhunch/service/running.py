"""The daemon as a process: started by whoever starts it here, ended, and found to be of another version."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from unhunch import __version__
from unhunch.control import client
from unhunch.control.lock import holder
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.service.files import UNIT, Places, Way
from unhunch.service.manager import UserManager
from unhunch.words.translate import _

QUIT_SECONDS = 10.0
"""How long a daemon may take to write its history and go."""
QUIT_LOOKS = 100

WITHOUT_WINDOW = 0
"""Windows: in no terminal, whose end would be the daemon's."""
if sys.platform == "win32":
    WITHOUT_WINDOW = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP

Told = tuple[list[str], list[str]]
"""What was done, and remarks."""


@dataclass(frozen=True)
class Running:
    """One user's daemon, as this installation would start it."""

    env: Mapping[str, str]
    command: Sequence[str]
    platform: str
    places: Places
    manager: UserManager

    def start(self, way: Way | None, *, anew: bool) -> Told:
        """Start it now; `anew`: also if it runs. Raises UserError."""
        start = {Way.SYSTEMD: self._start_unit, Way.LAUNCHD: self._start_agent}.get(way or Way.AUTOSTART)
        return (start or self._start_detached)(anew)

    def stop(self) -> list[str]:
        """End it, however it was started; it starts again at the next login. What was done: nothing where none ran."""
        if self.manager.answers() and self.manager.running():
            self.manager.call("stop", UNIT)
            return [_("stopped the running daemon")]
        return self._stop_daemon()

    def on_screen(self) -> bool:
        """Whether there is a desktop here that a daemon would see."""
        return self.platform in ("darwin", "win32") or bool(self.env.get("DISPLAY") or self.env.get("WAYLAND_DISPLAY"))

    def outdated(self) -> str:
        """Why the daemon that runs is not the one that is installed; empty when it is, or when none runs."""
        paths = Paths.find(self.env)
        if not paths.socket.exists():
            return ""
        try:
            paths.check_runtime()
            version = client.ask(paths.socket, "status").get("version")
        except UserError as error:
            return error.what if error.code == Exit.WRONG else ""  # it speaks another version of the protocol
        if version == __version__:
            return ""
        return _("the daemon that runs is version {version}, installed is {installed}").format(
            version=version, installed=__version__
        )

    def _start_unit(self, changed: bool) -> tuple[list[str], list[str]]:
        for words in (("daemon-reload",), ("enable", UNIT)):
            answer = self.manager.call(*words)
            if answer.code:
                raise UserError(
                    _("{command} failed: {output}.").format(
                        command=f"systemctl --user {' '.join(words)}", output=answer.out
                    ),
                    _("The unit is written, but it will not start at login."),
                    _("Look at 'systemctl --user status', then try again: unhunch enable"),
                )
        if not self.manager.target_reached():
            return [_("enabled {unit}; it starts with your next desktop session").format(unit=UNIT)], []
        answer = self.manager.call("restart" if changed else "start", UNIT)
        if not answer.code:
            return [_("started {unit}").format(unit=UNIT)], []
        if self.manager.property(UNIT, "ExecMainStatus") == str(Exit.RUNNING):
            self.manager.call("reset-failed", UNIT)
            return [_("enabled {unit}").format(unit=UNIT)], [
                _("Unhunch runs already, started in some other way; the unit takes over at the next login.")
            ]
        raise UserError(
            _("{unit} is enabled, but it did not start.").format(unit=UNIT),
            _("It will be tried again at the next login."),
            _("See why: journalctl --user -u unhunch -n 20; or run it in this terminal: unhunch run"),
        )

    def _start_agent(self, changed: bool) -> tuple[list[str], list[str]]:
        path = str(self.places.starter(Way.LAUNCHD))
        if changed:
            self.forget_agent()
        code = _call(["launchctl", "bootstrap", f"gui/{_uid()}", path])
        return ([_("started the agent")], []) if code == 0 else ([], [_("The agent starts at the next login.")])

    def forget_agent(self) -> None:
        """macOS: launchd lets go of it."""
        _call(["launchctl", "bootout", f"gui/{_uid()}", str(self.places.starter(Way.LAUNCHD))])

    def _start_detached(self, changed: bool) -> tuple[list[str], list[str]]:
        """Start the daemon now, on its own: at login the desktop does it."""
        if not self.on_screen():
            return [_("it starts with your next desktop session")], []
        stopped = self._stop_daemon() if changed else []  # it may be one of an older installation
        try:
            daemon = subprocess.Popen(
                [*self.command, "run"],
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=WITHOUT_WINDOW,
            )
            daemon.returncode = 0  # it is meant to outlive us: do not let Popen complain of that
        except OSError as error:
            raise UserError(
                _("{program} cannot be started: {error}.").format(
                    program=self.command[0], error=error.strerror or error
                ),
                _("The entry for your next login is written, but it would fail in the same way."),
                _("Install Unhunch again, then: unhunch enable"),
            ) from error
        return [*stopped, _("started it (one that ran already stays)")], []

    def _stop_daemon(self) -> list[str]:
        """End a daemon that no service manager holds: one of an autostart entry, or of a terminal."""
        paths = Paths.find(self.env)
        if not paths.socket.exists():
            return []
        try:
            paths.check_runtime()
            client.ask(paths.socket, "quit")
        except UserError as error:
            return (
                []
                if error.code == Exit.NOT_RUNNING
                else [_("the running daemon could not be stopped: {what}").format(what=error.what)]
            )
        for _look in range(QUIT_LOOKS):
            if holder(paths.lock) is None:
                break
            time.sleep(QUIT_SECONDS / QUIT_LOOKS)
        return [_("stopped the running daemon")]


def _call(words: Sequence[str]) -> int:
    """Run a small program that may be missing; its exit code, 127 when it could not run."""
    run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run
    try:
        quiet = subprocess.DEVNULL
        return run(words, stdin=quiet, stdout=quiet, stderr=quiet, timeout=30, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return 127


def _uid() -> int:
    if sys.platform == "win32":
        return 0
    return os.getuid()
