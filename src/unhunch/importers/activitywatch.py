"""ActivityWatch: of all its buckets only those that say when somebody was there (type `afkstatus`).

An export, one bucket of it, the older form without "buckets", a list of events, and the databases of both servers
(database.py) come down to the same rows. Window titles and addresses, which other buckets hold, are not looked at.
"""

import json
import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from unhunch.core.intervals import Interval, union, without
from unhunch.importers.recording import EARLIEST, LATEST, LONGEST_SPAN, BadRecording, Import, Progress, counted
from unhunch.tuples import NamedTuple
from unhunch.words import formats
from unhunch.words.translate import _, ngettext

AFK = "afkstatus"
"""The type of a bucket that says when somebody was there."""
SHORTEST_ABSENCE = 180.0
"""Seconds: aw-watcher-afk calls nobody away sooner, unless it was told to. Such an absence within a presence of the
same bucket is a sleep that was recorded through."""

_REPORT_EVERY = 4096
THERE = {"not-afk": True, "afk": False, "hibernating": False}
"""Whether a status says that somebody was there; old watchers wrote the third."""


class Bucket(NamedTuple):
    """One watcher's events, each (start in Unix seconds, seconds, status) or None for one that makes no sense."""

    host: str
    events: Sequence[Any]


class Host(NamedTuple):
    """To take one machine's records out of a file that holds several."""

    wanted: str = ""
    """Named by the user; else this machine's, if it is among them."""
    here: str = ""


