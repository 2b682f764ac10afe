"""Why Plasma holds notices back. Its server's property Inhibited is one for the user's own switch, for programs that
ask for quiet, and, since 6.7, for a window in full screen. The user's switch stands in a file, with when it ends.

Programs cannot be listed. So what is not the user's own is taken for a full screen from 6.7 on.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from unhunch.adapters.protocols.dbus import Bus, BusError

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
FILE = "plasmanotifyrc"
SWITCH, OURS = "[DoNotDisturb]", "[Applications][unhunch]"
"""Groups of that file."""
COVERS_SINCE = (6, 7)
"""The first version that holds notices back under a window in full screen."""


def settings_file(env: Mapping[str, str]) -> Path:
    """Where Plasma keeps its switch; `env`: the session's."""
    return Path(env.get("XDG_CONFIG_HOME") or f"{env.get('HOME', '~')}/.config", FILE)


def own_switch(text: str, now: datetime) -> bool:
    """Whether the user's do-not-disturb is on; `now` is local, without a zone. What cannot be read is on."""
    until = _keys(text, SWITCH).get("until")
    if until is None:
        return False
    try:
        year, month, day, hour, minute, second = (int(float(part)) for part in until.split(",")[:6])
        return now < now.replace(year, month, day, hour, minute, second)
    except ValueError:
        return until != ""


async def says(bus: Bus, env: Mapping[str, str], now: datetime, *, inhibited: bool) -> dict[str, bool]:
    """What is so: `quiet` for the user's own switch, `covered` for a full screen, `muted` for ours switched off.

    `now`: local time without a zone. `inhibited`: that notices are held back. Raises Lost, OSError.
    """
    try:
        name, _vendor, version, _spec = await bus.call(NAME, PATH, NAME, "GetServerInformation")
    except BusError:
        return {"quiet": inhibited}
    if name.lower() != "plasma":
        return {"quiet": inhibited}
    path = settings_file(env)
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    muted = _keys(text, OURS).get("showpopups") == "false"
    number = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if number < COVERS_SINCE or _keys(text, SWITCH).get("whenfullscreen") == "false":
        return {"quiet": inhibited, "muted": muted}
    covered = inhibited and not own_switch(text, now)
    return {"quiet": inhibited and not covered, "covered": covered, "muted": muted}


def _keys(text: str, wanted: str) -> dict[str, str]:
    """The keys of a group, in small letters; "[$i]" and the like after a key are left out."""
    found: dict[str, str] = {}
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line
        elif group == wanted and "=" in line:
            key, _, value = line.partition("=")
            found[key.partition("[")[0].strip().lower()] = value.strip()
    return found
