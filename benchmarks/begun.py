"""From `unhunch start` until its page's first byte, beside the version before: each beside its own daemon, in turn.

    python -m benchmarks.begun [--pairs 9] [--before COMMIT]

The version before is checked out of this repository's history, and runs with the same Python and libraries.
"""

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.desktop.bed import Bed

from benchmarks.commands import begun, telling_browser

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "c592d13"
"""The last commit that imported what serves a page, and drew it, before a browser was asked for it."""
MOST = 0.6
"""The share of its time that this version may take."""


def pairs(count: int, before: str = BEFORE) -> list[tuple[float, float]]:
    """Seconds of (this version, the one before). Raises CalledProcessError without its history."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(old), before], check=True, capture_output=True)
        try:
            with ExitStack() as stack:
                now, then = (_Version(source, stack) for source in (ROOT, old))
                return [(now.first_byte(), then.first_byte()) for _ in range(count + 1)][1:]
        finally:
            subprocess.run([*git, "remove", "--force", str(old)], check=True)


class _Version:
    """A daemon of these sources on a bed of its own, without a display."""

    def __init__(self, source: Path, stack: ExitStack) -> None:
        compileall.compile_dir(source / "src", quiet=1)  # as installed
        bed = stack.enter_context(Bed())
        self._told = telling_browser(Path(bed.dir))
        self._env = {**bed.env, "PYTHONPATH": str(source / "src"), "BROWSER": str(self._told.with_name("browser"))}
        run = [sys.executable, "-m", "unhunch", "run", "--source", "terminal"]
        bed.spawn(*run, env={"PYTHONPATH": str(source / "src")}, log="it")
        status = [sys.executable, "-m", "unhunch", "status"]
        bed.until(
            "the daemon to answer",
            lambda: not subprocess.run(status, env=self._env, capture_output=True, check=False).returncode,
        )

    def first_byte(self) -> float:
        return begun([sys.executable, "-m", "unhunch", "start"], self._env, self._told)[1]


def share(found: list[tuple[float, float]]) -> float:
    """The share of the version before, of the middle ones."""
    return statistics.median(now for now, _ in found) / statistics.median(before for _, before in found)


def share_here(count: int) -> float | None:
    """That share, measured here; None where the version before is not in this repository's history."""
    try:
        return share(pairs(count))
    except (OSError, subprocess.CalledProcessError):
        return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.begun", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--before", default=BEFORE)
    asked = parser.parse_args()
    try:
        found = pairs(asked.pairs, asked.before)
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"The version before, {asked.before}, is not in this repository's history: nothing to compare with. {error}"
        )
        return 1
    for now, before in found:
        print(f"{1000 * now:4.0f} ms, before {1000 * before:4.0f} ms: {now / before:.2f}")
    print(f"{share(found):.2f} of the time of the version before; at most {MOST:g}")
    return 0 if share(found) <= MOST else 1


if __name__ == "__main__":
    os.environ.pop("DISPLAY", None)
    sys.exit(main())
