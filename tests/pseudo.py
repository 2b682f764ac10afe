"""A language in which every translated text is between marks: whatever stands outside went past the catalogues."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from unhunch.words import translate

LEFT, RIGHT = "⟦", "⟧"


class Marked:
    """A catalogue whose every translation is the original, between marks."""

    def gettext(self, message: str) -> str:
        return self._marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._marked(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        del context
        return self._marked(message)

    @staticmethod
    def _marked(message: str) -> str:
        return f"{LEFT}{message}{RIGHT}"


@contextmanager
def speaking() -> Iterator[None]:
    """Speak it while the block runs."""
    translate.speak("qps", Marked())
    try:
        yield
    finally:
        translate.speak("en", None)


def outside(text: str) -> str:
    """What stands outside of all marks. Each piece is a line of its own."""
    found, depth = [], 0
    for piece in re.split(f"([{LEFT}{RIGHT}])", text):
        depth += (piece == LEFT) - (piece == RIGHT)
        if not depth and piece not in (LEFT, RIGHT):
            found.append(piece)
    return "\n".join(found)
