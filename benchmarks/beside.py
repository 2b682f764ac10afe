"""The daemon beside the version before, on a private X server with tray and notices: its private memory.

python -m benchmarks.beside [--settle 45] [--before COMMIT]
"""

import argparse
import sys
import time
from pathlib import Path

from tests.desktop.bed import Bed

from benchmarks import before, process

BEFORE = "bc51a97"
"""The last commit whose daemon held python-xlib and pynput's listeners for every X server."""
MOST = 0.88
"""The share of its private memory that this version may take."""
SETTLE = 45.0
"""Seconds after the start: the version before arms its bell at 30."""


def shares(settle: float, commit: str = BEFORE) -> tuple[float, float]:
    """MiB of (this version, the one before). Raises NoHistoryError."""
    with before.checked_out(commit) as (now, then):
        return _private(now, settle), _private(then, settle)


def _private(source: Path, settle: float) -> float:
    with Bed() as bed:
        bed.bus()
        bed.xvfb()
        bed.dunst()
        env = {"PYTHONPATH": str(source / "src")}
        daemon = bed.spawn(sys.executable, "-m", "unhunch", "run", env=env, log="it")
        bed.until("the daemon to watch", lambda: "watches by x11" in bed.log("it"))
        time.sleep(settle)
        return process.memory(daemon.pid).private


def share(settle: float, commit: str = BEFORE) -> float:
    """The share of the version before."""
    now, then = shares(settle, commit)
    print(f"{now:.2f} MiB private, before {then:.2f}", file=sys.stderr)
    return now / then


def share_here(settle: float) -> float | None:
    """That share, measured here."""
    return before.if_there(lambda: share(settle))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--settle", type=float, default=SETTLE)
    return before.told(parser, BEFORE, MOST, lambda asked: share(asked.settle, asked.before))


if __name__ == "__main__":
    sys.exit(main())
