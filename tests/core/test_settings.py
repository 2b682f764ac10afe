"""One description gives defaults, validation, the example file and the docs."""

import pytest

from unhunch.config.values import allowed
from unhunch.core.settings import ALL_DAY, WEEKDAYS, Settings, Type, duration_text, options

MODEL = {
    # MODEL 2
    "active_gap": 60,
    "break_gap": 300,
    "proven_break": 120,
    "nudged_break": 90,
    "nudged_within": 600,
    "standing_break": 300,
    "unknown_break": 900,
    "call_limit": 7200,
    "call_cannot_know": 10800,
    "call_settle": 5,
    "film_limit": 1800,
    "film_cannot_know": 14400,
    "standing_limit": 7200,
    "standing_reset": 1800,
    "bridge": 120,
    "maybe_gap": 900,
    "prolonged": 1800,
    "long_stretch": 3600,
    "day_starts": 4 * 3600,
    "day_gap": 3600,
    "day_latest": 12 * 3600,
    "valid_day": 3600,
    "valid_unknown": 0.25,
    "jiggler_day": 16 * 3600,
    "jiggler_run": 6 * 3600,
    # MODEL 3
    "goal": 1,
    "cap_limits": (3 * 3600, 5 * 3600, 7 * 3600),
    "expected_prior": 345 * 60,
    "expected_low": 120 * 60,
    "expected_high": 600 * 60,
    "expected_days": 10,
    "expected_min_days": 3,
    "first_latest": 120 * 60,
    "first_latest_new": 90 * 60,
    "new_days": 3,
    "between": 3600,
    "settle": 1200,
    "settle_absence": 900,
    "pull_stretch": 3600,
    "pull_share": 0.8,
    "least_sitting": 3600,
    "nudge_first": 3600,
    "nudge_again": 2700,
    "nudge_max": 2,
    "nudge_max_ignored": 1,
    # MODEL 4
    "after_1": 900,
    "after_2": 900,
    "after_top": 1500,
    "top_step": 3,
    "pause_gap": 12,
    "pause_gap_waiting": 10,
    "pause_gap_least": 5,
    "pause_waiting": 180,
    "pause_patience": 1800,
    "pause_anyway": 2700,
    "pause_soon": 300,
    "returns": 2,
    "pause_longest": 60,
    "pause_active": 30,
    "after_call": 120,
    "after_unlock": 60,
    "hold_shared": True,
    "fullscreen_limit": 2700,
    "snooze": 600,
    "snooze_max": 3,
    "cap_session": 3,
    "cap_day_base": 2,
    "cap_day": 6,
    "cap_sounds": 2,
    "free_withdrawn": 60,
    "ignored_after": 600,
}
"""The numbers of the model, written down a second time: changing one is a decision, not a slip."""


@pytest.mark.parametrize("name", MODEL)
def test_the_numbers_of_the_model(name):
    assert getattr(Settings(), name) == MODEL[name]


def test_every_option_is_described_and_its_default_allowed():
    seen = set()
    for item in options():
        assert item.key not in seen, item.key
        seen.add(item.key)
        assert item.help.endswith((".", "?")), item.key
        assert allowed(item)
        match item.type:
            case Type.DURATION | Type.INTEGER | Type.NUMBER:
                assert item.low <= item.default <= item.high, item.key
            case Type.CHOICE:
                assert item.default in item.choices, item.key
            case Type.DAYS:
                assert set(item.default) <= set(WEEKDAYS)
    assert len(seen) >= len(Settings._fields) - 1  # the limits of the cap alone are not options


def test_hours_of_a_weekday():
    s = Settings(hours_tue=((480, 720),), hours_sun=())
    assert [s.hours_on(n) for n in range(7)] == [ALL_DAY, ((480, 720),), *[ALL_DAY] * 4, ()]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(90, "90 s"), (60, "1 min"), (5400, "90 min"), (7200, "2 h"), (0.5, "0.5 s"), (0, "0 s"), (86400, "24 h")],
)
def test_durations_are_written_as_people_write_them(seconds, text):
    assert duration_text(seconds) == text
