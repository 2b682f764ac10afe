"""The desktop's settings. dconf announces each write on the session bus, so no child that watches is kept."""

from collections.abc import Callable, Mapping
from typing import Any

from unhunch.adapters.protocols.dbus import Bus
from unhunch.adapters.surroundings.child import output

DCONF_WRITER = "ca.desrt.dconf.Writer"


async def read(schema: str, key: str, env: Mapping[str, str]) -> str:
    """A key's value as `gsettings get` prints it. Raises OSError where there is no such schema, or no gsettings."""
    return (await output(["gsettings", "get", schema, key], env)).strip()


async def watch(bus: Bus, folder: str, written: Callable[[], object]) -> None:
    """Call `written` whenever something below dconf's `folder` was written. Raises BusError, Lost."""

    def heard(body: list[Any]) -> None:
        # The path of a key, or of a folder with the names that changed below it.
        prefix, names = body[0], body[1]
        if any((prefix + name).startswith(folder) or folder.startswith(prefix) for name in names):
            written()

    await bus.listen(heard, DCONF_WRITER, "Notify")
