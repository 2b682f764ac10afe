"""Calls: somebody records from the microphone, or holds a camera open.

The microphone is asked of the sound server, by its own protocol (`pulse.py`): events, no polling, no child, no library.
Measured in the daemon: 80 KiB; libpulse through pulsectl 6.2 MiB; a `pactl subscribe` child 1.8 MiB of its own, and two
more processes at each event. What counts is a stream that is not corked, takes from a real source and is no level
meter. What is recorded, and by whom, is neither kept nor told.

The camera has no events that cost nothing. A camera driver's module counts who holds its devices (what `lsmod` shows as
"used by"): while the count is 0 no camera is on, and reading it is all that is done. Otherwise a walk over our own
processes' open files looks for /dev/video*: when the count has changed, and every three minutes. A walk takes some 7 us
for each open file, 8 ms where 1000 are open.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from unhunch.adapters.protocols.pulse import NOBODY, PulseServer, Recording, cookie, server_socket
from unhunch.core.translate import N_, _
from unhunch.ports import Lost, Unusable

Changed = Callable[[str, bool | None], None]

NOT_CALLS = (
    "*peak detect*",
    "pavucontrol*",
    "plasmashell",
    "plasma-pa",
    "gnome-control-center",
    "libcava*",
    "cava",
    "easyeffects*",
    "com.github.wwmm.easyeffects*",
    "noisetorch*",
    "rnnoise*",
)
"""Level meters, visualizers and filters that take from the microphone all day. Patterns, without regard to case."""
NAMES = ("application.name", "application.process.binary", "media.name")
METER = ("resample.peaks", "stream.monitor")
"""PipeWire's words for a level meter; PulseAudio's is the resample method "peaks"."""
CAMERA_SECONDS = 180.0
PROCESSES_AT_ONCE = 50


class Microphone:
    """Knows `in_call`: True while an application records from a real source.

    `ignored`: more patterns of applications (name, program or stream) that are not calls, without regard to case.
    """

    name = N_("microphone")
    conditions = ("in_call",)

    def __init__(self, ignored: Iterable[str] = (), *, env: Mapping[str, str] | None = None) -> None:
        self._ignored = tuple(pattern.casefold() for pattern in (*NOT_CALLS, *ignored))
        self._env = os.environ if env is None else env
        self._server: PulseServer | None = None
        self._changed: Changed | None = None
        self._value: bool | None = None
        self._stale = False
        self._asking: asyncio.Task[None] | None = None

    async def open(self, changed: Changed) -> str:
        """Connect to the user's sound server. Raises Unusable."""
        await self.close()
        path = server_socket(self._env)
        server = await PulseServer.connect(path, cookie(self._env))
        self._server = server
        try:
            await server.subscribe(self._ask_again, self._gone)
            self._value = await self._in_call(server)
        except Lost as error:
            await self.close()
            raise Unusable(_("the sound server went away: {error}").format(error=error)) from error
        except BaseException:
            await self.close()
            raise
        self._changed = changed
        changed("in_call", self._value)
        if self._stale:
            self._ask_again()  # something happened while we asked
        return _("sound server at {path}").format(path=path)

    async def check(self) -> None:
        """Raise Lost when the sound server has died."""
        if self._server is None or not self._server.alive:
            raise Lost(_("the sound server is gone"))

    async def close(self) -> None:
        """Let everything go; never raises."""
        server, self._server, self._changed = self._server, None, None
        asking, self._asking, self._stale = self._asking, None, False
        if asking is not None:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
        if server is not None:
            await server.close()

    def _ask_again(self) -> None:
        self._stale = True
        if self._asking is None and self._server is not None and self._changed is not None:
            self._asking = asyncio.get_running_loop().create_task(self._ask(self._server))

    async def _ask(self, server: PulseServer) -> None:
        """Ask until nothing has changed since the question: a burst of events is one or two questions."""
        try:
            while self._stale:
                self._stale = False
                self._say(await self._in_call(server))
        except Lost:
            self._gone()
        finally:
            self._asking = None

    async def _in_call(self, server: PulseServer) -> bool:
        suspects = [recording for recording in await server.recordings() if self._may_be_call(recording)]
        if not suspects:
            return False
        monitors = await server.monitors()
        return any(recording.source not in monitors for recording in suspects)

    def _may_be_call(self, recording: Recording) -> bool:
        if recording.corked or recording.source == NOBODY:
            return False
        if recording.resample_method == "peaks" or any(recording.properties.get(key) == "true" for key in METER):
            return False
        names = [recording.properties[key].casefold() for key in NAMES if key in recording.properties]
        return not any(fnmatchcase(name, pattern) for name in names for pattern in self._ignored)

    def _say(self, value: bool | None) -> None:
        if value != self._value and self._changed is not None:
            self._value = value
            self._changed("in_call", value)

    def _gone(self) -> None:
        # Told even when nothing was known: it is how the owner learns that it should look.
        self._value = None
        if self._changed is not None:
            self._changed("in_call", None)


