"""Other programs' records, end to end: taken in once, never over what Unhunch itself saw, holes are not absences."""

import json
import random
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, write
from tests.cli.test_commands import Run, facts
from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import importing
from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.reading import ABSENT, SITTING, Presence
from unhunch.core.settings import Settings
from unhunch.core.week.days import day_totals
from unhunch.core.week.lived import lived
from unhunch.core.week.machines import together
from unhunch.errors import Exit
from unhunch.paths import Paths

S = Settings()
HOUR, DAY = 3600, 86400
TODAY = SystemClock().now().local.date()
DATE = TODAY - timedelta(days=TODAY.weekday() + 7)
MONDAY = int(datetime(DATE.year, DATE.month, DATE.day, 8, tzinfo=UTC).timestamp())
"""Last week's, 08:00 UTC."""


def named(days: int) -> str:
    """The date so many days after that Monday."""
    return (DATE + timedelta(days=days)).isoformat()


def record(idle_from: int, active_from: int, active_to: int) -> bytes:
    """One of Workrave's."""
    return struct.pack(">HBIIIH", 15, 3, idle_from, active_from, active_to, max(0, min(active_to - active_from, 65535)))


def day(start: int, hours: int = 8) -> list[tuple[int, int, int]]:
    """Fifty minutes of activity and ten of none, again and again; the day begins with a fresh log."""
    found = [(1, start, start + 50 * 60)]
    for hour in range(1, hours):
        at = start + hour * HOUR
        found.append((at - 600, at, at + 50 * 60))
    return found


def log(days: int, first: int = MONDAY) -> list[tuple[int, int, int]]:
    return [one for number in range(days) for one in day(first + number * DAY)]


def workrave(path: Path, records: list[tuple[int, int, int]], tail: bytes = b"") -> Path:
    path.write_bytes(b"".join(record(*one) for one in records) + tail)
    return path


def seconds(places: Paths, *presences: Presence) -> float:
    return sum(p.end - p.start for p in together(lived(facts(places), S), S) if p.presence in presences)


def by_day(places: Paths) -> dict[str, float]:
    return {name: totals.day.best / 60 for name, totals in day_totals(together(lived(facts(places), S), S), S).items()}


def told(ran: Ran) -> dict:
    assert ran.code == 0, ran.err
    (one,) = json.loads(ran.out)
    return one


def test_a_damaged_workrave_log_end_to_end(places: Paths, run: Run, tmp_path: Path) -> None:
    """Overlaps, duplicates, more than six hours on end, impossible times, bytes of nothing: what is sound counts."""
    clean = log(3)
    endless = (MONDAY + 3 * DAY - 600, MONDAY + 3 * DAY, MONDAY + 3 * DAY + 9 * HOUR)
    overlapping = (clean[2][0], clean[2][1] + 60, clean[2][2] - 60)
    backwards = (MONDAY + 100, MONDAY + 50, MONDAY + 20)
    damaged = [*clean[:5], overlapping, clean[1], clean[1], *clean[5:], endless, backwards]
    one = told(run("import", "--json", str(workrave(tmp_path / "damaged", damaged, b"\x00\x0f\x03half"))))
    assert one["format"] == "workrave"
    assert one["left_out_min"] == 0
    problems = " ".join(one["problems"])
    for word in ("twice", "six hours", "impossible", "byte", "overlapped"):
        assert word in problems, word
    counted = by_day(places)
    assert [name for name, minutes in counted.items() if minutes] == [named(0), named(1), named(2)]
    assert list(counted.values())[:3] == pytest.approx([8 * 50 + 8] * 3, abs=1)
    weeks = [json.loads(run("week", "--json", "--back", str(back)).out) for back in (0, 1, 2)]
    [week] = [week for week in weeks if week["first"] == named(0)]
    assert [day["sitting"]["best"] for day in week["days"]] == pytest.approx([8 * 50 + 8] * 3 + [0.0] * 4, abs=1)
    replayed = json.loads(run("replay", "--json", str(tmp_path / "damaged")).out)
    assert replayed["totals"]["sitting_min"]["best"] == pytest.approx(3 * (8 * 50 + 8), abs=3)
    assert replayed["totals"]["thresholds"] == week["thresholds"]


def test_twice_and_a_log_that_has_grown_change_nothing_and_add_what_is_new(
    places: Paths, run: Run, tmp_path: Path
) -> None:
    whole = log(4)
    file = workrave(tmp_path / "log", whole[:13])
    assert told(run("import", "--json", str(file)))["new"] > 0
    before = facts(places)
    assert told(run("import", "--json", str(file)))["new"] == 0
    assert "known already" in run("import", str(file)).out
    assert facts(places) == before
    run("import", str(workrave(file, whole)))
    grown = by_day(places)
    run("forget", "--all", "--yes")
    run("import", str(file))
    assert grown == pytest.approx(by_day(places), abs=0.1)


def test_holes_of_a_day_are_unknown_and_nights_are_not_watched(places: Paths, run: Run, tmp_path: Path) -> None:
    """Workrave was off for two days between two logs: nobody sat there unseen, and nobody was seen to be away."""
    run("import", str(workrave(tmp_path / "log", [*day(MONDAY), *day(MONDAY + 3 * DAY)])))
    assert seconds(places, Presence.UNKNOWN) == 0
    assert seconds(places, *ABSENT) == pytest.approx(14 * 9 * 60, abs=1), "its own idle times only"
    later = MONDAY + 3 * DAY + 10 * HOUR
    run("import", str(workrave(tmp_path / "more", [*day(later)])))
    assert seconds(places, Presence.UNKNOWN) > 60, "a hole within a day"


