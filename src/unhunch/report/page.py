"""The weekly report on a page that can answer: a short-lived process of its own, behind the session page's guards.

The link reads once without a script; the script swaps its token for a key, and a reload then asks with that key.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from importlib import resources
from typing import Protocol

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unhunch.errors import UserError
from unhunch.report.html import TRANSLATES
from unhunch.web.front import HTML
from unhunch.web.page import SCRIPT, SHARED, STYLE, Page
from unhunch.web.tab import Limits
from unhunch.web.translations import block
from unhunch.words.translate import _

FILES = {
    **SHARED,
    "week.css": ("unhunch.report", "templates/week.css", STYLE),
    "report.js": ("unhunch.report", "static/report.js", SCRIPT),
}
LIMITS = Limits(away=20.0, goodbye=0.0)
"""A report is read, not left lying: its process goes 20 s after its page."""


class Report(Protocol):
    """What is shown and answered. May take a moment; called one at a time, outside the event loop.

    Each raises UserError when it cannot, and has then changed nothing.
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


class ReportPage(Page):
    """The HTTP face of a report."""

    files = FILES

    def __init__(self, report: Report, limits: Limits) -> None:
        super().__init__(limits)
        self.report = report
        self.view = secrets.token_urlsafe(32)
        """Opens the page once, without a script."""
        self._viewed = False
        self._busy = asyncio.Lock()

    def refusals(self) -> tuple[str, str]:
        return _("This report is open in another tab."), _("This link does not belong to the report.")

    def seen(self) -> bool:
        return self._viewed or super().seen()

    def routes(self) -> list[Route]:
        return [
            Route("/", self._shell, methods=["GET"]),
            Route("/read/{view}", self._read, methods=["GET"]),
            Route("/api/state", self._state, methods=["GET"]),
            Route("/api/page", self._page, methods=["POST"]),
            Route("/api/choose", self._choose, methods=["POST"]),
            Route("/api/undo", self._undo, methods=["POST"]),
        ]

    async def _shell(self, _request: Request) -> Response:
        return Response(_shell(), media_type=HTML)

    async def _read(self, request: Request) -> Response:
        self.touch()
        given = request.path_params["view"]
        if self._viewed or not secrets.compare_digest(given.encode(), self.view.encode()):
            return Response(_shell(), 410, media_type=HTML)
        self._viewed = True
        return await self._answered(lambda: "", as_html=True)

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
        except UserError as error:
            text = error.sentences
            return Response(text, 503) if as_html else JSONResponse({"error": text}, 409)
        self.touch()
        return Response(html, media_type=HTML) if as_html else JSONResponse({"said": said, "html": html})


def _shell() -> str:
    """What stands where the report will, or where a link was used before."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.globals.update(TRANSLATES)
    source = resources.files("unhunch.report").joinpath("templates/report.html").read_text(encoding="utf-8")
    code = Markup("<code>{}</code>")
    again, keep = code.format("unhunch week --open"), code.format("unhunch week --html FILE")
    return environment.from_string(source).render(words=block(), again=again, keep=keep)


async def serve(
    report: Report,
    open_page: Callable[[str], None],
    *,
    limits: Limits = LIMITS,
    unseen: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve a report on loopback until its page is gone.

    `open_page` is given the address to show in a browser, `unseen` the same when nobody has opened it after a while;
    neither may block. Raises OSError when no port can be had.
    """
    page = ReportPage(report, limits)
    await page.serve(open_page, f"/read/{page.view}", unseen)
