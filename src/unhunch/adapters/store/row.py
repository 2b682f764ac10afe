"""A fact as a row of the table and back: the one shape both stores keep, so that they answer alike."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any

from unhunch.core.facts import Fact, Kind

Row = tuple[int | None, str, str, str, float, int, str, float, float, str, str]
COLUMNS = "id, key, device, kind, wall, utc_offset, boot_id, boot, length, day, body"

_KINDS: dict[str, Kind] = {str(kind): kind for kind in Kind}
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_decoder = json.JSONDecoder()
_scan = vars(_decoder)["scan_once"]


def body_text(body: Any) -> str:
    """A fact's body as JSON. Raises ValueError or TypeError for what JSON cannot say."""
    return _encode(dict(body)) if body else "{}"


def body_of(text: str) -> dict[str, Any]:
    """A fact's body from JSON. Raises json.JSONDecodeError."""
    body: dict[str, Any] = _decode(text)
    return body


def _decode(text: str) -> Any:
    """As a JSONDecoder does, which takes three times as long to look for spaces before and behind it."""
    try:
        body, end = _scan(text, 0)
    except StopIteration:
        end = -1
    return body if end == len(text) else _decoder.decode(text)


def to_row(fact: Fact, own_device: str) -> Row:
    """The row of a fact; an empty device becomes this machine's. Its number is left to the table.

    Raises ValueError or TypeError for a fact that must not be kept.
    """
    kind, wall, utc_offset, boot_id, boot, length, day, body, key, device = fact
    if not key:
        raise ValueError(f"a {kind} fact without a key")
    if not (isfinite(wall) and isfinite(boot) and isfinite(length) and length >= 0):
        raise ValueError(f"fact {key} has an impossible time or length")
    return (
        None,
        key,
        device or own_device,
        str(kind),
        float(wall),
        int(utc_offset),
        boot_id,
        float(boot),
        float(length),
        day,
        body_text(body),
    )


def from_rows(rows: Iterable[Row], own_device: str) -> list[Fact]:
    """Facts of rows; this machine's device reads as empty.

    A row that is no fact is left out, whoever wrote it: a kind that this version does not know (a later one may add
    some without changing the table), a body that is no JSON object.
    """
    facts, nothing = list[Fact](), dict[str, Any]()
    for _, key, device, name, wall, utc_offset, boot_id, boot, length, day, text in rows:
        kind = _KINDS.get(name)
        if kind is None:
            continue
        body: Any = nothing
        if text != "{}":
            try:
                body = _decode(text)
            except (ValueError, RecursionError):
                continue
            if not isinstance(body, dict):
                continue
        facts.append(
            Fact(kind, wall, utc_offset, boot_id, boot, length, day, body, key, "" if device == own_device else device)
        )
    return facts
