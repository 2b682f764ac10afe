"""Figures as people read them; the terminal and the page say the same."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

from unhunch.core.week.choice import TAKEN
from unhunch.core.week.extremes import longest
from unhunch.core.week.figures import (
    Before,
    Chosen,
    Day,
    Feeling,
    Held,
    Hour,
    Option,
    Plan,
    Prompts,
    Quality,
    Sitting,
    Summed,
    Symptom,
    Week,
)
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext
from unhunch.words.week import option_reason, option_text, outcome, why

PROGRAMS = {"workrave": "Workrave"}
"""Those that keep sums of days, as they are written."""

FLAGS = {
    "too-long": N_("more hours than a day at a desk can have"),
    "no-gap": N_("hours without a single pause"),
    "regular": N_("pauses all of one length"),
}
"""Why a day is implausible."""

HOLDS = {
    "session": N_("{prompts} by a session under way ({time})"),
    "paused": N_("{prompts} by a pause you set ({time})"),
    "hours": N_("{prompts} by your hours ({time})"),
    "blind": N_("{prompts} by not being able to see ({time})"),
    "locked": N_("{prompts} by a locked screen ({time})"),
    "standing": N_("{prompts} by you standing ({time})"),
    "away": N_("{prompts} by you being away ({time})"),
    "call": N_("{prompts} by a call ({time})"),
    "shared": N_("{prompts} by a shared or recorded screen ({time})"),
    "gap": N_("{prompts} by a quiet moment that might be absence ({time})"),
    "partial": N_("{prompts} by a time that could not be seen whole ({time})"),
    "calendar": N_("{prompts} by your calendar ({time})"),
    "quiet": N_("{prompts} by do-not-disturb ({time})"),
    "muted": N_("{prompts} by notices that would not be seen ({time})"),
    "break_due": N_("{prompts} by a break of your desktop's own ({time})"),
    "fullscreen": N_("{prompts} by full screen ({time})"),
    "snoozed": N_("{prompts} by a snooze ({time})"),
}
"""What prompts waited for."""


def duration(minutes: float | None) -> str:
    """Minutes in words; "-" when not known."""
    return "-" if minutes is None else formats.duration(minutes)


def range_of(sitting: Sitting) -> str:
    """Low and high."""
    return f"{duration(sitting.low)} - {duration(sitting.high)}"


UNMEASURED = "?"


def best_of(day: Day) -> str:
    """The best estimate of a day."""
    return UNMEASURED if day.unmeasured else duration(day.sitting.best)


def range_of_day(day: Day) -> str:
    """Its low and high."""
    return f"{UNMEASURED} - {duration(day.sitting.high)}" if day.unmeasured else range_of(day.sitting)


def percent(share: float | None) -> str:
    return "-" if share is None else formats.percent(share)


def number(value: float | None) -> str:
    """A mean with one decimal, none when it is whole."""
    return "-" if value is None else formats.number(value)


def clock(iso: str) -> str:
    """The time of day of an ISO 8601 moment, where it was: "14:10"."""
    return formats.clock(datetime.fromisoformat(iso))


def full_hour(hour: int) -> str:
    """ "14:00"."""
    return formats.clock(time(hour % 24))


def day_name(iso: str) -> str:
    """Mon 16 Nov."""
    return formats.weekday_day(date.fromisoformat(iso))


def short_day(iso: str) -> str:
    """16 Nov."""
    return formats.day(date.fromisoformat(iso))


def short_weekday(iso: str) -> str:
    """Mon."""
    return formats.current().short_weekdays[date.fromisoformat(iso).weekday()]


def month_name(iso: str, *, year: bool = True) -> str:
    """Nov 2026, or Nov."""
    at = date.fromisoformat(iso)
    name = formats.current().short_months[at.month - 1]
    return f"{name} {at.year}" if year else name


def week_name(week: Week) -> str:
    """16 to 22 November as "16 - 22 Nov 2026", over a month or a year's end with both."""
    return formats.days(date.fromisoformat(week.first), date.fromisoformat(week.last))


def week_of(name: str) -> str:
    """The heading of a week, or of one in a row of them."""
    return _("Week of {name}").format(name=name)


def sessions(count: int) -> str:
    return ngettext("{count} session", "{count} sessions", count).format(count=count)


def counted_days(count: int) -> str:
    return ngettext("{count} day counted", "{count} days counted", count).format(count=count)


