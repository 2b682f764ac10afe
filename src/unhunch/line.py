"""One line that a person types at a terminal, where Ctrl-C is heard at every moment."""

import contextlib
import sys
from collections.abc import Iterator


def read_line(prompt: str = "") -> str:
    """Show `prompt` and read what is typed after it, without its line's end.

    Raises:
        KeyboardInterrupt: Ctrl-C, whenever it comes.
        EOFError: standard input has ended.
    """
    with _ringing() as heard:  # before anybody could answer
        sys.stdout.write(prompt)
        sys.stdout.flush()
        if heard is not None:
            _wait(heard)
    return input()


@contextlib.contextmanager
def _ringing() -> Iterator[int | None]:
    """A pipe that each signal rings. None where nobody can be waited for: no terminal, Windows, a thread of its own.

    `input` alone loses a Ctrl-C now and then, one of twenty that come within 0.2 ms of the question: the interpreter
    looks for signals a last time, the signal comes and is noted, and then it sleeps in `read`. What has been written
    to a pipe wakes `select` whenever it came.
    """
    import os
    import select  # noqa: F401  (now: Ctrl-C can get lost in an import, too)
    import signal

    if sys.platform == "win32" or not sys.stdin.isatty():
        yield None
        return
    heard, ring = os.pipe()
    for end in (heard, ring):
        os.set_blocking(end, False)
    before = None
    try:
        with contextlib.suppress(ValueError):  # a thread hears no signals
            before = signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
        yield None if before is None else heard
    finally:
        if before is not None:
            signal.set_wakeup_fd(before)
        os.close(heard)
        os.close(ring)


def _wait(heard: int) -> None:
    """Until there is a line to read."""
    import os
    import select

    try:
        typed = sys.stdin.fileno()
    except OSError:  # not a file
        return
    while typed not in select.select([typed, heard], [], [])[0]:
        with contextlib.suppress(BlockingIOError):
            os.read(heard, 512)
