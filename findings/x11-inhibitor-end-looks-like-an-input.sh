#!/bin/sh
# X11: when a film ends, the idle counter starts at 0 as if somebody had touched the mouse, even if the player just died.
#
# A good guess: XScreenSaverSuspend only stops the blanking; the idle time that XScreenSaverQueryInfo tells goes on from
#   the last input, before, while and after.
# What is so: while suspended it does go on. The moment the last suspending client lets go, or merely disconnects, the
#   counter is set to 0. mpv and others suspend while they play.
# For a break timer: an empty desk "comes back" when the film is over, and a long absence is cut in two. A fall of the
#   counter is an input only if something else (a device event) says so too.
set -eu
command -v Xvfb >/dev/null || { echo "needs Xvfb (Debian: xvfb)"; exit 2; }
bed=$(mktemp -d); server=; trap '[ -z "$server" ] || kill $server; rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check python-xlib==0.33
Xvfb -displayfd 3 -nolisten tcp 3>"$bed/display" 2>/dev/null & server=$!
until grep -q . "$bed/display" 2>/dev/null; do sleep 0.1; done; sleep 0.2
DISPLAY=":$(cat "$bed/display")" timeout 60 "$bed/venv/bin/python" -W ignore - <<'PY'
import sys
import time

import Xlib
from Xlib import display
from Xlib.protocol import rq


class Suspend(rq.Request):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card32("suspend"))


def suspend(client: display.Display, on: bool) -> None:
    Suspend(display=client.display, opcode=client.query_extension("MIT-SCREEN-SAVER").major_opcode, suspend=on)
    client.sync()


watcher = display.Display()
root = watcher.screen().root


def idle() -> float:
    return root.screensaver_query_info().idle / 1000


started = idle()
before: dict[str, float] = {}
after: dict[str, float] = {}
for way in ("lets go", "disconnects"):
    time.sleep(1)
    player = display.Display()
    suspend(player, True)
    time.sleep(1)
    before[way] = idle()
    if way == "lets go":
        suspend(player, False)
    player.close()
    time.sleep(0.1)
    after[way] = idle()
print("python-xlib", ".".join(map(str, Xlib.__version__[:2])), "on", watcher.display.info.vendor,
      watcher.display.info.release_number)
print("seconds without input when the player is about to end, and 0.1 s later; nobody touched anything")
print("expected: the second a little over the first")
for way in before:
    print(f"seen:     player {way}: {before[way]:.1f}, then {after[way]:.1f}")
sys.exit(not all(before[way] >= 1.8 and after[way] < 1 for way in before))
PY
