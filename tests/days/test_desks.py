"""Two and three desks of one person: what one of them wrote counts at the others, in whichever order it comes."""

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.days.world import MINUTE, World
from tests.examples import examples
from unhunch.core import messages as m
from unhunch.core.bodies import Morning, Rated, Ratings
from unhunch.core.engine.step import Live
from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.reading import SITTING
from unhunch.core.state import desks, state
from unhunch.core.state.fold import fold
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Feels, Was
from unhunch.core.week.machines import asked_once


class Desk(World):
    """A world of its own at one desk, which hears from others when it is told to."""

    def __init__(self, name: str, start: str, **more: Any) -> None:
        self.device, self.there = name, dict[str, Fact]()
        super().__init__(start, **{"beat": 25.0, **more})

    def others(self, since: float) -> list[Fact]:
        return [fact for fact in self.there.values() if fact.end > since]

    def start(self) -> None:
        self.runs += 1
        self.live = self.corrected(Live(state.fresh(self.s)))
        self.bubble = None
        self.do(m.Started(self.moment(), self.device + self.boot_id, f"{self.device}{self.runs}"))
        self.look()

    def told(self) -> list[Fact]:
        """What its lines would tell."""
        kinds = (Kind.CHECKPOINT, Kind.IMPORTED)
        return [fact._replace(device=self.device) for fact in self.facts.values() if fact.kind not in kinds]

    def hear(self, facts: Iterable[Fact]) -> None:
        news = [f for f in facts if f.device != self.device and self.there.get(f.key) != f]
        if not news:
            return
        self.there |= {fact.key: fact for fact in news}
        earliest = min(desks.reaches(fact) for fact in news)
        self.facts = {k: f for k, f in self.facts.items() if f.kind is not Kind.CHECKPOINT or f.wall < earliest}
        if self.live is not None:
            self.do(m.Arrived(self.moment()))


def meet(*worlds: Desk) -> None:
    for world in worlds:
        for other in worlds:
            world.hear(other.told())


def sitting(w: Desk) -> float:
    """Seconds of today's sitting, the present gap included, as far as it is known."""
    gap = w.st.reading.gap(w.st.t, w.s)
    return w.st.today.best + sum(p.seconds for p in gap if p.presence in SITTING)


def shared(known: State) -> dict[str, object]:
    """What is so for the person, at whichever desk."""
    day = known.today
    return {
        "date": day.date,
        "counts": (day.done, day.skipped, day.missed, day.not_asked, day.notices, day.nudges, day.asked, day.shown),
        "programme": known.programme,
        "owed": known.owed and (known.owed.number, known.owed.step, known.owed.shown, known.owed.snoozes),
        "paused": known.pause is not None,
        "standing": bool(known.standing),
        "answer": known.last_answer,
        "weeks": known.weeks_shown,
    }


def test_a_session_at_the_other_desk_ends_the_asking_here() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    a.work(100)
    b.idle(100)
    while a.bubble is None:
        a.idle(seconds=14)
        a.work(1)
        b.idle(seconds=a.wall - b.wall)
    meet(a, b)
    assert b.st.owed, "what is owed is owed at every desk"
    b.session()
    assert b.st.owed is None
    a.bubble = a.shown[-1][1]
    a.tick(b.wall - a.wall)
    meet(a, b)
    assert a.st.owed is None
    assert a.withdrawn[-1][1] == "elsewhere"
    assert a.st.today.done == b.st.today.done == 1
    assert shared(a.st) == shared(b.st)


def test_sitting_is_a_union_of_both_desks() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    a.work(30)
    a.idle(40)
    b.idle(20)
    b.work(50)
    meet(a, b)
    assert abs(sitting(a) - 70 * MINUTE) < 90
    assert abs(sitting(a) - sitting(b)) < 1
    assert a.st.bout.seconds + b.st.bout.seconds > 0
    a.work(5)
    b.idle(5)
    meet(a, b)
    assert abs(a.stretch() - 75) < 2, "no break lies between two desks"


def test_a_desk_that_was_off_learns_of_the_days_before() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    b.power_off(1)
    for _day in range(3):
        a.work(90)
        a.session()
        a.until("09:00", working=False)
        b.until("09:00", working=False)
    meet(a, b)
    assert [d.date for d in a.st.past] == [d.date for d in b.st.past]
    for mine, other in zip(a.st.past, b.st.past, strict=True):
        assert abs(mine.best - other.best) < 61
        assert mine.done == other.done
    assert shared(a.st) == shared(b.st)


ACTS = (
    "work", "work", "work", "leave", "session", "skip", "snooze", "pause", "resume", "rate", "stand", "undo", "morning",
    "off", "night", "lock", "call", "film", "blind", "away",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(ACTS),
        st.integers(1, 60),
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.floats(0, 1)), max_size=3),
    ),
    min_size=3,
    max_size=9,
)


class Watched(Desk):
    """It never shows more than the caps allow by what it knows."""

    def watch_bubble(self, event: m.Event, before: State, prompt: m.Prompt) -> None:
        day, cap = before.today, self.s
        assert day.shown < cap.cap_day
        if prompt.what == "session" and before.owed and not before.owed.returning:
            assert day.notices < min(cap.cap_day_base + 2 * before.programme.goal, cap.cap_day)
            assert before.owed.shown < cap.cap_session


