"""Workrave's day statistics (`historystats`, `todaystats`, 1.12's `statistics.db`): of each day only sums are known.

Text, local time without a zone: `D` day, month from 0, year from 1900, hour, minute of the first input, and the same
five of the last; `B` a break's number, how many values follow, asked for, taken, ...; `m` how many values follow,
active seconds, mouse distance, click distance, moving seconds, clicks, keys.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from unhunch.core.moment import DAY
from unhunch.importers.recording import EARLIEST, LATEST, BadRecording, DaySum, Import, Progress, counted
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _, ngettext

BEGINS = b"WorkRaveStats"
VERSIONS = ("3", "4")
REST_BREAK = 1
"""The number of the breaks that ours are most like: 0 are a few seconds, 2 is the end of the day."""
MOST_COUNTERS = 64
_LATE = 120.0
"""Seconds. Begin and end are in whole minutes, and the begin is noted up to a minute late, perhaps behind the end."""
_FRAME_FIELDS = 10


class Day(NamedTuple):
    """One day as it stands in the file; None for what makes no sense or is not there."""

    start: float | None
    end: float | None
    misc: Sequence[int] | None
    """Active seconds first; the rest counts what was done with mouse and keys."""
    rest: Sequence[int] = ()
    """Rest breaks: asked for, taken, ..."""


def parse(data: bytes, progress: Progress | None = None) -> Import:
    """The days of a text file. Raises BadRecording if it holds none. Progress is in days."""
    head, *lines = data.decode("latin-1").split("\n")
    version = head.split()[1:2]
    if version and version[0] not in VERSIONS:
        raise BadRecording(
            _("These are Workrave's statistics in format {found}, which is not known here.").format(found=version[0]),
            _("Start Workrave once, which writes them anew, and try again."),
        )
    days: list[Day] = []
    for number, line in enumerate(lines, 1):
        cut = number == len(lines)  # what no new line ends
        letter, *words = line.split() or [""]
        if letter == "D":
            days.append(Day(*_frame(words), None))
        elif days and letter == "m":
            days[-1] = days[-1]._replace(misc=_values(words, cut=cut))
        elif days and letter == "B" and words[:1] == [str(REST_BREAK)]:
            days[-1] = days[-1]._replace(rest=_values(words[1:], cut=cut) or [])
    # Without a line of its own about it, this is the file of the day that goes on.
    return of_days(days, progress, running=len(days) == 1)


def of_days(days: Sequence[Day], progress: Progress | None, *, running: bool = False) -> Import:
    """The sums of the days that make sense; of a day that is there twice the later one, as Workrave does it."""
    odd: Counter[str] = Counter()
    sums: dict[date, DaySum] = {}
    for day in days:
        found = _sum(day, odd, running=running)
        if found:
            on = datetime.fromtimestamp(found.start).date()  # noqa: DTZ006 - local time is what they are written in
            odd["duplicates"] += on in sums
            sums[on] = found
    if not days:
        raise BadRecording(
            _("These are Workrave's statistics, and no day is in them."),
            _("They are called historystats, todaystats or statistics.db; name the one that holds your days."),
        )
    if progress:
        progress(len(days), len(days))
    return Import("workrave", [], [], _problems(odd), sums=sorted(sums.values()))


def at(day: object, seconds: object) -> float | None:
    """Unix seconds of a time so many seconds after local midnight of an ISO date."""
    if not isinstance(day, str) or not isinstance(seconds, int) or not 0 <= seconds <= DAY:
        return None
    try:
        return (datetime.fromisoformat(day) + timedelta(seconds=seconds)).timestamp()
    except (ValueError, OverflowError):
        return None


def _frame(words: Sequence[str]) -> tuple[float | None, float | None]:
    """The first and the last input of a `D` line."""
    try:
        numbers = [int(word) for word in words[:_FRAME_FIELDS]]
        first, last = (
            datetime(year + 1900, month + 1, day, hour, minute).timestamp()  # noqa: DTZ001 - local time, as it is meant
            for day, month, year, hour, minute in (numbers[:5], numbers[5:])
        )
    except (ValueError, OverflowError):
        return None, None
    return first, last


def _values(words: Sequence[str], *, cut: bool) -> list[int] | None:
    """As many as the first word says: further ones are skipped, missing ones are 0. None if they are no numbers."""
    try:
        many, *numbers = [int(word) for word in words]
    except ValueError:
        return None
    if cut and len(numbers) < many:
        numbers = numbers[:-1]  # half a number, for all that is known
    if not numbers:
        return None
    return numbers[: max(many, 0)]


def _sum(day: Day, odd: Counter[str], *, running: bool) -> DaySum | None:
    """A day's sums, or None for a day that says nothing, or what cannot be."""
    start, end, misc = day.start, day.end, day.misc
    if start is None or end is None or misc is None or not EARLIEST <= start < LATEST or any(n < 0 for n in misc):
        odd["unsound"] += 1
        return None
    frame = end - start
    active = float(misc[0]) if misc else 0.0
    if not -_LATE <= frame <= DAY or active > max(frame, 0) + _LATE:
        odd["impossible"] += 1
        return None
    if active == 0 and not any(misc[1:]):
        odd["empty"] += 1
        return None
    odd["unmeasured"] += active == 0
    asked, taken = (*(max(n, 0) for n in day.rest[:2]), 0, 0)[:2]
    return DaySum(start, max(end, start + active), active or None, asked, taken, running)


def _problems(odd: Counter[str]) -> list[str]:
    return [
        *counted(
            odd["unmeasured"],
            ngettext(
                "On {count} day the active time was not measured: only its begin and end are known.",
                "On {count} days the active time was not measured: only their begin and end are known.",
                odd["unmeasured"],
            ),
        ),
        *counted(
            odd["impossible"],
            ngettext(
                "{count} day was left out: more activity than time, or longer than a day.",
                "{count} days were left out: more activity than time, or longer than a day.",
                odd["impossible"],
            ),
        ),
        *counted(
            odd["unsound"],
            ngettext(
                "{count} day that makes no sense or is cut off was left out.",
                "{count} days that make no sense or are cut off were left out.",
                odd["unsound"],
            ),
        ),
        *counted(
            odd["empty"],
            ngettext("{count} day without any activity.", "{count} days without any activity.", odd["empty"]),
        ),
        *counted(
            odd["duplicates"],
            ngettext("{count} day is there twice.", "{count} days are there twice.", odd["duplicates"]),
        ),
    ]
