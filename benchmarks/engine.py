"""How fast recorded activity passes through the engine, and that its cost stays flat as history grows.

    python benchmarks/engine.py [--days 250] [--profile]

A seeded generator writes workdays as keyboard and mouse see them: some 460 spans of input a day (115,000 a year), most
gaps a few seconds, some a minute, a few long. They are played by `player.Player` through `step.step`.
Times are CPU seconds of this process: on an idle machine that is what the clock on the wall shows.
"""

import argparse
import cProfile
import pstats
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.settings import Settings
from unhunch.play.player import Player, Recording

ZONE = ZoneInfo("Europe/Berlin")
BUDGET = 3.0
"""CPU seconds for a year."""


def year(days: int, seed: int = 1) -> Recording:
    """Workdays from about nine to six with lunch; weekends off."""
    rng = random.Random(seed)
    spans: list[tuple[float, float]] = []
    day = datetime(2025, 1, 6, tzinfo=ZONE)
    done = 0
    while done < days:
        if day.weekday() < 5:
            t = day.replace(hour=9).timestamp() + rng.gauss(0, 1200)
            lunch, end = t + 3.5 * 3600, t + 9 * 3600
            while t < end:
                length = min(rng.lognormvariate(3.0, 1.2), 900.0)
                spans.append((t, t + length))
                t += length + min(rng.lognormvariate(2.6, 1.35) + 5.0, 3000.0)
                if lunch and t > lunch:
                    t, lunch = t + rng.uniform(1500, 3600), 0.0
            done += 1
        day += timedelta(days=1)
    covered = [(spans[0][0] - 60.0, spans[-1][1] + 60.0)]
    return Recording(spans, covered)


class Counted(Player):
    """A player that counts."""

    steps = 0
    looks = 0

    def _apply(self, event: m.Event) -> None:
        Counted.steps += 1
        Counted.looks += isinstance(event, m.Look)
        super()._apply(event)


def timed(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def played(days: int) -> float:
    """Seconds of processor time for so many workdays through the engine, answered now so, now so."""
    recording = year(days)
    return timed(lambda: Player(Settings(), answer="mixed").play(recording))


def dense(steps: int) -> float:
    """Looks a second when the daemon looks every 30 s at somebody who works."""
    s = Settings(nudge=False)
    player = Player(s)
    player.play(year(1))
    live, at = player.live, player.live.now.at
    assert at is not None
    looks = [
        m.Look(at._replace(wall=at.wall + 30.0 * i, awake=at.awake + 30.0 * i, boot=at.boot + 30.0 * i), (2.0, 2.0))
        for i in range(1, steps)
    ]

    def run() -> None:
        nonlocal live
        for look in looks:
            live, _ = step.step(live, look, s)

    return steps / timed(run)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    recording = year(options.days)
    gaps = [b[0] - a[1] for a, b in zip(recording.spans, recording.spans[1:], strict=False)]
    print(f"{options.days} workdays, {len(gaps)} gaps, {sum(g > 60 for g in gaps)} over 60 s")
    player = Counted(Settings(), answer="mixed")
    if options.profile:
        with cProfile.Profile() as profile:
            player.play(recording)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return
    seconds = timed(lambda: player.play(recording))
    print(f"year      {seconds:6.2f} s   {Counted.steps} events, {Counted.steps / seconds:,.0f} a second")
    for days in (options.days // 5, options.days):
        print(f"growth    {1000 * played(days) / days:6.2f} ms a day over {days} days")
    print(f"looks     {dense(20_000):8,.0f} a second, one at a time")
    print("within" if seconds <= BUDGET else "OVER", f"the budget of {BUDGET:g} s a year")


if __name__ == "__main__":
    main()