def listed(parts: list[str]) -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def _change(now: float | None, before: float | None) -> float:
    """How far a figure is from what it usually is, as a share of that; 0 when not known, and under 5 %."""
    if not now or not before:
        return 0.0
    change = now / before - 1.0
    return change if int(abs(change) * 100 + 0.5) >= 5 else 0.0


def against(now: float | None, before: float | None) -> str:
    """How a figure compares with what it usually is: "8 % less". Under 5 % is "as usual"."""
    if not now or not before:
        return ""
    change = _change(now, before)
    if not change:
        return _("as usual")
    text = _("{percent} more") if change > 0 else _("{percent} less")
    return text.format(percent=formats.percent(abs(change)))


def against_usual(now: float | None, before: float | None) -> str:
    """The same where nothing else says what it is compared with: "8 % less than usual"."""
    change = _change(now, before)
    if not change:
        return against(now, before)
    text = _("{percent} more than usual") if change > 0 else _("{percent} less than usual")
    return text.format(percent=formats.percent(abs(change)))


def best_and_worst(week: Week) -> str:
    """Which day had the shortest longest time without a real break, and which the longest; nothing if none has."""
    told = {day.date: _day_told(day) for day in week.days if day.date in (week.best_day, week.worst_day)}
    if week.best_day is None or week.worst_day is None:
        return ""
    text = _("Your best day was {best}, your worst {worst}.")
    return text.format(best=told[week.best_day], worst=told[week.worst_day])


def _day_told(day: Day) -> str:
    done = sessions(day.done) if day.done else _("no session")
    text = _("{day} (at most {time} without a break, {sessions})")
    return text.format(day=day_name(day.date), time=duration(longest(day)), sessions=done)


Row = tuple[str, str, str]
"""A figure's name, this week's, and that of the weeks before."""


def table(week: Week) -> list[Row]:
    """The week's figures beside those of the last four weeks; what is not known is left out or "-"."""
    before, pattern, feeling = week.before, week.pattern, week.feeling
    change = against(week.sitting_per_day, before.sitting_per_day)
    then = before.sitting
    usually = a_week(duration(then.best)) if then else ""
    rows: list[Row] = [
        (_("At your desk"), duration(week.sitting.best), usually),
        ("  " + _("at least - at most"), range_of(week.sitting), range_of(then) if then else ""),
    ]
    if not week.sitting.high:
        rows = [(_("At your desk"), _("nothing seen"), usually)]
    if week.sitting_per_day is not None:
        a_day = duration(week.sitting_per_day) + (f" ({change})" if change else "")
        rows.append(("  " + _("a day"), a_day, known(duration, before.sitting_per_day)))
    if pattern.stretches:
        rows += [
            (
                _("In stretches of {minutes} min +").format(minutes=number(pattern.prolonged_from)),
                percent(pattern.prolonged_share),
                known(percent, before.prolonged_share),
            ),
            (
                _("Stretches of {minutes} min +").format(minutes=number(pattern.long_from)),
                str(pattern.long),
                a_week(known(number, before.long)),
            ),
            (_("Longest stretch"), duration(pattern.longest), known(duration, before.longest)),
            (_("Usual stretch"), duration(pattern.usual), known(duration, before.usual)),
        ]
    rows.append((_("Sessions done"), sessions_done(week), a_week(known(number, before.sessions))))
    if feeling.rated:
        rated = _("{before} before, {after} after")
        rated = rated.format(before=number(feeling.before), after=number(feeling.after))
        rows.append((_("Stiffness (0-10)"), rated, ""))
    if feeling.worst_discomfort is not None:
        rows.append((_("Worst discomfort (0-10)"), str(feeling.worst_discomfort), ""))
    if feeling.tingling:
        rows.append((_("Tingling"), sessions(feeling.tingling), ""))
    if feeling.better or feeling.same or feeling.worse:
        rows.append((_("Mornings after"), mornings_line(feeling), ""))
    return rows


def before_name(before: Before) -> str:
    """What this week is compared with."""
    if not before.weeks:
        return ""
    return _("last 4 weeks") if before.weeks == 4 else _("{weeks} of last 4 weeks").format(weeks=before.weeks)


def known(show: Callable[[float], str], value: float | None) -> str:
    """A figure of the weeks before, or nothing."""
    return "" if value is None else show(value)


def a_week(figure: str) -> str:
    """A figure that is counted by the week; nothing for nothing."""
    return _("{figure} a week").format(figure=figure) if figure else ""