class Camera:
    """Knows `in_call` only when it is True: a camera that is not in use does not mean that there is no call."""

    name = N_("camera")
    conditions = ("in_call",)

    def __init__(
        self, *, dev: Path = Path("/dev"), proc: Path = Path("/proc"), sys: Path = Path("/sys/class/video4linux")
    ) -> None:
        self._dev = dev
        self._proc = proc
        self._sys = sys
        self._uses: int | None = None
        self._changed: Changed | None = None
        self._holder: str | None = None
        self._next_walk = 0.0
        self._value: bool | None = None

    @property
    def note(self) -> str:
        """What it sees now."""
        if not self._devices():
            return _("no camera is attached")
        return _("a camera is in use") if self._holder else _("no camera is in use")

    async def open(self, changed: Changed) -> str:
        """Look once. Raises Unusable where open files cannot be looked up."""
        if not (self._proc / "self" / "fd").exists():
            raise Unusable(_("there is no /proc to look up who holds the camera"))
        self._changed, self._next_walk = changed, 0.0
        self._uses = self._holder = self._value = None
        changed("in_call", None)
        await self.check()
        return self.note

    async def check(self) -> None:
        """Cheap while no camera is on. One in use is followed closely: one link is read."""
        if self._changed is None:
            raise Lost(_("not open"))
        uses = self._count_uses()
        if uses != self._uses:
            self._uses, self._next_walk = uses, 0.0
        if self._holder is not None:
            if self._holds(self._holder):
                return
            self._next_walk = 0.0
        now = asyncio.get_running_loop().time()
        if uses != 0:
            if now < self._next_walk:
                return
            self._next_walk = now + CAMERA_SECONDS
        self._holder = await self._walk() if uses != 0 and self._devices() else None
        value = True if self._holder else None
        if value != self._value and self._changed is not None:
            self._value = value
            self._changed("in_call", value)

    async def close(self) -> None:
        """Let everything go; never raises."""
        self._changed = None

    def _devices(self) -> bool:
        return next(iter(self._dev.glob("video*")), None) is not None

    def _count_uses(self) -> int | None:
        """How often the cameras' drivers are in use; None when one of them does not count."""
        uses = 0
        try:
            for device in self._sys.iterdir():
                uses += int((device / "device" / "driver" / "module" / "refcnt").read_text())
        except (OSError, ValueError):
            return None
        return uses

    def _holds(self, link: str) -> bool:
        try:
            return os.readlink(link).startswith(f"{self._dev}/video")  # noqa: PTH115 - thousands of them: pathlib is slow
        except OSError:
            return False

    async def _walk(self) -> str | None:
        """The first open camera among our user's processes; the loop gets its turn in between."""
        if sys.platform == "win32":
            return None
        own = os.getuid()
        for count, process in enumerate(os.listdir(self._proc)):  # noqa: PTH208 - see above
            if count % PROCESSES_AT_ONCE == 0:
                await asyncio.sleep(0)
            if not process.isdigit():
                continue
            folder = f"{self._proc}/{process}/fd"
            try:
                numbers = os.listdir(folder) if os.stat(folder).st_uid == own else []  # noqa: PTH116, PTH208 - see above
            except OSError:
                continue  # it has ended, or hides its files
            for number in numbers:
                if self._holds(f"{folder}/{number}"):
                    return f"{folder}/{number}"
        return None
