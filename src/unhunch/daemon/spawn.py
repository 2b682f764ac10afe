"""Starts commands of ours that outlive the daemon: a session, the week, the settings."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from unhunch.adapters.desktop_env import DESKTOP


class Spawn:
    """Starts a command outside this unit: its limits and its end would be the daemon's otherwise."""

    def __init__(self, env: Mapping[str, str], failed: Callable[[str, BaseException], None]) -> None:
        """`env`: where the desktop is, as known at the moment of starting."""
        self._env = env
        self._failed = failed
        self.token = ""
        """The desktop's leave to come to the front, for what is started next. Good for one window."""

    def __call__(self, *argv: str) -> None:
        """`unhunch` with these words. Never raises: what fails is told to `failed`."""
        token, self.token = self.token, ""
        # The second is its name on X11.
        leave = {"XDG_ACTIVATION_TOKEN": token, "DESKTOP_STARTUP_ID": token} if token else {}
        line = [sys.executable, "-m", "unhunch", *argv]
        runner = shutil.which("systemd-run") if os.environ.get("INVOCATION_ID") else None
        if runner:
            # The desktop as it is now: the manager may have been started before it.
            known = [f"--setenv={name}={value}" for name, value in self._env.items() if name in DESKTOP]
            known += [f"--setenv={name}={value}" for name, value in leave.items()]
            line = [runner, "--user", "--collect", "--quiet", *known, "--", *line]
        try:
            # What it complains about goes into our log: nobody sees its terminal.
            null = subprocess.DEVNULL
            subprocess.Popen(line, env=os.environ | leave, stdin=null, stdout=null, start_new_session=True)
        except OSError as error:
            self._failed("start", error)
