"""A sighting needs evidence: days of people and of empty rooms, seen by sources that see a part."""

import random

import pytest

from tests.days.world import World
from unhunch.adapters.activity.wayland import _Seat, _Timer
from unhunch.core import messages as m
from unhunch.core.messages import Around
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings

SHORT, STEADY = 5.0, 30.0
"""Seconds of the timers that run."""


class Seen(World):
    """A world whose quiet is what a source tells, and a film that may play in it."""

    film = False

    def play(self, *, on: bool) -> None:
        """A film begins or ends; nobody touches anything for it."""
        self.film = on
        if self.live:
            self.look()

    def interval(self) -> tuple[float, float] | None:
        raise NotImplementedError

    def look(self) -> None:
        self.do(m.Look(self.moment(), self.interval(), self.around, self.rings))


class Exact(Seen):
    """A counter that films do not touch: Mutter, version 2 of ext-idle-notify once a timer has run out."""

    def interval(self) -> tuple[float, float] | None:
        quiet = self.quiet()
        return None if quiet is None else (quiet, quiet)


class Version2(Exact):
    """Timers that no film holds back; they tell nothing exactly before the shortest has run out."""

    def interval(self) -> tuple[float, float] | None:
        quiet = self.quiet()
        if quiet is None:
            return None
        shortest = SHORT if self.runs and self.live and getattr(self, "wake", None) and self.wake.pausing else STEADY
        return (quiet, quiet) if quiet >= shortest else (0.0, STEADY + 0.5)


class Version1(Seen):
    """The real source's judgement of one timer of 5 s, which a film starts again and holds back."""

    def __init__(self, *args: object, **named: object) -> None:
        self.seat = _Seat(1, 1)
        self.timer = _Timer(SHORT, 1000.0, plain=True)
        self.runs_since: float | None = 1000.0
        super().__init__(*args, **named)  # type: ignore[arg-type]  # as World takes them

    def run_out(self) -> None:
        if self.runs_since is not None and self.boot - self.runs_since >= SHORT:
            self.timer.idle_since = self.runs_since + SHORT
            self.seat.ran_out(self.timer)
            self.runs_since = None

    def restart(self) -> None:
        self.run_out()
        if self.runs_since is None and self.timer.idle_since is not None:
            self.timer.idle_since = None
            self.seat.resumed = self.boot
        self.runs_since = None if self.film else self.boot

    def touch(self) -> None:
        self.restart()
        super().touch()

    def play(self, *, on: bool) -> None:
        self.run_out()
        self.film = on
        self.restart()
        super().play(on=on)

    def interval(self) -> tuple[float, float] | None:
        self.run_out()
        least = self.boot - self.timer.started if self.timer.idle_since is not None else 0.0
        told = least, max(least, self.boot - self.seat.proven)
        self.seat.told()
        return told


def typed(world: World, minutes: float, seed: int = 1) -> None:
    """Bursts of keys with the short pauses that people make."""
    rng = random.Random(seed)
    end = world.boot + minutes * 60
    while world.boot < end:
        world.work(seconds=min(rng.uniform(5, 50), end - world.boot))
        world.idle(seconds=min(rng.choice((2, 4, 6, 9, 15)), max(end - world.boot, 0)))


@pytest.mark.parametrize("source", [Exact, Version2, Version1])
@pytest.mark.parametrize("told", [False, True], ids=["film not told", "film told"])
def test_nobody_sits_in_an_empty_room_all_night(source: type[Seen], told: bool) -> None:
    """A player is left on: nothing of it in low, half an hour in best at most, no stretch, and no notice."""
    w = source("2026-03-03 18:00")
    typed(w, 30)
    low, best, shown = w.minutes("low"), w.minutes(), len(w.shown)
    if told:
        w.around = Around(inhibited=True)
    w.play(on=True)
    w.idle(minutes=10 * 60)
    assert w.minutes("low") <= low + 1.1, "the minute after the last key"
    assert w.minutes() - best <= 30.1
    assert w.stretch() <= 0.0, "the stretch is over"
    assert w.presence() is not Presence.ACTIVE
    w.around = Around()
    w.play(on=False)
    w.idle(minutes=60)
    assert w.presence() is Presence.AWAY
    assert w.minutes("low") <= low + 1.1, "nor does its end bring anybody in"
    assert w.minutes() - best <= 30.1
    assert len(w.shown) == shown


def test_a_film_that_begins_and_ends_in_an_empty_room_is_nobody() -> None:
    """An absence is not over because a player starts by itself."""
    w = Version1("2026-03-03 13:00")
    typed(w, 30)
    w.idle(minutes=45)
    low, best = w.minutes("low"), w.minutes()
    for minutes in (1, 2, 30, 2):
        w.play(on=True)
        w.idle(minutes=minutes)
        w.play(on=False)
        w.idle(minutes=40)
        assert w.presence() is Presence.AWAY
    assert (w.minutes("low"), w.minutes()) == (low, best)


def test_a_start_is_no_input() -> None:
    """Neither for a first answer that knows nothing."""
    w = Version1("2026-03-03 03:30")
    w.idle(minutes=20)
    for _ in range(3):
        w.kill()
        w.tick(90)
        w.seat, w.timer, w.runs_since = _Seat(1, 1), _Timer(SHORT, w.boot, plain=True), w.boot
        w.start()
        w.idle(minutes=5)
    assert (w.minutes("low"), w.minutes()) == (0, 0)
    assert not w.day.first


@pytest.mark.parametrize("seed", range(4))
def test_who_types_is_seen_alike_by_every_source(seed: int) -> None:
    """Typing, reading, a break: the same stretches and sitting, whoever watches."""
    told = []
    for source in (Exact, Version2, Version1):
        w = source("2026-03-03 09:00", settings=Settings(nudge=False))
        typed(w, 50, seed)
        w.idle(minutes=3)
        typed(w, 30, seed + 10)
        before = w.stretch()
        w.idle(minutes=12)
        typed(w, 20, seed + 20)
        told.append((before, w.stretch(), w.minutes()))
    exact, second, first = told
    assert second == pytest.approx(exact, abs=1.0)
    assert first == pytest.approx(exact, abs=2.5), (
        "but for the first burst, and the last, which no pause has proven yet"
    )


@pytest.mark.parametrize("source", [Exact, Version2, Version1])
def test_a_pause_is_met_at_once_by_every_source(source: type[Seen]) -> None:
    """Nobody who types is told that nobody may be there, and a pause of 17 s gets the notice."""
    w = source("2026-03-03 09:00", settings=Settings(nudge=False))
    for _ in range(300):
        w.work(seconds=50)
        w.idle(seconds=6)
        if w.st.owed:
            break
    assert not w.shown
    w.work(seconds=100)
    assert w.running.now.hold != "gap"
    w.idle(seconds=17)
    assert len(w.shown) == 1


def test_under_version_1_a_notice_is_not_taken_from_somebody_who_types_on() -> None:
    """For two minutes without a pause nothing proves that somebody is there; nothing says that nobody is, either."""
    w = Version1("2026-03-03 09:00", settings=Settings(nudge=False))
    for minute in range(300):
        typed(w, 1, minute)
        if w.bubble:
            break
    w.withdrawn.clear()
    w.work(minutes=2.5)
    assert w.withdrawn == []
    assert w.presence() in (Presence.ACTIVE, Presence.QUIET)
