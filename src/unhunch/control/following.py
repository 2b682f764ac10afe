"""Says something again whenever it has changed: for a panel that reads lines instead of asking every half minute.

The daemon's events tell when to look; minutes that merely pass are looked for at leisure. Imports next to nothing: this
process stays for as long as the panel does.
"""

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

AT_LEISURE = 30.0
"""Seconds. What is shown has minutes, and half of one is not missed."""
SETTLING = 0.1
"""Seconds after an event: several come at once."""
GONE = 5.0
"""Seconds until a daemon that is not there is looked for again."""
ASK = b'{"v":1,"cmd":"events","args":{}}\n'


def follow(say: "Callable[[], tuple[int, str, str]]", path: str) -> None:
    """Print what `say` says (exit code, stdout, stderr) when it has changed, until nobody reads any more.

    `path`: the daemon's socket. Raises OSError when nothing can be printed, KeyboardInterrupt.
    """
    before: tuple[int, str, str] | None = None
    while True:
        said = say()
        if said != before:
            before = said
            sys.stdout.write(said[1])
            sys.stdout.flush()
            sys.stderr.write(said[2])
        _wait(path)


def _wait(path: str) -> None:
    """Until something may have changed. One connection a time: a daemon that was started anew is another one."""
    if sys.platform == "win32":
        time.sleep(AT_LEISURE)
        return
    import _socket

    ear = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        ear.settimeout(AT_LEISURE)
        ear.connect(path)
        ear.sendall(ASK)
        heard = ear.recv(4096)
        if heard.count(b"\n") == 1:  # that it listens
            heard = ear.recv(4096)
        time.sleep(SETTLING if heard else GONE)
    except TimeoutError:
        return
    except OSError:
        time.sleep(GONE)
    finally:
        ear.close()
