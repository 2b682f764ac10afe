"""Busy events of the user's calendar files, as quiet time.

The files are listed once a minute; one that changed is read by a short-lived program of its own (ics.py), which gives
begin and end alone. What cannot be read keeps its last answer. Nothing here reaches a network.

A look takes 1 ms for 100 files and 10 ms for 1000, and happens when the daemon is awake anyway. Watches save that,
but have to follow each folder below "**", and wake the daemon for every file that a synchronizer writes.
"""

import asyncio
import contextlib
import glob
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.surroundings.child import output
from unhunch.ports import Clock, Unusable
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _, ngettext

LISTING = 60.0
"""Seconds between two looks at the folders."""
REST = 2.0
"""Seconds for which a file has to stay as it is before it is read: whoever writes it may not have done."""
AHEAD = 48 * 3600.0
ANEW = 24 * 3600.0
"""Seconds for which an answer is good: it reaches twice as far."""
AGAIN = 3600.0
"""Seconds until what took too long is tried again: it costs 20 s of work, and seldom takes less the next time."""
MOST_FILES = 5000
AT_ONCE = 50
"""Files of a folder with one event each that one program reads."""
LARGE = 100_000
"""Bytes: a file of this size gets a program of its own."""
PATIENCE = 60.0
"""Seconds of waiting for one program, which ends itself after 20 s of work."""
OLD = 7 * 86400.0
"""An export of this age is told of by `doctor`."""

Stamp = tuple[int, int, int]
Busy = tuple[float, float]


class Known(NamedTuple):
    """What is known of one file."""

    stamp: Stamp
    asked: float
    """Unix seconds: when the answer was asked for."""
    busy: tuple[Busy, ...] = ()
    trouble: str = ""
    skipped: int = 0
    """Series in it that could not be read."""

    def good(self, now: float) -> bool:
        """Whether the answer holds at this Unix time, if the file did not change since. A clock set back ends it."""
        until = ANEW if not self.trouble else AGAIN if self.trouble == TOO_MUCH else LISTING
        return 0.0 <= now - self.asked <= until


