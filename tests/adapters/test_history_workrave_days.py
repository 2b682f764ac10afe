"""Workrave's day statistics, as text and as a database: sums, and what cannot be."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from unhunch.importers import workrave_days
from unhunch.importers.recognise import read
from unhunch.importers.recording import BadRecording, DaySum, Import

TEXT = """WorkRaveStats 4
D 5 0 126 8 2 5 0 126 17 40
B 0 7 40 31 12 1 2 35 900
B 1 7 9 5 2 1 3 8 1200
B 2 7 0 0 0 0 0 0 0
m 6 21600 2500000 1300000 4200 3100 18000
D 6 0 126 22 10 7 0 126 1 5
m 6 0 900 400 30 12 800
"""


def local(*fields: int) -> float:
    return datetime(*fields).timestamp()  # type: ignore[arg-type]


def monday() -> DaySum:
    return DaySum(local(2026, 1, 5, 8, 2), local(2026, 1, 5, 17, 40), 21600.0, 9, 5)


def tuesday() -> DaySum:
    return DaySum(local(2026, 1, 6, 22, 10), local(2026, 1, 7, 1, 5), None)


def test_the_figures_of_two_days() -> None:
    found = workrave_days.parse(TEXT.encode())
    assert found.sums == [monday(), tuesday()]
    assert (found.spans, found.covered) == ([], []), "no moments"
    assert found.problems == ["On 1 day the active time was not measured: only its begin and end are known."]
    assert (monday().end - monday().start) / 3600 == pytest.approx(9 + 38 / 60)
    assert (tuesday().end - tuesday().start) / 3600 == pytest.approx(2 + 55 / 60)


@pytest.mark.parametrize("times", ["8 3 5 0 126 8 3", "8 4 5 0 126 8 3"])
def test_the_first_minutes_of_a_day_begin_late(times: str) -> None:
    """A minute or so at the desk: Workrave notes the begin when it first writes, after the end perhaps (1.10, seen)."""
    [day] = workrave_days.parse(f"WorkRaveStats 4\nD 5 0 126 {times}\nm 6 100 1 1 1 1 1\n".encode()).sums
    assert (day.active, day.end - day.start) == (100.0, 100.0)


def test_the_file_of_one_day_is_the_day_that_goes_on() -> None:
    [day] = workrave_days.parse(TEXT[: TEXT.index("D 6")].encode()).sums
    assert day == monday()._replace(running=True)


def test_a_day_that_is_there_twice_is_the_later_one() -> None:
    again = "D 5 0 126 8 2 5 0 126 18 0\nm 6 25000 1 1 1 1 1\n"
    found = workrave_days.parse((TEXT + again).encode())
    assert [one.active for one in found.sums] == [25000.0, None]
    assert "1 day is there twice." in found.problems


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("D 5 0 126 8 2 6 0 126 8 3", "1 day was left out: more activity than time"),  # longer than a day
        ("D 5 0 126 17 40 5 0 126 8 2", "1 day was left out: more activity than time"),  # backwards
        ("D 5 0 126 8 2 5 0 126 9 2", "1 day was left out: more activity than time"),  # six hours in one
        ("D 31 1 126 8 2 5 0 126 9 2", "1 day that makes no sense"),
        ("D 5 0 126 8 2", "1 day that makes no sense"),
        ("D five 0 126 8 2 5 0 126 9 2", "1 day that makes no sense"),
        ("D 5 0 99999999999 8 2 5 0 126 9 2", "1 day that makes no sense"),
    ],
)
def test_a_day_that_cannot_be_costs_only_itself(line: str, says: str) -> None:
    found = workrave_days.parse(TEXT.replace("D 5 0 126 8 2 5 0 126 17 40", line).encode())
    assert found.sums == [tuesday()]
    assert any(problem.startswith(says) for problem in found.problems)


@pytest.mark.parametrize(
    "fields", ["m 6 x 1 1 1 1 1", "m", "m 6", "m 6 -5 1 1 1 1 1", "m 0 21600", "M 6 21600 1 1 1 1 1"]
)
def test_sums_that_make_no_sense_cost_their_day(fields: str) -> None:
    found = workrave_days.parse(TEXT.replace("m 6 21600 2500000 1300000 4200 3100 18000", fields).encode())
    assert [one.start for one in found.sums if one.active] == []


def test_more_values_than_are_known_are_skipped_and_missing_ones_are_none() -> None:
    text = TEXT.replace("m 6 21600 2500000 1300000 4200 3100 18000", "m 8 21600 1 1 1 1 1 7 7 9 9 9")
    assert workrave_days.parse(text.encode()).sums[0] == monday()
    text = TEXT.replace("B 1 7 9 5 2 1 3 8 1200", "B 1 1 9 5")
    assert workrave_days.parse(text.encode()).sums[0] == monday()._replace(taken=0)


def test_a_file_cut_at_any_byte_tells_nothing_that_is_not_so() -> None:
    whole = TEXT.encode()
    for cut in range(len(whole)):
        try:
            found = workrave_days.parse(whole[:cut])
        except BadRecording:
            continue
        for day in found.sums:
            assert (day.start, day.active) in ((monday().start, 21600.0), (tuesday().start, None))


def test_another_format_is_refused_in_words() -> None:
    with pytest.raises(BadRecording, match="in format 5, which is not known here"):
        workrave_days.parse(b"WorkRaveStats 5\nD 5 0 126 8 2 5 0 126 17 40\n")
    with pytest.raises(BadRecording, match="no day is in them"):
        workrave_days.parse(b"WorkRaveStats 4\n")


@settings(max_examples=examples(200))
@given(
    st.lists(st.sampled_from(["D", "B", "m", "1", "7", "126", "-3", "x", "\n", "99999999999999999999"])).map(" ".join)
)
def test_any_words_give_sums_or_a_refusal(text: str) -> None:
    try:
        found = workrave_days.parse(f"WorkRaveStats 4\n{text}".encode())
    except BadRecording:
        return
    for one in found.sums:
        assert 0 <= (one.active or 0.0) <= one.end - one.start <= 86400 + 120


def statistics(path: Path) -> Path:
    """The same days as Workrave 1.12 keeps them."""
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            """CREATE TABLE schema_info (key TEXT PRIMARY KEY, value TEXT NOT NULL);
            CREATE TABLE stats_day (day TEXT PRIMARY KEY, start_time INTEGER NOT NULL, stop_day TEXT NOT NULL,
                stop_time INTEGER NOT NULL);
            CREATE TABLE stats_break (day TEXT NOT NULL, break_id INTEGER NOT NULL, counter INTEGER NOT NULL,
                value INTEGER NOT NULL, PRIMARY KEY (day, break_id, counter)) WITHOUT ROWID;
            CREATE TABLE stats_misc (day TEXT NOT NULL, counter INTEGER NOT NULL, value INTEGER NOT NULL,
                PRIMARY KEY (day, counter)) WITHOUT ROWID;"""
        )
        made.execute("INSERT INTO stats_day VALUES ('2026-01-05', 28920, '2026-01-05', 63600)")
        made.execute("INSERT INTO stats_day VALUES ('2026-01-06', 79800, '2026-01-07', 3900)")
        for day, values in (("2026-01-05", [21600, 2500000]), ("2026-01-06", [0, 900, 400, 30, 12, 800])):
            made.executemany("INSERT INTO stats_misc VALUES (?, ?, ?)", [(day, n, v) for n, v in enumerate(values)])
        made.executemany("INSERT INTO stats_break VALUES ('2026-01-05', ?, ?, ?)", [(1, 0, 9), (1, 1, 5), (0, 0, 40)])
        made.commit()
    return path


def test_the_database_holds_the_same(tmp_path: Path) -> None:
    found = read(statistics(tmp_path / "statistics.db"))
    assert isinstance(found, Import)
    assert found.sums == [monday(), tuesday()]
    assert found.problems == workrave_days.parse(TEXT.encode()).problems


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE stats_day SET day = 'soon' WHERE day = '2026-01-05'",
        "UPDATE stats_day SET start_time = -5",
        "UPDATE stats_day SET stop_day = x'ff'",
        "UPDATE stats_day SET stop_time = 'noon'",
        "UPDATE stats_misc SET value = -1",
        "UPDATE stats_misc SET value = 'many'",
        "UPDATE stats_misc SET counter = counter + 1000000000000",
        "DELETE FROM stats_misc",
    ],
)
def test_a_wrong_field_in_the_database_costs_its_days(tmp_path: Path, change: str) -> None:
    path = statistics(tmp_path / "statistics.db")
    with closing(sqlite3.connect(path)) as made:
        made.execute(change)
        made.commit()
    found = read(path)
    assert isinstance(found, Import)
    assert [one for one in found.sums if one.active] == []
    assert found.problems
