"""Single keys from a terminal, without Enter."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Single keys from standard input while the block runs; none where the system has no terminal modes."""
    if sys.platform == "win32":
        yield
        return
    import termios
    import tty

    stdin = sys.stdin.fileno()
    loop = asyncio.get_running_loop()
    before = termios.tcgetattr(stdin)

    def read() -> None:
        typed = os.read(stdin, 64).decode(errors="ignore")
        if not typed:  # the terminal went away
            loop.remove_reader(stdin)
        # An arrow or a function key comes as several characters and is none of ours.
        elif len(typed) == 1 or not typed.startswith("\x1b"):
            for key in typed:
                pressed(key)

    try:
        tty.setcbreak(stdin)
        loop.add_reader(stdin, read)
        yield
    finally:
        loop.remove_reader(stdin)
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)
