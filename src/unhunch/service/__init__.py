"""Starting at login: what `unhunch enable` and `disable` do, and what `doctor` says about it.

A systemd user unit where a user manager runs desktops, an XDG autostart entry on other Linux desktops, never both;
a launchd agent on macOS and a Startup folder entry on Windows.
"""

from unhunch.errors import UserError
from unhunch.service.files import File, Way
from unhunch.service.login import Login, Report, State
from unhunch.service.made import NAME as FOLDERS_MADE
from unhunch.words.translate import _

__all__ = [
    "FOLDERS_MADE",
    "File",
    "Login",
    "Report",
    "State",
    "Way",
    "install",
    "note_folders",
    "quit_daemon",
    "remove",
    "restart",
    "state",
    "take_folders_back",
]


def install(*, dry_run: bool = False) -> Report:
    """Start this installation at every login of this user, and now. Raises UserError."""
    return Login().install(dry_run=dry_run)


def remove() -> Report:
    """Stop the daemon and start it no more. Raises UserError."""
    return Login().remove()


def quit_daemon() -> Report:
    """End the daemon until the next login. No steps: none ran."""
    return Report(tuple(Login().running.stop()))


def restart() -> Report:
    """End the daemon and start this installation's. Raises UserError."""
    login = Login()
    way = login.state().way
    if way is not Way.SYSTEMD and not login.running.on_screen():
        raise UserError(
            _("There is no desktop here that Unhunch would see."),
            _("Nothing was done; a daemon that runs goes on."),
            _("Type it in a terminal window of your desktop, or start it here: unhunch run --source terminal"),
        )
    steps, notes = login.running.start(way, anew=True)
    return Report(tuple(steps), tuple(notes), way)


def note_folders() -> None:
    """Before the first file is written: which folders are not there yet."""
    Login().note_folders()


def take_folders_back() -> None:
    """Remove the folders that `install` made and that are empty now."""
    Login().made.take_back()


def state() -> State:
    return Login().state()
