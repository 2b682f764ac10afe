"""`demo`: a plausible, generated working week, its last day played in about twenty seconds through the real engine.

Nothing of the user's is read or written: the history is a real SQLite file in a folder that is deleted afterwards.
"""

import json
import random
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.settings import Settings
from unhunch.errors import Exit
from unhunch.play.player import Player, Recording, Shown
from unhunch.report.reading import week_of
from unhunch.report.terminal import render
from unhunch.words import formats
from unhunch.words.notices import span, words
from unhunch.words.translate import _
from unhunch.words.week import to_json

WIDTH = 80
"""Columns of the terminal that it is told in."""
SECONDS = 20.0
"""How long the last day takes to play."""
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 - a day of a story, in whatever zone the reader is
SEED = 7
"""Chosen for a day that shows much: a call at noon, a break, a prompt that waits and one that is answered."""

DAYS = (
    # arrive, leave, lunch begins, minutes of lunch, calls as (begin, minutes)
    ("08:55", "17:20", "12:10", 48, (("10:00", 45),)),
    ("09:05", "17:45", "12:30", 35, (("14:00", 61),)),
    ("08:40", "16:50", "12:05", 52, ()),
    ("09:20", "18:05", "12:45", 41, (("11:00", 30), ("15:30", 25))),
    ("08:50", "17:00", "12:20", 45, (("13:30", 40),)),
)


def week() -> tuple[Recording, float]:
    """The generated week, and the Unix second at which its last day begins."""
    chance = random.Random(SEED)  # noqa: S311 - a story, no secret
    spans: list[tuple[float, float]] = []
    calls: list[tuple[str, float, float]] = []
    last = 0.0
    for number, (arrive, leave, lunch, length, talks) in enumerate(DAYS):
        day = MONDAY + timedelta(days=number)
        begin, end = _at(day, arrive), _at(day, leave)
        pauses = [(_at(day, lunch), length * 60.0), (_at(day, "15:10"), chance.uniform(360, 540))]
        last = begin - 60
        talking = [(_at(day, at), _at(day, at) + minutes * 60.0) for at, minutes in talks]
        calls += [("in_call", start, stop) for start, stop in talking]
        spans += _touches(chance, begin, end, pauses, talking)
    watched = [(spans[0][0] - 60, spans[-1][1] + 60)]
    return Recording(spans, watched, calls), last


def _at(day: datetime, clock: str) -> float:
    hour, minute = map(int, clock.split(":"))
    return day.replace(hour=hour, minute=minute).timestamp()


def _touches(
    chance: random.Random,
    begin: float,
    end: float,
    pauses: list[tuple[float, float]],
    talks: list[tuple[float, float]],
) -> Iterator[tuple[float, float]]:
    """Bursts of typing with gaps between them: mostly seconds, now and then a page that is read."""
    t = begin
    while t < end:
        for start, length in pauses:
            if start <= t < start + length:
                t = start + length
        for start, stop in talks:
            if start <= t < stop:
                t = min(stop, t + chance.uniform(200, 900))
        burst = min(chance.expovariate(1 / 40), 300.0)
        yield t, t + burst
        gap = chance.expovariate(1 / 9) if chance.random() < 0.9 else chance.uniform(30, 200)
        t += burst + min(gap, 250.0)


class _Story:
    """Prints the last day as it is lived, at its pace."""

    def __init__(self, out: TextIO, begins: float, ends: float, pace: float) -> None:
        self._out = out
        self._begins = begins
        self._seconds = pace / (ends - begins)
        self._told = begins

    def reached(self, wall: float) -> None:
        """Let as much time pass as the story does."""
        if wall > self._told:
            from time import sleep

            sleep((wall - self._told) * self._seconds)
            self._told = wall

    def shown(self, shown: Shown) -> None:
        if shown.at.wall < self._begins:
            return
        prompt = shown.prompt
        note = span(3600) if prompt.what == "nudge" else _("Last week's figures are ready.")
        text = words(prompt._replace(note=note))
        buttons = "  ".join(f"[{label}]" for _key, label in text.buttons)
        clock = formats.clock(shown.at.local)
        space = " " * (len(clock) + 4)
        body = textwrap.fill(text.body, WIDTH, initial_indent=space, subsequent_indent=space)
        pause = _("after {seconds} s without input").format(seconds=round(shown.quiet))
        print(f"\n  {clock}  {text.title}\n{body}\n{space}{buttons}    {pause}", file=self._out, flush=True)


def demo(*, seconds: float = SECONDS, as_json: bool = False) -> int:
    """Play the week. Returns the exit code."""
    s = Settings(goal=2)
    recording, last_day = week()
    out = sys.stderr if as_json else sys.stdout
    story = _Story(out, last_day, recording.spans[-1][1], seconds)
    with tempfile.TemporaryDirectory(prefix="unhunch-demo-") as folder:
        store = SqliteStore(Path(folder) / "demo.sqlite")
        try:
            print(_head(seconds), file=out, flush=True)
            player = Player(s, answer="mixed", seed=SEED, shown=story.shown, written=store.write, reached=story.reached)
            player.play(recording)
            summary, _trend = week_of(store, MONDAY.date().isoformat(), s, with_trend=False)
        finally:
            store.close()
    if as_json:
        sys.stdout.write(json.dumps(to_json(summary), indent=2) + "\n")
    else:
        over = _("The day is over. The week that it ends:")
        tail = _("Nothing of yours was read or written. To begin for real: unhunch setup")
        sys.stdout.write(f"\n{over}\n\n{render(summary, WIDTH, colour=False)}\n{tail}\n")
    return Exit.DONE


def _head(seconds: float) -> str:
    said = " ".join(
        (
            _("A generated working week, not a recording of anybody: calls, a lunch and pages that are read."),
            _("Its Friday plays in about {seconds} seconds, through the real engine and a real database,").format(
                seconds=round(seconds)
            ),
            _("which is deleted afterwards. The notices as they come, to somebody who answers some of them:"),
        )
    )
    return textwrap.fill(said, WIDTH)
