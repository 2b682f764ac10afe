#!/bin/sh
# pystray in a plain environment on Linux: the icon says it is visible where there is no tray, and drops its menu.
#
# A good guess: an icon with a menu either shows it or raises; visible is False while no panel has taken the icon.
# What is so: without PyGObject (which a virtual environment does not have) the XEmbed backend is chosen silently. It
#   has no menus and no notices (HAS_MENU is False, notify() raises NotImplementedError), takes a menu all the same,
#   and visible is True with nothing but a log line, on a display without any tray.
# For a break timer: "pause" and "quit" live in that menu. Look at HAS_MENU, and do not believe visible.
set -eu
command -v Xvfb >/dev/null || { echo "needs Xvfb (Debian: xvfb)"; exit 2; }
bed=$(mktemp -d); server=; trap '[ -z "$server" ] || kill $server; rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check pystray==0.19.5 pillow==12.0.0 python-xlib==0.33
Xvfb -displayfd 3 -nolisten tcp 3>"$bed/display" 2>/dev/null & server=$!
until grep -q . "$bed/display" 2>/dev/null; do sleep 0.1; done; sleep 0.2
DISPLAY=":$(cat "$bed/display")" timeout 60 "$bed/venv/bin/python" -W ignore - 2>/dev/null <<'PY'
import sys
from importlib.metadata import version

import pystray
from PIL import Image

seen: dict[str, object] = {"backend": pystray.Icon.__module__, "HAS_MENU": pystray.Icon.HAS_MENU}
menu = pystray.Menu(pystray.MenuItem("Pause", lambda: None), pystray.MenuItem("Quit", lambda: None))


def ready(icon: pystray.Icon) -> None:
    icon.visible = True
    seen["visible"] = icon.visible
    try:
        icon.notify("Two minutes", "Stand up")
        seen["notify"] = "shown"
    except NotImplementedError:
        seen["notify"] = "NotImplementedError"
    icon.stop()


pystray.Icon("example", Image.new("RGB", (16, 16), "red"), menu=menu).run(ready)
print("pystray", version("pystray"))
print("an icon with a menu on a display without any tray")
print("expected: visible False, or an error that says what is missing")
print("seen:    ", seen)
sys.exit(seen != {"backend": "pystray._xorg", "HAS_MENU": False, "visible": True, "notify": "NotImplementedError"})
PY
