"""kill -9 at two hundred random moments: a life played at speed in a process of its own, by the engine on a database.

The process tells what it is about to remember, performs it, and tells that it is done. What it said was done must be
there after the kill; what it was at is there whole or not at all.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.days.test_kills import remembered
from tests.days.world import World, same_state
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core import messages as m
from unhunch.core.bodies import Morning
from unhunch.core.engine import step
from unhunch.core.engine.step import Live
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.state.fold import fold
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Feels

KILLS = 200
LOSABLE = 90.0
"""Seconds of sitting that a kill may cost."""
ANSWERS = (Kind.ANSWER, Kind.PAUSE, Kind.RESUME, Kind.STAND, Kind.SIT, Kind.SESSION, Kind.MORNING, Kind.UNDO)

pytestmark = [
    pytest.mark.slow(18),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the playing process is forked"),
]


class Clocks(NamedTuple):
    wall: float
    awake: float
    boot: float
    last_input: float | None


Tell = Callable[[str, World], None]
Lengths = Mapping[str, tuple[float, Mapping[str, Any] | None]]


class Kept(World):
    """A world whose facts lie in a database, as the daemon's do; `tell` hears before and after each performance."""

    def __init__(self, store: SqliteStore, tell: Tell, clocks: Clocks | None = None, run: int = 0) -> None:
        self.store, self.tell = store, tell
        self.clocks, self.first_run = clocks, run
        super().__init__()

    def start(self) -> None:
        if self.clocks is not None:
            self.wall, self.awake, self.boot, self.last_input = self.clocks
        self.runs = self.first_run
        super().start()

    def stored(self) -> list[Fact]:
        return self.store.since_checkpoint()

    def read(self, device: str) -> list[Fact]:
        return self.store.read(device=device)

    def do(self, event: m.Event) -> None:
        self.live, effects = step.step(self.running, event, self.s)
        self.tell("will", self)
        for effect in effects:
            match effect:
                case m.Write(facts, lengths):
                    self.store.write(facts, lengths)
                case m.Show(prompt):
                    self.bubble = prompt
                case m.Withdraw():
                    self.bubble = None
                case m.WakeAt():
                    self.wake = effect
                    self.due_look = self.awake + min(effect[:3])
                case m.Refold():
                    self.live = self.corrected(self.live)
                    self.tell("will", self)
                    self.do(m.Refolded(self.moment()))
        self.tell("did", self)
        if self.running.now.sent:
            self.do(m.Shown(self.moment()))


def live_on(world: World, chance: random.Random) -> None:
    """A life with more happening in it than in most; it does not end by itself."""
    while True:
        match chance.choice(["work", "work", "work", "idle", "cover", "answer", "answer", "pause", "stand", "told"]):
            case "work":
                world.work(chance.uniform(1, 25))
            case "idle":
                world.idle(chance.choice([0.3, 1.5, 4, 6, 20]))
            case "cover":
                name = chance.choice(["locked", "in_call", "quiet", "shared", "fullscreen", "inhibited"])
                world.set(**{name: True})
                (world.idle if name == "locked" else world.work)(chance.uniform(0.5, 8))
                world.set(**{name: False})
            case "answer":
                if world.st.owed and chance.random() < 0.7:
                    world.answer(chance.choice(["snooze", "snooze", "skip"]))
                elif world.st.owed:
                    world.answer("start")
                    world.session(minutes=2)
            case "pause":
                world.do(m.Paused(world.moment(), seconds=chance.choice([300.0, 1800.0])))
                world.work(chance.uniform(0.5, 12))
                if chance.random() < 0.5:
                    world.do(m.Resumed(world.moment()))
            case "stand":
                world.do(m.Stood(world.moment()))
                world.work(chance.uniform(0.5, 8))
                world.do(m.Sat(world.moment()))
            case "told":
                world.do(m.Told(world.moment(), Morning(Feels.SAME)))
                if chance.random() < 0.3:
                    world.do(m.Undone(world.moment()))


