"""A source of surroundings that lives on one bus connection: connect, say each condition once, notice the end."""

from collections.abc import Callable

from unhunch.adapters.protocols.dbus import Bus, BusError
from unhunch.ports import Lost, Unusable
from unhunch.words.translate import _

Changed = Callable[[str, bool | None], None]


class BusSource:
    """What the D-Bus sources have in common. A kind of source says in `_start` what it listens to.

    `address` is asked anew at each opening: a bus that was restarted may live elsewhere. A closed source can be opened
    again.
    """

    name = ""
    conditions: tuple[str, ...] = ()
    unix_fds = False

    def __init__(self, address: Callable[[], str]) -> None:
        self._address = address
        self._bus: Bus | None = None
        self._changed: Changed | None = None
        self._said: dict[str, bool | None] = {}
        self._opened = False

    async def open(self, changed: Changed) -> str:
        """Connect, tell each condition once, and return a note for `doctor`. Raises Unusable."""
        await self.close()
        bus = await Bus.connect(self._address(), unix_fds=self.unix_fds)
        self._bus, self._changed = bus, changed
        try:
            await self._start(bus)
            for name in self.conditions:
                self._said.setdefault(name, None)
            bus.check()
        except (BusError, Lost) as error:
            await self.close()
            raise Unusable(_("D-Bus refused: {error}").format(error=error)) from error
        except BaseException:
            await self.close()
            raise
        self._opened = True
        for name, value in list(self._said.items()):
            changed(name, value)
        bus.on_lost(self._lost)
        return self.note

    @property
    def note(self) -> str:
        """What it sees now, in a few words."""
        return ""

    async def check(self) -> None:
        """Raise Lost when the bus has gone."""
        if self._bus is None:
            raise Lost(_("not connected"))
        self._bus.check()

    async def close(self) -> None:
        """Let everything go; never raises."""
        bus, self._bus, self._changed = self._bus, None, None
        self._said.clear()
        self._opened = False
        if bus is not None:
            await bus.close()

    async def _start(self, bus: Bus) -> None:
        """Listen, and read what is the case now. Raises BusError, Lost, Unusable."""
        raise NotImplementedError

    def _say(self, name: str, value: bool | None) -> None:
        """Tell a condition when it differs from what was told last."""
        if self._bus is None or (name in self._said and self._said[name] == value):
            return
        self._said[name] = value
        if self._opened and self._changed is not None:
            self._changed(name, value)

    def _lost(self) -> None:
        # Told even when nothing was known before: it is how the owner learns that it should look.
        for name in self.conditions:
            self._said[name] = None
            if self._changed is not None:
                self._changed(name, None)
