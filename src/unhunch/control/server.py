"""The daemon's ear: its owner's commands, and nobody else's. Whatever comes in, the daemon goes on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from unhunch.control.arguments import read_request, speaks
from unhunch.control.door import Door, door
from unhunch.control.protocol import LOG, LONGEST_LINE, done, encode, object_of, refused
from unhunch.errors import Exit, UserError
from unhunch.language import ASKER, of_the_asker
from unhunch.words import formats
from unhunch.words.translate import _

log = logging.getLogger(__name__)

MOST_CLIENTS = 32
IDLE_SECONDS = 30.0
"""A client that has not sent a whole line for so long is let go, unless it listens to events."""
COMMAND_SECONDS = 20.0
SEND_SECONDS = 5.0
BACKLOG_BYTES = 256 * 1024
"""A listener that lets so much pile up is let go."""

Handler = Callable[[str, dict[str, Any]], Awaitable[Mapping[str, Any]]]


class Server:
    """Serves `handler(command, args)` at `path`; arguments are checked before it is called.

    A UserError of the handler goes to the client as it is; any other exception is logged and reported as a bug.
    `path`'s folder must be private (Paths.make_runtime), and the lock must be held: then an old socket is nobody's.
    `state`: the event that whoever begins to follow is told first.
    `way_in`: where to listen there, and whom to let in (this system's kind by default).
    """

    def __init__(
        self,
        path: Path,
        handler: Handler,
        *,
        most_clients: int = MOST_CLIENTS,
        way_in: Door | None = None,
        state: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        self.path = path
        self._door = door(path) if way_in is None else way_in
        self._handler = handler
        self._state = state
        self._most_clients = most_clients
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._listeners: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to listen. Raises UserError: code 5 if somebody answers at `path`, 1 if it cannot be used."""
        try:
            self._server = await asyncio.start_server(self._serve, sock=self._door.bind(), limit=LONGEST_LINE)
        except OSError as error:
            raise UserError(
                _("The socket {path} cannot be made: {error}.").format(
                    path=self.path, error=_(error.strerror or str(error))
                ),
                _("Commands and the tray could not reach the daemon."),
                _("Look at the folder: {command}").format(command=f"ls -ld {self.path.parent}"),
            ) from error

    @property
    def listeners(self) -> int:
        """How many clients follow the events."""
        return len(self._listeners)

    def publish(self, event: Mapping[str, Any]) -> None:
        """Send an event to all who follow. Never waits: who cannot keep up is let go."""
        if not self._listeners:
            return
        try:
            line = encode({"event": event})
        except (TypeError, ValueError):
            log.exception("An event could not be told: %r", event)
            return
        for writer in tuple(self._listeners):
            if writer.transport.get_write_buffer_size() > BACKLOG_BYTES:
                self._listeners.discard(writer)
                writer.transport.abort()
            elif not writer.is_closing():
                writer.write(line)

    async def close(self) -> None:
        """Stop listening, let every client go, take the socket away. Never raises."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._clients):
            writer.close()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._door.remove()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            if not await self._door.admits(reader, writer):
                return
            self._clients.add(writer)
            if len(self._clients) > self._most_clients:
                await _send(writer, refused(None, _busy()))
                return
            await self._converse(reader, writer)
        except (OSError, asyncio.CancelledError):
            # The client is gone, did not read, or the daemon ends: nobody is left to tell.
            pass
        finally:
            self._clients.discard(writer)
            self._listeners.discard(writer)
            writer.close()
            if task is not None:
                self._tasks.discard(task)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                async with asyncio.timeout(None if writer in self._listeners else IDLE_SECONDS):
                    line = await reader.readline()
            except ValueError:  # longer than LONGEST_LINE
                await _send(writer, refused(None, _too_long()))
                return
            except TimeoutError:
                return
            if not line.endswith(b"\n"):  # the end, perhaps in the middle of a line
                return
            identity: str | int | None = None
            try:
                said = object_of(line)
                ASKER.set(speaks(said))
                with of_the_asker():
                    asked = read_request(said)
                identity = asked.id
                if asked.command == "events":
                    first = encode({"event": self._state()}) if self._state else b""
                    await _send(writer, done(identity, {"following": True}) + first)
                    self._listeners.add(writer)
                    continue
                reply = done(identity, await self._handle(asked.command, asked.args))
            except UserError as error:
                reply = refused(identity, error)
            await _send(writer, reply)

    async def _handle(self, command: str, args: dict[str, Any]) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                data = await self._handler(command, args)
                encode(data)
                return data
        except UserError:
            raise
        except TimeoutError:
            log.exception("The command %s took longer than %g s", command, COMMAND_SECONDS)
            with of_the_asker():
                raise _took_long(command) from None
        except Exception as error:
            log.exception("The command %s failed", command)
            with of_the_asker():
                raise _broke(command, error) from error


def _took_long(command: str) -> UserError:
    return UserError(
        _("'{command}' took longer than {seconds} s.").format(command=command, seconds=formats.number(COMMAND_SECONDS)),
        _("The daemon gave it up; whether it had an effect is not known."),
        _("Look at 'unhunch status' and try again."),
    )


def _broke(command: str, error: Exception) -> UserError:
    return UserError(
        _("'{command}' failed inside the daemon: {error}.").format(command=command, error=type(error).__name__),
        _("That is a bug in Unhunch. The daemon goes on."),
        _("Its log has the details: {command}").format(command=_(LOG)),
    )


def _busy() -> UserError:
    return UserError(
        _("Too many programs talk to Unhunch at once."),
        _("This one was not served."),
        _("Try again in a moment."),
        Exit.FAILED,
    )


def _too_long() -> UserError:
    """As all that is said of a malformed line, in English: for who writes programs."""
    kib = LONGEST_LINE // 1024
    return UserError(f"That line is longer than {kib} KiB.", "Nothing was done.", "Send shorter lines.", Exit.WRONG)


async def _send(writer: asyncio.StreamWriter, line: bytes) -> None:
    """Raises OSError (TimeoutError is one) when the client does not take it."""
    writer.write(line)
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await writer.drain()
    except TimeoutError:
        writer.transport.abort()
        raise
