#!/bin/sh
# ActivityWatch's plain SQLite storage: what was inserted minutes ago is in nobody else's view of the file.
#
# A good guess: the server commits what it is sent, or at the latest after the ten seconds that its code names.
# What is so: a commit comes with the 51st change, or when somebody reads through the server. The ten seconds are never
#   over, because the difference of the two times is taken the wrong way round. Until then another reader of the
#   database sees nothing of it, and a server that is killed takes it along.
# For a break timer that reads a history beside the running server: the newest minutes may be missing although they were
#   recorded; a second import has to take what was not there the first time.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check aw-core==0.5.18 "peewee==3.17.9"
HOME="$bed" XDG_DATA_HOME="$bed" XDG_CACHE_HOME="$bed" XDG_CONFIG_HOME="$bed" timeout 90 "$bed/venv/bin/python" - "$bed/aw.db" 2>/dev/null <<'PY'
import sqlite3
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from aw_core.models import Event
from aw_datastore import Datastore
from aw_datastore.storages import SqliteStorage

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


def seen_by_another() -> int:
    with closing(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)) as reader:
        return reader.execute("SELECT count(*) FROM events").fetchone()[0]


store = Datastore(SqliteStorage, testing=True, filepath=sys.argv[1])
store.create_bucket("afk", "afkstatus", "example", "desk", created=NINE)
bucket = store["afk"]


def insert(first: int, last: int) -> None:
    for minute in range(first, last):
        bucket.insert(Event(timestamp=NINE + timedelta(minutes=minute), duration=60, data={"status": "not-afk"}))


insert(0, 10)
time.sleep(12)  # longer than the ten seconds after which it means to commit
insert(10, 20)
early = seen_by_another()
insert(20, 60)
late = seen_by_another()
print("aw-core", version("aw-core"))
print("expected: after 20 events over 12 s another reader sees at least the first 10")
print(f"seen:     it sees {early}; after 60 events {late}")
sys.exit(not (early == 0 and 45 <= late < 60))
PY
