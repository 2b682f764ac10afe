"""The few words of PulseAudio's native protocol that tell who is recording; PipeWire's pulse server speaks it as well,
and tells of all of PipeWire's clients, those that share the screen too.

Written out here because the alternatives cost more (measured, see `calls.py`). A packet is five big-endian words
(length, channel, two of offset, flags) and a "tagstruct" (`tagstruct.py`). We announce protocol 20 (2011): new enough
to say whether a stream is corked; every server since answers in the fields of the version it was told; and from 21 on
PipeWire and PulseAudio differ about the fields of a source.
Sources: PulseAudio, src/pulsecore/{native-common,pstream}.h and PROTOCOL.
"""

import asyncio
import contextlib
import itertools
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from unhunch.adapters.protocols import tagstruct
from unhunch.ports import Lost, Unusable
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

VERSION = 20
NOBODY = 0xFFFFFFFF
"""An index that is none: a stream without a source, a source that is no monitor, the control channel."""
ERROR, REPLY, AUTH, SET_CLIENT_NAME, SUBSCRIBE, EVENT = 0, 2, 8, 9, 35, 66
SOURCES, CLIENTS, SINK_INPUTS, SOURCE_OUTPUTS = 24, 28, 30, 32
SOURCE_OUTPUT_MASK, CLIENT_MASK = 0x8, 0x20
FACILITY, CLIENT_EVENT = 0xF, 5
"""The bits of an event that tell what it is about, and what they are for a client."""
LONGEST_PACKET = 4 << 20
ANSWER_SECONDS = 5.0
COOKIE_BYTES = 256


class Recording(NamedTuple):
    """A stream that takes sound from a source. Indices are the server's, NOBODY where there is none."""

    number: int
    module: int
    client: int
    """NOBODY: a stream of the server's own."""
    source: int
    corked: bool
    resample_method: str
    properties: Mapping[str, str]

    @property
    def link(self) -> int | str:
        """What ties it to the stream that plays what it takes; "" where nothing does."""
        return _link(self.module, self.properties)


class Playing(NamedTuple):
    """A stream that gives sound to a sink."""

    module: int
    client: int
    sink: int
    properties: Mapping[str, str]

    @property
    def link(self) -> int | str:
        """As that of a recording."""
        return _link(self.module, self.properties)


def _link(module: int, properties: Mapping[str, str]) -> int | str:
    """PulseAudio's modules have a number; those of PipeWire's own configuration name their streams' group."""
    return properties.get("node.link-group", "") if module == NOBODY else module


def server_socket(env: Mapping[str, str]) -> Path:
    """Where the user's sound server listens. Raises Unusable for a server on another machine."""
    if server := env.get("PULSE_SERVER"):
        local = server.split("}", 1)[-1].removeprefix("unix:")
        if local.startswith("/"):
            return Path(local)
        raise Unusable(_("PULSE_SERVER names a sound server on the network"), _("Unhunch makes no network connection"))
    if folder := env.get("PULSE_RUNTIME_PATH"):
        return Path(folder, "native")
    if runtime := env.get("XDG_RUNTIME_DIR"):
        return Path(runtime, "pulse", "native")
    raise Unusable(_("XDG_RUNTIME_DIR is not set, so the sound server cannot be found"))


def cookie(env: Mapping[str, str]) -> bytes:
    """PulseAudio's shared secret; on our own machine the server believes the user id, so zeros usually do."""
    config = env.get("XDG_CONFIG_HOME") or str(Path(env.get("HOME", "/"), ".config"))
    path = Path(env.get("PULSE_COOKIE") or Path(config, "pulse", "cookie"))
    with contextlib.suppress(OSError):
        if len(found := path.read_bytes()) == COOKIE_BYTES:
            return found
    return bytes(COOKIE_BYTES)


