"""The printable sheet of a routine: one A4 page with the rules, the drawings, the sizes and room for numbers."""

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from unhunch.core.session.routine import POSES, Routine
from unhunch.core.session.timeline import timeline
from unhunch.core.vocabulary import CHOICES
from unhunch.words import formats, translate
from unhunch.words.translate import _

DARK, NEVER = "@media (prefers-color-scheme: dark)", "@media not all"
"""Paper is light."""


def rendered(routine: Routine, breath_seconds: float = 8.0) -> str:
    """A page that needs nothing else, in the user's language; for a browser's "Print"."""
    templates = Environment(
        loader=PackageLoader("unhunch.session"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.globals.update(_=_, pgettext=translate.pgettext)
    code = translate.language()
    static = resources.files("unhunch.session").joinpath("static")
    style = "".join(static.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "sheet.css"))
    sizes = []
    for size in CHOICES:
        plan, line = routine.plans[size], timeline(routine, size, breath_seconds)
        sizes.append(
            {
                "label": plan.label,
                "time": formats.stopwatch(line.length),
                "places": len(plan.positions),
                "breaths": len(plan.breaths),
                "stiff": plan.stiff_spots,
                "stays": len(plan.stiff_breaths),
            }
        )
    return templates.get_template("sheet.html").render(
        routine=routine,
        language=code,
        own=routine.language if routine.language != code else "",
        style=style.replace(DARK, NEVER),
        sizes=sizes,
        poses=POSES,
    )
