"""How long a week takes to read out of ten years of history, and what a year costs on the disk.

    python benchmarks/week.py [--years 10] [--runs 9] [--keep FILE]

A seeded generator writes workdays as a developer lives them (some 90 spans of activity, calls, locks, a session or two
with its prompts and ratings, a checkpoint a day) into a real SQLite store. Then, for one year and for all of them:

* `counted`   the week and the four before it from their facts, as when nothing of them is kept
* `kept`      the same when they are kept as they were counted
* `text`      the week as the terminal shows it
* `process`   a fresh Python that opens the store, sums the week up and prints it (budget: 300 ms)
* `page`      the same as a page with its trend of twelve weeks
* `command`   `unhunch week` itself, from start to end, on that database (the same budget)

`--lived` adds what a year costs on the disk that the engine itself writes: the made year is played through it, with
somebody who takes most sessions up (half a minute).
"""

import argparse
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.state.state import dump, fresh
from unhunch.core.week.dates import back, first_day
from unhunch.play.player import Player, of_facts
from unhunch.play.simulate import USERS, Someone
from unhunch.report import html, terminal
from unhunch.report.reading import week_of

ZONE = ZoneInfo("Europe/Berlin")
LAST_DAY = date(2026, 11, 22)
WHY = ("call", "quiet", "gap")
BUDGET = 0.300
"""Seconds for the whole process; judged by its CPU, which on an idle machine is its time."""

PROCESS = """
import sys
from pathlib import Path
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.settings import Settings
from unhunch.report import terminal
from unhunch.report.reading import week_of
store = SqliteStore(Path(sys.argv[1]), read_only=True)
week, _ = week_of(store, sys.argv[2], Settings())
sys.stdout.write(terminal.render(week, 80, False))
"""


