"""Speaks to the daemon from a short-lived process: a plain blocking socket, no asyncio."""

import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unhunch import language
from unhunch.control.protocol import LOG, RESTART, read_reply, request
from unhunch.errors import Exit, UserError
from unhunch.words import formats
from unhunch.words.translate import _

SECONDS = 5.0
"""How long to wait for the daemon. Its own limit on a command is longer, so a slow one is told from a dead one."""
LONGEST_REPLY = 4 * 1024 * 1024


def not_running() -> UserError:
    return UserError(
        _("Unhunch is not running."),
        _("Nothing watches how long you sit, and nothing will ask."),
        _("Start it now and at every login with 'unhunch enable', or in this terminal with 'unhunch run'."),
        Exit.NOT_RUNNING,
    )


def ask(path: Path, command: str, args: Mapping[str, Any] | None = None, *, seconds: float = SECONDS) -> dict[str, Any]:
    """Send one command to the daemon at `path` and return the data of its reply.

    Raises UserError: code 3 when nobody listens there, else what the daemon said or why it could not be heard.
    """
    with _connected(path, seconds) as connection:
        _send(connection, command, args or {})
        return read_reply(_line(connection, bytearray()))


def heard(connection: socket.socket, held: bytearray, *, seconds: float = SECONDS) -> dict[str, Any]:
    """The data of the reply on a connection that was asked already; `held` is what has come of it. Closes it.

    Raises UserError as `ask` does.
    """
    with connection:
        connection.settimeout(seconds)
        return read_reply(_line(connection, held))


def follow(path: Path, *, seconds: float = SECONDS) -> Iterator[dict[str, Any]]:
    """Events as they happen, until the daemon ends. Raises UserError as `ask` does."""
    with _connected(path, seconds) as connection:
        _send(connection, "events", {})
        held = bytearray()
        read_reply(_line(connection, held))
        connection.settimeout(None)
        while True:
            try:
                line = _line(connection, held)
            except _Ended:
                return
            yield read_reply(line)


class _Ended(UserError):
    def __init__(self) -> None:
        super().__init__(
            _("The daemon closed the connection."),
            _("It is stopping, or it refused this command."),
            _("Look at 'unhunch status', and at its log: {command}").format(command=_(LOG)),
        )


def _dial(path: Path, seconds: float) -> socket.socket:
    """A connection to whoever listens at `path`. Raises OSError."""
    if sys.platform == "win32":
        from unhunch.control import loopback

        return loopback.connect(path, seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(seconds)
    try:
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, seconds: float) -> socket.socket:
    try:
        return _dial(path, seconds)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        raise not_running() from None
    except (TimeoutError, BlockingIOError):  # the latter: its queue of callers is full
        raise _silent(seconds) from None
    except OSError as error:
        raise UserError(
            _("The daemon's socket cannot be used: {error}.").format(error=_(error.strerror or str(error))),
            _("Nothing can be asked of a daemon that may be running."),
            _("Look at its owner and mode: {command}").format(command=f"ls -l {path}"),
        ) from error


def _silent(seconds: float) -> UserError:
    return UserError(
        _("The daemon has not answered for {seconds} s.").format(seconds=formats.number(seconds)),
        _("It is there, but busy or stuck; whether the command was carried out is not known."),
        _("Try again, or restart it: {command}").format(command=RESTART),
    )


def _send(connection: socket.socket, command: str, args: Mapping[str, Any]) -> None:
    try:
        connection.sendall(request(command, args, speaks=language.spoken()))
    except TimeoutError:
        raise _silent(connection.gettimeout() or 0) from None
    except (BrokenPipeError, ConnectionResetError):
        # It may have said why before it hung up: read on.
        return


def _line(connection: socket.socket, held: bytearray) -> bytes:
    """The next line. `held` keeps what came after it."""
    while True:
        end = held.find(b"\n")
        if end >= 0:
            line = bytes(held[: end + 1])
            del held[: end + 1]
            return line
        if len(held) > LONGEST_REPLY:
            raise _Ended
        try:
            more = connection.recv(64 * 1024)
        except TimeoutError:
            raise _silent(connection.gettimeout() or 0) from None
        except ConnectionResetError:
            raise _Ended from None
        if not more:
            raise _Ended
        held += more
