"""The weekly report on a page that can answer: a short-lived process of its own, behind the session page's guards.

The link reads once without a script; the script swaps its token for a key, and a reload then asks with that key.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from importlib import resources
from typing import Protocol

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unhunch.config import ConfigError
from unhunch.core.translate import _
from unhunch.errors import UserError
from unhunch.ports import StoreError
from unhunch.report.html import TRANSLATES
from unhunch.web.guard import HEADER, App, Guard, Keys
from unhunch.web.tab import Limits, Presence, Server, host_of, listening, over
from unhunch.web.translations import block

FILES = {
    "week.css": ("unhunch.report", "templates/week.css", "text/css; charset=utf-8"),
    "report.js": ("unhunch.report", "static/report.js", "text/javascript; charset=utf-8"),
    "server.js": ("unhunch.web", "static/server.js", "text/javascript; charset=utf-8"),
    "words.js": ("unhunch.web", "static/words.js", "text/javascript; charset=utf-8"),
    "icon.svg": ("unhunch.web", "static/icon.svg", "image/svg+xml"),
}
HTML = "text/html; charset=utf-8"
LIMITS = Limits(away=20.0, goodbye=0.0)
"""A report is read, not left lying: its process goes 20 s after its page."""


class Report(Protocol):
    """What is shown and answered. May take a moment; called one at a time, outside the event loop.

    Each raises UserError, StoreError or ConfigError when it cannot, and has then changed nothing.
    """

    def page(self) -> str:
        """The report as it stands now, as HTML made for this server."""
        ...

    def choose(self, number: int) -> str:
        """Take choice `number` up; returns what was done, in words."""
        ...

    def undo(self) -> str:
        """Take the last choice back; returns that in words."""
        ...


class Page:
    """The HTTP face of a report, and the watch over the one tab that shows it."""

    def __init__(self, report: Report, keys: Keys, limits: Limits) -> None:
        self.report = report
        self.keys = keys
        self.limits = limits
        self.ended = asyncio.Event()
        self.view = secrets.token_urlsafe(32)
        """Opens the page once, without a script."""
        self._viewed = False
        self._busy = asyncio.Lock()
        self._tabs = 0
        self._replaced = asyncio.Event()
        self._changed = asyncio.Event()

    def app(self, host: str) -> App:
        routes = [
            Route("/", self._shell, methods=["GET"]),
            Route("/read/{view}", self._read, methods=["GET"]),
            Route("/static/{name}", self._static, methods=["GET"]),
            Route("/api/open", self._open, methods=["POST"]),
            Route("/api/state", self._state, methods=["GET"]),
            Route("/api/page", self._page, methods=["POST"]),
            Route("/api/choose", self._choose, methods=["POST"]),
            Route("/api/undo", self._undo, methods=["POST"]),
            Route("/api/presence", Presence(self), methods=["GET"]),
        ]
        return Guard(Starlette(routes=routes), host, self.keys)

    async def watch(self) -> None:
        """Return when there is nobody left to serve."""
        limit = self.limits.first_page
        while True:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), self.limits.idle if self._tabs else limit)
            except TimeoutError:
                break
            limit = self.limits.away
        self.ended.set()

    def tab_came(self) -> asyncio.Event:
        """A tab holds its line open; the event is set when a copy of it takes its place."""
        self._tabs += 1
        self._replaced.set()
        self._replaced = asyncio.Event()
        self._changed.set()
        return self._replaced

    def tab_left(self) -> None:
        self._tabs -= 1
        self._changed.set()

    async def _shell(self, _request: Request) -> Response:
        return Response(_shell(), media_type=HTML)

    async def _read(self, request: Request) -> Response:
        self._changed.set()
        given = request.path_params["view"]
        if self._viewed or not secrets.compare_digest(given.encode(), self.view.encode()):
            return Response(_shell(), 410, media_type=HTML)
        self._viewed = True
        return await self._answered(lambda: "", as_html=True)

    async def _static(self, request: Request) -> Response:
        found = FILES.get(request.path_params["name"])
        return _file(*found) if found else JSONResponse({"error": _("There is no such file.")}, 404)

    async def _open(self, request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if (key := self.keys.open(given)) is not None:
            return JSONResponse({"key": key})
        if self.keys.is_token(given):
            return JSONResponse({"error": _("This report is open in another tab.")}, 409)
        return JSONResponse({"error": _("This link does not belong to the report.")}, 401)

    async def _state(self, _request: Request) -> Response:
        return JSONResponse({})

    async def _page(self, _request: Request) -> Response:
        return await self._answered(lambda: "")

    async def _choose(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            body = None
        number = body.get("number") if isinstance(body, dict) and set(body) == {"number"} else None
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 9:
            return JSONResponse({"error": _("A choice is a number from 1 to 9.")}, 422)
        return await self._answered(lambda: self.report.choose(number))

    async def _undo(self, _request: Request) -> Response:
        return await self._answered(self.report.undo)

    async def _answered(self, work: Callable[[], str], *, as_html: bool = False) -> Response:
        """Do it, and give back what was done with the page as it is then."""
        try:
            async with self._busy:
                said = await asyncio.to_thread(work)
                html = await asyncio.to_thread(self.report.page)
        except (UserError, StoreError, ConfigError) as error:
            text = f"{error.what} {error.means} {error.remedy}"
            return Response(text, 503) if as_html else JSONResponse({"error": text}, 409)
        self._changed.set()
        return Response(html, media_type=HTML) if as_html else JSONResponse({"said": said, "html": html})


def _file(package: str, name: str, kind: str) -> Response:
    content = resources.files(package).joinpath(name).read_bytes()
    return Response(content, headers={"content-type": kind})


def _shell() -> str:
    """What stands where the report will, or where a link was used before."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.globals.update(TRANSLATES)
    source = resources.files("unhunch.report").joinpath("templates/report.html").read_text(encoding="utf-8")
    code = Markup("<code>{}</code>")
    again, keep = code.format("unhunch week --open"), code.format("unhunch week --html FILE")
    return environment.from_string(source).render(words=block(), again=again, keep=keep)


async def serve(report: Report, open_page: Callable[[str], None], *, limits: Limits = LIMITS) -> None:
    """Serve a report on loopback until its page is gone.

    `open_page` is given the address to show in a browser and must not block. Raises OSError when no port can be had.
    """
    with contextlib.closing(listening()) as listener:
        host = host_of(listener)
        keys = Keys()
        page = Page(report, keys, limits)
        server = Server(page.app(host))
        serving = asyncio.ensure_future(server.serve([listener]))
        watching = asyncio.ensure_future(page.watch())
        try:
            open_page(f"http://{host}/read/{page.view}#{keys.token}")
            await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            page.ended.set()
            server.should_exit = True
            watching.cancel()
            failed, _watched = await over(serving, watching)
    if isinstance(failed, Exception):  # a page that was never served must not look like one that nobody opened
        raise failed
