"""A private desktop: its own runtime folder, home, buses and X server, none of which the machine's own desktop sees.

Every process is started and ended by its own pid. Fixtures for other parts are methods of Bed: start the program
with `spawn`, wait for what shows that it is ready with `until`, and put what clients need into `env`.
"""

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tests.desktop.parts import find, needs

if TYPE_CHECKING:
    from PIL import Image

    from tests.desktop.hands import Hands

LIMIT = 120.0
"""Seconds that anything may take before the test gives up. Only what hangs comes near it, however busy the machine."""

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>{kind}</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>{services}
<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>
"""

DUNSTRC = """[global]
    monitor = 0
    follow = none
    width = 420
    origin = top-right
    offset = 20x20
    font = DejaVu Sans 11
    idle_threshold = 0
    mouse_left_click = do_action, close_current
    mouse_right_click = close_current
    dmenu = {chooser}
{settings}
[urgency_low]
    timeout = 2
[urgency_normal]
    timeout = 30
[urgency_critical]
    timeout = 0
"""

CHOOSER = """#!/bin/sh
# dunst's "context menu": gets one line a button, "#Label (Summary) [id,key]", and answers with the wanted one
tee {menu} | grep -F -f {choice} | head -n 1
"""

BEDS = itertools.count()


def growing() -> Iterator[float]:
    """Seconds between two questions: most ask a whole process, and what takes long is not asked at full speed."""
    pause = 0.01
    while True:
        yield pause
        pause = min(1.2 * pause, 0.05)


def accepts(path: Path) -> bool:
    """Whether somebody listens on a Unix socket; the file is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


