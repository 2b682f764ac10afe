#!/bin/sh
# icalendar keeps a VTIMEZONE for the whole process: the first file's "Office" rules the next file's.
#
# A good guess: a calendar brings its own VTIMEZONE, and that block says what the TZIDs of this file mean.
# What is so: a TZID that the zone database does not know is looked up in a cache of the process. The block of the
#   file that was read first wins; a later file's block of the same name, with another offset, is not used at all.
# For a break timer: "not during meetings" reads several people's or several years' calendars. Names like "Office" or
#   "Customized Time Zone" are common in exports, so one file shifts another's meetings by hours, and which one
#   depends on the order. Read each file in a process of its own.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
"$bed/venv/bin/python" - <<'PY'
import sys
import icalendar


def calendar(offset: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//EN",
             "BEGIN:VTIMEZONE", "TZID:Office", "BEGIN:STANDARD", "DTSTART:19700101T000000",
             f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
             "BEGIN:VEVENT", "UID:1@example", "DTSTAMP:20260101T000000Z",
             "DTSTART;TZID=Office:20261102T100000", "DTEND;TZID=Office:20261102T110000",
             "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def offset_read(data: bytes) -> str:
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return event.start.strftime("%z")


seen = [offset_read(calendar("+0100")), offset_read(calendar("-0800"))]
print("icalendar", icalendar.__version__)
print("two files, each with its own VTIMEZONE 'Office': +0100, then -0800")
print("expected:", ["+0100", "-0800"])
print("seen:    ", seen)
sys.exit(seen != ["+0100", "+0100"])
PY
