"""The exchange is hindered in the midst of it, and is tried again: nothing is lost, nothing is told twice."""

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.adapters.machines import DEVICES, LINES, OWN, T0, A, Machine, at, fact, put
from tests.adapters.machines import made as made
from unhunch.adapters.store import shared
from unhunch.core.facts import Kind
from unhunch.ports import StoreError, StoreTrouble
from unhunch.sync import REMEDIES, known, trouble
from unhunch.sync.desks import Forget
from unhunch.sync.folder import Folder
from unhunch.sync.lines import line, of_fact, parse

MIDNIGHT = T0 + 1000


def lines_of(a: Machine) -> list[int]:
    return [one.n for one in parse(a.file.read_bytes()).lines]


def keys_of(a: Machine) -> list[str]:
    return [one.fact.key for one in parse(a.file.read_bytes()).lines if one.fact]


def refusing(error: Exception) -> Callable[..., Any]:
    def refuse(*_args: object, **_more: object) -> Any:
        raise error

    return refuse


class Killed(BaseException):
    """The process is no more at that point."""


@pytest.mark.parametrize("end", [Killed(), OSError(errno.EROFS, "Read-only file system"), OSError(errno.EIO, "error")])
@pytest.mark.parametrize("again", [True, False])
def test_lines_that_were_numbered_and_not_written_are_written_later(made, monkeypatch, end, again) -> None:
    """Before a byte of them is in the file, which looks untouched."""
    a = made("a")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "append", refusing(end))
        a.store.append([fact(2)])
        with pytest.raises(type(end)):
            a.exchange.send(at(40))
    if again:
        a.again()
    a.store.append([fact(3)])
    a.exchange.send(at(70))
    assert keys_of(a) == ["a1", "a2", "a3"]
    assert lines_of(a) == [1, 2, 3, 4]


@pytest.mark.parametrize("again", [True, False])
def test_what_the_database_refuses_is_told_later_under_the_same_numbers(made, monkeypatch, again) -> None:
    a, b = made("a"), made("b", folder="folder-a")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    b.store.append([fact(1, owner="b")])
    b.exchange.send(at(20))
    a.exchange.receive(at(20))
    a.exchange.retire(DEVICES["b"], T0 + 25)
    busy = StoreError(StoreTrouble.LOCKED, "busy", "later", "wait")
    with monkeypatch.context() as patch:
        patch.setattr(shared, "number", refusing(busy))
        a.store.append([fact(2)])
        with pytest.raises(StoreError):
            a.exchange.send(at(40))
    a.file.write_bytes(b"")
    if again:
        a.again()
    a.exchange.send(at(70))
    assert sorted(lines_of(a)) == [1, 2, 3, 4]
    assert sorted(keys_of(a)) == ["a1", "a2"]
    assert [one.says["forget"] for one in parse(a.file.read_bytes()).lines if "forget" in one.says] == [
        {"desk": DEVICES["b"], "at": T0 + 25}
    ]


def test_what_the_database_does_not_take_is_read_again(made, monkeypatch) -> None:
    """Also what waited for its time."""
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES[:3], line(A, 4, of_fact(fact(900))))
    b.exchange.receive(at(100))
    with (b.folder / f"{OWN}.jsonl").open("ab") as file:
        file.write(line(A, 5, of_fact(fact(50))))
    with monkeypatch.context() as patch:
        patch.setattr(shared, "take", refusing(StoreError(StoreTrouble.LOCKED, "busy", "later", "wait")))
        with pytest.raises(StoreError):
            b.exchange.receive(at(700))
    b.exchange.receive(at(760))
    assert b.of(A) == 5


