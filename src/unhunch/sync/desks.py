"""What is known of each other desk, and what a handful of its lines adds to that."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unhunch.adapters.store import shared
from unhunch.adapters.store.shared import Numbered
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact
from unhunch.sync import numbers
from unhunch.sync.folder import begins
from unhunch.sync.lines import Line, of_fact
from unhunch.sync.numbers import Ranges
from unhunch.tuples import NamedTuple


class Desk(NamedTuple):
    """Another machine of the same person."""

    have: Sequence[list[int]] = ()
    """Numbers of its lines that were read."""
    name: str = ""
    version: str = ""
    named: int = 0
    """The line that told who it is; of two the later one holds."""
    seen: Mapping[str, int] = {}
    """How far it has read each machine."""
    acknowledged: int = 0
    """The line that told that."""
    newest: float = 0.0
    """Unix seconds of the end of its newest fact."""
    news: float = 0.0
    """When its lines were last read, Unix seconds."""
    unread: int = 0
    """Lines of a later version in its files."""
    twice: int = 0
    """Numbers under which two different things were told: the first holds."""
    retired: float = 0.0
    """When it was said to be no more, Unix seconds; what it writes of a later time makes it a desk again."""

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Desk":
        """Names that a later version added are left alone."""
        return cls(**{name: value for name, value in plain.items() if name in cls._fields})

    def plain(self) -> dict[str, Any]:
        return self._asdict()

    def seen_of(self, device: str) -> int:
        return self.seen.get(device, 0)


class Forget(NamedTuple):
    """Everybody forgets what ended before."""

    before: float
    """Unix seconds."""
    all: bool = False
    """What it added up to as well; else no day before is known any more, and the programme goes on."""


class Told:
    """What is heard from lines, in whichever order they come."""

    def __init__(self, desks: dict[str, Desk], before: float, store: SqliteStore) -> None:
        self.desks, self._before, self._store = desks, before, store
        self.facts: list[Numbered] = []
        self.held: dict[tuple[str, int], Line] = {}
        self.forget: list[Forget] = []
        self._new: dict[str, dict[int, Fact | None]] = {}

    def facts_of(self, device: str) -> bool:
        return bool(self._new.get(device))

    def newer(self, machine: str, counts: Iterable[int]) -> None:
        """So many lines of a later version are in each of the files whose names begin with `machine`."""
        for device, desk in self.desks.items():
            if begins(device) == machine:
                self.desks[device] = desk._replace(unread=max(counts, default=0))

    def hear(self, lines: Iterable[Line], own: str, last: int, until: float) -> bool:
        """Take lines in. `until`: what lies later (Unix seconds) waits. True if a stranger writes by the name `own`."""
        by_machine: dict[str, list[Line]] = {}
        for one in lines:
            by_machine.setdefault(one.machine, []).append(one)
        for one in by_machine.pop(own, ()):
            if one.n > last:
                return True
            if one.fact and (mine := shared.told_by(self._store, own, one.n)) and mine.key != one.fact.key:
                return True
        for device, some in by_machine.items():
            self._hear(device, some, until)
        return False

    def _hear(self, device: str, lines: list[Line], until: float) -> None:
        desk = self.desks.get(device, Desk())
        new = self._new.setdefault(device, {})
        gone: list[list[int]] = []
        for one in lines:
            fact = one.fact
            if one.wall > until:
                self.held[device, one.n] = one
                continue
            if one.n in new or numbers.holds(desk.have, one.n):
                if fact and self._otherwise(device, one.n, fact, new):
                    desk = desk._replace(twice=desk.twice + 1)
                continue
            new[one.n] = fact
            if fact is None:
                desk, also = self._said(device, desk, one)
                gone += also
            elif fact.end >= self._before:
                self.facts.append(Numbered(one.n, fact))
                retired = desk.retired if fact.end <= desk.retired else 0.0
                desk = desk._replace(newest=max(desk.newest, fact.end), retired=retired)
        have = numbers.joined([*desk.have, *numbers.of(new), *gone])
        self.desks[device] = desk._replace(have=have)

    def _said(self, device: str, desk: Desk, one: Line) -> tuple[Desk, Ranges]:
        """What a line tells that is no fact, and which numbers will never come."""
        says = one.says
        if "desk" in says and one.n > desk.named:
            desk = desk._replace(name=says["desk"]["name"], version=says["desk"]["version"], named=one.n)
        if "seen" in says and one.n > desk.acknowledged:
            desk = desk._replace(seen=says["seen"], acknowledged=one.n)
        if "forget" in says:
            told = says["forget"]
            if "desk" not in told:
                self.forget.append(Forget(float(told["before"]), told.get("all", False)))
            elif told["desk"] in self.desks and told["desk"] != device:
                other = self.desks[told["desk"]]
                if other.newest <= told["at"]:
                    self.desks[told["desk"]] = other._replace(retired=told["at"])
        return desk, says.get("gone", [])

    def _otherwise(self, device: str, n: int, fact: Fact, new: Mapping[int, Fact | None]) -> bool:
        """The same number tells something else."""
        known = new[n] if n in new else shared.told_by(self._store, device, n)
        return known is not None and of_fact(known) != of_fact(fact)