def act(w: Desk, what: str, minutes: int) -> None:
    match what:
        case "work":
            w.work(minutes)
        case "session":
            w.session(2)
        case "skip" | "snooze":
            w.answer(what)
        case "pause":
            w.do(m.Paused(w.moment(), seconds=minutes * MINUTE))
        case "resume":
            w.do(m.Resumed(w.moment()))
        case "stand":
            w.do(m.Stood(w.moment()))
        case "undo":
            w.do(m.Undone(w.moment()))
        case "morning":
            w.do(m.Told(w.moment(), Morning(Feels.WORSE)))
        case "rate":
            key = w.st.programme.last.key if w.st.programme.last else "none"
            w.do(m.Told(w.moment(), Rated(key, Ratings(discomfort=minutes % 11))))
        case "off":
            w.power_off(minutes)
        case "lock" | "call" | "film":
            side = {"lock": "locked", "call": "in_call", "film": "inhibited"}[what]
            w.set(**{side: True})
            w.idle(minutes)
            w.set(**{side: False})
        case "blind":
            w.blind = True
            w.idle(minutes)
            w.blind = False
            w.look()
        case "away":
            w.do(m.Corrected(w.moment(), w.wall - minutes * MINUTE, w.wall, Was.AWAY))
        case "night":
            w.until("08:00", working=False)


ALONE: list[tuple[str, str, float]] = []
"""Nothing is delivered meanwhile."""


@given(STEPS)
@settings(max_examples=examples(40))
@example([("a", "work", 1, ALONE), ("a", "work", 1, ALONE), ("a", "off", 1, ALONE)])
@example([("a", "work", 1, ALONE), ("c", "off", 5, ALONE), ("b", "work", 1, ALONE)])
@example([("a", "work", 1, ALONE), ("b", "work", 2, ALONE), ("a", "lock", 1, ALONE), ("b", "lock", 3, ALONE)])
def test_any_order_ends_in_the_same_state(steps: list[tuple[str, str, int, list[tuple[str, str, float]]]]) -> None:
    """Whatever part of whose lines comes when: when all has come, all desks agree, also one that only looked on."""
    worlds = {name: Watched(name, f"2026-03-02 09:0{n}") for n, name in enumerate("abc")}
    for who, what, minutes, deliveries in steps:
        act(worlds[who], what, minutes)
        latest = max(w.wall for w in worlds.values())
        for w in worlds.values():
            if w.wall < latest:
                w.idle(seconds=latest - w.wall)
        for source, target, share in deliveries:
            lines = worlds[source].told()
            worlds[target].hear(lines[int(len(lines) * share / 2) : int(len(lines) * share) + 1])
    every = list(worlds.values())
    for _round in range(6):
        before = sum(len(w.facts) for w in every)
        meet(*every)
        if sum(len(w.facts) for w in every) == before:
            break
    first = shared(every[0].st)
    for w in every[1:]:
        assert shared(w.st) == first
        assert abs(sitting(w) - sitting(every[0])) < 1.0
    everything = [fact for w in every for fact in w.told()]
    looked_on = fold((), every[0].s, others=everything, device="z")
    assert shared(looked_on) == first


def test_a_week_counts_a_session_that_both_asked_for_once() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    a.work(100)
    while a.bubble is None:
        a.idle(seconds=14)
        a.work(1)
    b.work(100)
    while b.bubble is None:
        b.idle(seconds=14)
        b.work(1)
    every = [*a.told(), *b.told()]
    assert len([f for f in every if f.kind is Kind.DUE]) == 2
    once = asked_once(every, ("a", "b"))
    assert len([f for f in once if f.kind is Kind.DUE]) == 1
    assert {f.device for f in once if f.kind is Kind.SHOWN} == {""}


def test_a_desk_in_another_time_zone_keeps_its_own_day() -> None:
    a = Desk("a", "2026-03-02 20:00")
    b = Desk("b", "2026-03-02 14:00", zone="America/New_York")
    a.work(10)
    b.idle(10)
    a.until("05:30", working=False)
    b.work(seconds=a.wall - b.wall)
    meet(a, b)
    assert (a.st.today.date, b.st.today.date) == ("2026-03-03", "2026-03-02")
    assert b.st.today.best > 8 * 60 * MINUTE


def test_who_left_the_last_desk_is_gone_at_every_desk() -> None:
    """A lock, a sleep, an end of the machine: the desk where somebody sat last knows when that ended."""
    ways: tuple[Callable[[Desk], None], ...] = (
        lambda w: w.set(locked=True),
        lambda w: w.suspend(2),
        lambda w: w.power_off(2),
    )
    for leave in ways:
        a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
        b.work(1)
        a.idle(2)
        a.work(10)
        leave(a)
        a.idle(1)
        b.idle(seconds=a.wall - b.wall)
        meet(a, b)
        assert abs(sitting(a) - 12 * MINUTE) < 61
        assert abs(sitting(a) - sitting(b)) < 1


def test_a_desk_that_was_left_long_ago_calls_nobody_away_from_another() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    a.work(5)
    a.set(locked=True)
    b.idle(5)
    b.work(20)
    b.idle(3)
    a.idle(23)
    meet(a, b)
    assert abs(sitting(b) - 28 * MINUTE) < 61, "a pause of three minutes at a desk that is not locked"
    assert abs(sitting(a) - sitting(b)) < 1


def test_silence_elsewhere_calls_nobody_away() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    b.blind = True
    for _hour in range(3):
        a.work(60)
        b.idle(60)
        meet(a, b)
    assert a.presence().value == "active"
    assert abs(a.st.today.best - 180 * MINUTE) < 60
    assert a.st.today.unknown == 0
