"""The calendar as a source: real files, the real program that reads them, and what it says of now."""

import asyncio
import errno
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.adapters.test_calendar_files import calendar, event
from unhunch.adapters.clock import SystemClock
from unhunch.adapters.surroundings import calendars
from unhunch.adapters.surroundings.calendars import Calendars
from unhunch.core.moment import Moment
from unhunch.ports import Unusable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="surroundings are Linux's")
LIMIT = 30.0
AT = 1_793_620_800.0  # 2026-11-02 09:00 in Berlin... any moment will do


class Clock:
    """Wall and running clock, moved by hand."""

    boot_id = "boot"

    def __init__(self) -> None:
        self.at = SystemClock().now()._replace(wall=AT)

    def now(self) -> Moment:
        return self.at

    def go(self, seconds: float) -> None:
        self.at = self.at._replace(wall=self.at.wall + seconds, boot=self.at.boot + seconds)


class Desk:
    """A source over a folder of calendars."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.patterns: tuple[str, ...] = (f"{folder}/**/*.ics",)
        self.clock = Clock()
        self.said: list[bool | None] = []
        self.source = Calendars(lambda: (self.patterns, 300.0, False), env, self.clock)

    async def open(self) -> "Desk":
        await self.source.open(lambda _name, value: self.said.append(value))
        await self.read()
        return self

    async def read(self) -> None:
        assert self.source._reading is not None
        await asyncio.wait_for(asyncio.shield(self.source._reading), LIMIT)

    async def now(self) -> bool | None:
        await self.source.check()
        return self.said[-1]


def meeting(start: float, minutes: float = 60.0, **more: str) -> bytes:
    from datetime import UTC, datetime

    begins, ends = (f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}" for at in (start, start + minutes * 60))
    return calendar(event(f"DTSTART:{begins}", f"DTEND:{ends}", "SUMMARY:Secret", **more))


async def test_an_event_is_quiet_time_from_five_minutes_before_it_to_its_end(tmp_path: Path, quick: None) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.ics").write_bytes(meeting(AT + 1800))
    (tmp_path / "a" / "one.icsXYZ").write_bytes(meeting(AT))
    desk = await Desk(tmp_path).open()
    assert await desk.now() is False
    desk.clock.go(1800 - 301)
    assert await desk.now() is False
    desk.clock.go(2)
    assert await desk.now() is True
    desk.clock.go(300 + 3598)
    assert await desk.now() is True
    desk.clock.go(2)
    assert await desk.now() is False
    assert "Secret" not in repr(desk.source._known)
    await desk.source.close()


async def test_what_changed_is_read_anew_and_what_is_gone_is_free(tmp_path: Path, quick: None) -> None:
    file = tmp_path / "one.ics"
    file.write_bytes(meeting(AT - 600))
    desk = await Desk(tmp_path).open()
    assert await desk.now() is True
    file.write_bytes(meeting(AT + 7200))
    desk.clock.go(61)
    await desk.now()
    await desk.read()
    assert await desk.now() is False
    # A vdir makes a new event visible by a hard link.
    (tmp_path / "new.tmp").write_bytes(meeting(AT - 600))
    os.link(tmp_path / "new.tmp", tmp_path / "new.ics")
    desk.clock.go(61)
    await desk.now()
    await desk.read()
    assert await desk.now() is True
    (tmp_path / "new.ics").unlink()
    desk.clock.go(61)
    assert await desk.now() is False
    await desk.source.close()


async def test_a_file_that_is_cut_off_keeps_its_last_answer_and_is_told(tmp_path: Path, quick: None) -> None:
    file, other = tmp_path / "one.ics", tmp_path / "other.ics"
    file.write_bytes(meeting(AT - 600))
    other.write_bytes(meeting(AT + 36000))
    desk = await Desk(tmp_path).open()
    file.write_bytes(meeting(AT - 600)[:-30])
    desk.clock.go(61)
    await desk.now()
    await desk.read()
    assert await desk.now() is True
    assert f"{file} cannot be read: it is no whole calendar" in desk.source.note
    await desk.source.close()


async def test_events_that_make_no_sense_are_counted_for_doctor(tmp_path: Path, quick: None) -> None:
    first, second = tmp_path / "a.ics", tmp_path / "b.ics"
    good = event("DTSTART:20261102T080000Z", "DTEND:20261102T090000Z", uid="1")
    first.write_bytes(calendar(good, event("SUMMARY:Secret", uid="2")))
    bad = [event("DTSTART:foo", "DURATION:PT1H", uid=uid) for uid in ("2", "3")]
    second.write_bytes(calendar(good, *bad))
    desk = await Desk(tmp_path).open()
    assert f"1 event of {first} was left out" in desk.source.note
    assert f"2 events of {second} were left out" in desk.source.note
    assert "Secret" not in desk.source.note
    second.write_bytes(calendar(good))
    desk.clock.go(61)
    await desk.now()
    await desk.read()
    assert str(second) not in desk.source.note
    await desk.source.close()


async def test_one_that_takes_too_long_costs_the_others_nothing(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program ends itself, here at once: what it had said is kept, and the rest asked one by one."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.ics").write_bytes(meeting(AT - 600))
    real = calendars.output

    async def hangs(line: list[str], env: dict[str, str], seconds: float) -> str:
        if "b.ics" in line[-1]:
            raise OSError("killed")
        return await real(line, env, seconds)

    monkeypatch.setattr(calendars, "output", hangs)
    desk = await Desk(tmp_path).open()
    assert await desk.now() is True
    assert "b.ics cannot be read: it takes too long" in desk.source.note
    assert "a.ics cannot" not in desk.source.note
    await desk.source.close()


async def test_a_file_that_somebody_still_writes_is_left_until_it_rests(tmp_path: Path, quick: None) -> None:
    file = tmp_path / "one.ics"
    file.write_bytes(meeting(AT - 600)[:-30])
    desk = Desk(tmp_path)
    await desk.source.open(lambda _name, value: desk.said.append(value))
    file.write_bytes(meeting(AT - 600))  # between the look and the reading
    await desk.read()
    assert desk.source._known == {}
    await desk.now()  # soon again, and not in a minute
    await desk.read()
    assert await desk.now() is True
    assert "cannot" not in desk.source.note
    await desk.source.close()


async def test_only_what_changed_is_read_again_and_all_of_it_each_day_in_a_new_zone_or_after_a_clock_set_back(
    tmp_path: Path, quick: None, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.ics").write_bytes(meeting(AT + 7200))
    desk = await Desk(tmp_path).open()

    async def again() -> list[str]:
        asked.clear()
        await desk.now()
        await desk.read()
        return sorted(name for names in asked for name in names)

    desk.clock.go(61)
    assert await again() == []
    (tmp_path / "b.ics").write_bytes(meeting(AT + 36000))
    desk.clock.go(61)
    assert await again() == ["b.ics"]
    desk.clock.go(calendars.ANEW - 100)
    assert await again() == ["a.ics"]
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert await again() == ["a.ics", "b.ics"]
    desk.clock.at = desk.clock.at._replace(wall=AT - 86400, boot=desk.clock.at.boot + 61)
    assert await again() == ["a.ics", "b.ics"]
    await desk.source.close()


async def test_what_is_no_whole_calendar_is_tried_again_each_minute_and_what_takes_too_long_each_hour(
    tmp_path: Path, quick: None, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cut.ics").write_bytes(meeting(AT)[:-30])
    (tmp_path / "large.ics").write_bytes(meeting(AT))
    real = calendars.output

    async def limited(line: list[str], env: dict[str, str], seconds: float) -> str:
        """The real program, in which the large one takes too much memory."""
        said = [json.loads(one) for one in (await real(line, env, seconds)).splitlines()]
        large = [{"file": one["file"], "error": "MemoryError"} for one in said if "large" in one["file"]]
        return "\n".join(map(json.dumps, [one for one in said if "large" not in one["file"]] + large))

    monkeypatch.setattr(calendars, "output", limited)
    desk = await Desk(tmp_path).open()
    assert "cut.ics cannot be read: it is no whole calendar" in desk.source.note
    assert "large.ics cannot be read: it takes too long or too much memory" in desk.source.note
    tried = []
    for seconds in (61, 61, calendars.AGAIN):
        asked.clear()
        desk.clock.go(seconds)
        await desk.now()
        await desk.read()
        tried.append(sorted(name for names in asked for name in names))
    assert tried == [["cut.ics"], ["cut.ics"], ["cut.ics", "large.ics"]]
    await desk.source.close()


async def test_a_file_that_the_system_refuses_is_told_in_its_words(tmp_path: Path, quick: None) -> None:
    (tmp_path / "folder.ics").mkdir()
    desk = await Desk(tmp_path).open()
    assert f"folder.ics cannot be read: {os.strerror(errno.EISDIR)}" in desk.source.note
    await desk.source.close()


async def test_without_files_it_says_where_this_desktop_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for desktop, path in (("GNOME", calendars.EVOLUTION), ("KDE", calendars.KORGANIZER), ("sway", calendars.EVOLUTION)):
        source = Calendars(lambda: ((), 300.0, False), {"XDG_CURRENT_DESKTOP": desktop})
        with pytest.raises(Unusable) as refused:
            await source.open(lambda _name, _value: None)
        assert f"calendar.files '{path}'" in refused.value.remedy
        assert "vdirsyncer" in refused.value.remedy
    (tmp_path / ".local/share/calendars").mkdir(parents=True)
    assert "'~/.local/share/calendars/**/*.ics'" in calendars.where({"XDG_CURRENT_DESKTOP": "sway"})


async def test_an_export_that_gets_old_is_told(tmp_path: Path, quick: None) -> None:
    file = tmp_path / "one.ics"
    file.write_bytes(meeting(AT))
    os.utime(file, (AT - 9 * 86400, AT - 9 * 86400))
    desk = await Desk(tmp_path).open()
    assert "nothing changed for 9 days" in desk.source.note
    await desk.source.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files of each question to the program, in order."""
    found: list[list[str]] = []
    real = Calendars._ask

    async def ask(source: Calendars, batch: list[str], stale: Mapping[str, calendars.Stamp]) -> None:
        found.append([Path(path).name for path in batch])
        await real(source, batch, stale)

    monkeypatch.setattr(Calendars, "_ask", ask)
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files rest at once."""
    monkeypatch.setattr(calendars, "REST", 0.0)
