"""What `import` of a year costs beside `replay` of the same file: whole processes in turn, their processor time.

    python -m benchmarks.taken_in [--pairs 5] [--days 379]

The file is the idle log of replay.py, the densest of all records; each import is the first one of a fresh home.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.desktop.desk import UNHUNCH

from benchmarks.commands import elsewhere, once
from benchmarks.replay import log

MOST = 1.2
"""The share of the processor time of replaying a year that importing it may take."""


def pairs(count: int, days: int) -> list[tuple[float, float]]:
    """Milliseconds of processor time of (import, replay)."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "idlelog.log"
        file.write_bytes(log(days))
        return [(_of("import", file), _of("replay", file)) for _ in range(count)]


def _of(command: str, file: Path) -> float:
    with tempfile.TemporaryDirectory() as home:
        return once([UNHUNCH, command, "--json", str(file)], elsewhere(Path(home)))[1]


def share(found: Sequence[tuple[float, float]]) -> float:
    """Of the quickest runs, since what else the machine does can only add."""
    return min(taken for taken, _ in found) / min(replayed for _, replayed in found)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.taken_in", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--days", type=int, default=379)
    asked = parser.parse_args()
    found = pairs(asked.pairs, asked.days)
    for taken, replayed in found:
        print(f"import {taken / 1000:6.2f} s, replay {replayed / 1000:6.2f} s: {taken / replayed:.2f}")
    print(f"{share(found):.2f} of the processor time of replaying it; at most {MOST:g}")
    return 0 if share(found) <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
