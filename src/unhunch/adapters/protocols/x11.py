"""Which X server there is, and whether it answers, asked without python-xlib, which would wait for ever."""

import asyncio
import os
import re
import socket
import struct
import sys
from collections.abc import Mapping

from unhunch.ports import Unusable
from unhunch.words.translate import _

ANSWER_SECONDS = 5.0
"""A server that takes longer is taken for dead."""

LOCAL = re.compile(r"(?:unix)?/?:(\d+)(?:\.(\d+))?")
"""The name of a server on this machine: its number, and the screen."""
_HELLO = struct.pack("=BxHHHHxx", ord("l" if sys.byteorder == "little" else "B"), 11, 0, 0, 0)
"""Connection setup without authorization: accepted or refused, the answer shows that somebody is there."""


async def find(display: str | None, env: Mapping[str, str]) -> str:
    """The name of a local X server that answers. Raises Unusable.

    On Wayland X programs see only the windows of other X programs, and look healthy doing so: refused.
    """
    if display is None and (env.get("WAYLAND_DISPLAY") or env.get("XDG_SESSION_TYPE") == "wayland"):
        raise Unusable(
            _("in a Wayland session it would not see most windows"),
            _("Leave `source` at auto: Wayland has sources of its own."),
        )
    name = display or env.get("DISPLAY", "")
    if not name:
        raise Unusable(_("DISPLAY is not set"), _("Start Unhunch inside the desktop session: unhunch enable"))
    matched = LOCAL.fullmatch(name)
    if matched is None:
        raise Unusable(
            _("display {display} is not on this machine").format(display=name),
            _("Run Unhunch where the keyboard and mouse are."),
        )
    if sys.platform == "win32":
        raise Unusable(_("Windows has no X server"))
    writer = None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(socket_path(matched[1]))
            writer.write(_HELLO)
            await reader.readexactly(8)
    except TimeoutError as error:
        raise Unusable(_("the X server {display} does not answer").format(display=name)) from error
    except (OSError, EOFError) as error:
        raise Unusable(_("there is no X server at {display}").format(display=name)) from error
    finally:
        if writer is not None:
            writer.close()
    return name


def socket_path(number: str) -> str:
    """Where the server of that number listens: a file, else a name without one."""
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - fixed by the X protocol
    return path if os.path.exists(path) else f"\0{path}"  # noqa: PTH110 - takes microseconds


def adopt(name: str, env: Mapping[str, str]) -> None:
    """Put the server into this process's environment: pynput and python-xlib look nowhere else."""
    os.environ["DISPLAY"] = name
    if cookie := env.get("XAUTHORITY"):
        os.environ["XAUTHORITY"] = cookie


USED = ("XTEST", "RECORD")
"""X extensions that pynput listens with."""


def tame_xlib() -> None:
    """Have python-xlib do what pynput needs of it, and no more. Raises ImportError.

    It loads a module for each extension that the server has, at every connection: only those used are left. And when a
    server has just died it would try TCP: nothing here makes a network connection.
    """
    from Xlib import ext
    from Xlib.support import unix_connect

    ext.__extensions__[:] = [pair for pair in ext.__extensions__ if pair[0] in USED]
    unix_connect._get_tcp_socket = _refuse  # it has no other switch


def _refuse(host: str, number: int) -> socket.socket:
    raise ConnectionRefusedError(
        _("no X server at {host}:{number}, and none is looked for over the network").format(host=host, number=number)
    )
