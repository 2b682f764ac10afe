"""What answers before the rest is imported: the kept page at once and to nobody else, and all else when it can."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.web.pages import LIMIT
from unhunch.web.ear import Ear
from unhunch.web.front import Front
from unhunch.web.guard import HEADERS

KEPT = "<!doctype html><p>Grüß Gott</p>"


async def asked(front: Front, path: str, host: str = "") -> str:
    """All that comes back."""
    name, port = front.host.split(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host or front.host}\r\nConnection: close\r\n\r\n".encode())
        return (await asyncio.wait_for(reader.read(), LIMIT)).decode()
    finally:
        writer.close()


def rest() -> Starlette:
    async def said(_request: object) -> Response:
        return Response("the rest")

    return Starlette(routes=[Route("/", said), Route("/more", said)])


async def test_the_kept_page_is_sent_whole_and_guarded_before_there_is_more() -> None:
    async with Front(Ear(), KEPT) as front:
        head, _, page = (await asked(front, "/")).partition("\r\n\r\n")
        await front.asked(LIMIT)
        assert page == KEPT
        assert head.startswith("HTTP/1.1 200 ")
        assert "content-type: text/html; charset=utf-8" in head
        assert f"content-length: {len(KEPT.encode())}" in head
        for name, value in HEADERS.items():
            assert f"{name}: {value}" in head
        assert (await asked(front, "/", "example.org:80")).startswith("HTTP/1.1 421 ")


@pytest.mark.parametrize(("kept", "path"), [(KEPT, "/more"), (None, "/")])
async def test_whoever_asks_for_more_waits_for_it(kept: str | None, path: str) -> None:
    async with Front(Ear(), kept) as front:
        waiting = asyncio.create_task(asked(front, path))
        await front.asked(LIMIT)
        assert not waiting.done()
        front.give(rest())
        assert (await waiting).endswith("the rest")
        assert (await asked(front, "/")).endswith("the rest")


async def test_what_ends_before_there_is_more_keeps_nobody_waiting() -> None:
    ear = Ear()
    with pytest.raises(ValueError, match="a plan"):
        async with asyncio.timeout(LIMIT), Front(ear, KEPT) as front:
            waiting = asyncio.create_task(asked(front, "/more"))
            await front.asked(LIMIT)
            raise ValueError("a plan that makes no sense")
    assert " 500 " in (await waiting).splitlines()[0]
    assert ear.listener.fileno() == -1


async def test_nobody_is_waited_for_longer_than_said() -> None:
    async with asyncio.timeout(LIMIT), Front(Ear(), KEPT) as front:
        await front.asked(0.01)


@pytest.mark.parametrize("later", range(4))
async def test_an_end_that_comes_together_with_the_browser_is_one(later: int) -> None:
    """Whatever the event loop has done by then of waking whoever waits for the browser."""
    async with Front(Ear(), KEPT) as front:
        waiting = asyncio.create_task(front.asked(LIMIT))
        for _turn in range(3):
            await asyncio.sleep(0)
        front._asked.set()
        for _turn in range(later):
            await asyncio.sleep(0)
        over = waiting.done()
        waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled() or over, "the end was lost"
