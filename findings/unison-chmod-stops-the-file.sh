#!/bin/sh
# Unison: a chmod of the copy, while the original is written to, stops that file for good, without a trace beside it.
#
# A good guess: content on one side and permissions on the other are two changes that do not touch each other; or, if
#   it is a conflict, a conflict copy appears as with Syncthing or Nextcloud.
# What is so: it is a conflict, -batch leaves it alone, and so does every later run; the file's new lines never arrive
#   while all other files do. No copy is made, so that nothing in the folder tells. (A mere touch does no harm.)
# For a break timer: two desks share a folder, one file each; a reader that "repairs" the mode of the other's file cuts
#   itself off. Never touch what is not yours, and tell the age of the other desk's last line.
set -eu
command -v unison >/dev/null || { echo "needs unison (Debian: unison)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
export HOME="$bed" UNISON="$bed/archives"
mkdir "$bed/desk" "$bed/laptop"
run() { unison "$bed/desk" "$bed/laptop" -batch -silent >/dev/null 2>&1 || true; }
lines() { wc -l <"$bed/laptop/$1" | tr -d ' '; }
echo 1 >"$bed/desk/facts.jsonl"; echo 1 >"$bed/desk/other.jsonl"; chmod 600 "$bed"/desk/*
run
touch "$bed/laptop/facts.jsonl"; echo 2 >>"$bed/desk/facts.jsonl"; run
touched=$(lines facts.jsonl)
chmod 640 "$bed/laptop/facts.jsonl"; echo 3 >>"$bed/desk/facts.jsonl"; echo 2 >>"$bed/desk/other.jsonl"; run
echo 4 >>"$bed/desk/facts.jsonl"; run
seen="$touched after a touch, $(lines facts.jsonl) after a chmod; other file $(lines other.jsonl); files $(ls "$bed/laptop" | wc -l | tr -d ' ')"
unison -version
echo "lines that arrived (2 written before the touch's run, 4 in all)"
echo "expected: 2 after a touch, 4 after a chmod; other file 2; files 2 (or 3 with a conflict copy)"
echo "seen:     $seen"
[ "$seen" = "2 after a touch, 2 after a chmod; other file 2; files 2" ]
