"""The one choice for next week (MODEL 7): a small table of things to try, of which the first that fits is proposed.

A picture alone changes little; one concrete thing to do differently is what a summary is for.
"""

from collections.abc import Callable

from unhunch.core.week.figures import Option, Situation

ROLLER = "roller"
ACCEPT = "accept"
DECLINE = "decline"
HOURS = "hours"
NOTHING = "nothing"
"""What can be chosen. A CHOICE fact names one, an answer, and the first day of the week that it was proposed for."""

TAKEN = "accept"
"""The answer of a choice that was taken; any other turned it down."""

ENOUGH_ASKED = 3
"""Fewer sessions asked for tell nothing about how it goes (MODEL 5)."""
GOES_WELL = 0.8
"""Of the sessions asked for, done (MODEL 5: the share from which a step up is offered)."""


def _tried(situation: Situation, choice: str) -> bool:
    """It was chosen a week ago: saying the same thing again would not help."""
    last = situation.last
    return last is not None and last.choice == choice and last.answer == TAKEN


def _falls_short(situation: Situation) -> bool:
    return situation.asked >= ENOUGH_ASKED and situation.done < GOES_WELL * situation.asked


TO_TRY: tuple[tuple[str, Callable[[Situation], bool]], ...] = (
    (ACCEPT, lambda x: x.offered is not None),
    (HOURS, lambda x: x.window is not None and not _tried(x, HOURS)),
    (ROLLER, lambda x: _falls_short(x) and not _tried(x, ROLLER)),
    (DECLINE, lambda x: x.offered is not None),
)
"""What to try and when it fits, in the order in which it is proposed."""

WHY_NOTHING: tuple[tuple[str, Callable[[Situation], bool]], ...] = (
    ("stopped", lambda x: x.stopped),
    ("unable", lambda x: x.unable),
    ("paused", lambda x: x.paused_days >= 4),
    ("unseen", lambda x: x.days_seen == 0),
    ("idle", lambda x: x.asked == 0 and x.done == 0),
    ("unasked", lambda x: x.asked == 0),
    ("well", lambda x: x.done >= GOES_WELL * x.asked),
    ("few", lambda x: x.asked < ENOUGH_ASKED),
    ("again", lambda _x: True),
)
"""Why there may be nothing to change; the first that holds is said."""

NOT_NOW = ("stopped", "unable", "paused", "unseen")
"""Reasons that leave no room for trying anything."""
AS_IS = "as-is"
"""Why nothing may be changed although something could be tried."""


def options(x: Situation) -> tuple[Option, ...]:
    """What can be chosen, the proposed one first; "nothing" is always among them."""
    why = next(name for name, holds in WHY_NOTHING if holds(x))
    fitting = [] if why in NOT_NOW else [choice for choice, fits in TO_TRY if fits(x)]
    found = [
        Option(number, choice, choice, x, x.window.text if choice == HOURS and x.window else None)
        for number, choice in enumerate(fitting, start=1)
    ]
    return (*found, Option(len(found) + 1, NOTHING, AS_IS if fitting else why, x))
