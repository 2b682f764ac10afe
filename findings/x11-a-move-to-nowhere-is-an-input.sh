#!/bin/sh
# X11: putting the pointer where it already is counts as a person; letting go of a key that is not down does not.
#
# A good guess: the server's idle counter starts anew when something changes on the input devices.
# What is so: a warp by (0, 0), and a motion by (0, 0) through XTEST, set it to 0 though nothing moved. A release of a
#   key that is up does nothing.
# For a break timer: programs that put the pointer in place now and then (games, remote desktops, screen recorders,
#   every "keep awake" tool) make an empty desk look used. The counter cannot be the only witness.
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

from Xlib import X, display
from Xlib.ext import xtest

server = display.Display()
root = server.screen().root


def place() -> tuple[int, int]:
    pointer = root.query_pointer()
    return pointer.root_x, pointer.root_y


def resets(act) -> bool:
    time.sleep(1.2)
    where = place()
    act()
    server.sync()
    time.sleep(0.1)
    assert place() == where
    return root.screensaver_query_info().idle < 1000


seen = {
    "nothing": resets(lambda: None),
    "warp by (0, 0)": resets(lambda: server.warp_pointer(0, 0)),
    "XTEST motion by (0, 0)": resets(lambda: xtest.fake_input(server, X.MotionNotify, True, x=0, y=0)),
    "XTEST release of a key that is up": resets(lambda: xtest.fake_input(server, X.KeyRelease, 38)),
}
print("X server:", server.display.info.vendor, server.display.info.release_number)
print("is the idle counter set to 0 by ...")
print("expected:", dict.fromkeys(seen, False))
print("seen:    ", seen)
sys.exit(list(seen.values()) != [False, True, True, False])
PY
