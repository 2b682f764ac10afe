#!/bin/sh
# vdirsyncer: a NEW event comes into its folder by a hard link, a changed one by a rename.
#
# A good guess: files are written under a temporary name and renamed, so that who watches a calendar folder for
#   "moved to" and "closed after writing" hears of everything.
# What is so: a changed event is renamed (MOVED_TO). A new one is linked to its final name and the temporary name is
#   removed: under the final name there is a CREATE and nothing else, complete from the first moment.
# For a break timer: whoever watches folders the usual way learns of moved meetings, and never of new ones.
set -eu
[ "$(uname -s)" = Linux ] || { echo "needs Linux (inotify)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check vdirsyncer==0.21.0 inotify-simple==2.0.1
mkdir "$bed/calendar"
"$bed/venv/bin/python" - "$bed/calendar" <<'PY'
import asyncio
import sys
from importlib.metadata import version

from inotify_simple import INotify, flags
from vdirsyncer.storage.filesystem import FilesystemStorage
from vdirsyncer.vobject import Item

NAMES = {int(flag): flag.name for flag in
         (flags.CREATE, flags.MODIFY, flags.CLOSE_WRITE, flags.MOVED_TO, flags.MOVED_FROM, flags.DELETE)}


def event(summary: str) -> Item:
    return Item("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\nBEGIN:VEVENT\nUID:meeting\n"
                f"DTSTAMP:20260101T000000Z\nDTSTART:20261102T100000Z\nSUMMARY:{summary}\nEND:VEVENT\nEND:VCALENDAR\n")


async def main() -> int:
    folder = sys.argv[1]
    storage = FilesystemStorage(path=folder, fileext=".ics")
    watch = INotify()
    watch.add_watch(folder, sum(NAMES))

    def heard() -> list[str]:
        return [NAMES[e.mask] for e in watch.read(timeout=500) if e.name == "meeting.ics"]

    href, etag = await storage.upload(event("new"))
    new = heard()
    await storage.update(href, event("changed"), etag)
    changed = heard()
    print("vdirsyncer", version("vdirsyncer"))
    print("what inotify tells of meeting.ics (names that end otherwise left out)")
    print("expected: new MOVED_TO or CLOSE_WRITE, changed the same")
    print("seen:     new", *new, "/ changed", *changed)
    return (new, changed) != (["CREATE"], ["MOVED_TO"])


sys.exit(asyncio.run(main()))
PY
