"""ActivityWatch's export: of all its buckets only those that say when somebody was there (type `afkstatus`).

`{"buckets": {id: {"type", "events": [{"timestamp", "duration", "data": {"status": "afk" | "not-afk"}}]}}}`.
Window titles and addresses, which other buckets hold, are not looked at.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from unhunch.core.intervals import Interval, union
from unhunch.core.translate import _, ngettext
from unhunch.importers.recording import EARLIEST, LATEST, LONGEST_SPAN, BadRecording, Import, Progress, counted

_REPORT_EVERY = 4096
_TYPE = "afkstatus"
_STATUSES = ("afk", "not-afk")


def parse(data: bytes | str, progress: Progress | None = None) -> Import:
    """When somebody was there, all machines in the export taken together. Progress is in events.

    Overlaps are taken once, and input outweighs an `afk` at the same time. A hole between events is unknown, not away.
    Raises BadRecording if it is no export or says nothing about presence.
    """
    events = list(_events(_document(data)))
    odd: Counter[str] = Counter()
    seen: set[tuple[float, float, str]] = set()
    here: list[Interval] = []
    watched: list[Interval] = []
    for number, event in enumerate(events):
        if progress and number % _REPORT_EVERY == 0:
            progress(number, len(events))
        sound = _sound(event)
        if sound is None:
            odd["unsound"] += 1
            continue
        if sound in seen:
            odd["duplicates"] += 1
            continue
        seen.add(sound)
        start, seconds, status = sound
        if seconds == 0.0:
            odd["empty"] += 1
        elif status == "not-afk" and seconds > LONGEST_SPAN:
            odd["endless"] += 1
        else:
            watched.append((start, start + seconds))
            if status == "not-afk":
                here.append((start, start + seconds))
    if progress:
        progress(len(events), len(events))
    spans = union(here)
    return Import("activitywatch", spans, union(watched), _problems(odd, overlaps=len(here) - len(spans)))


def _problems(odd: Counter[str], *, overlaps: int) -> list[str]:
    return [
        *counted(
            odd["duplicates"],
            ngettext("{count} event is there twice.", "{count} events are there twice.", odd["duplicates"]),
        ),
        *counted(
            odd["endless"],
            ngettext(
                "{count} span of presence over six hours was left out as unknown: a suspend was missed.",
                "{count} spans of presence over six hours were left out as unknown: suspends were missed.",
                odd["endless"],
            ),
        ),
        *counted(
            odd["empty"],
            ngettext(
                "{count} event of no length was left out.", "{count} events of no length were left out.", odd["empty"]
            ),
        ),
        *counted(
            odd["unsound"],
            ngettext(
                "{count} event that makes no sense was left out.",
                "{count} events that make no sense were left out.",
                odd["unsound"],
            ),
        ),
        *counted(
            overlaps,
            ngettext(
                "{count} span overlapped or touched another.", "{count} spans overlapped or touched others.", overlaps
            ),
        ),
    ]


def _document(data: bytes | str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _bad(_("This is not JSON: {error}.").format(error=error)) from error


def _events(document: Any) -> Iterator[Any]:
    """The events of each bucket of presence, of a whole export or of one bucket's."""
    if not isinstance(document, Mapping):
        raise _bad(_("This is not an export of ActivityWatch: it is not an object."))
    buckets = document.get("buckets", {"": document} if "events" in document else None)
    if not isinstance(buckets, Mapping):
        raise _bad(_("This is not an export of ActivityWatch: it has no buckets."))
    wanted = [b for b in buckets.values() if isinstance(b, Mapping) and b.get("type") == _TYPE]
    if not wanted:
        raise _bad(
            _("This export holds no bucket of type {type}: it does not say when somebody was there.").format(type=_TYPE)
        )
    for bucket in wanted:
        events = bucket.get("events")
        if not isinstance(events, list):
            raise _bad(_("This export is broken: a bucket's events are not a list."))
        yield from events


def _sound(event: Any) -> tuple[float, float, str] | None:
    """(start, seconds, status), or None for an event that makes no sense."""
    try:
        start = datetime.fromisoformat(event["timestamp"])
        seconds = float(event["duration"])
        status = event["data"]["status"]
        wall = (start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError, IndexError, AttributeError):
        return None
    if isinstance(event["duration"], bool) or not isinstance(event["duration"], int | float) or status not in _STATUSES:
        return None
    if not (math.isfinite(seconds) and seconds >= 0.0 and wall >= EARLIEST and wall + seconds < LATEST):
        return None
    return wall, seconds, status


def _bad(what: str) -> BadRecording:
    return BadRecording(
        what,
        _("Nothing was imported."),
        _("In ActivityWatch choose 'Raw Data', 'Export all buckets as JSON', and import that file."),
    )
