"""A place of its own for every test, and a daemon that answers as it is told, behind the real server."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from unhunch.cli import main
from unhunch.control.server import Server
from unhunch.errors import UserError
from unhunch.paths import Paths

LIMIT = 20.0

STATUS: dict[str, Any] = {
    "now": "2026-11-18T13:30:00+01:00",
    "presence": "active",
    "since": "2026-11-18T13:29:00+01:00",
    "stretch_min": 38.0,
    "today": {
        "date": "2026-11-18",
        "done": 1,
        "goal": 2,
        "asked": 1,
        "skipped": 0,
        "missed": 0,
        "sitting_min": {"low": 160.0, "best": 185.0, "high": 190.5},
        "notices": 1,
    },
    "owed": None,
    "next": {
        "kind": "session",
        "size": "short",
        "minutes": 2,
        "at": "2026-11-18T14:10:00+01:00",
        "why": "if you go on sitting",
    },
    "paused_until": None,
    "standing_since": None,
    "holds": [],
    "source": {"name": "x11", "note": "exact", "blind": False, "why": ""},
    "surroundings": {"locked": False, "in_call": None},
    "notifier": {"name": "freedesktop", "note": "dunst", "ok": True},
    "tray": {"name": "statusnotifier", "ok": True, "note": ""},
    "store": {"ok": True, "note": "", "path": "/home/you/.local/share/unhunch/unhunch.sqlite"},
    "problems": [],
    "version": "0.1.0",
    "pid": 4242,
    "uptime_s": 3600.0,
    "screening": "pass",
    "mode": "",
}
"""What the daemon says on an ordinary afternoon."""


class Told:
    """The other end: replies by command, and what was asked for."""

    def __init__(self) -> None:
        not_yet = UserError("There is no command 'typed'.", "Nothing was done.", "Known commands: ...", 2)
        self.replies: dict[str, Mapping[str, Any] | UserError] = {"status": STATUS, "typed": not_yet}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.publish: Callable[[Mapping[str, Any]], None] = lambda _: None
        self.listeners: Callable[[], int] = lambda: 0

    async def handle(self, command: str, args: dict[str, Any]) -> Mapping[str, Any]:
        self.asked.append((command, args))
        reply = self.replies.get(command, {})
        if isinstance(reply, UserError):
            raise reply
        return reply


@pytest.fixture(autouse=True)
def places(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """Folders of this test alone. The name is short: a socket's path has 107 bytes."""
    root = tmp_path_factory.mktemp("u")
    for name, folder in (("CONFIG_HOME", "c"), ("DATA_HOME", "d"), ("STATE_HOME", "s"), ("RUNTIME_DIR", "r")):
        (root / folder).mkdir(mode=0o700)
        monkeypatch.setenv(f"XDG_{name}", str(root / folder))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("UNHUNCH_DEBUG", raising=False)
    return Paths.find()


@pytest.fixture
def daemon(places: Paths) -> Iterator[Told]:
    """A daemon on this test's socket."""
    told = Told()
    ready = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    stop = asyncio.Event()

    async def serve() -> None:
        server = Server(places.socket, told.handle)
        await server.open()
        loop = asyncio.get_running_loop()
        loops.append(loop)
        told.publish = lambda event: loop.call_soon_threadsafe(server.publish, event)
        told.listeners = lambda: server.listeners
        ready.set()
        await stop.wait()
        await server.close()

    places.make_runtime()
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(LIMIT)
    yield told
    loops[0].call_soon_threadsafe(stop.set)
    thread.join(LIMIT)
    assert not thread.is_alive()


class Ran:
    """How a command line ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Carry a command line out in this process."""

    def call(*words: str) -> Ran:
        code = main(words)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
