"""A desk that was off for a month, and learns of all of it at once."""

from datetime import timedelta

from tests.days.test_desks import Desk, meet, shared, sitting
from tests.days.world import MINUTE
from unhunch.core import messages as m
from unhunch.core.bodies import Screening
from unhunch.core.state.fold import fold
from unhunch.core.vocabulary import Verdict


def until_nine(w: Desk) -> float:
    """Seconds to the next day's nine o'clock."""
    nine = w.local.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return nine.timestamp() - w.wall


def test_a_desk_that_was_off_for_a_month_knows_all_of_it_and_asks_for_none() -> None:
    a, b = Desk("a", "2026-03-02 09:00"), Desk("b", "2026-03-02 09:00")
    a.do(m.Told(a.moment(), Screening(Verdict.PASS)))
    a.work(30)
    meet(a, b)
    for day in range(31):
        a.work(90 if day % 7 < 5 else 5)
        if day % 3 == 0:
            a.session()
        elif a.st.owed:
            a.answer("skip")
        a.power_off(until_nine(a) / MINUTE)
    b.power_off((a.wall - b.wall) / MINUTE)
    shown = len(b.shown)
    meet(a, b)
    b.look()
    assert len(b.shown) == shown, "what was due in that month is over"
    assert [day.date for day in b.st.past] == [day.date for day in a.st.past]
    for mine, other in zip(a.st.past, b.st.past, strict=True):
        assert (mine.done, mine.skipped, mine.shown) == (other.done, other.skipped, other.shown)
    assert shared(a.st) == shared(b.st)
    near = len(a.st.past) - 3
    for mine, other in zip(a.st.past[near:], b.st.past[near:], strict=True):
        assert abs(mine.best - other.best) < 61
    looked_on = fold((), a.s, others=a.told(), device="z")
    assert shared(looked_on) == shared(a.st)
    # And the other way round: what was lived at the one that was away comes late, and is no new day's.
    b.work(20)
    a.idle(20)
    meet(a, b)
    assert abs(sitting(a) - sitting(b)) < 1
    assert shared(a.st) == shared(b.st)
