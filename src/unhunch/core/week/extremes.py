"""A week's best and worst day: those whose longest time without a real break was the shortest, and the longest."""

from collections.abc import Sequence

from unhunch.core.week.figures import Day


def longest(day: Day) -> float:
    """Minutes of a day's longest stretch; 0 without any."""
    return max((span.minutes for span in day.stretches), default=0.0)


def best_and_worst(days: Sequence[Day]) -> tuple[str, str] | tuple[None, None]:
    """Their ISO dates. Only counted days with stretches compare; of equal ones more sessions are better.

    None where there are not two, or where they are alike to the minute.
    """
    known = [day for day in days if day.counted and day.stretches]
    if len(known) < 2:
        return None, None

    def rank(day: Day) -> tuple[float, int]:
        return longest(day), -day.done

    best, worst = min(known, key=rank), max(known, key=rank)
    if round(longest(best)) == round(longest(worst)):
        return None, None
    return best.date, worst.date
