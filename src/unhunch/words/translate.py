"""The language that people are spoken to in. Every text that somebody sees goes through here; the names are gettext's.

English until `speak` names a catalogue, which the outermost layer does once (language.py). Within `speaking` it is
another one, for what runs in that block and for nobody else: the daemon answers each in their own language. What
programs read (facts, JSON keys, the log) stays as it is.

    _("Session {number} of {of} today.").format(number=1, of=2)     placeholders have names: order differs by language
    ngettext("{count} session", "{count} sessions", n).format(count=n)
    pgettext("of a session", "Short")                               where one English word needs two translations
    HOLDS = {"call": N_("a call")} ... _(HOLDS["call"])              a constant is marked, and translated when used
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from unhunch.marked import N_ as N_
from unhunch.tuples import NamedTuple


class Catalogue(Protocol):
    """What is needed of gettext.NullTranslations and its kin."""

    def gettext(self, message: str) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...
    def pgettext(self, context: str, message: str) -> str: ...


class Tongue(NamedTuple):
    """A language: its code (ISO 639-1) and its catalogue; None is English, as the texts are written."""

    code: str = "en"
    catalogue: Catalogue | None = None


_usual = Tongue()
_here: ContextVar[Tongue | None] = ContextVar("tongue", default=None)


def speak(code: str, catalogue: Catalogue | None) -> None:
    """From now on in this language, wherever no other one is spoken."""
    global _usual
    _usual = Tongue(code, catalogue)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """In the block, and in what it awaits and begins, in this language."""
    before = _here.set(tongue)
    try:
        yield
    finally:
        _here.reset(before)


def language() -> str:
    """The code of the language that is spoken: "en", "de", ..."""
    return (_here.get() or _usual).code


def _(message: str) -> str:
    """The text in the language of the user."""
    catalogue = (_here.get() or _usual).catalogue
    return catalogue.gettext(message) if catalogue and message else message


def ngettext(one: str, many: str, n: float) -> str:
    """The text for `n` things. Fractions are many."""
    catalogue = (_here.get() or _usual).catalogue
    if catalogue:
        return catalogue.ngettext(one, many, 1 if n == 1 else 2)
    return one if n == 1 else many


def pgettext(context: str, message: str) -> str:
    """The text in a context that English does not need to tell apart."""
    catalogue = (_here.get() or _usual).catalogue
    return catalogue.pgettext(context, message) if catalogue else message
