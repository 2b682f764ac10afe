#!/bin/sh
# python-dbusmock's notification server: closed by a call is told as "expired", twice if closed twice, and nothing expires.
#
# A good guess: the ready-made template behaves like a server: CloseNotification gives NotificationClosed with reason 3
#   (the specification's "closed by a call"), once; an expire time of 300 ms gives reason 1 after it; "actions" is there.
# What is so: reason 1 for every call, again for an id that is gone, never one for a time that ran out; no "actions".
# For a break timer: "ignored" (1) and "withdrawn by us" (3) are opposite facts, and a test against this template proves
#   the wrong one. Test against a real server, or state the reasons yourself.
set -eu
/usr/bin/python3 -c 'import dbusmock' 2>/dev/null && command -v dbus-run-session >/dev/null && command -v gdbus >/dev/null ||
  { echo "needs Debian's python3-dbusmock dbus-daemon libglib2.0-bin"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
cat >"$bed/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=$bed</listen><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*"/><allow send_type="method_call"/><allow receive_sender="*"/></policy></busconfig>
XML
cat >"$bed/ask.sh" <<'SH'
set -eu
/usr/bin/python3 -m dbusmock --session --template notification_daemon >/dev/null 2>&1 & mock=$!
call() {
  method=$1; shift
  gdbus call --session -d org.freedesktop.Notifications -o /org/freedesktop/Notifications \
    -m "org.freedesktop.Notifications.$method" -- "$@" 2>/dev/null
}
until call GetCapabilities >"$BED/abilities"; do sleep 0.2; done
gdbus monitor --session -d org.freedesktop.Notifications >"$BED/heard" & monitor=$!
until grep -q owned "$BED/heard"; do sleep 0.1; done
call Notify example 0 '' 'Stand up' '' '[]' '{}' 60000 >/dev/null
call CloseNotification 1 >/dev/null
call CloseNotification 1 >/dev/null
call Notify example 0 '' 'Stand up' '' '[]' '{}' 300 >/dev/null
sleep 1.5
kill $monitor $mock
SH
BED="$bed" timeout 60 dbus-run-session --config-file="$bed/bus.conf" -- sh "$bed/ask.sh" 2>"$bed/log" || true
closed=$(sed -n 's/.*NotificationClosed (uint32 \([0-9]*\), uint32 \([0-9]*\))/\1:\2/p' "$bed/heard" | paste -sd' ')
actions=$(grep -c "'actions'" "$bed/abilities" || true)
/usr/bin/python3 -c 'import dbusmock; print("python-dbusmock", dbusmock.__version__)'
echo "notice 1 for 60 s is closed by a call, and once more; notice 2 is given 300 ms (id:reason)"
echo "expected: 1:3 2:1, with actions"
echo "seen:     $closed, with$([ "$actions" = 0 ] && echo out) actions"
[ "$closed" = "1:1 1:1" ] && [ "$actions" = 0 ]
