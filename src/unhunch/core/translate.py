"""The language that people are spoken to in. Every text that somebody sees goes through here; the names are gettext's.

English until `speak` names a catalogue, which the outermost layer does once (language.py). It is one for the whole
process, as gettext's own is: a text knows no context that could carry it. What programs read (facts, JSON keys, the
log) stays as it is.

    _("Session {number} of {of} today.").format(number=1, of=2)     placeholders have names: order differs by language
    ngettext("{count} session", "{count} sessions", n).format(count=n)
    pgettext("of a session", "Short")                               where one English word needs two translations
    HOLDS = {"call": N_("a call")} ... _(HOLDS["call"])              a constant is marked, and translated when used
"""

from typing import Protocol


class Catalogue(Protocol):
    """What is needed of gettext.NullTranslations and its kin."""

    def gettext(self, message: str) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...
    def pgettext(self, context: str, message: str) -> str: ...


_catalogue: Catalogue | None = None
_code = "en"


def speak(code: str, catalogue: Catalogue | None) -> None:
    """From now on in the language `code` (ISO 639-1), with its catalogue; None is English, as the texts are written."""
    global _catalogue, _code
    _catalogue, _code = catalogue, code


def language() -> str:
    """The code of the language that is spoken: "en", "de", ..."""
    return _code


def spoken() -> tuple[str, Catalogue | None]:
    """What `speak` was told."""
    return _code, _catalogue


def _(message: str) -> str:
    """The text in the language of the user."""
    return _catalogue.gettext(message) if _catalogue and message else message


def ngettext(one: str, many: str, n: float) -> str:
    """The text for `n` things. Fractions are many."""
    if _catalogue:
        return _catalogue.ngettext(one, many, 1 if n == 1 else 2)
    return one if n == 1 else many


def pgettext(context: str, message: str) -> str:
    """The text in a context that English does not need to tell apart."""
    return _catalogue.pgettext(context, message) if _catalogue else message


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it
    """Marks a constant for translation. It is translated with `_` where it is used."""
    return message
