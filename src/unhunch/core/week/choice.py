"""The one choice for next week (MODEL 7): a small table of things to try, of which the first that fits is proposed.

A picture alone changes little; one concrete thing to do differently is what a summary is for.
"""

from collections.abc import Callable
from datetime import time
from typing import NamedTuple

from unhunch.core.week.asked import Window
from unhunch.core.week.figures import Chosen, Option
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

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


class Situation(NamedTuple):
    """What the rules look at."""

    stopped: bool
    """Session prompts are off until a clinician was asked."""
    unable: bool
    """There is no roller, or no lying on the floor."""
    offered: int | None
    """The goal of an open offer to step up."""
    paused_days: int
    days_seen: int
    """Days with any sitting or session."""
    asked: int
    done: int
    ignored: int
    put_off: int
    """Snoozed and skipped."""
    window: Window | None
    """Hours in which prompts were clearly taken up more often."""
    last: Chosen | None


class Rule(NamedTuple):
    """Something to try: when it fits, what it says, and why."""

    choice: str
    fits: Callable[[Situation], bool]
    text: Callable[[Situation], str]
    reason: Callable[[Situation], str]


def _tried(situation: Situation, choice: str) -> bool:
    """It was chosen a week ago: saying the same thing again would not help."""
    last = situation.last
    return last is not None and last.choice == choice and last.answer == TAKEN


def _falls_short(situation: Situation) -> bool:
    return situation.asked >= ENOUGH_ASKED and situation.done < GOES_WELL * situation.asked


def _only_from(window: Window) -> str:
    start, end = (formats.clock(time(hour)) for hour in (window.start, window.end))
    return _("Ask only from {start} to {end}.").format(start=start, end=end)


def _hurdle(x: Situation) -> str:
    text = _("{done} of {asked} sessions asked for were done; a roller in sight asks when a notice goes by unseen.")
    if x.put_off >= x.ignored:
        text = _(
            "{done} of {asked} sessions asked for were done; most prompts were put off, so the way to the roller may "
            "be the hurdle."
        )
    return text.format(done=x.done, asked=x.asked)


def _up_to(goal: int) -> str:
    return ngettext("Go up to {count} session a day.", "Go up to {count} sessions a day.", goal).format(count=goal)


TO_TRY = (
    Rule(
        ACCEPT,
        lambda x: x.offered is not None,
        lambda x: _up_to(x.offered or 0),
        lambda _x: _("The programme offers it, because the last weeks went well."),
    ),
    Rule(
        HOURS,
        lambda x: x.window is not None and not _tried(x, HOURS),
        lambda x: _only_from(x.window) if x.window else "",
        lambda _x: _("That is when you took most prompts up; at other hours most of them waited in vain."),
    ),
    Rule(
        ROLLER,
        lambda x: _falls_short(x) and not _tried(x, ROLLER),
        lambda _x: _("Put the roller by the desk, in sight."),
        _hurdle,
    ),
    Rule(
        DECLINE,
        lambda x: x.offered is not None,
        lambda _x: _("Decline: as many a day as now."),
        lambda _x: _("The next review looks at it anew."),
    ),
)
"""In the order in which they are proposed."""

WHY_NOTHING: tuple[tuple[Callable[[Situation], bool], str], ...] = (
    # safety
    (lambda x: x.stopped, N_("Session prompts are off until you have checked with a clinician.")),
    (lambda x: x.unable, N_("No session is asked for: it needs a roller, and lying on the floor.")),
    (lambda x: x.paused_days >= 4, N_("Most of the week was paused.")),
    (lambda x: x.days_seen == 0, N_("Nothing was seen this week, so there is nothing to go by.")),
    (lambda x: x.asked == 0 and x.done == 0, N_("No session was asked for this week, so there is nothing to go by.")),
    (lambda x: x.asked == 0, N_("You did it without being asked.")),
    (lambda x: x.done >= GOES_WELL * x.asked, N_("It goes well as it is.")),
    (lambda x: x.asked < ENOUGH_ASKED, N_("Too few sessions were asked for to tell what would help.")),
    (lambda _x: True, N_("Give last week's choice another week.")),
)
"""Why there may be nothing to change; the first that holds is said."""

NOT_NOW = 4
"""So many of the reasons above leave no room for trying anything."""


def options(x: Situation) -> tuple[Option, ...]:
    """What can be chosen, the proposed one first; "nothing" is always among them."""
    rank, why = next((n, why) for n, (holds, why) in enumerate(WHY_NOTHING) if holds(x))
    fitting = [] if rank < NOT_NOW else [rule for rule in TO_TRY if rule.fits(x)]
    found = [
        Option(
            number,
            rule.choice,
            rule.text(x),
            rule.reason(x),
            x.window.text if rule.choice == HOURS and x.window else None,
        )
        for number, rule in enumerate(fitting, start=1)
    ]
    calm = _("Leave everything as it is.") if fitting else _(why)
    return (*found, Option(len(found) + 1, NOTHING, _("Change nothing."), calm))
