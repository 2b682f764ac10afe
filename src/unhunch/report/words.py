"""Figures as people read them; the terminal and the page say the same."""

from collections.abc import Callable
from datetime import date

from unhunch.core.choice import TAKEN
from unhunch.core.figures import Before, Chosen, Feeling, Held, Option, Plan, Prompts, Quality, Sitting, Week

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

FLAGS = {
    "too-long": "more hours than a day at a desk can have",
    "no-gap": "hours without a single pause",
    "regular": "pauses all of one length",
}
"""Why a day is implausible."""

HOLDS = {
    "session": "a session under way",
    "paused": "a pause you set",
    "hours": "your hours",
    "blind": "not being able to see",
    "locked": "a locked screen",
    "standing": "you standing",
    "away": "you being away",
    "call": "a call",
    "gap": "a quiet moment that might be absence",
    "quiet": "do-not-disturb",
    "fullscreen": "full screen",
    "snoozed": "a snooze",
}
"""What prompts waited for."""


def duration(minutes: float | None) -> str:
    """Minutes as "6 h 12", "45 min"; "-" when not known. Half a minute rounds up."""
    if minutes is None:
        return "-"
    whole = int(minutes + 0.5)
    hours, rest = divmod(whole, 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"


def range_of(sitting: Sitting) -> str:
    """Low and high."""
    return f"{duration(sitting.low)} - {duration(sitting.high)}"


def percent(share: float | None) -> str:
    return "-" if share is None else f"{int(share * 100 + 0.5)} %"


def number(value: float | None) -> str:
    """A mean with one decimal, none when it is whole."""
    return "-" if value is None else f"{value:.1f}".removesuffix(".0")


def day_name(iso: str) -> str:
    """Mon 16 Nov."""
    at = date.fromisoformat(iso)
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]}"


def week_name(week: Week) -> str:
    """16 to 22 November as "16 - 22 Nov 2026", over a month or a year's end with both."""
    a, b = date.fromisoformat(week.first), date.fromisoformat(week.last)
    end = f"{b.day} {MONTHS[b.month - 1]} {b.year}"
    if a.year != b.year:
        return f"{a.day} {MONTHS[a.month - 1]} {a.year} - {end}"
    return f"{a.day} - {end}" if a.month == b.month else f"{a.day} {MONTHS[a.month - 1]} - {end}"


def plural(count: float, one: str, many: str = "") -> str:
    """1 session, 2 sessions."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def against(now: float | None, before: float | None) -> str:
    """How a figure compares with what it usually is: "8 % less". Under 5 % is "as usual"."""
    if not now or not before:
        return ""
    change = int(abs(now / before - 1.0) * 100 + 0.5)
    if change < 5:
        return "as usual"
    return f"{change} % {'more' if now > before else 'less'}"


Row = tuple[str, str, str]
"""A figure's name, this week's, and that of the weeks before."""


def table(week: Week) -> list[Row]:
    """The week's figures beside those of the last four weeks; what is not known is left out or "-"."""
    before, pattern, feeling = week.before, week.pattern, week.feeling
    change = against(week.sitting_per_day, before.sitting_per_day)
    then = before.sitting
    rows: list[Row] = [
        ("At your desk", duration(week.sitting.best), f"{duration(then.best)} a week" if then else ""),
        ("  at least - at most", range_of(week.sitting), range_of(then) if then else ""),
    ]
    if not week.sitting.high:
        rows = [("At your desk", "nothing seen", rows[0][2])]
    if week.sitting_per_day is not None:
        a_day = duration(week.sitting_per_day) + (f" ({change})" if change else "")
        rows.append(("  a day", a_day, known(duration, before.sitting_per_day)))
    if pattern.stretches:
        rows += [
            (
                f"In stretches of {pattern.prolonged_from:g} min +",
                percent(pattern.prolonged_share),
                known(percent, before.prolonged_share),
            ),
            (f"Stretches of {pattern.long_from:g} min +", str(pattern.long), known(number, before.long, " a week")),
            ("Longest stretch", duration(pattern.longest), known(duration, before.longest)),
            ("Usual stretch", duration(pattern.usual), known(duration, before.usual)),
        ]
    rows.append(("Sessions done", sessions_done(week), known(number, before.sessions, " a week")))
    if feeling.rated:
        rated = f"{number(feeling.before)} before, {number(feeling.after)} after"
        rows.append(("Stiffness (0-10)", rated, ""))
    if feeling.better or feeling.same or feeling.worse:
        rows.append(("Mornings after", mornings_line(feeling), ""))
    return rows


