"""A folder rings when somebody writes into it, once it rests."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from unhunch.adapters import bells

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the folder is looked at once a minute")
LIMIT = 20.0


class Heard:
    """A bell on a folder, and each ring of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rings: asyncio.Queue[None] = asyncio.Queue()
        self.bell = bells.FolderBell(lambda: self.rings.put_nowait(None), rest=0.05)
        self.bell.watch(folder)

    async def ring(self) -> None:
        async with asyncio.timeout(LIMIT):
            await self.rings.get()


@pytest.fixture
async def heard(tmp_path: Path) -> AsyncIterator[Heard]:
    made = Heard(tmp_path)
    yield made
    made.bell.close()


async def test_another_who_writes_is_heard_each_time(heard: Heard) -> None:
    (heard.folder / "theirs").write_text("1")
    await heard.ring()
    with (heard.folder / "theirs").open("a") as file:
        file.write("2")
    await heard.ring()
    (heard.folder / ".part").write_text("3")
    await heard.ring()
    (heard.folder / ".part").rename(heard.folder / "whole")
    await heard.ring()


async def test_a_folder_that_is_another_by_now_is_watched_in_its_place(heard: Heard, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    await heard.ring()
    heard.bell.watch(other)
    (other / "theirs").write_text("1")
    await heard.ring()
    heard.bell.close()
    (other / "theirs").write_text("2")
    heard.bell.watch(tmp_path / "not there")
    await asyncio.sleep(0.2)
    assert heard.rings.empty()


async def test_it_rings_only_after_a_rest_and_for_no_deletion(tmp_path: Path) -> None:
    """Each change puts the ring off; what a synchronizer deletes takes nothing away, and rings nobody."""
    rings = list[int]()
    bell = bells.FolderBell(lambda: rings.append(0), rest=3600.0)
    (tmp_path / "theirs").write_text("1")
    bell.watch(tmp_path)
    (tmp_path / "theirs").unlink()
    for _turn in range(20):
        await asyncio.sleep(0)
    assert bell._later is None
    put_off = set()
    for text in ("1", "2", "3"):
        before = bell._later
        (tmp_path / "theirs").write_text(text)
        async with asyncio.timeout(LIMIT):
            while bell._later is before:
                await asyncio.sleep(0.01)
        put_off.add(bell._later)
    last = bell._later
    assert last
    assert last.when() - asyncio.get_running_loop().time() > 3600.0 - LIMIT
    assert len(put_off) == 3
    assert all(ring and ring.cancelled() for ring in put_off if ring is not last)
    bell.close()
    assert last.cancelled()
    assert rings == []


async def test_what_is_written_on_purpose_rings_nobody_and_what_follows_does(heard: Heard) -> None:
    with heard.bell.unrung():
        (heard.folder / "own").write_text("1")
        (heard.folder / "own").rename(heard.folder / "own too")
    await asyncio.sleep(0.2)
    assert heard.rings.empty()
    (heard.folder / "theirs").write_text("1")
    await heard.ring()
    heard.bell.close()
    with heard.bell.unrung():
        (heard.folder / "own").write_text("2")
