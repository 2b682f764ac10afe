"""Wayland, all compositors but GNOME's and Weston: ext_idle_notifier_v1 (KWin, wlroots, Hyprland, COSMIC), or the
older org_kde_kwin_idle (sway before 1.8).

No protocol has a way to ask how long it has been quiet. It sends `idled` when a timer has run out and `resumed` at
the next input; each input starts the timer again, so that `idled` tells when the last input was. Version 2 has timers
that idle inhibitors (a film) do not hold back, and their difference from plain ones tells that an inhibitor is on.
https://wayland.app/protocols/ext-idle-notify-v1

In version 1, and in the older protocol, an inhibitor that begins sends `resumed` and one that ends starts the timer
again, as an input does. There one short timer always runs, and only what a person does to it is a sighting: pairs of
`resumed` and `idled`, one soon after the other. What is silent for longer cannot be known.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence

from unhunch.adapters.protocols.wayland import Global, Wire, words
from unhunch.ports import Lost, Quiet, Unusable
from unhunch.words.translate import _

STEADY_SECONDS = (30.0,)
"""Timers that always run. One is enough: once it has run out, the quiet is known exactly."""
PAUSE_SECONDS = (5.0, 10.0, 12.0)
"""Timers that run only while a prompt waits for a natural pause, which may be as short as this (MODEL 4)."""
LATE = 0.5
"""Seconds by which a compositor may be late with `idled`."""
PAIR = 180.0
"""Seconds within which somebody who types makes a pause of the shortest timer's length, and goes on after it. Without
version 2, a timer that is silent for longer may be held back by an inhibitor."""

SEAT, NOTIFIER, KDE = "wl_seat", "ext_idle_notifier_v1", "org_kde_kwin_idle"
_PLAIN, _INPUT = 1, 2
"""Requests of the notifier: a timer that inhibitors hold back, and (version 2) one that they do not."""
_KDE_TIMEOUT = 0
"""The older protocol's request for a timer."""


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


class _Seat:
    """A keyboard and a pointer that belong together: its timers, and what they prove."""

    def __init__(self, name: int, handle: int) -> None:
        self.name = name
        """Of the global: what the compositor takes back when the seat goes."""
        self.handle = handle
        self.timers: list[_Timer] = []
        self.proven = 0.0
        """Loop time of the last input that is known for certain; 0, the machine's start, before the first."""
        self.resumed: float | None = None
        """When the shortest timer was started again; None while it has run out, and before it ever did."""
        self.paired = 0.0
        """Last start of a timer that may have been an input, of somebody who came back: another pair would prove it."""
        self.later: float | None = None
        """An input after `proven` that is proven as well: told at the next look, so that the first one is not lost."""

    def at_least(self, now: float) -> float:
        return max((now - timer.started for timer in self.timers if timer.idle_since is not None), default=0.0)

    def ran_out(self, timer: _Timer) -> None:
        """Version 1: the shortest timer has run out. It was started by a person, or by an inhibitor's end."""
        since, self.resumed = self.resumed, None
        last = max(self.proven, self.later or 0.0)
        if since is None or timer.started - since > PAIR:
            self.paired = 0.0
        elif last and since - last <= PAIR:
            self.proven, self.later = max(self.proven, self.later or timer.started), timer.started
        elif self.paired and since - self.paired <= PAIR:
            self.proven, self.later = self.paired, timer.started
        else:
            self.paired = timer.started

    def told(self) -> None:
        """What is proven has been told: now the input after it."""
        if self.later is not None:
            self.proven, self.later = self.later, None


