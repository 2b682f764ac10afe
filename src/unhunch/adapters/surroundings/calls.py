"""Calls: a program listens to the microphone, or holds a camera open.

What counts as a call at the microphone is a program's stream that is not corked, takes from a real source and is no
level meter, dictation or recorder. The sound server's own plumbing (loopback, echo cancelling, remapped source, filter
chain) has no client and is none; who records what a loopback plays to a sink listens to the microphone all the same.
What is recorded, and by whom, is neither kept nor told.

The camera has no events that cost nothing. A camera driver's module counts who holds its devices (what `lsmod` shows as
"used by"): while the count is 0 no camera is on, and reading it is all that is done. Otherwise a walk over our own
processes' open files looks for /dev/video*: when the count has changed, and every three minutes. A walk takes some 7 us
for each open file, 8 ms where 1000 are open.
"""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from unhunch.adapters.protocols.pulse import NOBODY, Playing, Recording
from unhunch.ports import Lost, Unusable
from unhunch.words.translate import N_, _

Changed = Callable[[str, bool | None], None]

NOT_CALLS = (
    # Level meters, visualizers and filters, which take from the microphone all day.
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
    # Voice control and dictation: many who use them spare their arms.
    "talon*",
    "nerd-dictation*",
    "parec",  # as which nerd-dictation records
    "speech?note*",
    "dsnote*",
    "*speechnote*",
    "voxtype*",
    "numen*",
    # Recorders and mixers, which hold it for as long as they are open. That the screen is recorded is told otherwise.
    "obs",
    "obs?studio*",
    "com.obsproject.studio*",
    "simplescreenrecorder*",
    "vokoscreen*",
    "kooha*",
    "gpu-screen-recorder*",
    "wf-recorder*",
    "wl-screenrec*",
    "audacity*",
    "ardour*",
    "carla*",
)
"""Patterns of what is no call, without regard to case."""
NAMES = ("application.name", "application.process.binary", "media.name")
WRAPPED = re.compile(r"\[([^\]]+)\]$")
"""The program in the names of ALSA's plug-ins: "ALSA plug-in [talon]", "PipeWire ALSA [voxtype]"."""
METER = ("resample.peaks", "stream.monitor")
"""PipeWire's words for a level meter; PulseAudio's is the resample method "peaks"."""
CAMERA_SECONDS = 180.0
PROCESSES_AT_ONCE = 50


class Listeners:
    """Who listens to the microphone. It remembers who did: one that is pulled out ends no call.

    `ignored`: more patterns of applications (name, program or stream) that are not calls, without regard to case.
    """

    def __init__(self, ignored: Iterable[str] = ()) -> None:
        self._ignored = tuple(pattern.casefold() for pattern in (*NOT_CALLS, *ignored))
        self._at: dict[int, int] = {}
        """The microphone of each listening stream."""

    def suspects(self, recordings: Sequence[Recording]) -> list[Recording]:
        """Those that are calls if what they take from is a microphone."""
        # A server that moves a stream to another source may hold it for a moment: it is the same one afterwards.
        numbers = {recording.number for recording in recordings}
        self._at = {number: source for number, source in self._at.items() if number in numbers}
        return [recording for recording in recordings if self._may_be_call(recording)]

    def call(
        self,
        suspects: Sequence[Recording],
        recordings: Sequence[Recording],
        playing: Sequence[Playing],
        sources: Mapping[int, int],
    ) -> bool:
        """Whether one of the suspects listens. `sources`: each with the sink that it repeats, or NOBODY."""
        real = {source for source, sink in sources.items() if sink == NOBODY}
        plumbing = {r.link for r in recordings if r.client == NOBODY and not r.corked and r.source in real} - {""}
        fed = {p.sink for p in playing if p.client == NOBODY and p.link in plumbing}
        heard = False
        for recording in suspects:
            source = recording.source
            if source in real:
                self._at[recording.number] = source
            lost = self._at.get(recording.number, source) not in sources and recording.number in self._at
            heard = heard or source in real or sources.get(source, NOBODY) in fed or lost
        return heard

    def _may_be_call(self, recording: Recording) -> bool:
        if recording.corked or recording.client == NOBODY:
            return False
        if recording.resample_method == "peaks" or any(recording.properties.get(key) == "true" for key in METER):
            return False
        names = [recording.properties[key].casefold() for key in NAMES if key in recording.properties]
        names += [wrapped[1] for name in names if (wrapped := WRAPPED.search(name))]
        return not any(fnmatchcase(name, pattern) for name in names for pattern in self._ignored)


class Camera:
    """Knows `in_call` only when it is True: a camera that is not in use does not mean that there is no call."""

    name = N_("camera")
    conditions = ("in_call",)

    def __init__(
        self,
        *,
        settle: float = 0.0,
        dev: Path = Path("/dev"),
        proc: Path = Path("/proc"),
        sys: Path = Path("/sys/class/video4linux"),
    ) -> None:
        """`settle`: seconds for which a camera has to be held to be told."""
        self._settle = settle
        self._settling: asyncio.TimerHandle | None = None
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
        if self._holder and self._settle:
            self._unsettle()
            self._settling = asyncio.get_running_loop().call_later(self._settle, self._settled, self._holder)
        else:
            self._say(value=True if self._holder else None)

    async def close(self) -> None:
        """Let everything go; never raises."""
        self._changed = None
        self._unsettle()

    def _settled(self, holder: str) -> None:
        """It has been held for a while: not only by who looked what it can do."""
        self._settling = None
        if self._holds(holder):
            self._say(value=True)
        else:
            self._holder, self._next_walk = None, 0.0

    def _unsettle(self) -> None:
        settling, self._settling = self._settling, None
        if settling is not None:
            settling.cancel()

    def _say(self, *, value: bool | None) -> None:
        if value != self._value and self._changed is not None:
            self._value = value
            self._changed("in_call", value)

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
