"""`unhunch doctor --repair`: takes back what can be read of a history that was damaged and moved aside."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store import shared, sqlite
from unhunch.adapters.store.salvage import Hole, Salvaged, salvage
from unhunch.cli.command import wrong
from unhunch.control.lock import lock
from unhunch.core.facts import Fact, Kind
from unhunch.errors import Exit
from unhunch.paths import Paths
from unhunch.ports import StoreError, StoreTrouble
from unhunch.sync.reunited import reunited
from unhunch.words import formats
from unhunch.words.translate import _, ngettext

HOLES_SHOWN = 5
"""So many of the times that are lost are named."""


def repair(chosen: Path | None) -> int:
    """Take back one file, or all that were moved aside. Raises UserError, StoreError, OSError."""
    paths = Paths.find()
    if chosen and not chosen.is_file():
        raise wrong(
            _("There is no file {file}.").format(file=chosen),
            _("Look for one: ls {folder}").format(folder=paths.database.parent),
        )
    paths.make_runtime()
    with lock(paths.lock, "unhunch doctor --repair"):
        paths.make_data()
        _set_aside(paths.database)
        found = [chosen] if chosen else sorted(paths.database.parent.glob(f"{paths.database.stem}-aside-*.sqlite"))
        if not found:
            print(
                _("Nothing was moved aside beside {file}; there is nothing to take back.").format(file=paths.database)
            )
            return Exit.DONE
        read = [(file, salvage(file)) for file in found]
        new, renamed = _take(paths.database, [one for _file, one in read])
    for file, one in read:
        print("\n".join(_told(file, one)))
    if renamed:
        print(
            _(
                "Lost: which lines this computer wrote for your other desks. It takes a new name and tells them "
                "everything anew; let the old one go where it is still shown: unhunch sync forget NAME"
            )
        )
    print(
        ngettext("{count} fact was taken back.", "{count} facts were taken back.", new).format(count=new)
        if new
        else _("Nothing in it is news: the history was left as it is.")
    )
    return Exit.DONE if any(one.facts for _file, one in read) else Exit.FAILED


def _set_aside(database: Path) -> None:
    """The history in use may be the damaged one, if no daemon was started since."""
    try:
        sqlite.SqliteStore(database).close()
    except StoreError as error:
        if error.kind not in (StoreTrouble.CORRUPT, StoreTrouble.NOT_A_DATABASE):
            raise
        sqlite.set_aside(database)


def _take(database: Path, read: Sequence[Salvaged]) -> tuple[int, bool]:
    """A history of the salvaged facts and the present ones after them, in place of the present one.

    Returns how many facts are new, and whether this machine takes a new name before its other desks.

    Facts count in the order of writing, so those of before cannot be put behind those of now. A checkpoint of before
    stands: it knows the sum of what is lost. One of now knows nothing of before and is left out.
    """
    store = sqlite.SqliteStore(database)
    try:
        present, device = store.read(), store.device
    finally:
        store.close()
    known = {fact.key for fact in present}
    before = [fact for one in read for fact in one.facts if fact.key not in known]
    if not before:
        return 0, False
    device = next((one.device for one in read if one.device), device)
    now = salvage(database)
    desks = reunited([*read, now], device, SystemClock().now().wall)
    part = database.with_name(f".{database.name}.part")
    for end in ("", *sqlite.SIDE_FILES):
        part.with_name(part.name + end).unlink(missing_ok=True)
    whole = sqlite.SqliteStore(part, device=device)
    try:
        shared.restore(whole, desks.values, desks.notes, desks.desks, forgot=desks.forgot)
        for one in read:
            _write(whole, [fact for fact in one.facts if fact.key not in known], one)
            known.update(fact.key for fact in one.facts)
        _write(whole, [fact for fact in present if fact.device or fact.kind is not Kind.CHECKPOINT], now)
        shared.restore_lines(whole, [(key, *line) for key, line in desks.lines.items()])
    finally:
        whole.close()
    for end in sqlite.SIDE_FILES:
        database.with_name(database.name + end).unlink(missing_ok=True)
    part.replace(database)
    return len(before), desks.renamed


def _write(store: sqlite.SqliteStore, facts: Sequence[Fact], came: Salvaged) -> None:
    """In this order, each with its import, which gets a new number: each file has counted its own."""
    numbers: dict[int, int] = {}
    for number, lot in groupby(facts, key=lambda fact: came.imports.get(fact.key)):
        if number is None:
            store.append(list(lot))
            continue
        if number not in numbers:
            numbers[number] = store.begin_import(came.names.get(number, ""))
        store.take(list(lot), numbers[number])


def _told(file: Path, one: Salvaged) -> list[str]:
    """What was found in one file, and what was not."""
    if not one.facts:
        return [_("{file}: nothing in it could be read.").format(file=file)]
    first, last = min(fact.wall for fact in one.facts), max(fact.wall for fact in one.facts)
    said = ngettext(
        "{file}: {count} fact could be read, from {first} to {last}.",
        "{file}: {count} facts could be read, from {first} to {last}.",
        len(one.facts),
    )
    lines = [said.format(file=file, count=len(one.facts), first=_when(first), last=_when(last))]
    lines += [f"  {_hole(hole)}" for hole in one.holes[:HOLES_SHOWN]]
    more = len(one.holes) - HOLES_SHOWN
    if more > 0:
        lines.append("  " + ngettext("and {count} more place", "and {count} more places", more).format(count=more))
    if one.nonsense:
        text = ngettext(
            "{count} row makes no sense and was left out.",
            "{count} rows make no sense and were left out.",
            one.nonsense,
        )
        lines.append("  " + text.format(count=one.nonsense))
    lines += [f"  {said}" for said in _of_desks(one)]
    if not one.lost and not one.unknown:
        lines.append("  " + _("Nothing of it is lost."))
    return lines


def _of_desks(one: Salvaged) -> list[str]:
    """What is known again of the other desks, and what is not."""
    said: list[str] = []
    if desks := len(one.noted.desks):
        text = ngettext("{count} other desk is known again.", "{count} other desks are known again.", desks)
        said.append(text.format(count=desks))
    if one.unknown:
        said.append(_("Lost: part of what was noted of your other desks."))
    if one.unknown or (one.shared and one.lost):
        said.append(_("What other desks told is read again from the shared folder, as far as it is still there."))
    return said


def _hole(hole: Hole) -> str:
    """What is lost between two facts."""
    if hole.since is None:
        return _("Lost: what was written before {until}.").format(until=_when(hole.until or 0.0))
    if hole.until is None:
        return _("Lost: what was written after {since}.").format(since=_when(hole.since))
    return _("Lost: what was written between {since} and {until}.").format(
        since=_when(hole.since), until=_when(hole.until)
    )


def _when(wall: float) -> str:
    at = datetime.fromtimestamp(wall).astimezone()
    return f"{formats.long_day(at.date(), year=True)} {formats.clock(at)}"
