"""Some weeks for a clinician, on one A4 page: what was done, how it felt, what was told and what was decided."""

from datetime import date, timedelta

from markupsafe import Markup

from unhunch.core.settings import Settings
from unhunch.core.week.figures import HandOver, Plan, minutes
from unhunch.report import charts, programme, written
from unhunch.report.html import file, template
from unhunch.words import formats
from unhunch.words.translate import _
from unhunch.words.week import NOTE

MOST_TOLD, MOST_CHANGES = 5, 3
"""Lines of the two lists, so that it stays one page; the latest are kept, and how many came before is said."""


def render(given: HandOver, s: Settings, on: str, name: str = "") -> str:
    """A page that needs nothing else, for a browser's "Print". `on`: the ISO date of today; `name`: of the patient."""
    weeks = given.weeks
    told = programme.told_by_day([one for week in weeks for one in week.symptoms])
    changes = [(written.day_name(day), _changed(plan)) for day, plan in given.changes]
    last = date.fromisoformat(weeks[-1].first) + timedelta(days=6)
    return template(
        "hand-over.html"
    ).render(
        style=Markup(file("hand-over.css")),  # noqa: S704 - our own style sheet
        weeks=weeks,
        written=written,
        name=name,
        days=formats.days(date.fromisoformat(weeks[0].first), last).replace(" - ", " \N{EN DASH} "),
        on=formats.day(date.fromisoformat(on), year=True),
        told=told[-MOST_TOLD:],
        told_before=max(len(told) - MOST_TOLD, 0),
        changes=changes[-MOST_CHANGES:],
        changes_before=max(len(changes) - MOST_CHANGES, 0),
        stiffness=charts.stiffness_trend(weeks, 92.0, charts.EACH_WEEK),
        stops=[sum(one.what == "pain" for one in week.symptoms) for week in weeks],
        stayed=[sum(one.what == "tingling" for one in week.symptoms) for week in weeks],
        prolonged=minutes(s.prolonged),
        note=_(NOTE),
    )


def _changed(plan: Plan) -> str:
    """The decision and its reason; that of a stop stands beside it, in what was told."""
    return (programme.decision_line if plan.decision == "stop" else programme.plan_line)(plan)
