"""What notification servers really draw and tell: capabilities say what a protocol has, not what a person sees.

Seen on the real ones (docs/platforms.md has the versions). A server without a row is taken at its word.
"""

from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _

GOES_MS = 15_000
"""Milliseconds after which a notice that goes by itself is told to go, where a server's own default is never, or is not
told."""

STAYS_MS = 24 * 3_600_000
"""Milliseconds after which a notice that stays is told to go, where nothing else keeps it: what is owed has lapsed."""


class Server(NamedTuple):
    """One server's looks."""

    draws: str = N_("buttons")
    """What a person sees of them, marked."""
    buttons: bool = True
    """They can be reached with the pointer. Else the text says what to type."""
    click: bool = True
    """A click on the text is a thing apart. Else "default" would be a button of its own beside the others."""
    goes_ms: int = -1
    """Asked for notices that go by themselves; -1 leaves it to the server."""
    stays_ms: int = 0
    """Asked for notices that stay. 0 is never, by the specification; swaync takes it for its own default."""
    tells: bool = True
    """It says when a popup went by itself."""
    stays_critical: bool = False
    """Only what is critical stays until it is answered."""
    ends: bool = False
    """It says so of each popup that was on the screen, and of none that was not: what goes by itself has to be marked
    as transient for that."""
    longest: int = 0
    """Characters of text that are drawn; 0 for all."""


WITHIN_12 = N_("buttons; every notice goes by itself within 12 s")
NO_BUTTONS = N_("no buttons: the text says what to type")
SERVERS = {
    "gnome-shell": Server(N_("buttons once the pointer is on it"), stays_critical=True, ends=True),
    "Plasma": Server(goes_ms=GOES_MS, tells=False),
    "mako": Server(NO_BUTTONS, buttons=False, goes_ms=GOES_MS),
    "fnott": Server(NO_BUTTONS, buttons=False, goes_ms=GOES_MS),
    "dunst": Server(NO_BUTTONS, buttons=False),
    "SwayNotificationCenter": Server(goes_ms=GOES_MS, stays_ms=STAYS_MS, tells=False),
    "Xfce Notify Daemon": Server(click=False),
    "lxqt-notificationd": Server(click=False, longest=80),
    "Budgie Notification Server": Server(WITHIN_12, goes_ms=GOES_MS, stays_ms=STAYS_MS),
}
"""By the name in GetServerInformation."""
PLAIN = Server(NO_BUTTONS, buttons=False)
"""A server that says itself that it has no buttons."""
UNKNOWN = Server()


def server_of(name: str, capabilities: frozenset[str]) -> Server:
    """What is known of the server of that name."""
    known = SERVERS.get(name, UNKNOWN)
    return known if "actions" in capabilities else known._replace(draws=PLAIN.draws, buttons=False)


def described(name: str, version: str, server: Server) -> str:
    """For `doctor`: "mako, no buttons: the text says what to type". mako gives its version as 0.0.0."""
    number = "" if version == "0.0.0" else version
    return f"{' '.join(filter(None, (name, number)))}, {_(server.draws)}"


def fitted(text: str, longest: int) -> str:
    """The sentences of a text that are drawn whole; at least the first one."""
    if not longest or len(text) <= longest:
        return text
    end = text.rfind(". ", 0, longest)
    return text[: end + 1] if end > 0 else text
