"""Talks to the user's service manager (systemd --user) through systemctl, and tells whether it starts desktops here."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from unhunch.service.files import UNIT
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

TARGET = "graphical-session.target"
SECONDS = 90.0
"""The unit's own limit on starting is systemd's default, 90 s; `systemctl start` waits that long for its READY."""

UNIT_FOLDERS = ("/etc/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user", "/lib/systemd/user")
BINDS = re.compile(rf"^BindsTo=.*\b{re.escape(TARGET)}\b", re.MULTILINE)


class Answer(NamedTuple):
    code: int
    out: str


class UserManager:
    """One user's systemd, as the environment reaches it."""

    def __init__(self, env: Mapping[str, str], folders: tuple[str, ...] = UNIT_FOLDERS) -> None:
        self._env = dict(env)
        self._folders = folders

    def call(self, *words: str) -> Answer:
        """Run `systemctl --user WORDS`; a missing or silent systemctl is an answer too, with code 127 or 124."""
        try:
            done = subprocess.run(
                ["systemctl", "--user", "--no-pager", "--no-ask-password", *words],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(
                124,
                _("{command} has not ended within {seconds} s").format(
                    command=f"systemctl --user {' '.join(words)}", seconds=f"{SECONDS:.0f}"
                ),
            )
        except OSError as error:
            return Answer(127, _("systemctl cannot be started: {error}").format(error=error.strerror or error))
        return Answer(done.returncode, done.stdout.strip())

    def answers(self) -> bool:
        return self.call("show", "--property=Version").code == 0

    def property(self, unit: str, name: str) -> str:
        return self.call("show", unit, f"--property={name}", "--value").out

    def target_reached(self) -> bool:
        return self.property(TARGET, "ActiveState") == "active"

    def target_expected(self) -> bool:
        """Whether a desktop that is installed here brings the target, which none has reached now.

        Seen from inside a desktop the answer is no: this one did not, Sway and i3 never do. Without one (a text
        console, ssh) the unit files tell: GNOME's and Plasma's bind themselves to the target.
        """
        if self._env.get("DISPLAY") or self._env.get("WAYLAND_DISPLAY"):
            return False
        return any(_binds(path) for folder in self._folders for path in sorted(Path(folder).glob("*.target")))

    def enabled(self) -> bool:
        return self.call("is-enabled", UNIT).out.splitlines()[-1:] == ["enabled"]

    def running(self) -> bool:
        return self.property(UNIT, "ActiveState") in ("active", "reloading", "activating")


def _binds(path: Path) -> bool:
    try:
        return BINDS.search(path.read_text("utf-8", errors="replace")) is not None
    except OSError:
        return False
