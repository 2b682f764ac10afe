"""A session that the system ends keeps what was done, as one that is ended with Ctrl-C does.

The system's signals are SIGTERM (a logout, a stopped unit) and SIGHUP (the terminal goes away).
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
Handler = Callable[[int, FrameType | None], Any]


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Instead of SIG_IGN: that one a browser would inherit."""


@contextlib.contextmanager
def _handled(terminate: Handler, hangup: Handler) -> Iterator[None]:
    """The signals go to these handlers while the block runs, even if whoever started us had blocked them."""
    if sys.platform == "win32":
        yield
        return
    handlers = {signal.SIGTERM: terminate, signal.SIGHUP: hangup}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # nohup: it was asked for
        del handlers[signal.SIGHUP]
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, handlers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupted_when_ended() -> contextlib.AbstractContextManager[None]:
    """While the block runs, the signals raise KeyboardInterrupt: for code that waits for a person, without asyncio."""
    return _handled(signal.default_int_handler, signal.default_int_handler)


def undisturbed() -> contextlib.AbstractContextManager[None]:
    """While the block runs, the signals do nothing: one that comes after the first must not stop the writing."""
    return _handled(_nothing, _nothing)


def run_until_ended(work: Coroutine[Any, Any, T], *, outlives_terminal: bool) -> T:
    """`asyncio.run` that the signals end: `work` is cancelled, and KeyboardInterrupt is raised when it is done.

    SIGHUP does nothing to what `outlives_terminal`: a page is somewhere else.

    An exception raised by the handler itself could come up in any line that runs at the moment. In a request's it would
    be lost: uvicorn catches all that comes out of an application, and the server would go on as if nobody had asked.
    """

    async def watched() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None, "asyncio.run makes a task"
        ended = False

        def cancel() -> None:
            nonlocal ended
            if not ended:  # a second signal must not cut the end short
                ended = True
                task.cancel()

        def asked(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(cancel)  # which also wakes a loop that waits

        with _handled(asked, _nothing if outlives_terminal else asked):
            return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
