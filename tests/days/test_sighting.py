"""A sighting needs evidence: days of people and of empty rooms, seen by sources that see a part."""

import random

import pytest

from tests.days.world import World, check_fold
from unhunch.adapters.activity.wayland import _Seat, _Timer
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.messages import Around
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.words.status import status_of

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

    def __init__(self, start: str, settings: Settings | None = None) -> None:
        self.seat = _Seat(1, 1)
        self.timer = _Timer(SHORT, 1000.0, plain=True)
        self.runs_since: float | None = 1000.0
        super().__init__(start, settings)

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


def test_a_gap_before_anybody_was_seen_is_not_known_until_it_is_long_enough_for_a_break() -> None:
    """Who comes back from a pause is not called away because no pair has proven the one before it."""
    w = Watched("2026-03-03 09:00")
    for pause in (3, 4, 4):
        w.idle(minutes=pause)
        assert w.presence() is Presence.UNKNOWN
        assert w.running.now.hold in (None, "partial")
        w.work(seconds=4)
    assert {presence for _at, presence in w.found} == {Presence.UNKNOWN}
    w.idle(minutes=6)
    assert w.presence() is Presence.AWAY
    typed(w, 2)
    assert w.presence() is Presence.ACTIVE
    check_fold(w)


def test_soon_after_the_machine_has_started_the_first_pair_proves_no_more_than_later() -> None:
    """The running clock begins at 0: that is no input."""
    seat, timer = _Seat(1, 1), _Timer(SHORT, 20.0, plain=True)
    seat.resumed, timer.idle_since = 40.0, 50.0
    seat.ran_out(timer)
    assert (seat.proven, seat.later) == (0.0, None)
    seat.resumed, timer.idle_since = 60.0, 70.0
    seat.ran_out(timer)
    assert (seat.proven, seat.later) == (45.0, 65.0)


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


@pytest.mark.parametrize("source", [Exact, Version2, Version1])
def test_a_permission_question_that_nobody_answers_is_a_call_with_an_end(source: type[Seen]) -> None:
    """A browser opens the microphone to ask whether it may, and nothing tells that from a call: who works on is asked
    nothing meanwhile and sees why; in an empty room it is never in low, and its time has an end."""
    w = source("2026-03-03 09:00", settings=Settings(nudge=False))
    for _ in range(300):
        w.work(seconds=50)
        w.idle(seconds=6)
        if w.st.owed:
            break
    w.set(in_call=True)
    typed(w, 20)
    assert w.shown == []
    assert w.running.now.hold == "call"
    low, best = w.minutes("low"), w.minutes()
    w.idle(minutes=9 * 60)
    assert w.minutes("low") <= low + 1.1
    assert w.minutes() - best <= w.s.call_limit / 60 + 0.1
    assert status_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)["stretch_min"] == 0
    assert w.presence() in (Presence.AWAY, Presence.UNKNOWN)
    assert w.shown == []
    w.set(in_call=False)
    w.idle(minutes=10)
    assert w.presence() is Presence.AWAY


@pytest.mark.parametrize("source", [Exact, Version2, Version1])
def test_a_sound_server_that_dies_in_the_middle_of_a_call_leaves_nobody_sitting(source: type[Seen]) -> None:
    """What is not known any more is no evidence: the call reaches to where it was last known, and no further."""
    w = source("2026-03-03 09:00")
    typed(w, 30)
    w.set(in_call=True)
    w.idle(minutes=20)
    assert w.presence() is Presence.CALL
    low, sat = w.minutes("low"), w.minutes()
    w.set(in_call=None)
    w.idle(minutes=8 * 60)
    assert w.presence() in (Presence.AWAY, Presence.UNKNOWN)
    assert w.minutes() - sat <= 20 + 5.1
    assert w.minutes("low") <= low + 1.1
    assert status_of(w.running, step.scene(w.running, w.moment(), w.s), w.s)["stretch_min"] == 0


class Watched(Version1):
    """Version 1, and each presence that a look found, for as long as it was found."""

    def __init__(self, start: str, settings: Settings | None = None) -> None:
        self.found: list[tuple[str, Presence]] = []
        super().__init__(start, settings)

    def do(self, event: m.Event) -> None:
        super().do(event)
        now = self.running.now.presence
        if not self.found or self.found[-1][1] is not now:
            self.found.append((self.clock(), now))


def wrote(world: World, minutes: float, seed: int) -> None:
    """Somebody who makes few pauses: what proves them comes late, after other things have happened."""
    rng = random.Random(seed)
    end = world.boot + minutes * 60
    while world.boot < end:
        world.work(seconds=rng.uniform(5, 170))
        world.idle(seconds=rng.choice((2, 4, 6, 9, 15, 40, 90)))


@pytest.mark.parametrize("seed", range(4))
def test_an_input_that_is_proven_late_counts_where_it_was(seed: int) -> None:
    """Under version 1 half of them come to light after something was recorded: nobody who works is away at any look."""
    w = Watched("2026-03-03 09:00")
    typed(w, 5, seed)
    w.found.clear()
    wrote(w, 180, seed)
    assert [each for each in w.found if each[1] not in (Presence.ACTIVE, Presence.QUIET)] == []
    typed(w, 2, seed)
    assert w.minutes() == pytest.approx(187, abs=4)
    check_fold(w)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proven_late_is_read_again_as_it_was_lived(seed: int) -> None:
    """Whatever happened between an input and its proof: answers, pauses, locks, calls, corrections, a day's end."""
    rng = random.Random(seed)
    w = Version1("2026-03-03 08:00", settings=Settings(first_latest_new=1800.0, between=1800.0, nudge_first=1800.0))
    acts = (
        lambda: w.set(locked=True),
        lambda: w.set(locked=False),
        lambda: w.set(in_call=not w.around.in_call),
        lambda: w.set(inhibited=not w.around.inhibited),
        lambda: w.answer("snooze"),
        lambda: w.answer("skip"),
        lambda: w.do(m.Paused(w.moment(), seconds=600.0)),
        lambda: w.do(m.Stood(w.moment())),
        lambda: w.do(m.Sat(w.moment())),
        lambda: w.do(m.Logged(w.moment(), {"size": "short", "status": "done", "ended": w.wall})),
        lambda: w.play(on=not w.film),
        lambda: w.suspend(rng.choice((0.1, 20))),
        lambda: w.set_clock(rng.choice((-600, 600, 3600))),
        lambda: w.idle(minutes=rng.choice((3, 8, 20))),
    )
    for _ in range(10):
        wrote(w, rng.uniform(1, 12), rng.randrange(1000))
        w.work(seconds=rng.uniform(1, 100))
        rng.choice(acts)()
        check_fold(w)
    w.idle(minutes=12 * 60)
    wrote(w, 30, seed)
    check_fold(w)


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
