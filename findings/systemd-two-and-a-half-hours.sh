#!/bin/sh
# systemd reads "2h 30" as two hours and thirty SECONDS, takes "1M" and refuses "5 mins".
#
# A good guess: in "2h 30" the bare number is the next smaller unit, as in every spoken language; M and m are minutes
#   as in "1H30M"; a plural is as good as a singular.
# What is so: a bare number is seconds wherever it stands; 1M is a month of 30.4 days, not a minute; "mins" is refused
#   although "minutes" is taken.
# For a break timer: people copy such durations between unit files and configurations. A program that takes "2h 30"
#   has to say which it means, best by repeating what it understood.
set -eu
command -v systemd-analyze >/dev/null || { echo "needs systemd-analyze (Debian: systemd)"; exit 2; }
human() { LC_ALL=C systemd-analyze timespan "$1" 2>/dev/null | sed -n 's/.*Human: *//p' | sed 's/\x1b\[[0-9;]*m//g'; }
seen="$(human '2h 30') / $(human 1M) / $(human '5 minutes') / $(human '5 mins')"
systemd-analyze --version | head -n 1
echo "2h 30 / 1M / 5 minutes / 5 mins"
echo "expected: 2h 30min / 1min / 5min / 5min"
echo "seen:     $seen"
[ "$seen" = "2h 30s / 1month / 5min / " ]
