"""A day is counted once: what plans and what reports say the same of it, whatever happened."""

from tests.days.counted import by_the_engine, by_the_week, disagreements
from tests.days.world import World
from unhunch.core.settings import Settings
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import summarise

MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"


def blind(w: World, hours: float) -> None:
    w.blind = True
    w.look()
    for _ in range(int(hours * 6)):
        w.tick(600)
        w.look()
    w.blind = False
    w.touch()
    w.look()


def test_a_blind_morning_before_the_first_input_makes_no_day_invalid() -> None:
    """Blind from 06:00 to 11:00, then seven hours at the desk: nothing is unknown between first and last input."""
    w = World()
    w.until("17:00")
    w.until("06:00", working=False)
    blind(w, 5)
    w.work(3.5 * 60)
    w.idle(10)
    w.work(3.5 * 60)
    w.flushed()
    facts = list(w.facts.values())
    day = w.day
    assert (day.date, round(day.unknown / 60), round(day.unseen)) == (TUESDAY, 300, 0)
    assert day.valid(w.s), "the plan counts on it"
    week = {d.date: d for d in summarise(lived(facts, w.s), facts, MONDAY, w.s).days}
    assert week[TUESDAY].counted, "and so does the week"
    assert (week[MONDAY].unknown, week[TUESDAY].unknown) == (0.0, 300.0)
    assert disagreements(facts, w.s) == []


def test_an_unseen_time_between_two_inputs_does() -> None:
    """Two hours seen, one unseen, one seen: a quarter of the four hours is not known, which is too much."""
    w = World()
    w.work(120)
    blind(w, 1.05)
    w.work(57)
    w.idle(20)
    facts = list(w.facts.values())
    assert not by_the_engine(facts, w.s)[MONDAY].valid(w.s)
    assert not by_the_week(facts, w.s)[MONDAY].valid(w.s)
    assert disagreements(facts, w.s) == []


def test_what_is_unseen_after_the_last_input_is_not_between_inputs() -> None:
    w = World()
    w.work(120)
    w.blind = True
    for _ in range(24):
        w.tick(600)
        w.look()
    w.stop()
    facts = list(w.facts.values())
    day = by_the_engine(facts, w.s)[MONDAY]
    assert round(day.unknown / 60) == 230, "from the first look that saw nothing"
    assert day.valid(w.s)
    assert disagreements(facts, w.s) == []


def test_one_rule_finds_the_jiggler() -> None:
    """A move every 100 seconds for seven hours: the plan and the week both see a machine."""
    w = World(settings=Settings(nudge=False), beat=100.0)
    w.work(7 * 60)
    facts = list(w.facts.values())
    assert by_the_engine(facts, w.s)[MONDAY].flags(w.s) == by_the_week(facts, w.s)[MONDAY].flags(w.s) == ("regular",)
    assert disagreements(facts, w.s) == []


def test_a_stretch_over_the_turn_of_the_day_belongs_to_the_day_in_which_it_began() -> None:
    """A night at the desk without an hour off: the day turns at noon, in the middle of a stretch."""
    w = World("2026-03-02 22:00", settings=Settings(nudge=False))
    for _ in range(26):
        w.work(35)
        w.idle(1.5)
    w.idle(7)
    w.work(10)
    facts = list(w.facts.values())
    assert w.day.date == TUESDAY
    assert w.day.prolonged == 0
    assert by_the_engine(facts, w.s)[MONDAY].prolonged > 14 * 3600
    assert disagreements(facts, w.s) == []


def test_a_clock_that_is_set_moves_nothing_in_the_week_either() -> None:
    w = World(settings=Settings(nudge=False))
    w.work(60)
    w.set_clock(-7200)
    w.work(60)
    w.set_clock(3600)
    w.work(30)
    facts = list(w.facts.values())
    assert disagreements(facts, w.s) == []
    (stretch,) = summarise(lived(facts, w.s), facts, MONDAY, w.s).days[0].stretches
    assert 149 <= stretch.minutes <= 150, "but for the look that notices each step, which takes no input"
