"""Months at a glance: as text, and what the page's picture of them shows beside the trends' charts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from unhunch.core.week.figures import TrendWeek
from unhunch.core.week.months import Months, days_of
from unhunch.report import programme, written
from unhunch.report.paper import BEST, BOLD, DIM, HIGH, Paper, wide
from unhunch.tuples import NamedTuple
from unhunch.words import week
from unhunch.words.translate import _, ngettext

MOST_CHANGES = 8
"""Changes that are told one by one; the latest are kept, and how many came before is said."""
BAR = 24
"""Columns of a bar at most."""


def render(given: Months, width: int, colour: bool, *, ascii_only: bool = False) -> str:
    """The months as lines of at most `width` columns (32 at least, 110 at most are used)."""
    page = _Page(width, colour)
    return page.text(page.lines(given), ascii_only=ascii_only)


def to_json(given: Months) -> dict[str, Any]:
    """The same with dicts and lists; a change has its date and the fields of a week's plan."""
    return {
        "months": [week.to_json(month) for month in given.months],
        "changes": [{"date": day, **week.to_json(plan)} for day, plan in given.changes],
        "note": _(week.NOTE),
    }


def name_of(given: Months) -> str:
    """Jun 2026 - Nov 2026."""
    first, last = given.months[0].first, given.months[-1].first
    return " - ".join(dict.fromkeys(map(written.month_name, (first, last))))


def seen(given: Months) -> bool:
    return any(month.sitting or month.done or month.asked or month.symptoms for month in given.months)


def sessions(month: TrendWeek) -> str:
    """What was done of what was asked for."""
    if not month.asked:
        return written.sessions(month.done) if month.done else _("no session")
    return _("{done} of {asked} sessions").format(done=month.done, asked=month.asked)


def stiffness(month: TrendWeek) -> str:
    """On average, before and after; nothing where nothing was told."""
    feeling = month.feeling
    if not feeling.rated:
        return ""
    rated = _("stiffness {before} to {after}")
    return rated.format(before=written.number(feeling.before), after=written.number(feeling.after))


def symptoms(month: TrendWeek) -> str:
    return ", ".join(programme.told_counted(month.symptoms))


class Change(NamedTuple):
    """A change of the plan: its number on the picture, its day, what it was and why, and where it lies across."""

    number: int
    day: str
    text: str
    at: float
    """Percent."""


def changes(given: Months) -> tuple[list[Change], int]:
    """The latest changes, the oldest first, and how many came before them."""
    firsts = [month.first for month in given.months]
    slot = 100.0 / len(firsts)
    before = max(0, len(given.changes) - MOST_CHANGES)
    found = []
    for number, (day, plan) in enumerate(given.changes[before:], start=1):
        month = firsts.index(f"{day[:7]}-01")
        within = (date.fromisoformat(day).day - 0.5) / len(days_of(firsts[month]))
        at = round(slot * (month + within), 2)
        found.append(Change(number, written.day_name(day), programme.plan_line(plan), at))
    return found, before


def left_out(count: int) -> str:
    text = ngettext("{count} earlier change is left out.", "{count} earlier changes are left out.", count)
    return text.format(count=count)


class _Page(Paper):
    """Months as lines."""

    def lines(self, given: Months) -> Iterator[str]:
        yield from self.heading(name_of(given))
        if not seen(given):
            yield from self.wrapped(_("Nothing was seen in these months."))
        else:
            yield from self.rows(given)
        yield ""
        yield from self.plan(given)
        yield from self.wrapped(_(week.NOTE), DIM)

    def rows(self, given: Months) -> Iterator[str]:
        """A month in one line, or in several on a narrow terminal: a bar of its usual day, then what else is known."""
        names = [written.month_name(month.first) for month in given.months]
        figures = [written.duration(m.sitting.best if m.sitting else None) for m in given.months]
        name_room, figure_room = wide(names, 0, gap=2), wide(figures, 0, gap=2)
        most = max([m.sitting.high for m in given.months if m.sitting] + [60.0])
        # Narrow: what else is known stands below.
        room = max(4, min(BAR, self.width - name_room - figure_room)) if self.folded else BAR
        yield from self.wrapped(_("Each month: at your desk on a counted day, sessions, stiffness"), DIM)
        for month, name, figure in zip(given.months, names, figures, strict=True):
            best = high = 0
            if month.sitting:
                best, high = (int(x / most * room + 0.5) for x in (month.sitting.best, month.sitting.high))
            bar = self.paint((BEST * best + HIGH * (high - best)).ljust(room))
            head = f"{self.tint(name.ljust(name_room), BOLD)}{figure:<{figure_room}}{bar}"
            told = [part for part in (sessions(month), stiffness(month)) if part]
            beside = name_room + figure_room + room + 2
            if not self.folded and beside + len(", ".join(told)) <= self.width:
                yield f"{head}  {', '.join(told)}"
            else:
                yield head
                yield from self.wrapped(", ".join(told), indent="  ")
            if month.symptoms:
                yield from self.wrapped(_("You told: {told}").format(told=symptoms(month)), indent="  ")

    def plan(self, given: Months) -> Iterator[str]:
        """What changed in the plan, and why."""
        told, before = changes(given)
        if not told:
            yield from self.field(_("Plan"), _("Nothing was changed in these months."))
        if before:
            yield from self.field(_("Plan"), left_out(before))
        for n, change in enumerate(told):
            text = _("{day}: {what}").format(day=change.day, what=change.text)
            yield from self.field(_("Plan") if n == 0 and not before else "", text)
