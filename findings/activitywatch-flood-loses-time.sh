#!/bin/sh
# ActivityWatch's flood(), which is there to fill gaps, throws away the rest of an event that holds a shorter one.
#
# A good guess: flood only lengthens: after it no second is lost that an event had covered.
# What is so: where two events of unlike data overlap, the earlier one is cut off at the later one's start and does not
#   come back after it. 100 s of presence with 10 s of absence inside become 20 s and 10 s; 70 s belong to nobody.
#   Real buckets hold such pairs: a watcher that was stopped during a suspend writes its "afk" afterwards.
# For a break timer: hours at the desk vanish from a history that went through flood (the queries of its own web page do).
#   Take the raw events and make the union of intervals yourself.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check aw-core==0.5.18 'peewee<4'
"$bed/venv/bin/python" -W ignore - 2>/dev/null <<'PY'
import datetime as dt
import sys
from importlib.metadata import version

from aw_core.models import Event
from aw_transform import flood

START = dt.datetime(2026, 11, 2, 8, tzinfo=dt.timezone.utc)


def event(begin: int, seconds: int, status: str) -> Event:
    return Event(timestamp=START + dt.timedelta(seconds=begin), duration=seconds, data={"status": status})


seen = [(event.data["status"], event.duration.total_seconds())
        for event in flood([event(0, 100, "not-afk"), event(20, 10, "afk")])]
print("aw-core", version("aw-core"))
print("not-afk 0-100 s, afk 20-30 s")
print("expected: 100 s covered")
print("seen:    ", sum(seconds for _, seconds in seen), "s covered:", seen)
sys.exit(seen != [("not-afk", 20.0), ("afk", 10.0)])
PY
