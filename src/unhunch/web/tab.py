"""One tab on this computer, served on loopback: socket, server, and the line that tells when the tab is gone."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from unhunch.adapters.lean import standing_in
from unhunch.tuples import NamedTuple
from unhunch.web.guard import App, Receive, Scope, Send

UNUSED: Mapping[str, Mapping[str, object]] = {"uvicorn.main": {"Server": None, "main": None, "run": None}}
"""uvicorn's command line, with click and what watches files: a third of what it takes to import."""

with standing_in(UNUSED):
    from uvicorn.config import Config
    from uvicorn.server import Server as Uvicorn


class Limits(NamedTuple):
    """Seconds."""

    first_page: float = 120.0
    """A browser may start slowly; after this nobody is coming."""
    unseen: float = 10.0
    """A page that nobody has opened by then is told of."""
    away: float = 30.0
    """The page may be gone this long: a reload takes a few seconds."""
    idle: float = 45 * 60.0
    """An open page that nothing comes from, paused or never begun, is given up."""
    goodbye: float = 1.5
    """For the last answer to reach the page."""
    heartbeat: float = 10.0


class Tab(Protocol):
    """What is served: it is told when a tab comes and goes."""

    ended: asyncio.Event
    limits: Limits

    def tab_came(self) -> asyncio.Event: ...

    def tab_left(self) -> None: ...


class Presence:
    """A line that the page holds open for as long as it is there, and how it learns that another tab took over.

    Timers of a hidden page may run once a minute; an open connection tells at once when a page is gone.
    """

    def __init__(self, page: Tab) -> None:
        self._page = page

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        page = self._page
        replaced = page.tab_came()
        gone, over, newer = (
            asyncio.ensure_future(waited) for waited in (_until_disconnect(receive), page.ended.wait(), replaced.wait())
        )
        waiting = {gone, over, newer}
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
            while not any(task.done() for task in waiting):
                await send({"type": "http.response.body", "body": b"\n", "more_body": True})
                await asyncio.wait(waiting, timeout=page.limits.heartbeat, return_when=asyncio.FIRST_COMPLETED)
            if not gone.done():
                last = b"replaced\n" if newer.done() else b"over\n"
                await send({"type": "http.response.body", "body": last, "more_body": False})
        except OSError:
            pass  # the page went in the middle of a line
        finally:
            for task in waiting:
                task.cancel()
            page.tab_left()


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def over(*tasks: asyncio.Future[Any]) -> list[Any]:
    """Wait until these are done and return how, exceptions included; a cancellation that comes meanwhile comes after.

    Else a socket would be closed while the event loop listens on it, and whoever gets its number next is never heard.
    """
    ending = asyncio.gather(*tasks, return_exceptions=True)
    cancelled = False
    while not ending.done():
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    return ending.result()


class Server(Uvicorn):
    """Speaks HTTP for one application, without a word in any log.

    Leaves signals alone: whoever runs the event loop decides, and what is served is told before the process ends.
    """

    def __init__(self, app: App) -> None:
        super().__init__(
            Config(
                app,
                loop="none",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=2,
                limit_concurrency=64,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