def memory(live: Live) -> str:
    """What must survive, as text: what was decided and answered.

    How often the present stretch was nudged is left out: a stretch ends by evidence, of which the last minute may go.
    """
    holder = World.__new__(World)
    holder.live = live
    owed, counts, (pause, standing, *_nudged) = remembered(holder)
    return repr((owed, counts, pause, standing))


def play(path: Path, clocks: Clocks | None, run: int, seed: int, pipe: int) -> None:
    """The child: lives until it is killed."""
    answers: list[str] = []

    def tell(word: str, world: World) -> None:
        clock = world.moment()
        line = {
            "word": word,
            "memory": memory(world.running),
            "best": world.day.best,
            "date": world.day.date,
            "clocks": [*clock[:3], world.last_input],
            "answers": answers,
        }
        os.write(pipe, (json.dumps(line) + "\n").encode())

    class Watched(SqliteStore):
        def write(self, new: Sequence[Fact], lengths: Lengths) -> None:
            super().write(new, lengths)
            answers[:] = [fact.key for fact in new if fact.kind in ANSWERS]

    live_on(Kept(Watched(path), tell, clocks, run), random.Random(seed))


def killed(path: Path, clocks: Clocks | None, run: int, seed: int, after: int, linger: float) -> list[dict[str, Any]]:
    """Fork, let it live for `after` lines and `linger` seconds, kill it; all that it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            play(path, clocks, run, seed, writing)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        heard = list(islice(pipe, after))
        time.sleep(linger)
        os.kill(child, signal.SIGKILL)
        heard += pipe.readlines()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it ended by itself: see the traceback above"
    return [json.loads(line) for line in heard if line.endswith(b"\n")]


def test_two_hundred_kills_lose_no_answer_and_no_decision(tmp_path: Path) -> None:
    path = tmp_path / "unhunch.sqlite"
    chance = random.Random(20260302)
    clocks: Clocks | None = None
    promised: set[str] = set()
    seen: set[str] = set()
    in_the_middle, worst = 0, 0.0
    for run in range(KILLS):
        told = killed(path, clocks, run * 10, run, chance.randint(4, 120), chance.uniform(0, 0.004))
        with closing(SqliteStore(path)) as store:
            facts = store.since_checkpoint()
            keys = {fact.key for fact in store.read(kinds=ANSWERS)}
        promised |= {key for line in told if line["word"] == "did" for key in line["answers"]}
        assert promised <= keys, f"kill {run}: answers were lost"
        live = step.begin(facts, Settings())
        last = max(i for i, line in enumerate(told) if line["word"] == "did")
        done, open_ones = told[last], told[last + 1 :]
        in_the_middle += bool(open_ones)
        after = memory(live)
        assert after in {line["memory"] for line in (done, *open_ones)}, f"kill {run}: another state than was lived"
        if live.state.today.date == done["date"]:
            lost = done["best"] - live.state.today.best
            assert lost <= LOSABLE, f"kill {run}: {lost:.0f} s of sitting are gone"
            worst = max(worst, lost)
        seen.add(_sort(live.state))
        gone = chance.choice([1.0, 5.0, 40.0, 100.0, 700.0])
        wall, awake, boot, touched = told[-1]["clocks"]
        clocks = Clocks(wall + gone, awake + gone, boot + gone, touched)
    assert in_the_middle >= KILLS // 20, "the kills came only between two steps"
    assert len(promised) > KILLS // 2
    assert worst > 1.0
    assert {"owed", "paused", "standing", "nothing"} <= seen, seen
    with closing(SqliteStore(path)) as store:
        check = Kept(store, lambda *_: None, clocks, KILLS * 10)
        lived = check.flushed()
        facts = store.read()
    assert same_state(lived, fold(facts, Settings())) == [], "from the first fact of two hundred lives"
    assert same_state(lived, fold(facts[_last_checkpoint(facts) :], Settings())) == []


def _sort(state: State) -> str:
    if state.pause:
        return "paused"
    if state.standing:
        return "standing"
    return "owed" if state.owed else "nothing"


def _last_checkpoint(facts: Sequence[Fact]) -> int:
    return max(i for i, fact in enumerate(facts) if fact.kind is Kind.CHECKPOINT)
