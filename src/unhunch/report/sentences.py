"""A week's figures in rows and sentences; the terminal and the page say the same."""

from collections.abc import Callable

from unhunch.core.week.extremes import longest
from unhunch.core.week.figures import Before, Day, Feeling, Held, Hour, Prompts, Quality, Summed, Week
from unhunch.report import written
from unhunch.words.translate import N_, _, ngettext

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


def best_and_worst(week: Week) -> str:
    """Which day had the shortest longest time without a real break, and which the longest; nothing if none has."""
    told = {day.date: _day_told(day) for day in week.days if day.date in (week.best_day, week.worst_day)}
    if week.best_day is None or week.worst_day is None:
        return ""
    text = _("Your best day was {best}, your worst {worst}.")
    return text.format(best=told[week.best_day], worst=told[week.worst_day])


def _day_told(day: Day) -> str:
    done = written.sessions(day.done) if day.done else _("no session")
    text = _("{day} (at most {time} without a break, {sessions})")
    return text.format(day=written.day_name(day.date), time=written.duration(longest(day)), sessions=done)


Row = tuple[str, str, str]
"""A figure's name, this week's, and that of the weeks before."""


def table(week: Week) -> list[Row]:
    """The week's figures beside those of the last four weeks; what is not known is left out or "-"."""
    before, pattern, feeling = week.before, week.pattern, week.feeling
    change = written.against(week.sitting_per_day, before.sitting_per_day)
    then = before.sitting
    usually = a_week(written.duration(then.best)) if then else ""
    rows: list[Row] = [
        (_("At your desk"), written.duration(week.sitting.best), usually),
        ("  " + _("at least - at most"), written.range_of(week.sitting), written.range_of(then) if then else ""),
    ]
    if not week.sitting.high:
        rows = [(_("At your desk"), _("nothing seen"), usually)]
    if week.sitting_per_day is not None:
        a_day = written.duration(week.sitting_per_day) + (f" ({change})" if change else "")
        rows.append(("  " + _("a day"), a_day, known(written.duration, before.sitting_per_day)))
    if pattern.stretches:
        rows += [
            (
                _("In stretches of {minutes} min +").format(minutes=written.number(pattern.prolonged_from)),
                written.percent(pattern.prolonged_share),
                known(written.percent, before.prolonged_share),
            ),
            (
                _("Stretches of {minutes} min +").format(minutes=written.number(pattern.long_from)),
                str(pattern.long),
                a_week(known(written.number, before.long)),
            ),
            (_("Longest stretch"), written.duration(pattern.longest), known(written.duration, before.longest)),
            (_("Usual stretch"), written.duration(pattern.usual), known(written.duration, before.usual)),
        ]
    rows.append((_("Sessions done"), sessions_done(week), a_week(known(written.number, before.sessions))))
    if feeling.rated:
        rated = _("{before} before, {after} after")
        rated = rated.format(before=written.number(feeling.before), after=written.number(feeling.after))
        rows.append((_("Stiffness (0-10)"), rated, ""))
    if feeling.worst_discomfort is not None:
        rows.append((_("Worst discomfort (0-10)"), str(feeling.worst_discomfort), ""))
    if feeling.tingling:
        rows.append((_("Tingling"), written.sessions(feeling.tingling), ""))
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
    return text.format(prompts=held.prompts, why=held.why, time=written.duration(held.minutes))


def best_hour_line(prompts: Prompts) -> str:
    if prompts.best_hour is not None:
        start, end = written.full_hour(prompts.best_hour), written.full_hour(prompts.best_hour + 1)
        return _("{start} to {end}").format(start=start, end=end)
    if prompts.answers >= prompts.answers_needed:
        return _("none stands out")
    return _("not yet: {answers} of {needed} answers").format(answers=prompts.answers, needed=prompts.answers_needed)


def quality_line(quality: Quality) -> str:
    """How far the figures can be trusted."""
    parts = [_("{time} watched").format(time=written.duration(quality.covered))]
    if quality.unknown:
        parts.append(_("{time} could not be seen").format(time=written.duration(quality.unknown)))
    if quality.calls:
        parts.append(_("{time} in calls").format(time=written.duration(quality.calls)))
    if count := quality.corrections:
        parts.append(ngettext("{count} correction", "{count} corrections", count).format(count=count))
    if count := quality.clock_changes:
        parts.append(ngettext("{count} clock change", "{count} clock changes", count).format(count=count))
    parts.append(written.counted_days(quality.counted_days))
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
    return written.listed([_(FLAGS[flag]) if flag in FLAGS else flag for flag in flags])
