"""macOS asks its user before a program may hear the keyboard: the permission is called Input Monitoring.

pynput hears through an event tap that only listens. Without the permission the system clears the keys out of the tap's
mask without a word (developer.apple.com: CGEventTapCreate): the mouse alone is heard, and whoever types is called away.
So without it nothing is heard at all, and the user is told what to allow. Written from Apple's documentation; not tried
on a Mac.
"""

import importlib
import os
import sys
from typing import Any

from unhunch.ports import Unusable
from unhunch.words.translate import N_, _

REASON = N_("macOS does not let it hear the keyboard: the permission Input Monitoring is missing")
REMEDY = N_(
    "System Settings > Privacy & Security > Input Monitoring: switch on Python where Unhunch starts at "
    "login, or your terminal program where you start it there. If it is not in the list, add it with +: "
    "{program}\n"
    "Then start Unhunch anew: unhunch disable, then unhunch enable. It takes notice of whether something "
    "was typed, never of what."
)


def check() -> None:
    """Raises Unusable when the keyboard may not be heard. The first time macOS then asks its user by itself."""
    quartz, services = _framework("Quartz"), _framework("HIServices")
    preflight = getattr(quartz, "CGPreflightListenEventAccess", None)
    # What pynput calls IS_TRUSTED, the permission Accessibility, includes this one.
    trusted = getattr(services, "AXIsProcessTrusted", None)
    known = [ask for ask in (preflight, trusted) if ask is not None]
    if not known or any(ask() for ask in known):
        return
    if (request := getattr(quartz, "CGRequestListenEventAccess", None)) is not None:
        request()  # puts the program into the list
    raise Unusable(_(REASON), _(REMEDY).format(program=os.path.realpath(sys.executable)))


def _framework(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
