"""ActivityWatch exports as they are found: overlaps, duplicates, holes, and much that is none of our business."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from unhunch.core.facts import Fact, Kind
from unhunch.importers import activitywatch
from unhunch.importers.activitywatch import Host
from unhunch.importers.recording import BadRecording, facts_from
from unhunch.report.export import export_activitywatch

T0 = 1_700_000_000.0
HOUR = 3600.0


def event(start: float, seconds: Any, status: Any = "not-afk") -> dict[str, Any]:
    at = datetime.fromtimestamp(T0 + start, UTC).isoformat()
    return {"id": 1, "timestamp": at, "duration": seconds, "data": {"status": status}}


def exported(*events: object, **more: object) -> bytes:
    afk = {
        "id": "aw-watcher-afk_pc",
        "type": "afkstatus",
        "client": "aw-watcher-afk",
        "hostname": "pc",
        "events": events,
    }
    return json.dumps({"buckets": {"aw-watcher-afk_pc": afk, **more}}).encode()


def relative(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(start - T0, end - T0) for start, end in intervals]


def test_presence_and_what_was_watched_are_told_apart() -> None:
    found = activitywatch.parse(exported(event(0, 600), event(600, 300, "afk"), event(2000, 50.5)))
    assert relative(found.spans) == [(0, 600), (2000, 2050.5)]
    assert relative(found.covered) == [(0, 900), (2000, 2050.5)], "the hole is unknown, not away"
    assert found.problems == []


def test_overlaps_duplicates_and_zeros_are_taken_once_and_counted() -> None:
    found = activitywatch.parse(
        exported(event(0, 600), event(0, 600), event(100, 900), event(300, 100, "afk"), event(5, 0), event(0, 600))
    )
    assert relative(found.spans) == [(0, 1000)]
    assert relative(found.covered) == [(0, 1000)]
    assert found.problems == [
        "2 events are there twice.",
        "1 event of no length was left out.",
        "1 span overlapped or touched another.",
    ]


def test_twenty_eight_hours_in_a_window_of_seventeen_are_seventeen() -> None:
    raw = [event(n * HOUR / 2, HOUR * 0.875) for n in range(32)]
    found = activitywatch.parse(exported(*raw))
    assert sum(e["duration"] for e in raw) == 28 * HOUR
    assert sum(end - start for start, end in found.spans) == 15.5 * HOUR + 0.875 * HOUR


def test_an_absence_inside_one_event_of_presence_is_a_sleep_that_was_recorded_through() -> None:
    """22:00 to 02:50 as presence, with the watcher's own absence of 4 h 38 inside it."""
    found = activitywatch.parse(exported(event(0, 4 * HOUR + 3000), event(600, 4 * HOUR + 2280, "afk")))
    assert relative(found.spans) == [(0, 600), (4 * HOUR + 2880, 4 * HOUR + 3000)]
    assert relative(found.covered) == [(0, 4 * HOUR + 3000)]
    assert "a sleep was recorded through" in found.problems[0]


def test_input_outweighs_an_absence_that_is_not_inside_one_event_or_is_another_buckets() -> None:
    assert relative(activitywatch.parse(exported(event(0, 600), event(300, 600, "afk"))).spans) == [(0, 600)]
    assert relative(activitywatch.parse(exported(event(0, 600), event(0, 600, "afk"))).spans) == [(0, 600)]
    other = {"type": "afkstatus", "hostname": "pc", "events": [event(60, 300, "afk")]}
    assert relative(activitywatch.parse(exported(event(0, 600), other=other)).spans) == [(0, 600)]


def test_hibernating_is_an_absence() -> None:
    found = activitywatch.parse(exported(event(0, 600), event(600, 1200, "hibernating")))
    assert (relative(found.spans), relative(found.covered)) == ([(0, 600)], [(0, 1800)])
    assert found.problems == []


PHONE = {"type": "afkstatus", "hostname": "phone", "events": [event(7 * HOUR, HOUR)]}


def test_of_several_machines_one_is_taken_and_the_others_are_named() -> None:
    data = exported(event(0, 600), phone=PHONE)
    for host in (Host(here="pc"), Host(wanted="PC", here="phone")):
        found = activitywatch.parse(data, host=host)
        assert relative(found.spans) == [(0, 600)]
        assert found.host == "pc"
        assert found.problems == [
            "Of several machines only pc was taken; left out: phone (1 h). Another one: --host NAME"
        ]
    assert relative(activitywatch.parse(data, host=Host(wanted="phone")).spans) == [(7 * HOUR, 8 * HOUR)]


def test_of_several_machines_none_is_guessed() -> None:
    data = exported(event(0, 600), phone=PHONE)
    with pytest.raises(BadRecording, match=r"several machines: pc \(10 min\), phone \(1 h\)") as asked:
        activitywatch.parse(data, host=Host(here="third"))
    assert asked.value.remedy == "Say which one is to be taken: --host pc"
    with pytest.raises(BadRecording, match=r"no record of a machine named tablet; it holds pc \(10 min\), phone"):
        activitywatch.parse(data, host=Host(wanted="tablet"))


