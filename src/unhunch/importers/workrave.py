"""Workrave's idle log (`idlelog.*.log`): one record for each idle time and the activity after it.

A record is big-endian: the size of what follows (H, 15), version (B), begin of idle (I), end of idle, which is where
activity begins (I), end of activity (I), active seconds (H). A begin of 1 means that the log starts there.

The active seconds are the better witness: a span goes on through a machine's sleep. Over 374 days of one log the sums
of the spans were off by 23 min a day in the middle, those of the active seconds by 71 s.
"""

import struct
from collections.abc import Iterator

from unhunch.core.intervals import Interval, union
from unhunch.core.settings import Settings
from unhunch.importers.recording import EARLIEST, LATEST, LONGEST_SPAN, BadRecording, Import, Progress, counted
from unhunch.words.translate import _, ngettext

_RECORD = struct.Struct(">HBIIIH")
_SIZE = _RECORD.size - 2
_MARK = _SIZE.to_bytes(2, "big")
_LOG_START = 1
_REPORT_EVERY = 65536
_DAMAGED_MOST = 0.5
"""The share of a log that may belong to no record: any large file holds some bytes that look like one (policy)."""
AWAY = Settings().break_gap
"""Seconds: a span that is longer than its active seconds by more was not all activity."""


def is_one(data: bytes) -> bool:
    """Whether bytes that are no text look like such a log."""
    return _MARK in data


def parse(data: bytes, progress: Progress | None = None) -> Import:
    """The log's activity as spans. Raises BadRecording if it holds not one sound record. Progress is in bytes."""
    tally = _Tally()
    seen: set[tuple[int, int, int, int]] = set()
    known = 0
    spans: list[Interval] = []
    covered: list[Interval] = []
    for record in _records(data, tally, progress):
        seen.add(record)
        if len(seen) == known:
            tally.duplicates += 1
            continue
        known += 1
        idle_from, active_from, active_to, active = record
        length = active_to - active_from
        if length - active > AWAY:
            tally.slept += 1
            length, active_to = active, active_from + active
        if length > LONGEST_SPAN:
            tally.endless += 1
            active_to = active_from
        elif length:
            spans.append((active_from, active_to))
        else:
            tally.empty += 1
        watched_from = active_from if idle_from == _LOG_START else idle_from
        if active_to > watched_from:
            covered.append((watched_from, active_to))
    if not seen or tally.skipped_bytes > _DAMAGED_MOST * len(data):
        raise BadRecording(
            _("This is not an idle log of Workrave: hardly a sound record is in it."),
            _(
                "Idle logs are called idlelog.*.log and lie in ~/.workrave. Newer versions of Workrave write none: "
                "take historystats, or statistics.db, from there or from ~/.local/state/workrave."
            ),
        )
    if progress:
        progress(len(data), len(data))
    inputs = union(spans)
    return Import("workrave", inputs, union(covered), tally.problems(merged=len(spans) - len(inputs)))


class _Tally:
    """Counts of what was odd."""

    def __init__(self) -> None:
        self.duplicates = self.slept = self.endless = self.empty = self.unsound = self.skipped_bytes = 0

    def problems(self, *, merged: int) -> list[str]:
        return [
            *counted(
                self.duplicates,
                ngettext("{count} record is there twice.", "{count} records are there twice.", self.duplicates),
            ),
            *counted(
                self.slept,
                ngettext(
                    "{count} span of activity is longer than its active seconds; the rest of it is unknown.",
                    "{count} spans of activity are longer than their active seconds; the rest of them is unknown.",
                    self.slept,
                ),
            ),
            *counted(
                self.endless,
                ngettext(
                    "{count} span of activity over six hours was left out as unknown: a suspend was missed.",
                    "{count} spans of activity over six hours were left out as unknown: suspends were missed.",
                    self.endless,
                ),
            ),
            *counted(
                self.empty,
                ngettext(
                    "{count} activity of no length was left out.",
                    "{count} activities of no length were left out.",
                    self.empty,
                ),
            ),
            *counted(
                self.unsound,
                ngettext(
                    "{count} record with impossible times was left out.",
                    "{count} records with impossible times were left out.",
                    self.unsound,
                ),
            ),
            *counted(
                self.skipped_bytes,
                ngettext(
                    "{count} byte belongs to no record.", "{count} bytes belong to no record.", self.skipped_bytes
                ),
            ),
            *counted(
                merged,
                ngettext(
                    "{count} span overlapped or touched another.", "{count} spans overlapped or touched others.", merged
                ),
            ),
        ]


def _records(data: bytes, tally: _Tally, progress: Progress | None) -> Iterator[tuple[int, int, int, int]]:
    """(begin of idle, begin of activity, end of activity, active seconds) of each sound record."""
    offset = 0
    view = memoryview(data)
    earliest, latest = int(EARLIEST), int(LATEST)  # whole seconds are compared in half the time
    while offset + _RECORD.size <= len(data):
        whole = offset + (len(data) - offset) // _RECORD.size * _RECORD.size
        for size, _version, idle_from, active_from, active_to, active in _RECORD.iter_unpack(view[offset:whole]):
            in_order = idle_from <= active_from <= active_to < latest
            sound = in_order and (idle_from >= earliest or (idle_from == _LOG_START and active_from >= earliest))
            if size != _SIZE or not sound:
                break
            yield idle_from, active_from, active_to, active
            offset += _RECORD.size
            if progress and offset % _REPORT_EVERY < _RECORD.size:
                progress(offset, len(data))
        else:
            break
        if size != _SIZE:
            # Damage: go on at the next place that could begin a record. `find` only moves forward, so this ends.
            found = data.find(_MARK, offset + 1)
            step = (len(data) if found < 0 else found) - offset
            tally.skipped_bytes += step
            offset += step
            continue
        # A damaged record, or a mark that was none: after the former the next record stands in its place.
        following = data[offset + _RECORD.size : offset + _RECORD.size + 2]
        if following in (_MARK, b""):
            tally.unsound += 1
            offset += _RECORD.size
        else:
            tally.skipped_bytes += 1
            offset += 1
    tally.skipped_bytes += max(0, len(data) - offset)
