"""What the user's other desks cost: a month of one read in, and the week over ten years of three of them.

python -m benchmarks.synced [--runs 5]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.week import LAST_DAY, fresh_process, history, home_with
from unhunch.adapters.store import shared
from unhunch.adapters.store.shared import Numbered
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.week.dates import back, first_day
from unhunch.sync.exchange import Exchange
from unhunch.sync.folder import begins
from unhunch.sync.lines import line, of_fact

MONTH = 0.3
"""Seconds in which a month of another desk has to be read in."""
WEEK = 1.5
"""So many times what the week over ten years of one desk costs it may cost over those of three."""
OTHERS = ("0123456789ab-home", "ba9876543210-train")


def months(device: str, days: int) -> Iterator[bytes]:
    """What another desk would have written in so many days up to now: each span is told twice, as it grows."""
    n = 0
    for fact in history(days / 365.25, seed=3, device=device):
        if fact.kind is Kind.CHECKPOINT:
            continue
        for length in {fact.length / 2, fact.length} if fact.length > 240 else {fact.length}:
            n += 1
            yield line(device, n, of_fact(fact._replace(length=length)))


def month(runs: int) -> float:
    """Seconds that reading a month of another desk takes, from the file to the database; the quickest of some runs."""
    took = []
    device = "0123456789ab-home"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "folder"
        folder.mkdir(mode=0o700)
        (folder / f"{begins(device)}-{LAST_DAY:%Y-%m}.jsonl").write_bytes(b"".join(months(device, 31)))
        wall = time.mktime((LAST_DAY + timedelta(days=2)).timetuple())
        for run in range(runs):
            store = SqliteStore(Path(name) / f"{run}.sqlite")
            exchange = Exchange(store, folder, "here", "1", "machine")
            begin = time.process_time()
            got = exchange.receive(Moment(wall, 0.0, 0.0, 0))
            took.append(time.process_time() - begin)
            assert got.changed > 1000, got
            store.close()
    return min(took)


def weeks(years: int, runs: int) -> tuple[float, float]:
    """CPU seconds of `unhunch week` over so many years of one desk, and of three."""
    found = []
    first = back(first_day(date.isoformat(LAST_DAY), "mon"), 1)
    for others in ((), OTHERS):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "unhunch.sqlite"
            store = SqliteStore(path)
            for chunk in _chunks(history(years), 5000):
                store.append(chunk)
            for seed, device in enumerate(others, 11):
                facts = (f for f in history(years, seed, device=device) if f.kind is not Kind.CHECKPOINT)
                n = 0
                for chunk in _chunks(facts, 5000):
                    numbered = [Numbered(n + k, fact) for k, fact in enumerate(chunk, 1)]
                    n += len(chunk)
                    shared.take(store, numbered, {device: {"have": [[1, n]], "name": device}})
            store.close()
            with home_with(path) as env:
                found.append(fresh_process(runs, "-m", "unhunch", "week", "--of", first, env=env)[1])
    return found[0], found[1]


def _chunks(facts: Iterator[Fact], size: int) -> Iterator[list[Fact]]:
    chunk: list[Fact] = []
    for fact in facts:
        chunk.append(fact)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--years", type=int, default=10)
    given = words.parse_args()
    read = month(given.runs)
    one, three = weeks(given.years, given.runs)
    print(f"a month of another desk: {read * 1000:.0f} ms (at most {MONTH * 1000:.0f})")
    print(f"week over {given.years} years: {one * 1000:.0f} ms of one desk, {three * 1000:.0f} ms of three")
    print(f"{three / one:.2f} x (at most {WEEK})")
    return 0 if read <= MONTH and three <= WEEK * one else 1


if __name__ == "__main__":
    sys.exit(main())
