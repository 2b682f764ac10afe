"""A shared folder that is harmed under real daemons: told in `status` and `doctor`, and made good once it is back."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import Desk
from unhunch.sync.folder import begins
from unhunch.sync.lines import line, of_fact, parse

pytestmark = pytest.mark.desktop

SYNC = """[sync]
folder = "{folder}"
name = "{name}"
look = "1 s"
apart = "1 s"
"""
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
mounts = pytest.mark.skipif(not ROOT, reason="mounting a disk takes root")


def place(bed: Bed, name: str, folder: Path) -> Desk:
    bed.bus()
    bed.xvfb()
    desk = Desk(bed, more=SYNC.format(folder=folder, name=name))
    desk.start()
    return desk


def said(desk: Desk, *words: str) -> bool:
    """Whether `status`, `doctor` and `sync` all say it, and say that nothing is lost and what to do."""
    problems = " ".join(desk.status()["problems"])
    rows = desk.json("doctor")
    folder = [row for row in rows if row["group"] == "Other desks" and row["name"] == "folder"]
    told = " ".join(desk.run("sync").stdout.split())
    return (
        all(word in problems and word in folder[0]["note"] and word in told for word in words) and not folder[0]["ok"]
    )


def fine(desk: Desk) -> bool:
    rows = {row["name"]: row for row in desk.json("doctor") if row["group"] == "Other desks"}
    return desk.status()["problems"] == [] and rows["folder"]["ok"]


def told(folder: Path, kind: str) -> int:
    """How many facts of that kind the lines in a folder tell of."""
    lines = [one for file in folder.glob("*.jsonl") if file.is_file() for one in parse(file.read_bytes()).lines]
    return len({one.fact.key for one in lines if one.fact and one.fact.kind == kind})


def test_a_folder_that_vanishes_is_a_link_and_is_there_again(bed: Bed) -> None:
    folder, away = bed.home / "Sync/unhunch", bed.home / "Sync/away"
    folder.mkdir(parents=True, mode=0o700)

    def until(what: str, so: Callable[[], object]) -> None:
        """Somebody is at the desk: a folder that takes another's place rings no bell, and is looked for at looks."""
        bed.until(what, lambda: bed.hands.key() or so())

    desk = place(bed, "work", folder)
    until("the first lines", lambda: told(folder, "running"))
    folder.rename(away)
    assert desk.run("stand").returncode == 0
    until("that it is gone", lambda: said(desk, "is not there", "nothing is lost", "mkdir -p"))
    folder.symlink_to(away)
    until("that it is a link", lambda: said(desk, "is a link", "Nothing is written through", str(away)))
    assert told(away, "stand") == 0
    folder.unlink()
    folder.mkdir(mode=0o770)
    folder.chmod(0o770)
    until("that others can write there", lambda: said(desk, "Others can write", "chmod 700"))
    folder.chmod(0o700)
    until(
        "all of it in the empty folder",
        lambda: told(folder, "stand") == 1 and told(folder, "running") == told(away, "running"),
    )
    until("the end of the trouble", lambda: fine(desk))
    folder.rename(bed.home / "Sync/other")
    away.rename(folder)
    until("what is missing in the one of before", lambda: told(folder, "stand") == 1)
    until("the end of the trouble", lambda: fine(desk))
    assert "Traceback" not in bed.log("unhunch")
    assert desk.terminate() == 0
    assert desk.json("sync")["trouble"] == ""
    folder.rename(away)
    alone = {row["name"]: row for row in desk.json("doctor") if row["group"] == "Other desks"}
    assert "is not there" in alone["folder"]["note"], "without a daemon, too"


def test_a_folder_with_files_of_somebody_else(bed: Bed) -> None:
    folder = bed.home / "Sync/unhunch"
    folder.mkdir(parents=True, mode=0o700)
    others = {"202611281116.jpg": os.urandom(20_000), "letter.odt": b"PK" * 99, ".stignore": b"x", "a b.jsonl": b"{}\n"}
    for name, text in others.items():
        (folder / name).write_bytes(text)
    (folder / "0123456789ab-2026-09.jsonl").mkdir()
    os.mkfifo(folder / "0123456789ab-2026-10.jsonl")
    stamps = {entry.name: entry.stat() for entry in os.scandir(folder)}
    desk = place(bed, "work", folder)
    assert desk.run("stand").returncode == 0
    bed.until("its own lines", lambda: told(folder, "stand") == 1)
    assert fine(desk)
    known = desk.json("sync")
    assert (known["desks"], known["notes"], known["copies"]) == ([], [], 0)
    for name, before in stamps.items():
        now = (folder / name).stat()
        assert (now.st_mtime_ns, now.st_mode, now.st_ino, now.st_size) == (
            before.st_mtime_ns, before.st_mode, before.st_ino, before.st_size,
        )  # fmt: skip


