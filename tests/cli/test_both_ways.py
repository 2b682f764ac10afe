"""One meaning a command: the running daemon and the command that works without one write, say and refuse the same."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.days.world import World
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import without_daemon
from unhunch.config.kept import InForce
from unhunch.control.arguments import check
from unhunch.control.events import EVENTS
from unhunch.core import bodies
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import Moment
from unhunch.core.settings import Settings
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Verdict
from unhunch.daemon.daemon import Daemon
from unhunch.daemon.recall import recall
from unhunch.errors import UserError
from unhunch.paths import Paths

DAY, HOUR, MINUTE = 86400.0, 3600.0, 60.0

pytestmark = pytest.mark.usefixtures("places")


class Clock:
    """Stands still at a moment, for both ways."""

    def __init__(self, at: Moment, boot_id: str) -> None:
        self._at = at
        self.boot_id = boot_id

    def now(self) -> Moment:
        return self._at


@cache
def lived(story: Callable[[World], None]) -> tuple[tuple[Fact, ...], Clock]:
    """What a story has written by the time it ends, and half a minute later."""
    world = World("2026-03-02 09:00")
    story(world)
    world.stop()
    world.tick(30.0)
    return tuple(world.facts.values()), Clock(world.moment(), world.boot_id)


def fresh(world: World) -> None:
    """Nothing was told yet."""
    world.work(30)


def screened(world: World) -> None:
    world.do(m.Told(world.moment(), bodies.Screening(Verdict.PASS)))
    world.work(30)


def used(world: World) -> None:
    """A week of sessions, screened; today one was done."""
    screened(world)
    for _ in range(3):
        world.work(40)
        world.session(stiffness_before=4, discomfort=1)
        world.power_off(23 * 60)
    world.work(30)
    world.session(stiffness_before=4, discomfort=1)
    world.work(5)


def owed(world: World) -> None:
    screened(world)
    world.work(65)
    assert world.st.owed


def snoozed_out(world: World) -> None:
    owed(world)
    for _ in range(3):
        world.answer("snooze", seconds=60.0)
        world.work(5)


def paused(world: World) -> None:
    used(world)
    world.do(m.Paused(world.moment(), seconds=HOUR))


def standing(world: World) -> None:
    used(world)
    world.do(m.Stood(world.moment()))


def stopped(world: World) -> None:
    used(world)
    world.session(tingling="persisted")
    world.power_off(20 * 60)
    world.work(30)


def hurt(world: World) -> None:
    """The last session was stopped because of pain, today."""
    used(world)
    world.session(status="partial", branches=["pain"])


def asked_how(world: World) -> None:
    """That was yesterday."""
    hurt(world)
    world.power_off(23 * 60)
    world.work(10)


def slipped(world: World) -> None:
    """It was taken back as a slip, and happened again."""
    hurt(world)
    world.do(m.Told(world.moment(), bodies.Slip(world.st.programme.stopping[0])))
    world.session(status="partial", branches=["pain"])


def offered(world: World) -> None:
    used(world)
    offer = bodies.Offer("step up", "step up", from_=1, to=2, figures={}, asks=False)
    world.do(m.Told(world.moment(), offer))


def offered_with_a_question(world: World) -> None:
    used(world)
    offer = bodies.Offer("step up", "step up", from_=1, to=2, figures={}, asks=True)
    world.do(m.Told(world.moment(), offer))


Args = Callable[[float], Mapping[str, Any]]
"""The arguments, given the present second of Unix time."""


def just(**args: Any) -> Args:
    return lambda _now: args


def amended(ago_from: float, ago_to: float, presence: str = "away") -> Args:
    return lambda now: {"from": now - ago_from, "to": now - ago_to, "as": presence}


def logged(ago: float, **more: Any) -> Args:
    return lambda now: {"ended": now - ago, **more}


DONE: Sequence[tuple[str, Callable[[World], None], Args]] = [
    ("snooze", owed, just()),
    ("snooze", owed, just(seconds=1800.0)),
    ("skip", owed, just()),
    ("pause", used, just(seconds=HOUR, why="trade fair")),
    ("pause", used, lambda now: {"until": now + DAY}),
    ("resume", paused, just()),
    ("resume", used, just()),
    ("stand", used, just()),
    ("sit", standing, just()),
    ("sit", used, just()),
    ("undo", used, just()),
    ("undo", paused, just()),
    ("undo", hurt, just(slip=True)),
    ("recovery", asked_how, just(feels="gone")),
    ("recovery", asked_how, just(feels="worse")),
    ("log", used, logged(MINUTE)),
    ("log", used, logged(MINUTE, size="long", stiffness_before=5, discomfort=2, tingling="none")),
    ("log", used, logged(28 * DAY - MINUTE)),
    ("log", fresh, logged(MINUTE, tingling="persisted")),
    ("log", stopped, logged(MINUTE, discomfort=6)),
    ("log", stopped, logged(2 * DAY)),
    ("amend", used, amended(30 * MINUTE, 10 * MINUTE)),
    ("amend", used, amended(3 * DAY, 3 * DAY - HOUR)),
    ("amend", used, amended(3 * DAY, 3 * DAY - HOUR, "sitting")),
    ("amend", used, amended(28 * DAY, 27 * DAY)),
    ("morning", used, just(feels="worse")),
    ("rate", used, just(discomfort=3, tingling="cleared")),
    ("rate", used, just(tingling="persisted")),
    ("screening", fresh, just(verdict="pass")),
    ("screening", fresh, just(verdict="ask-doctor")),
    ("screening", fresh, just(verdict="unable")),
    ("screening", owed, just(verdict="unable")),
    ("screening", stopped, just(verdict="confirmed")),
    ("plan_answer", offered, just(accept=True)),
    ("plan_answer", offered, just(accept=False)),
    ("plan_answer", offered_with_a_question, just(accept=True, hurt=True)),
    ("plan_answer", used, just(asking="fewer")),
    ("choice", used, just(week="2026-03-02", choice="nothing")),
    ("session", used, just(event="ended", size="short", status="done", planned_s=109.0, roller_s=109.0)),
    ("session", used, just(event="ended", size="short", status="partial", branches=["pain"])),
]
REFUSED: Sequence[tuple[str, Callable[[World], None], Args]] = [
    ("snooze", used, just()),
    ("snooze", snoozed_out, just()),
    ("skip", used, just()),
    ("pause", used, lambda now: {"until": now - 1.0}),
    ("pause", used, just()),
    ("undo", fresh, just()),
    ("undo", hurt, just()),
    ("undo", used, just(slip=True)),
    ("undo", asked_how, just(slip=True)),
    ("undo", slipped, just(slip=True)),
    ("recovery", used, just(feels="gone")),
    ("log", used, logged(-2 * MINUTE)),
    ("log", used, logged(28 * DAY + MINUTE)),
    ("log", used, logged(MINUTE, discomfort=11)),
    ("log", used, just()),
    ("log", fresh, logged(MINUTE)),
    ("log", fresh, logged(27 * DAY)),
    ("log", stopped, logged(MINUTE)),
    ("log", stopped, logged(MINUTE, discomfort=1, tingling="none")),
    ("amend", used, amended(120 * DAY, 120 * DAY - HOUR)),
    ("amend", used, amended(HOUR, -HOUR)),
    ("amend", used, amended(HOUR, 2 * HOUR)),
    ("amend", used, amended(HOUR, HOUR)),
    ("amend", used, amended(2 * HOUR, HOUR, "asleep")),
    ("morning", used, just(feels="fine")),
    ("rate", fresh, just(discomfort=1)),
    ("rate", used, just()),
    ("screening", stopped, just(verdict="pass")),
    ("screening", used, just(verdict="confirmed")),
    ("screening", stopped, just(verdict="unable")),
    ("plan_answer", used, just(accept=True)),
    ("plan_answer", offered_with_a_question, just(accept=True)),
    ("plan_answer", used, just()),
    ("choice", used, just(week="2026-03-02")),
    ("session", used, just(event="slept")),
]


def test_every_command_is_tried_both_ways() -> None:
    assert {command for command, _story, _args in DONE} == set(EVENTS)
    free = {"resume", "stand", "sit"}  # nothing about them can be refused
    assert {command for command, _story, _args in REFUSED} == set(EVENTS) - free


class Way:
    """What came of a command: the reply or the refusal, what was written, and what is known then."""

    def __init__(self, reply: Mapping[str, Any], facts: Sequence[Fact], state: State) -> None:
        self.reply = {name: value for name, value in reply.items() if name != "status"}
        left_out = (Kind.RUNNING, Kind.STOPPED, Kind.INPUT, Kind.CHECKPOINT)
        self.facts = [(f.kind, f.wall, f.day, dict(f.body)) for f in facts if f.kind not in left_out]
        known = state.programme
        # Each way's run has names of its own for the facts that it writes.
        self.programme = known._replace(
            told=tuple(one._replace(key="", stops=tuple(what for _fact, what in one.stops)) for one in known.told),
            stopping=known.stopping[2:],
        )
        self.days = [(day.date, round(day.best), day.done, day.skipped) for day in (*state.past, state.today)]
        self.rest = (state.owed, state.pause, bool(state.standing), state.last_answer[1], state.choice)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Way) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it is compared, not kept

    def __repr__(self) -> str:
        return repr(vars(self))


Refusal = tuple[str, str, str, int]


def begun(path: Path, facts: Sequence[Fact]) -> list[Fact]:
    """A database that holds these facts alone; returns them as they stand in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    store = SqliteStore(path)
    store.write(facts, {})
    found = store.read()
    store.close()
    return found