def parse(data: bytes | str, progress: Progress | None = None, host: Host = Host()) -> Import:  # noqa: B008 - immutable
    """When somebody was there, on one machine. Progress is in events.

    Overlaps are taken once, and input outweighs an `afk` at the same time. A hole between events is unknown, not away.
    Raises BadRecording if it says nothing about presence, or holds several machines and none was named.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise bad(_("This is not JSON: {error}.").format(error=error)) from error
    return of_document(document, progress, host)


def of_document(document: Any, progress: Progress | None = None, host: Host = Host()) -> Import:  # noqa: B008 - immutable
    """As `parse`, for JSON that was read already."""
    found = _found(document)
    return of_buckets([Bucket(name, [_sound(one) for one in events]) for name, events in found], progress, host)


def is_one(document: Any) -> bool:
    """Whether parsed JSON looks like any of the forms, an export of other buckets included."""
    if isinstance(document, list):
        wanted = {"timestamp", "duration"}
        return bool(document) and any(isinstance(one, dict) and wanted <= one.keys() for one in document)
    if not isinstance(document, dict):
        return False
    return bool({"buckets", "events"} & document.keys()) or any(map(_is_bucket, (document, *document.values())))


def of_buckets(buckets: Sequence[Bucket], progress: Progress | None, host: Host) -> Import:
    """The records of one machine out of these, which are all of type `afkstatus`."""
    name, chosen, left_out = _chosen(buckets, host)
    total, done = sum(len(bucket.events) for bucket in chosen), 0
    odd: Counter[str] = Counter()
    seen: set[tuple[float, float, str]] = set()
    here: list[Interval] = []
    watched: list[Interval] = []
    for bucket in chosen:
        present: list[Interval] = []
        absent: list[Interval] = []
        for number, event in enumerate(bucket.events, done):
            if progress and number % _REPORT_EVERY == 0:
                progress(number, total)
            if event is None:
                odd["unsound"] += 1
            elif event in seen:
                odd["duplicates"] += 1
            else:
                seen.add(event)
                start, seconds, status = event
                if seconds == 0.0:
                    odd["empty"] += 1
                else:
                    (present if THERE[status] else absent).append((start, start + seconds))
        done += len(bucket.events)
        watched += absent
        for span in _awake(present, absent, odd):
            if span[1] - span[0] > LONGEST_SPAN:
                odd["endless"] += 1
            else:
                watched.append(span)
                here.append(span)
    if progress:
        progress(total, total)
    spans = union(here)
    problems = _problems(odd, overlaps=len(here) - len(spans))
    if left_out:
        text = _("Of several machines only {host} was taken; left out: {others}. Another one: --host NAME")
        problems.append(text.format(host=name or _("the one without a name"), others=", ".join(left_out)))
    return Import("activitywatch", spans, union(watched), problems, host=name)


def _awake(present: list[Interval], absent: Iterable[Interval], odd: Counter[str]) -> list[Interval]:
    """Presence without the absences that lie inside one event of it: those were written later, and know better."""
    long = sorted(span for span in absent if span[1] - span[0] >= SHORTEST_ABSENCE)
    same = set(long)
    events = sorted(span for span in present if span not in same)
    starts = [start for start, _end in events]
    reach = list(accumulate((end for _start, end in events), max))
    inside = [span for span in long if (at := bisect_right(starts, span[0])) and reach[at - 1] >= span[1]]
    if not inside:
        return present
    begins = [start for start, _end in inside]
    awake = [span for span in present if span in same]
    for span in events:
        found = inside[bisect_left(begins, span[0]) : bisect_left(begins, span[1])]
        through = [absence for absence in found if absence[1] <= span[1]]
        odd["slept"] += bool(through)
        awake += without([span], through) if through else [span]
    return awake


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
            odd["slept"],
            ngettext(
                "{count} span of presence has an absence inside it, which counts: a sleep was recorded through.",
                "{count} spans of presence have absences inside them, which count: sleeps were recorded through.",
                odd["slept"],
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


# Machines -------------------------------------------------------------------------------------------------------------


def _chosen(buckets: Sequence[Bucket], host: Host) -> tuple[str, Sequence[Bucket], list[str]]:
    """The machine, its buckets, and the others with their hours. A bucket without a name goes with the only name."""
    named = sorted({bucket.host for bucket in buckets if bucket.host})
    if len(named) == 1:
        buckets = [bucket._replace(host=named[0]) for bucket in buckets]
    names = sorted({bucket.host for bucket in buckets})
    by_name = {name.casefold(): name for name in names}
    wanted = host.wanted.casefold()
    if wanted and wanted not in by_name:
        text = _("This holds no record of a machine named {host}; it holds {others}.")
        raise BadRecording(
            text.format(host=host.wanted, others=", ".join(_hours(name, buckets) for name in names)),
            _("Name one of those with --host, or none."),
        )
    if len(names) < 2:
        return names[0] if names else "", buckets, []
    name = by_name.get(wanted or host.here.casefold())
    if name is None:
        text = _("This holds the records of several machines: {others}.")
        raise BadRecording(
            text.format(others=", ".join(_hours(name, buckets) for name in names)),
            _("Say which one is to be taken: --host {host}").format(host=next(filter(None, names))),
        )
    left_out = [_hours(other, buckets) for other in names if other != name]
    return name, [bucket for bucket in buckets if bucket.host == name], left_out


def _hours(name: str, buckets: Sequence[Bucket]) -> str:
    """A machine with the time in which somebody was there: "pc (3 h 30)"."""
    events = [event for bucket in buckets if bucket.host == name for event in bucket.events if event is not None]
    spans = union((start, start + seconds) for start, seconds, status in events if THERE[status])
    hours = formats.duration(sum(b - a for a, b in spans) / 60)
    called = name or _("one without a name")
    return f"{called} ({hours})"


# Forms ----------------------------------------------------------------------------------------------------------------


def _is_bucket(value: object) -> bool:
    """A type, and what else every bucket has or should have."""
    return isinstance(value, Mapping) and "type" in value and bool({"client", "events"} & value.keys())


def _found(document: Any) -> Iterable[tuple[str, list[Any]]]:
    """(machine, events) of each bucket of presence."""
    if isinstance(document, list) and is_one(document):
        return [("", document)]
    if not isinstance(document, Mapping):
        raise bad(_("This is not an export of ActivityWatch: it is not an object."))
    held = document.get("buckets", document)
    if held is document and (_is_bucket(document) or "events" in document):
        held = [document]
    if isinstance(held, Mapping):
        held = list(held.values())
    if not isinstance(held, list):
        raise bad(_("This is not an export of ActivityWatch: it has no buckets."))
    buckets = [one for one in held if isinstance(one, Mapping)]
    wanted = [one for one in buckets if one.get("type") == AFK]
    if not wanted:
        raise none_of_presence(sorted({str(one.get("type")) for one in buckets}))
    if not any("events" in one for one in wanted):
        raise bad(_("This lists ActivityWatch's buckets without what is in them."))
    for one in wanted:
        if not isinstance(one.get("events", []), list):
            raise bad(_("This export is broken: a bucket's events are not a list."))
    return [(host_name(one.get("hostname")), one.get("events", [])) for one in wanted]


def host_name(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() and value != "unknown" else ""


def none_of_presence(types: Sequence[str]) -> BadRecording:
    """What it holds says nothing about when somebody was there."""
    what = _("This is of ActivityWatch, and holds no bucket of type {type}: it does not say when somebody was there.")
    held = _("It holds {types}.").format(types=", ".join(types[:8])) if types else _("It holds no buckets at all.")
    return BadRecording(
        f"{what.format(type=AFK)} {held}",
        _("That bucket comes from aw-watcher-afk, which runs on a computer and not on a phone. Export it there."),
    )


def bad(what: str) -> BadRecording:
    return BadRecording(
        what, _("In ActivityWatch choose 'Raw Data', 'Export all buckets as JSON', and import that file.")
    )


# Events ---------------------------------------------------------------------------------------------------------------


def sound(timestamp: object, seconds: object, status: object) -> tuple[float, float, str] | None:
    """(start, seconds, status), or None for an event that makes no sense."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not isinstance(timestamp, str) or not isinstance(status, str) or status not in THERE:
        return None
    try:
        start = datetime.fromisoformat(timestamp)
        wall = (start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()
        length = float(seconds)
    except (ValueError, OverflowError):
        return None
    if not (math.isfinite(length) and length >= 0.0 and wall >= EARLIEST and wall + length < LATEST):
        return None
    return wall, length, status


def _sound(event: Any) -> tuple[float, float, str] | None:
    try:
        return sound(event["timestamp"], event["duration"], event["data"]["status"])
    except (KeyError, TypeError, IndexError):
        return None
