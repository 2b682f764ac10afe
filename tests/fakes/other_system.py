"""Another operating system, as far as Python's modules can tell. For a process of its own: nothing is put back.

What Linux alone has is taken away, what the other has is put there by stand-ins. The libraries that decide by
`sys.platform` when they are imported have been imported before; platformdirs decides afterwards.
"""

import asyncio
import ctypes
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.fakes import pynput

LIBRARIES = (
    *("apscheduler.schedulers.asyncio", "jinja2", "PIL.Image", "rich.console", "rich.live", "rich.progress"),
    *("starlette.applications", "starlette.routing", "tomlkit", "urllib.request", "uvicorn", "webbrowser"),
)
NO_LIBRARY = ("dbus_fast", "Xlib", "evdev", "pywayland", "gi")
NOT_ON_WINDOWS = ("fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "syslog", "readline", "winreg")
GONE: dict[str, tuple[tuple[Any, str], ...]] = {
    "win32": (
        *((os, name) for name in ("getuid", "geteuid", "statvfs", "killpg", "set_blocking", "O_CLOEXEC", "O_NOFOLLOW")),
        *((socket, name) for name in ("AF_UNIX", "SO_PEERCRED", "SOCK_CLOEXEC")),
        *((signal, name) for name in ("SIGHUP", "SIGKILL")),
        *((time, name) for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "clock_gettime", "tzset")),
        *((asyncio, name) for name in ("open_unix_connection", "start_unix_server")),
    ),
    "darwin": (
        *((socket, name) for name in ("SO_PEERCRED", "SOCK_CLOEXEC")),
        *((time, name) for name in ("CLOCK_BOOTTIME",)),
    ),
}


class Kernel:
    """kernelbase.dll: both kinds of interrupt time, by a clock of Linux."""

    def __init__(self) -> None:
        read, clock = time.clock_gettime, time.CLOCK_BOOTTIME

        def write(pointer: Any) -> None:
            steps = int(read(clock) * 1e7)
            ctypes.cast(pointer, ctypes.POINTER(ctypes.c_ulonglong)).contents.value = steps

        self.QueryUnbiasedInterruptTime: Any = lambda pointer: write(pointer)
        self.QueryInterruptTime: Any = lambda pointer: write(pointer)


def become(platform: str, libraries: Sequence[str] = LIBRARIES) -> None:
    """From here on this process runs on that system. `libraries` are those that it will want."""
    for library in libraries:
        importlib.import_module(library)
    asyncio.new_event_loop().close()  # the kind of loop is this system's
    modules: dict[str, Any] = sys.modules  # type: ignore[assignment]  # None: it cannot be imported
    for name in NO_LIBRARY:
        for loaded in [each for each in modules if each == name or each.startswith(f"{name}.")]:
            del modules[loaded]
        modules[name] = None
    patch = pytest.MonkeyPatch()
    pynput.install(patch, platform)
    pynput.Macos(listen=os.environ.get("INPUT_MONITORING") != "no").install(patch)
    for name in ("plyer", "pystray", "pyobjus"):
        modules[name] = types.ModuleType(name)
        modules[name].__spec__ = importlib.machinery.ModuleSpec(name, None)
    modules["plyer"].notification = types.SimpleNamespace(notify=lambda **words: print(json.dumps(words), flush=True))
    modules["pystray"].Icon, modules["pystray"].Menu = Icon, Menu
    modules["pystray"].MenuItem = lambda *_, **__: None
    if platform == "win32":
        _windows(modules)
    else:
        time.CLOCK_UPTIME_RAW = time.CLOCK_MONOTONIC
    for module, name in GONE[platform]:
        delattr(module, name)


def _windows(modules: dict[str, Any]) -> None:
    from tests.fakes.msvcrt import LK_NBLCK, locking

    modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=LK_NBLCK, locking=locking)
    added: dict[Any, dict[str, Any]] = {
        os: {"O_BINARY": 0, "O_NOINHERIT": os.O_CLOEXEC},
        signal: {"SIGBREAK": signal.SIGUSR1},
        subprocess: {"DETACHED_PROCESS": 0, "CREATE_NEW_PROCESS_GROUP": 0},
        ctypes: {"WinDLL": {"kernelbase": Kernel()}.__getitem__},
        # What shutil.which asks there from Python 3.12 on: whether the present folder is looked into as well.
        shutil: {"_winapi": types.SimpleNamespace(NeedCurrentDirectoryForExePath=lambda _name: True)},
    }
    for module, names in added.items():
        for name, value in names.items():
            setattr(module, name, value)
    socket.socketpair = partial(socket.socketpair, socket.AF_UNIX)  # for asyncio's own use
    for name in NOT_ON_WINDOWS:
        modules[name] = None
    modules["ctypes"], real = None, ctypes
    importlib.import_module("platformdirs.windows")  # without ctypes and registry it asks the environment
    modules["ctypes"] = real

    def refuse(*_: object) -> None:
        raise NotImplementedError

    asyncio.SelectorEventLoop.add_signal_handler = refuse  # type: ignore[assignment]
    asyncio.SelectorEventLoop.add_reader = refuse  # type: ignore[assignment]


class Icon:
    """pystray's."""

    def __init__(self, *_: object, **__: object) -> None:
        self.icon, self.title = None, ""

    def run_detached(self) -> None:
        """Nothing to show."""

    def update_menu(self) -> None:
        """Nothing to show."""

    def stop(self) -> None:
        """Nothing to take away."""


class Menu:
    """pystray's."""

    SEPARATOR = None

    def __init__(self, *items: object) -> None:
        self.items = items


def import_all() -> dict[str, str]:
    """Import every module of the package; what failed, and how."""
    failed = {}
    import unhunch

    for found in pkgutil.walk_packages(unhunch.__path__, "unhunch.", onerror=lambda _: None):
        try:
            importlib.import_module(found.name)
        except Exception as error:
            failed[found.name] = f"{type(error).__name__}: {error}"
    return failed


if __name__ == "__main__":
    if sys.argv[2:] == ["import everything"]:
        become(sys.argv[1])
        print(json.dumps(import_all()))
    else:
        become(sys.argv[1], LIBRARIES if sys.argv[2] == "run" else ())
        from unhunch.cli import main

        sys.exit(main(sys.argv[2:]))
