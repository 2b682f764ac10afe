#!/bin/sh
# recurring-ical-events, skip_bad_series=True: one odd event still takes the whole calendar away.
#
# A good guess: with skip_bad_series=True an event that cannot be expanded is left out and the others come.
# What is so: the switch catches the library's own error type only. An all-day block to the end of 9999, a common way
#   to say "from now on", raises OverflowError; an event without DTSTART, which RFC 5545 allows in a file with a
#   METHOD, raises KeyError. Neither is a ValueError. Both events are valid.
# For a break timer: one such entry and no meeting of that calendar is known any more, so that breaks are asked for in
#   all of them. Expand each UID by itself, and catch every exception.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 tzdata==2026.6
"$bed/venv/bin/python" - <<'PY'
import datetime as dt
import sys
from importlib.metadata import version

import icalendar
import recurring_ical_events

MEETING = "BEGIN:VEVENT\nUID:m@example\nDTSTAMP:20260101T000000Z\n" \
          "DTSTART:20261102T100000Z\nDTEND:20261102T110000Z\nEND:VEVENT\n"
ODD = {
    "all-day block to the end of 9999":
        "BEGIN:VEVENT\nUID:o@example\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:99991231\nEND:VEVENT\n",
    "no DTSTART, in a file with METHOD":
        "BEGIN:VEVENT\nUID:o@example\nDTSTAMP:20260101T000000Z\nSUMMARY:to be fixed\nEND:VEVENT\n",
}


def meetings(odd: str) -> str:
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\nMETHOD:PUBLISH\n" + odd + MEETING + "END:VCALENDAR\n"
    calendar = icalendar.Calendar.from_ical(text.replace("\n", "\r\n").encode())
    utc = dt.timezone.utc
    try:
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(
            dt.datetime(2026, 11, 2, 9, tzinfo=utc), dt.datetime(2026, 11, 2, 12, tzinfo=utc))
    except Exception as error:
        return type(error).__name__
    return "meeting" if any(event["UID"] == "m@example" for event in found) else "no meeting"


print("recurring-ical-events", version("recurring-ical-events"), "icalendar", version("icalendar"))
seen = {name: meetings(odd) for name, odd in ODD.items()}
for name, answer in seen.items():
    print(f"{name}: expected meeting, seen {answer}")
sys.exit(list(seen.values()) != ["OverflowError", "KeyError"])
PY
