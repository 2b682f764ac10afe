"""Opens an address in the user's browser, or a file in the desktop's editor, where they can outlive whoever opens them.

Inside a unit of systemd a program that is started is a child of that unit and would end with it, so it gets a scope of
its own. Elsewhere the standard library knows what to do, `BROWSER` included.
"""

import os
import shutil
import subprocess
import sys
import threading
import webbrowser

ANSWER_SECONDS = 0.5
"""That there is no browser is known within this time; one that has not answered by then is busy being it."""
OPENING_SECONDS = 5.0
"""xdg-open tells within this time that it knows no program for a file, or else is busy being it."""


def show(address: str) -> bool:
    """Open `address`; False when no browser could be found. Never waits for a browser: whoever calls serves the page.

    The standard library waits for one that it does not know by name (BROWSER=firefox-esr, a script), and for one in the
    terminal (w3m), until it ends.
    """
    opener = shutil.which("xdg-open")
    if opener and _scope() and not os.environ.get("BROWSER") and _started([*_scope(), opener, address]) is not None:
        return True
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(webbrowser.open(address)), daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    return answers[0] if answers else True


def open_file(path: str) -> bool:
    """Open a text file in the editor that the desktop has for it; False when there is none."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - what a double click does
        return True
    line = ["open", "-t", path] if sys.platform == "darwin" else [*_scope(), "xdg-open", path]
    process = _started(line)
    if process is None:
        return False
    try:
        return process.wait(OPENING_SECONDS) == 0
    except subprocess.TimeoutExpired:  # some desktops' xdg-open stays as long as the editor is open
        process.returncode = 0  # it is meant to outlive us: do not let Popen complain of that
        return True


def _scope() -> list[str]:
    """The words that give a program a scope of its own; none outside of a unit."""
    runner = shutil.which("systemd-run")
    if not runner or not os.environ.get("INVOCATION_ID"):
        return []
    return [runner, "--user", "--scope", "--collect", "--quiet", "--"]


def _started(line: list[str]) -> "subprocess.Popen[bytes] | None":
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(line, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError:
        return None
