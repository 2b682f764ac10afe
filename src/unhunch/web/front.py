"""Who answers a browser from the first moment: a page that is kept drawn, before what answers the rest is imported."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from unhunch.web.ear import Ear, host_of
from unhunch.web.guard import App, Guard, Keys, Receive, Scope, Send
from unhunch.web.tab import Server, over

HTML = "text/html; charset=utf-8"


class Front:
    """Serves at an ear for as long as its block runs. Whoever asks for more than the kept page waits for `give`.

    The block raises what the server failed of: a page that was never served must not look like one nobody opened.
    """

    def __init__(self, ear: Ear, kept: str | None = None) -> None:
        """`kept`: what "/" is, if that is known already."""
        self.ear = ear
        self.host = host_of(ear.listener)
        self._kept = None if kept is None else Guard(_Kept(kept.encode()), self.host, Keys())
        self._rest: App | None = None
        self._given = asyncio.Event()
        self._asked = asyncio.Event()
        self._server = Server(self)

    async def __aenter__(self) -> Self:
        self.serving = asyncio.ensure_future(self._server.serve([self.ear.listener]))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _error: object, _at: TracebackType | None) -> None:
        self.stop()
        self._given.set()
        try:
            [failed] = await over(self.serving)
        finally:
            self.ear.close()
        if kind is None and isinstance(failed, Exception):
            raise failed

    async def asked(self, seconds: float) -> None:
        """Return when the kept page was sent, or more was asked for, or after so many seconds."""
        # Not wait_for: before Python 3.12 that one loses an end that comes together with what is waited for.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._asked.wait()

    def give(self, app: App) -> None:
        """This answers all from here on."""
        self._rest = app
        self._given.set()

    def stop(self) -> None:
        """Take nobody any more."""
        self._server.should_exit = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._rest is None and self._kept is not None and (scope["method"], scope["path"]) == ("GET", "/"):
            await self._kept(scope, receive, send)
            self._asked.set()
            return
        self._asked.set()
        await self._given.wait()
        if self._rest is not None:  # else it ends before it began
            await self._rest(scope, receive, send)


class _Kept:
    """One page, whoever asks."""

    def __init__(self, page: bytes) -> None:
        self._page = page

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", HTML.encode()), (b"content-length", str(len(self._page)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._page})