def test_a_presence_over_six_hours_is_unknown() -> None:
    found = activitywatch.parse(exported(event(0, 6 * HOUR + 1), event(7 * HOUR, 60), event(8 * HOUR, 9 * HOUR, "afk")))
    assert relative(found.spans) == [(7 * HOUR, 7 * HOUR + 60)]
    assert relative(found.covered) == [(7 * HOUR, 7 * HOUR + 60), (8 * HOUR, 17 * HOUR)]
    assert found.problems == ["1 span of presence over six hours was left out as unknown: a suspend was missed."]


@pytest.mark.parametrize(
    "odd",
    [
        event(0, -1),
        event(0, float("nan")),
        event(0, float("inf")),
        event(0, "12"),
        {**event(0, 60), "duration": True},
        event(0, None),
        event(0, 60, "asleep"),
        event(0, 60, ["afk"]),
        {**event(0, 60), "timestamp": "noon"},
        {**event(0, 60), "timestamp": 12},
        {**event(0, 60), "timestamp": "0001-01-01T00:00:00+14:00"},
        {**event(0, 60), "timestamp": "9999-12-31T23:59:59-12:00"},
        {**event(0, 60), "data": None},
        {"timestamp": "2023-11-14T22:13:20Z"},
        "text",
        None,
        [],
    ],
)
def test_an_event_that_makes_no_sense_costs_only_itself(odd: object) -> None:
    found = activitywatch.parse(exported(event(100, 60), odd))
    assert relative(found.spans) == [(100, 160)]
    assert found.problems == ["1 event that makes no sense was left out."]


def test_times_may_be_written_in_several_ways() -> None:
    same = ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000+00:00", "2023-11-15T00:13:20+02:00", "2023-11-14T22:13:20"]
    for number, at in enumerate(same):
        found = activitywatch.parse(exported({**event(0, 60), "timestamp": at}))
        assert relative(found.spans) == [(0, 60)], number


def test_other_buckets_are_not_looked_at() -> None:
    titles = {"type": "currentwindow", "events": [{"timestamp": "x", "data": {"title": "SECRET"}}]}
    found = activitywatch.parse(exported(event(0, 60), windows=titles))
    assert "SECRET" not in repr(found)
    assert found.problems == []


def test_a_single_bucket_and_several_machines_are_read() -> None:
    one = json.loads(exported(event(0, 60)))["buckets"]["aw-watcher-afk_pc"]
    assert relative(activitywatch.parse(json.dumps(one)).spans) == [(0, 60)]
    other = {"type": "afkstatus", "events": [event(30, 60)]}
    assert relative(activitywatch.parse(exported(event(0, 60), laptop=other)).spans) == [(0, 90)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\x00",
        b"[1]",
        b"{}",
        b'{"buckets": []}',
        b'{"buckets": {}}',
        b'{"buckets": {"a": {"type": "currentwindow", "events": []}}}',
        b'{"buckets": {"a": {"type": "afkstatus", "events": {}}}}',
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_export_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadRecording) as caught:
        activitywatch.parse(data)
    assert caught.value.means == "Nothing was imported."
    assert "Export" in caught.value.remedy


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = st.recursive(leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3))
events = st.builds(
    event,
    st.floats(-1e6, 1e6),
    st.floats() | st.integers() | st.floats(0, 1e5),
    st.sampled_from(["afk", "not-afk", "?"]),
)


@settings(max_examples=examples(200))
@given(st.lists(events | anything, max_size=12))
def test_any_events_give_a_sound_import(raw: list[object]) -> None:
    found = activitywatch.parse(exported(*raw))
    for intervals in (found.spans, found.covered):
        assert all(start < end for start, end in intervals)
        assert all(before[1] < after[0] for before, after in pairwise(intervals))
    assert all(any(a <= start and end <= b for a, b in found.covered) for start, end in found.spans)
    facts_from(found, "pc", lambda _: 0)


@settings(max_examples=examples(100))
@given(st.binary(max_size=200) | anything.map(json.dumps))
def test_junk_is_refused(data: bytes | str) -> None:
    with pytest.raises(BadRecording):
        activitywatch.parse(data)


def test_our_own_export_is_read_back() -> None:
    facts = [
        Fact(Kind.RUNNING, T0, 0, "b", 0.0, 5000.0, key="r"),
        Fact(Kind.INPUT, T0 + 10, 0, "b", 10.0, 600.0, key="i"),
        Fact(Kind.BLIND, T0 + 3000, 0, "b", 3000.0, 1000.0, key="x"),
    ]
    found = activitywatch.parse("".join(export_activitywatch(facts, "pc")))
    assert relative(found.spans) == [(10, 610)]
    assert relative(found.covered) == [(0, 3000), (4000, 5000)]