class Calendars:
    """One observer of all calendar files. `settings`: patterns, seconds before an event, and whether days count."""

    name = "calendar"
    conditions = ("busy",)

    def __init__(
        self,
        options: Callable[[], tuple[Sequence[str], float, bool]],
        env: Mapping[str, str],
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._options = options
        self._env = env
        self._changed: Callable[[str, bool | None], None] = lambda _name, _value: None
        self._known: dict[str, Known] = {}
        self._listed = -LISTING
        self._of: tuple[Any, ...] = ()
        self._reading: asyncio.Task[None] | None = None

    async def open(self, changed: Callable[[str, bool | None], None]) -> str:
        if not self._options()[0]:
            raise Unusable(_("no calendar is named in calendar.files"), where(self._env))
        self._changed = changed
        await self._list()
        return self.note

    @property
    def note(self) -> str:
        """How many files, and what is wrong with which; for `doctor`."""
        count = len(self._known)
        parts = [ngettext("{count} file", "{count} files", count).format(count=count)]
        for path, known in sorted(self._known.items()):
            if known.trouble:
                parts.append(_("{file} cannot be read: {why}").format(file=path, why=_(known.trouble)))
            if known.skipped:
                skipped = ngettext(
                    "{count} event of {file} was left out: what stands in it makes no sense",
                    "{count} events of {file} were left out: what stands in them makes no sense",
                    known.skipped,
                )
                parts.append(skipped.format(count=known.skipped, file=path))
        newest = max((known.stamp[1] / 1e9 for known in self._known.values()), default=None)
        if newest is not None and (age := self._clock.now().wall - newest) > OLD:
            days = int(age / 86400)
            parts.append(_("nothing changed for {days} days; an export gets old").format(days=days))
        if not count:
            parts.append(where(self._env).replace("\n", " "))
        return "; ".join(parts)

    async def check(self) -> None:
        """At each look: is it busy now? Once a minute: did a file change?"""
        patterns, before, _all_day = self._options()
        if not patterns:
            self._known.clear()
        elif self._clock.now().boot - self._listed >= LISTING or (self._options(), zone()) != self._of:
            await self._list()
        now = self._clock.now().wall
        inside = any(begins - before <= now < ends for known in self._known.values() for begins, ends in known.busy)
        self._changed("busy", inside if patterns else None)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None

    async def _list(self) -> None:
        """Begin to read what changed, beside everything else."""
        now = self._clock.now()
        self._listed = now.boot
        of = (self._options(), zone())
        found = found_files(self._options()[0])
        stale = {
            path: stamp
            for path, stamp in found.items()
            if of != self._of
            or path not in self._known
            or self._known[path].stamp != stamp
            or not self._known[path].good(now.wall)
        }
        for path in set(self._known) - set(found):
            del self._known[path]
        if stale and (self._reading is None or self._reading.done()):
            self._of = of
            self._reading = asyncio.get_running_loop().create_task(self._read(stale))

    async def _read(self, stale: Mapping[str, Stamp]) -> None:
        await asyncio.sleep(REST)
        rested = [path for path, stamp in stale.items() if stamp_of(path) == stamp]
        small = [path for path in rested if stale[path][0] < LARGE]
        batches = [[path] for path in rested if stale[path][0] >= LARGE]
        batches += [small[at : at + AT_ONCE] for at in range(0, len(small), AT_ONCE)]
        for batch in batches:
            await self._ask(batch, stale)
        with contextlib.suppress(asyncio.CancelledError):
            await self.check()
        if len(rested) < len(stale):
            self._listed = -LISTING  # somebody still writes: again at the next look

    async def _ask(self, batch: list[str], stale: Mapping[str, Stamp]) -> None:
        """One program for these; what it did not come to, because one took too long, is asked for one by one."""
        now = self._clock.now().wall
        _patterns, _before, all_day = self._options()
        asked = {"zone": zone(), "start": now - 3600.0, "end": now + AHEAD, "all_day": all_day, "files": batch}
        line = [sys.executable, "-m", "unhunch.adapters.surroundings.ics", json.dumps(asked)]
        try:
            said = await output(line, {**os.environ, "PYTHONWARNINGS": "ignore"}, PATIENCE)
        except OSError:
            said = ""
        answers = {one["file"]: one for one in map(json.loads, said.splitlines())}
        if not answers and len(batch) > 1:
            for path in batch:
                await self._ask([path], stale)
            return
        for path in batch:
            answer = answers.get(path)
            before = self._known.get(path)
            if answer is None or "error" in answer:
                self._known[path] = Known(stale[path], now, before.busy if before else (), _trouble(answer))
            else:
                busy = tuple((begins, ends) for begins, ends in answer["busy"])
                self._known[path] = Known(stale[path], now, busy, skipped=answer["skipped"])


TOO_MUCH = N_("it takes too long or too much memory")
NOT_READ = N_("it is no whole calendar")


def _trouble(answer: Mapping[str, str] | None) -> str:
    """Why there is no answer: the limits of time and memory, the system's own words, or what stands in the file."""
    if answer is None or answer["error"] == "MemoryError":
        return TOO_MUCH
    return answer.get("said") or NOT_READ


def found_files(patterns: Sequence[str]) -> dict[str, Stamp]:
    """The .ics files that the patterns name; "~" is home, "**" any folders."""
    found: dict[str, Stamp] = {}
    for pattern in patterns:
        for path in glob.iglob(str(Path(pattern).expanduser()), recursive=True):  # noqa: PTH207 - patterns may be absolute
            if not path.endswith(".ics") or len(found) >= MOST_FILES:
                continue  # temporary names of those who write them go on after it
            stamp = stamp_of(path)
            if stamp is not None:
                found[path] = stamp
    return found


def stamp_of(path: str) -> Stamp | None:
    """Size, time and number of a file; none of them alone proves that it is the same."""
    try:
        info = Path(path).stat()
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns, info.st_ino


def zone() -> str:
    """The name of the person's time zone; empty where the system does not tell one."""
    named = os.environ.get("TZ", "").removeprefix(":")
    real = os.path.realpath(named if named.startswith("/") else "/etc/localtime")
    if named and not named.startswith("/"):
        return named
    _before, found, name = real.partition("zoneinfo/")
    return name if found else ""


EVOLUTION = "~/.local/share/evolution/calendar/system/calendar.ics"
KORGANIZER = "~/.local/share/apps/korganizer/std.ics"


def where(env: Mapping[str, str]) -> str:
    """Where this desktop keeps its calendars, or how to get them into files."""
    desktop = env.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
    own = KORGANIZER if "KDE" in desktop else EVOLUTION
    there = [path for path in (EVOLUTION, KORGANIZER) if Path(path).expanduser().exists()]
    folders = ("~/.local/share/calendars", "~/.calendars", "~/.local/share/khal/calendars")
    there += [f"{folder}/**/*.ics" for folder in folders if Path(folder).expanduser().is_dir()]
    files = " ".join(f"'{path}'" for path in there or [own])
    said = _("Name them: unhunch config set calendar.files {files}").format(files=files)
    remote = _(
        "Thunderbird's calendars, and those on a server, are in no file: bring them into files with vdirsyncer, or "
        "export them, which gets old."
    )
    return f"{said}\n{remote}"