@mounts
def test_a_folder_that_turns_read_only_and_one_that_fills_up(bed: Bed) -> None:
    """Real file systems: what is new waits in the database, and is told under its numbers when there is room."""
    folder = bed.home / "Sync/unhunch"
    folder.mkdir(parents=True, mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k,mode=0700", "tmpfs", str(folder)], check=True)
    try:
        desk = place(bed, "work", folder)
        bed.until("the first lines", lambda: told(folder, "running"))
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        assert desk.run("stand").returncode == 0
        bed.until("that it is read-only", lambda: said(desk, "Read-only file system", "Nothing is lost", "for writing"))
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        bed.until("what was said meanwhile", lambda: told(folder, "stand") == 1)
        bed.until("the end of the trouble", lambda: fine(desk))
        (own,) = folder.glob("*.jsonl")
        with (folder / "filler").open("wb") as filler:
            filler.write(bytes(_free(folder)))

        def full() -> bool:
            """What is left of the own file's last page is written to as well."""
            assert desk.run("sit").returncode == desk.run("stand").returncode == 0
            return said(desk, "No space left", "Nothing is lost", "Make room")

        bed.until("that it is full", full)
        assert desk.run("pause", "1h").returncode == 0
        lines = own.read_bytes().splitlines(keepends=True)
        assert lines[-1].endswith(b"\n"), "nothing half"
        (folder / "filler").unlink()
        bed.until("what was said meanwhile", lambda: told(folder, "pause") == 1)
        bed.until("the end of the trouble", lambda: fine(desk))
        numbers = [one.n for one in parse(own.read_bytes()).lines]
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), "gapless, and none twice"
        assert "Traceback" not in bed.log("unhunch")
    finally:
        bed.close()
        subprocess.run(["umount", "-l", str(folder)], check=False)


def _free(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


# Forgetting -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Desk, Desk, Path]]:
    """Two daemons on one folder, as if it were carried at once."""
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o700)
    with ExitStack() as stack:
        a, b = (place(stack.enter_context(Bed()), name, folder) for name in ("work", "home"))
        yield a, b, folder


def test_what_is_forgotten_at_one_desk_is_forgotten_at_all(both: tuple[Desk, Desk, Path]) -> None:
    """Also at one that is off meanwhile, and in the files of each."""
    a, b, folder = both
    for desk in both[:2]:
        assert desk.run("stand").returncode == 0
        assert desk.run("sit").returncode == 0
    for desk in both[:2]:
        desk.bed.until("what both said", lambda desk=desk: len(desk.facts("stand")) == len(desk.facts("sit")) == 2)
    other = "0123456789ab-0000-4000-8000-000000000000"
    old = [one.fact for file in folder.glob("*.jsonl") for one in parse(file.read_bytes()).lines if one.fact]
    copy = b"".join(line(other, n, of_fact(fact)) for n, fact in enumerate(old, 1))
    assert b.terminate() == 0
    assert a.run("forget", "--all", "--yes").returncode == 0
    own = begins(a.json("sync")["desks"][0]["device"])
    a.bed.until("its file without it", lambda: not any(
        b'"stand"' in file.read_bytes() for file in folder.glob("*.jsonl") if not file.name.startswith(own)
    ))  # fmt: skip
    assert a.facts("stand") == []
    b.start()
    b.bed.until("that it is forgotten there", lambda: b.facts("stand") == b.facts("sit") == [])
    a.bed.until("each file without it", lambda: told(folder, "stand") == told(folder, "sit") == 0)
    # What a synchronizer brings of before is not taken any more; what is done since is.
    (folder / f"{begins(other)}-2026-09.jsonl").write_bytes(copy)
    assert b.run("stand").returncode == 0
    a.bed.until("what is new", lambda: len(a.facts("stand")) == 1)
    b.bed.until("the late copy", lambda: any(desk["device"] == other for desk in b.json("sync")["desks"]))
    assert len(b.facts("stand")) == 1
    assert b.facts("sit") == []
