"""Where every command line begins: what people click and poll is answered before anything is imported.

The daemon reads the words and says what to print (daemon/typed.py); here is a socket and no more: no argparse, no
JSON, no catalogue, whose imports take four times as long as Python does to start. Whatever is typed wrong or seldom,
whatever the daemon does not answer at once or not in so many bytes, and every other system goes the long way
(cli/), which says the same.
"""

import os
import stat
import sys

from unhunch import __version__
from unhunch.locales import NAMES, choose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Callable, Sequence

HELP: tuple[list[str], ...] = ([], ["-h"], ["--help"], ["help"])
VERSION = (["-V"], ["--version"])
STARTS: tuple[list[str], ...] = (["start"], ["start", "--short"], ["start", "--standard"], ["start", "--long"])
POLLED = ("status",)
"""Commands that change nothing: where the fast way fails they are simply asked again the long way."""
TOLD = ("snooze", "skip", "pause", "resume", "stand", "sit", "undo", "morning")
"""Commands that are told once: what comes late, or makes no sense, is told as the long way tells it, without a second
time."""
PATIENCE = 0.9
"""Seconds that an answer may take. Beside them there is Python's own start."""
LONGEST_PATH = 107
"""Bytes of a socket's path (unix(7))."""
LONGEST = 256 * 1024
"""Bytes of a reply."""
REFUSED = b'"ok":false,'
"""In a reply: nothing was done."""
REPLY = '{"v":1,"id":null,"ok":true,"data":{"code":'

Said = tuple[int, str, str]
"""The exit code, and what to print on stdout and stderr."""


def main() -> int:
    """Carry out this process's command line and return the exit code. Never raises."""
    words = sys.argv[1:]
    try:
        if (
            words[:2] == ["status", "--follow"]
            and (path := _socket_path())
            and (said := _asked(["status", *words[2:]]))
        ):
            _follow(words[2:], path)
        said = _said(words)
        if said is None:
            import gc

            gc.disable()  # imports make much and let go of nothing; enabled again before anything is done
            from unhunch.cli import main as long_way

            return long_way(words)
        if words in STARTS and not said[0]:
            from unhunch.cli.guiding import begin

            return begin(said[1])
        return _printed(said)
    except (OSError, KeyboardInterrupt) as error:
        from unhunch.cli import ended

        return ended(error)


def _follow(form: "list[str]", path: str) -> None:
    """Stays, without any more imports for as long as the daemon runs."""
    from unhunch.control.following import follow

    def say() -> Said:
        said = _asked(["status", *form])
        if said is None:
            from unhunch.cli import unanswered

            said = unanswered(form)
        return said

    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a process's own
    follow(say, path)


def _said(words: "list[str]") -> "Said | None":
    """What to answer at once; None when it has to be found out the long way."""
    if words in VERSION:
        return 0, f"unhunch {__version__}\n", ""
    if words in HELP:
        return _help()
    return _asked(words) if words[0] in (*POLLED, *TOLD) or words in STARTS else None


def _help() -> "Said | None":
    """As `make words` has drawn it; None when more than the environment says which language is spoken."""
    env = os.environ
    config = env.get("XDG_CONFIG_HOME") or f"{env.get('HOME')}/.config"
    if sys.platform != "linux" or not config.startswith("/"):
        return None
    try:
        with open(f"{config}/unhunch/config.toml", "rb") as file:
            if any(line.lstrip(b" \t\"'").startswith(b"language") for line in file):
                return None
    except FileNotFoundError:
        pass
    except OSError:
        return None
    code, _territory = choose(env)
    try:
        with open(f"{os.path.dirname(__file__)}/locale/{code}/help.txt", encoding="utf-8") as file:
            return 0, file.read(), ""
    except (OSError, ValueError):
        return None


def _printed(said: Said) -> int:
    code, out, err = said
    for stream, text in ((sys.stdout, out), (sys.stderr, err)):
        if text and stream is not None:
            # As command.py does: better an escaped letter than no answer.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a process's own streams
            stream.write(text)
            stream.flush()
    return code


def _asked(words: "Sequence[str]") -> "Said | None":
    """What the daemon says to these words; None when it has to be found out the long way."""
    path = _socket_path()
    if path is None or sys.platform == "win32":
        return None
    try:
        import _socket
        from _json import encode_basestring_ascii as quoted  # the modules above them cost more than Python's start

        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    except (ImportError, OSError):
        return None
    held = bytearray()
    try:
        connection.settimeout(PATIENCE)
        connection.connect(path)
        connection.sendall(_request(words, quoted))
    except OSError:
        connection.close()
        return None
    try:
        _hear(connection, held)
        return _reply(held)
    except (OSError, ValueError):
        if words[0] not in TOLD or REFUSED in held:
            return None
        from unhunch.cli import heard

        return heard(connection.detach(), held)
    finally:
        connection.close()


def _socket_path() -> str | None:
    """Where the daemon listens, if that is the usual place and as private as Paths.check_runtime wants it."""
    if sys.platform != "linux":
        return None
    own = os.getuid()
    base = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{own}"
    path = f"{base}/unhunch/control.sock"
    try:
        private = all(_is_private(os.lstat(folder), own) for folder in (base, f"{base}/unhunch"))
    except OSError:
        return None
    return path if private and base.startswith("/") and len(os.fsencode(path)) <= LONGEST_PATH else None


def _is_private(info: os.stat_result, own: int) -> bool:
    return stat.S_ISDIR(info.st_mode) and info.st_uid == own and not info.st_mode & 0o077


def _request(words: "Sequence[str]", quoted: "Callable[[str], str]") -> bytes:
    """A line of control/protocol.py, without its imports."""
    env = os.environ
    typed = ",".join(map(quoted, words))
    columns = f',"columns":{os.get_terminal_size(1).columns or 80}' if os.isatty(1) else ""
    zone = f',"zone":{quoted(env["TZ"])}' if env.get("TZ") else ""
    spoken = ",".join(f'"{name}":{quoted(env[name])}' for name in NAMES if name in env)
    return f'{{"v":1,"cmd":"typed","args":{{"words":[{typed}]{columns}{zone},"env":{{{spoken}}}}}}}\n'.encode("ascii")


def _hear(connection: "socket", held: bytearray) -> None:
    """One line, into `held`. Raises OSError or ValueError when none comes within PATIENCE."""
    from time import monotonic  # noqa: TID251 - no clock of the day: how long a socket is waited for

    end = monotonic() + PATIENCE
    while not held.endswith(b"\n"):
        connection.settimeout(max(end - monotonic(), 0.001))
        more = connection.recv(64 * 1024)
        held += more
        if not more or len(held) > LONGEST:
            raise ValueError


def _reply(held: bytearray) -> Said:
    """The daemon's answer to `typed`. Raises ValueError if that is no such answer."""
    from _json import scanstring

    line = held.decode("ascii")
    if not line.startswith(REPLY):
        raise ValueError
    code, _comma, rest = line[len(REPLY) :].partition(",")
    if not rest.startswith('"out":"'):
        raise ValueError
    out, end = scanstring(rest, len('"out":"'))
    if not rest.startswith(',"err":"', end):
        raise ValueError
    err, end = scanstring(rest, end + len(',"err":"'))
    if rest[end:] != "}}\n":
        raise ValueError
    return int(code), out, err
