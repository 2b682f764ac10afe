"""What a notification server is asked for a notice: the arguments of Notify, as the server at hand draws them."""

from typing import Any

from dbus_fast import Variant

from unhunch.adapters.icons import pixmaps
from unhunch.adapters.notify.servers import Server, fitted
from unhunch.adapters.notify.without_buttons import body_with_commands
from unhunch.ports import Notice
from unhunch.words.translate import N_, _

DEFAULT_LABEL = N_("Open")


def arguments(notice: Notice, server: Server, capabilities: frozenset[str]) -> tuple[Any, ...]:
    """Always for a new notice: a replaced one is not shown by every server."""
    drawn = "actions" in capabilities and server.buttons
    body = fitted(notice.body, server.longest) if drawn else body_with_commands(notice)
    if "body-markup" in capabilities:
        body = body.replace("&", "&amp;").replace("<", "&lt;")
    actions: list[str] = []
    if notice.buttons and "actions" in capabilities:
        # Also where none is drawn: keys and menus of the server's own may reach them.
        default = _(DEFAULT_LABEL) if server.buttons else _("Why?")
        actions = ["default", default] if server.click else []
        for button in notice.buttons:
            actions += button
    expire = server.stays_ms if notice.resident else server.goes_ms
    return "Unhunch", 0, "unhunch", notice.title, body, actions, _hints(notice, server), expire


def _hints(notice: Notice, server: Server) -> dict[str, Variant]:
    hints = {
        "urgency": Variant("y", 2 if notice.resident and server.stays_critical else notice.urgency),
        "category": Variant("s", "x-unhunch.reminder"),
        "desktop-entry": Variant("s", "unhunch"),
        # Pixels and not a name alone: no theme need have the icon, and no server need read SVG.
        "image-data": Variant("(iiibiiay)", _picture()),
    }
    for hint, wanted in (
        ("transient", notice.transient or (server.ends and not notice.resident)),
        ("resident", notice.resident),
        ("suppress-sound", not notice.sound),
    ):
        if wanted:
            hints[hint] = Variant("b", wanted)
    if notice.sound:
        hints["sound-name"] = Variant("s", "message")
    return hints


def _picture() -> list[Any]:
    """The figure of the tray as the specification's image-data: RGBA, 8 bits, rows without padding."""
    width, height, argb = pixmaps("sitting")[-1]
    rgba = bytearray(len(argb))
    for place, channel in enumerate((1, 2, 3, 0)):
        rgba[place::4] = argb[channel::4]
    return [width, height, 4 * width, True, 8, 4, bytes(rgba)]
