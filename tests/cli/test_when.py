"""Times as people type them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unhunch.errors import Exit, UserError
from unhunch.said import when

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 13, 30, tzinfo=BERLIN)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600),
        ("1h", 3600),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("90 s", 90),
        ("90s", 90),
        ("1.5h", 5400),
        ("2 hours", 7200),
        ("1 day", 86400),
        ("10 MIN", 600),
        ("1 week", 604800),
        ("90", 5400),
        ("10", 600),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert when.duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "12345", "m", "10x", "-5m", "1h-30m", "1e3s", "nan s", "\u0661\u0660m", "10m!", "1,5h"]
)
def test_no_durations(text: str) -> None:
    with pytest.raises(UserError) as caught:
        when.duration(text)
    assert caught.value.code == Exit.WRONG


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("14:00", time(14)),
        ("9:05", time(9, 5)),
        ("2pm", time(14)),
        ("12am", time(0)),
        ("12:30 pm", time(12, 30)),
        ("14.30", time(14, 30)),
        ("14", time(14)),
        ("9", time(9)),
    ],
)
def test_clock_times(text: str, hour: time) -> None:
    assert when.clock(text) == hour


@pytest.mark.parametrize("text", ["", "24:00", "24", "14h", "14:60", "0pm", "13pm", "14:0", "1:2:3", "noon"])
def test_no_clock_times(text: str) -> None:
    with pytest.raises(UserError):
        when.clock(text)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("1h", "2026-11-18T14:30+01:00"),
        ("for 90 min", "2026-11-18T15:00+01:00"),
        ("90", "2026-11-18T15:00+01:00"),
        ("until 14", "2026-11-18T14:00+01:00"),
        ("tomorrow 9", "2026-11-19T09:00+01:00"),
        ("until fri 9", "2026-11-20T09:00+01:00"),
        ("until 14:00", "2026-11-18T14:00+01:00"),
        ("14:00", "2026-11-18T14:00+01:00"),
        ("until friday", "2026-11-20T04:00+01:00"),
        ("Until  Fri 9:00", "2026-11-20T09:00+01:00"),
        ("until wednesday", "2026-11-25T04:00+01:00"),
        ("tomorrow", "2026-11-19T04:00+01:00"),
        ("tomorrow at 9:30", "2026-11-19T09:30+01:00"),
        ("rest of today", "2026-11-19T04:00+01:00"),
        ("rest of the day", "2026-11-19T04:00+01:00"),
        ("until 2027-01-07", "2027-01-07T04:00+01:00"),
        ("until 2027-07-07 12:00", "2027-07-07T12:00+02:00"),
        ("2 weeks", "2026-12-02T13:30+01:00"),
    ],
)
def test_pauses(text: str, end: str) -> None:
    assert when.pause_until(text, NOW, BERLIN) == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("until 13:00", "not ahead of now"),
        ("until 9", "not ahead of now"),
        ("until 2026-11-17", "not ahead of now"),
        ("until yesterday", "not ahead of now"),
        ("0m", "not ahead of now"),
        ("30s", "not ahead of now"),
        ("2 years", "not a time that I know"),
        ("400 days", "more than a year"),
        ("999999w 999999w 999999w", "more than a year"),
        ("until 2028-01-01", "more than a year"),
        ("until 2027-02-30", "no day"),
        ("until 9999-12-31", "too far|more than a year"),
        ("until", "not a time"),
        ("until fr", "not a time"),
        ("until friday noonish", "not a time"),
        ("", "not a time"),
        ("for ever", "not a time"),
    ],
)
def test_refused_pauses(text: str, part: str) -> None:
    with pytest.raises(UserError, match=part) as caught:
        when.pause_until(text, NOW, BERLIN)
    assert caught.value.code == Exit.WRONG
    assert caught.value.remedy


def test_after_midnight_the_rest_of_today_ends_at_four() -> None:
    late = datetime(2026, 11, 19, 1, 30, tzinfo=BERLIN)
    assert when.pause_until("rest of today", late, BERLIN) == datetime(2026, 11, 19, 4, 0, tzinfo=BERLIN)


def test_a_local_time_that_does_not_exist_is_refused() -> None:
    eve = datetime(2027, 3, 27, 22, 0, tzinfo=BERLIN)
    with pytest.raises(UserError, match="put forward"):
        when.pause_until("tomorrow 2:30", eve, BERLIN)
    assert when.pause_until("tomorrow 3:00", eve, BERLIN) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_of_a_time_that_comes_twice_the_first_still_ahead_is_meant() -> None:
    before = datetime(2026, 10, 24, 22, 0, tzinfo=BERLIN)
    assert when.pause_until("tomorrow 2:30", before, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC).astimezone(BERLIN)
    assert when.pause_until("until 2:30", between, BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("13:05", "2026-11-18T13:05+01:00"),
        ("yesterday 18:00", "2026-11-17T18:00+01:00"),
        ("mon 9:30", "2026-11-16T09:30+01:00"),
        ("wednesday 9:30", "2026-11-11T09:30+01:00"),
        ("2026-07-01 12:00", "2026-07-01T12:00+02:00"),
        ("20m ago", "2026-11-18T13:10+01:00"),
        ("20 ago", "2026-11-18T13:10+01:00"),
        ("9", "2026-11-18T09:00+01:00"),
        ("yesterday 18", "2026-11-17T18:00+01:00"),
        ("now", "2026-11-18T13:30+01:00"),
    ],
)
def test_past_moments(text: str, moment: str) -> None:
    assert when.past(text, NOW, BERLIN) == datetime.fromisoformat(moment)


def test_a_past_moment_that_lies_ahead_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(UserError, match="lies ahead") as caught:
        when.past("18:00", NOW, BERLIN)
    assert "yesterday 18:00" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("10:30-11:15", "2026-11-18T10:30+01:00", "2026-11-18T11:15+01:00"),
        ("10:30 - 11:15", "2026-11-18T10:30+01:00", "2026-11-18T11:15+01:00"),
        ("10:30\u201311:15", "2026-11-18T10:30+01:00", "2026-11-18T11:15+01:00"),
        ("yesterday 10:30-11:15", "2026-11-17T10:30+01:00", "2026-11-17T11:15+01:00"),
        ("tue 10-11:15", "2026-11-17T10:00+01:00", "2026-11-17T11:15+01:00"),
        ("10-11", "2026-11-18T10:00+01:00", "2026-11-18T11:00+01:00"),
        ("10:00-9:00", None, None),
        ("mon 10-9", None, None),
        ("2026-11-01 10:30-11:15", "2026-11-01T10:30+01:00", "2026-11-01T11:15+01:00"),
        ("23:30-0:15", "2026-11-17T23:30+01:00", "2026-11-18T00:15+01:00"),
        ("monday 23:30-0:15", "2026-11-16T23:30+01:00", "2026-11-17T00:15+01:00"),
        ("12:00-14:00", None, None),
        ("15:00-16:00", None, None),
        ("10:30", None, None),
        ("10:30-10:45-11:00", None, None),
        ("someday 10:30-11:15", None, None),
        ("-", None, None),
        ("", None, None),
    ],
)
def test_spans(text: str, start: str | None, end: str | None) -> None:
    if start is None or end is None:
        with pytest.raises(UserError):
            when.span(text, NOW, BERLIN)
    else:
        assert when.span(text, NOW, BERLIN) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("yesterday", "2026-11-17T00:00+01:00"),
        ("monday", "2026-11-16T00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00+02:00"),
        ("9", "2026-11-18T09:00+01:00"),
        ("mon 9:30", "2026-11-16T09:30+01:00"),
        ("2h ago", "2026-11-18T11:30+01:00"),
    ],
)
def test_since_a_day_is_since_its_beginning(text: str, moment: str) -> None:
    assert when.since(text, NOW, BERLIN) == datetime.fromisoformat(moment)


def test_a_clock_time_that_is_over_is_answered_with_what_to_type_for_tomorrow() -> None:
    with pytest.raises(UserError) as caught:
        when.pause_until("until 9", NOW, BERLIN)
    assert "until tomorrow 09:00" in caught.value.remedy


WORDS = st.lists(
    st.sampled_from(
        [
            "until",
            "for",
            "friday",
            "today",
            "rest",
            "of",
            "14:00",
            "2:30",
            "2pm",
            "1h",
            "90",
            "s",
            "10:30-11:15",
            "-",
            "ago",
        ]
    )
    | st.text(max_size=6),
    max_size=5,
).map(" ".join)


@given(WORDS, st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_anything_typed_is_a_time_or_a_refusal(text: str, naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC).astimezone(BERLIN)
    for read in (when.pause_until, when.past, when.span):
        try:
            found = read(text, now, BERLIN)
        except UserError as error:
            assert error.code == Exit.WRONG
            continue
        if read is when.pause_until:
            assert isinstance(found, datetime)
            assert now < found <= now + timedelta(days=366)
        elif read is when.past:
            assert isinstance(found, datetime)
            assert found <= now
        else:
            assert isinstance(found, tuple)
            assert found[0] < found[1] <= now


def test_the_systems_own_zone_is_used_by_default() -> None:
    now = datetime(2026, 7, 1, 8, 0, tzinfo=UTC).astimezone()
    assert when.pause_until("until 23:59", now).astimezone().time() == time(23, 59)
    assert when.day("sat", date(2026, 7, 1), ahead=True) == date(2026, 7, 4)
