#!/bin/sh
# recurring-ical-events hands out an occurrence that ends half an hour before it starts.
#
# A good guess: an occurrence's end is never before its start, or the library leaves out what falls into the hour
#   that a clock change takes away.
# What is so: start and end are each put on the wall clock. 02:30 in the missing hour keeps the offset of winter,
#   03:00 has that of summer; as moments that is 01:30 to 01:00 UTC. In the same way eight hours that begin at 22:00
#   the evening before (DURATION:PT8H, by RFC 5545 exact time) become seven.
# For a break timer: a busy interval of negative length upsets a union of intervals, and a nightly shift's last hour is
#   free where it is not. Turn both ends into UTC, then clamp; add exact durations in UTC yourself.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 tzdata==2026.6
"$bed/venv/bin/python" - <<'PY'
import datetime as dt
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:backup@example
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20270326T023000
DTEND;TZID=Europe/Berlin:20270326T030000
RRULE:FREQ=DAILY;COUNT=5
END:VEVENT
BEGIN:VEVENT
UID:shift@example
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20270327T220000
DURATION:PT8H
END:VEVENT
END:VCALENDAR
"""
zone = ZoneInfo("Europe/Berlin")
calendar = icalendar.Calendar.from_ical(LINES.replace("\n", "\r\n").encode())
found = recurring_ical_events.of(calendar).between(
    dt.datetime(2027, 3, 27, 12, tzinfo=zone), dt.datetime(2027, 3, 28, 12, tzinfo=zone))


def minutes(event: icalendar.Event) -> float:
    utc = dt.timezone.utc
    return (event["DTEND"].dt.astimezone(utc) - event["DTSTART"].dt.astimezone(utc)).total_seconds() / 60


seen = {str(event["UID"]).partition("@")[0]: minutes(event) for event in found}
print("recurring-ical-events", version("recurring-ical-events"), "icalendar", version("icalendar"))
print("minutes of the night in which the clocks go forward")
print("expected: backup 30 (or none at all), shift 480")
print("seen:    ", seen)
sys.exit(seen != {"backup": -30.0, "shift": 420.0})
PY