def sessions_done(week: Week) -> str:
    """What was done of what was asked, and what a day asks for."""
    text = _("{done}, {asked} asked, goal {goal}/day") if week.asked else _("{done}, none asked, goal {goal}/day")
    return text.format(done=week.done, asked=week.asked, goal=week.goal)


def mornings_line(feeling: Feeling) -> str:
    told = (
        (feeling.better, _("{count} better")),
        (feeling.same, _("{count} same")),
        (feeling.worse, _("{count} worse")),
    )
    return ", ".join(text.format(count=count) for count, text in told if count) or _("not told")


def became(of: Prompts | Hour) -> list[tuple[str, int, str]]:
    """What became of prompts: its machine's name, how often, and that in words; what never happened is left out."""
    known = (
        ("started", of.started, ngettext("{count} taken up", "{count} taken up", of.started)),
        ("snoozed", of.snoozed, ngettext("{count} snoozed", "{count} snoozed", of.snoozed)),
        ("skipped", of.skipped, ngettext("{count} skipped", "{count} skipped", of.skipped)),
        ("ignored", of.ignored, ngettext("{count} ignored", "{count} ignored", of.ignored)),
    )
    return [(kind, count, text.format(count=count)) for kind, count, text in known if count]


def prompts_line(prompts: Prompts) -> str:
    """What became of the prompts."""
    if not prompts.shown:
        return _("none shown")
    told = [text for _kind, _count, text in became(prompts)]
    line = ngettext("{count} shown", "{count} shown", prompts.shown).format(count=prompts.shown)
    line += f": {', '.join(told)}" if told else ""
    if not prompts.missed:
        return line
    missed = ngettext("{count} session missed", "{count} sessions missed", prompts.missed)
    return f"{line}; {missed.format(count=prompts.missed)}"


def held_line(held: tuple[Held, ...]) -> str:
    return ", ".join(_held(one) for one in held)


def unseen_line(prompts: Prompts) -> str:
    """On how many days nobody may have seen a notice, and where to look."""
    text = ngettext(
        "on {count} day no notice is known to have been on the screen; 'unhunch doctor' says what is known",
        "on {count} days no notice is known to have been on the screen; 'unhunch doctor' says what is known",
        prompts.unseen_days,
    )
    return text.format(count=prompts.unseen_days)


def _held(held: Held) -> str:
    text = _(HOLDS[held.why]) if held.why in HOLDS else _("{prompts} by {why} ({time})")
    return text.format(prompts=held.prompts, why=held.why, time=duration(held.minutes))


def best_hour_line(prompts: Prompts) -> str:
    if prompts.best_hour is not None:
        start, end = full_hour(prompts.best_hour), full_hour(prompts.best_hour + 1)
        return _("{start} to {end}").format(start=start, end=end)
    if prompts.answers >= prompts.answers_needed:
        return _("none stands out")
    return _("not yet: {answers} of {needed} answers").format(answers=prompts.answers, needed=prompts.answers_needed)


SYMPTOMS = {
    # safety
    "pain": N_("a session stopped because of pain or dizziness"),
    # safety
    "discomfort": N_("discomfort of {number} out of 10"),
    # safety
    "tingling": N_("tingling that stayed"),
    # safety
    "cleared": N_("tingling that went away"),
    # safety
    "red-flag": N_("a safety question answered with yes"),
    # safety
    "still": N_("still there before the next session"),
    # safety
    "worse": N_("worse before the next session"),
    # safety
    "morning": N_("the morning felt worse"),
    # safety
    "slip": N_("a stop taken back: it was a slip"),
}
"""What was told of pain, tingling and mornings."""


def told_by_day(symptoms: Sequence[Symptom]) -> list[tuple[str, str]]:
    """Each day on which something was told, and what."""
    days: dict[str, list[str]] = {}
    for one in symptoms:
        text = _(SYMPTOMS[one.what]).format(number=one.number)
        days.setdefault(one.date, []).append(text)
    return [(day_name(day), ", ".join(dict.fromkeys(texts))) for day, texts in days.items()]


def told_counted(symptoms: Sequence[Symptom]) -> list[str]:
    """Each thing that was told, once, with how often where it was more than once."""
    kinds: dict[str, list[Symptom]] = {}
    for one in symptoms:
        kinds.setdefault(one.what, []).append(one)
    found = []
    for what, same in kinds.items():
        text, count = _(SYMPTOMS[what]).format(number=max(one.number or 0 for one in same)), len(same)
        often = ngettext("{what} (once)", "{what} ({count} times)", count)
        found.append(often.format(what=text, count=count) if count > 1 else text)
    return found


