"""What only a file can suffer: crashes, damage, strangers, full disks, second readers."""

import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import kept
from unhunch.adapters.store.migrations import APPLICATION_ID, MIGRATIONS
from unhunch.adapters.store.sqlite import SqliteStore, set_aside
from unhunch.core.facts import Fact, Kind
from unhunch.ports import StoreError, StoreTrouble

T0 = 1_790_000_000.0


def fact(key: str, kind: Kind = Kind.INPUT, start: float = 0.0, **body: object) -> Fact:
    return Fact(kind, T0 + start, 3600, "boot", start, 60.0, "2026-09-21", body, key)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "unhunch.sqlite"


def filled(path: Path, count: int = 500) -> list[Fact]:
    facts = [fact(f"k{number}", start=number * 100.0, why="x" * 50) for number in range(count)]
    store = SqliteStore(path)
    store.append(facts)
    store.close()
    return facts


def test_files_are_for_the_owner_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        store = SqliteStore(path)
        store.append([fact("a")])
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert modes == {"unhunch.sqlite": 0o600, "unhunch.sqlite-wal": 0o600, "unhunch.sqlite-shm": 0o600}


def test_a_file_left_open_to_others_is_closed(path: Path) -> None:
    filled(path, 1)
    path.chmod(0o644)
    SqliteStore(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_device_is_made_once_for_a_database(path: Path, tmp_path: Path) -> None:
    first = SqliteStore(path)
    first.close()
    again = SqliteStore(path)
    other = SqliteStore(tmp_path / "other.sqlite")
    assert again.device == first.device != other.device
    again.close()
    other.close()


def test_facts_outlive_the_store(path: Path) -> None:
    facts = filled(path)
    store = SqliteStore(path)
    assert store.read() == facts
    store.close()


WRITER = """
import sys
from pathlib import Path
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind
store = SqliteStore(Path(sys.argv[1]))
run = sys.argv[2]
print("open", flush=True)
for number in range(100000):
    kind = Kind.ANSWER if number % 7 == 0 else Kind.INPUT
    one = Fact(kind, 1000.0 + number, 0, run, number, 0.0, "", {"n": number}, f"{run}-{number}")
    two = Fact(Kind.HELD, 1000.0 + number, 0, run, number, 0.0, "", {}, f"{run}-{number}-twin")
    last = {f"{run}-{number - 1}": (float(number), None)} if number else {}
    store.write([one, two], last)
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_was_told_is_kept(path: Path) -> None:
    chance = random.Random(42)
    promises = 0
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    for run in range(30):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(run)], stdout=subprocess.PIPE, text=True, env=env
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0.0, 0.06))
        child.send_signal(signal.SIGKILL)
        told = [int(line) for line in child.stdout.read().split("\n")[:-1]]
        child.wait()
        child.stdout.close()
        store = SqliteStore(path)  # its quick check must find nothing wrong
        kept = {f.key: f for f in store.read() if f.boot_id == str(run)}
        store.close()
        promises += len(told)
        for number in told:
            assert f"{run}-{number}" in kept
            assert f"{run}-{number}-twin" in kept
            assert number == told[-1] or kept[f"{run}-{number}"].length == number + 1
        assert len(kept) % 2 == 0, "half a transaction was kept"
    assert promises > 100, "killed before anything was written"


def still_open(path: Path) -> bool:
    """Whether this process holds the file open, where the system tells (Linux)."""
    return any(link.exists() and link.samefile(path) for link in Path("/proc/self/fd").glob("*"))


def refused(path: Path, kind: StoreTrouble, **how: bool) -> StoreError:
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        SqliteStore(path, **how)  # type: ignore[arg-type]
    assert caught.value.kind is kind
    assert path.read_bytes() == before
    assert not still_open(path)
    assert all(part and "{" not in part for part in (caught.value.what, caught.value.means, caught.value.remedy))
    return caught.value


@pytest.mark.parametrize("read_only", [False, True])
def test_a_text_file_is_refused_and_untouched(path: Path, read_only: bool) -> None:
    path.write_text("Dear diary, " * 1000)
    assert str(path) in refused(path, StoreTrouble.NOT_A_DATABASE, read_only=read_only).what


def test_another_program_s_database_is_refused_and_untouched(path: Path) -> None:
    kept.change(path, "CREATE TABLE bookmarks (url TEXT)")
    refused(path, StoreTrouble.NOT_A_DATABASE)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("size", [4096, 20000, 50001])
def test_a_cut_off_file_is_refused_and_untouched(path: Path, size: int, read_only: bool) -> None:
    filled(path)
    assert path.stat().st_size > size
    with path.open("r+b") as file:
        file.truncate(size)
    refused(path, StoreTrouble.CORRUPT, read_only=read_only)


def test_a_file_cut_off_in_its_header_is_refused(path: Path) -> None:
    filled(path)
    with path.open("r+b") as file:
        file.truncate(60)
    with pytest.raises(StoreError) as caught:
        SqliteStore(path)
    assert caught.value.kind in (StoreTrouble.NOT_A_DATABASE, StoreTrouble.CORRUPT)
    assert path.stat().st_size == 60


def test_a_damaged_page_is_found_at_opening(path: Path) -> None:
    filled(path)
    with path.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\xa5" * 3 * 4096)
    refused(path, StoreTrouble.CORRUPT)


def test_a_later_version_s_database_is_refused_and_untouched(path: Path) -> None:
    filled(path)
    kept.change(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    refused(path, StoreTrouble.NEWER)
    refused(path, StoreTrouble.NEWER, read_only=True)


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch(0o644)
    with pytest.raises(StoreError) as caught:
        SqliteStore(path, read_only=True)
    assert caught.value.kind is StoreTrouble.OLDER
    SqliteStore(path).close()
    assert sqlite_number(path, "application_id") == APPLICATION_ID


def test_a_missing_file_is_made_only_by_a_writer(path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        SqliteStore(path, read_only=True)
    assert caught.value.kind is StoreTrouble.GONE
    assert not path.exists()
    with pytest.raises(StoreError) as caught:
        SqliteStore(path.parent / "no folder" / "unhunch.sqlite")
    assert caught.value.kind is StoreTrouble.GONE


def test_setting_aside_moves_the_side_files_too(path: Path) -> None:
    path.write_text("no database")
    os.utime(path, (T0, T0))
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).write_text(end)
    moved = set_aside(path)
    assert moved.name == "unhunch-aside-20260921T141320Z.sqlite"
    assert moved.read_text() == "no database"
    assert moved.with_name(moved.name + "-wal").read_text() == "-wal"
    assert moved.with_name(moved.name + "-shm").read_text() == "-shm"
    path.write_text("again")
    os.utime(path, (T0, T0))
    assert set_aside(path).name == "unhunch-aside-20260921T141320Z-2.sqlite"
    filled(path, 3)
    assert len(list(path.parent.iterdir())) == 5


def test_a_log_left_beside_a_deleted_database_is_not_played_into_the_new_one(path: Path) -> None:
    store = SqliteStore(path)
    store.append([fact("old")])
    stray = path.with_name(path.name + "-wal").read_bytes()
    store.close()
    path.unlink()
    path.with_name(path.name + "-wal").write_bytes(stray)
    store = SqliteStore(path)
    assert store.read() == []
    store.append([fact("new")])
    store.close()
    store = SqliteStore(path)
    assert [f.key for f in store.read()] == ["new"]
    store.close()


def test_what_was_set_aside_makes_room_for_a_new_database(path: Path) -> None:
    filled(path)
    with path.open("r+b") as file:
        file.truncate(20000)
    refused(path, StoreTrouble.CORRUPT)
    moved = set_aside(path)
    assert filled(path, 1)[0].key == "k0"
    assert moved.stat().st_size == 20000


def sqlite_number(path: Path, pragma: str) -> int:
    ((number,),) = kept.rows(path, f"PRAGMA {pragma}")
    return int(number)


def add_a_note(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE fact ADD COLUMN note TEXT")


def fail_halfway(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE half (way TEXT)")
    connection.execute("DELETE FROM fact")
    raise sqlite3.OperationalError("the lights went out")


def test_a_database_of_version_1_is_brought_up_to_date_with_its_facts(path: Path) -> None:
    facts = filled(path)
    assert sqlite_number(path, "user_version") == len(MIGRATIONS)
    steps = (*MIGRATIONS, add_a_note)
    with pytest.raises(StoreError) as caught:
        SqliteStore(path, migrations=steps, read_only=True)
    assert caught.value.kind is StoreTrouble.OLDER
    store = SqliteStore(path, migrations=steps)
    assert store.read() == facts
    store.append([fact("new")])
    store.close()
    assert sqlite_number(path, "user_version") == len(steps)


def test_a_step_that_fails_halfway_leaves_the_version_before_it(path: Path) -> None:
    facts = filled(path)
    with pytest.raises(StoreError):
        SqliteStore(path, migrations=(*MIGRATIONS, add_a_note, fail_halfway))
    assert sqlite_number(path, "user_version") == len(MIGRATIONS) + 1
    store = SqliteStore(path, migrations=(*MIGRATIONS, add_a_note))
    assert store.read() == facts
    store.close()


def test_a_reader_sees_each_write_at_once_and_may_not_write(path: Path) -> None:
    writer = SqliteStore(path)
    reader = SqliteStore(path, read_only=True)
    for number in range(20):
        writer.append([fact(str(number))])
        assert len(reader.read()) == number + 1
    with pytest.raises(StoreError) as caught:
        reader.append([fact("mine")])
    assert caught.value.kind is StoreTrouble.READONLY
    assert reader.device == writer.device
    reader.close()
    writer.close()
    alone = SqliteStore(path, read_only=True)
    assert len(alone.read()) == 20
    alone.close()


def test_a_locked_database_says_so_and_works_again(path: Path) -> None:
    filled(path, 2)
    store = SqliteStore(path, busy_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught:
        store.write([fact("new", Kind.ANSWER)], {"k0": (900.0, None)})
    assert caught.value.kind is StoreTrouble.LOCKED
    assert len(store.read()) == 2, "reading goes on"
    other.execute("ROLLBACK")
    store.write([fact("new", Kind.ANSWER)], {"k0": (900.0, None)})
    assert [(f.key, f.length) for f in store.read()] == [("k0", 900.0), ("k1", 60.0), ("new", 60.0)]
    other.close()
    store.close()


def test_a_database_deleted_under_the_daemon_is_noticed(path: Path) -> None:
    store = SqliteStore(path)
    path.unlink()
    with pytest.raises(StoreError) as caught:
        store.append([fact("a")])
    assert caught.value.kind is StoreTrouble.GONE
    filled(path, 1)
    with pytest.raises(StoreError) as caught:
        store.append([fact("a")])
    assert caught.value.kind is StoreTrouble.GONE, "another file under the same name"
    store.close()


def raw(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in path.parent.iterdir())


@pytest.mark.parametrize("before", [None, T0 + 10_000.0])
def test_what_was_forgotten_is_gone_from_the_disk(path: Path, before: float | None) -> None:
    store = SqliteStore(path)
    store.append([fact(f"k{n}", start=n * 10.0, why=f"SECRET{n}") for n in range(300)])
    store.extend({f"k{n}": (61.0, {"why": f"LATER{n}"}) for n in range(300)})
    store.append([fact("stays", start=90_000.0, why="HARMLESS")])
    assert b"SECRET7" in raw(path)
    assert b"LATER7" in raw(path)
    assert store.forget(before) == (301 if before is None else 300)
    assert b"SECRET" not in raw(path)
    assert b"LATER" not in raw(path)
    assert (b"HARMLESS" in raw(path)) is (before is not None)
    store.close()


def test_what_a_reader_held_back_is_gone_at_the_next_write(path: Path) -> None:
    store = SqliteStore(path, busy_seconds=0.05)
    store.append([fact("a", why="SECRET")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM fact").fetchone() == (1,)
    assert store.forget() == 1
    assert store.read() == []
    reader.execute("COMMIT")
    reader.close()
    store.append([fact("b")])
    assert b"SECRET" not in raw(path)
    store.close()


def test_personal_facts_are_written_with_full_synchronisation(path: Path) -> None:
    store = SqliteStore(path)
    said: list[str] = []
    store.connection.set_trace_callback(said.append)
    store.append([fact("a")])
    assert not any("synchronous" in line for line in said)
    store.append([fact("b"), fact("c", Kind.MORNING)])
    marks = [line for line in said if "synchronous" in line or line in ("BEGIN IMMEDIATE", "COMMIT")][2:]
    assert marks == ["PRAGMA synchronous = FULL", "BEGIN IMMEDIATE", "COMMIT", "PRAGMA synchronous = NORMAL"]
    store.close()


def mounted(folder: Path, options: str) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    folder.mkdir(exist_ok=True)
    return (
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True).returncode
        == 0
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    if not mounted(folder, "size=2m"):
        pytest.skip("needs root and the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("kind", [Kind.INPUT, Kind.ANSWER])
def test_a_full_disk_half_writes_nothing_and_is_survived(small_disk: Path, kind: Kind) -> None:
    store = SqliteStore(small_disk / "unhunch.sqlite")
    kept: list[str] = []
    with pytest.raises(StoreError) as caught:
        for number in range(10_000):
            store.append([fact(f"{number}-{twin}", kind, why="x" * 400) for twin in range(50)])
            kept += [f"{number}-{twin}" for twin in range(50)]
    assert caught.value.kind is StoreTrouble.FULL
    assert len(kept) > 500
    assert [f.key for f in store.read()] == kept
    with pytest.raises(StoreError):
        store.append([fact(f"more-{n}", kind, why="x" * 4000) for n in range(400)])
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    store.append([fact("after", kind)])
    assert [f.key for f in store.read()] == [*kept, "after"]
    store.close()
    again = SqliteStore(small_disk / "unhunch.sqlite")
    assert len(again.read()) == len(kept) + 1
    again.close()


def test_opening_on_a_full_disk_says_full(small_disk: Path) -> None:
    with pytest.raises(OSError, match="space"):
        (small_disk / "ballast").write_bytes(b"x" * 4_000_000)
    with pytest.raises(StoreError) as caught:
        SqliteStore(small_disk / "unhunch.sqlite")
    assert caught.value.kind is StoreTrouble.FULL
    (small_disk / "ballast").unlink()
    SqliteStore(small_disk / "unhunch.sqlite").close()


def test_a_disk_that_turns_read_only_is_survived(small_disk: Path) -> None:
    store = SqliteStore(small_disk / "unhunch.sqlite")
    store.append([fact("a")])
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError) as caught:
        SqliteStore(small_disk / "unhunch.sqlite")
    assert caught.value.kind is StoreTrouble.READONLY
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    store = SqliteStore(small_disk / "unhunch.sqlite")
    assert len(store.read()) == 1
    store.close()


def test_five_weeks_out_of_ten_years_touch_only_their_own_rows(path: Path) -> None:
    """The plan, not the clock: a time limit would fail on a busy machine. `benchmarks/` measures."""
    store = SqliteStore(path)
    asked: list[str] = []
    store.connection.set_trace_callback(asked.append)
    store.read(T0, T0 + 35 * 86400)
    store.read(T0, T0 + 35 * 86400, kinds=[Kind.SESSION, Kind.DAY], device="")
    store.read(kinds=[Kind.SESSION])
    store.since_checkpoint()
    store.connection.set_trace_callback(None)
    assert len(asked) == 7
    for statement in asked:
        plan = [row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert all(step.startswith("SEARCH") for step in plan), (statement, plan)
    store.close()
