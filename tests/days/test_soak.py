"""A year of work played through the engine: its memory stays as small as it was, and every fact is a proper one."""

import gc
import json
import os
import random
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from unhunch.core.codec import fits
from unhunch.core.facts import Fact
from unhunch.core.settings import Settings
from unhunch.core.state import state
from unhunch.play.player import Player, Recording

DAY = 86400.0
START = 1767571200.0 + 8 * 3600
"""Monday 2026-01-05, 08:00 UTC."""
MONTH = 28
GROWN = 900
"""Blocks of memory in the last three months, when all that is remembered for a while has filled up: the player's own
notes take 510; one held for each of some 700 facts is seen."""


def a_month(chance: random.Random, number: int) -> Recording:
    """Four weeks of workdays: stretches of typing with gaps, calls, locked lunches, nights watched and empty."""
    spans: list[tuple[float, float]] = []
    sides: list[tuple[str, float, float]] = []
    first = START + number * MONTH * DAY
    for day in range(MONTH):
        morning = first + day * DAY
        if day % 7 >= 5:
            continue
        t = morning
        while t < morning + 9 * 3600:
            length = chance.uniform(20, 900)
            spans.append((t, t + length))
            t += length + chance.choice([10.0, 20.0, 40.0, 90.0, 200.0, 500.0])
            if chance.random() < 0.05:
                sides.append(("in_call", t, t + 1500.0))
                t += 1600
            if chance.random() < 0.05:
                sides.append(("locked", t, t + 2000.0))
                t += 2100
    return Recording(spans, [(first, first + MONTH * DAY - 60)], sides)


class Flat(Player):
    """Holds what a daemon holds: the open spans, not the history, which a store has."""

    odd: list[Fact]
    counted: int

    def _keep(self, facts: Sequence[Fact], lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        super()._keep(facts, lengths)
        self.odd += [fact for fact in facts if not fits(_as_read(fact))]
        self.counted += len(facts)
        for key in [key for key in self.facts if key not in {span.key for span in self.live.now.open.values()}]:
            del self._facts[key]


def _as_read(fact: Fact) -> Fact:
    return fact._replace(body=json.loads(json.dumps(dict(fact.body))))


@pytest.mark.slow(8)
def test_a_year_without_growth() -> None:
    chance = random.Random(12)
    player = Flat(Settings(), answer="mixed", seed=5)
    player.odd, player.counted = [], 0
    threads = threading.active_count()
    descriptors = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    sizes, blocks = [], []
    for month in range(12):
        player.play(a_month(chance, month))
        sizes.append(len(json.dumps(state.dump(player.live.state))))
        gc.collect()
        blocks.append(sys.getallocatedblocks())
    assert player.odd == [], "every fact of ours is one that is read again"
    assert player.counted > 12 * 20 * 10
    assert player.live.state.today.date >= "2026-11"
    assert sizes[11] <= sizes[1] * 1.25 + 500, f"the state grows: {sizes}"
    assert blocks[11] - blocks[8] < GROWN, f"memory grows: {blocks}"
    assert threading.active_count() == threads
    if descriptors:
        assert len(os.listdir("/proc/self/fd")) <= descriptors + 1
