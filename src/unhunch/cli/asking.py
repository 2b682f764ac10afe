"""Questions to a person at a terminal. Leaving them, by Ctrl-C or Ctrl-D, is a KeyboardInterrupt."""

from unhunch.line import read_line
from unhunch.said.typed import is_no, is_yes
from unhunch.words.translate import _


def yes(question: str, *, default: bool | None) -> bool:
    """Ask until it is yes or no; an empty line means the default, where there is one."""
    choice = {True: _("[Y/n]"), False: _("[y/N]"), None: _("[y/n]")}[default]
    while True:
        answer = line(f"{question} {choice} ")
        if is_yes(answer):
            return True
        if is_no(answer):
            return False
        if not answer and default is not None:
            return default
        print("   " + _("Answer yes or no."))


def line(question: str) -> str:
    try:
        return read_line(question).strip()
    except EOFError:
        raise KeyboardInterrupt from None
