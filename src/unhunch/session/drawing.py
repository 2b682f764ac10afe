"""The session's page as the browser gets it, drawn from its template."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from unhunch.core.session.routine import Routine
from unhunch.web.translations import block
from unhunch.words import translate
from unhunch.words.translate import _


def rendered(routine: Routine) -> str:
    """The page in the user's language. What the routine says in another one (a user's own) is marked with it."""
    templates = Environment(
        loader=PackageLoader("unhunch.session"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.globals.update(_=_, pgettext=translate.pgettext)
    code = translate.language()
    own = routine.language if routine.language != code else ""
    return templates.get_template("session.html").render(routine=routine, language=code, own=own, words=block())
