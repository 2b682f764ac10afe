#!/bin/sh
# aw-core and the newest peewee that it allows: no bucket can be made or listed.
#
# A good guess: what pip takes together works together.
# What is so: aw-core 0.5.18 sets no upper bound for peewee. peewee 4 hands a DateTimeField back as a datetime where 3
#   gave the stored text, aw-core parses text, and every question about buckets ends in an error. It also pins
#   platformdirs 3, so it cannot share an environment with programs that need 4.
# For a break timer: do not import ActivityWatch's packages to read its database; read the SQLite file's two tables.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
for peewee in 3.17.9 4.5.3; do
  "$bed/venv/bin/pip" install -qq --disable-pip-version-check aw-core==0.5.18 "peewee==$peewee" iso8601==2.1.0
  XDG_DATA_HOME="$bed/data-$peewee" "$bed/venv/bin/python" -W ignore - >"$bed/$peewee" 2>/dev/null <<'PY' || true
from importlib.metadata import version

from aw_datastore import Datastore, get_storage_methods

try:
    store = Datastore(get_storage_methods()["peewee"], testing=True)
    store.create_bucket("example", type="afkstatus", client="example", hostname="desk")
    answer = f"buckets: {sorted(store.buckets())}"
except Exception as error:
    answer = f"{type(error).__name__}"
print("aw-core", version("aw-core"), "peewee", version("peewee"), "-", answer)
PY
  cat "$bed/$peewee"
done
echo "expected: the same answer from both"
grep -q "buckets: \['example'\]" "$bed/3.17.9" && grep -q 'ParseError$' "$bed/4.5.3"
