"""Short commands as whole processes, beside a bare interpreter that does nothing."""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.desktop.desk import UNHUNCH

from benchmarks import desks, engine, week
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact
from unhunch.core.settings import Settings
from unhunch.play.player import Player


class Took(NamedTuple):
    """Milliseconds by the clock on the wall (the quickest run and the middle one), and of processor time."""

    quickest: float
    middle: float
    cpu: float


def timed(argv: list[str], env: Mapping[str, str] | None, runs: int) -> Took:
    """One more run comes first, which fills the caches. Raises CalledProcessError when the command fails."""
    wall, cpu = [], []
    for number in range(runs + 1):
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - begin
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        if number:
            wall.append(1000 * took)
            cpu.append(1000 * (now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime))
    return Took(min(wall), statistics.median(wall), statistics.median(cpu))


def short(runs: int) -> dict[str, Took]:
    """Beside a daemon on a desk, which answers `status`."""
    with ExitStack() as stack:
        bed = desks.Running(desks.OURS[0], stack).bed
        return {
            "python -c pass": timed([sys.executable, "-c", "pass"], bed.env, runs),
            "unhunch --help": timed([UNHUNCH, "--help"], bed.env, runs),
            "unhunch status": timed([UNHUNCH, "status"], bed.env, runs),
        }


def elsewhere(folder: Path) -> dict[str, str]:
    """An environment in which no daemon runs and nothing of the user's own is touched."""
    (folder / "run").mkdir(mode=0o700, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
        "LANG": "C.UTF-8",
    }


def week_over(years: int, runs: int) -> tuple[Took, int]:
    """`unhunch week` on so many years of facts up to today, without a daemon; and how many facts those are."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "unhunch"
        data.mkdir(mode=0o700)
        store = SqliteStore(data / "unhunch.sqlite")
        facts = list(week.history(years, last=datetime.now(UTC).date()))
        for begin in range(0, len(facts), 5000):
            store.append(facts[begin : begin + 5000])
        store.close()
        return timed([UNHUNCH, "week", "--back", "1"], elsewhere(folder), runs), len(facts)


AFK_AFTER = 180.0
"""Seconds without input after which ActivityWatch's watcher says that nobody is there, unless told otherwise."""


def replay(days: int, *, closed: float = 0.0) -> Took:
    """`unhunch replay` of so many workdays in ActivityWatch's form: reading the file included.

    `closed`: gaps of so many seconds were not recorded.
    """
    recording = engine.year(days)
    spans: list[tuple[float, float]] = []
    for begin, end in recording.spans:
        if spans and begin - spans[-1][1] <= closed:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    recording = recording._replace(spans=spans)
    begin, end = recording.covered[0]
    marks = sorted([(b, e, "not-afk") for b, e in recording.spans] + [
        (a[1], b[0], "afk") for a, b in zip(recording.spans, recording.spans[1:], strict=False)
    ])  # fmt: skip
    events = [
        {"timestamp": datetime.fromtimestamp(b, UTC).isoformat(), "duration": e - b, "data": {"status": status}}
        for b, e, status in marks
        if begin <= b < e <= end
    ]
    bucket = {"id": "aw-watcher-afk_here", "type": "afkstatus", "client": "aw-watcher-afk", "hostname": "here"}
    export = {"buckets": {bucket["id"]: {**bucket, "created": events[0]["timestamp"], "events": events}}}
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "buckets.json"
        file.write_text(json.dumps(export))
        return timed([UNHUNCH, "replay", str(file), "--json"], elsewhere(Path(name)), 1)


class Written(NamedTuple):
    """What the daemon's history costs the disk."""

    facts: int
    bytes: int
    transactions: int
    active_minutes: float


def written(days: int) -> Written:
    """So many played workdays in a real store, each of the engine's writes a transaction of its own."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "played.sqlite"
        store = SqliteStore(path)
        count = 0

        def write(facts: object, lengths: object) -> None:
            nonlocal count
            count += 1
            store.write(facts, lengths)  # type: ignore[arg-type]

        recording = engine.year(days)
        player = Player(Settings(), answer="mixed", written=write)
        player.play(recording)
        kept: list[Fact] = list(store.read())
        store.close()
        minutes = sum(e - b for b, e in recording.spans) / 60
        return Written(len(kept), path.stat().st_size, count, minutes)


def looks_a_second(looks: int = 20_000) -> float:
    """How many looks the engine can take in, one at a time, by somebody who works."""
    return engine.dense(looks)
