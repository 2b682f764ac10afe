"""The weekly summary as text: plain characters, no colour needed. Below 72 columns it folds, down to 32."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from unhunch.core.week.figures import Day, Week
from unhunch.report import programme, sentences, written
from unhunch.report.paper import (
    BEST,
    BOLD,
    DIM,
    HIGH,
    PARTIAL,
    PROLONGED,
    SESSION,
    SHORTER,
    UNSEEN,
    USUAL,
    Paper,
    wide,
)
from unhunch.words import formats
from unhunch.words.translate import _
from unhunch.words.week import NOTE, option_text

STRIP_FROM, STRIP_TO = 8 * 60, 18 * 60
"""Minutes of the clock that the strip shows at least."""

NAME, NOW = 27, 27
"""Columns of the table of figures, at least: a figure's name, and this week's."""
DAY, FIGURE, RANGE = 12, 7, 18
"""Columns of the bars, at least: a day's name, its figure, and from when to when that may lie."""
EARLIEST, LATEST = -6 * 60, 42 * 60
"""What a clock that was set wrong puts further from its day is not drawn."""


def wants_colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether to use colour: on a terminal, unless NO_COLOR is set to anything (no-color.org) or it is a dumb one."""
    return is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def speaks_unicode(encoding: str | None) -> bool:
    """Whether a stream of this encoding can show the bars; else ask `render` for ASCII."""
    try:
        "▆╌│▂░●○─".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def render(week: Week, width: int, colour: bool, *, ascii_only: bool = False, which: str = "") -> str:
    """The summary as lines of at most `width` columns (32 at least, 110 at most are used).

    `which`: how a command names that week ("--back 1 "; nothing for this one).
    """
    page = _Page(width, colour, which)
    return page.text(page.lines(week), ascii_only=ascii_only)


class _Page(Paper):
    """The week; `which` is how a command names it."""

    def __init__(self, width: int, colour: bool, which: str) -> None:
        super().__init__(width, colour)
        self.which = which

    def lines(self, week: Week) -> Iterator[str]:
        yield from self.heading(written.week_of(written.week_name(week)))
        yield from self.wrapped(sentences.best_and_worst(week))
        yield from (self.figures if self.folded else self.summary)(week)
        yield ""
        if any(day.sitting.high for day in week.days):
            yield from self.bars(week)
            yield ""
        yield from self.strip(week)
        yield ""
        if week.symptoms:
            told = "; ".join(f"{day}: {text}" for day, text in programme.told_by_day(week.symptoms))
            yield from self.field(_("You told"), f"{told}.")
            yield ""
        yield from self.prompts(week)
        yield ""
        yield from self.next_week(week)
        yield ""
        yield from self.field(_("Data"), sentences.quality_line(week.quality) + ".")
        for source in week.quality.sources if len(week.quality.sources) > 1 else ():
            text = _("{machine}: {seen} seen ({by}, {watched} watched)").format(
                machine=source.device or _("this machine"),
                seen=written.duration(source.sitting),
                by=", ".join(source.watched_by) or _("imported"),
                watched=written.duration(source.covered),
            )
            yield from self.field("", text)
        yield from self.wrapped(_(NOTE), DIM)

    def summary(self, week: Week) -> Iterator[str]:
        """This week beside the weeks before it."""
        head, rows = ("", _("this week"), sentences.before_name(week.before)), sentences.table(week)
        # The columns give way to what stands right of them, the middle one first.
        right = max(len(row[2]) for row in [head, *rows])
        needed = wide((row[1] for row in [head, *rows] if row[2]), 0)
        name = wide((row[0] for row in rows), min(NAME, self.width - needed - right))
        middle = max(needed, min(NOW, self.width - name - right))
        yield " " * name + self.tint(f"{head[1]:<{middle}}{head[2]}", DIM)
        for label, now, then in rows:
            yield self.tint(f"{label:<{name}}", BOLD) + f"{now:<{middle}}{then}"

    def figures(self, week: Week) -> Iterator[str]:
        """The same without room: each figure beside its name, that of the weeks before below it."""
        if before := sentences.before_name(week.before):
            yield from self.wrapped(_("This week, and below it: {before}").format(before=before), DIM)
        for label, now, then in sentences.table(week):
            gap = self.width - len(label) - len(now)
            if gap > 0:
                yield self.tint(label, BOLD) + " " * gap + now
            else:
                yield self.tint(label, BOLD)
                yield now.rjust(self.width)
            if then:
                yield self.tint(then.rjust(self.width), DIM)

    def bars(self, week: Week) -> Iterator[str]:
        """One bar a day up to the best estimate, on to the highest, with a mark at what such a day usually is."""
        names = day_labels(week.days)
        figures = [written.best_of(d) if d.sitting.high else _("paused") if d.paused else "-" for d in week.days]
        figure_room = wide(figures, FIGURE, gap=0)
        marks_room = max(3, *(len(day.sessions) for day in week.days))
        range_room = 0 if self.folded else RANGE + 1
        room = max(1, self.width - len(names[0]) - figure_room - range_room - 3 - marks_room)
        most = max([d.sitting.high for d in week.days] + [d.usual or 0.0 for d in week.days] + [60.0])
        for day, name, figure in zip(week.days, names, figures, strict=True):
            best, high = (int(x / most * room + 0.5) for x in (day.sitting.best, day.sitting.high))
            cells = list((BEST * best + HIGH * (high - best)).ljust(room))
            if day.usual is not None and day.sitting.high > 0:
                cells[min(room - 1, int(day.usual / most * room + 0.5))] = USUAL
            ends = written.range_of_day(day) if day.sitting.high else ""
            between = "" if self.folded else f"{ends:>{RANGE}} "
            marks = "".join(SESSION if m.status == "done" else PARTIAL for m in day.sessions)
            star = "*" if day.flags else " "
            drawn = self.paint("".join(cells))
            yield f"{name}{figure:>{figure_room}}{star} {drawn} {between}{self.paint(marks)}"
        for day in week.days:
            if day.flags:
                yield from self.field(f"* {written.day_name(day.date)}", sentences.flags_line(day.flags))
            if day.summed:
                yield from self.field(written.day_name(day.date), sentences.summed_line(day.summed))
        yield from self.legend(
            0 if self.folded else len(names[0]) + figure_room + 2,
            (BEST, _("best estimate")),
            (HIGH, _("at most")),
            (USUAL, _("usual for such a day")),
        )

    def strip(self, week: Week) -> Iterator[str]:
        """Seven rows, hours across: stretches as bars, sessions as marks."""
        begin, end = clock_range(week.days)
        names = day_labels(week.days)
        hours = (end - begin) // 60
        last = hour_mark(end // 60)
        room = self.width - len(names[0]) - len(last)
        columns = max(1, room // hours)
        # Where not even one column an hour fits, a column stands for several.
        several = -(-hours // room)
        length = -(-hours // several) * columns
        scale = [" "] * (length + len(last))
        every = next(n for n in (1, 2, 3, 4, 6, 12) if n * columns >= 5 * several or n == 12)
        for hour in range(0, hours + 1, every):
            text, place = hour_mark(begin // 60 + hour), hour * columns // several
            scale[place : place + len(text)] = text
        yield " " * len(names[0]) + self.tint("".join(scale), DIM)
        for day, name in zip(week.days, names, strict=True):
            row = strip_row(day, begin, length, 60.0 * several / columns, week.pattern.prolonged_from)
            yield f"{name}{self.paint(row)}"
        prolonged = _("stretch of {minutes} min +").format(minutes=written.number(week.pattern.prolonged_from))
        yield from self.legend(
            0 if self.folded else len(names[0]),
            (PROLONGED, prolonged),
            (SHORTER, _("shorter")),
            (SESSION, _("session")),
            (UNSEEN, _("could not be seen")),
        )

    def prompts(self, week: Week) -> Iterator[str]:
        yield from self.field(_("Prompts"), sentences.prompts_line(week.prompts))
        if week.prompts.held:
            yield from self.field(_("Held back"), sentences.held_line(week.prompts.held))
        if week.prompts.unseen_days:
            yield from self.field(_("Not seen"), sentences.unseen_line(week.prompts))
        yield from self.field(_("Best hour"), sentences.best_hour_line(week.prompts))

    def next_week(self, week: Week) -> Iterator[str]:
        yield from self.field(_("Plan"), programme.plan_line(week.plan))
        if week.last_choice:
            yield from self.field(_("Last choice"), programme.chosen_line(week.last_choice))
        if week.chosen:
            chosen = _("You chose: {choice}").format(choice=programme.chosen_line(week.chosen))
            yield from self.field(_("Next week"), chosen)
            return
        yield from self.field(_("Next week"), programme.option_line(week.choice), BOLD)
        if len(week.options) > 1:
            others = "; ".join(f"{o.number} {option_text(o).rstrip('.')}" for o in week.options)
            text = _("To choose: {command} ({options})")
            yield from self.field("", text.format(command=programme.choose_command(self.which), options=others))


def day_labels(days: Sequence[Day]) -> list[str]:
    """Mon  9 Nov, in a column with its gap."""
    found = []
    for day in days:
        at, name = date.fromisoformat(day.date), written.day_name(day.date)
        found.append(name.replace(str(at.day), f"{at.day:>2}", 1))
    room = wide(found, DAY)
    return [name.ljust(room) for name in found]


def hour_mark(hour: int) -> str:
    """An hour on an axis of text: two digits, or "8a", "12p" where clocks have twelve hours.

    "8 AM", as the page has it, would stand on the next mark, and digits alone would say it twice.
    """
    if "{a}" not in formats.current().hour:
        return formats.hour(hour)
    half = formats.current().am if hour % 24 < 12 else formats.current().pm
    return f"{hour % 12 or 12}{half[:1].lower()}"


def clock_range(days: Sequence[Day]) -> tuple[int, int]:
    """The whole hours of the clock, in minutes after midnight, that hold a week's stretches and sessions."""
    places = [x for d in days for span in d.stretches for part in span.clock for x in part]
    places += [m.clock for d in days for m in d.sessions]
    begin = max(EARLIEST, min([STRIP_FROM, *places]))
    end = min(LATEST, max([STRIP_TO, *places]))
    return int(begin // 60) * 60, int(-(-end // 60)) * 60


def strip_row(day: Day, begin: int, columns: int, minutes: float, prolonged: float) -> str:
    """One row of the strip: each column stands for so many minutes from `begin` on, and shows what fills most of it."""
    filled = [{PROLONGED: 0.0, SHORTER: 0.0, UNSEEN: 0.0} for _n in range(columns)]
    drawn = [(PROLONGED if span.minutes >= prolonged else SHORTER, span) for span in day.stretches]
    for mark, span in [*drawn, *((UNSEEN, span) for span in day.unseen)]:
        for a, b in span.clock:
            for n in range(max(0, int((a - begin) / minutes)), min(columns, int((b - begin) / minutes) + 1)):
                left = begin + n * minutes
                filled[n][mark] += max(0.0, min(b, left + minutes) - max(a, left))
    row = []
    for cell in filled:
        mark = max(cell, key=lambda m: cell[m])
        row.append(mark if cell[mark] >= minutes / 3 else " ")
    for session in day.sessions:
        place = int((session.clock - begin) / minutes)
        if 0 <= place < columns:
            row[place] = SESSION if session.status == "done" else PARTIAL
    return "".join(row)
