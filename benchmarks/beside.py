"""The daemon beside the version before, on a private X server with tray and notices: its private memory.

    python -m benchmarks.beside [--settle 45] [--before COMMIT]

The version before is checked out of this repository's history, and runs with the same Python and libraries.
"""

import argparse
import compileall
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.desktop.bed import Bed

from benchmarks import process

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "bc51a97"
"""The last commit whose daemon held python-xlib and pynput's listeners for every X server."""
MOST = 0.88
"""The share of its private memory that this version may take."""
SETTLE = 45.0
"""Seconds after the start: the version before arms its bell at 30."""


def shares(settle: float, before: str = BEFORE) -> tuple[float, float]:
    """MiB of (this version, the one before). Raises CalledProcessError without its history."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(old), before], check=True, capture_output=True)
        try:
            return _private(ROOT, settle), _private(old, settle)
        finally:
            subprocess.run([*git, "remove", "--force", str(old)], check=True)


def _private(source: Path, settle: float) -> float:
    # What is compiled at the start would stay in the heap.
    compileall.compile_dir(source / "src", quiet=1)
    with Bed() as bed:
        bed.bus()
        bed.xvfb()
        bed.dunst()
        env = {"PYTHONPATH": str(source / "src")}
        daemon = bed.spawn(sys.executable, "-m", "unhunch", "run", env=env, log="it")
        bed.until("the daemon to watch", lambda: "watches by x11" in bed.log("it"))
        time.sleep(settle)
        return process.memory(daemon.pid).private


def share_here(settle: float) -> float | None:
    """The share of the version before; None where that is not in this repository's history."""
    try:
        now, then = shares(settle)
    except (OSError, subprocess.CalledProcessError):
        return None
    return now / then


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--settle", type=float, default=SETTLE)
    parser.add_argument("--before", default=BEFORE)
    asked = parser.parse_args()
    try:
        now, then = shares(asked.settle, asked.before)
    except (OSError, subprocess.CalledProcessError):
        print(f"The version before, {asked.before}, is not in this repository's history: nothing to compare with.")
        return 1
    print(f"{now:.2f} MiB private, before {then:.2f}: {now / then:.2f}, at most {MOST:g}")
    return 0 if now / then <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
