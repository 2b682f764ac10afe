"""Desktops that read no autostart entries by themselves: how they are recognised, and which line starts a program."""

import shlex
import socket
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from unhunch.tuples import NamedTuple


class Line(NamedTuple):
    """What starts a program from a desktop's own configuration."""

    file: str
    """Where it belongs."""
    text: str = "{shell} &"
    """With `shell`, the command as a shell reads it, or `quoted`, its words in double quotes with `apart` between them.
    A shell script without the "&" would wait for the daemon for ever."""
    apart: str = " "

    def of(self, command: Sequence[str]) -> str:
        """The line for a command."""
        quoted = ('"' + word.replace("\\", r"\\").replace('"', r"\"") + '"' for word in command)
        return self.text.format(shell=shlex.join(command), quoted=self.apart.join(quoted))


LUA = "hyprland.lua"
LINES = {
    "sway": Line("~/.config/sway/config", "exec {shell}"),
    "i3": Line("~/.config/i3/config", "exec --no-startup-id {shell}"),
    "hyprland": Line("~/.config/hypr/hyprland.conf", "exec-once = {shell}"),
    LUA: Line(f"~/.config/hypr/{LUA}", 'hl.on("hyprland.start", function() hl.exec_cmd([[{shell}]]) end)'),
    "wayfire": Line("~/.config/wayfire.ini, [autostart]", "unhunch = {shell}"),
    "niri": Line("~/.config/niri/config.kdl", "spawn-at-startup {quoted}"),
    "river": Line("~/.config/river/init"),
    "labwc": Line("~/.config/labwc/autostart"),
    "dwm": Line("~/.xinitrc"),
    "bspwm": Line("~/.config/bspwm/bspwmrc"),
    "openbox": Line("~/.config/openbox/autostart"),
    "awesome": Line("~/.config/awesome/rc.lua", 'require("awful").spawn({{{quoted}}})', ", "),
}
"""By their names in XDG_CURRENT_DESKTOP, in small letters; Hyprland's second one is read by what has a file for it."""
SIGNS = {
    "SWAYSOCK": "sway",
    "I3SOCK": "i3",
    "HYPRLAND_INSTANCE_SIGNATURE": "hyprland",
    "WAYFIRE_SOCKET": "wayfire",
    "NIRI_SOCKET": "niri",
    "LABWC_PID": "labwc",
}
"""What they put into the environment, also where nobody sets XDG_CURRENT_DESKTOP: from a console, from startx."""
ANSWERS = 2.0
"""Seconds after which a compositor that hangs is one that cannot be known."""


def named(env: Mapping[str, str]) -> tuple[str, ...]:
    """The desktop's names in small letters; none where nothing tells. `env`: the session's."""
    if said := env.get("XDG_CURRENT_DESKTOP", ""):
        return tuple(said.lower().split(":"))
    if signs := tuple(SIGNS[sign] for sign in SIGNS if env.get(sign)):
        return signs
    program = _behind(env).lower()
    return (program,) if program in LINES else ()


def line_for(desktop: str, env: Mapping[str, str]) -> Line | None:
    """What a desktop of that name understands; None for one that reads autostart entries, or that nobody knows."""
    if desktop == "hyprland":
        # From 0.55 on it takes a file in Lua before the other one, which it then does not read.
        folder = env.get("XDG_CONFIG_HOME") or f"{env.get('HOME', '~')}/.config"
        chosen = Path(env.get("HYPRLAND_CONFIG") or f"{folder}/hypr/{LUA}")
        if chosen.suffix == ".lua" and chosen.exists():
            desktop = LUA
    return LINES.get(desktop)


def _behind(env: Mapping[str, str]) -> str:
    """The program that listens at the Wayland socket, since river tells nothing else of itself; empty for none."""
    if sys.platform != "linux" or not env.get("WAYLAND_DISPLAY"):
        return ""
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(ANSWERS)
            asked.connect(str(Path(env.get("XDG_RUNTIME_DIR", ""), env["WAYLAND_DISPLAY"])))
            told = asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        process, _user, _group = struct.unpack("3i", told)
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
