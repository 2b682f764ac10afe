"""Commands of the user's that are run when something happens, with the event as a line of JSON on their input.

Nobody waits for them. One runs at a time for each event; while it runs, the newest of what comes after it waits. What
fails is told by `doctor`. Nothing is run on the word of a file that others can write, nor such a file itself.
"""

import asyncio
import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from unhunch.core.settings import Settings
from unhunch.daemon.host import Host
from unhunch.words.translate import _

LONGEST = 300.0
"""Seconds: what runs for longer hangs, and is ended."""
FIRST_LOOK, LAST_LOOK = 0.05, 1.0
"""Seconds between two looks whether it has ended; an end of a child is no event without a thread."""
SAID = 200
"""Bytes of its last complaint that are told."""


class Hooks:
    """Runs what `[hooks]` names. The events are those of `events --follow` (core/told.py)."""

    def __init__(self, host: Host, config_file: Path) -> None:
        self._host = host
        self._config_file = config_file
        self._running: set[str] = set()
        self._next: dict[str, Mapping[str, Any]] = {}

    def happened(self, event: Mapping[str, Any]) -> None:
        """Something happened. Never raises, never waits."""
        name = str(event["event"])
        if not commands(self._host.settings).get(name):
            return
        self._next[name] = event
        if name not in self._running:
            self._running.add(name)
            self._host.later(self._run(name))

    async def _run(self, name: str) -> None:
        """One after the other until nothing waits."""
        try:
            while (event := self._next.pop(name, None)) is not None:
                command = commands(self._host.settings).get(name, "")
                trouble = await self._once(command, event) if command else ""
                self._tell(name, trouble)
        finally:
            self._running.discard(name)

    def _tell(self, name: str, trouble: str) -> None:
        where = f"hook {name}"
        if trouble:
            self._host.troubles[where] = _("The hook {name} failed: {trouble}").format(name=name, trouble=trouble)
        else:
            self._host.troubles.pop(where, None)

    async def _once(self, command: str, event: Mapping[str, Any]) -> str:
        """Run it to its end; what went wrong, or an empty text."""
        import tempfile

        try:
            argv = words(command)
            complaint = unsafe([self._config_file, *files(argv)])
            if complaint:
                return complaint
            with tempfile.TemporaryFile() as said:
                return await self._to_the_end(argv, event, said)
        except (OSError, ValueError) as error:
            return str(error)

    async def _to_the_end(self, argv: list[str], event: Mapping[str, Any], said: IO[bytes]) -> str:
        process = subprocess.Popen(  # noqa: ASYNC220 - it starts in a few ms; asyncio's own take a thread
            argv,
            env={**os.environ, **self._host.keeper.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        loop = asyncio.get_running_loop()
        try:
            assert process.stdin is not None
            _feed(process.stdin, json.dumps(event, ensure_ascii=False).encode() + b"\n")
            pause, until = FIRST_LOOK, loop.time() + LONGEST
            while process.poll() is None:
                if loop.time() >= until:
                    return _("it was ended after {seconds} s").format(seconds=round(LONGEST))
                await asyncio.sleep(pause)
                pause = min(2 * pause, LAST_LOOK)
        finally:
            if process.poll() is None:
                _end(process)
        if process.returncode == 0:
            return ""
        said.seek(0, os.SEEK_END)
        said.seek(max(said.tell() - SAID, 0))
        last = said.read().decode(errors="replace").strip().splitlines()[-1:]
        return _("exit code {code}").format(code=process.returncode) + "".join(f": {line}" for line in last)


def commands(s: Settings) -> dict[str, str]:
    """The command of each event that can have one; empty where there is none."""
    return {"prompt": s.hook_prompt, "session": s.hook_session, "presence": s.hook_presence}


def words(command: str) -> list[str]:
    """The program and its arguments; no shell reads them. Raises ValueError."""
    argv = [str(Path(word).expanduser()) if word.startswith("~") else word for word in shlex.split(command)]
    if not argv:
        raise ValueError(_("there is no command"))
    program = shutil.which(argv[0])
    if program is None:
        raise ValueError(_("there is no program {name}").format(name=argv[0]))
    return [program, *argv[1:]]


def files(argv: list[str]) -> list[Path]:
    """The program, and each argument that is a file: `sh script` runs the script."""
    return [path for path in map(Path, argv) if path.is_absolute() and path.is_file()]


def unsafe(paths: list[Path]) -> str:
    """Why nothing may be run on the word of these files: others can write one. Empty if nobody else can."""
    if sys.platform == "win32":  # the profile's access lists say that
        return ""
    trusted = (0, os.getuid())
    for path in paths:
        real = path.resolve()
        for one in (real, real.parent):
            try:
                info = one.stat()
            except FileNotFoundError:
                continue  # no configuration is nobody's
            others = stat.S_IMODE(info.st_mode) & 0o022 and not (one.is_dir() and info.st_mode & stat.S_ISVTX)
            if others or info.st_uid not in trusted:
                return _("others can write {file}; make it yours alone: chmod go-w {file}").format(file=one)
    return ""


def _feed(pipe: IO[bytes], line: bytes) -> None:
    """A pipe takes 64 KiB at once. Whoever does not read it is not waited for."""
    if sys.platform != "win32":  # there a pipe cannot be told to take what it can
        os.set_blocking(pipe.fileno(), False)
    try:
        os.write(pipe.fileno(), line)
    except (BlockingIOError, BrokenPipeError):
        pass
    finally:
        pipe.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
