"""Lines of text of a certain width: plain characters, no colour needed."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from unhunch.words.translate import _

LABEL = 16
"""Columns of the labels on the left, at least."""
NARROWEST, FOLDED, WIDEST = 32, 72, 110
"""Longer lines are hard to read; on shorter ones than FOLDED what stands beside something stands below it."""
INDENT = 2
BEST, HIGH, USUAL = "▆", "╌", "│"
PROLONGED, SHORTER, UNSEEN, SESSION, PARTIAL = "▆", "▂", "░", "●", "○"
"""Blocks that leave a line free, so that rows stay apart."""

_ASCII = str.maketrans(
    {"▆": "#", "╌": "-", "│": "|", "▂": "_", "░": ":", "●": "o", "○": "c", "─": "-", "\N{NO-BREAK SPACE}": " "}
)
BOLD, DIM, _GREEN, _AMBER = "1", "2", "32", "33"
_TINTS = {PROLONGED: _AMBER, SESSION: _GREEN, PARTIAL: _GREEN, UNSEEN: DIM}


class Paper:
    """A width in columns (32 at least, 110 at most are used), whether there is colour, and whether there is room for
    things beside each other.
    """

    def __init__(self, width: int, colour: bool) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self.colour = colour
        self.folded = self.width < FOLDED

    def text(self, lines: Iterable[str], *, ascii_only: bool = False) -> str:
        text = "\n".join(line.rstrip() for line in lines) + "\n"
        return text.translate(_ASCII) if ascii_only else text

    def heading(self, name: str) -> Iterator[str]:
        gap = self.width - len(name) - len("Unhunch")
        if gap > 0:
            yield self.tint(name, BOLD) + " " * gap + self.tint("Unhunch", DIM)
        else:
            yield from self.wrapped(name, BOLD)
        yield self.tint("─" * self.width, DIM)

    def legend(self, indent: int, *marks: tuple[str, str]) -> Iterator[str]:
        """What the marks mean, below their rows."""
        line = ""
        for item in map(" ".join, marks):
            if line and indent + len(line) + 2 + len(item) > self.width:
                yield " " * indent + self.tint(line, DIM)
                line = ""
            line += ("  " if line else "") + item
        yield " " * indent + self.tint(line, DIM)

    def field(self, label: str, text: str, code: str = "") -> Iterator[str]:
        """A label and its text, wrapped beside it; below it where there is no room."""
        if self.folded:
            if label:
                yield self.tint(label, BOLD)
            yield from self.wrapped(text, code, " " * INDENT)
            return
        room = wide(
            (_("You told"), _("Prompts"), _("Held back"), _("Best hour"), _("Last choice"), _("Next week")), LABEL
        )
        for n, line in enumerate(wrap(text, self.width - room)):
            head = f"{'' if n else label:<{room}}"
            yield self.tint(head, BOLD) + (self.tint(line, code) if code else line)

    def wrapped(self, text: str, code: str = "", indent: str = "") -> Iterator[str]:
        """A text of its own over the whole width."""
        for line in wrap(text, self.width - len(indent)):
            yield indent + (self.tint(line, code) if code else line)

    def tint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text.strip() else text

    def paint(self, row: str) -> str:
        """A row of marks, each run in its colour."""
        if not self.colour:
            return row
        cuts = [0, *(n for n in range(1, len(row)) if row[n] != row[n - 1]), len(row)]
        return "".join(
            self.tint(row[a:b], _TINTS[row[a]]) if row[a : a + 1] in _TINTS else row[a:b] for a, b in pairwise(cuts)
        )


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most so many columns, as textwrap makes them when no hyphen is looked for: that takes long to import.

    A word that is longer than a line is broken.
    """
    lines, line = list[str](), ""
    for word in text.replace("\n", " ").replace("\t", " ").split(" "):
        if not word:
            continue
        more = f"{line} {word}" if line else word
        if len(more) > width and line and len(word) <= width:
            lines.append(line)
            more = word
        while len(more) > width:
            lines.append(more[:width].rstrip(" "))
            more = more[width:].lstrip(" ")
        line = more
    return [*lines, line] if line else lines


def wide(texts: Iterable[str], least: int, *, gap: int = 1) -> int:
    """The columns that these need with a gap behind them; so many at least."""
    return max([least, *(len(text) + gap for text in texts)])