def left(path: Path, before: Sequence[Fact], reply: Mapping[str, Any], clock: Clock) -> Way:
    store = SqliteStore(path)
    known = {fact.key for fact in before}
    try:
        live, _told = recall(store, Settings(), clock)
        # Both go on with the next run, which finds how long nobody watched.
        live, _effects = step.step(live, m.Started(clock.now(), clock.boot_id, "next"), Settings())
        return Way(reply, [fact for fact in store.read() if fact.key not in known], live.state)
    finally:
        store.close()


async def both(
    story: Callable[[World], None], command: str, make: Args, places: Paths, monkeypatch: pytest.MonkeyPatch
) -> tuple[Way | Refusal, Way | Refusal]:
    facts, clock = lived(story)
    args = make(clock.now().wall)
    before = begun(places.database, facts)
    monkeypatch.setattr(without_daemon, "SystemClock", lambda: clock)
    try:
        alone: Way | Refusal = left(places.database, before, without_daemon.carry_out(command, args), clock)
    except UserError as error:
        alone = (error.what, error.means, error.remedy, error.code)
        store = SqliteStore(places.database)
        assert len(store.read()) == len(before), "refused, yet written"
        store.close()
    begun(places.database, facts)
    return alone, await served(before, clock, command, args, places)


async def served(
    before: Sequence[Fact], clock: Clock, command: str, args: Mapping[str, Any], places: Paths
) -> Way | Refusal:
    daemon = Daemon(places, InForce(Settings()), "none")
    host = daemon._host
    host.clock = clock  # type: ignore[assignment]  # what is read of it is there
    try:
        await host.begin()
        try:
            given = {name: value for name, value in args.items() if value is not None}
            reply = await daemon._handle(command, check(command, given))
        except UserError as error:
            return error.what, error.means, error.remedy, error.code
        assert host.troubles == {}
    finally:
        await daemon._close()
    return left(places.database, before, reply, clock)


