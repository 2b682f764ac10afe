#!/bin/sh
# ActivityWatch's filter_period_intersect() counts a moment twice when the periods to filter by overlap.
#
# A good guess: "what of these events lies in those periods" is an intersection, so never longer than the events.
# What is so: each period is cut out by itself and nothing is merged: 100 s of events, filtered by 0-60 s and 30-100 s,
#   are 130 s. period_union() has to be called first, and throws away the data (the status) of what it merges.
# For a break timer: exports hold duplicated and overlapping "not-afk" events (synchronised buckets, a watcher that ran
#   twice); "time at the desk while not afk" then exceeds the day.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check aw-core==0.5.18 'peewee<4'
"$bed/venv/bin/python" -W ignore - <<'PY'
import datetime as dt
import sys
from importlib.metadata import version

from aw_core.models import Event
from aw_transform import filter_period_intersect, period_union, sum_durations

START = dt.datetime(2026, 11, 2, 8, tzinfo=dt.timezone.utc)


def event(begin: int, end: int) -> Event:
    return Event(timestamp=START + dt.timedelta(seconds=begin), duration=end - begin, data={"status": "not-afk"})


window, present = [event(0, 100)], [event(0, 60), event(30, 100)]
seen = sum_durations(filter_period_intersect(window, present)).total_seconds()
merged = period_union(present, [])
print("aw-core", version("aw-core"))
print("a window open for 100 s; present 0-60 s and 30-100 s")
print("expected: 100.0 s of that window in use")
print("seen:    ", seen, "s; data of the merged period:", [event.data for event in merged])
sys.exit((seen, [event.data for event in merged]) != (130.0, [{}]))
PY
