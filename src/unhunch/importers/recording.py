"""What another program recorded, as facts. Only when there was input and when it was watched for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from unhunch.core.bodies import Running, Sum
from unhunch.core.codec import written
from unhunch.core.facts import Fact, Kind
from unhunch.core.intervals import Interval, without
from unhunch.errors import Exit, UserError
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

Progress = Callable[[int, int], None]
"""Called now and then with what is done and what there is in all, in the parser's own unit."""

LONGEST_SPAN = 6 * 3600.0
"""Seconds. Nobody touches a keyboard for longer without a pause: such a span is a suspend that was missed."""
EARLIEST = 631_152_000.0
"""1990-01-01. No record is older: an earlier time is damage."""
LATEST = 4_102_444_800.0
"""2100-01-01, likewise."""
_DAY = 86400.0
_HOUR = 3600.0
_DAY_TURNS_AT = 4 * 3600.0


class BadRecording(UserError):
    """A file that cannot be read as what it should be; it lists each mistake."""

    def __init__(self, what: str, remedy: str, problems: Sequence[object] = (), means: str = "") -> None:
        super().__init__(what, means or _("Nothing was imported."), remedy, Exit.WRONG, problems)


class DaySum(NamedTuple):
    """A day of which only sums are known."""

    start: float
    """Unix seconds of the first input; `end` of the last."""
    end: float
    active: float | None
    """Seconds of input; None where they were not measured."""
    asked: int = 0
    """Rest breaks that were asked for, and those that were taken."""
    taken: int = 0
    running: bool = False
    """The day was not over when this was written."""


@dataclass(frozen=True, slots=True)
class Import:
    """One recording. Times are Unix seconds; both lists are in order and without overlaps.

    `spans` is when there was input, `covered` when the program was watching: outside it nothing is known.
    """

    name: str
    spans: list[Interval]
    covered: list[Interval]
    problems: list[str]
    """What was odd, one sentence a sort, with counts. The rest of the file was taken."""
    host: str = ""
    """The machine that recorded it, as it names itself; empty if it does not say."""
    sums: list[DaySum] = field(default_factory=list)
    """Days of which nothing but sums is known, in order."""


def outside(recording: Import, watched: Sequence[Interval]) -> tuple[Import, float]:
    """The part of a recording that lies outside `watched`, and the seconds of input that were left out with the rest.

    What Unhunch saw by itself is never overwritten by what another program thought of the same time.
    """
    if not watched:
        return recording, 0.0
    spans = without(recording.spans, watched)
    left_out = sum(b - a for a, b in recording.spans) - sum(b - a for a, b in spans)
    return replace(recording, spans=spans, covered=without(recording.covered, watched)), left_out


def facts_from(recording: Import, device: str, offset_at: Callable[[float], int] | None = None) -> list[Fact]:
    """INPUT, RUNNING and SUM facts in the order of time, each named by its own start and end: twice in changes nothing.

    `device` names where they come from; give other programs' records a name of their own, because an empty one would
    mix them into this machine's running state. `offset_at` tells local time's seconds east of UTC at a Unix time
    (default: this machine's zone; the records do not say).
    """
    offset = offset_at or _local_offset
    boot_id = f"import:{recording.name}"
    hours: dict[float, tuple[int, str] | None] = {}

    def where(wall: float) -> tuple[int, str]:
        """Seconds east and the logical day, looked up once an hour: a year has a hundred thousand spans."""
        hour = wall // _HOUR
        if hour not in hours:
            ends = {_where(at, offset) for at in (hour * _HOUR, (hour + 1) * _HOUR)}
            hours[hour] = ends.pop() if len(ends) == 1 else None
        return hours[hour] or _where(wall, offset)

    def spans(kind: Kind, body: dict[str, Any], intervals: Iterable[Interval]) -> Iterator[Fact]:
        name = f"{boot_id}:{device}:{kind}:"
        for start, end in intervals:
            east, day = where(start)
            key = f"{name}{start:.3f}-{end:.3f}"
            # A recording has no running clock: its wall clock stands in for it.
            yield Fact(kind, start, east, boot_id, start, end - start, day, body, key, device)

    facts = [*spans(Kind.RUNNING, written(Running(source=boot_id)), _by_day(recording.covered))]
    facts += spans(Kind.INPUT, {}, recording.spans)
    facts += [_sum(one, boot_id, device, offset) for one in recording.sums]
    # Stable: where both begin together, the watching comes before what was seen.
    facts.sort(key=attrgetter("wall"))
    return facts


def _sum(one: DaySum, boot_id: str, device: str, offset: Callable[[float], int]) -> Fact:
    """A day's sum, on the calendar day on which it began, as its program counts days."""
    east = offset(one.start)
    body = written(Sum(one.active, one.asked, one.taken, one.running))
    name = f"{one.start:.0f}-{one.end:.0f}:{one.active}:{one.asked}:{one.taken}:{one.running}"
    return Fact(
        Kind.SUM,
        one.start,
        east,
        boot_id,
        one.start,
        one.end - one.start,
        _calendar_day(one.start + east),
        body,
        f"{boot_id}:{device}:{Kind.SUM}:{name}",
        device,
    )


def _by_day(covered: Sequence[Interval]) -> Iterator[Interval]:
    """Cut at UTC midnights: a log that has grown since repeats all but its last day, and days can be forgotten."""
    for start, end in covered:
        at = start
        while at < end:
            cut = min(end, (at // _DAY + 1) * _DAY)
            yield at, cut
            at = cut


def _where(wall: float, offset: Callable[[float], int]) -> tuple[int, str]:
    """Seconds east and the logical day: the calendar day as it turns at 04:00 (MODEL 1), without the gap rule, which
    asks for the whole history.
    """
    east = offset(wall)
    return east, _calendar_day(wall + east - _DAY_TURNS_AT)


def _calendar_day(local: float) -> str:
    return _named(int(local // _DAY))


@lru_cache(maxsize=16)  # facts come in the order of time
def _named(day: int) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + day).isoformat()


def _local_offset(wall: float) -> int:
    hour = wall // _HOUR * _HOUR
    offset = _offset_at(hour)
    return offset if offset == _offset_at(hour + _HOUR) else _offset_at(wall)


@lru_cache(maxsize=16)
def _offset_at(wall: float) -> int:
    offset = datetime.fromtimestamp(wall, UTC).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def counted(number: int, text: str) -> list[str]:
    """A problem's sentence with its count, or nothing."""
    return [text.format(count=number)] if number else []
