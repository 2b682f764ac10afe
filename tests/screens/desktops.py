"""Which desktops there are to be run."""

import os

from tests.screens.gnome import Gnome
from tests.screens.plasma import Plasma
from tests.screens.screen import Screen
from tests.screens.wlroots import Fnott, Sway, Swaync
from tests.screens.x11 import Lxqt, Mate, Xfce

USUAL: tuple[type[Screen], ...] = (Gnome, Plasma, Sway)
"""What most people have."""
SMALLER: tuple[type[Screen], ...] = (Swaync, Fnott, Xfce, Lxqt, Mate)

WANTED = os.environ.get("UNHUNCH_DESKTOPS", "").split(",")
SCREENS = [kind for kind in (*USUAL, *SMALLER) if kind.__name__ in WANTED]
"""Those of this run."""
