"""The version before, checked out of this repository's history: what a figure is compared with, in turn.

It runs with the same Python and libraries, and compiled, as if it were installed: what is compiled at the start stays
in the heap, and whoever measures may forbid Python to write bytecode.
"""

import argparse
import compileall
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class NoHistoryError(Exception):
    """That version is not in the history that is here; without it there is nothing to compare with."""


@contextmanager
def checked_out(commit: str) -> Iterator[tuple[Path, Path]]:
    """Folders of (this version, that one), with their sources in `src`. Raises NoHistoryError."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        try:
            subprocess.run([*git, "add", "--quiet", "--detach", str(old), commit], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoHistoryError(commit) from error
        try:
            for source in (ROOT, old):
                compileall.compile_dir(source / "src", quiet=1)
            yield ROOT, old
        finally:
            subprocess.run([*git, "remove", "--force", str(old)], check=True)


def if_there(share: Callable[[], float]) -> float | None:
    """A share of the version before; None where that is not in this repository's history."""
    try:
        return share()
    except NoHistoryError:
        return None


def told(
    parser: argparse.ArgumentParser, commit: str, most: float, share: Callable[[argparse.Namespace], float]
) -> int:
    """A comparison as a command of its own: says the share and the most that it may be. The exit code."""
    parser.add_argument("--before", metavar="COMMIT", default=commit)
    asked = parser.parse_args()
    try:
        found = share(asked)
    except NoHistoryError as error:
        print(f"The version before, {error}, is not in this repository's history: nothing to compare with.")
        return 1
    print(f"{found:.2f} of the version before; at most {most:g}")
    return 0 if found <= most else 1
