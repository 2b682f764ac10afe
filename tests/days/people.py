"""Generated people at a desk, for what has to hold on anybody's day: spans of input, seeded, with heavy-tailed gaps."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from unhunch.play.player import Recording

ZONE = ZoneInfo("Europe/Berlin")


class Kind(NamedTuple):
    """How somebody works. Seconds; a gap is drawn from one of several sorts by its weight."""

    burst: tuple[float, float]
    """Median of a run of input, and the spread (sigma) of its logarithm."""
    gaps: tuple[tuple[float, float, float], ...]
    """(weight, least, tail): Pareto, so that some are very long; the smaller the tail, the longer."""
    breaks: float = 75 * 60.0
    """Between two times of getting up, on average."""
    calls: float = 0.0
    """Share of the day in calls."""
    fullscreen: bool = False


PEOPLE = {
    "steady typist": Kind((15.0, 1.0), ((0.72, 1.5, 1.6), (0.24, 5.0, 1.3), (0.04, 15.0, 1.2))),
    "reader": Kind((7.0, 0.9), ((0.4, 3.0, 1.3), (0.4, 12.0, 1.1), (0.2, 30.0, 1.3))),
    "caller": Kind((18.0, 1.0), ((0.6, 2.0, 1.4), (0.3, 8.0, 1.2), (0.1, 25.0, 1.1)), calls=0.35),
    "gamer": Kind(
        (16.0, 1.1), ((0.78, 1.0, 1.8), (0.17, 6.0, 1.4), (0.05, 20.0, 1.2)), breaks=110 * 60.0, fullscreen=True
    ),
    "developer": Kind((12.0, 1.4), ((0.55, 2.0, 1.1), (0.35, 6.0, 1.0), (0.1, 20.0, 0.9))),
    "heavy tails": Kind((18.0, 1.4), ((1.0, 3.0, 0.8),)),
}
"""Kinds of people that pause as people do."""
NEVER_STOPS = Kind((60.0, 0.9), ((0.8, 0.8, 2.2), (0.17, 5.0, 1.5), (0.03, 12.0, 1.4)), breaks=120 * 60.0)
"""One who hardly ever stops."""


def recording(kind: Kind, days: int, seed: int) -> Recording:
    """So many workdays of one person."""
    rng = random.Random(seed)
    spans: list[tuple[float, float]] = []
    sides: list[tuple[str, float, float]] = []
    day, lived = datetime(2025, 3, 3, tzinfo=ZONE), 0
    while lived < days:
        if day.weekday() < 5:
            begin = day.replace(hour=8).timestamp() + rng.uniform(0, 7200)
            end = begin + rng.uniform(6.5, 9.5) * 3600
            spans += _day(kind, rng, begin, end)
            sides += _calls(kind, rng, begin, end)
            if kind.fullscreen:
                sides.append(("fullscreen", begin, end))
            lived += 1
        day += timedelta(days=1)
    return Recording(spans, [(spans[0][0] - 60.0, spans[-1][1] + 60.0)], sides)


def _day(kind: Kind, rng: random.Random, begin: float, end: float) -> Iterator[tuple[float, float]]:
    t, up = begin, begin + rng.expovariate(1 / kind.breaks)
    weights = [gap[0] for gap in kind.gaps]
    while t < end:
        stop = min(t + min(rng.lognormvariate(0.0, kind.burst[1]) * kind.burst[0], 1800.0), end + 1.0)
        yield _eighth(t), _eighth(stop)
        _, least, tail = rng.choices(kind.gaps, weights)[0]
        t = stop + min(least * rng.paretovariate(tail), 2400.0)
        if t > up:
            t += rng.uniform(240, 1500)
            up = t + rng.expovariate(1 / kind.breaks)


def _calls(kind: Kind, rng: random.Random, begin: float, end: float) -> Iterator[tuple[str, float, float]]:
    t = begin
    while kind.calls and t < end:
        length = rng.uniform(600, 4800)
        t += rng.expovariate(kind.calls / (1 - kind.calls) / 2700)
        if t + length < end:
            yield "in_call", _eighth(t), _eighth(t + length)
        t += length


def _eighth(t: float) -> float:
    """Sums of eighths of a second are exact: what is compared does not differ by rounding."""
    return round(t * 8) / 8
