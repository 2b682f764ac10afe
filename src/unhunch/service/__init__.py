"""Starting at login: what `unhunch enable` and `disable` do, and what `doctor` says about it.

A systemd user unit where a user manager runs desktops, an XDG autostart entry on other Linux desktops, never both;
a launchd agent on macOS and a Startup folder entry on Windows.
"""

from unhunch.service.files import File, Way
from unhunch.service.login import Login, Report, State

__all__ = ["File", "Login", "Report", "State", "Way", "install", "remove", "state"]


def install(*, dry_run: bool = False) -> Report:
    """Start this installation at every login of this user, and now. Raises UserError."""
    return Login().install(dry_run=dry_run)


def remove() -> Report:
    """Stop the daemon and start it no more. Raises UserError."""
    return Login().remove()


def state() -> State:
    return Login().state()
