"""What was done of a session: each second of the roller once, however often it was played."""

from collections.abc import Iterable

from unhunch.core.session.timeline import ON_THE_ROLLER, Timeline

DONE_SHARE = 0.6
"""A session counts as done from this share of its planned roller seconds on (MODEL 6)."""


def merged(intervals: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The union of intervals, in order: a repeated minute counts once."""
    union: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return tuple(union)


def roller_seconds(line: Timeline, played: Iterable[tuple[float, float]]) -> float:
    """Seconds in the places and on the stiff spots, each second once; `played` are intervals on the timeline."""
    return sum(
        max(0.0, min(end, cue.end) - max(start, cue.at))
        for start, end in merged(played)
        for cue in line.cues
        if cue.kind in ON_THE_ROLLER
    )


def is_done(line: Timeline, played: Iterable[tuple[float, float]]) -> bool:
    """Whether enough of it was done to count (MODEL 6), to the millisecond."""
    return round(roller_seconds(line, played), 3) >= round(DONE_SHARE * line.planned, 3)
