"""Busy times in calendar files: a short-lived program of its own, since its libraries are large and may be slow.

`python -m unhunch.adapters.surroundings.ics REQUEST` prints a line of JSON for each file of the request as soon as it
is read, so that one that takes too long costs the others nothing. It tells begin and end, never a title, and it reaches
no network. The daemon never imports this module.
"""

import json
import sys
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar import Calendar

CPU_SECONDS = 20
MEMORY_BYTES = 400 << 20
"""10,000 events took 11 s and 124 MB."""
FAR = 2200
"""Years from here on overflow the arithmetic of the library for the whole calendar."""
TOO_OFTEN = ("SECONDLY", "MINUTELY")
"""Rules whose cost grows with their age without bound; nobody meets so often."""
FREE = ("FREE", "WORKINGELSEWHERE")
CALENDARS_OWN = ("X-WR-TIMEZONE",)
Written = Any
"""A component of a calendar file: what stands in it, may."""
Busy = tuple[float, float]
"""From one Unix second to another."""


def busy(data: bytes, start: datetime, end: datetime, *, all_day: bool = False) -> tuple[list[Busy], int]:
    """The busy times of a file that touch [start, end), and how many series could not be read.

    `start` and `end` are in the person's own zone, in which floating times and days are judged. Raises ValueError for
    what is no whole calendar, MemoryError for what takes more than a process may have.
    """
    if data.strip().rpartition(b"\n")[2].strip().upper() not in (b"END:VCALENDAR", b"END:VEVENT"):
        raise ValueError("it is cut off")  # the library gives what it has, as if that were all
    # Else a VTIMEZONE of one file rules the next one's times.
    icalendar.use_zoneinfo()  # type: ignore[no-untyped-call]  # it says of nothing what it takes
    found: list[Busy] = []
    skipped = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in icalendar.Calendar.from_ical(data, multiple=True):
            for series in _series(_as_calendar(one)):
                try:
                    found += _of_series(series, start, end, all_day=all_day)
                except MemoryError:  # the limit's, and no matter of this series alone
                    raise
                except Exception:  # noqa: BLE001 - KeyError, AttributeError, OverflowError, TypeError were seen
                    skipped += 1
    return _merged(found), skipped


def _as_calendar(found: Written) -> Written:
    """An event that stands alone is a calendar of its own."""
    if isinstance(found, Calendar):
        return found
    calendar = Calendar()
    calendar.add_component(found)
    return calendar


def _series(calendar: Written) -> Iterator[Calendar]:
    """A small calendar for each UID: what is wrong with one costs the others nothing."""
    by_uid: dict[str, list[Written]] = {}
    for event in calendar.walk("VEVENT"):
        by_uid.setdefault(str(event.get("UID", id(event))), []).append(event)
    zones = calendar.walk("VTIMEZONE")
    for events in by_uid.values():
        series = Calendar()
        for name in CALENDARS_OWN:
            if name in calendar:
                series[name] = calendar[name]
        for part in (*zones, *events):
            series.add_component(part)
        yield series


def _of_series(series: Calendar, start: datetime, end: datetime, *, all_day: bool) -> list[Busy]:
    """Raises whatever the library raises on what people write."""
    events = series.walk("VEVENT")
    if not any(_may_touch(event, start, end) for event in events):
        return []
    for event in events:
        _tamed(event)
    zone = start.tzinfo
    assert zone is not None, "asked in the person's zone"
    found: list[Busy] = []
    for happens in recurring_ical_events.of(series, skip_bad_series=True).between(start, end):
        if not _counts(happens):
            continue
        interval = _interval(happens, events, zone, all_day=all_day)
        if interval and interval[1] > start.timestamp() and interval[0] < end.timestamp():
            found.append(interval)
    return found


def _may_touch(event: Written, start: datetime, end: datetime) -> bool:
    """Cheap, and true when in doubt: most of a calendar is single events of years ago."""
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID", "EXRULE")):
        return True
    first = event["DTSTART"].dt
    last = event["DTEND"].dt if "DTEND" in event else first
    if "DURATION" in event:
        last = first + event["DURATION"].dt
    near = timedelta(days=2)
    return _day(last) >= (start - near).date() and _day(first) <= (end + near).date()


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