class Author:
    """Writes one person's days. Times are local; keys are unique."""

    def __init__(self, seed: int, device: str = "") -> None:
        self.random = random.Random(seed)
        self.device = device
        self.number = 0
        self.goal = 1

    def fact(self, kind: Kind, at: float, day: str, length: float = 0.0, **body: object) -> Fact:
        self.number += 1
        offset = datetime.fromtimestamp(at, ZONE).utcoffset() or timedelta(0)
        midnight = at // 86400 * 86400
        return Fact(
            kind,
            round(at, 3),
            int(offset.total_seconds()),
            f"boot-{day}",
            round(at - midnight + 1000.0, 3),
            round(length, 3),
            day,
            body,
            f"{self.device or 'made'}-{self.number:x}",
            self.device,
        )

    def day(self, at: date) -> Iterator[Fact]:
        """A workday, or a short evening at the weekend; sometimes nothing."""
        chance = self.random
        weekend = at.weekday() >= 5
        if chance.random() < (0.55 if weekend else 0.06):
            return
        name = at.isoformat()
        begin = datetime(at.year, at.month, at.day, 19 if weekend else 8, chance.randrange(60), tzinfo=ZONE).timestamp()
        end = begin + (chance.uniform(0.8, 3.0) if weekend else chance.uniform(7.6, 9.8)) * 3600
        yield self.fact(Kind.RUNNING, begin - 30, name, end - begin + 90, source="mutter", ladder=0.0)
        yield self.fact(Kind.DAY, begin, name, date=name, goal=self.goal, expected=20700.0)
        yield self.fact(Kind.CHECKPOINT, begin, name, state=dump(fresh(Settings())))
        lunch = begin + chance.uniform(3.4, 4.4) * 3600
        due = begin + 7000.0
        asked = 0
        t = begin
        while t < end:
            length = min(chance.expovariate(1 / 420.0) + 20.0, end - t)
            yield self.fact(Kind.INPUT, t, name, length)
            t += length
            if t > due and asked < self.goal and not weekend:
                asked += 1
                due += 9000.0
                yield from self.asked(t, name, asked)
            t += self.gap(lunch, t)
            if lunch < t < lunch + 3600 and lunch > 0:
                lunch, away = 0.0, chance.uniform(1500, 3600)
                yield self.fact(Kind.LOCKED, t + 70, name, away)
                t += away + 80
            elif chance.random() < 0.015:
                call = chance.uniform(900, 3300)
                yield self.fact(Kind.CALL, t - 30, name, call)
                t += call * 0.9
        yield self.fact(Kind.STOPPED, end + 60, name)

    def gap(self, lunch: float, t: float) -> float:
        """Reading, a chat, a coffee."""
        kind = self.random.random()
        if kind < 0.72:
            return self.random.uniform(61, 200)
        return self.random.uniform(200, 299) if kind < 0.93 else self.random.uniform(320, 900)

    def asked(self, at: float, name: str, number: int) -> Iterator[Fact]:
        chance = self.random
        hour = datetime.fromtimestamp(at, ZONE).hour
        yield self.fact(Kind.DUE, at - 200, name, number=number, of=self.goal, threshold_min=115.0, reason="sitting")
        if chance.random() < 0.3:
            yield self.fact(Kind.HELD, at - 190, name, chance.uniform(60, 900), why=chance.choice(WHY))
        yield self.fact(Kind.SHOWN, at, name, what="session", step=1, reason="pause", pause_s=16.0, free=False)
        fate = chance.random() + (0.2 if 10 <= hour < 13 else 0.0)
        if fate < 0.15:
            yield self.fact(Kind.IGNORED, at + 600, name, what="session", step=1)
            yield self.fact(Kind.SHOWN, at + 900, name, what="session", step=2, reason="waited")
            yield self.fact(Kind.LAPSED, at + 4000, name, **{"as": "missed"})
        elif fate < 0.3:
            yield self.fact(Kind.ANSWER, at + 20, name, action="skip", what="session", by="notice")
        else:
            if fate < 0.45:
                yield self.fact(Kind.ANSWER, at + 9, name, action="snooze", what="session", seconds=600, by="notice")
            yield self.fact(Kind.ANSWER, at + 640, name, action="start", what="session", by="notice")
            before = chance.randint(3, 7)
            session = self.fact(
                Kind.SESSION,
                at + 645,
                name,
                144.0,
                routine="thoracic-foam-roller",
                size="short",
                planned_s=104.0,
                roller_s=104.0,
                status="done",
                source="page",
                branches=[],
            )
            yield session
            if chance.random() < 0.8:
                after = max(0, before - chance.randint(0, 3))
                yield self.fact(
                    Kind.RATED, at + 800, name, session=session.key, stiffness_before=before, stiffness_after=after,
                    discomfort=chance.randint(0, 3), tingling="none",
                )  # fmt: skip
            if chance.random() < 0.5:
                yield self.fact(Kind.MORNING, at - 100, name, feels=chance.choice(["better", "same", "same", "worse"]))


def history(years: float, seed: int = 7, last: date = LAST_DAY, device: str = "") -> Iterator[Fact]:
    """So many years of days up to `last`."""
    author = Author(seed, device)
    day = last - timedelta(days=round(years * 365.25) - 1)
    review = day + timedelta(days=28)
    while day <= last:
        facts = list(author.day(day))
        yield from facts
        if facts and day >= review and author.goal < 3:
            review, author.goal = day + timedelta(days=400), author.goal + 1
            body = {"from": author.goal - 1, "to": author.goal, "rule": "step-up", "why": "9 of 10 sessions done."}
            yield author.fact(Kind.GOAL, facts[-1].wall, day.isoformat(), **body)
        day += timedelta(days=1)


def best(runs: int, work: Callable[[], object]) -> float:
    """The quickest of some runs, in seconds of this process's CPU: what else runs here can only make it slower."""
    took = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return min(took)


def fresh_process(runs: int, *words: str, env: dict[str, str] | None = None) -> tuple[float, float]:
    """A fresh interpreter from start to end: the quickest by the clock on the wall, and by its CPU, in seconds."""
    wall, cpu = [], []
    for _ in range(runs):
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True, env=env)
        wall.append(time.perf_counter() - begin)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime)
    return min(wall), min(cpu)


