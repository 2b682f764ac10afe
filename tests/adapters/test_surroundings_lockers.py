"""A real process by a locker's name, which is all that such a locker shows of itself."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.parts import find
from unhunch.adapters.surroundings.lockers import LOCKERS, Lockers
from unhunch.ports import Unusable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are listed in another way")


@pytest.mark.parametrize("name", ["swaylock", "i3lock", "xsecurelock"])
async def test_a_locker_is_seen_while_it_runs(tmp_path: Path, name: str) -> None:
    assert name in LOCKERS
    told: list[Any] = []
    # Other users of this machine may lock it meanwhile: only this one's name counts here.
    source = Lockers(names=frozenset({name}))
    await source.open(lambda *said: told.append(said))
    assert told == [("locked", None)], "finding none proves nothing"
    program = tmp_path / name
    shutil.copy(find("sleep"), program)
    locker = subprocess.Popen([str(program), "600"])
    try:
        async with asyncio.timeout(30):
            # The kernel lets us go on a moment before it takes up the new name.
            while Path(f"/proc/{locker.pid}/comm").read_text().strip() != name:
                await asyncio.sleep(0.01)
        for _look in range(4):
            await source.check()
            assert told[-1] == ("locked", True), "for as long as it runs"
        assert name in source.note
    finally:
        locker.kill()
        locker.wait()
    await source.check()
    assert told == [("locked", None), ("locked", True), ("locked", None)]
    await source.close()


def process(proc: Path, number: int, name: str) -> None:
    (proc / str(number)).mkdir(exist_ok=True)
    (proc / str(number) / "comm").write_text(f"{name}\n")


async def test_a_program_that_becomes_a_locker_after_it_was_looked_at_is_seen(tmp_path: Path) -> None:
    """A shell that has just begun, and is swaylock a moment later."""
    (tmp_path / "self").mkdir()
    process(tmp_path, 7, "sh")
    told: list[Any] = []
    source = Lockers(tmp_path)
    await source.open(lambda *said: told.append(said))
    process(tmp_path, 7, "swaylock")
    await source.check()
    assert told[-1] == ("locked", True)


async def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "self").mkdir()
    for number in range(1, 300):
        process(tmp_path, number, "bash")
    source = Lockers(tmp_path)
    await source.open(lambda *_said: None)
    await source.check()
    read: list[str] = []
    named = source._named
    monkeypatch.setattr(source, "_named", lambda number: read.append(number) or named(number))
    await source.check()
    assert read == []
    process(tmp_path, 300, "i3lock")
    await source.check()
    assert read == ["300"]


async def test_where_processes_cannot_be_listed_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        await Lockers(tmp_path / "none").open(lambda *_said: None)
