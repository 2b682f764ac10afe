"""A session page that really listens, and a client that speaks plain HTTP to it, well or badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from unhunch.adapters.speech import Engine, HostVoice
from unhunch.core.session.routine import Routine
from unhunch.session.guided import GuidedSession
from unhunch.session.page import Limits, serve
from unhunch.session.plan import SessionPlan
from unhunch.session.routines import builtin

QUICK = Limits(first_page=30, away=0.6, goodbye=0.2, heartbeat=0.2)
LIMIT = 20.0


class Heard:
    """A reporter that remembers, through JSON, what it was told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def report(self, event: str, body: Mapping[str, Any]) -> None:
        self.events.append(json.loads(json.dumps({"event": event, **body})))

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] in kinds]

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events if event["event"] != "pulse"]


class Silent(HostVoice):
    """A host voice that notes what it is asked to say, and says it in no time; `name` is shown on the page."""

    def __init__(self, name: str = "test voice") -> None:
        super().__init__(engines=[(Engine(name, name, (), lambda *_: []), "")] if name else [])
        self.said: list[str] = []
        self.hushed = 0
        self.seconds = 0.0

    async def say(self, text: str, limit: float = 30.0) -> bool:
        self.said.append(text)
        await asyncio.sleep(self.seconds)
        return bool(self.name)

    async def hush(self) -> None:
        self.hushed += 1


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    """A running page: its address, what was reported, and the session when it has ended."""

    address: str
    heard: Heard
    voice: Silent
    ended: "asyncio.Task[GuidedSession]"
    key: str = ""
    lines: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://").split("/")[0]

    @property
    def token(self) -> str:
        return self.address.split("#")[1]

    async def raw(self, request: bytes) -> Answer:
        """Send bytes, read one whole answer."""
        name, port = self.host.split(":")
        async with asyncio.timeout(LIMIT):
            reader, writer = await asyncio.open_connection(name, int(port))
            try:
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
                length = 0 if request.startswith(b"HEAD ") else int(headers.get("content-length", 0))
                body = await reader.readexactly(length)
            finally:
                writer.close()
        return Answer(int(head[0].split()[1]), headers, body)

    def request(self, method: str, path: str, body: bytes | None = None, **changed: str | None) -> bytes:
        """An honest request of the page; `changed` headers replace or, when None, leave out one of them."""
        headers: dict[str, str | None] = {
            "host": self.host,
            "origin": f"http://{self.host}",
            "x-unhunch-token": self.key,
        }
        if method == "GET":
            headers.pop("origin")
        if body is not None:
            headers["content-length"] = str(len(body))
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "connection: close", "", ""]).encode() + (body or b"")

    async def get(self, path: str, **changed: str | None) -> Answer:
        return await self.raw(self.request("GET", path, **changed))

    async def post(self, name: str, body: Any = None, **changed: str | None) -> Answer:
        sent = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return await self.raw(self.request("POST", f"/api/{name}", sent, **changed))

    async def open(self) -> Self:
        """Exchange the token and hold the line open, as the page does."""
        answer = await self.post("open", x_unhunch_token=self.token)
        assert answer.status == 200, answer
        self.key = answer.json["key"]
        await self.line()
        return self

    async def line(self) -> asyncio.StreamReader:
        """A presence line; stays open until `close_lines`."""
        name, port = self.host.split(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        writer.write(self.request("GET", "/api/presence"))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT)
        assert b" 200 " in head.split(b"\r\n")[0], head
        self.lines.append(writer)
        return reader

    def close_lines(self) -> None:
        for writer in self.lines:
            writer.close()
        self.lines.clear()

    async def end(self) -> GuidedSession:
        """Wait until the server has gone by itself."""
        return await asyncio.wait_for(asyncio.shield(self.ended), LIMIT)


@asynccontextmanager
async def serving(
    plan: SessionPlan | None = None,
    *,
    limits: Limits = QUICK,
    routine: Routine | None = None,
    voice: Silent | None = None,
) -> AsyncIterator[Served]:
    """A page that listens; ended at the end of the block if it has not ended before."""
    addresses: asyncio.Queue[str] = asyncio.Queue()
    heard, spoken = Heard(), voice or Silent()
    ended = asyncio.create_task(
        serve(plan or SessionPlan(), routine or builtin(), heard, addresses.put_nowait, voice=spoken, limits=limits)
    )
    waiting = asyncio.create_task(addresses.get())
    await asyncio.wait({ended, waiting}, timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        await ended
    page = Served(waiting.result(), heard, spoken, ended)
    try:
        yield page
    finally:
        page.close_lines()
        if not ended.done():
            ended.cancel()
        await asyncio.wait({ended}, timeout=LIMIT)
        if ended.done() and not ended.cancelled():
            ended.result()  # what made it fail says more than what then failed in a page


@asynccontextmanager
async def tab(serve: Callable[[Callable[[str], None]], Coroutine[Any, Any, Any]]) -> AsyncIterator[Served]:
    """A page without a session that listens, ended at the end of the block. `serve` is given what shows its address."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task: asyncio.Task[Any] = asyncio.ensure_future(serve(address.set_result))
    served = Served(await asyncio.wait_for(address, LIMIT), Heard(), Silent(), task)
    try:
        yield served
    finally:
        served.close_lines()
        if not task.done():
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
