"""The seams between the core and the world: Protocols, only where two implementations exist."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from unhunch.core.facts import Fact
from unhunch.core.moment import Moment
from unhunch.errors import UserError
from unhunch.tuples import NamedTuple


class Quiet(NamedTuple):
    """Seconds without input, as an interval: it has been quiet for at least this and at most that long."""

    at_least: float
    at_most: float


class Unusable(Exception):
    """A backend cannot run here. The message says why in a few words; `remedy` says what to do about it."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Lost(Exception):
    """A backend that worked is gone (server died, bus closed). The supervisor rebuilds it."""


class ActivitySource(Protocol):
    """Tells how long keyboard and mouse have been untouched. Never what was typed or where the pointer is."""

    name: str

    async def open(self) -> str:
        """Connect and return a note for `doctor`. Raises Unusable."""
        ...

    async def quiet(self) -> Quiet | None:
        """The time without input. None when it cannot know (yet). Raises Lost when the source has died."""
        ...

    def ring(self, callback: Callable[[], None]) -> bool:
        """Call `callback` once, on the event loop, at the next input (best effort). False: it can't, so poll."""
        ...

    def watch_pauses(self, *, wanted: bool) -> None:
        """A prompt waits for a natural pause: short gaps must be seen precisely while `wanted`."""
        ...

    async def close(self) -> None:
        """Let everything go; never raises, never blocks."""
        ...


class SurroundingsSource(Protocol):
    """One observer of what is around the user: lock, sleep, calls, do-not-disturb.

    It calls `changed(name, value)` on the event loop whenever a condition changes and once after opening for each
    condition it can know. Names: locked, asleep, in_call, inhibited, quiet, shared, fullscreen, muted, reminds,
    covered, break_due, busy. Values: True, False, None (cannot know).
    """

    name: str

    async def open(self, changed: Callable[[str, bool | None], None]) -> str:
        """Connect and return a note for `doctor`. Raises Unusable."""
        ...

    async def check(self) -> None:
        """Called at each look: cheap; raises Lost when the source has died."""
        ...

    async def close(self) -> None: ...


class Button(NamedTuple):
    key: str
    label: str


class Notice(NamedTuple):
    """What is to be shown. `slot` names the bubble: a notice with the slot of one on screen replaces it."""

    slot: str
    title: str
    body: str
    buttons: tuple[Button, ...] = ()
    urgency: int = 1
    """0 low, 1 normal, 2 critical."""
    transient: bool = False
    """Goes by itself and is not kept in the notice list."""
    resident: bool = False
    """Stays until answered."""
    sound: bool = False


class Notifier(Protocol):
    """Shows notices. Answers come back through the callback given to `open`."""

    name: str
    trouble: str
    """Why the last notice could not be shown; empty when it could."""
    token: str
    """What the desktop gave with the last press: it lets the window that is opened because of it come to the front."""

    @property
    def note(self) -> str:
        """What there is to show notices, as it is now, for `doctor`."""
        ...

    @property
    def takes(self) -> bool:
        """A notice put up now would be taken, as far as is known."""
        ...

    async def open(self, answered: Callable[[str, str], None], changed: Callable[[], None] = lambda: None) -> str:
        """Connect; return the note. Raises Unusable. `changed` is called when `takes` may have changed.

        `answered(slot, key)`: key is a button's key, "default" for the notice itself, "dismissed" when the user closed
        it, "expired" when it went by itself, "lost" when the server went away with it, "explain" for a click on a
        notice whose server draws no buttons.
        """
        ...

    async def show(self, notice: Notice) -> bool:
        """Show, in place of what the slot showed before. False when nobody took it (server away). Never raises."""
        ...

    async def withdraw(self, slot: str) -> None: ...

    def abilities(self) -> Mapping[str, bool]:
        """buttons, replace, sound, body_markup: what this server can do. And ends: it tells when a notice that goes by
        itself has been on the screen."""
        ...

    async def close(self) -> None: ...


class KeptWeek(NamedTuple):
    """What is kept of a week (core/week/kept.py)."""

    what: str
    first: str
    """Its first day, ISO date."""
    since: float
    until: float
    """Unix seconds: facts of this time were read for it."""
    rules: str
    plain: Any
    """As JSON can say it."""


