"""Wrong words."""

from unhunch.core.translate import _
from unhunch.errors import Exit, UserError


def wrong(what: str, remedy: str) -> UserError:
    """Wrong words: nothing was done."""
    return UserError(what, _("Nothing was done."), remedy, Exit.WRONG)