def _tamed(event: Written) -> None:
    """Take out what would run for ever, and cut what overflows."""
    rules = event.get("RRULE")
    if rules is not None:
        for rule in rules if isinstance(rules, list) else [rules]:
            if any(str(often).upper() in TOO_OFTEN for often in rule.get("FREQ", [])):
                raise ValueError("it repeats too often")
    if "DTEND" in event and event["DTEND"].dt.year >= FAR:
        last = event["DTEND"].dt
        del event["DTEND"]
        event.add("DTEND", last.replace(year=FAR, month=1, day=1))


def _counts(event: Written) -> bool:
    """Busy, unless it is said that it is not. Outlook's own word goes before TRANSP."""

    def said(name: str) -> str:
        return str(event.get(name, "")).strip().upper()

    if said("STATUS") == "CANCELLED":
        return False
    outlook = said("X-MICROSOFT-CDO-BUSYSTATUS")
    return outlook not in FREE if outlook else said("TRANSP") != "TRANSPARENT"


def _interval(event: Written, written: Iterable[Written], zone: tzinfo, *, all_day: bool) -> Busy | None:
    """Begin and end in UTC; None for what lasts no time, or a whole day that does not count."""
    first, last = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else event["DTSTART"].dt
    if not isinstance(first, datetime) and not all_day:
        return None
    begins, ends = _unix(first, zone), _unix(last, zone)
    exact = _exact_duration(first, last, written)
    if exact is not None:
        ends = begins + exact.total_seconds()
    ends = max(begins, ends)  # the library puts the end before the beginning in the hour that summer time leaves out
    return (begins, ends) if ends > begins else None


def _unix(at: date, zone: tzinfo) -> float:
    """Floating times and days are the person's own."""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=zone)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).timestamp()


def _exact_duration(first: date, last: date, written: Iterable[Written]) -> timedelta | None:
    """The DURATION that made this end, where it names hours or minutes: those count in true time (RFC 5545, 3.3.6).

    The library counts them on the wall clock, and its occurrences hold an end alone. Which of the series' durations it
    was shows in that end: a moved one, all from one on, and a period may each have a length of their own.
    """
    if not (isinstance(first, datetime) and isinstance(last, datetime)) or first.tzinfo != last.tzinfo:
        return None
    on_the_wall = last.replace(tzinfo=None) - first.replace(tzinfo=None)
    for event in written:
        duration = event.get("DURATION")
        if duration is not None and duration.dt == on_the_wall and "T" in duration.to_ical().decode():
            return on_the_wall
    return None


def _merged(found: Iterable[Busy]) -> list[Busy]:
    """In order, and what overlaps as one."""
    merged: list[Busy] = []
    for begins, ends in sorted(found):
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends)
        else:
            merged.append((begins, ends))
    return merged


def limited() -> None:
    """A file that nobody can read in this time or space is not read."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def answer(path: str, start: datetime, end: datetime, *, all_day: bool) -> dict[str, Any]:
    try:
        found, skipped = busy(Path(path).read_bytes(), start, end, all_day=all_day)
    except OSError as error:
        return {"file": path, "error": "OSError", "said": error.strerror or ""}
    except Exception as error:  # noqa: BLE001 - a file's mistake, which is told without its words
        return {"file": path, "error": type(error).__name__}
    return {"file": path, "busy": found, "skipped": skipped}


def main(request: str) -> None:
    """Answer for each file of a request: {"files": [...], "zone", "start", "end": Unix seconds, "all_day"}."""
    asked = json.loads(request)
    zone: tzinfo = ZoneInfo(asked["zone"]) if asked["zone"] else UTC
    start, end = (datetime.fromtimestamp(asked[name], zone) for name in ("start", "end"))
    limited()
    for path in asked["files"]:
        print(json.dumps(answer(path, start, end, all_day=asked["all_day"])), flush=True)  # noqa: T201 - a program


if __name__ == "__main__":
    main(sys.argv[1])
