"""Where the desktop is now: this process's environment, or what the user manager has learnt since."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from unhunch.ports import Lost, Unusable

ELSEWHERE = sys.platform in ("win32", "darwin")
"""Portable libraries alone do it there: no D-Bus, no display server to ask."""


DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
"""Variables that say where the desktop is."""


def on_wayland(env: Mapping[str, str]) -> bool:
    """Whether the desktop of this environment is a Wayland compositor's."""
    return bool(env.get("WAYLAND_DISPLAY")) or env.get("XDG_SESSION_TYPE") == "wayland"


async def desktop_env() -> dict[str, str]:
    """Where the desktop is now: this process's environment, or what the user manager has learnt since.

    A service may be older than the desktop it serves: started before it, or left over from the one before. Then the
    manager knows better than the environment that the service was born with.
    """
    env = dict(os.environ)
    if ELSEWHERE:
        return env
    if "INVOCATION_ID" in env or not (env.get("WAYLAND_DISPLAY") or env.get("DISPLAY")):
        known = await _manager_env(env)
        if known is not None:
            env = {name: value for name, value in env.items() if name not in DESKTOP} | known
    runtime = env.get("XDG_RUNTIME_DIR", "")
    if runtime and not (env.get("WAYLAND_DISPLAY") or env.get("DISPLAY")):
        for path in sorted(Path(runtime).glob("wayland-*")):  # noqa: ASYNC240 - a handful of names in memory
            if path.is_socket():
                env["WAYLAND_DISPLAY"] = path.name
                break
    return env


async def _manager_env(env: Mapping[str, str]) -> dict[str, str] | None:
    """What `systemctl --user show-environment` says of the desktop; None where no manager answers."""
    from unhunch.adapters.protocols.dbus import Bus, BusError, session_address

    try:
        bus = await Bus.connect(session_address(env))
    except (BusError, Unusable, OSError):
        return None
    try:
        manager = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
        pairs = [pair.partition("=") for pair in await bus.get(*manager, "Environment")]
    except (BusError, Lost, OSError):
        return None
    finally:
        await bus.close()
    return {name: value for name, _equals, value in pairs if name in DESKTOP}
