"""GNOME draws a notice's buttons once the pointer is on it, unless its settings name the program as one to expand.

No switch of GNOME's own settings shows that key; it takes effect where the program is in the menu ('unhunch enable').
"""

import os
import subprocess
from collections.abc import Mapping

SCHEMA = "org.gnome.desktop.notifications.application:/org/gnome/desktop/notifications/application/unhunch/"
COMMAND = ("gsettings", "set", SCHEMA, "force-expanded", "true")
"""What shows the buttons at once."""
SECONDS = 5.0


def folded(env: Mapping[str, str] | None = None) -> bool:
    """Whether this is GNOME, and it folds our notices. Never raises."""
    env = os.environ if env is None else env
    if "GNOME" not in env.get("XDG_CURRENT_DESKTOP", "").split(":"):
        return False
    return _said(("gsettings", "get", SCHEMA, "force-expanded"), env) == "false"


def expand(env: Mapping[str, str] | None = None) -> bool:
    """Have the buttons drawn at once; whether that could be set. Never raises."""
    return _said(COMMAND, os.environ if env is None else env) is not None


def _said(argv: tuple[str, ...], env: Mapping[str, str]) -> str | None:
    try:
        done = subprocess.run(argv, env=dict(env), capture_output=True, text=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