@pytest.mark.parametrize(("command", "story", "args"), DONE)
async def test_what_is_done_is_the_same(
    places: Paths,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    story: Callable[[World], None],
    args: Args,
) -> None:
    alone, by_daemon = await both(story, command, args, places, monkeypatch)
    assert isinstance(alone, Way), alone
    assert alone == by_daemon


@pytest.mark.parametrize(("command", "story", "args"), REFUSED)
async def test_what_is_refused_is_the_same(
    places: Paths,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    story: Callable[[World], None],
    args: Args,
) -> None:
    alone, by_daemon = await both(story, command, args, places, monkeypatch)
    assert isinstance(alone, tuple)
    assert all(alone)
    assert alone == by_daemon


async def test_a_correction_of_a_day_that_a_checkpoint_has_summed_up_counts(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, clock = lived(used)
    first = next(fact.wall for fact in facts if fact.kind is Kind.INPUT)
    span = {"from": first, "to": first + HOUR, "as": "away"}
    alone, by_daemon = await both(used, "amend", lambda _now: span, places, monkeypatch)
    assert isinstance(alone, Way)
    assert alone == by_daemon
    before = left(places.database, begun(places.database, facts), {}, clock)
    (day, sat, *_), (_, less, *_) = before.days[0], alone.days[0]
    assert day == "2026-03-02"
    assert sat - less > 20 * MINUTE
