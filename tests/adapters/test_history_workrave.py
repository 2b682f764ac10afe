"""Workrave's idle logs, sound and damaged."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.fakes.store import MemoryStore
from unhunch.core.facts import Kind
from unhunch.importers import workrave
from unhunch.importers.recording import BadRecording, Import, facts_from

T0 = 1_600_000_000
HOUR = 3600


def record(idle_from: int, active_from: int, active_to: int, active: int | None = None, size: int = 15) -> bytes:
    """`active` seconds: as long as the span, if nothing else is said, as far as the field goes."""
    seconds = max(0, min(active_to - active_from, 65535)) if active is None else active
    return struct.pack(">HBIIIH", size, 3, idle_from, active_from, active_to, seconds)


MORNING = record(1, T0, T0 + 100) + record(T0 + 100, T0 + 160, T0 + 400) + record(T0 + 400, T0 + 1000, T0 + 1300)


def test_a_record_is_seventeen_bytes() -> None:
    assert len(record(1, T0, T0)) == 17


def test_activity_between_idles_becomes_spans() -> None:
    assert workrave.parse(MORNING) == Import(
        "workrave", [(T0, T0 + 100), (T0 + 160, T0 + 400), (T0 + 1000, T0 + 1300)], [(T0, T0 + 1300)], []
    )


def test_a_new_log_leaves_a_hole_that_nobody_watched() -> None:
    later = T0 + 5 * HOUR
    found = workrave.parse(MORNING + record(1, later, later + 50))
    assert found.covered == [(T0, T0 + 1300), (later, later + 50)]


def test_order_and_repetition_do_not_matter() -> None:
    pieces = [MORNING[at : at + 17] for at in range(0, len(MORNING), 17)]
    found = workrave.parse(b"".join(reversed(pieces)) + MORNING)
    assert (found.spans, found.covered) == (workrave.parse(MORNING).spans, workrave.parse(MORNING).covered)
    assert found.problems == ["3 records are there twice."]


def test_overlaps_count_once() -> None:
    found = workrave.parse(MORNING + record(T0 + 20, T0 + 50, T0 + 200))
    assert found.spans[0] == (T0, T0 + 400)
    assert found.problems == ["2 spans overlapped or touched others."]


def test_a_missed_suspend_is_unknown_neither_input_nor_watched() -> None:
    found = workrave.parse(
        MORNING + record(T0 + 1300, T0 + 1400, T0 + 1400 + 6 * HOUR + 1) + record(T0 + 30000, T0 + 30100, T0 + 30200)
    )
    assert found.spans == [*workrave.parse(MORNING).spans, (T0 + 30100, T0 + 30200)]
    assert found.covered == [(T0, T0 + 1400), (T0 + 30000, T0 + 30200)]
    assert found.problems == [
        "1 span of activity over six hours was left out as unknown: a suspend was missed.",
    ]
    just = workrave.parse(record(1, T0, T0 + 6 * HOUR))
    assert just.spans == [(T0, T0 + 6 * HOUR)]


def test_of_a_span_that_goes_on_through_a_sleep_the_active_seconds_count() -> None:
    """Fifteen minutes of input in five hours: the rest is unknown."""
    begin = 1_767_600_600
    found = workrave.parse(record(begin - 600, begin, begin + 18_000, 900))
    assert found.spans == [(begin, begin + 900)]
    assert found.covered == [(begin - 600, begin + 900)]
    assert found.problems == ["1 span of activity is longer than its active seconds; the rest of it is unknown."]


def test_a_span_may_be_longer_than_its_active_seconds_by_what_is_no_break() -> None:
    assert workrave.parse(record(T0, T0 + 60, T0 + 1260, 900)).spans == [(T0 + 60, T0 + 1260)]
    assert workrave.parse(record(T0, T0 + 60, T0 + 1261, 900)).spans == [(T0 + 60, T0 + 960)]


def test_a_long_idle_is_watched_time() -> None:
    found = workrave.parse(record(T0, T0 + 14 * HOUR, T0 + 14 * HOUR + 60))
    assert found.covered == [(T0, T0 + 14 * HOUR + 60)]


def test_activity_of_no_length_is_no_span_but_watched() -> None:
    found = workrave.parse(record(T0, T0 + 60, T0 + 60))
    assert (found.spans, found.covered) == ([], [(T0, T0 + 60)])
    assert found.problems == ["1 activity of no length was left out."]


@pytest.mark.parametrize("cut", range(1, 17))
def test_a_record_cut_off_at_the_end_costs_only_itself(cut: int) -> None:
    found = workrave.parse(MORNING + MORNING[:cut])
    assert found.spans == workrave.parse(MORNING).spans
    assert found.problems == ["1 byte belongs to no record." if cut == 1 else f"{cut} bytes belong to no record."]


@pytest.mark.parametrize("junk", [b"\xff", b"\x00" * 5, b"junk" * 7, b"\x00\x0f" * 20, b"\x00\x0e" + b"\0" * 14])
def test_damage_in_the_middle_costs_only_itself(junk: bytes) -> None:
    half = 17
    found = workrave.parse(MORNING[:half] + junk + MORNING[half:])
    assert found.spans == workrave.parse(MORNING).spans
    assert found.problems


def test_impossible_times_cost_only_their_record() -> None:
    broken = record(T0, T0 - 5, T0 + 100) + record(T0, 7, 9) + record(2, T0, T0 + 5) + record(T0, T0 + 9, T0 + 3)
    found = workrave.parse(MORNING[:17] + broken + MORNING[17:])
    assert found.spans == workrave.parse(MORNING).spans
    assert found.problems == ["4 records with impossible times were left out."]


@pytest.mark.parametrize("data", [b"", b"\x00", b"hello world" * 100, b"\x00\x0f" * 50_000, b"\x00" * 100_000])
def test_what_is_no_log_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadRecording) as caught:
        workrave.parse(data)
    assert caught.value.what
    assert caught.value.means == "Nothing was imported."
    assert "idlelog" in caught.value.remedy


def well_formed(found: Import) -> None:
    for intervals in (found.spans, found.covered):
        assert all(start < end for start, end in intervals)
        assert all(before[1] < after[0] for before, after in pairwise(intervals))
    for start, end in found.spans:
        assert any(a <= start and end <= b for a, b in found.covered)
        assert end - start <= 400 * HOUR


times = st.integers(0, 2**32 - 1) | st.integers(T0, T0 + 100_000) | st.just(1)
records = st.builds(record, times, times, times, st.integers(0, 65535), st.sampled_from([15, 15, 15, 14, 16, 3840]))


@settings(max_examples=examples(300))
@given(st.lists(records | st.binary(max_size=20), max_size=30).map(b"".join) | st.binary(max_size=400))
def test_any_bytes_give_a_sound_import_or_a_refusal(data: bytes) -> None:
    try:
        found = workrave.parse(data)
    except BadRecording:
        return
    well_formed(found)
    facts_from(found, "old-pc", lambda _: 3600)


def test_ten_years_of_records_are_read_to_the_last_with_progress() -> None:
    """180,000 records, about what ten years leave; how long it takes is measured in benchmarks."""
    data = b"".join(record(T0 + n * 900, T0 + n * 900 + 400, T0 + n * 900 + 900) for n in range(180_000))
    told: list[tuple[int, int]] = []
    found = workrave.parse(data, lambda done, total: told.append((done, total)))
    assert len(found.spans) == 180_000
    assert found.covered == [(T0, T0 + 180_000 * 900)]
    assert found.problems == []
    assert told == sorted(told)
    assert told[-1] == (len(data), len(data))
    assert len(told) > 40


def test_facts_are_in_order_and_twice_in_changes_nothing() -> None:
    found = workrave.parse(MORNING)
    facts = facts_from(found, "old-pc", lambda _: -3600)
    assert [(f.kind, f.wall, f.length) for f in facts] == [
        (Kind.RUNNING, T0, 1300.0),
        (Kind.INPUT, T0, 100.0),
        (Kind.INPUT, T0 + 160, 240.0),
        (Kind.INPUT, T0 + 1000, 300.0),
    ]
    assert {f.boot_id for f in facts} == {"import:workrave"}
    assert {(f.device, f.utc_offset, f.day) for f in facts} == {("old-pc", -3600, "2020-09-13")}
    store = MemoryStore()
    store.append(facts)
    store.append(facts_from(workrave.parse(MORNING + MORNING), "old-pc", lambda _: -3600))
    assert store.read() == facts
    assert store.since_checkpoint() == [], "other programs' records do not touch the running state"


def test_a_log_that_has_grown_adds_only_what_is_new() -> None:
    days = [record(T0 + n * 3600, T0 + n * 3600 + 1800, T0 + (n + 1) * 3600) for n in range(240)]
    first = facts_from(workrave.parse(b"".join(days[:200])), "old-pc", lambda _: 0)
    store = MemoryStore()
    store.append(first)
    store.append(facts_from(workrave.parse(b"".join(days)), "old-pc", lambda _: 0))
    running = store.read(kinds=[Kind.RUNNING])
    assert max(f.length for f in running) <= 86400
    assert len(store.read(kinds=[Kind.INPUT])) == 240
    assert len(running) == 12, "eleven days, one of them known twice: as it was and as it has become"
