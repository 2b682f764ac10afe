"""One user's login: installs what starts the daemon, removes it, tells how things stand. Every call may be repeated."""

import contextlib
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unhunch.paths import Paths
from unhunch.service.bare import line_for, named
from unhunch.service.files import MARK, UNIT, File, Places, Way, companions, own_command, starter
from unhunch.service.made import Made
from unhunch.service.manager import TARGET, UserManager
from unhunch.service.running import Running
from unhunch.service.writing import holds, remove, write
from unhunch.words.translate import _


@dataclass(frozen=True, slots=True)
class Report:
    """What `install` or `remove` did (or with dry_run, would do), in words for the user."""

    steps: tuple[str, ...]
    notes: tuple[str, ...] = ()
    way: Way | None = None
    files: tuple[File, ...] = ()
    """What was written, or would be."""


@dataclass(frozen=True, slots=True)
class State:
    """How starting at login stands."""

    way: Way | None = None
    """None: it does not start at login."""
    path: Path | None = None
    running: bool | None = None
    """Whether the unit runs; None where nothing tells."""
    stale: tuple[str, ...] = ()
    """Why `unhunch enable` should be run again: moved, upgraded, half removed. Empty when all is well."""


@dataclass
class Login:
    """One user's login. The defaults are this process's user and this installation."""

    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    command: Sequence[str] = field(default_factory=own_command)
    platform: str = sys.platform

    def __post_init__(self) -> None:
        self.places = Places.of(self.env)
        self.manager = UserManager(self.env)
        self.running = Running(self.env, self.command, self.platform, self.places, self.manager)
        self.made = Made(Paths.find(self.env).data)

    def choose(self) -> tuple[Way, str]:
        """How the daemon is to be started at login here, and why so."""
        if self.platform == "darwin":
            return Way.LAUNCHD, _("macOS starts its agents with launchd")
        if self.platform == "win32":
            return Way.STARTUP, _("Windows starts what lies in the Startup folder")
        if not self.manager.answers():
            return Way.AUTOSTART, _("no systemd user manager answers")
        if self.manager.target_reached():
            return Way.SYSTEMD, _("this desktop has reached {target}").format(target=TARGET)
        if self.manager.target_expected():
            return Way.SYSTEMD, _("a desktop that reaches {target} is installed").format(target=TARGET)
        return Way.AUTOSTART, _("this desktop does not reach systemd's {target}").format(target=TARGET)

    def install(self, *, dry_run: bool = False) -> Report:
        """Start at every login, and now. Raises UserError; what was written until then is repaired the next time."""
        way, why = self.choose()
        files = self._files(way)
        notes: list[str] = []
        if dry_run:
            wanted = [
                (_("would leave {file}") if holds(file) else _("would write {file}")).format(file=file.path)
                for file in files
            ]
            return Report((_("would use: {way} ({why})").format(way=_(way), why=why), *wanted), way=way, files=files)
        steps = [f"{_(way)}: {why}"]
        for other in set(Way) - {way}:
            steps += self._take_out(other)
        self.note_folders()
        changed = [file for file in files if write(file)]
        steps += [_("wrote {file}").format(file=file.path) for file in changed]
        anew = bool(self.running.outdated()) or any(file.path == self.places.starter(way) for file in changed)
        said, remarks = self.running.start(way, anew=anew)
        notes += remarks
        if way is Way.AUTOSTART:
            notes += self._read_by_nobody()
        return Report((*steps, *said), tuple(notes), way, files)

    def note_folders(self) -> None:
        """Before anything is written: which folders are not there yet."""
        if self._on_linux():
            self.made.note(self.places)

    def _read_by_nobody(self) -> list[str]:
        """What to do where nothing reads the autostart entry, or nobody can know whether anything does."""
        command = (*self.command, "run")
        desktops = named(self.env) if self._on_linux() else ()
        for desktop in desktops:
            if line := line_for(desktop, self.env):
                said = _("{desktop} does not read autostart entries by itself: add this line to {file}: {line}")
                return [said.format(desktop=desktop, file=line.file, line=line.of(command))]
        if desktops or not self._on_linux():
            return []
        said = _(
            "Nothing here tells which desktop this is, so nobody knows whether it reads autostart entries. If Unhunch "
            "does not run after the next login, let your desktop start this: {words}"
        )
        return [said.format(words=shlex.join(command))]

    def remove(self) -> Report:
        """Stop the daemon and take out everything that `install` wrote. Raises UserError."""
        steps: list[str] = []
        for way in Way:
            steps += self._take_out(way)
        steps += self.running.stop()
        if self._on_linux():
            for path in (self.places.menu_entry, self.places.icon):
                if path.exists():
                    remove(path)
                    steps.append(_("removed {file}").format(file=path))
        self.made.take_back()
        drop_ins = self.places.starter(Way.SYSTEMD).with_suffix(".service.d")
        notes = (_("Your own {folder} was left alone.").format(folder=drop_ins),) if drop_ins.exists() else ()
        return Report(tuple(steps), notes)

    def state(self) -> State:
        """How things stand. Never raises for what it finds."""
        found = [way for way in Way if self._ours(self.places.starter(way))]
        if not found:
            return State()
        way = found[0]
        path = self.places.starter(way)
        stale = [_("both {way} and {other} would start it").format(way=_(way), other=_(other)) for other in found[1:]]
        try:
            stale += [
                _("{file} is not what this installation would write").format(file=file.path)
                for file in self._files(way)
                if not holds(file)
            ]
        except OSError as error:
            stale.append(_("{file} cannot be read").format(file=error.filename))
        running: bool | None = None
        if way is Way.SYSTEMD and self.manager.answers():
            running = self.manager.running()
            if not self.manager.enabled():
                stale.append(_("the unit is there but not enabled"))
        if outdated := self.running.outdated():
            stale.append(outdated)
        return State(way, path, running, tuple(stale))

    # What both directions need

    def _files(self, way: Way) -> tuple[File, ...]:
        first = starter(way, self.places, self.command)
        return (first, *companions(self.places, self.command)) if self._on_linux() else (first,)

    def _on_linux(self) -> bool:
        return self.platform not in ("darwin", "win32")

    def _ours(self, path: Path) -> bool:
        """An entry of this name that the user wrote is left alone."""
        try:
            text = path.read_text("utf-8", errors="replace")
        except OSError:
            return False
        return path.suffix != ".desktop" or MARK in text

    def _take_out(self, way: Way) -> list[str]:
        """Stop and remove one way of starting, if it is there."""
        path = self.places.starter(way)
        wants = path.parent / f"{TARGET}.wants" / UNIT
        if not self._ours(path) and not (way is Way.SYSTEMD and wants.is_symlink()):
            return []
        steps: list[str] = []
        if way is Way.SYSTEMD:
            if self.manager.answers():
                self.manager.call("disable", "--now", UNIT)
                steps.append(_("stopped and disabled {unit}").format(unit=UNIT))
            remove(wants)
            with contextlib.suppress(OSError):  # other units are wanted there, too
                wants.parent.rmdir()
        if way is Way.LAUNCHD and self.platform == "darwin":
            self.running.forget_agent()
        remove(path)
        steps.append(_("removed {file}").format(file=path))
        if way is Way.SYSTEMD and self.manager.answers():
            self.manager.call("daemon-reload")
            self.manager.call("reset-failed", UNIT)
        return steps