@contextmanager
def home_with(database: Path) -> Iterator[dict[str, str]]:
    """The environment of a private home that has this database as its history."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        data, run = home / ".local/share/unhunch", home / "run"
        data.mkdir(parents=True, mode=0o700)
        run.mkdir(mode=0o700)
        with closing(sqlite3.connect(database)) as made, closing(sqlite3.connect(data / "unhunch.sqlite")) as copy:
            made.backup(copy)
        (data / "unhunch.sqlite").chmod(0o600)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        yield {**kept, "HOME": folder, "XDG_RUNTIME_DIR": str(run), "TZ": ZONE.key}


def lived_year(path: Path, s: Settings) -> dict[str, float]:
    """A made year played through the engine into a real store: bytes on the disk, and what the facts take by kind."""
    store = SqliteStore(path)
    someone = Someone(USERS["willing"], 1, s)
    Player(s, user=someone, written=lambda facts, lengths: store.write(facts, lengths)).play(of_facts(history(1)))
    store.close()
    with closing(sqlite3.connect(path)) as made:
        kinds = made.execute(
            "SELECT kind, sum(length(body)) FROM fact GROUP BY kind ORDER BY 2 DESC LIMIT 4"
        ).fetchall()
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {"bytes of a lived year": float(path.stat().st_size)} | {
        f"  bodies of {kind}": float(n) for kind, n in kinds
    }


def measure(path: Path, years: int, runs: int) -> dict[str, float]:
    s = Settings()
    store = SqliteStore(path)
    for chunk in _chunks(history(years), 5000):
        store.append(chunk)
    first = back(first_day(LAST_DAY.isoformat(), "mon"), 1)
    week, _ = week_of(store, first, s)

    def from_facts(*, with_trend: bool) -> None:
        store.connection.execute("DELETE FROM week")
        week_of(store, first, s, with_trend=with_trend)

    counted = {
        "counted": best(runs, lambda: from_facts(with_trend=False)),
        "counted for the page": best(runs, lambda: from_facts(with_trend=True)),
    }
    long_lived = week_of(store, first, s, with_trend=True)
    process = fresh_process(runs, "-c", PROCESS, str(path), first)
    with home_with(path) as env:
        command = fresh_process(runs, "-m", "unhunch", "week", "--of", first, env=env)
    found = {
        "facts": float(len(store.read())),
        "bytes a year": path.stat().st_size / years,
        **counted,
        "kept": best(runs, lambda: week_of(store, first, s)),
        "text": best(runs, lambda: terminal.render(week, 80, colour=False)),
        "kept for the page": best(runs, lambda: week_of(store, first, s, with_trend=True)),
        "page": best(runs, lambda: html.render(*long_lived)),
        "process": process[0],
        "process, CPU": process[1],
        "command": command[0],
        "command, CPU": command[1],
        "bare Python, CPU": fresh_process(runs, "-c", "")[1],
    }
    store.close()
    return found


def shown(name: str, value: float) -> str:
    return f"{value:,.0f}" if name == "facts" or "bytes" in name or "bodies" in name else f"{value * 1000:.1f} ms"


def _chunks(facts: Iterator[Fact], size: int) -> Iterator[list[Fact]]:
    chunk: list[Fact] = []
    for fact in facts:
        chunk.append(fact)
        if len(chunk) == size:
            yield chunk
            chunk = []
    yield chunk


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--years", type=int, default=10)
    words.add_argument("--runs", type=int, default=9)
    words.add_argument("--keep", type=Path, help="leave the database with all years here")
    words.add_argument("--lived", action="store_true", help="also the size of a year that the engine writes")
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        one = measure(Path(folder) / "one.db", 1, given.runs)
        every = measure(given.keep or Path(folder) / "all.db", given.years, given.runs)
        lived = lived_year(Path(folder) / "lived.db", Settings()) if given.lived else {}
    if given.json:
        print(json.dumps({"1": one, str(given.years): every, "lived": lived}, indent=1))
    else:
        print(f"{'':20}{'1 year':>12}{f'{given.years} years':>12}")
        for name, value in one.items():
            print(f"{name:20}{shown(name, value):>12}{shown(name, every[name]):>12}")
        for name, value in lived.items():
            print(f"{name:20}{shown(name, value):>12}")
    growth = every["facts"] / one["facts"]
    print(
        f"history grew {growth:.1f} times, the command {every['command, CPU'] / one['command, CPU']:.2f} times",
        file=sys.stderr,
    )
    print(f"budget for the process: {BUDGET * 1000:.0f} ms", file=sys.stderr)
    return 0 if every["command, CPU"] <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
