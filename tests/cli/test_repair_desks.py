"""`doctor --repair` of a desk among others: it is the desk that it was, and what it lost of theirs comes back."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.cli.test_repair import PAGE, Run, overwrite, pages_of
from unhunch.adapters.store import shared
from unhunch.adapters.store.salvage import salvage
from unhunch.adapters.store.sqlite import SIDE_FILES, SqliteStore, set_aside
from unhunch.core.bodies import Checkpoint
from unhunch.core.codec import written
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.settings import Settings
from unhunch.core.state import state
from unhunch.paths import Paths
from unhunch.sync.desks import Forget
from unhunch.sync.exchange import Exchange
from unhunch.sync.folder import begins

T0 = 1_790_000_000.0
MOST = 600
"""Facts of each desk: some fifty pages."""
ALL = 2 * MOST + 1
"""Of both, and what the one keeps for itself."""
A, C = (f"{letter * 8}-0000-4000-8000-{letter * 12}" for letter in "ac")


def at(seconds: float = 0.0) -> Moment:
    return Moment(T0 + seconds, seconds, seconds, 0)


def fact(n: int, owner: str, kind: Kind = Kind.INPUT, **body: object) -> Fact:
    return Fact(kind, T0 + n, 0, f"boot-{owner}", float(n), 0.5, "2026-09-21", body, f"{owner}{n}")


class Desk:
    """A history, and its side of the folder."""

    def __init__(self, database: Path, folder: Path, name: str, device: str = "") -> None:
        self.store = SqliteStore(database, device=device)
        self.name, self.folder = name, folder
        self.exchange = Exchange(self.store, folder, name, "1", f"machine-{name}")

    def lives(self, n: int, owner: str = "", kind: Kind = Kind.INPUT) -> None:
        self.store.append([fact(n, owner or self.name, kind)])

    def meets(self, seconds: float) -> None:
        """Hears and tells until there is nothing more."""
        while self.exchange.receive(at(seconds)).more:
            pass
        while self.exchange.send(at(seconds)):
            pass

    def facts(self) -> set[str]:
        return {one.key for one in self.store.read()}

    def lines(self) -> dict[str, tuple[str, int, float]]:
        """By fact: the machine, the number, and the length that was told."""
        rows = self.store.connection.execute("SELECT key, device, line, told FROM fact WHERE line IS NOT NULL")
        return {key: (device, line, told) for key, device, line, told in rows.fetchall()}

    def known(self) -> dict[str, str]:
        return shared.names(self.store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def c(tmp_path: Path, folder: Path) -> Iterator[Desk]:
    """The other desk."""
    desk = Desk(tmp_path / "c.sqlite", folder, "laptop", C)
    yield desk
    desk.store.close()


@pytest.fixture
def database(places: Paths, folder: Path, c: Desk) -> Path:
    """Two desks have told each other everything, hour by hour."""
    places.make_data()
    desk = Desk(places.database, folder, "desk", A)
    turn = written(Checkpoint(state.dump(state.fresh(Settings()))))
    desk.store.append([fact(-1, "desk", Kind.CHECKPOINT, **turn)])
    for n in range(MOST):
        desk.lives(n)
        c.lives(n, kind=Kind.INPUT if n % 7 else Kind.RUNNING)
        if n % 100 == 99:
            for one in (desk, c, desk):
                one.meets(n * 60.0)
    with closing(desk.store):
        assert len(desk.facts()) == ALL
        assert desk.known() == {C: "laptop"}
    return places.database


def again(database: Path, folder: Path) -> Desk:
    """The daemon starts after the repair."""
    return Desk(database, folder, "desk")


def before(database: Path) -> dict[str, tuple[str, int, float]]:
    with closing(SqliteStore(database)) as store:
        rows = store.connection.execute("SELECT key, device, line, told FROM fact WHERE line IS NOT NULL").fetchall()
    return {row[0]: row[1:] for row in rows}


def repaired(run: Run, *arguments: str) -> Ran:
    done = run("doctor", "--repair", *arguments)
    assert done.code == 0, done.err
    return done


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def grown(told: dict[str, bytes], folder: Path) -> int:
    """By how many bytes, all of them at the ends of the files."""
    now = files(folder)
    assert now.keys() == told.keys()
    assert all(now[name].startswith(data) for name, data in told.items())
    return sum(len(now[name]) - len(data) for name, data in told.items())


def pages_with(database: Path, what: bytes) -> list[int]:
    """Numbers of the pages that hold it, from 0."""
    data = database.read_bytes()
    return [n for n in range(len(data) // PAGE) if what in data[n * PAGE : (n + 1) * PAGE]]


def test_noise_among_the_facts_costs_only_own_ones(database: Path, folder: Path, c: Desk, run: Run) -> None:
    lines = before(database)
    told = files(folder)
    leaves = [n for n in pages_with(database, b"boot-") if database.read_bytes()[n * PAGE] == 13]
    for page in leaves[10:18]:
        overwrite(database, range(page, page + 1))
    done = repaired(run)
    assert "Lost: what was written between" in done.out
    assert "1 other desk is known again." in done.out
    assert "is read again from the shared folder" in done.out
    desk = again(database, folder)
    with closing(desk.store):
        assert len(desk.lines()) < len(lines), "some are lost"
        assert all(lines[key] == line for key, line in desk.lines().items()), "each by the line that told it"
        desk.meets(MOST * 60.0)
        assert desk.store.device == A, "it is the desk that it was"
        assert desk.known() == {C: "laptop"}
        theirs = {key for key in lines if key.startswith("laptop")}
        assert theirs <= desk.facts(), "what the other desk told came back"
        assert set(lines) - desk.facts(), "what nobody else tells did not"
        assert grown(told, folder) < 1000, "nothing is told twice, and nothing that stood there is gone"
        desk.lives(MOST)
        desk.meets(MOST * 60.0 + 1)
    c.meets(MOST * 60.0 + 2)
    assert f"desk{MOST}" in c.facts()
    assert c.known() == {A: "desk"}
    assert c.exchange.desks[A].twice == 0


def test_a_first_page_of_noise_costs_nothing(database: Path, folder: Path, run: Run) -> None:
    """Who this desk is, what it told and whom it knew is found in the pages."""
    lines = before(database)
    overwrite(database, range(1))
    done = repaired(run)
    assert "Lost" not in done.out
    assert "1 other desk is known again." in done.out
    desk = again(database, folder)
    with closing(desk.store):
        assert desk.lines() == lines
        assert (desk.store.device, desk.known()) == (A, {C: "laptop"})
        told = files(folder)
        desk.meets(MOST * 60.0)
        assert grown(told, folder) < 1000, "nothing is told anew"


def test_the_other_desk_is_met_again_when_what_was_known_of_it_is_lost(
    database: Path, folder: Path, c: Desk, run: Run
) -> None:
    (page,) = [n for n in pages_with(database, b'"acknowledged"') if n]
    overwrite(database, range(page, page + 1))
    done = repaired(run)
    assert "Lost: part of what was noted of your other desks." in done.out
    assert "is known again" not in done.out
    assert "Nothing of it is lost." not in done.out
    desk = again(database, folder)
    with closing(desk.store):
        assert desk.known() == {}
        desk.meets(MOST * 60.0)
        assert desk.known() == {C: "laptop"}
        assert desk.store.device == A
        assert len(desk.facts()) == ALL
    c.meets(MOST * 60.0 + 1)
    assert c.known() == {A: "desk"}


def test_a_desk_that_forgot_what_it_told_takes_a_new_name(database: Path, folder: Path, c: Desk, run: Run) -> None:
    (page,) = [n for n in pages_with(database, b"sync last") if n]
    overwrite(database, range(page, page + 1))
    done = repaired(run)
    assert "which lines this computer wrote" in done.out
    assert "unhunch sync forget" in done.out
    desk = again(database, folder)
    with closing(desk.store):
        for n in range(4):
            desk.meets(MOST * 60.0 + n)
        assert desk.store.device != A
        assert len(desk.facts()) == ALL
        new = desk.store.device
    for n in range(3):
        c.meets(MOST * 60.0 + 5 + n)
    assert len(c.facts()) == 2 * MOST, "what is told anew is known"
    assert new in c.known()


def test_the_history_begun_meanwhile_was_this_desk(database: Path, folder: Path, c: Desk, run: Run) -> None:
    """It had a name of its own, by which the other desk came to know it: that one is let go."""
    overwrite(database, range(pages_of(database) // 2, pages_of(database) // 2 + 1))
    aside = set_aside(database)
    meanwhile = again(database, folder)
    with closing(meanwhile.store):
        name = meanwhile.store.device
        meanwhile.lives(MOST + 1, "meanwhile")
        meanwhile.meets(MOST * 60.0)
    c.meets(MOST * 60.0 + 1)
    assert set(c.known()) == {A, name}
    repaired(run, str(aside))
    desk = again(database, folder)
    with closing(desk.store):
        assert desk.store.device == A
        desk.meets(MOST * 60.0 + 2)
        assert f"meanwhile{MOST + 1}" in desk.facts()
        assert len(desk.facts()) == ALL + 1, "what the damage took stood in the folder, by the old name"
        assert not desk.exchange.desks[C].retired
    c.meets(time.time() - T0)  # the repair is of today, and what lies in the future waits
    assert {device: bool(one.retired) for device, one in c.exchange.desks.items()} == {A: False, name: True}


def test_what_was_forgotten_stays_forgotten(database: Path, folder: Path, run: Run) -> None:
    """A copy of a file that holds it still does not bring it back after a repair."""
    old = {name: data for name, data in files(folder).items() if name.startswith(begins(C))}
    desk = again(database, folder)
    with closing(desk.store):
        limit = T0 + MOST / 2
        desk.store.forget(limit)
        desk.exchange.forgot(Forget(limit))
        kept = desk.facts()
    overwrite(database, range(1))
    repaired(run)
    for name, data in old.items():
        (folder / name.replace(".jsonl", ".sync-conflict-1.jsonl")).write_bytes(data)
    desk = again(database, folder)
    with closing(desk.store):
        desk.meets(MOST * 60.0)
        assert desk.facts() == kept
        assert shared.value(desk.store, "before") == limit
        assert desk.store.connection.execute("SELECT value FROM meta WHERE name = 'forgot'").fetchone() == ("1",)


def test_long_values_are_read_from_their_further_pages(tmp_path: Path) -> None:
    """A value of many kilobytes goes on in pages of its own; SQLite itself is asked what it was."""
    path = tmp_path / "unhunch.sqlite"
    long = {f"{n:012x}-2026-09.jsonl": [[n, n, n], n, "ab" * 64, 0, 0] for n in range(200)}
    with closing(SqliteStore(path, device=A)) as store:
        shared.keep(store, "files", long)
        for n in range(300):
            shared.keep(store, f"value {n}", "x" * n)
        shared.take(store, (), {f"{n:08x}": {"have": [[1, n]], "name": "x" * n} for n in range(300)})
        store.append([fact(1, "desk", Kind.RUNNING)])
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not any(path.with_name(path.name + end).exists() for end in SIDE_FILES)
    whole = salvage(path)
    with closing(sqlite3.connect(path)) as connection:
        assert whole.noted.meta == dict(connection.execute("SELECT name, value FROM meta").fetchall())
    overwrite(path, range(1))
    found = salvage(path)
    assert found.noted == whole.noted
    assert json.loads(found.noted.meta["sync files"]) == long
    assert found.device == A
    assert [one.key for one in found.facts] == ["desk1"]