def test_a_file_that_cannot_be_read_is_named_and_read_when_it_can_be(made, monkeypatch) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES)
    put(b.folder, "cccccccccccc-2026-09.jsonl", line(DEVICES["c"], 1, of_fact(fact(1, owner="c"))))
    real = os.open

    def denied(path: Any, *more: Any, **options: Any) -> int:
        if str(path).endswith(f"{OWN}.jsonl"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr("unhunch.sync.folder.os.open", denied)
        b.exchange.receive(at(100))
        assert (b.of(A), b.of(DEVICES["c"])) == (0, 1), "the others are read"
        (note,) = (note for note in known(b.exchange, at(100))["notes"] if "cannot be read" in note)
        assert f"chmod u+r {b.folder / OWN}.jsonl" in note
    b.exchange.receive(at(160))
    assert b.of(A) == 4
    assert not any("cannot be read" in note for note in known(b.exchange, at(160))["notes"])


def test_a_file_that_is_gone_between_two_moments_is_looked_for_again(made, monkeypatch) -> None:
    """As it is moved away and back by a synchronizer: with the same time, size and inode."""
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES)
    with monkeypatch.context() as patch:
        patch.setattr("unhunch.sync.folder.os.open", refusing(FileNotFoundError(errno.ENOENT, "gone")))
        assert b.exchange.receive(at(100)).more, "a second later"
    assert not b.exchange.receive(at(101)).more
    assert b.of(A) == 4


def test_the_own_file_that_cannot_be_read_is_not_written_once_more(made, monkeypatch) -> None:
    a = made("a")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    os.utime(a.file, (1, 1))
    whole = a.file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("unhunch.sync.folder.os.open", refusing(OSError(errno.EIO, "Input/output error")))
        a.store.append([fact(2)])
        with pytest.raises(OSError, match="Input/output"):
            a.exchange.send(at(40))
    assert a.file.read_bytes() == whole
    a.exchange.send(at(70))
    assert keys_of(a) == ["a1", "a2"]


@pytest.mark.parametrize("code", [*REMEDIES, errno.EIO])
def test_what_hinders_is_said_in_three_parts(tmp_path, code) -> None:
    told = trouble(OSError(code, os.strerror(code)), tmp_path)
    assert told.startswith(f"The folder of your other desks, {tmp_path}, cannot be used: {os.strerror(code)}. Nothing ")
    remedy = told.partition("as soon as it can be. ")[2]
    assert remedy
    assert ("chmod" in remedy) is (code in (errno.EACCES, errno.EPERM)), "what would not help is not advised"


def test_files_of_somebody_else_are_none_of_ours(made) -> None:
    """Photographs may well be called by twelve digits, which are a machine's letters, too."""
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES)
    others = {
        "202611281116.jpg": os.urandom(50_000),
        "202611281116-notes.txt": b"milk\nbread\n" * 100,
        "letter to the bank.odt": b"PK" * 1000,
        "20261128-111614.jsonl": LINES[0],
        "README": b"",
    }
    for name, text in others.items():
        put(b.folder, name, text)
    (b.folder / "deadbeefcafe-2026-09.jsonl").mkdir()
    os.mkfifo(b.folder / "deadbeefcafe-2026-10.jsonl")
    for later in (100, 200):
        b.exchange.receive(at(later))
        b.exchange.send(at(later))
    assert b.of(A) == 4
    assert (b.exchange.copies, b.exchange.odd) == (0, 0)
    assert known(b.exchange, at(200))["notes"] == []
    assert {name: (b.folder / name).read_bytes() for name in others} == others


# Forgetting -----------------------------------------------------------------------------------------------------------


def test_what_another_forgot_is_asked_for_until_it_is_done(made) -> None:
    """Whoever is ended, or cannot write, between hearing of it and doing it hears of it again."""
    a, b = made("a", folder="both"), made("b", folder="both")
    a.store.append([fact(1), fact(5000)])
    a.exchange.send(at(5010))
    b.exchange.receive(at(5020))
    a.store.forget(MIDNIGHT)
    a.exchange.forgot(Forget(MIDNIGHT))
    a.exchange.send(at(5030))
    assert b.exchange.receive(at(5040)).forget == [Forget(MIDNIGHT)]
    b.again()
    assert b.exchange.receive(at(5100)).forget == [Forget(MIDNIGHT)]
    b.store.forget(MIDNIGHT)
    b.exchange.obeyed(Forget(MIDNIGHT))
    assert b.exchange.receive(at(5200)).forget == []
    b.again()
    assert b.exchange.receive(at(5300)).forget == []
    assert [f.key for f in b.store.read()] == ["a5000"]


