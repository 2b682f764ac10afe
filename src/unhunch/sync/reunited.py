"""What a damaged history still knew of the other desks, and what one begun meanwhile knows, as one.

What the folder tells again is not believed to have been read where facts are lost: then it is read once more.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any

from unhunch.adapters.store.salvage import SYNC, Line, Salvaged
from unhunch.sync import numbers
from unhunch.sync.desks import Desk
from unhunch.tuples import NamedTuple

ANEW = ("files", "own", "from", "waits")
"""Values that say how far a file, or the table, was read: another table is another one."""


class Reunited(NamedTuple):
    """As adapters.store.shared writes it."""

    values: Mapping[str, Any]
    notes: Mapping[int, str]
    desks: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, Line]
    forgot: bool
    """Something was forgotten before."""
    renamed: bool
    """This machine told lines, and it is lost which: it will take a new name (Exchange)."""


def reunited(read: Sequence[Salvaged], device: str, at: float) -> Reunited:
    """`read`: in the order of their facts, the present history last; `device`: whose history it becomes; `at`: now.

    A machine of another name that the present history was for a while is let go: it was this one.
    """
    mine = [one for one in read if one.device == device]
    own = next((one for one in reversed(mine) if _numbered(_values(one))), None)
    every = {key: line for one in read for key, line in one.lines.items()}
    values, notes = dict[str, Any](), dict[int, str]()
    if own is not None:
        values = {name: plain for name, plain in _values(own).items() if name not in ANEW}
        notes = dict(own.noted.notes)
        told = [line.number for line in every.values() if line.machine == device]
        values["last"] = max([values["last"], *told, *notes])
    desks = _desks(read, device)
    for one in read:
        was = _values(one)
        if one.device != device and _numbered(was):
            desks[one.device] = Desk(name=_name(was), newest=_newest(one), retired=at).plain()
            values["tell"] = [*values.get("tell", []), {"forget": {"desk": one.device, "at": at}}]
    before = max((_number(_values(one).get("before")) for one in read), default=-inf)
    if before > -inf:
        values["before"] = before
    lines = {key: line for key, line in every.items() if own is not None or line.machine != device}
    forgot = any("forgot" in one.noted.meta for one in read)
    return Reunited(values, notes, desks, lines, forgot, own is None and len(lines) < len(every))


def _desks(read: Iterable[Salvaged], device: str) -> dict[str, dict[str, Any]]:
    """Of each what was known last; what was read of it is what any of them had."""
    found: dict[str, dict[str, Any]] = {}
    for one in read:
        for name, text in one.noted.desks.items():
            plain = _plain(text)
            if name == device or not isinstance(plain, dict) or not _ranges(plain.get("have")):
                continue
            have = plain["have"]
            if one.lost:
                have = numbers.of(line.number for line in one.lines.values() if line.machine == name)
            earlier = found.get(name, {}).get("have", [])
            found[name] = {**plain, "have": numbers.joined([*earlier, *have])}
    return found


def _values(one: Salvaged) -> dict[str, Any]:
    named = {name.removeprefix(SYNC): _plain(text) for name, text in one.noted.meta.items() if name.startswith(SYNC)}
    return {name: plain for name, plain in named.items() if plain is not None}


def _numbered(values: Mapping[str, Any]) -> bool:
    """It is known which lines this machine has written."""
    return isinstance(values.get("last"), int) and isinstance(values.get("months"), list)


def _name(values: Mapping[str, Any]) -> str:
    """What people called the machine."""
    me = values.get("desk")
    return str(me.get("name", "")) if isinstance(me, dict) else ""


def _newest(one: Salvaged) -> float:
    return max((fact.end for fact in one.facts if not fact.device), default=0.0)


def _number(plain: Any) -> float:
    return float(plain) if isinstance(plain, int | float) else -inf


def _ranges(plain: Any) -> bool:
    return isinstance(plain, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in plain)


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
