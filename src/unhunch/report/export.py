"""History for other programs: complete JSON that Unhunch reads again, a flat table, and ActivityWatch's shape.

Each export is an iterator of text, so that ten years need no memory of their own. Files made of it are the user's
private matter: whoever writes them gives them mode 0600.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.core.intervals import union, without
from unhunch.core.moment import at_offset

FORMAT = 1
"""Version of the JSON's shape. It rises only when an older Unhunch could misread it."""

BODY_COLUMNS = (
    "what",
    "step",
    "action",
    "status",
    "size",
    "source",
    "planned_s",
    "roller_s",
    "stiffness_before",
    "stiffness_after",
    "discomfort",
    "tingling",
    "feels",
    "why",
)
"""Body entries with a column of their own; what else a body holds stands in the last column as JSON."""
COLUMNS = ("kind", "start", "end", "minutes", "utc_offset_hours", "day", "device", *BODY_COLUMNS, "more")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_json(facts: Iterable[Fact], device: str, version: str) -> Iterator[str]:
    """`{"unhunch": 1, "version", "device", "facts": [...]}`, one fact a line.

    A fact: `kind`, `at` (ISO 8601 with offset, for people), `wall` (Unix seconds), `utc_offset` (seconds), `boot_id`,
    `boot` and `length` (seconds), `day`, `body`, `key`, `device`. The numbers are exact. `device` names this machine.
    """
    yield f'{{"unhunch": {FORMAT}, "version": {json.dumps(version)}, "device": {json.dumps(device)}, "facts": ['
    separator = "\n"
    for fact in facts:
        yield separator + json.dumps(_plain(fact, device), ensure_ascii=False, allow_nan=False)
        separator = ",\n"
    yield "\n]}\n"


def _plain(fact: Fact, device: str) -> dict[str, Any]:
    return {
        "kind": str(fact.kind),
        "at": at_offset(fact.wall, fact.utc_offset).isoformat(),
        "wall": fact.wall,
        "utc_offset": fact.utc_offset,
        "boot_id": fact.boot_id,
        "boot": fact.boot,
        "length": fact.length,
        "day": fact.day,
        "body": dict(fact.body),
        "key": fact.key,
        "device": fact.device or device,
    }


def export_csv(facts: Iterable[Fact], device: str) -> Iterator[str]:
    """A table with a header, one row a fact, in local time; the end and minutes of a point are empty.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(COLUMNS)
    for fact in facts:
        writer.writerow([_cell(value) for value in _row(fact, device)])
        if len(lines) >= 256:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


class _Lines:
    """A place for csv to write to."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def _row(fact: Fact, device: str) -> Iterator[Any]:
    is_span = fact.kind in SPANS
    yield str(fact.kind)
    yield _local(fact.wall, fact.utc_offset)
    yield _local(fact.end, fact.utc_offset) if is_span else None
    yield round(fact.length / 60, 2) if is_span else None
    yield fact.utc_offset / 3600
    yield fact.day
    yield fact.device or device
    for name in BODY_COLUMNS:
        value = fact.body.get(name)
        yield json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value
    more = {name: value for name, value in fact.body.items() if name not in BODY_COLUMNS}
    yield json.dumps(more, ensure_ascii=False) if more else None


def _local(wall: float, utc_offset: int) -> str:
    """Local time as spreadsheets understand it, to the second."""
    return at_offset(wall, utc_offset).strftime("%Y-%m-%d %H:%M:%S")


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def export_activitywatch(facts: Iterable[Fact], device: str) -> Iterator[str]:
    """A document as ActivityWatch exports it: a bucket of type `afkstatus` for each machine.

    `not-afk` where there was input, `afk` where the daemon watched and saw none; nothing where it was off or blind.
    """
    machines: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind in (Kind.INPUT, Kind.RUNNING, Kind.BLIND):
            machines.setdefault(fact.device or device, []).append(fact)
    buckets = {f"aw-watcher-afk_{name}": _bucket(name, found) for name, found in sorted(machines.items())}
    yield from json.JSONEncoder(ensure_ascii=False, allow_nan=False).iterencode({"buckets": buckets})
    yield "\n"


def _bucket(machine: str, facts: Sequence[Fact]) -> dict[str, Any]:
    spans = {
        kind: union((fact.wall, fact.end) for fact in facts if fact.kind is kind)
        for kind in (Kind.INPUT, Kind.RUNNING, Kind.BLIND)
    }
    watched = without(spans[Kind.RUNNING], spans[Kind.BLIND])
    here = spans[Kind.INPUT]
    away = without(watched, here)
    marked = sorted([(start, end, "not-afk") for start, end in here] + [(start, end, "afk") for start, end in away])
    return {
        "id": f"aw-watcher-afk_{machine}",
        "created": _utc(min((fact.wall for fact in facts), default=0.0)),
        "name": None,
        "type": "afkstatus",
        "client": "unhunch",
        "hostname": machine,
        "events": [
            {"timestamp": _utc(start), "duration": round(end - start, 6), "data": {"status": status}}
            for start, end, status in marked
        ],
    }


def _utc(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).isoformat()
