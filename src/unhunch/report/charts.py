"""Where the page's charts put things: positions across in percent, down in pixels, so that a chart fits any width.

Only geometry; the template draws it. A chart's SVG has no view box: its texts keep their size on a phone.
"""

from collections.abc import Callable, Sequence

from unhunch.core.week.figures import Day, Hour, Mark, Span, TrendWeek, Week
from unhunch.report import sentences, written
from unhunch.report.terminal import clock_range
from unhunch.tuples import NamedTuple
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext


class Bar(NamedTuple):
    """A rectangle: `x` and `width` in percent, `y` and `height` in pixels. `kind` is its CSS class."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


class Tick(NamedTuple):
    """A grid line, at `at` (percent across, or pixels down). On a phone `minor` ones lose their text."""

    at: float
    text: str
    minor: bool = False
    edge: str = "middle"


class Dot(NamedTuple):
    x: float
    y: float
    kind: str
    title: str


class Lane(NamedTuple):
    """One day of the strip."""

    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    title: str


class Strip(NamedTuple):
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]


LANE = 22
"""Pixels: the height of a day."""


def strip(week: Week) -> Strip:
    """Seven days, hours across."""
    begin, end = clock_range(week.days)
    scale = 100.0 / (end - begin)
    ticks = []
    every = 60 if end - begin <= 14 * 60 else 120
    named = every if "{a}" not in formats.current().hour else 120
    for minute in range(begin, end + 1, every):
        edge = "start" if minute == begin else "end" if minute >= end - 30 else "middle"
        text = formats.hour(minute // 60) if (minute - begin) % named == 0 else ""
        ticks.append(Tick(_at(minute, begin, scale), text, minor=(minute - begin) // named % 2 == 1, edge=edge))
    lanes = [_lane(day, begin, scale, week) for day in week.days]
    return Strip(tuple(ticks), tuple(lanes))


def _at(minute: float, begin: float, scale: float) -> float:
    return round((minute - begin) * scale, 3)


def _lane(day: Day, begin: int, scale: float, week: Week) -> Lane:
    bars = [bar for span in day.unseen for bar in _bars(span, "unseen", begin, scale, _("could not be seen"))]
    for span in day.stretches:
        long, prolonged = span.minutes >= week.pattern.long_from, span.minutes >= week.pattern.prolonged_from
        kind = "long" if long else "prolonged" if prolonged else "short"
        bars += _bars(span, kind, begin, scale, at_the_desk(written.duration(span.minutes)))
    dots = tuple(Dot(_at(m.clock, begin, scale), LANE / 2, m.status, session_title(m)) for m in day.sessions)
    dots = tuple(dot for dot in dots if 0 <= dot.x <= 100)
    said = [at_the_desk(written.best_of(day)) if day.sitting.high else _("nothing seen")]
    if count := len(day.stretches):
        said.append(ngettext("{count} stretch", "{count} stretches", count).format(count=count))
    if day.done:
        said.append(written.sessions(day.done))
    return Lane(tuple(bars), dots, f"{written.day_name(day.date)}: {', '.join(said)}")


def at_the_desk(time: str) -> str:
    return _("{time} at the desk").format(time=time)


def _bars(span: Span, kind: str, begin: int, scale: float, says: str) -> list[Bar]:
    title = f"{written.clock(span.start)}-{written.clock(span.end)}: {says}"
    end = begin + 100.0 / scale
    parts = [(max(a, begin), min(b, end)) for a, b in span.clock]
    return [
        Bar(_at(a, begin, scale), 3, max(0.25, round((b - a) * scale, 3)), LANE - 6, kind, title)
        for a, b in parts
        if b > a
    ]


SESSIONS = {
    "": N_("session"),
    "short": N_("short session"),
    "standard": N_("standard session"),
    "long": N_("long session"),
    "first": N_("first session"),
    "easy": N_("easy session"),
}
STATUS = {"done": N_("done"), "partial": N_("partial"), "unknown": N_("not known")}
"""Sizes and outcomes of a session."""


def session_title(mark: Mark) -> str:
    """What a session's mark says when pointed at."""
    what = _(SESSIONS[mark.size]) if mark.size in SESSIONS else _("session ({size})").format(size=mark.size)
    said = [what, _(STATUS[mark.status]) if mark.status in STATUS else mark.status]
    if mark.stiffness_before is not None and mark.stiffness_after is not None:
        rated = _("stiffness {before} to {after}")
        said.append(rated.format(before=mark.stiffness_before, after=mark.stiffness_after))
    return f"{written.clock(mark.at)}: {', '.join(said)}"


