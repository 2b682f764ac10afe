"""The weekly summary as text, for 80 columns and more: plain characters, no colour needed."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from unhunch.core.figures import NOTE, Day, Week
from unhunch.report import words

LABEL = 16
"""Columns of the labels on the left."""
NARROWEST = 72
WIDEST = 110
"""Longer lines are hard to read."""
STRIP_FROM, STRIP_TO = 8 * 60, 18 * 60
"""Minutes of the clock that the strip shows at least."""

NAME, NOW = 27, 27
"""Columns of the table of figures: a figure's name, and this week's."""
DAY = 12
"""Columns of a day's name."""
EARLIEST, LATEST = -6 * 60, 42 * 60
"""What a clock that was set wrong puts further from its day is not drawn."""
BEST, HIGH, USUAL = "▆", "╌", "│"
PROLONGED, SHORTER, UNSEEN, SESSION, PARTIAL = "▆", "▂", "░", "●", "○"
"""Blocks that leave a line free, so that rows stay apart."""

_ASCII = str.maketrans({"▆": "#", "╌": "-", "│": "|", "▂": "_", "░": ":", "●": "o", "○": "c", "─": "-"})
_BOLD, _DIM, _GREEN, _AMBER = "1", "2", "32", "33"
_TINTS = {PROLONGED: _AMBER, SESSION: _GREEN, PARTIAL: _GREEN, UNSEEN: _DIM}


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
    """The summary as lines of at most `width` columns (72 at least, 110 at most are used).

    `which`: how a command names that week ("--back 1 "; nothing for this one).
    """
    page = _Page(max(NARROWEST, min(width, WIDEST)), colour, which)
    text = "\n".join(line.rstrip() for line in page.lines(week)) + "\n"
    return text.translate(_ASCII) if ascii_only else text


