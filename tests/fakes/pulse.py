"""A recorder at a real sound server that can be paused, as no command-line one can; and a server of nonsense."""

import asyncio
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from unhunch.adapters.protocols.pulse import NOBODY, PulseServer, cookie, server_socket

CREATE_RECORD_STREAM, CORK_RECORD_STREAM = 5, 58


def number(value: int) -> bytes:
    return b"L" + struct.pack(">I", value)


def text(value: str) -> bytes:
    return b"t" + value.encode() + b"\0"


def flag(value: int) -> bytes:
    return b"1" if value else b"0"


class Recorder:
    """Records from a source, mono, as an application would."""

    def __init__(self, server: PulseServer, stream: int) -> None:
        self._server, self._stream = server, stream

    @classmethod
    async def start(cls, env: Mapping[str, str], source: str, *, level_meter: bool = False) -> Self:
        server = await PulseServer.connect(server_socket(env), cookie(env))
        properties = b"P" + text("media.name") + number(5) + b"x" + struct.pack(">I", 5) + b"talk\0" + b"N"
        nothing = flag(0)
        answer = await server._ask(
            CREATE_RECORD_STREAM,
            b"a" + struct.pack(">BBI", 5, 1, 25 if level_meter else 44100),  # float, mono
            b"m" + struct.pack(">BB", 1, 0),
            number(NOBODY) + text(source),
            number(1 << 20) + nothing + number(1 << 12),  # buffer, not corked, fragments
            7 * nothing,  # seven wishes about conversion
            flag(level_meter) + nothing + properties + number(NOBODY),
            3 * nothing,
        )
        return cls(server, answer[0])

    async def pause(self, *, paused: bool) -> None:
        await self._server._ask(CORK_RECORD_STREAM, number(self._stream), flag(paused))

    async def stop(self) -> None:
        await self._server.close()


class NonsenseServer:
    """Listens where a sound server would, and answers every packet with the same bytes. None: never answers."""

    def __init__(self, path: Path, answer: bytes | None) -> None:
        self._path, self._answer = path, answer
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        while await reader.read(4096):
            if self._answer is not None:
                writer.write(self._answer)
        writer.close()
