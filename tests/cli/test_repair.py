"""`doctor --repair`: what can be read of a damaged history comes back, in its order, and what is lost is said."""

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.cli.test_written_before import database
from unhunch.adapters.store.sqlite import SqliteStore, set_aside
from unhunch.control.lock import lock
from unhunch.core.codec import sound
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.state.fold import fold
from unhunch.paths import Paths

__all__ = ["database"]  # the fixture: ten weeks of facts

PAGE = 4096
Run = Callable[..., Ran]


def facts_in(path: Path) -> list[Fact]:
    with closing(SqliteStore(path)) as store:
        return sound(store.read())  # 0.1 wrote one that makes no sense


def overwrite(path: Path, pages: range) -> None:
    """Noise, as a dying disk leaves it."""
    noise = random.Random(20260309)
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(noise.randbytes(PAGE))


def pages_of(path: Path) -> int:
    return path.stat().st_size // PAGE


def test_noise_in_the_middle_costs_what_lay_there(database: Path, run: Run) -> None:
    before = facts_in(database)
    overwrite(database, range(pages_of(database) // 2, pages_of(database) // 2 + 12))
    done = run("doctor", "--repair")
    assert done.code == 0, done.err
    after = facts_in(database)
    assert [fact for fact in before if fact in after] == after, "in their order, and nothing that was not there"
    assert 0.8 * len(before) < len(after) < len(before)
    assert "Lost: what was written between" in done.out
    assert f"{len(after)} facts were taken back." in done.out


def test_a_file_that_was_cut_off_gives_back_its_beginning(database: Path, run: Run) -> None:
    before = facts_in(database)
    with database.open("r+b") as file:
        file.truncate(pages_of(database) * 2 // 3 * PAGE)
    done = run("doctor", "--repair")
    assert done.code == 0, done.err
    after = facts_in(database)
    assert len(before) / 3 < len(after) < len(before)
    assert "Lost: " in done.out


def test_a_first_page_of_noughts_costs_nothing(database: Path, run: Run) -> None:
    before = facts_in(database)
    with database.open("r+b") as file:
        file.write(bytes(PAGE))
    done = run("doctor", "--repair")
    assert done.code == 0, done.err
    assert facts_in(database) == before
    assert "Lost" not in done.out


def test_what_was_begun_meanwhile_comes_after_it(database: Path, run: Run, places: Paths) -> None:
    """The programme goes on from what came back: its goal, its sessions, its stop."""
    with closing(SqliteStore(database)) as store:
        known, device = fold(store.since_checkpoint(), Settings()), store.device
    overwrite(database, range(pages_of(database) - 3, pages_of(database)))
    aside = set_aside(database)
    later = known.watch.ran_until + 86400.0
    with closing(SqliteStore(database)) as store:
        meanwhile = Fact(Kind.RUNNING, later, 3600, "boot-new", 10.0, 3600.0, "2026-03-20", {}, "new.1")
        store.append([meanwhile])
    done = run("doctor", "--repair", str(aside))
    assert done.code == 0, done.err
    with closing(SqliteStore(database)) as store:
        facts, again = store.since_checkpoint(), store.device
    assert again == device
    assert facts[-1] == meanwhile
    st = fold(facts, Settings())
    assert st.programme._replace(told=()) == known.programme._replace(told=())
    assert st.watch.boot_id == "boot-new"
    assert run("doctor", "--repair").out.endswith("Nothing in it is news: the history was left as it is.\n")


def test_what_holds_nothing_is_said_and_changes_nothing(database: Path, run: Run, tmp_path: Path) -> None:
    before = facts_in(database)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam\n" * 2000)
    done = run("doctor", "--repair", str(letter))
    assert done.code == 1
    assert "nothing in it could be read" in done.out
    assert facts_in(database) == before


def test_nothing_to_take_back(run: Run) -> None:
    done = run("doctor", "--repair")
    assert (done.code, "there is nothing to take back" in done.out) == (0, True)


def test_a_file_that_is_not_there_is_said_in_three_parts(run: Run) -> None:
    done = run("doctor", "--repair", "/nowhere/at-all.sqlite")
    assert done.code == 2
    assert "/nowhere/at-all.sqlite" in done.err
    assert len(done.err.strip().splitlines()) == 3


def lived(path: Path) -> list[Fact]:
    """Without what the programme notes of an import that comes or goes."""
    return [fact for fact in facts_in(path) if fact.kind is not Kind.IMPORTED]


@pytest.mark.parametrize("lost", ["the first page", "a page in the middle"])
def test_an_import_can_be_taken_back_after_a_repair(database: Path, run: Run, lost: str) -> None:
    """The numbers come back, too; those of two files that each counted their own stay apart."""
    with closing(SqliteStore(database)) as store:
        elsewhere = [
            Fact(Kind.INPUT, at, 0, "import:x", at, 60.0, "2026-03-20", {}, f"x.{at}", "x") for at in (9e8, 9.1e8)
        ]
        store.take(elsewhere, store.begin_import("12 hours of Workrave"))
    if lost == "the first page":
        overwrite(database, range(1))
    else:
        overwrite(database, range(pages_of(database) // 2, pages_of(database) // 2 + 2))
    aside = set_aside(database)
    with closing(SqliteStore(database)) as store:
        later = Fact(Kind.INPUT, 1.9e9, 0, "import:y", 1.9e9, 60.0, "2030-03-17", {}, "y.1", "y")
        store.take([later], store.begin_import("one minute of ActivityWatch"))
    done = run("doctor", "--repair", str(aside))
    assert done.code == 0, done.err
    whole = lived(database)
    assert {fact.key for fact in (*elsewhere, later)} <= {fact.key for fact in whole}
    first = run("import", "--undo")
    assert first.code == 0, first.err
    assert lived(database) == [fact for fact in whole if fact.key != later.key]
    second = run("import", "--undo")
    assert second.code == 0, second.err
    theirs = {fact.key for fact in (*elsewhere, later)}
    assert lived(database) == [fact for fact in whole if fact.key not in theirs]
    if lost != "the first page":
        assert "12 hours of Workrave" in second.out


def test_not_while_the_daemon_writes(database: Path, run: Run, places: Paths) -> None:
    before = database.read_bytes()
    places.make_runtime()
    with lock(places.lock, "unhunch run"):
        assert run("doctor", "--repair").code == 5
    assert database.read_bytes() == before


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_overwritten_the_rest_comes_back(database: Path, run: Run, seed: int) -> None:
    before = {fact.key: fact for fact in facts_in(database)}
    chance = random.Random(seed)
    for _ in range(3):
        page = chance.randrange(1, pages_of(database))
        overwrite(database, range(page, page + 1))
    run("doctor", "--repair")
    after = facts_in(database)
    assert all(before[fact.key] == fact for fact in after), "nothing came back changed"
    assert len(after) > 0.5 * len(before)
