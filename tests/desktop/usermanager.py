"""A real `systemd --user` of a bed's own, on a machine that need not be booted with systemd.

It runs in a mount namespace in which /run/systemd/system exists, which is all that systemd looks at to tell; the
machine itself is not touched. Making that namespace takes root.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import find, needs

NAMESPACE = (
    "mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd && mkdir /run/systemd/system && exec {systemd} --user"
)
DESKTOP = "[Unit]\nBindsTo=graphical-session.target\nRequires=basic.target\n"
"""What a desktop's own session target looks like; graphical-session.target cannot be started by hand."""


class UserSystemd:
    """systemd for one user: `env` is what that user's programs see; `systemctl` on its PATH reaches it."""

    def __init__(self, bed: Bed, *, keep_bus: bool = False) -> None:
        """`keep_bus`: the bed's bus stays, on which others are; else dbus-user-session, where installed, brings its."""
        needs("systemd", "systemctl", "unshare", "nsenter")
        if os.getuid():
            pytest.skip("needs root: systemd --user is started in a mount namespace of its own")
        self.bed = bed
        self.units = bed.home / ".config/systemd/user"
        self.units.mkdir(parents=True)
        (self.units / "desktop.target").write_text(DESKTOP)
        if keep_bus:
            for unit in ("dbus.socket", "dbus.service"):
                (self.units / unit).symlink_to("/dev/null")
        self.process = bed.spawn(
            *("unshare", "-m", "sh", "-c", NAMESPACE.format(systemd=find("systemd"))),
            env={"SYSTEMD_LOG_TARGET": "console"},
            log="systemd",
        )
        # systemctl, too, refuses where the machine was not booted with systemd: it goes into the namespace
        wrapper = bed.dir / "bin" / "systemctl"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\nexec nsenter -t {self.process.pid} -m {find("systemctl")} "$@"\n')
        wrapper.chmod(0o755)
        self.env = {**bed.env, "PATH": f"{wrapper.parent}:{bed.env['PATH']}"}
        bed.until("systemd --user", lambda: self.ctl("is-system-running") in ("running", "degraded"))

    def ctl(self, *words: str) -> str:
        """What `systemctl --user WORDS` printed."""
        done = subprocess.run(
            ["systemctl", "--user", "--no-pager", *words],
            env=dict(self.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT * 2,
            check=False,
        )
        return done.stdout.strip()

    def show(self, unit: str, name: str) -> str:
        return self.ctl("show", unit, f"--property={name}", "--value")

    def reach_desktop(self) -> None:
        """As after a login to GNOME or Plasma: graphical-session.target is active."""
        self.ctl("start", "desktop.target")
        self.bed.until("the desktop", lambda: self.ctl("is-active", "graphical-session.target") == "active")

    def leave_desktop(self) -> None:
        """As after a logout; systemd takes graphical-session.target along a moment later, as nobody needs it."""
        self.ctl("stop", "desktop.target")
        self.bed.until("no desktop", lambda: self.ctl("is-active", "graphical-session.target") == "inactive")

    def pid(self, unit: str) -> int:
        return int(self.show(unit, "MainPID") or 0)

    def restarts(self, unit: str) -> int:
        return int(self.show(unit, "NRestarts") or 0)


def stand_in(folder: Path, python: str) -> Path:
    """A program that speaks to systemd like the daemon: ready, then waiting. It notes each start, or exits as told.

    A file `exit` beside it holds the code to end with at once.
    """
    program = folder / "unhunch"
    folder.mkdir(parents=True, exist_ok=True)
    program.write_text(f"""#!{python}
import os, pathlib, signal, socket, sys
here = pathlib.Path(__file__).parent
with (here / "starts").open("a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
if (here / "exit").exists():
    sys.exit(int((here / "exit").read_text()))
address = os.environ["NOTIFY_SOCKET"]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
    notify.connect("\\0" + address[1:] if address[0] == "@" else address)
    notify.send(b"READY=1\\nSTATUS=stand-in")
signal.pause()
""")
    program.chmod(0o755)
    return program
