"""A year of an idle log through `replay`, beside the version before: whole processes in turn, their processor time.

    python -m benchmarks.replay [--pairs 5] [--before COMMIT]

The log is generated as Workrave writes one: 379 days, some 85,000 spans of input, gaps with heavy tails.
"""

import argparse
import os
import random
import struct
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks import before
from benchmarks.commands import timed

BEFORE = "149dd91"
"""The last commit whose player looked at the end of each run of input and at each gap while anything waited."""
MOST = 0.45
"""The share of its processor time that this version may take."""
ZONE = ZoneInfo("Europe/Berlin")


def log(days: int = 379, seed: int = 1) -> bytes:
    """An idle log: about 225 spans of input a day, some 23 gaps over a minute."""
    rng = random.Random(seed)
    record = struct.Struct(">HBIIIH")
    day, last, lived, written = datetime(2024, 1, 8, tzinfo=ZONE), 1, 0, bytearray()
    while lived < days:
        if day.weekday() < 5 or rng.random() < 0.3:
            t = int(day.replace(hour=9).timestamp() + rng.gauss(0, 3000))
            end = t + rng.uniform(4, 10) * 3600
            while t < end:
                length = max(round(min(rng.lognormvariate(3.2, 1.3), 1500)), 1)
                written += record.pack(15, 1, last, t, t + length, length)
                last = t + length
                t = last + max(round(min(4.0 * rng.paretovariate(0.85), 6000)), 5)
            lived += 1
        day += timedelta(days=1)
    return bytes(written)


def pairs(count: int, commit: str = BEFORE) -> list[tuple[float, float]]:
    """Processor seconds of (this version, the one before), measured in turn. Raises NoHistoryError."""
    with before.checked_out(commit) as (now, then), tempfile.TemporaryDirectory() as home:
        file = Path(home) / "idlelog.log"
        file.write_bytes(log())
        return [(_seconds(now, file, home), _seconds(then, file, home)) for _ in range(count)]


def _seconds(source: Path, file: Path, home: str) -> float:
    env = {
        **os.environ,
        "PYTHONPATH": str(source / "src"),
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
    }
    return timed([sys.executable, "-m", "unhunch", "replay", "--json", str(file)], env, 1).cpu / 1000


def share(found: Sequence[tuple[float, float]]) -> float:
    """The share of the version before: of its quickest run, since what else the machine does can only add."""
    return min(now for now, _ in found) / min(then for _, then in found)


def share_here(count: int) -> float | None:
    """That share, measured here."""
    return before.if_there(lambda: share(pairs(count)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)

    def measured(asked: argparse.Namespace) -> float:
        found = pairs(asked.pairs, asked.before)
        for now, then in found:
            print(f"{now:6.2f} s, before {then:6.2f} s: {now / then:.2f}")
        return share(found)

    return before.told(parser, BEFORE, MOST, measured)


if __name__ == "__main__":
    sys.exit(main())