class Chart(NamedTuple):
    """Bars over a grid."""

    height: float
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...] = ()


class Names(NamedTuple):
    """What the rows of a trend are called, and at how many of them that stands."""

    full: Callable[[TrendWeek], str]
    short: Callable[[TrendWeek], str]
    every: int


WEEKS = Names(lambda week: written.week_of(written.day_name(week.first)), lambda w: written.short_day(w.first), 3)
EACH_WEEK = WEEKS._replace(every=1)
MONTHS = Names(lambda month: written.month_name(month.first), lambda m: written.month_name(m.first, year=False), 1)


def sitting_trend(trend: Sequence[TrendWeek], height: float = 96.0, names: Names = WEEKS) -> Chart:
    """Sitting a day, row by row: a bar to the best estimate, a line from low to high."""
    most = max([t.sitting.high for t in trend if t.sitting] + [120.0])
    step = 120.0 if most <= 360 else 240.0
    top = float(-(-most // step) * step)
    slot = 100.0 / len(trend)
    bars = []
    for n, week in enumerate(trend):
        if not week.sitting:
            continue
        a_day = _("{time} a day").format(time=written.duration(week.sitting.best))
        title = f"{names.full(week)}: {a_day}"
        for kind, width, low, high in (
            ("now" if n == len(trend) - 1 else "best", 0.62, 0.0, week.sitting.best),
            ("whisker", 0.06, week.sitting.low, week.sitting.high),
        ):
            y = height * (1 - high / top)
            x = slot * (n + 0.5 - width / 2)
            bars.append(
                Bar(
                    round(x, 3), round(y, 2), round(slot * width, 3), round(height * (high - low) / top, 2), kind, title
                )
            )
    hours = range(int(top // step) + 1)
    rows = [Tick(round(height * (1 - m * step / top), 2), f"{written.number(m * step / 60)} h") for m in hours]
    return Chart(height, tuple(rows), _across(trend, names), tuple(bars))


def _across(trend: Sequence[TrendWeek], names: Names) -> tuple[Tick, ...]:
    slot = 100.0 / len(trend)
    found = []
    for n, week in enumerate(trend):
        name = names.short(week)
        shown = (len(trend) - 1 - n) % names.every == 0
        edge = "end" if n == len(trend) - 1 and names is not MONTHS else "middle"
        at = slot * (n + (0.9 if edge == "end" else 0.5))
        found.append(
            Tick(
                round(at, 3), name if shown else "", minor=(len(trend) - 1 - n) % 6 == 3 and names.every == 3, edge=edge
            )
        )
    return tuple(found)


def prolonged_trend(trend: Sequence[TrendWeek], height: float = 52.0, names: Names = WEEKS) -> Chart:
    """The share of sitting in prolonged stretches, row by row."""
    slot = 100.0 / len(trend)
    bars = [
        Bar(
            round(slot * (n + 0.19), 3),
            round(height * (1 - week.prolonged_share), 2),
            round(slot * 0.62, 3),
            round(height * week.prolonged_share, 2),
            "prolonged",
            f"{names.full(week)}: {written.percent(week.prolonged_share)}",
        )
        for n, week in enumerate(trend)
        if week.prolonged_share is not None
    ]
    return Chart(
        height,
        (Tick(0, written.percent(1.0)), Tick(height / 2, written.percent(0.5)), Tick(height, "0")),
        _across(trend, names),
        tuple(bars),
    )


def sessions_trend(trend: Sequence[TrendWeek], height: float = 52.0, names: Names = WEEKS) -> Chart:
    """Sessions done, in front of those asked for."""
    top = max([t.done for t in trend] + [t.asked for t in trend] + [5])
    slot = 100.0 / len(trend)
    bars = []
    for n, week in enumerate(trend):
        counts = _("{done} done, {asked} asked for").format(done=week.done, asked=week.asked)
        title = f"{names.full(week)}: {counts}"
        for kind, count in (("asked", week.asked), ("session", week.done)):
            if count:
                tall = round(height * count / top, 2)
                bars.append(Bar(round(slot * (n + 0.19), 3), height - tall, round(slot * 0.62, 3), tall, kind, title))
    return Chart(height, (Tick(0, str(top)), Tick(height, "0")), _across(trend, names), tuple(bars))


def stiffness_trend(trend: Sequence[TrendWeek], height: float = 74.0, names: Names = WEEKS) -> Chart:
    """Stiffness before (hollow) and after (full) the sessions of each row, on average. 10 is at the top."""
    slot = 100.0 / len(trend)
    bars, dots = [], []
    for n, week in enumerate(trend):
        before, after = week.feeling.before, week.feeling.after
        if before is None or after is None:
            continue
        x = round(slot * (n + 0.5), 3)
        y = {value: round(6 + (height - 12) * (1 - value / 10), 2) for value in (before, after)}
        rated = _("stiffness {before} to {after}").format(before=written.number(before), after=written.number(after))
        title = f"{names.full(week)}: {rated}"
        bars.append(Bar(x, min(y.values()), 0, abs(y[before] - y[after]), "between", title))
        dots += [Dot(x, y[before], "before", title), Dot(x, y[after], "after", title)]
    rows = (Tick(6, "10"), Tick(height / 2, "5"), Tick(height - 6, "0"))
    return Chart(height, rows, _across(trend, names), tuple(bars), tuple(dots))


def answers(hours: Sequence[Hour], height: float = 74.0) -> Chart:
    """What became of prompts by hour of the day, stacked."""
    first = min([h.hour for h in hours] + [9])
    last = max([h.hour for h in hours] + [17])
    top = max([h.total for h in hours] + [4])
    slot = 100.0 / (last - first + 1)
    bars = []
    for h in hours:
        x, y = round(slot * (h.hour - first + 0.14), 3), height
        for kind, count, said in sentences.became(h):
            tall = round(height * count / top, 2)
            y = round(y - tall, 2)
            bars.append(Bar(x, y, round(slot * 0.72, 3), tall, kind, f"{written.full_hour(h.hour)}: {said}"))
    # "10 AM" takes the room of two or three hours.
    every = 1 if "{a}" not in formats.current().hour else 2 if last - first < 12 else 3
    columns = [
        Tick(round(slot * (hour - first + 0.5), 3), formats.hour(hour), minor=(hour - first) // every % 2 == 1)
        for hour in range(first, last + 1, every)
    ]
    return Chart(height, (Tick(0, str(top)), Tick(height, "0")), tuple(columns), tuple(bars))


def stiffness(week: Week, height: float = 74.0) -> Chart:
    """Each rated session: a hollow dot before, a full one after, a line between. 10 is at the top."""
    rated = [(day, m, m.stiffness_before, m.stiffness_after) for day in week.days for m in day.sessions]
    told = [(day, m, b, a) for day, m, b, a in rated if b is not None and a is not None]
    slot = 100.0 / max(len(told), 1)
    bars, dots, columns = [], [], []
    for n, (day, mark, before, after) in enumerate(told):
        x = round(slot * (n + 0.5), 3)
        y = {value: round(6 + (height - 12) * (1 - value / 10), 2) for value in (before, after)}
        title = f"{written.day_name(day.date)}, {session_title(mark)}"
        bars.append(Bar(x, min(y.values()), 0, abs(y[before] - y[after]), "between", title))
        dots += [Dot(x, y[before], "before", title), Dot(x, y[after], "after", title)]
        if n == 0 or told[n - 1][0] is not day:
            columns.append(Tick(x, written.short_weekday(day.date)))
    rows = (Tick(6, "10"), Tick(height / 2, "5"), Tick(height - 6, "0"))
    return Chart(height, rows, tuple(columns), tuple(bars), tuple(dots))
