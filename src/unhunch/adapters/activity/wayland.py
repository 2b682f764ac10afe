"""Wayland, all compositors but GNOME's and Weston: ext_idle_notifier_v1 (KWin, wlroots, Hyprland, COSMIC).

The protocol has no way to ask how long it has been quiet. It sends `idled` when a timer has run out and `resumed` at
the next input; each input starts the timer again, so that `idled` tells when the last input was. Version 1 timers are
held back by idle inhibitors (a film). Version 2 has timers that are not, and their difference tells that an inhibitor
is on. https://wayland.app/protocols/ext-idle-notify-v1
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence

from unhunch.adapters.protocols.wayland import Wire, words
from unhunch.core.translate import _
from unhunch.ports import Lost, Quiet, Unusable

STEADY_SECONDS = (30.0,)
"""Timers that always run. One is enough: once it has run out, the quiet is known exactly."""
PAUSE_SECONDS = (5.0, 10.0, 15.0)
"""Timers that run only while a prompt waits for a natural pause, which may be as short as this (MODEL 4)."""
LATE = 0.5
"""Seconds by which a compositor may be late with `idled`."""

SEAT, NOTIFIER = "wl_seat", "ext_idle_notifier_v1"
_PLAIN, _INPUT = 1, 2
"""Requests of the notifier: a timer that inhibitors hold back, and (version 2) one that they do not."""


class _Timer:
    """One notification object and what it has told."""

    def __init__(self, seconds: float, created: float, *, plain: bool) -> None:
        self.seconds = seconds
        self.created = created
        self.plain = plain
        self.object = 0
        self.idle_since: float | None = None
        """Loop time at which it ran out; None while it runs."""

    @property
    def started(self) -> float:
        """Loop time at which it began to run before it ran out: at an input, or at its creation."""
        return (self.idle_since or 0.0) - self.seconds


class Source:
    """The timers of one compositor."""

    name = "wayland"

    def __init__(
        self,
        path: str | None = None,
        env: Mapping[str, str] | None = None,
        *,
        steady: Sequence[float] = STEADY_SECONDS,
        pauses: Sequence[float] = PAUSE_SECONDS,
    ) -> None:
        """`path` of the compositor's socket, else from `env`; `steady` and `pauses`: seconds of the timers."""
        self._path = path
        self._env = os.environ if env is None else env
        self._steady = steady
        self._pauses = pauses
        self._wire: Wire | None = None
        self._seat = self._notifier = self._version = 0
        self._timers: list[_Timer] = []
        self._plain: _Timer | None = None
        self._pauses_wanted = False
        self._proven = 0.0
        """Loop time of the last input that is known for certain; 0, the machine's start, before the first."""
        self._ring: Callable[[], None] | None = None

    async def open(self) -> str:
        """Connect and start the timers. Raises Unusable."""
        wire = self._wire = await Wire.connect(self._path or _socket(self._env))
        try:
            self._seat, _version = wire.bind(SEAT, 1)
            self._notifier, self._version = wire.bind(NOTIFIER, 2)
            self._proven = 0.0
            self._timers = [self._start(seconds) for seconds in self._steady]
            self._plain = self._start(max(self._steady), plain=True) if self._version >= 2 else None
            self._set_pauses()
            await wire.sync()
        except LookupError as missing:
            await self.close()
            raise Unusable(
                _("this compositor does not offer {protocol}").format(protocol=missing),
                _("GNOME has a source of its own; Weston and very old compositors have none."),
            ) from missing
        except Lost as lost:
            await self.close()
            raise Unusable(str(lost)) from lost
        said = (
            _("{protocol} version {version}")
            if self._version > 1
            else _("{protocol} version {version}, blind while a film plays")
        )
        return said.format(protocol="ext-idle-notify", version=self._version)

    async def quiet(self) -> Quiet | None:
        """An interval: exact once a timer has run out, before that (0, what the timers prove). Raises Lost."""
        if self._wire is None:
            raise Lost(_("the connection to the Wayland compositor is closed"))
        await self._wire.sync()  # all that was on its way is here now, and the compositor is alive
        now = self._now()
        idle = [timer for timer in self._timers if timer.idle_since is not None]
        at_least = max((now - timer.started for timer in idle), default=0.0)
        return Quiet(at_least, max(at_least, now - self._last_proven(now)))

    @property
    def inhibited(self) -> bool | None:
        """Whether something keeps the screen from going idle. None: version 1, or somebody is there and it is open."""
        if self._plain is None:
            return None
        if self._plain.idle_since is not None:
            return False
        longest = max((timer for timer in self._timers if not timer.plain), key=lambda timer: timer.seconds)
        if longest.idle_since is None or longest.seconds < self._plain.seconds:
            return None
        return True if self._now() - longest.idle_since > LATE else None

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call once at the next input. False while no timer has run out: nothing would be sent at the next input."""
        if all(timer.idle_since is None for timer in self._timers):
            return False
        self._ring = callback
        return True

    def watch_pauses(self, *, wanted: bool) -> None:
        """Run the short timers only while they are wanted."""
        self._pauses_wanted = wanted
        if self._wire is not None:
            self._set_pauses()

    async def close(self) -> None:
        """Let the connection go; the compositor drops the timers with it."""
        self._ring = None
        wire, self._wire = self._wire, None
        self._timers, self._plain = [], None
        if wire is not None:
            await wire.close()

    def _last_proven(self, now: float) -> float:
        """Loop time at or before the last input, as late as can be proven."""
        proven = self._proven
        if self._version >= 2:  # in version 1 a timer that has not run out may have been held back
            for timer in self._timers:
                if timer.idle_since is None and now - timer.created > timer.seconds + LATE:
                    proven = max(proven, now - timer.seconds - LATE)
        return proven

    def _set_pauses(self) -> None:
        running = [timer for timer in self._timers if timer.seconds in self._pauses]
        if self._pauses_wanted and not running:
            self._timers += [self._start(seconds) for seconds in self._pauses if seconds not in self._steady]
        elif not self._pauses_wanted and self._wire is not None:
            for timer in running:
                if timer.seconds not in self._steady:
                    self._wire.destroy(timer.object, 0)
                    self._timers.remove(timer)

    def _start(self, seconds: float, *, plain: bool = False) -> _Timer:
        assert self._wire is not None
        timer = _Timer(seconds, self._now(), plain=plain or self._version < 2)
        timer.object = self._wire.new(lambda opcode, _body: self._told(timer, idle=opcode == 0))
        request = _PLAIN if timer.plain else _INPUT
        self._wire.send(self._notifier, request, words(timer.object, round(seconds * 1000), self._seat))
        return timer

    def _told(self, timer: _Timer, *, idle: bool) -> None:
        timer.idle_since = self._now() if idle else None
        if timer is self._plain:
            return  # an inhibitor that begins "resumes" it too: it says nothing about input
        if idle and timer.started > timer.created + LATE:
            self._proven = max(self._proven, timer.started)  # it had been started again, by an input
        if not idle:
            self._proven = self._now()
            ring, self._ring = self._ring, None
            if ring is not None:
                ring()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _socket(env: Mapping[str, str]) -> str:
    """The compositor's socket by the environment. Raises Unusable."""
    name = env.get("WAYLAND_DISPLAY", "")
    if name.startswith("/"):
        return name
    if not name or "XDG_RUNTIME_DIR" not in env:
        raise Unusable(_("WAYLAND_DISPLAY is not set"), _("Start Unhunch inside the desktop session: unhunch enable"))
    return f"{env['XDG_RUNTIME_DIR']}/{name}"