class Bed:
    """One private desktop. Use as a context manager, or through the fixture `bed`."""

    def __init__(self) -> None:
        self.dir = Path(tempfile.mkdtemp(prefix="bed-"))
        self.run = self.dir / "run"
        self.run.mkdir(mode=0o700)
        self.home = self.dir / "home"
        self.home.mkdir()
        keep = ("PATH", "LD_LIBRARY_PATH")
        self.env: dict[str, str] = {name: os.environ[name] for name in keep if name in os.environ}
        self.env.update(
            HOME=str(self.home),
            XDG_RUNTIME_DIR=str(self.run),
            XDG_CONFIG_HOME=str(self.home / ".config"),
            XDG_CACHE_HOME=str(self.home / ".cache"),
            XDG_DATA_HOME=str(self.home / ".local/share"),
            XDG_STATE_HOME=str(self.home / ".local/state"),
            LANG="C.UTF-8",
            GSETTINGS_BACKEND="memory",
            NO_AT_BRIDGE="1",
            GIO_USE_VFS="local",
        )
        self.processes: list[subprocess.Popen[bytes]] = []
        self._hands: Hands | None = None

    # Processes

    def spawn(
        self, *argv: str, env: Mapping[str, str] | None = None, log: str = "", pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a program in this bed; what it prints goes to `<log>.log` (its own name by default)."""
        with (self.dir / f"{log or Path(argv[0]).name}.log").open("ab") as out:
            process = subprocess.Popen(
                argv,
                env={**self.env, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        self.processes.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a program of this bed politely, then what is left of its process group."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        self._reap(process)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a program of this bed as a crash would."""
        if process.poll() is None:
            process.kill()
        self._reap(process)

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # its own session: what it started and left behind
        process.wait(5)
        if process in self.processes:
            self.processes.remove(process)

    def output(self, *argv: str, limit: float = LIMIT) -> str:
        """Run a short command in this bed to its end and return what it printed, errors included."""
        done = subprocess.run(
            argv, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=limit, check=False
        )
        return done.stdout

    def log(self, name: str) -> str:
        """What a program has printed so far."""
        path = self.dir / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def logs(self, lines: int = 40) -> str:
        """The last lines of every log, for a failing test."""
        texts = {path.name: path.read_text(errors="replace").strip() for path in sorted(self.dir.glob("*.log"))}
        return "\n".join(f"== {name}\n" + "\n".join(text.splitlines()[-lines:]) for name, text in texts.items() if text)

    # Waiting

    def until(self, what: str, test: Callable[[], object], limit: float = LIMIT) -> None:
        """Wait, blocking, until `test` holds. Only for conditions that need no event loop of ours."""
        end, pauses = time.monotonic() + limit, growing()
        while not test():
            if time.monotonic() > end:
                raise AssertionError(f"waited {limit:.0f} s in vain for {what}\n{self.logs()}")
            time.sleep(next(pauses))

    async def eventually(self, what: str, test: Callable[[], object], limit: float = LIMIT) -> None:
        """Wait until `test` holds while the event loop goes on."""
        end, pauses = time.monotonic() + limit, growing()
        while not test():
            if time.monotonic() > end:
                raise AssertionError(f"waited {limit:.0f} s in vain for {what}\n{self.logs()}")
            await asyncio.sleep(next(pauses))

    # Parts

    def bus(self, kind: str = "session", services: Path | None = None) -> subprocess.Popen[bytes]:
        """A bus daemon of our own, kind "session" or "system"; everybody may own and send everything.

        `services`: a folder of service files that it may start; it starts none without.
        """
        needs("dbus-daemon")
        path = self.bus_path(kind)
        path.unlink(missing_ok=True)
        conf = self.dir / f"{kind}.conf"
        files = f"<servicedir>{services}</servicedir>" if services else ""
        conf.write_text(BUS.format(kind=kind, path=path, services=files))
        process = self.spawn("dbus-daemon", f"--config-file={conf}", "--nofork", log=f"{kind}-bus")
        self.until(f"the {kind} bus", lambda: accepts(path))
        self.env[f"DBUS_{kind.upper()}_BUS_ADDRESS"] = f"unix:path={path}"
        return process

    def bus_path(self, kind: str = "session") -> Path:
        return self.run / ("bus" if kind == "session" else "system_bus")

    def xvfb(self, size: str = "1280x800x24", display: str = "") -> subprocess.Popen[bytes]:
        """An X server on a free display (or on `display`, ":7", to bring back one that was killed).

        A display that is to be brought back should bear a number that no other test is given meanwhile: `own_display`.
        """
        needs("Xvfb")
        end = time.monotonic() + LIMIT
        while True:  # the sockets of one that was killed may be held for a moment
            try:
                return self._xvfb(size, display)
            except AssertionError:
                if not display or time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def own_display(self) -> str:
        """Far from the numbers that X servers find by themselves, and for each bed of this process another one."""
        return f":{10_000 + os.getpid() % 6_000 * 8 + next(BEDS) % 8}"

    def _xvfb(self, size: str, display: str) -> subprocess.Popen[bytes]:
        reading, writing = os.pipe()
        where = [display] if display else []
        process = self.spawn(
            *("Xvfb", *where, "-displayfd", str(writing)),
            *("-screen", "0", size, "-nolisten", "tcp", "-noreset"),
            pass_fds=(writing,),
        )
        os.close(writing)
        number = ""
        try:
            while not number.endswith("\n"):  # written apart from the number: closing earlier kills Xvfb
                part = os.read(reading, 16).decode()
                if not part:
                    raise AssertionError(f"Xvfb did not start\n{self.log('Xvfb')}")
                number += part
        finally:
            os.close(reading)
        self.env["DISPLAY"] = f":{number.strip()}"
        self._drop_hands()
        return process

    @property
    def hands(self) -> "Hands":
        """Synthetic input on the X server."""
        from tests.desktop.hands import Hands

        if self._hands is None:
            self._hands = Hands(self.env["DISPLAY"])
        return self._hands

    def screenshot(self, png: Path | str | None = None) -> "Image.Image":
        """The X root window as an image, written to `png` as well."""
        from PIL import ImageGrab

        image = ImageGrab.grab(xdisplay=self.env["DISPLAY"])
        if png:
            image.save(png)
        return image

    def dunst(self, settings: str = "") -> subprocess.Popen[bytes]:
        """A notification server on the X server and the session bus. `settings`: more lines for [global]."""
        needs("dunst", "dunstctl")
        chooser, conf = self.dir / "choose", self.dir / "dunstrc"
        chooser.write_text(CHOOSER.format(menu=self.dir / "menu", choice=self.dir / "choice"))
        chooser.chmod(0o755)
        conf.write_text(DUNSTRC.format(chooser=chooser, settings=settings))
        process = self.spawn("dunst", "-config", str(conf))
        self.until("dunst on the bus", lambda: self.dunstctl("is-paused") in ("true", "false"))
        return process

    def dunstctl(self, *words: str) -> str:
        """`dunstctl count displayed`, `set-paused true`, ... Blocks: never while a fake in our loop must answer."""
        return self.output("dunstctl", *words).strip()

    def displayed(self) -> int:
        """How many notices dunst shows now."""
        count = self.dunstctl("count", "displayed")
        return int(count) if count.isdigit() else 0

    def press(self, key: str, notice: int | None = None) -> None:
        """Press the button `key` of what dunst shows (of the notice with that id, when several are shown)."""
        self.until("a notice on the screen", self.displayed)
        (self.dir / "choice").write_text(f"[{notice},{key}]\n" if notice is not None else f",{key}]\n")
        self.dunstctl("context")

    def mutter(self, name: str = "wayland-mutter") -> subprocess.Popen[bytes]:
        """A headless GNOME compositor; needs the session bus. Its Wayland socket is put into WAYLAND_DISPLAY."""
        needs("mutter")
        process = self.spawn(
            *("mutter", "--headless", "--wayland", "--no-x11"),
            *("--virtual-monitor", "1280x800", "--wayland-display", name),
        )
        self.until("mutter's socket", lambda: accepts(self.run / name))
        self.env["WAYLAND_DISPLAY"] = name
        return process

    def kwin(self, name: str = "wayland-kwin") -> subprocess.Popen[bytes]:
        """A virtual KDE compositor; needs the session bus. Its Wayland socket is put into WAYLAND_DISPLAY."""
        needs("kwin_wayland")
        program = self.dir / "kwin_wayland"  # a copy has no file capabilities; it must keep the name
        if not program.exists():
            shutil.copy(str(find("kwin_wayland")), program)
        process = self.spawn(
            *(str(program), "--virtual", "--width", "1280", "--height", "800", "--no-lockscreen", "--socket", name),
            env={
                "KWIN_COMPOSE": "Q",
                "LIBGL_ALWAYS_SOFTWARE": "1",
                "KWIN_WAYLAND_NO_PERMISSION_CHECKS": "1",
                "QT_LOGGING_RULES": "kwin*=false",
            },
        )
        self.until("kwin's socket", lambda: accepts(self.run / name))
        self.env["WAYLAND_DISPLAY"] = name
        return process

    # End

    def _drop_hands(self) -> None:
        if self._hands is not None:
            self._hands.close()
            self._hands = None

    def close(self) -> None:
        """End every process, the last started first, and remove the folder."""
        self._drop_hands()
        for process in reversed(self.processes.copy()):
            self.stop(process)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
