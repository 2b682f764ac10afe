"""From `unhunch start` until its page's first byte, beside the version before: each beside its own daemon, in turn.

python -m benchmarks.begun [--pairs 9] [--before COMMIT]
"""

import argparse
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.desktop.bed import Bed

from benchmarks import before
from benchmarks.commands import begun, telling_browser

BEFORE = "c592d13"
"""The last commit that imported what serves a page, and drew it, before a browser was asked for it."""
MOST = 0.6
"""The share of its time that this version may take."""


def pairs(count: int, commit: str = BEFORE) -> list[tuple[float, float]]:
    """Seconds of (this version, the one before). Raises NoHistoryError."""
    with before.checked_out(commit) as sources, ExitStack() as stack:
        now, then = (_Version(source, stack) for source in sources)
        return [(now.first_byte(), then.first_byte()) for _ in range(count + 1)][1:]


class _Version:
    """A daemon of these sources on a bed of its own, without a display."""

    def __init__(self, source: Path, stack: ExitStack) -> None:
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
    return statistics.median(now for now, _ in found) / statistics.median(then for _, then in found)


def share_here(count: int) -> float | None:
    """That share, measured here."""
    return before.if_there(lambda: share(pairs(count)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.begun", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=9)

    def measured(asked: argparse.Namespace) -> float:
        found = pairs(asked.pairs, asked.before)
        for now, then in found:
            print(f"{1000 * now:4.0f} ms, before {1000 * then:4.0f} ms: {now / then:.2f}")
        return share(found)

    return before.told(parser, BEFORE, MOST, measured)


if __name__ == "__main__":
    os.environ.pop("DISPLAY", None)
    sys.exit(main())
