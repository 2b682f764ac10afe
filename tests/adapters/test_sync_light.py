"""What a shared folder costs while nothing comes: whom its changes wake."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.sync.exchange import Exchange
from unhunch.sync.folder import begins
from unhunch.sync.lines import line, of_fact

T0 = 1_790_000_000.0
OTHER = "bbbbbbbb-0000-4000-8000-bbbbbbbbbbbb"


def at(seconds: float) -> Moment:
    return Moment(T0 + seconds, seconds, seconds, 0)


def told(n: int) -> bytes:
    fact = Fact(Kind.INPUT, T0 + 60 * n, 0, "boot", 60.0 * n, 30.0, "2026-09-21", {}, f"b1.{n}")
    return line(OTHER, n, of_fact(fact))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Exchange]:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    with closing(SqliteStore(tmp_path / "unhunch.sqlite")) as store:
        yield Exchange(store, folder, "here", "1", "machine")


def month(exchange: Exchange) -> Path:
    return exchange.folder.path / f"{begins(OTHER)}-2026-09.jsonl"


def test_only_what_others_wrote_is_news(here: Exchange) -> None:
    here.store.append([Fact(Kind.MORNING, T0, 0, "boot", 0.0, 0.0, "2026-09-21", {"feels": "same"}, "a1")])
    here.send(at(1))
    assert not here.news(), "the own line"
    (here.folder.path / "notes.txt").write_text("whatever lies there")
    assert not here.news()
    month(here).write_bytes(told(1))
    assert here.news()
    assert here.receive(at(200)).changed == 1
    assert not here.news()
    with month(here).open("ab") as file:
        file.write(told(2))
    assert here.news()
    here.receive(at(200))
    own = next(path for path in here.folder.path.glob("*.jsonl") if path != month(here))
    own.write_bytes(own.read_bytes() + b"\n")
    assert here.news(), "somebody else has written into the own file"