class _Page:
    """A width, whether there is colour, and how a command names the week."""

    def __init__(self, width: int, colour: bool, which: str) -> None:
        self.width = width
        self.colour = colour
        self.which = which

    def lines(self, week: Week) -> Iterator[str]:
        name = f"Week of {words.week_name(week)}"
        yield self.tint(name, _BOLD) + " " * (self.width - len(name) - len("Unhunch")) + self.tint("Unhunch", _DIM)
        yield self.tint("─" * self.width, _DIM)
        yield from self.summary(week)
        yield ""
        if any(day.sitting.high for day in week.days):
            yield from self.bars(week)
            yield ""
        yield from self.strip(week)
        yield ""
        yield from self.prompts(week)
        yield ""
        yield from self.next_week(week)
        yield ""
        yield from self.field("Data", words.quality_line(week.quality) + ".")
        for source in week.quality.sources if len(week.quality.sources) > 1 else ():
            by = ", ".join(source.watched_by) or "imported"
            seen = f"{words.duration(source.sitting)} seen ({by}, {words.duration(source.covered)} watched)"
            yield from self.field("", f"{source.device or 'this machine'}: {seen}")
        yield self.tint(NOTE, _DIM)

    def summary(self, week: Week) -> Iterator[str]:
        """This week beside the weeks before it."""
        yield " " * NAME + self.tint(f"{'this week':<{NOW}}{words.before_name(week.before)}", _DIM)
        for label, now, then in words.table(week):
            yield self.tint(f"{label:<{NAME}}", _BOLD) + f"{now:<{NOW}}{then}"

    def bars(self, week: Week) -> Iterator[str]:
        """One bar a day up to the best estimate, on to the highest, with a mark at what such a day usually is."""
        room = self.width - DAY - 8 - 19 - 5
        most = max([d.sitting.high for d in week.days] + [d.usual or 0.0 for d in week.days] + [60.0])
        for day in week.days:
            best, high = (int(x / most * room + 0.5) for x in (day.sitting.best, day.sitting.high))
            cells = list((BEST * best + HIGH * (high - best)).ljust(room))
            if day.usual is not None and day.sitting.high > 0:
                cells[min(room - 1, int(day.usual / most * room + 0.5))] = USUAL
            figure = words.duration(day.sitting.best) if day.sitting.high else "paused" if day.paused else "-"
            ends = words.range_of(day.sitting) if day.sitting.high else ""
            marks = "".join(SESSION if m.status == "done" else PARTIAL for m in day.sessions)
            star = "*" if day.flags else " "
            row = f"{day_label(day)}{figure:>7}{star} {self.paint(''.join(cells))} {ends:>18} {self.paint(marks)}"
            yield row
        for day in week.days:
            if day.flags:
                yield from self.field(f"* {words.day_name(day.date)}", words.flags_line(day.flags))
        yield from self.legend(DAY + 9, f"{BEST} best estimate", f"{HIGH} at most", f"{USUAL} usual for such a day")

    def strip(self, week: Week) -> Iterator[str]:
        """Seven rows, hours across: stretches as bars, sessions as marks."""
        begin, end = clock_range(week.days)
        hours = (end - begin) // 60
        columns = max(1, (self.width - DAY - 2) // hours)
        scale = [" "] * (hours * columns + 2)
        every = next(n for n in (1, 2, 3, 4, 6) if n * columns >= 5 or n == 6)
        for hour in range(0, hours + 1, every):
            text = f"{(begin // 60 + hour) % 24:02d}"
            scale[hour * columns : hour * columns + 2] = text
        yield " " * DAY + self.tint("".join(scale), _DIM)
        for day in week.days:
            row = strip_row(day, begin, hours * columns, 60.0 / columns, week.pattern.prolonged_from)
            yield f"{day_label(day)}{self.paint(row)}"
        prolonged = f"{PROLONGED} stretch of {week.pattern.prolonged_from:g} min +"
        yield from self.legend(
            DAY, prolonged, f"{SHORTER} shorter", f"{SESSION} session", f"{UNSEEN} could not be seen"
        )

    def legend(self, indent: int, *items: str) -> Iterator[str]:
        """What the marks mean, below their rows."""
        line = ""
        for item in items:
            if line and indent + len(line) + 2 + len(item) > self.width:
                yield " " * indent + self.tint(line, _DIM)
                line = ""
            line += ("  " if line else "") + item
        yield " " * indent + self.tint(line, _DIM)

    def prompts(self, week: Week) -> Iterator[str]:
        yield from self.field("Prompts", words.prompts_line(week.prompts))
        if week.prompts.held:
            yield from self.field("Held back", words.held_line(week.prompts.held))
        yield from self.field("Best hour", words.best_hour_line(week.prompts))

    def next_week(self, week: Week) -> Iterator[str]:
        yield from self.field("Plan", words.plan_line(week.plan))
        if week.last_choice:
            yield from self.field("Last choice", words.chosen_line(week.last_choice))
        if week.chosen:
            yield from self.field("Next week", f"You chose: {words.chosen_line(week.chosen)}")
            return
        yield from self.field("Next week", words.option_line(week.choice), _BOLD)
        if len(week.options) > 1:
            others = "; ".join(f"{o.number} {o.text.rstrip('.').lower()}" for o in week.options)
            yield from self.field("", f"To choose: {words.choose_command(self.which)} ({others})")

    def field(self, label: str, text: str, code: str = "") -> Iterator[str]:
        """A label and its text, wrapped beside it."""
        for n, line in enumerate(textwrap.wrap(text, self.width - LABEL, break_on_hyphens=False)):
            head = f"{'' if n else label:<{LABEL}}"
            yield self.tint(head, _BOLD) + (self.tint(line, code) if code else line)

    def tint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text.strip() else text

    def paint(self, row: str) -> str:
        """A row of marks, each run in its colour."""
        if not self.colour:
            return row
        cuts = [0, *(n for n in range(1, len(row)) if row[n] != row[n - 1]), len(row)]
        return "".join(
            self.tint(row[a:b], _TINTS[row[a]]) if row[a : a + 1] in _TINTS else row[a:b] for a, b in pairwise(cuts)
        )


def day_label(day: Day) -> str:
    """Mon  9 Nov, in a column."""
    name, number, month = words.day_name(day.date).split()
    return f"{name} {number:>2} {month}".ljust(DAY)


def clock_range(days: Sequence[Day]) -> tuple[int, int]:
    """The whole hours of the clock, in minutes after midnight, that hold a week's stretches and sessions."""
    places = [x for d in days for span in d.stretches for part in span.clock for x in part]
    places += [m.clock for d in days for m in d.sessions]
    begin = max(EARLIEST, min([STRIP_FROM, *places]))
    end = min(LATEST, max([STRIP_TO, *places]))
    return int(begin // 60) * 60, int(-(-end // 60)) * 60


def strip_row(day: Day, begin: int, columns: int, minutes: float, prolonged: float) -> str:
    """One row of the strip: each column stands for so many minutes from `begin` on, and shows what fills most of it."""
    filled = [{PROLONGED: 0.0, SHORTER: 0.0, UNSEEN: 0.0} for _ in range(columns)]
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
