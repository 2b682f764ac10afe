"""The session's page as `make words` draws it for the built-in routine, in each language.

Whoever starts a session waits for it, and what draws pages takes longer to import than all the rest.
"""

from unhunch import language
from unhunch.words import translate

NAME = "session.page"
"""Below locale/, in each language."""


def page() -> str | None:
    """In the user's language; None where it is not kept."""
    try:
        return (language.FOLDER / translate.language() / NAME).read_text(encoding="utf-8")
    except OSError:
        return None
