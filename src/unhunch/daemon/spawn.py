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

    def __call__(self, *argv: str) -> None:
        """`unhunch` with these words. Never raises: what fails is told to `failed`."""
        line = [sys.executable, "-m", "unhunch", *argv]
        runner = shutil.which("systemd-run") if os.environ.get("INVOCATION_ID") else None
        if runner:
            # The desktop as it is now: the manager may have been started before it.
            known = [f"--setenv={name}={value}" for name, value in self._env.items() if name in DESKTOP]
            line = [runner, "--user", "--collect", "--quiet", *known, "--", *line]
        try:
            # What it complains about goes into our log: nobody sees its terminal.
            subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        except OSError as error:
            self._failed("start", error)
