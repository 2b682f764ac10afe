"""GNOME's screen time, as it is found: its right figures, and what is not taken for sitting."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from unhunch.importers import gnome
from unhunch.importers.recording import BadRecording, Import

T0 = 1_767_600_000
"""2026-01-05 08:00 UTC."""
HOUR = 3600
DAY_OF_ONE = [
    (0, 1, 0), (1, 0, 3900), (0, 1, 4500), (1, 0, 4800), (0, 1, 5700), (1, 0, 6000), (0, 1, 7200), (0, 1, 9000),
    (1, 0, 10800), (1, 0, 10812), (0, 1, 14400), (1, 0, 44400), (0, 1, 50000),
]  # fmt: skip
"""Work with ends by idling, the machine alone, a shell that went, an end told twice, a film, and no end."""


def changes(*found: tuple[int, int, int]) -> list[dict[str, Any]]:
    return [{"oldState": old, "newState": new, "wallTimeSecs": T0 + at} for old, new, at in found]


def read(*found: tuple[int, int, int], delay: float = 300.0) -> Import:
    return gnome.of_document(changes(*found), delay)


def relative(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(start - T0, end - T0) for start, end in intervals]


def test_the_figures_of_a_day() -> None:
    found = read(*DAY_OF_ONE)
    assert relative(found.spans) == [(0, 3600), (9000, 10500)]
    assert sum(b - a for a, b in found.spans) / 60 == 85
    unknown = [(a[1] - T0, b[0] - T0) for a, b in pairwise(found.covered)]
    # Two ends of active times among it: a lock ends one at once, idling after five minutes, and who can tell which?
    assert unknown == [(3600, 3900), (7200, 9000), (10500, 10800), (14400, 44400)]
    assert found.covered[-1][1] - T0 == 50000
    assert found.problems == [
        "1 active time over six hours was left out as unknown: a film, or a suspend that was missed.",
        "1 active time has no end and was left out as unknown.",
        "2 active times were as long as the screen takes to go idle: the machine by itself.",
    ]


def test_the_idle_delay_of_the_desktop_counts() -> None:
    assert relative(read((0, 1, 0), (1, 0, 900), delay=600.0).spans) == [(0, 300)]
    assert relative(read((0, 1, 0), (1, 0, 900), delay=0.0).spans) == [(0, 900)], "it never goes idle"


def test_a_night_of_a_machine_by_itself_is_no_sitting() -> None:
    """Every ten minutes something wakes the screen for five."""
    night = [pair for n in range(60) for pair in ((0, 1, n * 607), (1, 0, n * 607 + 300))]
    found = read(*night)
    assert found.spans == []
    assert sum(b - a for a, b in found.covered) == 59 * 607 + 300, "watched, and nobody there"


def test_a_short_active_time_that_a_lock_may_have_ended_is_unknown() -> None:
    found = read((0, 1, 0), (1, 0, 120), (0, 1, 700), (1, 0, 2000))
    assert relative(found.spans) == [(700, 1700)]
    assert relative(found.covered) == [(120, 1700)]


def test_changes_out_of_order_are_put_in_order() -> None:
    assert read((1, 0, 3900), (0, 1, 0)).spans == read((0, 1, 0), (1, 0, 3900)).spans


WRONG = [None, True, "0", 2, -1, 1.5, [], {}]


@pytest.mark.parametrize("name", ["oldState", "newState", "wallTimeSecs"])
@pytest.mark.parametrize("value", [*WRONG, 10**30, "gone"])
def test_one_entry_that_makes_no_sense_refuses_the_file(name: str, value: Any) -> None:
    document = changes((0, 1, 0), (1, 0, 3900), (0, 1, 5000))
    if value == "gone":
        del document[1][name]
    else:
        document[1][name] = value
    with pytest.raises(BadRecording, match="entry 1 of it makes no sense") as caught:
        gnome.of_document(document)
    assert gnome.FILE in caught.value.remedy


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 100_000)), min_size=1))
def test_any_changes_give_a_sound_recording(found: list[tuple[int, int, int]]) -> None:
    recording = gnome.of_document(json.loads(json.dumps(changes(*found))))
    for intervals in (recording.spans, recording.covered):
        assert all(start < end for start, end in intervals)
        assert all(before[1] < after[0] for before, after in pairwise(intervals))
    for start, end in recording.spans:
        assert any(a <= start and end <= b for a, b in recording.covered)
        assert end - start <= 6 * HOUR
