"""A year of an idle log through `replay`, beside the version before: whole processes in turn, their processor time.

    python -m benchmarks.replay [--pairs 5] [--before COMMIT]

The log is generated as Workrave writes one: 379 days, some 85,000 spans of input, gaps with heavy tails. The version
before is checked out of this repository's history; without that history there is nothing to compare with.
"""

import argparse
import compileall
import os
import random
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.commands import timed

ROOT = Path(__file__).resolve().parent.parent
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


def pairs(count: int, before: str = BEFORE) -> list[tuple[float, float]]:
    """Processor seconds of (this version, the one before), measured in turn. Raises CalledProcessError without it."""
    with tempfile.TemporaryDirectory() as folder:
        old, file = Path(folder) / "before", Path(folder) / "idlelog.log"
        file.write_bytes(log())
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(old), before], check=True, capture_output=True)
        try:
            return [(_seconds(ROOT, file, folder), _seconds(old, file, folder)) for _ in range(count)]
        finally:
            subprocess.run([*git, "remove", "--force", str(old)], check=True)


def _seconds(source: Path, file: Path, home: str) -> float:
    compileall.compile_dir(source / "src", quiet=1)  # as installed: whoever runs this may forbid to write bytecode
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
    return min(now for now, _ in found) / min(before for _, before in found)


def share_here(count: int) -> float | None:
    """That share, measured here; None where the version before is not in this repository's history."""
    try:
        return share(pairs(count))
    except (OSError, subprocess.CalledProcessError):
        return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--before", default=BEFORE)
    asked = parser.parse_args()
    try:
        found = pairs(asked.pairs, asked.before)
    except (OSError, subprocess.CalledProcessError):
        print(f"The version before, {asked.before}, is not in this repository's history: nothing to compare with.")
        return 1
    for now, before in found:
        print(f"{now:6.2f} s, before {before:6.2f} s: {now / before:.2f}")
    print(f"{share(found):.2f} of the processor time of the version before; at most {MOST:g}")
    return 0 if share(found) <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
