"""A session that the system ends keeps what was done, as one that is ended with Ctrl-C does."""

import contextlib
import signal
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def kept_when_ended(*, outlives_terminal: bool) -> Iterator[None]:
    """While the block runs, SIGTERM (a logout, a stopped unit) raises KeyboardInterrupt.

    So does SIGHUP, with which a terminal goes away, unless what runs `outlives_terminal`: a page is somewhere else.
    """
    if sys.platform == "win32":
        yield
        return
    # A handler that does nothing and not SIG_IGN: that one a browser would inherit.
    hangup = (lambda *_: None) if outlives_terminal else signal.default_int_handler
    before = {
        number: signal.signal(number, handler)
        for number, handler in ((signal.SIGTERM, signal.default_int_handler), (signal.SIGHUP, hangup))
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
