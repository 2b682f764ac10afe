"""The loopback door, for real: who has read the file is served, everybody else is not. Unix sockets need none of it."""

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from unhunch.control import client, loopback
from unhunch.control.door import door
from unhunch.control.loopback import LoopbackDoor
from unhunch.control.protocol import LONGEST_LINE, request
from unhunch.control.server import Server
from unhunch.errors import Exit, UserError

LONG = 20.0
STATUS = request("status", {})


async def handler(command: str, args: dict[str, Any]) -> dict[str, Any]:
    return {"command": command, "args": args}


@pytest.fixture
async def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A server on a loopback port, and clients that look for it there, as on Windows."""
    monkeypatch.setattr(client, "_dial", loopback.connect)
    path = tmp_path / "control.port"
    found = Server(path, handler, way_in=LoopbackDoor(path))
    await found.open()
    yield found
    await found.close()


def listening(server: Server) -> socket.socket:
    assert server._server is not None
    (ear,) = server._server.sockets
    return ear  # type: ignore[return-value]  # asyncio wraps it


def secrets(path: Path) -> tuple[int, bytes, bytes]:
    port, token, countersign = path.read_text().split()
    return int(port), token.encode(), countersign.encode()


async def say(port: int, data: bytes) -> bytes:
    """Send bytes as they are to the port and return all that comes back."""

    def talk() -> bytes:
        got = b""
        with socket.create_connection(("127.0.0.1", port), timeout=LONG) as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                while more := s.recv(65536):
                    got += more
            except (BrokenPipeError, ConnectionResetError):
                pass
        return got

    return await asyncio.to_thread(talk)


async def ask(path: Path, command: str, **args: Any) -> dict[str, Any]:
    return await asyncio.to_thread(client.ask, path, command, args, seconds=LONG)


async def test_who_has_read_the_file_is_served(ear: Server) -> None:
    assert await ask(ear.path, "snooze", seconds=600) == {"command": "snooze", "args": {"seconds": 600}}
    events = await asyncio.to_thread(client.follow, ear.path, seconds=LONG)
    first = asyncio.create_task(asyncio.to_thread(next, events))
    while not ear.listeners:
        await asyncio.sleep(0.01)
    ear.publish({"event": "prompt"})
    assert await first == {"event": "prompt"}
    await asyncio.to_thread(events.close)  # type: ignore[attr-defined]  # it is a generator


async def test_nothing_but_loopback_is_bound_and_the_file_is_private(ear: Server) -> None:
    bound = listening(ear)
    assert bound.family is socket.AF_INET
    assert bound.getsockname()[0] == "127.0.0.1"
    assert bound.getsockname()[1] == secrets(ear.path)[0]
    assert stat.S_IMODE(ear.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("first", [b"", STATUS, b"0" * 64 + b"\n", b"\n", b"\xff\x00\n", b"x" * (LONGEST_LINE + 9)])
async def test_without_the_token_nothing_is_said_and_nothing_done(ear: Server, first: bytes) -> None:
    port, _, _ = secrets(ear.path)
    assert await say(port, first + STATUS) == b""
    assert (await ask(ear.path, "status"))["command"] == "status", "the others are served on"


async def test_a_part_of_the_token_is_not_the_token(ear: Server) -> None:
    port, token, _ = secrets(ear.path)
    assert await say(port, token[:-1] + b"\n" + STATUS) == b""
    assert await say(port, token) == b"", "no end of line"


async def test_the_token_is_answered_and_then_the_usual_protocol_is_spoken(ear: Server) -> None:
    port, token, countersign = secrets(ear.path)
    heard, reply = (await say(port, token + b"\n" + STATUS)).split(b"\n", 1)
    assert heard == countersign
    assert b'"status"' in reply
    junk = (await say(port, token + b"\nnonsense\n")).split(b"\n", 1)[1]
    assert b'"error"' in junk


async def test_who_says_nothing_is_let_go(ear: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "TOKEN_SECONDS", 0.05)
    port, _, _ = secrets(ear.path)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(LONG):
        assert await reader.read() == b""
    writer.close()


async def test_strangers_that_wait_keep_nobody_out_for_long(ear: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "MOST_STRANGERS", 2)
    monkeypatch.setattr(loopback, "TOKEN_SECONDS", 0.3)
    port, _, _ = secrets(ear.path)
    waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    for reader, writer in waiting:
        async with asyncio.timeout(LONG):
            assert await reader.read() == b""
        writer.close()
    assert (await ask(ear.path, "status"))["command"] == "status"


async def test_a_stranger_on_a_dead_daemons_port_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_dial", loopback.connect)
    heard = bytearray()

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"f" * 64 + b'\n{"v":1,"ok":true,"data":{}}\n')
        while more := await reader.read(4096):
            heard.extend(more)
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    path = tmp_path / "control.port"
    path.write_text(f"{server.sockets[0].getsockname()[1]} {'a' * 64} {'b' * 64}\n")
    with pytest.raises(UserError) as caught:
        await ask(path, "session", event="began", size="short")
    assert caught.value.code == Exit.NOT_RUNNING
    server.close()
    await asyncio.sleep(0)
    assert bytes(heard) in (b"", b"a" * 64 + b"\n")


@pytest.mark.parametrize("text", [None, "", "junk\n", "0 a b\n", "70000 a b\n", "1 2\n", "999999999999 a b\n", "\xff"])
async def test_without_a_daemon_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.setattr(client, "_dial", loopback.connect)
    path = tmp_path / "control.port"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UserError) as caught:
        await ask(path, "status")
    assert caught.value.code == Exit.NOT_RUNNING


async def test_a_dead_daemons_file_is_replaced_and_a_successors_is_left(ear: Server) -> None:
    before = secrets(ear.path)
    successor = Server(ear.path, handler, way_in=LoopbackDoor(ear.path))
    await successor.open()
    after = secrets(ear.path)
    assert not set(before) & set(after)
    await ear.close()
    assert secrets(ear.path) == after
    assert (await ask(ear.path, "status"))["command"] == "status"
    await successor.close()
    assert not ear.path.exists()


async def test_here_no_port_is_opened(tmp_path: Path) -> None:
    server = Server(tmp_path / "control.sock", handler)
    await server.open()
    assert listening(server).family is socket.AF_UNIX
    await server.close()
    assert type(door(tmp_path)).__name__ == "UnixDoor"
