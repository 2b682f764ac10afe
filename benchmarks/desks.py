"""Whole daemons and whole peers on private desktops: memory, processor time and wake-ups, untouched and under a mouse.

Each runs as its user would run it: `unhunch run` with tray and notices, the peers as their menus start them. Untouched
desks are measured all at the same time, since nothing happens on them; under the mouse a few at a time.
"""

import contextlib
import os
import socket
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH
from tests.desktop.panel import xfce_panel
from tests.desktop.parts import find as find

from benchmarks import process, synced
from benchmarks.week import LAST_DAY
from unhunch.sync.folder import begins

MICE = Path(__file__).with_name("activity.py")
WITHOUT_BUS = "without a bus"
SETTLE = 40.0
"""Seconds after the start: what is looked for anew has given up, and a splash has gone."""
MOVING = 5.0
"""Seconds under the mouse before anything is counted."""
AT_ONCE = 3
"""Desks with a mouse of its own each."""


class Candidate(NamedTuple):
    """What is measured, on which desk: "mutter", "wayland" (KWin), or "x11" with what its name says besides: a panel, a
    sound server, a shared folder, "without a bus"."""

    name: str
    desk: str
    command: tuple[str, ...]
    needs: tuple[str, ...]
    mouse: bool = False
    """Under a mouse that moves at 1000 Hz."""


RUN = (UNHUNCH, "run")
OURS = (
    Candidate("x11", "x11", RUN, ("Xvfb", "dunst")),
    Candidate("x11, with a panel", "x11 with a panel", RUN, ("Xvfb", "dunst", "xfce4-panel", "xfconfd", "dbus-send")),
    Candidate("x11, without a bus", "x11 without a bus", RUN, ("Xvfb",)),
    Candidate("x11, with a sound server", "x11 with a sound server", RUN, ("Xvfb", "dunst", "pulseaudio")),
    Candidate("x11, with a shared folder", "x11 with a shared folder", RUN, ("Xvfb", "dunst")),
    Candidate("pynput", "x11", (*RUN, "--source", "pynput"), ("Xvfb", "dunst")),
    Candidate("terminal", "x11", (*RUN, "--source", "terminal"), ("Xvfb", "dunst")),
    Candidate("mutter", "mutter", RUN, ("mutter",)),
    Candidate("wayland", "wayland", RUN, ("kwin_wayland",)),
)
STILL = {candidate.name for candidate in OURS if candidate.name.startswith("x11")}
"""Those that nothing but somebody's coming may wake."""
QUIET = ("x11 without a bus", "x11 with a sound server")
"""Desks that are of interest for what happens when nothing does."""
PEERS = (
    Candidate("Workrave", "x11", ("workrave",), ("workrave", "Xvfb")),
    Candidate("Safe Eyes", "x11", ("safeeyes",), ("safeeyes", "Xvfb")),
    Candidate("RSIBreak", "x11", ("rsibreak",), ("rsibreak", "Xvfb")),
)


class Row(NamedTuple):
    """One candidate on one desk. None is "not measured"."""

    name: str
    memory: process.Memory
    cost: process.Cost
    ready_s: float | None
    writes_a_minute: float | None


class Running:
    """A candidate on a bed of its own."""

    def __init__(self, candidate: Candidate, stack: ExitStack) -> None:
        self.name = candidate.name
        self.bed = bed = stack.enter_context(Bed())
        self.desk = candidate.desk
        if WITHOUT_BUS not in candidate.desk:
            bed.bus()
        _furnish(bed, candidate.desk)
        self.database = bed.home / ".local/share/unhunch/unhunch.sqlite"
        self.mouse = candidate.mouse
        self.ours = Path(candidate.command[0]).name == "unhunch"
        self.ready_s: float | None = None
        begin = time.perf_counter()
        if self.ours:
            with _notified(bed.dir / "notify") as told:
                self.leader = bed.spawn(*candidate.command, env={"NOTIFY_SOCKET": str(bed.dir / "notify")}, log="it")
                bed.until("READY=1", lambda: self._alive() and told("READY=1"))
                self.ready_s = time.perf_counter() - begin
            source = self.name.split(",")[0]
            bed.until(f"the source {source}", lambda: f"watches by {source}" in bed.log("it"))
        else:
            self.leader = bed.spawn(*candidate.command, log="it")

    def _alive(self) -> bool:
        if self.leader.poll() is not None:
            raise SystemExit(f"{self.name} ended with {self.leader.returncode}:\n{self.bed.log('it')}")
        return True

    def move(self) -> None:
        kind = self.desk if self.desk in ("mutter", "wayland") else "x11"
        root = str(MICE.parent.parent)
        paths = os.pathsep.join((root, str(Path(root) / "src")))
        self.bed.spawn(sys.executable, str(MICE), "--mouse", kind, env={"PYTHONPATH": paths}, log="mouse")

    def moved(self) -> bool:
        """Whether the mouse is at work still, as it has to be to the end."""
        return "Traceback" not in self.bed.log("mouse")


