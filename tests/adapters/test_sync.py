"""What the shared folder must bear, and the right answers (docs/sync.md): ten rules, each with what breaks it."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.machines import DEVICES, LINES, OWN, T0, A, Machine, at, fact, put
from tests.adapters.machines import made as made
from tests.examples import examples
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Kind
from unhunch.sync import known, numbers, retired
from unhunch.sync.desks import Forget
from unhunch.sync.folder import Folder, Refused, begins
from unhunch.sync.lines import line, of_fact, parse

# The right answers: a wrote 1..4; how many of them b has --------------------------------------------------------------


def test_a_conflict_copy_is_read_as_well(made) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES[:2])
    put(b.folder, f"{OWN}.sync-conflict-20261128-112537-VUPNBM7.jsonl", *LINES)
    b.exchange.receive(at(100))
    assert b.of(A) == 4
    assert b.exchange.copies == 1
    assert any("harmless" in note for note in known(b.exchange, at(100))["notes"])


@pytest.mark.parametrize(
    "names",
    [
        (f"{OWN}.jsonl..path1", f"{OWN}.jsonl..path2"),
        (f"{OWN}.jsonl.conflict1", f"{OWN}.jsonl.conflict2"),
        (f"{OWN} (conflicted copy 2026-11-28 111614).jsonl", f"{OWN} (còpia en conflicte).jsonl"),
    ],
)
def test_whatever_follows_the_name(made, names) -> None:
    b = made("b")
    put(b.folder, names[0], *LINES)
    put(b.folder, names[1], *LINES[:2])
    b.exchange.receive(at(100))
    assert b.of(A) == 4


def test_what_was_read_once_stays(made) -> None:
    b = made("b")
    counts = []
    for n, lines in enumerate((LINES, LINES[:2], None)):
        if lines is None:
            (b.folder / f"{OWN}.jsonl").unlink()
        else:
            put(b.folder, f"{OWN}.jsonl", *lines)
        b.exchange.receive(at(100 + n * 60))
        counts.append(b.of(A))
    assert counts == [4, 4, 4]


def test_the_same_lines_in_two_files(made) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES)
    put(b.folder, "aaaaaaaaaaaa-2026-10.jsonl", *LINES)
    b.exchange.receive(at(100))
    assert b.of(A) == 4
    assert b.exchange.desks[A].twice == 0


def test_a_line_without_its_end_waits(made) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES[:3], LINES[3][:-1])
    b.exchange.receive(at(100))
    assert b.of(A) == 3
    put(b.folder, f"{OWN}.jsonl", *LINES)
    b.exchange.receive(at(120))
    assert b.of(A) == 4
    assert b.exchange.odd == 0


def test_marks_of_a_merge_cost_their_lines(made) -> None:
    b = made("b")
    marks = (b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> 7181a1b\n")
    put(b.folder, f"{OWN}.jsonl", *LINES[:2], marks[0], LINES[2], marks[1], LINES[3], marks[2])
    b.exchange.receive(at(100))
    assert b.of(A) == 4
    assert b.exchange.odd == 3
    assert any("damaged" in note for note in known(b.exchange, at(100))["notes"])


def test_older_versions_that_a_synchronizer_keeps_are_none_of_ours(made) -> None:
    b = made("b")
    put(b.folder, ".stversions/aaaaaaaaaaaa-2026-09~20261128-111129.jsonl", *LINES)
    put(b.folder, f".syncthing.{OWN}.jsonl.tmp", *LINES)
    put(b.folder, f"{OWN}.jsonl.40f50746.partial", *LINES)
    (b.folder / "aaaaaaaaaaaa-2026-11.jsonl").symlink_to(b.folder / f".syncthing.{OWN}.jsonl.tmp")
    b.exchange.receive(at(100))
    assert b.of(A) == 0


# Rule by rule ---------------------------------------------------------------------------------------------------------


def test_1_and_2_every_line_has_a_machine_and_a_gapless_number(made) -> None:
    a = made("a")
    a.store.append([fact(n) for n in range(5)])
    a.exchange.send(at(100))
    a.store.append([fact(5, Kind.MORNING)])
    a.exchange.send(at(130))
    lines = parse(a.file.read_bytes()).lines
    assert [one.n for one in lines] == list(range(1, len(lines) + 1))
    assert {one.machine for one in lines} == {A}
    assert len([one for one in lines if one.fact]) == 6


def test_2_the_same_number_with_something_else_the_first_holds(made) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES)
    put(b.folder, f"{OWN}.sync-conflict-1.jsonl", line(A, 2, of_fact(fact(2, length=99.0))))
    b.exchange.receive(at(100))
    assert next(f for f in b.store.read() if f.key == "a2").length == 30.0
    assert b.exchange.desks[A].twice == 1


def test_3_what_goes_on_is_told_rarely_and_its_end_at_once(made) -> None:
    a = made("a")
    a.store.append([fact(1)])
    a.exchange.send(at(100), {"a1"})
    size = a.file.stat().st_size
    a.store.extend({"a1": (90.0, None)})
    a.exchange.send(at(160), {"a1"})
    assert a.file.stat().st_size == size
    a.exchange.send(at(220))
    assert parse(a.file.read_bytes()).lines[-1].fact == fact(1, length=90.0, device=A)


@pytest.mark.parametrize("harm", ["gone", "older", "renamed", "empty", "cut", "other"])
def test_4_what_is_missing_is_written_again(made, harm) -> None:
    a = made("a")
    a.store.append([fact(n) for n in range(3)])
    a.exchange.send(at(100))
    whole, file = a.file.read_bytes(), a.file
    match harm:
        case "gone":
            file.unlink()
        case "older":
            file.write_bytes(whole.splitlines(keepends=True)[0])
        case "renamed":
            file.rename(file.with_name(file.name + "..path1"))
        case "empty":
            file.write_bytes(b"")
        case "cut":
            file.write_bytes(whole[:-20])
        case "other":
            file.write_bytes(whole.replace(b"boot-a", b"boot-x"))
    a.store.append([fact(3)])
    a.exchange.send(at(130))
    b = made("b", folder="folder-a")
    b.exchange.receive(at(140))
    assert b.of(A) == 4
    told = {one.n: one for one in parse(file.read_bytes()).lines}
    assert sorted(told) == list(range(1, len(told) + 1))


def test_5_nothing_but_the_own_file_is_touched(made) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES)
    put(b.folder, f"{OWN}.sync-conflict-1.jsonl", *LINES)
    (b.folder / f"{OWN}.jsonl").chmod(0o640)
    stamps = {p.name: (p.stat().st_mtime_ns, p.stat().st_mode, p.stat().st_ino) for p in b.folder.iterdir()}
    b.store.append([fact(1, owner="b")])
    for n in range(3):
        b.exchange.receive(at(100 + n))
        b.exchange.send(at(100 + n * 4000))
    assert {p.name: (p.stat().st_mtime_ns, p.stat().st_mode, p.stat().st_ino) for p in b.folder.iterdir()}.items() >= (
        stamps.items()
    )
    assert b.file.stat().st_mode & 0o777 == 0o600


def test_8_whatever_a_file_holds(made) -> None:
    b = made("b")
    junk = [b"\xef\xbb\xbf" + LINES[0].replace(b"\n", b"\r\n"), b"\x00" * 4096 + b"\n", b"[" * 5000 + b"\n", b"{}\n"]
    odd = line(A, 9, {"fact": {"kind": "input"}}), line(A, 10, {"fact": 7}), line(A, 11, {"later": True})
    put(b.folder, f"{OWN}.jsonl", *junk, LINES[1], *odd, b"\xff\xfe\n", LINES[2])
    b.exchange.receive(at(100))
    assert b.of(A) == 3


def test_8_lines_of_a_later_version_wait_for_it(made) -> None:
    b = made("b")
    text = LINES[3][:-1].replace(b'"v":1', b'"v":2').rsplit(b',"c":"', 1)[0]
    from binascii import crc32

    later = b'%s,"c":"%08x"}\n' % (text, crc32(text))
    new_kind = line(A, 5, {"fact": {"kind": "levitating", "wall": T0}})
    put(b.folder, f"{OWN}.jsonl", *LINES[:3], later, new_kind)
    b.exchange.receive(at(100))
    b.exchange.receive(at(100 + 90_000))
    assert b.of(A) == 3
    assert b.exchange.desks[A].unread == 2
    assert any("later version" in note for note in known(b.exchange, at(100))["notes"])
    assert b.exchange.odd == 0
    put(b.folder, f"{OWN}.jsonl", *LINES)
    b.again("2")
    b.exchange.receive(at(200))
    assert b.of(A) == 4


def test_9_what_lies_in_the_future_waits_and_is_told(made) -> None:
    b = made("b")
    put(b.folder, f"{OWN}.jsonl", *LINES[:3], line(A, 4, of_fact(fact(900))))
    b.exchange.receive(at(100))
    assert b.of(A) == 3
    assert any("13 minutes ahead" in note for note in known(b.exchange, at(100))["notes"])
    b.exchange.receive(at(601))
    assert b.of(A) == 4
    assert not any("ahead" in note for note in known(b.exchange, at(601))["notes"])


def test_10_nobody_reads_what_is_written_here(made) -> None:
    a = made("a")
    a.store.append([fact(n) for n in range(3)])
    a.exchange.send(at(10))
    put(a.folder, "bbbbbbbbbbbb-2026-09.jsonl", line(DEVICES["b"], 1, of_fact(fact(1, owner="b"))))
    a.exchange.receive(at(20))
    assert not a.exchange.unheard(at(3600))
    put(a.folder, "bbbbbbbbbbbb-2026-09.jsonl", line(DEVICES["b"], 2, of_fact(fact(2, owner="b"))))
    a.exchange.receive(at(86_500))
    assert a.exchange.unheard(at(86_500))
    assert any("do not leave this computer" in note for note in known(a.exchange, at(86_500))["notes"])
    put(a.folder, "bbbbbbbbbbbb-2026-10.jsonl", line(DEVICES["b"], 3, {"seen": {A: 4}}))
    a.exchange.receive(at(86_600))
    assert not a.exchange.unheard(at(86_600))


def test_10_what_was_read_is_acknowledged_once_an_hour(made) -> None:
    a, b = made("a", folder="both"), made("b", folder="both")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    b.exchange.receive(at(20))
    b.exchange.send(at(30))
    b.exchange.send(at(100))
    a.exchange.receive(at(110))
    assert a.exchange.desks[DEVICES["b"]].seen == {A: 2}
    seen = [one for one in parse(b.file.read_bytes()).lines if "seen" in one.says]
    assert len(seen) == 1


def test_7_a_file_is_read_anew_unless_size_time_and_inode_are_all_the_same(made) -> None:
    """Synchronizers set times back; whatever escapes that is found by the whole look of each day."""
    b = made("b")
    path = b.folder / f"{OWN}.jsonl"
    other = line(A, 5, of_fact(fact(4, key="a5")))
    assert len(other) == len(LINES[3])
    put(b.folder, path.name, *LINES[:3], LINES[3])
    b.exchange.receive(at(100))
    stamp = path.stat()
    path.rename(b.folder / ".kept")
    put(b.folder, path.name, *LINES[:3], other)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    b.exchange.receive(at(160))
    assert b.of(A) == 5, "another inode"
    with path.open("r+b") as file:
        file.write(b"".join((*LINES[:3], line(A, 6, of_fact(fact(4, key="a6"))))))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    b.exchange.receive(at(220))
    assert b.of(A) == 5
    b.exchange.receive(at(220 + 86_400))
    assert b.of(A) == 6, "once a day"


# Machines -------------------------------------------------------------------------------------------------------------


def test_a_cloned_home_takes_a_name_of_its_own(made, tmp_path) -> None:
    a = made("a", folder="both")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    a.store.close()
    shutil.copytree(tmp_path / "home-a", tmp_path / "home-clone")
    a.store = SqliteStore(tmp_path / "home-a" / "unhunch.sqlite")
    a.again()
    clone = made("clone", folder="both", host="another machine")
    assert clone.store.device != a.store.device == A
    clone.store.append([fact(2, owner="clone")])
    clone.exchange.send(at(60))
    a.exchange.receive(at(70))
    assert [f.key for f in a.store.read() if f.device] == ["clone2"]
    clone.exchange.receive(at(80))
    assert sorted(f.key for f in clone.store.read()) == ["a1", "clone2"]


def test_two_machines_with_one_name_and_one_machine_id(made, tmp_path) -> None:
    a = made("a", folder="both")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    a.store.close()
    shutil.copytree(tmp_path / "home-a", tmp_path / "home-clone")
    a.store = SqliteStore(tmp_path / "home-a" / "unhunch.sqlite")
    a.again()
    a.store.append([fact(2)])
    a.exchange.send(at(40))
    clone = made("clone", folder="both", host="machine-a")
    assert clone.store.device == A
    clone.exchange.receive(at(50))
    assert clone.store.device != A, "somebody else writes by its name"
    clone.exchange.send(at(60))
    clone.exchange.receive(at(70))
    assert sorted(f.key for f in clone.store.read()) == ["a1", "a2"]


def test_one_that_is_retired_is_let_go_everywhere_and_may_come_back(made) -> None:
    a, b, c = (made(name, folder="all") for name in "abc")
    a.store.append([fact(1)])
    for machine in (a, b, c):
        machine.exchange.send(at(10))
    for machine in (a, b, c):
        machine.exchange.receive(at(20))
    retired(b.exchange, "a", at(400_000))
    b.exchange.send(at(400_010))
    c.exchange.receive(at(400_020))
    assert c.exchange.desks[A].retired
    assert c.of(A) == 1
    assert not any("unhunch sync forget a" in note for note in known(c.exchange, at(400_030))["notes"])
    a.store.append([fact(500_000)])
    a.exchange.send(at(500_010))
    c.exchange.receive(at(500_020))
    assert not c.exchange.desks[A].retired


def test_forgetting_is_obeyed_and_leaves_the_own_file(made) -> None:
    a, b = made("a", folder="both"), made("b", folder="both")
    a.store.append([fact(n) for n in (1, 2, 5000)])
    a.exchange.send(at(5010))
    b.exchange.receive(at(5020))
    assert a.store.forget(T0 + 1000) == 2
    a.exchange.forgot(Forget(T0 + 1000))
    text = a.file.read_bytes()
    assert b'"a1"' not in text
    assert b'"a5000"' in text
    a.exchange.send(at(5030))
    got = b.exchange.receive(at(5040))
    assert got.forget == [Forget(T0 + 1000)]
    put(b.folder, f"{OWN}.sync-conflict-1.jsonl", *LINES)
    c = made("c", folder="both")
    c.exchange.receive(at(5200))
    assert c.exchange.receive(at(5300)).changed == 0
    b.store.forget(T0 + 1000)
    b.exchange.obeyed(Forget(T0 + 1000))
    assert b.exchange.receive(at(5250)).forget == [], "once"
    assert [f.key for f in b.store.read()] == ["a5000"]
    b.exchange.receive(at(5300))
    assert [f.key for f in b.store.read()] == ["a5000"]
    holes = numbers.holes(b.exchange.desks[A].have)
    assert holes == [], "what is forgotten is not missing"


def test_forgetting_while_the_folder_is_away_is_done_when_it_is_back(made) -> None:
    a = made("a")
    a.store.append([fact(n) for n in (1, 2, 5000)])
    a.exchange.send(at(5010))
    away = a.folder.with_name("away")
    a.folder.rename(away)
    a.store.forget(T0 + 1000)
    a.exchange.forgot(Forget(T0 + 1000))
    away.rename(a.folder)
    a.exchange.send(at(5030))
    assert b'"a1"' not in a.file.read_bytes()
    assert b'"a5000"' in a.file.read_bytes()


# The folder -----------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_trusted_is_refused(tmp_path) -> None:
    folder = tmp_path / "shared"
    with pytest.raises(Refused, match="is not there"):
        Folder(folder).check()
    folder.mkdir(mode=0o700)
    Folder(folder).check()
    for mode in (0o770, 0o702):
        folder.chmod(mode)
        with pytest.raises(Refused, match="Others can write"):
            Folder(folder).check()
    folder.chmod(0o755)
    Folder(folder).check()
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(Refused, match="is a link"):
        Folder(tmp_path / "link").check()
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="is not a folder"):
        Folder(tmp_path / "file").check()


def test_a_folder_that_vanishes_and_comes_back_loses_nothing(made) -> None:
    a = made("a")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    kept = a.folder.with_name("away")
    a.folder.rename(kept)
    a.store.append([fact(2)])
    for step in (a.exchange.send, a.exchange.receive):
        with pytest.raises(Refused):
            step(at(40))
    a.folder.mkdir(mode=0o700)
    a.exchange.send(at(70))
    keys = [one.fact.key for one in parse(a.file.read_bytes()).lines if one.fact]
    assert sorted(keys) == ["a1", "a2"]


def test_an_own_file_that_became_a_link_is_not_written_through(made, tmp_path) -> None:
    a = made("a")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    target = tmp_path / "precious"
    target.write_text("mine")
    file = a.file
    file.unlink()
    file.symlink_to(target)
    a.store.append([fact(2)])
    with pytest.raises(OSError, match=r"symbolic|Too many"):
        a.exchange.send(at(40))
    assert target.read_text() == "mine"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_leaves_nothing_half(made, monkeypatch) -> None:
    a = made("a")
    a.store.append([fact(1)])
    a.exchange.send(at(10))
    whole = a.file.read_bytes()
    real = os.write
    monkeypatch.setattr("unhunch.sync.folder.os.write", lambda handle, data: real(handle, data[:10]))
    a.store.append([fact(2)])
    with pytest.raises(OSError, match="No space"):
        a.exchange.send(at(40))
    assert a.file.read_bytes() == whole
    monkeypatch.undo()
    a.exchange.send(at(70))
    assert [one.fact.key for one in parse(a.file.read_bytes()).lines if one.fact] == ["a1", "a2"]


# Any order ------------------------------------------------------------------------------------------------------------


OPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "grow", "send", "read", "carry", "cut", "restore", "copy", "delete"]),
        st.sampled_from("abc"),
        st.sampled_from("abc"),
        st.integers(0, 400),
    ),
    max_size=40,
)


@given(OPS)
@settings(max_examples=examples(40))
def test_any_order_repetition_delay_and_cutting(tmp_path_factory, ops) -> None:
    """Three folders, carried to and fro by whoever: in the end all three databases tell the same."""
    root = tmp_path_factory.mktemp("sync")
    machines = {name: Machine(root / f"home-{name}", name, root / f"folder-{name}") for name in "abc"}
    before: dict[Path, bytes] = {}
    now, made = 100.0, 0

    def carry(source: Path, target: Path) -> None:
        for file in sorted(source.iterdir()):
            if not file.name.startswith(begins(DEVICES[target.name[-1]])):
                (target / file.name).write_bytes(file.read_bytes())

    for op, who, to, size in ops:
        machine, now = machines[who], now + 30
        file = machine.folder / f"{begins(machine.store.device)}-2026-09.jsonl"
        theirs = machine.folder / f"{begins(DEVICES[to])}-2026-09.jsonl"
        match op:
            case "write":
                made += 1
                machine.store.append([fact(made, owner=who)])
            case "grow":
                machine.store.extend({f"{who}{made}": (40.0 + size, None)})
            case "send":
                machine.exchange.send(at(now))
            case "read":
                machine.exchange.receive(at(now))
            case "carry":
                carry(machine.folder, machines[to].folder)
            case "cut" if theirs.exists():
                before[theirs] = theirs.read_bytes()
                theirs.write_bytes(before[theirs][:size])
            case "restore" if file in before or file.exists():
                text = file.read_bytes() if file.exists() else b""
                file.write_bytes(before.get(file, text[:size]))
                before[file] = text
            case "copy" if theirs.exists():
                copy = theirs.with_name(theirs.name.replace(".jsonl", f".sync-conflict-{size}.jsonl"))
                copy.write_bytes(theirs.read_bytes())
            case "delete" if file.exists():
                file.unlink()
    for round_ in range(3):
        for machine in machines.values():
            machine.exchange.send(at(now + round_ * 30))
        for a in machines.values():
            for b in machines.values():
                if a is not b:
                    carry(a.folder, b.folder)
        for machine in machines.values():
            machine.exchange.receive(at(now + round_ * 30))
    told = [{(f.key, f.device or m.store.device, f.length) for f in m.store.read()} for m in machines.values()]
    for machine in machines.values():
        assert machine.store.device in DEVICES.values(), "nobody was taken for a stranger"
        machine.store.close()
    assert told[0] == told[1] == told[2]
