#!/bin/sh
# desktop-notifier: send() gives an id for a notice that no server took, and lists a dead server's notices as current.
#
# A good guess: send() raises when there is no notification server any more; get_current_notifications() is what is up.
# What is so: a failure is logged and swallowed: the id that comes back was made by the library itself before it asked
#   anybody. What was on the screen of a server that went stays "current" for good, and on_dismissed is never called.
# For a break timer: "shown" cannot be taken from it. Only the number in Notify's own answer proves that a server took
#   the notice.
set -eu
command -v Xvfb >/dev/null && command -v dunst >/dev/null && command -v dbus-run-session >/dev/null ||
  { echo "needs Xvfb, dunst and dbus-run-session (Debian: xvfb dunst dbus-daemon)"; exit 2; }
bed=$(mktemp -d); server=; trap '[ -z "$server" ] || kill $server; rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check desktop-notifier==6.2.0 dbus-fast==5.2.0
Xvfb -displayfd 3 -nolisten tcp 3>"$bed/display" 2>/dev/null & server=$!
until grep -q . "$bed/display" 2>/dev/null; do sleep 0.1; done; sleep 0.2
cat >"$bed/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=$bed</listen><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*"/><allow send_type="method_call"/><allow receive_sender="*"/></policy></busconfig>
XML
export DISPLAY=":$(cat "$bed/display")" HOME="$bed" XDG_RUNTIME_DIR="$bed"
cat >"$bed/ask.py" <<'PY'
import asyncio
import logging
import subprocess
import sys
from importlib.metadata import version

from desktop_notifier import DesktopNotifier

logging.disable(logging.CRITICAL)


async def main() -> int:
    server = subprocess.Popen(["dunst", "-config", "/dev/null"], stderr=subprocess.DEVNULL)
    await asyncio.sleep(2)
    dismissed: list[object] = []
    notifier = DesktopNotifier("example")
    first = await notifier.send("Stand up", "Two minutes", timeout=60, on_dismissed=lambda *_: dismissed.append(1))
    server.terminate()
    server.wait()
    await asyncio.sleep(0.5)
    try:
        second = await notifier.send("Stand up", "Two minutes more")
    except Exception as error:
        second = type(error).__name__
    current = await notifier.get_current_notifications()
    answer = "an id" if second.count("-") == 4 else second
    print("desktop-notifier", version("desktop-notifier"))
    print("a notice is up; its server ends; another notice is sent")
    print("expected: an exception, nothing current")
    print(f"seen:     {answer}, first one current: {first in current}, told that it went: {bool(dismissed)}")
    return (answer, first in current, dismissed) != ("an id", True, [])


sys.exit(asyncio.run(main()))
PY
timeout 60 dbus-run-session --config-file="$bed/bus.conf" -- "$bed/venv/bin/python" "$bed/ask.py" 2>"$bed/log"