DECISIONS = {
    "gap": N_("A fresh start"),
    # safety
    "stop": N_("Stop and ask a clinician"),
    "step up": N_("One more a day"),
    "step down": N_("One fewer a day"),
    "easy mode": N_("Easy mode"),
    "hold": N_("Hold"),
    "as usual": N_("As usual"),
}
"""What the programme decided."""

CHANGES = {
    "gap": N_("A fresh start with {goal} a day"),
    "step up": N_("Up to {goal} a day"),
    "step down": N_("Down to {goal} a day"),
}
"""The same where it changes the goal."""


def named(names: Mapping[str, str], machine: str) -> str:
    """A machine's word as people say it; as it is when it is none of ours."""
    return _(names[machine]) if machine in names else machine[:1].upper() + machine[1:]


def plan_line(plan: Plan) -> str:
    """The decision and its reason."""
    return f"{decision_line(plan)} {why(plan)}".rstrip()


def decision_line(plan: Plan) -> str:
    """The decision alone: a sentence."""
    if plan.goal_to is not None and plan.goal_to != plan.goal_from:
        text = _(CHANGES[plan.decision]) if plan.decision in CHANGES else _("{decision} to {goal} a day")
        decision = text.format(decision=named(DECISIONS, plan.decision), goal=plan.goal_to)
    else:
        decision = named(DECISIONS, plan.decision)
    if plan.decision == "step up" and plan.answer != "accept":
        answered = _("{decision} (declined)") if plan.answer == "decline" else _("{decision} (offered)")
        decision = answered.format(decision=decision)
    return f"{decision}."


CHOICES = {
    "accept": N_("one session a day more"),
    "decline": N_("one more a day declined"),
    "hours": N_("other hours"),
    "roller": N_("the roller by the desk"),
    "nothing": N_("no change"),
}
"""What can be chosen for a week, by the names of core/week/choice.py."""


def chosen_line(chosen: Chosen) -> str:
    """What was chosen and what came of it."""
    name = _(CHOICES[chosen.choice]) if chosen.choice in CHOICES else chosen.choice
    if chosen.choice not in ("nothing", "decline"):
        name = (_("{choice} (tried)") if chosen.answer == TAKEN else _("{choice} (turned down)")).format(choice=name)
    return f"{name}. {outcome(chosen)}".rstrip()


def choose_command(which: str) -> str:
    """What to type for a choice; `which` names the week, with a space behind it."""
    return f"unhunch week {which}--choose N"


def option_line(option: Option) -> str:
    return f"{option_text(option)} {option_reason(option)}"


def quality_line(quality: Quality) -> str:
    """How far the figures can be trusted."""
    parts = [_("{time} watched").format(time=duration(quality.covered))]
    if quality.unknown:
        parts.append(_("{time} could not be seen").format(time=duration(quality.unknown)))
    if quality.calls:
        parts.append(_("{time} in calls").format(time=duration(quality.calls)))
    if count := quality.corrections:
        parts.append(ngettext("{count} correction", "{count} corrections", count).format(count=count))
    if count := quality.clock_changes:
        parts.append(ngettext("{count} clock change", "{count} clock changes", count).format(count=count))
    parts.append(counted_days(quality.counted_days))
    return ", ".join(parts)


def summed_line(summed: Summed) -> str:
    """That a day is known by another program's sum only."""
    program = PROGRAMS.get(summed.program, summed.program)
    said = (
        _("a day's sum from {program}: no stretches, no moments")
        if summed.measured
        else _("only begin and end of the day, from {program}: how much of it was sitting is not known")
    ).format(program=program)
    if not summed.asked:
        return said
    breaks = ngettext(
        "it asked for {count} rest break, {taken} taken",
        "it asked for {count} rest breaks, {taken} taken",
        summed.asked,
    )
    return f"{said}; {breaks.format(count=summed.asked, taken=summed.taken)}"


def flags_line(flags: tuple[str, ...]) -> str:
    return _("not counted: {reasons}").format(reasons=reasons(flags))


def reasons(flags: tuple[str, ...]) -> str:
    """Why a day is not counted."""
    return listed([_(FLAGS[flag]) if flag in FLAGS else flag for flag in flags])
