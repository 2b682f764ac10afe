"""Opens an address in the user's browser, or a file in the desktop's editor, where they can outlive whoever opens them.

Inside a unit of systemd a program that is started is a child of that unit and would end with it, so it gets a scope of
its own. The standard library knows more browsers, but takes its time: it asks the desktop which is preferred before it
looks at `BROWSER`, and waits for one that it does not know by name (BROWSER=firefox-esr, a script) until it ends. So it
is asked last. Imports next to nothing: a session asks for its page before what serves it is loaded.
"""

import os
import sys
import time
from collections.abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess

ANSWER_SECONDS = 0.5
"""That there is no browser is known within this time; one that has not answered by then is busy being it."""
STEP = 0.01
OPENING_SECONDS = 5.0
"""xdg-open tells within this time that it knows no program for a file, or else is busy being it."""
WITH_WINDOWS = (
    "firefox", "firefox-esr", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "brave-browser",
    "microsoft-edge", "opera", "vivaldi", "epiphany", "falkon", "konqueror", "xdg-open", "kde-open",
)  # fmt: skip
"""Browsers that need no terminal, which then neither gets their complaints nor takes them along with Ctrl-C."""


class Asked:
    """A browser that was asked to open an address. Whether there is one is known a moment later."""

    def __init__(self, address: str, process: int | None, others: str) -> None:
        """`process` is its number, None if none could be started; `others` are those of BROWSER that come after it."""
        self._address = address
        self._process = process
        self._others = others

    def shown(self) -> bool:
        """False when no browser could be found. Waits for ANSWER_SECONDS at most, and longer for no browser."""
        if self._process is not None and _code(self._process) in (None, 0):
            return True
        if self._process is not None or "BROWSER" in os.environ:
            os.environ["BROWSER"] = self._others
        return _by_the_library(self._address)


def ask(address: str) -> Asked:
    """Ask the first browser that can be started to open `address`. Does not wait."""
    for line, others in _lines(address):
        process = _spawned(line)
        if process is not None:
            return Asked(address, process, others)
    return Asked(address, None, "")


def show(address: str) -> bool:
    """Open `address`; False when no browser could be found. Never waits for one: whoever calls serves the page."""
    return ask(address).shown()


def _lines(address: str) -> Iterator[tuple[list[str], str]]:
    """What can be started, the preferred one first; and what of BROWSER is left then."""
    wanted = [entry for entry in os.environ.get("BROWSER", "").split(os.pathsep) if entry.strip()]
    for number, entry in enumerate(wanted):
        words = _words(entry)
        line = [word.replace("%s", address) for word in words]
        yield (line if line != words else [*words, address]), os.pathsep.join(wanted[number + 1 :])
    windows = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not wanted and sys.platform == "linux" and (windows or _scope()) and _found("xdg-open"):
        yield [*_scope(), "xdg-open", address], ""


def _words(entry: str) -> list[str]:
    """A browser as BROWSER names it, in words; a "&" at the end says what is done anyway."""
    if entry.isascii() and entry.replace("-", "").replace("/", "").replace(".", "").isalnum():
        return [entry]
    import shlex

    try:
        words = shlex.split(entry)
    except ValueError:  # a quotation mark lacks its other one
        words = [entry]
    return words[:-1] if words[-1:] == ["&"] else words


def _spawned(line: list[str]) -> int | None:
    """The number of the process; None if it cannot be started."""
    if sys.platform == "win32" or not line:
        return None
    apart = os.path.basename(line[0]) in (*WITH_WINDOWS, "systemd-run")
    null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)] if apart else []
    import signal

    try:
        # What Python ignores, nobody else expects to be ignored.
        restored = (signal.SIGPIPE, signal.SIGXFSZ)
        return os.posix_spawnp(line[0], line, os.environ, file_actions=null, setsid=apart, setsigdef=restored)
    except (OSError, NotImplementedError):
        return None


def _code(process: int) -> int | None:
    """How it ended; None while it is there, or where that is not told."""
    if sys.platform == "win32":
        return None
    for _ in range(round(ANSWER_SECONDS / STEP)):
        try:
            ended, status = os.waitpid(process, os.WNOHANG)
        except ChildProcessError:
            return None
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(STEP)
    return None


def _by_the_library(address: str) -> bool:
    import threading
    import webbrowser

    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(webbrowser.open(address)), daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    return answers[0] if answers else True


TEXT_ONLY = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Browsers of the terminal, which run no script."""


def known() -> str:
    """The name of what would open a page; empty where there is nothing."""
    import webbrowser

    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return ""
    return os.path.basename(getattr(found, "name", "")) or type(found).__name__


def open_file(path: str) -> bool:
    """Open a text file in the editor that the desktop has for it; False when there is none."""
    import subprocess

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
    if not os.environ.get("INVOCATION_ID") or not _found("systemd-run"):
        return []
    return ["systemd-run", "--user", "--scope", "--collect", "--quiet", "--"]


def _found(program: str) -> bool:
    return any(os.access(f"{folder}/{program}", os.X_OK) for folder in os.environ.get("PATH", "").split(os.pathsep))


def _started(line: list[str]) -> "subprocess.Popen[bytes] | None":
    import subprocess

    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(line, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError:
        return None
