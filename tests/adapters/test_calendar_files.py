"""Busy times of calendar files: the right answer for each kind of event that real calendars hold."""

import errno
import json
import os
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
        pytest.param(
            [MEETING, event("DTSTART:20261001T000000Z", "DURATION:PT1S", "RRULE:FREQ=minutely", uid="2")],
            ["02.11. 10:00-11:00"],
            id="beside one each minute",
        ),
        pytest.param(
            [event("DTSTART:20261102T100000Z", "DTEND:99981231T100000Z")],
            ["02.11. 10:00-10:00"],
            id="one that lasts for centuries",
        ),
        pytest.param(
            [event("DTSTART:20261102T100000Z", "DURATION:PT30M", "RDATE;VALUE=PERIOD:20261105T120000Z/PT3H")],
            ["02.11. 10:00-10:30", "05.11. 12:00-15:00"],
            id="a duration, and a date with a length of its own",
        ),
        pytest.param(
            [
                event("DTSTART:20261102T100000Z", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=4"),
                event(
                    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261104T100000Z", "DTSTART:20261104T120000Z", "DURATION:PT2H"
                ),
            ],
            ["02.11. 10:00-10:30", "03.11. 10:00-10:30", "04.11. 12:00-14:00", "05.11. 12:00-14:00"],
            id="longer from one on",
        ),
        *(
            pytest.param(
                [event("DTSTART:20261102T100000Z", "DTEND:20261102T110000Z", *said)],
                ["02.11. 10:00-11:00"] if counts else [],
                id=", ".join(said),
            )
            for *said, counts in [
                ("STATUS:cancelled", False),
                ("STATUS:CONFIRMED", True),
                ("X-MICROSOFT-CDO-BUSYSTATUS:WorkingElsewhere", False),
                ("X-MICROSOFT-CDO-BUSYSTATUS:free", False),
                ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
                ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True),
                ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "TRANSP:TRANSPARENT", True),
                ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "STATUS:CANCELLED", False),
            ]
        ),
    ],
)
def test_the_right_answers(parts: list[str], found: list[str]) -> None:
    assert read(calendar(*parts)) == found


NIGHT = "DTSTART;TZID=Europe/Berlin:20270327T220000"


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([event(NIGHT, "DURATION:PT8H")], "27.03. 21:00-05:00"),
        # Days are counted on the wall clock, as an end is.
        ([event(NIGHT, "DURATION:P1D")], "27.03. 21:00-20:00"),
        ([event(NIGHT, "DTEND;TZID=Europe/Berlin:20270328T060000")], "27.03. 21:00-04:00"),
        # Each of a series has its own: the one that was moved into this night, and all from one on.
        (
            [
                event(NIGHT.replace("0327T", "0320T"), "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"),
                event("RECURRENCE-ID;TZID=Europe/Berlin:20270327T220000", NIGHT, "DURATION:PT7H"),
            ],
            "27.03. 21:00-04:00",
        ),
        (
            [
                event(NIGHT.replace("0327T", "0313T"), "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"),
                event(
                    "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270320T220000",
                    NIGHT.replace("0327T", "0320T"), "DURATION:PT7H", "RRULE:FREQ=WEEKLY;COUNT=2",
                ),
            ],
            "27.03. 21:00-04:00",
        ),
    ],
)  # fmt: skip
def test_a_duration_over_summer_time_is_counted_in_true_time(parts: list[str], found: str) -> None:
    assert read(calendar(*parts), datetime(2027, 3, 27, tzinfo=BERLIN), datetime(2027, 3, 29, tzinfo=BERLIN)) == [found]


def test_floating_times_are_judged_in_the_zone_of_the_person() -> None:
    data = calendar(event("DTSTART:20261102T100000", "DTEND:20261102T110000"))
    tokyo = ZoneInfo("Asia/Tokyo")
    assert read(data, START.astimezone(tokyo), END.astimezone(tokyo)) == ["02.11. 01:00-02:00"]


def test_what_cannot_be_read_of_a_file_is_counted() -> None:
    parts = [MEETING, event("SUMMARY:nothing else", uid="2"), event("DTSTART:foo", "DURATION:PT1H", uid="3")]
    found, skipped = ics.busy(calendar(*parts), START, END)
    assert (len(found), skipped) == (1, 2)


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
    assert "Secret" not in done.stdout
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("error", "") != "" for line in lines] == [True, False, True]
    noon = datetime(2026, 11, 2, 10, tzinfo=UTC).timestamp()
    assert lines[1] == {"file": str(good), "busy": [[noon, noon + 3600]], "skipped": 0}
    assert lines[2] == {"file": str(tmp_path / "gone.ics"), "error": "OSError", "said": os.strerror(errno.ENOENT)}


LIMITED = """
import resource, sys
from unhunch.adapters.surroundings import ics
ics.CPU_SECONDS, ics.MEMORY_BYTES = (int(word) for word in sys.argv[1:3])
ics.main(sys.argv[3])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX's")
@pytest.mark.parametrize(("cpu", "memory"), [(2, 1 << 40), (600, 0)], ids=["too long", "too large"])
def test_a_file_beyond_the_limits_is_no_answer_and_those_before_it_stay(tmp_path: Path, cpu: int, memory: int) -> None:
    """Of two files the second takes more than one process may: it has a series that never ends, or is too large."""
    good, bad = tmp_path / "good.ics", tmp_path / "bad.ics"
    good.write_bytes(calendar(MEETING))
    endless = event("DTSTART:19000101T000000Z", "DURATION:PT1S", "RRULE:FREQ=HOURLY;BYHOUR=3;BYMONTHDAY=31;BYMONTH=2")
    many = [event("DTSTART:20261102T100000Z", f"SUMMARY:{'x' * 60}", uid=str(number)) for number in range(10_000)]
    bad.write_bytes(calendar(*([endless] if cpu == 2 else many)))
    asked = {
        "files": [str(good), str(bad)], "zone": "Europe/Berlin",
        "start": START.timestamp(), "end": END.timestamp(), "all_day": False,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(cpu), str(memory or _at_rest() + (24 << 20)), json.dumps(asked)],
        capture_output=True, text=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0].get("busy"), done
    assert len(lines) == 1 if cpu == 2 else lines[1].get("error") == "MemoryError", done


def _at_rest() -> int:
    """Bytes that this program takes before it reads a file."""
    line = "import unhunch.adapters.surroundings.ics; print(open('/proc/self/statm').read().split()[0])"
    pages = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True).stdout
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_the_limits_are_those_that_were_measured() -> None:
    assert (ics.CPU_SECONDS, ics.MEMORY_BYTES) == (20, 400 << 20)