class PulseServer:
    """A connection that asks who records, who plays and who is there, and hears when that has changed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._answers: dict[int, asyncio.Future[list[Any]]] = {}
        self._tag = 0
        self._task: asyncio.Task[None] | None = None
        self._changed: Callable[[bool], None] | None = None
        self._gone: Callable[[], None] | None = None
        self.alive = True

    @classmethod
    async def connect(cls, path: Path, secret: bytes) -> Self:
        """Connect and say who we are. Raises Unusable."""
        if sys.platform == "win32":
            raise Unusable(_("Windows has no PulseAudio"))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise Unusable(
                _("no sound server at {path} ({error})").format(path=path, error=error.strerror or _("no answer")),
                _("Calls cannot be seen without PulseAudio or pipewire-pulse"),
            ) from error
        server = cls(reader, writer)
        server._task = asyncio.get_running_loop().create_task(server._read())
        try:
            # The kernel adds our user id to what we send: that is what lets us in.
            await server._ask(AUTH, tagstruct.number(VERSION), b"x" + struct.pack(">I", len(secret)) + secret)
            await server._ask(SET_CLIENT_NAME, b"P", tagstruct.entry("application.name", "Unhunch"), b"N")
        except Lost as error:
            await server.close()
            raise Unusable(
                _("the sound server at {path} does not let us in ({error})").format(path=path, error=error)
            ) from error
        except BaseException:
            await server.close()
            raise
        return server

    async def subscribe(self, changed: Callable[[bool], None], gone: Callable[[], None]) -> None:
        """Call `changed` when a recording or (True) a client begins, ends or changes, and `gone` once at the end."""
        self._changed, self._gone = changed, gone
        await self._ask(SUBSCRIBE, tagstruct.number(SOURCE_OUTPUT_MASK | CLIENT_MASK))

    async def recordings(self) -> list[Recording]:
        """All streams that record now. Raises Lost."""
        fields = iter(await self._ask(SOURCE_OUTPUTS))
        found = []
        with _understood():
            for index in fields:
                # name, module, client, source, sample spec, channel map, two latencies, resampler, driver, properties,
                # corked
                rest = _next(fields, 12)
                module, client, source = rest[1:4]
                words = _words(rest[10])
                found.append(Recording(index, module, client, source, bool(rest[11]), rest[8] or "", words))
        return found

    async def playing(self) -> list[Playing]:
        """All streams that play now. Raises Lost."""
        fields = iter(await self._ask(SINK_INPUTS))
        found = []
        with _understood():
            for _index in fields:
                # name, module, client, sink, sample spec, channel map, volume, two latencies, resampler, driver, mute,
                # properties, corked, two words about the volume
                rest = _next(fields, 16)
                module, client, sink = rest[1:4]
                found.append(Playing(module, client, sink, _words(rest[12])))
        return found

    async def clients(self) -> list[Mapping[str, str]]:
        """The properties of every client: of PulseAudio those of its own, of PipeWire all. Raises Lost."""
        fields = iter(await self._ask(CLIENTS))
        with _understood():
            return [_words(_next(fields, 4)[3]) for _index in fields]  # name, module, driver, properties

    async def sources(self) -> dict[int, int]:
        """Each source, and of those that only repeat what a sink plays that sink (else NOBODY). Raises Lost."""
        fields = iter(await self._ask(SOURCES))
        found = {}
        with _understood():
            for index in fields:
                # name, description, sample spec, channel map, module, volume, mute, monitored sink and its name,
                # latency, driver, flags, properties, configured latency, base volume, state, volume steps, card, number
                # of ports
                rest = _next(fields, 19)
                _next(fields, 3 * rest[18] + 1)  # name, description, priority of each, and the active one's name
                found[index] = rest[7]
        return found

    async def close(self) -> None:
        """Disconnect; never raises."""
        self._changed = self._gone = None
        self.alive = False
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._writer.close()
        with contextlib.suppress(Exception):
            await self._writer.wait_closed()

    async def _ask(self, command: int, *values: bytes) -> list[Any]:
        if not self.alive:
            raise Lost(_("the sound server is gone"))
        self._tag = tag = self._tag + 1
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._answers[tag] = answer
        words = b"".join((tagstruct.number(command), tagstruct.number(tag), *values))
        self._writer.write(struct.pack(">5I", len(words), NOBODY, 0, 0, 0) + words)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError as error:
            raise Lost(_("the sound server does not answer")) from error
        finally:
            self._answers.pop(tag, None)

    async def _read(self) -> None:
        try:
            while True:
                length, channel, *_ = struct.unpack(">5I", await self._reader.readexactly(20))
                if length > LONGEST_PACKET:
                    break
                packet = await self._reader.readexactly(length)
                if channel == NOBODY:
                    self._take(list(tagstruct.values(packet)))
        except (OSError, EOFError, ValueError, struct.error):
            pass  # gone, or speaking another language: both end here
        finally:
            self._end()

    def _take(self, fields: list[Any]) -> None:
        command, tag, *rest = fields
        if command == EVENT and self._changed is not None and rest and isinstance(rest[0], int):
            self._changed(rest[0] & FACILITY == CLIENT_EVENT)
        answer = self._answers.get(tag)
        if answer is None or answer.done() or command not in (REPLY, ERROR):
            return
        if command == REPLY:
            answer.set_result(rest)
        else:
            answer.set_exception(Lost(_("the sound server refused, error {number}").format(number=rest)))

    def _end(self) -> None:
        self.alive = False
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Lost(_("the sound server is gone")))
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    """An answer with other fields than those of our version is as good as none."""
    try:
        yield
    except (ValueError, LookupError, TypeError) as error:
        raise Lost(_("the sound server answered in words that are not its protocol's")) from error


def _next(fields: Iterator[Any], count: int) -> list[Any]:
    found = list(itertools.islice(fields, count))
    if len(found) < count:
        raise ValueError("too few fields")
    return found


def _words(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("no properties")
    return value
