"""What leaves the house, read by programs that are not ours."""

import csv
import io
import json

import pytest

from unhunch.core.facts import Fact, Kind
from unhunch.core.intervals import union, without
from unhunch.report.export import BODY_COLUMNS, COLUMNS, export_activitywatch, export_csv, export_json

T0 = 1_790_000_000.0


def fact(kind: Kind, start: float = 0.0, length: float = 0.0, device: str = "", **body: object) -> Fact:
    return Fact(kind, T0 + start, 7200, "boot", start, length, "2026-09-21", body, f"{kind}-{start}", device)


def test_json_has_the_documented_shape_and_exact_numbers() -> None:
    shown = fact(Kind.SHOWN, 0.1234567, text="für ☕")
    told = json.loads("".join(export_json([shown, fact(Kind.INPUT, 5, 60.5, "laptop")], "desk", "0.1.0")))
    assert list(told) == ["unhunch", "version", "device", "facts"]
    assert (told["unhunch"], told["version"], told["device"]) == (1, "0.1.0", "desk")
    assert told["facts"][0] == {
        "kind": "shown",
        "at": "2026-09-21T16:13:20.123457+02:00",
        "wall": T0 + 0.1234567,
        "utc_offset": 7200,
        "boot_id": "boot",
        "boot": 0.1234567,
        "length": 0.0,
        "day": "2026-09-21",
        "body": {"text": "für ☕"},
        "key": "shown-0.1234567",
        "device": "desk",
    }
    assert told["facts"][1]["device"] == "laptop"


def test_json_of_nothing_is_json() -> None:
    assert json.loads("".join(export_json([], "desk", "0.1.0")))["facts"] == []


def rows(*facts: Fact) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(export_csv(facts, "desk")), newline="")))


def test_csv_has_a_row_for_each_fact_in_local_time() -> None:
    session, answer = rows(
        fact(Kind.SESSION, 60, 294.0, status="done", size="standard", discomfort=3, branches=["tingling"]),
        fact(Kind.ANSWER, 90, action="snooze", what="session", seconds=600),
    )
    assert tuple(session) == COLUMNS
    assert (session["kind"], session["start"], session["end"]) == (
        "session",
        "2026-09-21 16:14:20",
        "2026-09-21 16:19:14",
    )
    assert (session["minutes"], session["utc_offset_hours"], session["device"]) == ("4.9", "2.0", "desk")
    assert (session["status"], session["size"], session["discomfort"]) == ("done", "standard", "3")
    assert json.loads(session["more"]) == {"branches": ["tingling"]}
    assert (answer["end"], answer["minutes"], answer["action"], answer["what"]) == ("", "", "snooze", "session")
    assert json.loads(answer["more"]) == {"seconds": 600}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = start + 'HYPERLINK("http://example.org","x")'
    (row,) = rows(Fact(Kind.HELD, T0, 0, "b", 0.0, 1.0, evil, {"why": evil, "odd": evil}, "k", evil))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row.values())
    assert row["why"] == row["device"] == row["day"] == "'" + evil


def test_numbers_stay_numbers_even_below_zero() -> None:
    (row,) = rows(Fact(Kind.CLOCK, T0, -18000, "b", 0.0, 0.0, "", {"step": -3}, "k"))
    assert row["utc_offset_hours"] == "-5.0"


def test_many_rows_come_in_pieces_and_all_of_them() -> None:
    facts = [fact(Kind.INPUT, n, 1.0) for n in range(1000)]
    pieces = list(export_csv(facts, "desk"))
    assert len(pieces) > 3
    assert len(rows(*facts)) == 1000
    assert len(set(BODY_COLUMNS)) == len(BODY_COLUMNS)


def test_activitywatch_gets_presence_absence_and_holes() -> None:
    told = json.loads(
        "".join(
            export_activitywatch(
                [
                    fact(Kind.RUNNING, 0, 1000.0),
                    fact(Kind.INPUT, 100, 200.0),
                    fact(Kind.INPUT, 250, 100.0),
                    fact(Kind.BLIND, 600, 100.0),
                    fact(Kind.RUNNING, 5000, 10.0),
                    fact(Kind.INPUT, 0, 5.0, "laptop"),
                    fact(Kind.SESSION, 0, 5.0),
                ],
                "desk",
            )
        )
    )
    assert sorted(told["buckets"]) == ["aw-watcher-afk_desk", "aw-watcher-afk_laptop"]
    desk = told["buckets"]["aw-watcher-afk_desk"]
    assert (desk["type"], desk["hostname"], desk["id"]) == ("afkstatus", "desk", "aw-watcher-afk_desk")
    assert desk["created"] == "2026-09-21T14:13:20+00:00"
    assert [(e["duration"], e["data"]["status"]) for e in desk["events"]] == [
        (100.0, "afk"),
        (250.0, "not-afk"),
        (250.0, "afk"),
        (300.0, "afk"),
        (10.0, "afk"),
    ]
    assert desk["events"][1]["timestamp"] == "2026-09-21T14:15:00+00:00"


def test_intervals() -> None:
    assert union([(5, 6), (1, 2), (2, 3), (4, 4), (1.5, 2.5)]) == [(1, 3), (5, 6)]
    assert without([(0, 10), (20, 30)], [(2, 3), (9, 21), (29, 40)]) == [(0, 2), (3, 9), (21, 29)]
    assert without([(0, 10)], []) == [(0, 10)]
    assert without([(0, 1), (2, 3)], [(0, 5)]) == []
