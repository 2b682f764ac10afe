#!/bin/sh
# plyer on Linux: timeout=30 makes a notice that never goes away, and the icon is lost.
#
# A good guess: notify(timeout=30, app_icon=...) is passed on to notify-send as 30 s and that icon.
# What is so: the facade hands down "timeout" and "app_icon"; the notify-send backend (used wherever dbus-python is not
#   installed, as in a plain virtual environment) reads "expire_time" and "icon". So -t 0, which by the specification
#   means "never", and -i '' are sent, whatever was asked for; and urgency is always normal.
# For a break timer: a fleeting "stand up" piles up on the screen. Use plyer only where nothing better is.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check plyer==2.1.0
mkdir "$bed/bin"
cat >"$bed/bin/notify-send" <<'SH'
#!/bin/sh
printf '%s\n' "$@"
SH
chmod +x "$bed/bin/notify-send"
PATH="$bed/bin:$PATH" "$bed/venv/bin/python" -W ignore - >"$bed/arguments" <<'PY'
from plyer import notification

notification.notify(title="Stand up", message="Two minutes", app_name="example", timeout=30, app_icon="/icons/roll.png")
PY
after() { grep -x -A1 -e "$1" "$bed/arguments" | tail -n 1; }
echo "plyer 2.1.0, notify(timeout=30, app_icon='/icons/roll.png')"
echo "expected: -t 30000, -i /icons/roll.png"
echo "seen:     -t $(after -t), -i '$(after -i)'"
[ "$(after -t)" = 0 ] && [ -z "$(after -i)" ]
