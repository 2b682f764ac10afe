r"""The lines that machines write for one another: one JSON object each, with a check over what stands before it.

    {"v":1,"m":"3f2a...","n":417,"fact":{...},"c":"1c291ca3"}

Nothing here raises for what it finds: a line that is none costs that line.
"""

import json
from binascii import crc32
from collections.abc import Mapping
from math import inf
from typing import Any

from unhunch.adapters.store.shared import NOT_SHARED
from unhunch.core.codec import fits
from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.core.values import number
from unhunch.tuples import NamedTuple

VERSION = 1
LONGEST = 100_000
"""Bytes of a line; ours have some hundred."""
_KINDS = {str(kind): kind for kind in Kind}
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_CHECK = b',"c":"'
_TAIL = len(_CHECK) + 8 + len(b'"}')


class Line(NamedTuple):
    """One line: whose, its number, and what it tells; a line that tells nothing is only known to have been."""

    machine: str
    n: int
    fact: Fact | None = None
    says: Mapping[str, Any] = {}
    """What it tells that is no fact: `desk`, `seen`, `forget`, `gone`."""

    @property
    def wall(self) -> float:
        """When what it tells is so by the clock of its writer, Unix seconds; -inf where it has no time."""
        said = self.says.get("forget")
        if said:
            return float(said["at" if "desk" in said else "before"])
        return self.fact.wall if self.fact else -inf


class Parsed(NamedTuple):
    """What was found in a piece of a file."""

    lines: list[Line]
    odd: int
    """Lines that are none of ours, or damaged."""
    newer: int
    """Lines of a later version: left for it."""
    read: int
    """Bytes up to the end of the last whole line."""


def line(machine: str, n: int, says: Mapping[str, Any]) -> bytes:
    """A line of this machine, with its end."""
    text = _encode({"v": VERSION, "m": machine, "n": n, **says}).encode()[:-1]
    return b'%s%s%08x"}\n' % (text, _CHECK, crc32(text))


def of_fact(fact: Fact) -> dict[str, Any]:
    """A fact as its line says it. What is as usual is not said."""
    said: dict[str, Any] = {
        "key": fact.key,
        "kind": str(fact.kind),
        "wall": fact.wall,
        "utc_offset": fact.utc_offset,
        "boot_id": fact.boot_id,
        "boot": fact.boot,
    }
    if fact.length:
        said["length"] = fact.length
    if fact.day:
        said["day"] = fact.day
    if fact.body:
        said["body"] = dict(fact.body)
    return {"fact": said}


def parse(data: bytes) -> Parsed:
    """All whole lines; what follows the last end of a line waits for it."""
    end = data.rfind(b"\n") + 1
    found: list[Line] = []
    odd = newer = 0
    for raw in data[:end].split(b"\n")[:-1]:
        text = raw.strip(b"\r\x00 \t").removeprefix(b"\xef\xbb\xbf")
        if not text:
            continue
        one = _line(text)
        if isinstance(one, Line):
            found.append(one)
        elif one:
            newer += 1
        else:
            odd += 1
    return Parsed(found, odd, newer, end)


def _line(text: bytes) -> Line | bool:
    """The line; or whether it is one of a later version, which alone knows what it says."""
    body, check = text[:-_TAIL], text[-_TAIL:]
    if not check.startswith(_CHECK) or check[len(_CHECK) :] != b'%08x"}' % crc32(body) or len(text) > LONGEST:
        return False
    try:
        plain = json.loads(body + b"}")
        _encode(plain)  # what could not be written again (1e999) is not read either
    except (ValueError, RecursionError):
        return False
    version, machine, n = plain.get("v"), plain.get("m"), plain.get("n")
    if not _whole(version) or not _whole(n) or n < 1 or not _text(machine) or not machine:
        return False
    if version > VERSION:
        return True
    if "fact" not in plain:
        says = {name: plain[name] for name in SAYS if name in plain}
        return Line(machine, n, says=says) if all(SAYS[name](said) for name, said in says.items()) else False
    entry = plain["fact"]
    if not isinstance(entry, dict):
        return False
    if isinstance(entry.get("kind"), str) and entry["kind"] not in _KINDS:
        return True
    fact = _fact(entry, machine)
    return False if fact is None else Line(machine, n, fact)


def _fact(entry: Mapping[str, Any], machine: str) -> Fact | None:
    """None for what is no fact."""
    named = entry.get("kind")
    kind = _KINDS.get(named) if isinstance(named, str) else None
    wall, boot, length = entry.get("wall"), entry.get("boot"), entry.get("length", 0.0)
    utc_offset, body = entry.get("utc_offset"), entry.get("body", {})
    texts = (entry.get("key"), entry.get("boot_id"), entry.get("day", ""))
    if kind is None or kind in NOT_SHARED or not all(number(x) for x in (wall, boot, length)) or not _whole(utc_offset):
        return None
    if not all(_text(x) for x in texts) or not texts[0] or not isinstance(body, dict):
        return None
    assert isinstance(wall, int | float)
    assert isinstance(boot, int | float)
    assert isinstance(utc_offset, int)
    key, boot_id, day = map(str, texts)
    try:
        fact = Fact(kind, float(wall), utc_offset, boot_id, float(boot), float(length), day, body, key, machine)
    except OverflowError:
        return None
    return fact if fits(fact) and not (length and kind not in SPANS) else None


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def _seen(value: object) -> bool:
    return isinstance(value, dict) and all(_text(device) and _whole(n) for device, n in value.items())


def _desk(value: object) -> bool:
    return isinstance(value, dict) and all(_text(value.get(name)) for name in ("name", "version"))


def _forget(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if "desk" in value:
        return _text(value["desk"]) and number(value.get("at"))
    return number(value.get("before")) and isinstance(value.get("all", False), bool)


def _ranges(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(_whole(n) for n in pair) and 1 <= pair[0] <= pair[1]
        for pair in value
    )


SAYS = {"desk": _desk, "seen": _seen, "forget": _forget, "gone": _ranges}
"""What a line may tell beside a fact: who writes, what it has read, what is forgotten, which numbers never come."""
