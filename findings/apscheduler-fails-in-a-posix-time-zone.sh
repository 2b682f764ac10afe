#!/bin/sh
# APScheduler 3 cannot be made at all where TZ is a POSIX rule, though every other program tells the right time there.
#
# A good guess: a scheduler takes the local time that Python's own time module has.
# What is so: AsyncIOScheduler() without a time zone asks tzlocal, which knows names only. For
#   TZ=CET-1CEST,M3.5.0,M10.5.0/3 (POSIX's own form; routers, containers and embedded systems set it) it raises
#   ZoneInfoNotFoundError in the constructor, while time.localtime() gives summer time correctly.
# For a break timer: the daemon dies at start on such a machine unless the scheduler is told a zone of its own; UTC
#   does, when local time is worked out elsewhere.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check apscheduler==3.11.3 tzlocal==5.4.5
TZ='CET-1CEST,M3.5.0,M10.5.0/3' "$bed/venv/bin/python" -W ignore - <<'PY'
import datetime as dt
import sys
import time
from importlib.metadata import version

from apscheduler.schedulers.asyncio import AsyncIOScheduler


def made(**options: object) -> str:
    try:
        AsyncIOScheduler(**options)
    except Exception as error:
        return type(error).__name__
    return "made"


summer = time.localtime(dt.datetime(2026, 7, 1, tzinfo=dt.timezone.utc).timestamp()).tm_hour
seen = (summer, made(), made(timezone=dt.timezone.utc))
print("APScheduler", version("apscheduler"), "tzlocal", version("tzlocal"))
print("hour of Python's local time at 00:00 UTC in July; AsyncIOScheduler(); the same with timezone=UTC")
print("expected:", (2, "made", "made"))
print("seen:    ", seen)
sys.exit(seen != (2, "ZoneInfoNotFoundError", "made"))
PY
