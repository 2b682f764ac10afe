"""Homes with databases that share a folder, and the lines of one of them, for the tests of the exchange."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.sync.exchange import Exchange
from unhunch.sync.folder import begins
from unhunch.sync.lines import line, of_fact

T0 = 1_790_000_000.0
DEVICES = {name: f"{name * 8}-0000-4000-8000-{name * 12}" for name in "abc"}


def at(seconds: float = 0.0) -> Moment:
    return Moment(T0 + seconds, seconds, seconds, 0)


def fact(n: int, kind: Kind = Kind.INPUT, owner: str = "a", **more: object) -> Fact:
    body: dict[str, object] = {"feels": "same"} if kind is Kind.MORNING else {}
    length = 30.0 if kind is Kind.INPUT else 0.0
    given = {"length": length, "day": "2026-09-21", "body": body, "key": f"{owner}{n}", **more}
    return Fact(kind, T0 + n, 0, f"boot-{owner}", float(n), **given)  # type: ignore[arg-type]


class Machine:
    """A home with a database, and its side of a folder."""

    def __init__(self, home: Path, name: str, folder: Path, host: str = "") -> None:
        self.name, self.home, self.folder = name, home, folder
        home.mkdir(exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        self.host = host or f"machine-{name}"
        fresh = not (home / "unhunch.sqlite").exists()
        self.store = SqliteStore(home / "unhunch.sqlite", device=DEVICES[name] if fresh and name in DEVICES else "")
        self.exchange = Exchange(self.store, folder, name, "1", self.host)

    def again(self, version: str = "1") -> None:
        """The daemon starts anew."""
        self.exchange = Exchange(self.store, self.folder, self.name, version, self.host)

    @property
    def file(self) -> Path:
        (found,) = self.folder.glob(f"{begins(self.store.device)}*.jsonl")
        return found

    def of(self, device: str) -> int:
        return len([f for f in self.store.read() if f.device == device])


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    every: list[Machine] = []

    def make(name: str, folder: str = "", **more: str) -> Machine:
        every.append(Machine(tmp_path / f"home-{name}", name, tmp_path / (folder or f"folder-{name}"), **more))
        return every[-1]

    yield make
    for machine in every:
        machine.store.close()


A = DEVICES["a"]
OWN = f"{begins(A)}-2026-09"
LINES = [line(A, n, of_fact(fact(n))) for n in range(1, 5)]


def put(folder: Path, name: str, *lines: bytes) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(lines))