def test_forgetting_by_a_clock_that_is_ahead_waits_for_its_time(made) -> None:
    """Otherwise it would take along what was done here since, and shut out what comes."""
    b = made("b")
    says = ({"forget": {"before": T0 + 1200, "all": True}}, {"forget": {"desk": DEVICES["c"], "at": T0 + 1200}})
    put(b.folder, f"{OWN}.jsonl", *LINES, *(line(A, 5 + n, said) for n, said in enumerate(says)))
    put(b.folder, "cccccccccccc-2026-09.jsonl", line(DEVICES["c"], 1, of_fact(fact(1, owner="c"))))
    assert b.exchange.receive(at(100)).forget == []
    assert not b.exchange.desks[DEVICES["c"]].retired
    assert any("18 minutes ahead" in note for note in known(b.exchange, at(100))["notes"])
    put(b.folder, f"{OWN}.sync-conflict-1.jsonl", line(A, 7, of_fact(fact(300))))
    b.exchange.receive(at(400))
    assert b.of(A) == 5, "what is told meanwhile is taken"
    b.again()
    assert b.exchange.receive(at(901)).forget == [Forget(T0 + 1200, True)]  # noqa: FBT003 - as it is told
    assert b.exchange.desks[DEVICES["c"]].retired == T0 + 1200


def test_a_desk_that_obeys_knows_no_more_than_the_one_that_forgot(made) -> None:
    """Neither by what the days added up to."""
    b = made("b")
    b.store.append([fact(1, owner="b"), fact(2, Kind.CHECKPOINT, owner="b"), fact(3, owner="b"), fact(4000, owner="b")])
    assert b.store.forget(MIDNIGHT, summed_up=False) == 3
    assert [f.key for f in b.store.since_checkpoint()] == ["b4000"]


# Machines -------------------------------------------------------------------------------------------------------------


def test_a_machine_that_was_set_up_anew_gets_its_lines_back_as_anothers(made, tmp_path) -> None:
    """Its home is lost, the folder is not: nothing is doubled, and the old name can be let go."""
    a = made("a", folder="both")
    a.store.append([fact(1), fact(2, Kind.MORNING)])
    a.exchange.send(at(10))
    a.store.close()
    for file in (tmp_path / "home-a").iterdir():
        file.unlink()
    new = made("new", folder="both", host="machine-a")
    assert new.store.device != A
    new.exchange.receive(at(100))
    assert sorted(f.key for f in new.store.read()) == ["a1", "a2"]
    new.exchange.send(at(110))
    new.store.append([fact(200, owner="new")])
    new.exchange.send(at(400_000))
    assert keys_of(new) == ["new200"], "what another told is not told again"
    notes = known(new.exchange, at(400_000))["notes"]
    assert any("a has told nothing for 4 days" in note and "unhunch sync forget a" in note for note in notes)


def test_a_history_that_was_restored_from_an_older_copy_loses_nothing(made, tmp_path) -> None:
    """What it has told since is in the folder; its numbers go on from before, which would tell two things by one."""
    a, b = made("a", folder="both"), made("b", folder="both")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    a.store.close()
    kept = {file: file.read_bytes() for file in (tmp_path / "home-a").iterdir()}
    again = Machine(tmp_path / "home-a", "a", a.folder)
    again.store.append([fact(2), fact(3)])
    again.exchange.send(at(40))
    b.exchange.receive(at(50))
    again.store.close()
    for file, text in kept.items():
        file.write_bytes(text)
    restored = Machine(tmp_path / "home-a", "a", a.folder)
    restored.store.append([fact(60)])
    for later in (70, 71):
        restored.exchange.receive(at(later))
    restored.exchange.send(at(80))
    restored.exchange.receive(at(90))
    b.exchange.receive(at(100))
    assert restored.store.device != A
    for machine in (restored, b):
        assert sorted(f.key for f in machine.store.read()) == ["a1", "a2", "a3", "a60"]
    assert all(desk.twice == 0 for desk in b.exchange.desks.values())
    restored.store.close()


def test_a_name_that_would_write_over_a_terminal_is_shown_without_that(made) -> None:
    b = made("b")
    put(
        b.folder, f"{OWN}.jsonl", line(A, 1, {"desk": {"name": "ev\x1b[2Jil\n" + "x" * 99, "version": "1"}}), *LINES[1:]
    )
    b.exchange.receive(at(100))
    (desk,) = known(b.exchange, at(100))["desks"]
    assert desk["name"] == ("ev[2Jil" + "x" * 99)[:40]
