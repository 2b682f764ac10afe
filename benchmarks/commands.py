"""Short commands as whole processes, beside a bare interpreter that does nothing."""

import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
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
    return side_by_side({"": argv}, env, runs)[""]


def side_by_side(
    lines: Mapping[str, list[str]], env: Mapping[str, str] | None, runs: int, refused: Collection[str] = ()
) -> dict[str, Took]:
    """As `timed`, in turn: what else the machine does falls on all alike. Those in `refused` may fail."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in lines}
    for number in range(runs + 1):
        for name, argv in lines.items():
            took = once(argv, env, refused=name in refused)
            if number:
                spent[name].append(took)
    found = {}
    for name, figures in spent.items():
        wall, cpus = zip(*figures, strict=True)
        found[name] = Took(min(wall), statistics.median(wall), statistics.median(cpus))
    return found


def once(argv: list[str], env: Mapping[str, str] | None, *, refused: bool = False) -> tuple[float, float]:
    """Milliseconds of one run, by the clock on the wall and of processor time. One that is refused may fail."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    told = subprocess.DEVNULL if refused else None
    subprocess.run(argv, env=env, check=not refused, stdout=subprocess.DEVNULL, stderr=told)
    took, now = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * took, 1000 * (now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime)


def short(runs: int) -> dict[str, Took]:
    """Beside a daemon on a desk, which answers `status`."""
    with ExitStack() as stack:
        bed = desks.Running(desks.OURS[0], stack).bed
        lines = {f"unhunch {words}": [UNHUNCH, *words.split()] for words in (*POLLED, *CLICKED)}
        nothing_due = [f"unhunch {words}" for words in CLICKED]
        return side_by_side({BARE: [sys.executable, "-c", "pass"], **lines}, bed.env, runs, nothing_due)


POLLED = ("status", "status --format waybar", "status --json")
CLICKED = ("--help", "--version", "snooze", "skip", "pause 1h", "resume", "stand", "sit")


class Begun(NamedTuple):
    """Milliseconds from `unhunch start` until the browser was asked, and until the page's first byte; the middle."""

    asked: float
    first_byte: float


def starts(runs: int) -> Begun:
    """Beside a daemon on a desk; the browser is a program of ours (BROWSER) that says when it was asked."""
    with ExitStack() as stack:
        bed = desks.Running(desks.OURS[0], stack).bed
        told = telling_browser(Path(bed.dir))
        env = {**bed.env, "BROWSER": str(told.with_name("browser"))}
        found = [begun([UNHUNCH, "start"], env, told) for _ in range(runs + 1)][1:]
    return Begun(*(1000 * statistics.median(each) for each in zip(*found, strict=True)))


def telling_browser(folder: Path) -> Path:
    """A program `browser` in that folder that tells which address it was asked for; the pipe in which it does."""
    told, browser = folder / "asked", folder / "browser"
    os.mkfifo(told)
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    browser.chmod(0o755)
    return told


def begun(argv: list[str], env: Mapping[str, str], told: Path) -> tuple[float, float]:
    """Seconds until the browser was asked, and until the page's first byte."""
    begin = time.perf_counter()
    session = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = told.read_text().strip()
        asked = time.perf_counter() - begin
        host = address.split("/")[2]
        name, _colon, port = host.partition(":")
        with socket.create_connection((name, int(port))) as line:
            line.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            line.recv(1)
            return asked, time.perf_counter() - begin
    finally:
        session.terminate()
        session.wait()


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


LAST_WEEK, THIS_WEEK = "unhunch week --back 1", "unhunch week"
BARE = "python -c pass"


def week_over(years: int, runs: int) -> tuple[dict[str, Took], int]:
    """The last week and the running one from so many years of facts up to today, without a daemon, in turn with a bare
    interpreter; and how many facts those are.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "unhunch"
        data.mkdir(mode=0o700)
        store = SqliteStore(data / "unhunch.sqlite")
        facts = list(week.history(years, last=datetime.now(UTC).date()))
        for begin in range(0, len(facts), 5000):
            store.append(facts[begin : begin + 5000])
        store.close()
        lines = {BARE: [sys.executable, "-c", "pass"]}
        lines |= {words: [UNHUNCH, *words.split()[1:]] for words in (LAST_WEEK, THIS_WEEK)}
        return side_by_side(lines, elsewhere(folder), runs), len(facts)


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
