"""GNOME's own break reminders (48 and later): are we the second to ask for the same thing?

The shell's `State` is one for all its breaks: 3 while one is taken, 4 once one is due; it announces itself. Whether the
breaks are to move or to rest the eyes only is in the settings.
"""

import os
from collections.abc import Mapping
from typing import Any

from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.adapters.surroundings import gsettings
from unhunch.words.translate import N_, _

SHELL = "org.gnome.Shell"
SCREEN_TIME, SCREEN_TIME_PATH = "org.gnome.Shell.ScreenTime", "/org/gnome/Shell/ScreenTime"
TAKEN, DUE = 3, 4
SCHEMA, KEY, MOVEMENT = "org.gnome.desktop.break-reminders", "selected-breaks", "'movement'"
FOLDER = "/org/gnome/desktop/break-reminders/"


class GnomeBreaks(BusSource):
    """Knows `reminds` (GNOME asks to move by itself) and `break_due` (a break of its own is due or taken)."""

    name = N_("GNOME's breaks")
    conditions = ("reminds", "break_due")

    def __init__(self, *, env: Mapping[str, str] | None = None, address: str | None = None) -> None:
        super().__init__(lambda: address or session_address(env))
        self._env = dict(os.environ if env is None else env)
        if address:
            self._env["DBUS_SESSION_BUS_ADDRESS"] = address

    @property
    def note(self) -> str:
        if self._said.get("reminds"):
            return _("GNOME reminds you to move, so Unhunch's own notices to stand up are left out")
        return _("GNOME's movement reminder is off")

    async def _start(self, bus: Bus) -> None:
        def moved(changed: dict[str, Any], invalidated: list[str]) -> None:
            if "State" in changed or "State" in invalidated:
                bus.later(self._ask_state(bus))

        await bus.listen_properties(moved, SHELL, SCREEN_TIME_PATH, SCREEN_TIME)
        await gsettings.watch(bus, FOLDER, lambda: bus.later(self._ask_settings()))
        await self._ask_settings()
        if await bus.watch_name(SHELL, lambda owned: self._owned(bus, owned)):
            await self._ask_state(bus)

    def _owned(self, bus: Bus, owned: bool) -> None:
        if owned:
            bus.later(self._ask_state(bus))
        else:
            self._say("break_due", None)

    async def _ask_state(self, bus: Bus) -> None:
        try:
            state = await bus.get(SHELL, SCREEN_TIME_PATH, SCREEN_TIME, "State")
        except BusError:  # GNOME 47 and before
            self._say("break_due", None)
        else:
            self._say("break_due", state in (TAKEN, DUE))

    async def _ask_settings(self) -> None:
        try:
            self._say("reminds", MOVEMENT in await gsettings.read(SCHEMA, KEY, self._env))
        except OSError:
            self._say("reminds", None)
