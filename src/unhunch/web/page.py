"""What every page of ours is: files, a one-time link, one tab that comes and goes, and an end when nobody is left."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from importlib import resources

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unhunch.web.ear import Ear
from unhunch.web.front import Front
from unhunch.web.guard import AGAIN, HEADER, OPEN, App, Guard, Keys
from unhunch.web.tab import Limits, Presence, over
from unhunch.words.translate import _

STYLE = "text/css; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
SHARED = {
    "server.js": ("unhunch.web", "static/server.js", SCRIPT),
    "words.js": ("unhunch.web", "static/words.js", SCRIPT),
    "icon.svg": ("unhunch.web", "static/icon.svg", "image/svg+xml"),
}
"""Files of every page: package, place in it, kind."""


class Page:
    """Serves one tab. A page of its own adds `files` and `routes`, and says what is refused and when it is over."""

    files: Mapping[str, tuple[str, str, str]] = SHARED

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.keys = Keys()
        self.ended = asyncio.Event()
        self._tabs = 0
        self._replaced = asyncio.Event()
        self._changed = asyncio.Event()

    def routes(self) -> Sequence[Route]:
        """What this page answers besides its files, its link and its presence."""
        raise NotImplementedError

    def refusals(self) -> tuple[str, str]:
        """What a used link and a foreign one are told."""
        raise NotImplementedError

    def seen(self) -> bool:
        """Somebody has opened the page."""
        return self.keys.opened

    def over(self) -> bool:
        """There is nothing more to serve, whoever looks."""
        return False

    async def leave(self) -> None:
        """The page is gone or over. May be called twice."""

    def touch(self) -> None:
        """Something came from the page: it is alive."""
        self._changed.set()

    def app(self, host: str) -> App:
        """The whole application behind its guard."""
        shared = [
            Route("/static/{name}", self._static, methods=["GET"]),
            Route(OPEN, self._open, methods=["POST"]),
            Route(AGAIN, self._again, methods=["POST"]),
            Route("/api/presence", Presence(self), methods=["GET"]),
        ]
        return Guard(Starlette(routes=[*shared, *self.routes()]), host, self.keys)

    async def watch(self) -> None:
        """Return when there is nobody left to serve: the page is gone, never came, or it is over."""
        limit = self.limits.first_page
        while not self.over():
            self._changed.clear()
            try:
                async with asyncio.timeout(self.limits.idle if self._tabs else limit):
                    await self._changed.wait()
            except TimeoutError:
                break
            limit = self.limits.away
        await asyncio.sleep(self.limits.goodbye if self._tabs else 0)
        await self.leave()
        self.ended.set()

    async def serve(
        self,
        open_page: Callable[[str], None],
        at: str = "/",
        unseen: Callable[[str], None] = lambda _address: None,
        front: Front | None = None,
    ) -> None:
        """Serve on loopback until there is nobody left. `open_page` is given the address and must not block.

        Nor must `unseen`, which is given it again when nobody has opened the page after a while. `front`: what answers
        already. Raises OSError when no port can be had.
        """
        if front is None:
            async with Front(Ear()) as own:
                await self.serve(open_page, at, unseen, own)
            return
        self.keys.token = front.ear.token
        front.give(self.app(front.host))
        watching = asyncio.ensure_future(self.watch())
        try:
            address = front.ear.address(at)
            open_page(address)
            asyncio.get_running_loop().call_later(
                self.limits.unseen, lambda: None if self.seen() or self.ended.is_set() else unseen(address)
            )
            await asyncio.wait({front.serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.ended.set()
            front.stop()
            watching.cancel()
            try:
                await self.leave()
            finally:
                await over(watching)

    def tab_came(self) -> asyncio.Event:
        """A tab holds its line open. The event is set when another tab with the same key, a copy, takes its place."""
        self._tabs += 1
        self._replaced.set()
        self._replaced = asyncio.Event()
        self.touch()
        return self._replaced

    def tab_left(self) -> None:
        self._tabs -= 1
        self.touch()

    async def _static(self, request: Request) -> Response:
        found = self.files.get(request.path_params["name"])
        if found is None:
            return JSONResponse({"error": _("There is no such file.")}, 404)
        package, place, kind = found
        content = resources.files(package).joinpath(place).read_bytes()
        return Response(content, headers={"content-type": kind})

    async def _again(self, request: Request) -> Response:
        """Another link, for the user's own hand: `unhunch start` while the page is open somewhere."""
        token = self.keys.renew(request.headers.get(HEADER, ""))
        if token is None:
            return JSONResponse({"error": self.refusals()[1]}, 401)
        return JSONResponse({"token": token})

    async def _open(self, request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if (key := self.keys.open(given)) is not None:
            return JSONResponse({"key": key})
        used, foreign = self.refusals()
        if self.keys.is_token(given):
            return JSONResponse({"error": used}, 409)
        return JSONResponse({"error": foreign}, 401)
