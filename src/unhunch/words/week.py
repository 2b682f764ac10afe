"""What a week's summary says in words: the next choice, what came of the last, the decision; and all of it as JSON."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from unhunch.core.week.choice import ACCEPT, AS_IS, DECLINE, HOURS, NOTHING, ROLLER
from unhunch.core.week.figures import Chosen, Option, Plan, Situation, TrendWeek, Week
from unhunch.marked import N_
from unhunch.words import formats
from unhunch.words.translate import _, ngettext

# safety
NOTE = N_("An estimate from keyboard and mouse, not a measurement of posture.")
"""Always said beside the figures (MODEL 7)."""

# The choice -----------------------------------------------------------------------------------------------------------


def _only_from(x: Situation) -> str:
    if x.window is None:
        return ""
    start, end = (formats.clock(time(hour)) for hour in (x.window.start, x.window.end))
    return _("Ask only from {start} to {end}.").format(start=start, end=end)


def _up_to(x: Situation) -> str:
    goal = x.offered or 0
    return ngettext("Go up to {count} session a day.", "Go up to {count} sessions a day.", goal).format(count=goal)


def _hurdle(x: Situation) -> str:
    text = _("{done} of {asked} sessions asked for were done; a roller in sight asks when a notice goes by unseen.")
    if x.put_off >= x.ignored:
        text = _(
            "{done} of {asked} sessions asked for were done; most prompts were put off, so the way to the roller may "
            "be the hurdle."
        )
    return text.format(done=x.done, asked=x.asked)


TEXTS: Mapping[str, Callable[[Situation], str]] = {
    ACCEPT: _up_to,
    HOURS: _only_from,
    ROLLER: lambda _x: _("Put the roller by the desk, in sight."),
    DECLINE: lambda _x: _("Decline: as many a day as now."),
    NOTHING: lambda _x: _("Change nothing."),
}
"""What each choice says."""

REASONS: Mapping[str, Callable[[Situation], str]] = {
    ACCEPT: lambda _x: _("The programme offers it, because the last weeks went well."),
    HOURS: lambda _x: _("That is when you took most prompts up; at other hours most of them waited in vain."),
    ROLLER: _hurdle,
    DECLINE: lambda _x: _("The next review looks at it anew."),
    AS_IS: lambda _x: _("Leave everything as it is."),
    # safety
    "stopped": lambda _x: _("Session prompts are off until you have checked with a clinician."),
    "unable": lambda _x: _("No session is asked for: it needs a roller, and lying on the floor."),
    "paused": lambda _x: _("Most of the week was paused."),
    "unseen": lambda _x: _("Nothing was seen this week, so there is nothing to go by."),
    "idle": lambda _x: _("No session was asked for this week, so there is nothing to go by."),
    "unasked": lambda _x: _("You did it without being asked."),
    "well": lambda _x: _("It goes well as it is."),
    "few": lambda _x: _("Too few sessions were asked for to tell what would help."),
    "again": lambda _x: _("Give last week's choice another week."),
}
"""Why it is proposed, by `Option.why`."""


def option_text(option: Option) -> str:
    """What can be chosen: a sentence."""
    return TEXTS[option.choice](option.situation)


def option_reason(option: Option) -> str:
    """Why it is proposed: a sentence."""
    return REASONS[option.why](option.situation)


def outcome(chosen: Chosen) -> str:
    """What came of a choice; empty where it was turned down, or nothing is known yet."""
    if chosen.outcome is None:
        return ""
    text = _("Sessions the week before: {done} done of {asked} asked; this week: {done_now} done of {asked_now} asked.")
    done, asked, done_now, asked_now = chosen.outcome
    return text.format(done=done, asked=asked, done_now=done_now, asked_now=asked_now)


def why(plan: Plan) -> str:
    """Why the programme decided so; empty where that is not known."""
    if plan.reason is None:
        return _("No review fell into this week.")
    from unhunch.words.reasons import reason  # what most weeks do without

    return reason(*plan.reason)


# As JSON --------------------------------------------------------------------------------------------------------------


def to_json(found: Week | TrendWeek | Plan) -> dict[str, Any]:
    """The same with dicts and lists; keys are the names of fields and stay stable."""
    plain: dict[str, Any] = _plain(found)
    return {**plain, "note": _(NOTE)} if isinstance(found, Week) else plain


def _plain(value: Any) -> Any:
    match value:
        case Option(number, choice, hours=hours):
            return {
                "number": number,
                "choice": choice,
                "text": option_text(value),
                "reason": option_reason(value),
                "hours": hours,
            }
        case Plan():
            return {**_fields(value, "reason"), "why": why(value)}
        case Chosen():
            return {**_fields(value, "outcome"), "outcome": outcome(value)}
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return _fields(value) if hasattr(value, "_fields") else [_plain(item) for item in value]
    return value


def _fields(value: Any, without: str = "") -> dict[str, Any]:
    return {name: _plain(item) for name, item in zip(value._fields, value, strict=True) if name != without}
