"""pynput, which tells a person from a program on X11: offered where it is missing, and brought here."""

import os
import subprocess

from unhunch.adapters.installation import Installation, lacks_pynput
from unhunch.cli.to_daemon import ask_if_running
from unhunch.errors import UserError
from unhunch.words.translate import N_, _

WHY = N_("pynput is missing: it tells your hands from a program that resets the idle counter.")
WITHOUT = N_("Without it the X server's idle counter decides alone, and all else goes on.")


def missing() -> bool:
    return lacks_pynput(os.environ)


def command() -> str:
    """What brings it, to be read or typed."""
    return Installation.own().command_for_pynput


def bring() -> bool:
    """Get it now, its installer speaking on the terminal; a daemon that runs is started anew. Whether it is here."""
    from unhunch import service

    try:
        done = subprocess.run(Installation.own().gets_pynput, check=False).returncode == 0
    except OSError:  # no such program
        done = False
    if not done:
        print(_("It could not be had."), _(WITHOUT))
        print(_("Try it later: {command}").format(command=command()))
        return False
    try:
        if ask_if_running("status") is not None:
            service.restart()
    except UserError as error:
        print(error.what, error.remedy)
    print(_("pynput is installed."))
    return True