def ours(places: Paths, spans: list[tuple[float, float]], runs: list[tuple[float, float]]) -> None:
    """What Unhunch itself saw on this machine."""
    made = []
    for kind, pairs in ((Kind.RUNNING, runs), (Kind.INPUT, spans)):
        for start, end in pairs:
            boot = start - MONDAY + 1e5
            made.append(Fact(kind, start, 3600, "boot", boot, end - start, named(0), {}, f"{kind}{start}"))
    places.make_data()
    store = SqliteStore(places.database)
    store.append(sorted(made, key=lambda fact: fact.wall))
    store.close()


def test_what_unhunch_saw_is_never_overwritten(places: Paths, run: Run, tmp_path: Path) -> None:
    """It ran from 10 to 13 and saw one hour; Workrave says there was activity in all of it, and around it."""
    ten, thirteen = MONDAY + HOUR, MONDAY + 4 * HOUR
    ours(places, [(ten, ten + HOUR)], [(ten, thirteen)])
    before = [p for p in lived(facts(places), S) if p.device == ""]
    file = workrave(tmp_path / "log", day(MONDAY))
    one = told(run("import", "--json", str(file)))
    assert one["left_out_min"] == pytest.approx(150, abs=1)
    assert "2 h 30" in run("import", str(file)).out
    assert [p for p in lived(facts(places), S) if p.device == ""] == before
    for fact in facts(places):
        if fact.device == "workrave":
            assert fact.end <= ten or fact.wall >= thirteen
    inside = [p for p in together(lived(facts(places), S), S) if p.end > ten and p.start < thirteen]
    assert sum(p.end - p.start for p in inside if p.presence in SITTING) == pytest.approx(HOUR + 60, abs=1)
    assert sum(p.end - p.start for p in inside if p.presence in ABSENT) == pytest.approx(2 * HOUR - 60, abs=1)
    assert not any(p.presence is Presence.UNKNOWN for p in inside), "its holes are no question where Unhunch watched"
    outside = by_day(places)[named(0)] - 61
    assert outside == pytest.approx(5 * 51, abs=3)


def test_another_machine_that_is_named_stands_beside_this_one(places: Paths, run: Run, tmp_path: Path) -> None:
    ten, thirteen = MONDAY + HOUR, MONDAY + 4 * HOUR
    ours(places, [(ten, ten + HOUR)], [(ten, thirteen)])
    one = told(run("import", "--json", "--device", "laptop", str(workrave(tmp_path / "log", day(MONDAY)))))
    assert one["left_out_min"] == 0
    assert by_day(places)[named(0)] >= 8 * 50


def test_activitywatch_is_clipped_alike_and_read_by_week_and_replay(places: Paths, run: Run, tmp_path: Path) -> None:
    ten = MONDAY + HOUR
    ours(places, [(ten, ten + 600)], [(ten, ten + HOUR)])
    chosen = random.Random(5)
    events, at = [], float(MONDAY)
    while at < MONDAY + 8 * HOUR:
        for status, length in (("not-afk", chosen.uniform(60, 2400)), ("afk", chosen.uniform(180, 900))):
            stamp = f"{named(0)}T{int(at % DAY // 3600):02d}:{int(at % 3600 // 60):02d}:{at % 60:09.6f}+00:00"
            events.append({"timestamp": stamp, "duration": length, "data": {"status": status}})
            at += length
    bucket = {"id": "aw-watcher-afk_x", "type": "afkstatus", "events": [*events, *events[3:9]]}
    file = write(tmp_path / "buckets.json", json.dumps({"buckets": {"aw-watcher-afk_x": bucket}}))
    one = told(run("import", "--json", str(file)))
    assert one["left_out_min"] > 20
    assert any("twice" in problem for problem in one["problems"])
    assert told(run("import", "--json", str(file)))["new"] == 0
    inside = [p for p in together(lived(facts(places), S), S) if p.start >= ten and p.end <= ten + HOUR]
    assert sum(p.end - p.start for p in inside if p.presence in SITTING) <= 660 + 1
    assert json.loads(run("replay", "--json", str(file)).out)["totals"]["sitting_min"]["best"] > 200


def test_a_large_import_says_how_far_it_is(
    places: Paths, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal by two bars, reading and writing; elsewhere not, and not for what takes no time."""
    monkeypatch.setenv("TERM", "xterm")
    file = workrave(tmp_path / "large[b]", log(60))
    assert importing.LARGE > file.stat().st_size > 1000
    with monkeypatch.context() as seen:
        seen.setattr("sys.stderr.isatty", lambda: True, raising=False)
        small = run("import", str(file))
        assert (small.code, small.err) == (0, "")
        seen.setattr(importing, "LARGE", 1000)
        seen.setattr(importing, "MANY", 100)
        seen.setattr(importing, "AT_ONCE", 50)
        again = run("import", "--device", "other", str(file))
        assert again.code == 0
        assert "large[b]: reading" in again.err
        assert "large[b]: writing" in again.err
        assert "taken in" in again.out
    monkeypatch.setattr(importing, "LARGE", 1000)
    monkeypatch.setattr(importing, "MANY", 100)
    quiet = run("import", "--device", "third", str(file))
    assert (quiet.code, quiet.err) == (0, "")


def test_a_table_of_something_else_is_not_taken_for_an_idle_log(run: Run, places: Paths, tmp_path: Path) -> None:
    """Lines with colons and numbers, as /etc/passwd has them."""
    file = tmp_path / "passwd"
    file.write_text("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n")
    ran = run("import", str(file))
    assert ran.code == Exit.WRONG, ran.out
    assert "idle log" not in ran.err.splitlines()[0].lower()
    assert not places.database.exists()