@contextlib.contextmanager
def _notified(path: Path) -> Iterator[Callable[[str], bool]]:
    """A service manager's socket: asks whether a word has been told."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(path))
        listening.settimeout(0)
        heard = bytearray()

        def told(word: str) -> bool:
            with contextlib.suppress(BlockingIOError):
                heard.extend(listening.recv(4096) + b"\n")
            return word.encode() in heard

        yield told


def _furnish(bed: Bed, desk: str) -> None:
    if desk in ("mutter", "wayland"):
        (bed.mutter if desk == "mutter" else bed.kwin)()
        time.sleep(1)  # its names come to the bus after its socket
        return
    bed.xvfb()
    if WITHOUT_BUS not in desk and find("dunst"):
        bed.dunst()
    if "a shared folder" in desk:
        _share(bed)
    if "a sound server" in desk:
        bed.spawn("pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n", "-L", "module-native-protocol-unix")
        bed.until("the sound server", (bed.run / "pulse" / "native").exists)
    if "a panel" in desk:
        xfce_panel(bed)
        owned = ("dbus-send", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner")
        bed.until("the tray host", lambda: "true" in bed.output(*owned, "string:org.kde.StatusNotifierWatcher"))


def _share(bed: Bed) -> None:
    """A folder with a month of another desk in it."""
    other = "0123456789ab-home"
    folder, config = bed.home / "Sync/unhunch", bed.home / ".config/unhunch/config.toml"
    folder.mkdir(parents=True, mode=0o700)
    (folder / f"{begins(other)}-{LAST_DAY:%Y-%m}.jsonl").write_bytes(b"".join(synced.months(other, 31)))
    config.parent.mkdir(parents=True)
    config.write_text(f'sync.folder = "{folder}"\n')


class _Writes:
    """Counts another process's transactions by SQLite's `data_version`, asked about once a second."""

    def __init__(self, database: Path) -> None:
        self._open = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._seen = self._version()
        self.count = 0

    def _version(self) -> int:
        return int(self._open.execute("pragma data_version").fetchone()[0])

    def sample(self) -> None:
        now = self._version()
        self.count += now != self._seen
        self._seen = now


def measure(
    candidates: Sequence[Candidate], seconds: float, settle: float, meanwhile: Callable[[], None] = lambda: None
) -> list[Row]:
    """All of them at the same time. `meanwhile`: done while they settle, over before anything is counted."""
    with ExitStack() as stack:
        running = [Running(candidate, stack) for candidate in candidates]
        settled = time.monotonic() + settle
        meanwhile()
        mice = [each for each in running if each.mouse]
        for each in mice:
            each.move()
        time.sleep(max(settled - time.monotonic(), MOVING if mice else 0.0))
        meters = [process.Meter(each.leader.pid) for each in running]
        writes = [_Writes(each.database) if each.ours else None for each in running]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(process.SAMPLE_SECONDS)
            for meter in meters:
                meter.sample()
            for count in filter(None, writes):
                count.sample()
        rows = []
        for each, meter, count in zip(running, meters, writes, strict=True):
            each._alive()
            if each.mouse and not each.moved():
                raise SystemExit(f"the mouse of {each.name} died:\n{each.bed.log('mouse')}")
            cost = meter.cost()
            made = count.count * 60 / cost.seconds if count else None
            rows.append(Row(each.name, process.memory(each.leader.pid), cost, each.ready_s, made))
        return rows


def memory_alone(candidate: Candidate, settle: float) -> Row:
    """Memory of one while nothing else runs here: others would share its pages and make it look smaller."""
    return measure([candidate], 1.0, settle)[0]


def ready_seconds(candidate: Candidate, starts: int) -> float:
    """From the start of the process to READY=1, the middle of some starts."""
    found = []
    for _ in range(starts):
        with ExitStack() as stack:
            found.append(Running(candidate, stack).ready_s or 0.0)
    return statistics.median(found)


def available(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose programs are installed; says which are not."""
    found = []
    for candidate in candidates:
        missing = [part for part in candidate.needs if find(part) is None]
        if missing:
            print(f"{candidate.name}: not measured, {', '.join(missing)} not installed", file=sys.stderr)
        else:
            found.append(candidate)
    return found


def with_a_mouse(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same under a mouse. What looks at terminals does not see one."""
    return [each._replace(mouse=True) for each in candidates if each.name != "terminal" and each.desk not in QUIET]


def under_a_mouse(candidates: Sequence[Candidate], seconds: float, settle: float) -> list[Row]:
    """A few at a time: the mice need processor time."""
    concerned = with_a_mouse(candidates)
    rows: list[Row] = []
    for begin in range(0, len(concerned), AT_ONCE):
        rows += measure(concerned[begin : begin + AT_ONCE], seconds, settle)
    return rows