class Store(Protocol):
    """Append-only facts. Each call is one transaction; raises StoreError when the disk refuses."""

    device: str
    """This machine's name in the database. Facts that carry it read with an empty device."""

    def append(self, facts: Sequence[Fact]) -> None:
        """Write new facts. A fact whose key is there already is left alone (importing twice changes nothing)."""
        ...

    def extend(self, lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        """Make open spans longer: key -> (new length in seconds, new body or None)."""
        ...

    def write(self, new: Sequence[Fact], lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        """append and extend in one transaction.

        A checkpoint of this machine takes the place of the one before: a year of them, each with ten weeks of days,
        would be most of the database, and nobody reads them again.
        """
        ...

    def read(
        self,
        since: float | None = None,
        until: float | None = None,
        kinds: Iterable[str] | None = None,
        device: str | None = None,
    ) -> list[Fact]:
        """Facts that overlap [since, until) (Unix seconds), in the order in which they were first written."""
        ...

    def since_checkpoint(self) -> list[Fact]:
        """This machine's facts from the last checkpoint on (the checkpoint first), in the order of writing."""
        ...

    def others(self, since: float) -> list[Fact]:
        """What the user's other desks wrote by themselves and ended after `since` (Unix seconds; -inf: everything).

        Of their evidence no more than changes what is known of days today.
        """
        ...

    def names(self) -> Mapping[str, str]:
        """What people call the user's other desks, by the name of the machine."""
        ...

    def written(self) -> int:
        """A number that changes whenever somebody else writes."""
        ...

    def kept_weeks(self, what: str, firsts: Iterable[str], rules: str) -> Mapping[str, Any]:
        """Those of these weeks (first days, ISO dates) of which that is kept as these rules counted it: plain values.

        It is no longer kept when anything has been written since that it was counted from.
        """
        ...

    def keep_weeks(self, weeks: Iterable["KeptWeek"], written: int) -> None:
        """Keep these if nothing was written since `written` was asked, which was before anything was read for them.

        Best effort: where that cannot be, they are counted again.
        """
        ...

    def forget(self, before: float | None = None, *, summed_up: bool = True) -> int:
        """Delete facts that ended before `before` (all when None); returns how many.

        `summed_up`: the last checkpoint stays, which knows what they added up to; else none does.
        """
        ...

    def close(self) -> None: ...


class Clock(Protocol):
    """Reads the three clocks."""

    def now(self) -> Moment: ...

    @property
    def boot_id(self) -> str:
        """Names this boot of the machine."""
        ...


class StoreTrouble(StrEnum):
    """Why the store could not do what it was asked."""

    LOCKED = "locked"  # another program holds the database
    FULL = "full"  # no space left, or over the quota
    READONLY = "readonly"  # may not be opened or written
    CORRUPT = "corrupt"  # a damaged or cut-off database
    NEWER = "newer"  # written by a later version of Unhunch
    OLDER = "older"  # not yet brought up to date, and opened for reading only
    NOT_A_DATABASE = "not-a-database"  # some other kind of file
    GONE = "gone"  # no file there (any more)
    FAILING = "failing"  # the disk reports errors


class StoreError(UserError):
    """The store refused. Nothing was half-written; the call may be tried again."""

    def __init__(self, kind: StoreTrouble, what: str, means: str, remedy: str) -> None:
        super().__init__(what, means, remedy)
        self.kind = kind


class TrayIcon(StrEnum):
    """What the tray's icon tells at a glance. The value names its drawing."""

    SITTING = "sitting"
    """All is well: somebody is there, or was a moment ago, and nothing is owed."""
    OWED = "owed"
    """A session is due."""
    PAUSED = "paused"
    BLIND = "blind"
    """No source tells whether anybody is there."""
    AWAY = "away"


class MenuItem(NamedTuple):
    """One line of the tray's menu. A line without a label is a separator, one with children opens them."""

    key: str
    """What `chosen` is told. Unique in the menu, also for a line with children; "" for separators."""
    label: str
    enabled: bool = True
    checked: bool | None = None
    """None: the line has no check mark."""
    children: tuple["MenuItem", ...] = ()


SEPARATOR = MenuItem("", "")


class TrayState(NamedTuple):
    """All that the tray shows."""

    icon: TrayIcon
    title: str
    """The tool tip's first line, plain text."""
    text: str
    """The rest of the tool tip, plain text."""
    menu: tuple[MenuItem, ...]


class Tray(Protocol):
    """An icon in the panel with a menu. Never required: everything in it also exists on the command line."""

    name: str
    trouble: str
    """Why no panel shows it; empty when one does."""

    @property
    def token(self) -> str:
        """As a notifier's: what the desktop gave with the last choice. Asked once."""
        ...

    @property
    def note(self) -> str:
        """Where the icon is, as it is now, for `doctor`."""
        ...

    async def open(self, chosen: Callable[[str], None]) -> str:
        """Connect; return a note for `doctor`. Raises Unusable. A panel that comes later is used then.

        `chosen(key)` is called on the event loop: the key of a menu line, or "activate" for a click on the icon.
        """
        ...

    def show(self, state: TrayState) -> None:
        """Show this from now on, also to panels that come later. Never blocks, never raises."""
        ...

    async def close(self) -> None:
        """Take the icon away; never raises."""
        ...
