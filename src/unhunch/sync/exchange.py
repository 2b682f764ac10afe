"""What this machine tells the user's other desks through the folder, and what it takes from them.

The database is the truth and the folder a parcel service: what was read once stays, what ought to stand in this
machine's files is written again, and nothing that happens to a file takes anything away.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

from unhunch.adapters.store import shared
from unhunch.adapters.store.shared import Numbered
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.moment import DAY, HOUR, Moment
from unhunch.sync import numbers
from unhunch.sync.desks import Desk, Forget, Told
from unhunch.sync.folder import Folder, Found, Refused, begins
from unhunch.sync.lines import Line, line, of_fact, parse
from unhunch.sync.numbers import Ranges
from unhunch.sync.telling import month_of, worth
from unhunch.tuples import NamedTuple

log = logging.getLogger("unhunch")

MOST = 20_000
"""Lines written or read at a time; the rest follows."""
AHEAD = 300.0
"""Seconds that a fact may lie in the future: a clock that is further off is waited for."""
_OF_A_FILE = 6
"""What is kept of one: its stamp, up to where it was read, what stood before that, and how many lines were odd, of a
later version, and good."""
TAIL = 64
"""Bytes before the place from which a file is read on, by which it is known to be the same."""


class Got(NamedTuple):
    """What came of reading."""

    changed: int = 0
    """Facts that are new, or longer."""
    forget: Sequence[Forget] = ()
    """What another desk has forgotten, until `obeyed`."""
    more: bool = False
    """There is more to read at once."""


class Exchange:
    """One machine's side. `name` is what people call this machine, `host` what tells it from a copy of its home;
    without one it only looks at what is known.

    OSError when the folder does not let itself be read or written, StoreError when the database does not; both leave
    everything so that it can be tried again.
    """

    def __init__(self, store: SqliteStore, path: Path, name: str, version: str, host: str) -> None:
        self.store, self.folder = store, Folder(path)
        self._name, self._version = name, version
        self.copies = 0
        """Files that a synchronizer made because two versions met: read as well."""
        self.odd = 0
        """Lines that are none, in what was read."""
        self.unread: dict[str, OSError] = {}
        """Files that cannot be read, by name."""
        self._held: dict[tuple[str, int], Line] = {}
        """Lines from the future, until their time comes."""
        self._whole = -inf
        """Unix seconds of the last full look."""
        self._host = host
        known = shared.value(store, "host")
        if host and known != host:
            if known is not None:
                self._another()
            shared.keep(store, "host", host)
        self._known()

    def _known(self) -> None:
        store = self.store
        self._last: int = shared.value(store, "last") or 0
        self._months: list[list[Any]] = shared.value(store, "months") or []
        self._gone: Ranges = shared.value(store, "gone") or []
        read_by, files = shared.value(store, "files") or ["", {}]
        whole = {name: of for name, of in files.items() if len(of) == _OF_A_FILE}
        self._files: dict[str, list[Any]] = whole if read_by == self._version else {}
        """By name, as `_OF_A_FILE` says; another version reads all anew."""
        self._own: dict[str, list[int]] = shared.value(store, "own") or {}
        self._waits: list[Any] = shared.value(store, "waits") or []
        self.desks = {device: Desk.of(plain) for device, plain in shared.desks(store).items()}

    def _another(self) -> None:
        """Another machine goes by this one's name: a copy of its home, or this one before its history was restored."""
        from uuid import uuid4

        log.warning("Another machine writes by this one's name in %s: this one takes a new one", self.folder.path)
        shared.rename(self.store, str(uuid4()))
        shared.keep(self.store, "host", self._host)
        self._known()

    @property
    def last(self) -> int:
        """The number of this machine's last line."""
        return self._last

    # Telling ----------------------------------------------------------------------------------------------------------

    def send(self, at: Moment, going_on: Collection[str] = ()) -> bool:
        """Tell what is new; `going_on`: keys of spans that have not ended. True if there is more to tell at once."""
        self.folder.check()
        if shared.value(self.store, "anew"):
            self._write_anew()
        self._mend()
        facts = shared.unsaid(self.store, MOST)
        news = [fact for fact, told in facts if worth(fact, told, going_on)]
        notes, kept_values = self._notes(at)
        if not news and not notes:
            if not facts:
                shared.all_said(self.store)
            return False
        by_month: dict[str, list[bytes]] = {}
        n, numbered, kept = self._last, list[Numbered](), dict[int, str]()
        months = [list(month) for month in self._months]
        for fact in news:
            n += 1
            numbered.append(Numbered(n, fact))
            by_month.setdefault(month_of(months, n, fact.wall, at), []).append(
                line(self.store.device, n, of_fact(fact))
            )
        for says in notes:
            n += 1
            made = line(self.store.device, n, says)
            kept[n] = made.decode()
            by_month.setdefault(month_of(months, n, at.wall, at), []).append(made)
        # Numbered first, and the files no longer known to be whole: whatever ends it between the two leaves lines that
        # `_mend` writes, and never a number given twice.
        changing = {self._file(month) for month in by_month}
        own = {name: stamp for name, stamp in self._own.items() if name not in changing}
        waits = self._waits or [n, at.wall]
        values = {**kept_values, "last": n, "months": months, "own": own, "waits": waits}
        shared.number(self.store, numbered, kept, values)
        self._last, self._months, self._own, self._waits = n, months, own, waits
        for month, some in by_month.items():
            self._append(month, some)
        return len(facts) == MOST

    def _append(self, month: str, some: Iterable[bytes]) -> None:
        name = self._file(month)
        self.folder.append(name, b"".join(some))
        self._stamp(name)

    def _stamp(self, name: str) -> None:
        """Remember how the own file was left."""
        info = (self.folder.path / name).stat()
        self._own[name] = [info.st_size, info.st_mtime_ns, info.st_ino]
        shared.keep(self.store, "own", self._own)

    def _file(self, month: str) -> str:
        return f"{begins(self.store.device)}-{month}.jsonl"

    def _notes(self, at: Moment) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """What is to be told beside facts: who this is, and, once an hour, how far others were read; and what is to be
        kept of it once it is numbered."""
        found: list[dict[str, Any]] = []
        kept: dict[str, Any] = {}
        me = {"name": self._name, "version": self._version}
        if shared.value(self.store, "desk") != me:
            found.append({"desk": me})
            kept["desk"] = me
        seen = {device: numbers.last(desk.have) for device, desk in self.desks.items() if not desk.retired}
        said, when = shared.value(self.store, "seen") or [{}, -inf]
        if seen and seen != said and at.wall - when >= HOUR:
            found.append({"seen": seen})
            kept["seen"] = [seen, at.wall]
        if tell := shared.value(self.store, "tell"):
            found += tell
            kept["tell"] = []
        return found, kept

    def _mend(self) -> None:
        """Write again what is missing in this machine's files: replaced, renamed away, cut, or never written."""
        for month, first, last in self._months:
            name = self._file(month)
            try:
                info = (self.folder.path / name).lstat()
                stamp = [info.st_size, info.st_mtime_ns, info.st_ino]
            except FileNotFoundError:
                stamp = []
            if self._own.get(name) == stamp:
                continue
            there = {one.n for one in parse(self.folder.read(name) or b"").lines if one.machine == self.store.device}
            gone = self._gone
            missing = [n for n in range(first, last + 1) if n not in there and not numbers.holds(gone, n)]
            if missing:
                log.info("%s lines of %s are written again", len(missing), name)
                self.folder.append(name, self._lines(missing))
            if missing or stamp:
                self._stamp(name)

    def _lines(self, wanted: list[int]) -> bytes:
        """These lines as they were; of a fact that was told anew later, only that there was one."""
        facts, notes = shared.lines(self.store, wanted[0], wanted[-1])
        device = self.store.device
        return b"".join(
            notes[n].encode() if n in notes else line(device, n, of_fact(facts[n]) if n in facts else {})
            for n in wanted
        )

    # Forgetting -------------------------------------------------------------------------------------------------------

    def forgot(self, forget: Forget | None) -> None:
        """Facts are deleted here: their lines leave this machine's files, and the other desks are told to forget them,
        too; None: it was they who told it."""
        if forget is not None:
            self._tell({"forget": {"before": forget.before, **({"all": True} if forget.all else {})}})
            self._raise_before(forget.before)
        if not self._months:
            return
        facts, notes = shared.lines(self.store, 1, self._last)
        left = sorted({*facts, *notes})
        self._gone = numbers.holes(numbers.joined([*numbers.of(left), [self._last + 1, self._last + 1]]))
        shared.keep(self.store, "gone", self._gone)
        self._tell({"gone": self._gone})
        shared.keep(self.store, "anew", True)  # noqa: FBT003 - a plain value
        try:
            self.folder.check()
            self._write_anew()
        except (OSError, Refused) as error:
            log.warning("What is forgotten leaves %s as soon as it can be written: %s", self.folder.path, error)

    def _write_anew(self) -> None:
        """This machine's files without what is forgotten. OSError: it is tried again before the next line."""
        facts, notes = shared.lines(self.store, 1, self._last)
        left = sorted({*facts, *notes})
        for month, first, last in self._months:
            name = self._file(month)
            wanted = [n for n in left if first <= n <= last]
            if wanted:
                self.folder.rewrite(name, self._lines(wanted))
                self._stamp(name)
            else:
                self.folder.delete(name)
                self._own[name] = []
        shared.keep(self.store, "own", self._own)
        shared.keep(self.store, "anew", False)  # noqa: FBT003 - a plain value

    def obeyed(self, forget: Forget) -> None:
        """It was forgotten here as well."""
        shared.keep(self.store, "obey", [one for one in shared.value(self.store, "obey") or [] if one != list(forget)])
        self.forgot(None)

    def retire(self, device: str, at: float) -> None:
        """A desk that is no more (`at`: Unix seconds): nothing is expected of it; what it brought stays."""
        self.desks[device] = self.desks[device]._replace(retired=at)
        shared.take(self.store, (), {device: self.desks[device].plain()})
        self._tell({"forget": {"desk": device, "at": at}})

    def _tell(self, says: Mapping[str, Any]) -> None:
        shared.keep(self.store, "tell", [*(shared.value(self.store, "tell") or []), says])

    def _raise_before(self, before: float) -> None:
        """Nothing that ended before is taken any more."""
        if before > (shared.value(self.store, "before") or -inf):
            shared.keep(self.store, "before", before)

    # Taking -----------------------------------------------------------------------------------------------------------

    def news(self) -> bool:
        """Whether a file is otherwise than it was read or written last. OSError if the folder cannot be listed."""
        return any(file.name not in self.unread and not self._known_so(file) for file in self.folder.files())

    def _known_so(self, file: Found) -> bool:
        stamp = list(file.stamp)
        return self._own.get(file.name) == stamp or self._files.get(file.name, [None])[0] == stamp

    def receive(self, at: Moment) -> Got:
        """Take what other machines' files tell that is new."""
        self.folder.check()
        files, held = dict(self._files), dict(self._held)
        try:
            return self._received(at)
        except BaseException:
            self._files, self._held = files, held  # nothing was stored: it is read again
            raise

    def _received(self, at: Moment) -> Got:
        found = self.folder.files()
        whole = at.wall - self._whole >= DAY or at.wall < self._whole
        newest = {file.machine: file.name for file in found if not file.copy}
        told = Told(dict(self.desks), shared.value(self.store, "before") or -inf, self.store)
        read, more = 0, False
        self.unread = {}
        for file in found:
            anew = whole and (file.copy or newest[file.machine] == file.name)
            if self._own.get(file.name) == list(file.stamp) or (not anew and self._known_so(file)):
                continue
            if read >= MOST:
                more = True
                break
            try:
                lines = self._read(file)
            except OSError as error:
                self.unread[file.name] = error
                continue
            if lines is None:  # gone between the two: replaced, perhaps
                more = True
                continue
            read += len(lines)
            strangers = told.hear(lines, self.store.device, self._last, at.wall + AHEAD)
            if strangers:
                self._another()
                return Got(more=True)
        self._held |= told.held
        due = [one for one in self._held.values() if one.wall <= at.wall + AHEAD]
        if due:
            told.hear(due, self.store.device, self._last, at.wall + AHEAD)
            self._held = {key: one for key, one in self._held.items() if one not in due}
        if not more:
            self._whole = at.wall if whole else self._whole
        self.count(found)
        ours = self._ours(found)
        for machine in {file.machine for file in found}:
            told.newer(machine, (ours[file.name][4] for file in found if file.name in ours and file.machine == machine))
        changed = 0
        if read or due or told.desks != self.desks:
            changed = self._take(told, at)
        return Got(changed, [Forget(*one) for one in shared.value(self.store, "obey") or ()], more)

    def _ours(self, found: Iterable[Found]) -> dict[str, list[Any]]:
        """What is known of those files that are not somebody else's under a name like ours."""
        known = {file: self._files[file.name] for file in found if file.name in self._files}
        return {file.name: of for file, of in known.items() if not file.copy or of[4] or of[5]}

    def count(self, found: Sequence[Found]) -> None:
        """Copies and odd lines among these files, by what was read of them."""
        ours = self._ours(found)
        self.copies = sum(file.copy for file in found if file.name in ours)
        self.odd = sum(of[3] for of in ours.values())

    def _take(self, told: Told, at: Moment) -> int:
        desks = {
            device: desk._replace(news=at.wall) if told.facts_of(device) else desk
            for device, desk in told.desks.items()
            if desk != self.desks.get(device)
        }
        if told.forget:  # before it is known as heard
            shared.keep(self.store, "obey", sorted({*map(tuple, shared.value(self.store, "obey") or ()), *told.forget}))
            self._raise_before(max(forget.before for forget in told.forget))
        changed = shared.take(self.store, told.facts, {device: desk.plain() for device, desk in desks.items()})
        self.desks |= desks
        shared.keep(self.store, "files", [self._version, self._files])
        if (
            self._waits
            and max((desk.seen_of(self.store.device) for desk in self.desks.values()), default=0) >= (self._waits[0])
        ):
            self._waits = []
            shared.keep(self.store, "waits", [])
        return changed

    def _read(self, file: Found) -> list[Line] | None:
        """The lines of a file that were not read yet: on from where it was read to, if it is still the same.

        None if it is gone, OSError if it cannot be read; then nothing is known of it.
        """
        known = self._files.get(file.name)
        start, tail = (known[1], bytes.fromhex(known[2])) if known else (0, b"")
        data = self.folder.read(file.name, start - len(tail))
        if data and start and known and known[0] != list(file.stamp) and data.startswith(tail):
            data = data[len(tail) :]
        elif start:
            start, data = 0, self.folder.read(file.name)
        if data is None:
            return None
        parsed = parse(data)
        end = start + parsed.read
        tail = data[max(parsed.read - TAIL, 0) : parsed.read] or tail
        odd, newer, good = known[3:] if known and start else (0, 0, 0)
        counts = (odd + parsed.odd, newer + parsed.newer, good + len(parsed.lines))
        self._files[file.name] = [list(file.stamp), end, tail.hex(), *counts]
        return parsed.lines

    # Saying -----------------------------------------------------------------------------------------------------------

    def unheard(self, at: Moment) -> bool:
        """Nobody has read this machine's lines for a day, although others' come in."""
        if not self._waits or at.wall - self._waits[1] < DAY:
            return False
        return any(at.wall - desk.news < DAY for desk in self.desks.values() if not desk.retired)

    def held(self) -> Mapping[str, float]:
        """By machine, the farthest time in the future of which it tells (Unix seconds): its clock is wrong."""
        found: dict[str, float] = {}
        for (device, _n), one in self._held.items():
            found[device] = max(found.get(device, -inf), one.wall)
        return found
