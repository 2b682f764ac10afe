"""Whether the engine and the week have counted the same days the same."""

from collections.abc import Sequence

from unhunch.core.facts import Fact, Kind
from unhunch.core.presence.day import Day, stretched
from unhunch.core.settings import Settings
from unhunch.core.state import apply
from unhunch.core.state.fold import fold
from unhunch.core.state.state import State
from unhunch.core.week.days import day_totals
from unhunch.core.week.lived import lived
from unhunch.core.week.machines import together

COUNTED = ("low", "best", "maybe", "unknown", "unseen", "calls", "standing", "prolonged", "first", "steady", "regular")


def by_the_engine(facts: Sequence[Fact], s: Settings) -> dict[str, Day]:
    """Each day as the engine counts it, the present gap and the present stretch as far as they have come."""
    st: State = fold(facts, s)
    gap = st.reading.gap(st.watch.ran_until, s)
    st = apply.counted(st, (st.watch, gap), s)
    days = {day.date: day for day in (*st.past, st.today) if day.date}
    if st.bout.stretch and st.bout.day in days:
        days[st.bout.day] = stretched(days[st.bout.day], st.bout.stretch, s)
    return days


def by_the_week(facts: Sequence[Fact], s: Settings) -> dict[str, Day]:
    return {name: totals.day for name, totals in day_totals(together(lived(facts, s), s), s).items()}


def disagreements(facts: Sequence[Fact], s: Settings) -> list[tuple[str, str, float, float]]:
    """(date, what, the engine's, the week's) wherever the two differ by more than rounding, or call a day otherwise."""
    facts = [fact for fact in facts if fact.kind is not Kind.CHECKPOINT]
    engine, week = by_the_engine(facts, s), by_the_week(facts, s)
    found = []
    for date in sorted({*engine, *week}):
        one, other = engine.get(date, Day(date)), week.get(date, Day(date))
        found += [
            (date, what, getattr(one, what), getattr(other, what))
            for what in COUNTED
            if abs(getattr(one, what) - getattr(other, what)) > 0.01
        ]
        found += [
            (date, what, a, b)
            for what, a, b in (
                ("valid", one.valid(s), other.valid(s)),
                ("flags", one.flags(s), other.flags(s)),
                ("high", round(one.high(s)), round(other.high(s))),
            )
            if a != b
        ]
    return found
