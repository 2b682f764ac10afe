"""The served report: who may read it and answer, and when its process goes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.web.pages import LIMIT, Served, tab
from unhunch.config import ConfigError
from unhunch.errors import UserError
from unhunch.report.page import serve
from unhunch.web.guard import HEADERS, LARGEST_BODY
from unhunch.web.tab import Limits

QUICK = Limits(first_page=30, away=0.6, goodbye=0.0, heartbeat=0.2)


class Fake:
    """A report with two choices."""

    def __init__(self) -> None:
        self.chosen = 0

    def page(self) -> str:
        return f"<!doctype html><title>A week</title><main>chosen: {self.chosen}</main>"

    def choose(self, number: int) -> str:
        if number > 2:
            raise UserError("There is no such choice.", "Nothing was changed.", "See: unhunch week")
        self.chosen = number
        return f"Stored {number}."

    def undo(self) -> str:
        self.chosen = 0
        return "Taken back."


@asynccontextmanager
async def serving(report: Fake, limits: Limits = QUICK) -> AsyncIterator[Served]:
    async with tab(lambda show: serve(report, show, limits=limits)) as served:
        yield served


def view(page: Served) -> str:
    return page.address.removeprefix(f"http://{page.host}").split("#")[0]


async def opened(page: Served) -> None:
    page.key = (await page.post("open", x_unhunch_token=page.token)).json["key"]


async def test_the_link_reads_once_and_nothing_else_shows_a_figure() -> None:
    async with serving(Fake()) as page:
        assert (await page.get("/read/guessed", x_unhunch_token=None)).status == 410
        first = await page.get(view(page), x_unhunch_token=None)
        assert first.status == 200
        assert "chosen: 0" in first.body.decode()
        assert page.token not in first.body.decode()
        for name, value in HEADERS.items():
            assert first.headers[name] == value
        again = await page.get(view(page), x_unhunch_token=None)
        assert again.status == 410
        shell = await page.get("/", x_unhunch_token=None)
        assert shell.status == 200
        for body in (again.body.decode(), shell.body.decode()):
            assert "chosen" not in body
            assert "unhunch week --open" in body


async def test_a_choice_is_stored_shown_and_taken_back() -> None:
    report = Fake()
    async with serving(report) as page:
        await opened(page)
        done = await page.post("choose", {"number": 2})
        assert done.status == 200
        assert done.json["said"] == "Stored 2."
        assert "chosen: 2" in done.json["html"]
        back = await page.post("undo")
        assert back.json["said"] == "Taken back."
        assert "chosen: 0" in back.json["html"]
        refused = await page.post("choose", {"number": 7})
        assert refused.status == 409
        assert refused.json["error"] == "There is no such choice. Nothing was changed. See: unhunch week"
        assert report.chosen == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"x_unhunch_token": None}, 401),
        ({"x_unhunch_token": "guessed"}, 401),
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": None}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
    ],
)
@pytest.mark.parametrize("name", ["choose", "undo", "page"])
async def test_strangers_choose_nothing(name: str, changed: dict[str, str | None], status: int) -> None:
    report = Fake()
    async with serving(report) as page:
        await opened(page)
        assert (await page.post(name, {"number": 1}, **changed)).status == status
        assert report.chosen == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"number": true}', b'{"number": 0}', b'{"number": 1, "x": 2}', b"[" * 9000]
)
async def test_what_is_no_choice_is_refused(body: bytes) -> None:
    report = Fake()
    async with serving(report) as page:
        await opened(page)
        assert (await page.post("choose", body)).status == 422
        too_much = json.dumps({"number": 1, "x": "y" * LARGEST_BODY}).encode()
        assert (await page.post("choose", too_much)).status == 413
        assert report.chosen == 0


async def test_the_token_is_good_once() -> None:
    async with serving(Fake()) as page:
        await opened(page)
        assert (await page.post("open", x_unhunch_token=page.token)).status == 409
        assert (await page.post("open", x_unhunch_token="guessed")).status == 401


async def test_it_goes_when_its_page_is_gone_or_never_came() -> None:
    async with serving(Fake(), QUICK._replace(first_page=0.5)) as page:
        await asyncio.wait_for(page.ended, LIMIT)
    async with serving(Fake()) as page:
        await opened(page)
        name, port = page.host.split(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        writer.write(page.request("GET", "/api/presence"))
        await reader.readuntil(b"\n\r\n")
        await asyncio.sleep(1.2)
        assert not page.ended.done(), "the page is there"
        writer.close()
        await asyncio.wait_for(page.ended, LIMIT)


def test_the_limits_are_what_is_promised() -> None:
    """Gone within a minute of its page."""
    from unhunch.report.page import LIMITS

    assert LIMITS.away + LIMITS.heartbeat + LIMITS.goodbye < 60


async def test_a_broken_configuration_is_said_on_the_page() -> None:
    class Broken(Fake):
        def choose(self, number: int) -> str:
            raise ConfigError("The configuration has a mistake.", "Nothing was changed.", "See: unhunch config check")

    async with serving(Broken()) as page:
        await opened(page)
        refused = await page.post("choose", {"number": 1})
        assert refused.status == 409
        assert refused.json["error"].startswith("The configuration has a mistake. Nothing was changed.")
