"""The weekly summary as one page that needs nothing else: no network, no script, no font, no other file.

Every figure is looked up in the summary's JSON by its key, which the page carries beside it, so the two can't disagree.
Everything that comes from files is escaped by the template engine.
"""

from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from unhunch.core.week.figures import TrendWeek, Week
from unhunch.core.week.months import Months
from unhunch.report import charts, months, programme, sentences, written
from unhunch.tuples import NamedTuple
from unhunch.words import translate
from unhunch.words.week import to_json

_FORMATS: dict[str, Callable[[Any], str]] = {
    "duration": written.duration,
    "percent": written.percent,
    "number": written.number,
    "day": written.day_name,
    "month": written.month_name,
    "text": str,
}
"""How a figure is written: the page names one beside each."""


TRANSLATES: dict[str, Callable[..., Any]] = {
    "_": lambda text: escape(translate._(text)),
    "ngettext": lambda one, many, n: escape(translate.ngettext(one, many, n)),
    "language": translate.language,
}
"""What a page's template speaks with. Texts come as markup, so that `format` escapes what is put into them."""


class Served(NamedTuple):
    """The page is shown by a server that takes answers; style and script are files of that server."""

    undo: bool
    """There is an answer that can be taken back."""
    words: Markup = Markup()
    """What its script says, for the head of the page."""


def render(
    week: Week,
    trend: Sequence[TrendWeek],
    past: Months | None = None,
    *,
    which: str = "",
    served: Served | None = None,
) -> str:
    """The page of a week. `trend` may be empty: then it has no chart of past weeks. `past`: months to show below it.

    `which`: how a command names the week ("--back 1 "; nothing for this one). `served`: a server shows it.
    """
    return template("week.html").render(
        # Our own style sheet, which must reach the page as it is.
        style=Markup(file("week.css")),  # noqa: S704
        figure=_figures(
            {**to_json(week), "trend": [to_json(t) for t in trend], **(months.to_json(past) if past else {})}
        ),
        served=served,
        which=which,
        week=week,
        trend=trend,
        seen=any(t.sitting or t.done or t.asked for t in trend),
        name=written.week_name(week).replace(" - ", " \N{EN DASH} "),
        words=sentences,
        written=written,
        programme=programme,
        strip=charts.strip(week),
        lane=charts.LANE,
        sitting_trend=charts.sitting_trend(trend) if trend else None,
        prolonged_trend=charts.prolonged_trend(trend) if trend else None,
        sessions_trend=charts.sessions_trend(trend) if trend else None,
        stiffness_trend=charts.stiffness_trend(trend) if trend else None,
        past=_months(past) if past else None,
        answers=charts.answers(week.prompts.hours),
        stiffness=charts.stiffness(week),
        session_title=charts.session_title,
    )


def _months(past: Months) -> dict[str, Any]:
    """What the picture of months is drawn from, and what stands below it."""
    told, before = months.changes(past)
    return {
        "rows": past.months,
        "name": months.name_of(past).replace(" - ", " \N{EN DASH} "),
        "seen": months.seen(past),
        "sitting": charts.sitting_trend(past.months, names=charts.MONTHS),
        "sessions": charts.sessions_trend(past.months, names=charts.MONTHS),
        "stiffness": charts.stiffness_trend(past.months, names=charts.MONTHS),
        "symptoms": [months.symptoms(month) for month in past.months],
        "changes": told,
        "left_out": months.left_out(before) if before else "",
    }


def template(name: str) -> Template:
    """A page of this folder, with what all of them speak with."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(file),
    )
    environment.globals.update(TRANSLATES)
    return environment.get_template(name)


def _figures(plain: dict[str, Any]) -> Callable[[str, str], Markup]:
    """Look a figure up by its dotted key, write it in words, and keep the key beside it."""

    def figure(key: str, kind: str) -> Markup:
        value: Any = plain
        for part in key.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        # The key and the kind are the template's own; what comes from files is escaped.
        text = "-" if value is None else _FORMATS[kind](value)
        return Markup('<span data-key="{}" data-as="{}">{}</span>').format(key, kind, text)

    return figure


def file(name: str) -> str:
    """The text of a template or style sheet."""
    return (resources.files("unhunch.report") / "templates" / name).read_text(encoding="utf-8")
