"""An activity source and a clock in the test's hand. The source passes the same contract as the real ones."""

from collections.abc import Callable

from unhunch.core.moment import Moment
from unhunch.ports import Lost, Quiet, Unusable


class FakeClock:
    """A clock that moves when it is told to; suspend and clock steps move its three hands apart."""

    boot_id = "boot-1"

    def __init__(self, wall: float = 1_800_000_000.0, utc_offset: int = 0) -> None:
        self._now = Moment(wall, 1000.0, 1000.0, utc_offset)

    def now(self) -> Moment:
        return self._now

    def advance(self, seconds: float, *, suspended: bool = False) -> None:
        """Time passes; `suspended`: the machine sleeps meanwhile."""
        wall, awake, boot, offset = self._now
        self._now = Moment(wall + seconds, awake + (0 if suspended else seconds), boot + seconds, offset)

    def step(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self._now = self._now._replace(wall=self._now.wall + seconds)


class FakeActivity:
    """Exact quiet since the last `touch()`, counted on the clock that stops in suspend."""

    name = "fake"

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.usable = True
        self.blind = False
        """quiet() answers None while set."""
        self.can_ring = True
        self.pauses_wanted = False
        self.opened = 0
        self._lost = False
        self._last = clock.now().awake
        self._ring: Callable[[], None] | None = None

    def touch(self) -> None:
        """Somebody touches keyboard or mouse now."""
        self._last = self.clock.now().awake
        ring, self._ring = self._ring, None
        if ring is not None and not self._lost:
            ring()

    def lose(self) -> None:
        """The server behind the source dies; opening again brings it back if it is `usable`."""
        self._lost = True

    async def open(self) -> str:
        if not self.usable:
            raise Unusable("the fake is switched off", "Set usable.")
        self.opened += 1
        self._lost = False
        return "in the test's hand"

    async def quiet(self) -> Quiet | None:
        if self._lost:
            raise Lost("the fake was told to die")
        seconds = self.clock.now().awake - self._last
        return None if self.blind else Quiet(seconds, seconds)

    def ring(self, callback: Callable[[], None]) -> bool:
        self._ring = callback if self.can_ring else None
        return self.can_ring

    def watch_pauses(self, *, wanted: bool) -> None:
        self.pauses_wanted = wanted

    async def close(self) -> None:
        self._ring = None