def before_name(before: Before) -> str:
    """What this week is compared with."""
    if not before.weeks:
        return ""
    return "last 4 weeks" if before.weeks == 4 else f"{before.weeks} of last 4 weeks"


def known(show: Callable[[float], str], value: float | None, unit: str = "") -> str:
    """A figure of the weeks before, or nothing."""
    return "" if value is None else show(value) + unit


def sessions_done(week: Week) -> str:
    """What was done of what was asked, and what a day asks for."""
    asked = f"{week.asked} asked" if week.asked else "none asked"
    return f"{week.done}, {asked}, goal {week.goal}/day"


def mornings_line(feeling: Feeling) -> str:
    told = [f"{count} {word}" for word in ("better", "same", "worse") if (count := getattr(feeling, word))]
    return ", ".join(told) if told else "not told"


def prompts_line(prompts: Prompts) -> str:
    """What became of the prompts."""
    if not prompts.shown:
        return "none shown"
    named = (
        ("taken up", prompts.started),
        ("snoozed", prompts.snoozed),
        ("skipped", prompts.skipped),
        ("ignored", prompts.ignored),
    )
    told = [f"{count} {word}" for word, count in named if count]
    line = f"{prompts.shown} shown" + (f": {', '.join(told)}" if told else "")
    return line + (f"; {plural(prompts.missed, 'session')} missed" if prompts.missed else "")


def held_line(held: tuple[Held, ...]) -> str:
    return ", ".join(f"{h.prompts} by {HOLDS.get(h.why, h.why)} ({duration(h.minutes)})" for h in held)


def best_hour_line(prompts: Prompts) -> str:
    if prompts.best_hour is not None:
        return f"{prompts.best_hour:02d}:00 to {(prompts.best_hour + 1) % 24:02d}:00"
    if prompts.answers >= prompts.answers_needed:
        return "none stands out"
    return f"not yet: {prompts.answers} of {prompts.answers_needed} answers"


DECISIONS = {"gap": "A fresh start", "stop": "Stop and ask a clinician"}
"""What the programme calls otherwise."""


def plan_line(plan: Plan) -> str:
    """The decision and its reason."""
    decision = DECISIONS.get(plan.decision, plan.decision[:1].upper() + plan.decision[1:])
    if plan.goal_to is not None and plan.goal_to != plan.goal_from:
        decision += f" to {plan.goal_to} a day"
    if plan.decision == "step up" and plan.answer != "accept":
        decision += " (declined)" if plan.answer == "decline" else " (offered)"
    return f"{decision}. {plan.why}" if plan.why else f"{decision}."


def chosen_line(chosen: Chosen) -> str:
    """What was chosen and what came of it."""
    names = {
        "accept": "one session a day more",
        "decline": "the step up declined",
        "hours": "other hours",
        "roller": "the roller by the desk",
        "nothing": "no change",
    }
    name = names.get(chosen.choice, chosen.choice)
    if chosen.choice not in ("nothing", "decline"):
        name += " (tried)" if chosen.answer == TAKEN else " (turned down)"
    return f"{name}. {chosen.outcome}".rstrip()


def choose_command(which: str) -> str:
    """What to type for a choice; `which` names the week, with a space behind it."""
    return f"unhunch week {which}--choose N"


def option_line(option: Option) -> str:
    return f"{option.text} {option.reason}"


def quality_line(quality: Quality) -> str:
    """How far the figures can be trusted."""
    parts = [f"{duration(quality.covered)} watched"]
    if quality.unknown:
        parts.append(f"{duration(quality.unknown)} could not be seen")
    if quality.calls:
        parts.append(f"{duration(quality.calls)} in calls")
    if quality.corrections:
        parts.append(plural(quality.corrections, "correction"))
    if quality.clock_changes:
        parts.append(plural(quality.clock_changes, "clock change"))
    parts.append(f"{plural(quality.counted_days, 'day')} counted")
    return ", ".join(parts)


def flags_line(flags: tuple[str, ...]) -> str:
    return "not counted: " + listed([FLAGS.get(flag, flag) for flag in flags])
