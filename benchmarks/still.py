"""What wakes the daemon on an untouched X11 desk, as `pip install .` leaves it: without pynput.

    python -m benchmarks.still [--seconds 180]

Each desk has a bus or none, a tray host or none, a sound server or none; all are measured at the same time. pip
installs this checkout into a virtual environment that is made for it, as a user's does.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from benchmarks import desks
from benchmarks.__main__ import WAKEUPS, table

ROOT = Path(__file__).resolve().parent.parent
PANEL, SOUND = "a panel", "a sound server"
DESKS = (
    "x11", f"x11 with {PANEL}", f"x11 with {SOUND}", f"x11 with {PANEL} and {SOUND}",
    f"x11 {desks.WITHOUT_BUS}", f"x11 {desks.WITHOUT_BUS}, with {SOUND}",
)  # fmt: skip
"""A tray host needs a bus."""
NEEDS = {PANEL: ("xfce4-panel", "xfconfd", "dbus-send"), SOUND: ("pulseaudio",)}


def installed(folder: Path) -> str:
    """The command, as pip installs it. Raises CalledProcessError."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(ROOT)], check=True)
    subprocess.run([python, "-m", "compileall", "-q", str(folder)], check=False)
    assert subprocess.run([python, "-c", "import pynput"], capture_output=True, check=False).returncode, "it is there"
    return str(folder / "bin/unhunch")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.still", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        line = (installed(Path(folder) / "venv"), "run")
        wanted = []
        for desk in DESKS:
            needs = [part for what, parts in NEEDS.items() if what in desk for part in parts]
            wanted.append(desks.Candidate(desk.replace("x11 ", "x11, "), desk, line, ("Xvfb", "dunst", *needs)))
        rows = desks.measure(desks.available(wanted), asked.seconds, desks.SETTLE)
    head = ["", "wake-ups/s", "at most", "CPU %", "private, MiB"]
    cells = [
        [row.name, f"{row.cost.wakeups:.3f}", f"{WAKEUPS.most:g}", f"{row.cost.cpu_percent:.4f}",
         f"{row.memory.private:.1f}"]
        for row in rows
    ]  # fmt: skip
    print(table(head, cells))
    return int(any(row.cost.wakeups > WAKEUPS.most for row in rows))


if __name__ == "__main__":
    sys.exit(main())
