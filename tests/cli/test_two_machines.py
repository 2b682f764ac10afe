"""One person, two machines: what one exported is imported on the other, and an hour at both desks is one hour."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind

WEEK = "2026-11-09"


class Home:
    """A private home, and the installed commands in it."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        (path / "run").mkdir(mode=0o700)
        keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.env = {**keep, "HOME": str(path), "XDG_RUNTIME_DIR": str(path / "run"), "TZ": "Europe/Berlin"}
        self.path = path
        folder = path / ".local/share/unhunch"
        folder.mkdir(parents=True, mode=0o700)
        self.store = SqliteStore(folder / "unhunch.sqlite")
        self.device = self.store.device

    def lived(self, start: str, end: str, **session: object) -> None:
        """Watched and typed from one local time to another; perhaps a session right after."""
        at = datetime.fromisoformat(f"{start}+01:00").timestamp()
        until = datetime.fromisoformat(f"{start[:10]} {end}+01:00").timestamp()
        day, key = start[:10], f"{self.device}-{start}"

        def fact(kind: Kind, wall: float, length: float, body: dict[str, object]) -> Fact:
            return Fact(kind, wall, 3600, f"boot-{day}", wall % 1e6, length, day, body, f"{key}-{kind}")

        facts = [fact(Kind.RUNNING, at, until - at, {"source": "x11"}), fact(Kind.INPUT, at, until - at, {})]
        if session:
            facts.append(fact(Kind.SESSION, until, 144.0, {"size": "short", "status": "done", **session}))
        self.store.append(facts)

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "unhunch", *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def week(self):
        return json.loads(self.run("week", "--of", WEEK, "--json"))


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Home, Home]]:
    """A desk from 9 to 11 and from 14 to 15; a laptop from 10 to 12."""
    desk, laptop = Home(tmp_path / "desk"), Home(tmp_path / "laptop")
    desk.lived("2026-11-10 09:00", "11:00")
    desk.lived("2026-11-10 14:00", "15:00", source="page")
    laptop.lived("2026-11-10 10:00", "12:00", source="page")
    yield desk, laptop
    desk.store.close()
    laptop.store.close()


def test_an_hour_at_two_desks_is_one_hour(homes: tuple[Home, Home], tmp_path: Path) -> None:
    desk, laptop = homes
    assert desk.week()["sitting"]["best"] == pytest.approx(180, abs=2.5)
    assert laptop.week()["sitting"]["best"] == pytest.approx(120, abs=1.5)
    export = tmp_path / "laptop.json"
    laptop.run("export", str(export))
    assert export.stat().st_mode & 0o777 == 0o600
    said = desk.run("import", str(export))
    assert "3 facts taken in" in said
    week = desk.week()
    # 9 to 12 is three hours although four were typed; 14 to 15 is one.
    assert week["sitting"]["best"] == pytest.approx(240, abs=2.5)
    day = next(day for day in week["days"] if day["date"] == "2026-11-10")
    assert len(day["stretches"]) == 2
    assert (week["done"], len(day["sessions"])) == (2, 2)


def test_where_it_came_from_stays_visible(homes: tuple[Home, Home], tmp_path: Path) -> None:
    desk, laptop = homes
    export, page = tmp_path / "laptop.json", tmp_path / "week.html"
    laptop.run("export", str(export))
    desk.run("import", str(export))
    sources = {source["device"]: source for source in desk.week()["quality"]["sources"]}
    assert set(sources) == {"", laptop.device}
    assert sources[laptop.device]["sitting"] == pytest.approx(120, abs=1.5)
    assert sources[""]["sitting"] == pytest.approx(180, abs=2.5)
    marks = [mark["device"] for day in desk.week()["days"] for mark in day["sessions"]]
    assert sorted(marks) == sorted(["", laptop.device])
    assert f"{laptop.device}: 2 h seen" in desk.run("week", "--of", WEEK)
    desk.run("week", "--of", WEEK, "--html", str(page))
    assert laptop.device in page.read_text()


def test_twice_in_and_back_and_forth_change_nothing(homes: tuple[Home, Home], tmp_path: Path) -> None:
    desk, laptop = homes
    first, both = tmp_path / "laptop.json", tmp_path / "both.json"
    laptop.run("export", str(first))
    desk.run("import", str(first))
    before = desk.week()
    assert "all of it known already" in desk.run("import", str(first))
    assert desk.week() == before
    desk.run("export", str(both))
    laptop.run("import", str(both))
    # What came back as the laptop's own is not there twice, and both machines now tell the same week.
    there = laptop.week()
    for name in ("sitting", "done", "pattern"):
        assert there[name] == before[name], name
    assert {source["device"] for source in there["quality"]["sources"]} == {"", desk.device}
    assert "all of it known already" in desk.run("import", str(both))


def test_all_forgotten_comes_back_from_the_export(homes: tuple[Home, Home], tmp_path: Path) -> None:
    desk, _ = homes
    copy, again = tmp_path / "copy.json", tmp_path / "again.json"
    before = desk.week()
    desk.run("export", str(copy))
    desk.run("forget", "--all", "--yes")
    assert desk.week()["sitting"]["best"] == 0
    desk.run("import", str(copy))
    assert desk.week() == before
    desk.run("export", str(again))
    *facts, note = json.loads(again.read_text())["facts"]
    assert facts == json.loads(copy.read_text())["facts"]
    assert note["kind"] == "imported", "besides what was there, only what import --undo needs"
