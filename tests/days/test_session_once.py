"""A session is stored once, whatever happens while it runs or its form is open (MODEL 5)."""

from collections.abc import Callable

import pytest

from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.bodies import Morning
from unhunch.core.facts import Kind
from unhunch.core.vocabulary import Feels

PAIN = {"size": "short", "planned_s": 109.0, "roller_s": 40.0, "source": "page", "branches": ["pain"]}
KEY = "session:1"


def lying(world: World) -> None:
    """A session has begun; half a minute in it hurts, and the form is open."""
    world.do(m.SessionBegan(world.moment(), {"size": "short", "source": "page"}, KEY))
    for _ in range(3):
        world.tick(10)
        world.do(m.SessionPulse(world.moment(), {"roller_s": 10.0}, KEY))
    world.do(m.SessionPulse(world.moment(), PAIN, KEY))
    world.tick(5)


def ended(world: World) -> None:
    world.tick(5)
    world.do(m.SessionEnded(world.moment(), {**PAIN, "status": "partial", "discomfort": 7}, KEY))
    world.look()


def corrected(world: World) -> None:
    now = world.wall
    world.do(m.Corrected(world.moment(), now - 1800, now - 900, "away"))


def corrected_yesterday(world: World) -> None:
    now = world.wall
    world.do(m.Corrected(world.moment(), now - 86400, now - 86000, "away"))


def undone(world: World) -> None:
    assert world.st.last_answer[0]
    world.do(m.Undone(world.moment()))


def killed(world: World) -> None:
    world.kill()
    world.tick(3)
    world.start()


def restarted(world: World) -> None:
    world.stop()
    world.tick(3)
    world.start()


def silent(world: World) -> None:
    """The form lies open for an hour."""
    world.idle(60)


def answered(world: World) -> None:
    world.do(m.Told(world.moment(), Morning(Feels.SAME)))
    world.do(m.Undone(world.moment()))


HAPPENS: tuple[Callable[[World], None], ...] = (
    corrected, corrected_yesterday, undone, killed, restarted, silent, answered,
)  # fmt: skip


@pytest.mark.parametrize("first", HAPPENS)
@pytest.mark.parametrize("second", (None, corrected, killed, restarted))
def test_one_session_and_one_stop(first: Callable[[World], None], second: Callable[[World], None] | None) -> None:
    world = World("2026-03-02 09:00")
    world.work(30)
    world.power_off(22 * 60)
    world.work(45)
    world.do(m.Told(world.moment(), Morning(Feels.BETTER)))
    world.work(5)
    lying(world)
    first(world)
    if second:
        second(world)
    ended(world)
    for happens in (corrected, killed):
        happens(world)
    sessions = world.of_kind(Kind.SESSION)
    assert [dict(one.body, status="") for one in sessions] == [{**PAIN, "status": "", "discomfort": 7}]
    (told,) = world.st.programme.told
    assert (told.pain, told.discomfort) == (True, 7)
    assert not world.st.programme.stopped, "one stop is not two"
    assert world.st.programme.sessions == 0
    check_fold(world)


def test_a_daemon_that_was_not_there_at_the_end_hears_of_it() -> None:
    """Whoever guides the session tells the one that comes after it, or writes it down itself: the same fact."""
    world = World("2026-03-02 09:00")
    world.work(30)
    lying(world)
    world.kill()
    world.tick(60)
    world.start()
    ended(world)
    (session,) = world.of_kind(Kind.SESSION)
    assert session.body["discomfort"] == 7
    assert [told.key for told in world.st.programme.told] == [KEY]
    check_fold(world)
