#!/bin/sh
# ActivityWatch: the same hour, asked for by the same call, is longer in one of its databases than in another.
#
# A good guess: an event that reaches over the edge of what was asked for is cut there, or is not, in every storage.
# What is so: the default (Peewee) cuts it, the plain SQLite storage and the one in memory return it whole. Twenty
#   minutes in the middle of an hour are 20 minutes here and 30 there, and a day whose events reach over midnight is
#   counted in both days. The limit of the memory's count and of its list even differ from each other.
# For a break timer that reads a history: cut each event at the edges oneself, whatever the server did.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check aw-core==0.5.18 "peewee==3.17.9"
HOME="$bed" XDG_DATA_HOME="$bed" XDG_CACHE_HOME="$bed" XDG_CONFIG_HOME="$bed" timeout 60 "$bed/venv/bin/python" - "$bed" 2>/dev/null <<'PY'
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from aw_core.models import Event
from aw_datastore import Datastore
from aw_datastore.storages import MemoryStorage, PeeweeStorage, SqliteStorage

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TEN_MINUTES = timedelta(minutes=10)
seen = {}
for storage in (PeeweeStorage, SqliteStorage, MemoryStorage):
    where = {} if storage is MemoryStorage else {"filepath": f"{sys.argv[1]}/{storage.__name__}.db"}
    store = Datastore(storage, testing=True, **where)
    store.create_bucket("afk", "afkstatus", "example", "desk", created=NINE)
    bucket = store["afk"]
    bucket.insert([Event(timestamp=NINE + TEN_MINUTES * n, duration=TEN_MINUTES, data={"n": n}) for n in range(6)])
    between = NINE + timedelta(minutes=5), NINE + timedelta(minutes=25)
    seen[storage.__name__] = sum((event.duration for event in bucket.get(-1, *between)), timedelta()).total_seconds() / 60
print("aw-core", version("aw-core"), "with peewee", version("peewee"))
print("expected: 20 minutes of 09:05 to 09:25, three times")
print("seen:    ", {name: round(minutes, 3) for name, minutes in seen.items()})
sys.exit({name: round(minutes) for name, minutes in seen.items()} != dict(PeeweeStorage=20, SqliteStorage=30, MemoryStorage=30))
PY
