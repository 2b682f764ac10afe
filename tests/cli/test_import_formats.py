"""Everybody's history: one recogniser for three commands, what came of each file, and back out again."""

import errno
import gzip
import json
import os
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_history_gnome import DAY_OF_ONE, T0, changes
from tests.adapters.test_history_workrave_days import TEXT, statistics
from tests.cli.conftest import Ran
from tests.cli.test_commands import Run, facts
from unhunch.adapters.clock import SystemClock
from unhunch.control.lock import lock
from unhunch.core.facts import Kind
from unhunch.paths import Paths

HOUR = 3600


def events(*found: tuple[float, float, str]) -> list[dict[str, Any]]:
    at = datetime(2026, 11, 16, 8, tzinfo=UTC)
    return [
        {"timestamp": (at + timedelta(seconds=a)).isoformat(), "duration": n, "data": {"status": s}}
        for a, n, s in found
    ]


MORNING = events((0, HOUR, "not-afk"), (HOUR, 600, "afk"), (HOUR + 600, 5400, "not-afk"))
"""08:00 to 10:40 UTC: 150 min of presence in 160."""
BUCKET = {"id": "aw-watcher-afk_pc", "type": "afkstatus", "client": "aw", "hostname": "pc", "events": MORNING}


def python_server(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.executescript(
            """CREATE TABLE bucketmodel (key INTEGER PRIMARY KEY, id TEXT, created TEXT, name TEXT, type TEXT,
                client TEXT, hostname TEXT, datastr TEXT);
            CREATE TABLE eventmodel (id INTEGER PRIMARY KEY, bucket_id INTEGER, timestamp TEXT, duration REAL,
                datastr TEXT);
            INSERT INTO bucketmodel VALUES (1, 'afk', '', '', 'afkstatus', 'aw', 'pc', '{}'),
                (2, 'window', '', '', 'currentwindow', 'aw', 'pc', '{}');
            INSERT INTO eventmodel VALUES (1, 2, '2026-11-16 08:00:00+00:00', 28800, '{"title": "SECRET"}');"""
        )
        rows = [(one["timestamp"].replace("T", " "), one["duration"], json.dumps(one["data"])) for one in MORNING]
        made.executemany("INSERT INTO eventmodel (bucket_id, timestamp, duration, datastr) VALUES (1, ?, ?, ?)", rows)
        made.commit()


def rust_server(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            """CREATE TABLE buckets (id INTEGER PRIMARY KEY, name TEXT, type TEXT, client TEXT, hostname TEXT,
                created TEXT);
            CREATE TABLE events (id INTEGER PRIMARY KEY, bucketrow INTEGER, starttime INTEGER, endtime INTEGER,
                data TEXT);
            INSERT INTO buckets VALUES (7, 'afk', 'afkstatus', 'aw', 'pc', '');"""
        )
        for one in MORNING:
            start = round(datetime.fromisoformat(one["timestamp"]).timestamp() * 1e9)
            row = (start, start + round(one["duration"] * 1e9), json.dumps(one["data"]))
            made.execute("INSERT INTO events (bucketrow, starttime, endtime, data) VALUES (7, ?, ?, ?)", row)
        made.commit()


def text(document: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(document))


FORMS: dict[str, Callable[[Path], object]] = {
    "export": text({"buckets": {"x": BUCKET}}),
    "buckets as a list": text({"buckets": [BUCKET]}),
    "buckets late in the file": text({"note": "x" * 5000, "buckets": {"x": BUCKET}}),
    "one bucket": text(BUCKET),
    "the old export": text({"x": BUCKET}),
    "events only": text(MORNING),
    "with a byte order mark": lambda path: path.write_text(json.dumps({"buckets": {"x": BUCKET}}), "utf-8-sig"),
    "UTF-16": lambda path: path.write_text(json.dumps({"buckets": {"x": BUCKET}}), "utf-16"),
    "UTF-16 without a mark": lambda path: path.write_text(json.dumps({"buckets": {"x": BUCKET}}), "utf-16-be"),
    "gzip": lambda path: path.write_bytes(gzip.compress(json.dumps(MORNING).encode())),
    "the server in Python": python_server,
    "the server in Rust": rust_server,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_record_is_the_same_record(places: Paths, run: Run, tmp_path: Path, form: str) -> None:
    file = tmp_path / "record"
    FORMS[form](file)
    before = sorted(path.name for path in tmp_path.iterdir())
    [told] = json.loads(run("import", "--json", str(file)).out)
    assert (told["format"], told["new"], told["problems"]) == ("activitywatch", 3, [])
    assert sum(f.length for f in facts(places) if f.kind is Kind.INPUT) == 150 * 60
    assert "SECRET" not in str(facts(places))
    replayed = json.loads(run("replay", "--json", str(file)).out)
    assert replayed["totals"]["sitting_min"]["low"] == pytest.approx(152, abs=1)
    assert run("plan", "--simulate", str(file), "--weeks", "1").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == before, "nothing is left in that folder"


def zipped(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04rest")


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: path.write_bytes(b""), "There is nothing in this file"),
    "cut off": (
        lambda path: path.write_text(json.dumps({"buckets": {"x": BUCKET}})[:300]),
        "record of ActivityWatch, and",
    ),
    "no events": (text({k: v for k, v in BUCKET.items() if k != "events"}), "lists ActivityWatch's buckets without"),
    "of a phone": (text({"buckets": {"x": {**BUCKET, "type": "currentwindow"}}}), "It holds currentwindow"),
    "several machines": (text({"buckets": {"x": BUCKET, "y": {**BUCKET, "hostname": "b"}}}), "--host b"),
    "other JSON": (text({"a": 1}), "JSON, of a program that is not known here"),
    "text": (lambda path: path.write_text("Dear diary"), "no record that is known here"),
    "accounts": (lambda path: path.write_text("root:x:0:0:root:/root:/bin/sh\n" * 40), "no record that is known here"),
    "a zip": (zipped, "zip archive"),
    "half a gzip": (lambda path: path.write_bytes(gzip.compress(b"{}" * 99)[:20]), "compressed with gzip, and damaged"),
    "half a database": (
        lambda path: path.write_bytes(b"SQLite format 3\0" + b"\1" * 60),
        "SQLite database, and damaged",
    ),
    "a picture": (lambda path: path.write_bytes(random.Random(1).randbytes(1 << 20)), "hardly a sound record is in it"),
    "a folder": (lambda path: path.mkdir(), "This cannot be read: Is a directory"),
    "none": (lambda path: path, "This cannot be read: No such file"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_read_is_named_alike_by_all_three(places: Paths, run: Run, tmp_path: Path, kind: str) -> None:
    write, says = BAD[kind]
    file = tmp_path / "record"
    write(file)
    said = [run("import", str(file)), run("replay", str(file)), run("plan", "--simulate", str(file))]
    assert {one.code for one in said} == {2}
    for one in said:
        assert says in one.err
        assert one.err.startswith(str(file))
        assert len(one.err.splitlines()) == 3
    assert not places.database.exists() or not facts(places)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        (errno.EACCES, "Look at its owner and mode: ls -l {file}"),
        (errno.ENOENT, "Look at its name: ls {folder}"),
        (errno.EIO, "Workrave: idlelog.*.log, historystats"),
    ],
)
def test_a_file_that_cannot_be_opened_says_where_to_look(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int, remedy: str
) -> None:
    file = tmp_path / "record"
    FORMS["export"](file)
    opened = Path.open

    def refused(path: Path, *args: Any, **more: Any) -> Any:
        if path == file:
            raise OSError(reason, os.strerror(reason), str(path))
        return opened(path, *args, **more)

    monkeypatch.setattr(Path, "open", refused)
    ran = run("import", str(file))
    assert ran.code == 2
    what, means, to_do = ran.err.splitlines()
    assert what == f"{file}: This cannot be read: {os.strerror(reason)}."
    assert means == "Nothing was imported."
    assert to_do.startswith(remedy.format(file=file, folder=tmp_path))


def test_a_record_of_another_machine_is_told_to_be_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "record"
    FORMS["export"](file)
    ran = run("import", str(file))
    again = f"If that is not this machine: unhunch import --undo, then unhunch import --device pc {file}."
    assert f"It was recorded on pc. {again}" in ran.out
    run("import", "--undo")
    told = json.loads(run("import", "--json", "--device", "pc", str(file)).out)
    assert told[0]["host"] == "", "it was said"
    run("import", "--undo")
    monkeypatch.setattr("unhunch.importers.recognise.here", lambda: "PC")
    monkeypatch.setattr("unhunch.cli.importing.here", lambda: "PC")
    assert "recorded on" not in run("import", str(file)).out


def test_of_several_files_the_good_ones_are_taken_and_the_others_named(places: Paths, run: Run, tmp_path: Path) -> None:
    good, bad, other = tmp_path / "good", tmp_path / "bad", tmp_path / "other"
    FORMS["export"](good)
    bad.write_text("Dear diary")
    ran = run("import", str(bad), str(good), str(other))
    assert ran.code == 2
    assert f"{good}: 2026-11-16" in ran.out
    assert ran.err.startswith("2 of 3 files cannot be read.")
    assert f"{bad}: This is no record" in ran.err
    assert f"{other}: This cannot be read" in ran.err
    assert len(facts(places)) >= 3
    replayed = run("replay", str(bad), str(good))
    assert (replayed.code, "2026-11-16" in replayed.out) == (2, True)
    assert "1 of 2 files cannot be read." in replayed.err
    simulated = run("plan", "--simulate", str(bad), str(good), "--weeks", "1")
    assert (simulated.code, "Week  1" in simulated.out) == (2, True)
    assert simulated.err.replace("played", "replayed") == replayed.err


def test_what_cannot_be_read_is_named_to_programs_too(run: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    FORMS["export"](good)
    bad.write_text(json.dumps(changes((0, 1, 0), (2, 0, 5))))
    ran = run("import", "--json", str(bad), str(good))
    taken, failed = json.loads(ran.out)
    assert (ran.code, taken["file"], taken["new"]) == (2, str(good), 3)
    assert (failed["file"], failed["problems"]) == (str(bad), [])
    assert "entry 1 of it makes no sense" in failed["failed"]
    assert "gnome-shell/session-active-history.json" in failed["remedy"]
    alone = run("import", "--json", str(bad))
    assert (alone.code, json.loads(alone.out)) == (2, [failed])
    for command in (("replay",), ("plan", "--weeks", "1", "--simulate")):
        ran = run(*command, str(bad), str(good), "--json")
        assert (ran.code, json.loads(ran.out)["failed"]) == (2, [failed])
        ran = run(*command, str(good), "--json")
        assert (ran.code, json.loads(ran.out)["failed"]) == (0, [])


def test_twice_and_under_another_name_nothing_is_doubled(places: Paths, run: Run, tmp_path: Path) -> None:
    for form in ("export", "the server in Rust", "events only"):
        FORMS[form](tmp_path / form)
    FORMS["export"](tmp_path / "a copy")
    names = [str(path) for path in sorted(tmp_path.iterdir()) if path.is_file()]
    run("import", *names)
    assert sum(f.length for f in facts(places) if f.kind is Kind.INPUT) == 150 * 60
    once = json.loads(run("replay", "--json", names[0]).out)["totals"]["sitting_min"]
    assert json.loads(run("replay", "--json", *names).out)["totals"]["sitting_min"] == once


def week_of(run: Run, first: str) -> dict[str, Any]:
    monday = SystemClock().now().local.date()
    monday -= timedelta(days=monday.weekday())
    back = (monday - datetime.fromisoformat(first).date()).days // 7
    week: dict[str, Any] = json.loads(run("week", "--json", "--back", str(back)).out)
    assert week["first"] == first
    return week


def week_lines(run: Run, first: str) -> dict[str, str]:
    """What stands in the terminal beside each day's name."""
    monday = SystemClock().now().local.date()
    monday -= timedelta(days=monday.weekday())
    back = (monday - datetime.fromisoformat(first).date()).days // 7
    lines = run("week", "--back", str(back)).out.splitlines()
    bars = [line for line in lines if line.rstrip()[-1:].isdigit()]
    return {line[:10].strip(): line[10:].strip() for line in reversed(bars)}


def test_gnomes_screen_time_end_to_end(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "session-active-history.json"
    file.write_text(json.dumps(changes(*DAY_OF_ONE)))
    ran = run("import", str(file))
    assert "1 day, 1 h 25 of sitting." in ran.out
    [day] = [day for day in week_of(run, "2026-01-05")["days"] if day["sitting"]["high"]]
    assert day["sitting"]["low"] == day["sitting"]["best"] == 85
    assert day["sitting"]["high"] == 85 + (1800 + 30000 + 600) / 60
    assert datetime.fromisoformat(day["stretches"][0]["start"]).timestamp() == T0


@pytest.mark.parametrize("form", ["text", "database"])
def test_workraves_days_are_told_as_sums(run: Run, tmp_path: Path, form: str) -> None:
    file = tmp_path / "stats"
    if form == "text":
        file.write_text(TEXT)
    else:
        statistics(file)
    assert "1 day, 6 h of sitting." in run("import", str(file)).out
    monday, tuesday = week_of(run, "2026-01-05")["days"][:2]
    assert monday["sitting"] == {"low": 360, "best": 360, "high": 578}
    assert monday["summed"] == {"program": "workrave", "measured": True, "asked": 9, "taken": 5}
    assert monday["stretches"] == []
    assert tuesday["sitting"] == {"low": 0, "best": 0, "high": 175}
    assert not tuesday["summed"]["measured"]
    assert not tuesday["counted"]
    shown = week_lines(run, "2026-01-05")
    assert shown["Mon  5 Jan"].startswith("6 h ")
    assert shown["Mon  5 Jan"].endswith("6 h - 9 h 38")
    assert shown["Tue  6 Jan"].startswith("? "), "nobody can say that it was 0 min"
    assert shown["Tue  6 Jan"].endswith(" ? - 2 h 55")
    replayed = run("replay", str(file)).out
    assert "without moments that could be replayed" in replayed
    assert "no activity" not in replayed


def test_of_two_sums_of_a_day_todays_own_file_counts_and_a_record_of_moments_over_both(
    run: Run, tmp_path: Path
) -> None:
    past, today, moments = tmp_path / "historystats", tmp_path / "todaystats", tmp_path / "moments"
    past.write_text(TEXT)
    today.write_text("WorkRaveStats 4\nD 5 0 126 8 2 5 0 126 17 40\nm 6 18000 1 1 1 1 1\n")
    run("import", str(past), str(today))
    assert week_of(run, "2026-01-05")["days"][0]["sitting"]["best"] == 300
    at = datetime(2026, 1, 5, 8, 2).astimezone()
    moments.write_text(
        json.dumps(
            [
                {"timestamp": at.isoformat(), "duration": 2 * HOUR, "data": {"status": "not-afk"}},
                {"timestamp": (at + timedelta(hours=2)).isoformat(), "duration": 7 * HOUR, "data": {"status": "afk"}},
            ]
        )
    )
    run("import", str(moments))
    monday = week_of(run, "2026-01-05")["days"][0]
    assert monday["sitting"]["best"] == pytest.approx(121, abs=1)
    assert monday["summed"] is None


def workdays(path: Path, hours: float) -> Path:
    """Six weeks of GNOME's record up to yesterday, each day with so many hours at the desk."""
    first = SystemClock().now().local.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=42)
    found = []
    for n in range(42):
        at = int((first + timedelta(days=n)).timestamp())
        ends = at + int(hours * HOUR) + 300
        found += [
            {"oldState": 0, "newState": 1, "wallTimeSecs": at},
            {"oldState": 1, "newState": 0, "wallTimeSecs": ends},
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found))
    return path


def test_the_first_days_expected_sitting_is_ones_own_until_the_import_is_undone(
    places: Paths, run: Run, tmp_path: Path
) -> None:
    ran = run("import", str(workdays(tmp_path / "screen time", 4.5)))
    assert "42 days, 189 h of sitting. Your usual workday is 4 h 30. The plan now expects 4 h 30 today." in ran.out
    kept = [fact for fact in facts(places) if fact.kind is Kind.IMPORTED]
    assert all(seconds == 4.5 * HOUR for _date, seconds in kept[-1].body["days"])
    again = run("import", str(tmp_path / "screen time"))
    assert "known already" in again.out
    undone = run("import", "--undo")
    assert "of screen time." in undone.out
    assert "The plan now expects 5 h 45 today." in undone.out
    assert [f for f in facts(places) if f.device] == []
    nothing = run("import", "--undo")
    assert (nothing.code, "no import to take back" in nothing.err) == (2, True)


def test_undo_takes_back_what_the_last_import_brought_and_no_more(places: Paths, run: Run, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text(json.dumps(MORNING))
    two.write_text(json.dumps([*MORNING, *events((5 * HOUR, HOUR, "not-afk"))]))
    run("import", str(one))
    before = [f for f in facts(places) if f.device]
    run("import", str(two))
    run("import", str(two))
    run("import", "--undo")
    assert [f for f in facts(places) if f.device] == before


def test_a_running_daemon_is_no_hindrance_and_hears_of_it(places: Paths, run: Run, daemon: Any, tmp_path: Path) -> None:
    daemon.replies["imported"] = {"expected_min": 270.0}
    places.make_runtime()
    with lock(places.lock):
        ran: Ran = run("import", str(workdays(tmp_path / "screen time", 4.5)))
    assert ran.code == 0, ran.err
    assert "The plan now expects 4 h 30 today." in ran.out
    [(_command, args)] = [one for one in daemon.asked if one[0] == "imported"]
    assert len(args["days"]) == 42


def test_another_command_at_work_is_waited_for_by_nobody(places: Paths, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "record"
    FORMS["export"](file)
    places.make_runtime()
    with lock(places.lock, "unhunch forget"):
        ran = run("import", str(file))
    assert ran.code == 5
    assert "unhunch forget" in ran.err


def test_files_or_undo_one_of_the_two(run: Run) -> None:
    assert run("import").code == 2
    assert run("import", "--undo", "x").code == 2


MOST = 1.2
"""What the import of a year may cost, as a share of replaying it. It was 0.3 (2026-11-28); benchmarks/taken_in.py
measures the densest of records."""


@pytest.mark.slow(8)
def test_a_year_is_imported_for_little_more_than_replaying_it_costs(run: Run, tmp_path: Path) -> None:
    """By the processor's own time, in one run: what else goes on in the machine counts little."""
    chosen = random.Random(3)
    found, at = [], 0.0
    for day in range(-365, 0):
        at = day * 86400.0
        while at < day * 86400.0 + 9 * HOUR:
            for status, length in (("not-afk", chosen.uniform(120, 2400)), ("afk", chosen.uniform(180, 900))):
                found.append((at, length, status))
                at += length
    file = tmp_path / "year"
    file.write_text(json.dumps(events(*found)))
    costs = []
    for command in ("replay", "import"):
        begun = time.process_time()
        assert run(command, str(file)).code == 0
        costs.append(time.process_time() - begun)
    assert costs[1] <= MOST * costs[0]