class Source:
    """The timers of one compositor, for all its seats."""

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
        self._steady = tuple(steady)
        self._pauses = tuple(pauses)
        self._wire: Wire | None = None
        self._notifier = self._version = 0
        """Version 0 is the older protocol's."""
        self._seats: list[_Seat] = []
        self._plain: _Timer | None = None
        self._pauses_wanted = False
        self._opened = 0.0
        self._ring: Callable[[], None] | None = None

    async def open(self) -> str:
        """Connect and start the timers. Raises Unusable."""
        wire = self._wire = await Wire.connect(self._path or _socket(self._env))
        try:
            self._bind(wire)
            self._opened = self._now()
            self._plain = None
            self._seats = []
            self._find_seats()
            if not self._seats:
                raise LookupError(SEAT)
            wire.changed = self._find_seats
            await wire.sync()
        except LookupError as missing:
            await self.close()
            raise Unusable(
                _("this compositor does not offer {protocol}").format(protocol=missing),
                _("Weston and very old compositors tell no program; Plasma, GNOME, sway and others do, and X11."),
            ) from missing
        except Lost as lost:
            await self.close()
            raise Unusable(str(lost)) from lost
        if self._version > 1:
            return _("{protocol} version {version}").format(protocol="ext-idle-notify", version=self._version)
        blind = _("{protocol} version {version}, blind while a film plays")
        return blind.format(protocol="ext-idle-notify" if self._version else KDE, version=self._version or 1)

    def _bind(self, wire: Wire) -> None:
        """The newest protocol that the compositor offers. Raises LookupError."""
        try:
            self._notifier, self._version = wire.bind(NOTIFIER, 2)
        except LookupError:
            if not any(offered.interface == KDE for offered in wire.globals.values()):
                raise
            self._notifier, self._version = wire.bind(KDE, 1)[0], 0

    def _find_seats(self) -> None:
        """Bind the seats that are new, and forget those that are gone, whose timers tell nothing any more."""
        if self._wire is None:
            return
        offered = [each for each in self._wire.globals.values() if each.interface == SEAT]
        names = {each.name for each in offered}
        for seat in self._seats:
            if seat.name not in names and len(self._seats) > 1:
                self._seats = [other for other in self._seats if other is not seat]
                for timer in seat.timers:
                    self._wire.destroy(timer.object, 0)
        known = {seat.name for seat in self._seats}
        for each in offered:
            if each.name not in known:
                self._add_seat(each)

    def _add_seat(self, offered: Global) -> None:
        assert self._wire is not None
        seat = _Seat(offered.name, self._wire.bind_global(offered, 1))
        self._seats.append(seat)
        for seconds in self._always:
            self._start(seat, seconds)
        if self._version >= 2 and self._plain is None:
            self._plain = self._start(seat, max(self._steady), plain=True, judged=False)
        self._set_pauses(seat)

    @property
    def _always(self) -> tuple[float, ...]:
        """Seconds of the timers that run all the time: in version 1 a short one too, which a person makes run out.

        One of each length: two would run out together, and each take away what the other one proves.
        """
        return self._steady if self._version >= 2 else tuple({*self._steady, self._shortest})

    @property
    def _shortest(self) -> float:
        return min((*self._pauses, *self._steady))

    async def quiet(self) -> Quiet | None:
        """An interval: exact once a timer has run out, before that (0, what the timers prove). Raises Lost."""
        if self._wire is None:
            raise Lost(_("the connection to the Wayland compositor is closed"))
        await self._wire.sync()  # all that was on its way is here now, and the compositor is alive
        now = self._now()
        for seat in self._seats:
            self._set_pauses(seat)
        at_least = min(seat.at_least(now) for seat in self._seats)
        proven = max(self._last_proven(seat, now) for seat in self._seats)
        for seat in self._seats:
            seat.told()
        return Quiet(at_least, max(at_least, now - proven))

    @property
    def inhibited(self) -> bool | None:
        """Whether something keeps the screen from going idle. None: version 1, or somebody is there and it is open."""
        if self._plain is None:
            return None
        if self._plain.idle_since is not None:
            return False
        longest = max(self._seats[0].timers, key=lambda timer: timer.seconds)
        if longest.idle_since is None or longest.seconds < self._plain.seconds:
            return None
        return True if self._now() - longest.idle_since > LATE else None

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call once at the next input. False while no timer has run out: nothing would be sent at the next input."""
        if all(timer.idle_since is None for seat in self._seats for timer in seat.timers):
            return False
        self._ring = callback
        return True

    def watch_pauses(self, *, wanted: bool) -> None:
        """Run the short timers only while they are wanted."""
        self._pauses_wanted = wanted
        if self._wire is not None:
            for seat in self._seats:
                self._set_pauses(seat)

    async def close(self) -> None:
        """Let the connection go; the compositor drops the timers with it."""
        self._ring = None
        wire, self._wire = self._wire, None
        self._seats, self._plain = [], None
        if wire is not None:
            await wire.close()

    def _last_proven(self, seat: _Seat, now: float) -> float:
        """Loop time at or before the last input, as late as can be proven."""
        proven = seat.proven
        if self._version >= 2:  # else a timer that has not run out may have been held back
            for timer in seat.timers:
                if timer.idle_since is None and now - timer.created > timer.seconds + LATE:
                    proven = max(proven, now - timer.seconds - LATE)
        return proven

    def _set_pauses(self, seat: _Seat) -> None:
        """The short timers run while they are wanted, and until the steady ones have had time to tell anything."""
        assert self._wire is not None
        wanted = self._pauses_wanted or self._now() - self._opened < max(self._steady) + LATE
        running = [timer for timer in seat.timers if timer.seconds not in self._always]
        if wanted and not running:
            for seconds in self._pauses:
                if seconds not in self._always:
                    self._start(seat, seconds)
        elif not wanted:
            for timer in running:
                self._wire.destroy(timer.object, 0)
                seat.timers.remove(timer)

    def _start(self, seat: _Seat, seconds: float, *, plain: bool = False, judged: bool = True) -> _Timer:
        assert self._wire is not None
        timer = _Timer(seconds, self._now(), plain=plain or self._version < 2)
        timer.object = self._wire.new(lambda opcode, _body: self._told(seat, timer, idle=opcode == 0))
        milliseconds = round(seconds * 1000)
        if self._version == 0:
            self._wire.send(self._notifier, _KDE_TIMEOUT, words(timer.object, seat.handle, milliseconds))
        else:
            request = _PLAIN if timer.plain else _INPUT
            self._wire.send(self._notifier, request, words(timer.object, milliseconds, seat.handle))
        if judged:
            seat.timers.append(timer)
        return timer

    def _told(self, seat: _Seat, timer: _Timer, *, idle: bool) -> None:
        if not idle and timer.idle_since is None:
            return  # it had not run out: a compositor that says so tells nothing
        timer.idle_since = self._now() if idle else None
        if timer is self._plain:
            return  # an inhibitor that begins "resumes" it too: it says nothing about input
        if self._version < 2:
            if timer.seconds == self._shortest:
                if idle:
                    seat.ran_out(timer)
                else:
                    seat.resumed = self._now()
        elif not idle:
            seat.proven = self._now()
        elif timer.started > timer.created + LATE:
            seat.proven = max(seat.proven, timer.started)  # it had been started again, by an input
        if not idle and self._ring is not None:
            ring, self._ring = self._ring, None
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
