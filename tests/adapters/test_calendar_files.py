"""Busy times of calendar files: the right answer for each kind of event that real calendars hold."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from unhunch.adapters.surroundings import ics

BERLIN = ZoneInfo("Europe/Berlin")
START, END = datetime(2026, 10, 30, tzinfo=BERLIN), datetime(2026, 11, 10, tzinfo=BERLIN)


def event(*lines: str, uid: str = "1") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


def calendar(*parts: str) -> bytes:
    return "\r\n".join("\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).split("\n")).encode()


def zone(name: str, offset: str) -> str:
    return "\n".join(
        ["BEGIN:VTIMEZONE", f"TZID:{name}", "BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}",
         f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE"]
    )  # fmt: skip


def read(data: bytes, start=START, end=END, **more) -> list[str]:
    found, _skipped = ics.busy(data, start, end, **more)
    return [
        f"{datetime.fromtimestamp(begins, UTC):%d.%m. %H:%M}-{datetime.fromtimestamp(ends, UTC):%H:%M}"
        for begins, ends in found
    ]


DAILY = (
    "DTSTART;TZID=Europe/Berlin:20261102T100000", "DTEND;TZID=Europe/Berlin:20261102T110000", "RRULE:FREQ=DAILY;COUNT=4"
)  # fmt: skip
MEETING = event("DTSTART:20261102T100000Z", "DTEND:20261102T110000Z", uid="meeting")


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        pytest.param(
            [event(*DAILY, "EXDATE;TZID=America/New_York:20261103T040000")],
            ["02.11. 09:00-10:00", "04.11. 09:00-10:00", "05.11. 09:00-10:00"],
            id="an exception in another zone",
        ),
        pytest.param(
            [
                event(*DAILY),
                event(
                    "RECURRENCE-ID:20261103T090000Z",
                    "DTSTART;TZID=Europe/Berlin:20261103T150000",
                    "DTEND;TZID=Europe/Berlin:20261103T160000",
                ),
            ],
            ["02.11. 09:00-10:00", "03.11. 14:00-15:00", "04.11. 09:00-10:00", "05.11. 09:00-10:00"],
            id="one that was moved",
        ),
        pytest.param(
            [
                event(*DAILY),
                event("RECURRENCE-ID;TZID=Europe/Berlin:20261103T100000", *DAILY[:2], "STATUS:CANCELLED"),
            ],
            ["02.11. 09:00-10:00", "04.11. 09:00-10:00", "05.11. 09:00-10:00"],
            id="one that was cancelled",
        ),
        pytest.param(
            [event("DTSTART;TZID=W. Europe Standard Time:20261102T100000", "DURATION:PT1H")],
            ["02.11. 09:00-10:00"],
            id="a zone by its Windows name",
        ),
        pytest.param(
            [event("DTSTART:20261102T100000", "DTEND:20261102T110000")], ["02.11. 09:00-10:00"], id="a floating time"
        ),
        pytest.param(
            [event("DTSTART:20261102T100000Z", "DTEND:20261102T103000Z", "RDATE;VALUE=PERIOD:20261105T120000Z/PT3H")],
            ["02.11. 10:00-10:30", "05.11. 12:00-15:00"],
            id="a date with a length of its own",
        ),
        pytest.param([event("DTSTART;VALUE=DATE:20261102")], [], id="a whole day"),
        pytest.param(
            [
                event(
                    "DTSTART:20261102T100000Z",
                    "DTEND:20261102T110000Z",
                    "TRANSP:OPAQUE",
                    "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
                )
            ],
            [],
            id="Outlook's word goes first",
        ),
        pytest.param([event("DTSTART:20261102T100000Z")], [], id="no length"),
        pytest.param(
            [
                MEETING,
                event("DTSTART;VALUE=DATE:20261102", "DTEND;VALUE=DATE:99991231", uid="2"),
                event("SUMMARY:nothing else", uid="3"),
            ],
            ["02.11. 10:00-11:00"],
            id="beside an event without end and one without beginning",
        ),
        pytest.param(
            [MEETING, event("DTSTART:20261001T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY", uid="2")],
            ["02.11. 10:00-11:00"],
            id="beside one each second",
        ),
        pytest.param(
            [event("DTSTART:20261102T100000Z", "DTEND:20261102T110000Z", "TRANSP:transparent")], [], id="free"
        ),
        pytest.param(
            [event("DTSTART:20261102T100000Z", "DTEND:20261102T110000Z", "STATUS:TENTATIVE")],
            ["02.11. 10:00-11:00"],
            id="tentative",
        ),
        pytest.param(
            [event("DTSTART:20261102T110000Z", "DTEND:20261102T100000Z"), MEETING.replace("meeting", "2")],
            ["02.11. 10:00-11:00"],
            id="an end before its beginning",
        ),
    ],
)
def test_the_right_answers(parts: list[str], found: list[str]) -> None:
    assert read(calendar(*parts)) == found


def test_a_duration_over_summer_time_is_counted_in_true_time() -> None:
    data = calendar(event("DTSTART;TZID=Europe/Berlin:20270327T220000", "DURATION:PT8H"))
    found = read(data, datetime(2027, 3, 27, tzinfo=BERLIN), datetime(2027, 3, 29, tzinfo=BERLIN))
    assert found == ["27.03. 21:00-05:00"]


def test_what_lies_in_the_hour_that_is_left_out_takes_no_time_and_breaks_nothing() -> None:
    data = calendar(
        event("DTSTART;TZID=Europe/Berlin:20270328T023000", "DTEND;TZID=Europe/Berlin:20270328T030000"), MEETING
    )
    assert read(data, datetime(2027, 3, 27, tzinfo=BERLIN), datetime(2027, 3, 29, tzinfo=BERLIN)) == []


def test_the_zone_of_one_file_does_not_rule_the_next_one() -> None:
    office = event("DTSTART;TZID=Office:20261102T100000", "DTEND;TZID=Office:20261102T110000")
    assert read(calendar(zone("Office", "+0100"), office)) == ["02.11. 09:00-10:00"]
    assert read(calendar(zone("Office", "-0800"), office)) == ["02.11. 18:00-19:00"]


def test_whole_days_count_where_the_user_says_so() -> None:
    data = calendar(event("DTSTART;VALUE=DATE:20261102"))
    assert read(data, all_day=True) == ["01.11. 23:00-23:00"]


def test_an_event_that_stands_alone_and_two_calendars_in_a_file_are_read() -> None:
    assert read(MEETING.replace("\n", "\r\n").encode() + b"\r\n") == ["02.11. 10:00-11:00"]
    other = event("DTSTART:20261103T100000Z", "DTEND:20261103T110000Z")
    assert read(calendar(MEETING) + calendar(other)) == ["02.11. 10:00-11:00", "03.11. 10:00-11:00"]
    assert read(b"\xef\xbb\xbf" + calendar(MEETING)) == ["02.11. 10:00-11:00"]


@pytest.mark.parametrize("data", [b"", calendar(MEETING)[:-20], b"BEGIN:VCALENDAR\r\n", b"nothing of that kind"])
def test_a_file_that_is_cut_off_is_no_answer(data: bytes) -> None:
    with pytest.raises(ValueError):
        ics.busy(data, START, END)


def test_the_program_tells_times_and_no_words(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.ics", tmp_path / "bad.ics"
    good.write_bytes(calendar(event("SUMMARY:Secret", "DTSTART:20261102T100000Z", "DTEND:20261102T110000Z")))
    bad.write_bytes(calendar(event("SUMMARY:Secret", "DTSTART:20261102T100000Z"))[:-9])
    asked = {
        "files": [str(bad), str(good), str(tmp_path / "gone.ics")],
        "zone": "Europe/Berlin",
        "start": START.timestamp(),
        "end": END.timestamp(),
        "all_day": False,
    }
    done = subprocess.run(
        [sys.executable, "-m", "unhunch.adapters.surroundings.ics", json.dumps(asked)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Secret" not in done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("error", "") != "" for line in lines] == [True, False, True]
    noon = datetime(2026, 11, 2, 10, tzinfo=UTC).timestamp()
    assert lines[1] == {"file": str(good), "busy": [[noon, noon + 3600]], "skipped": 0}
