#!/bin/sh
# A systemd timer for 02:30 does not run late on the day that has no 02:30: it does not run that day at all.
#
# A good guess: where the clock jumps from 02:00 to 03:00 a job for 02:30 runs at 03:00 or 03:30, as cron has it.
# What is so: the calendar expression is matched against existing local times only; the day is skipped. In autumn the
#   02:30 that comes twice is used once, the earlier one. (APScheduler 3 does the opposite in both: 03:30, and twice.)
# For a break timer: a weekly summary or a day's turn must not hang on a timer in those hours, and two schedulers in
#   one house do not agree on what happened that night.
set -eu
command -v systemd-analyze >/dev/null || { echo "needs systemd-analyze (Debian: systemd)"; exit 2; }
next() {
  TZ=UTC systemd-analyze calendar --iterations=2 --base-time="$1" '*-*-* 02:30:00 Europe/Berlin' |
    sed -n 's/.*\(Next elapse\|Iter. #2\): ... \(.*\) UTC$/\2/p' | paste -sd' '
}
spring=$(next '2027-03-27 12:00:00 UTC')
autumn=$(next '2027-10-30 12:00:00 UTC')
systemd-analyze --version | head -n 1
echo "02:30 in Berlin, after noon of 27 March 2027: expected 2027-03-28 01:00:00 or 01:30:00 first"
echo "seen:     $spring (UTC)"
echo "after noon of 30 October 2027: expected one of 00:30 and 01:30"
echo "seen:     $autumn (UTC)"
[ "$spring" = "2027-03-29 00:30:00 2027-03-30 00:30:00" ] && [ "$autumn" = "2027-10-31 00:30:00 2027-11-01 01:30:00" ]
