"""Wrong words."""

from unhunch.errors import Exit, UserError
from unhunch.words.translate import _


def wrong(what: str, remedy: str) -> UserError:
    """Wrong words: nothing was done."""
    return UserError(what, _("Nothing was done."), remedy, Exit.WRONG)
