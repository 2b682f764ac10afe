"""What to type instead of pressing a button, for servers and systems that draw none."""

from unhunch.ports import Notice
from unhunch.words.translate import _

EXPLAIN = "explain"
"""The key of a click on a notice without buttons: it shows why, and answers nothing."""
COMMANDS = {
    "start": "unhunch start",
    "snooze": "unhunch snooze",
    "skip": "unhunch skip",
    "stand": "unhunch stand",
    "open": "unhunch week --back 1 --open",
    "choose": "unhunch week --back 1 --choose 1",
}
"""A button's key -> the command that does the same. A button without one is left out of the text."""


def commands(notice: Notice) -> list[str]:
    """The commands that stand for the notice's buttons, in their order."""
    return [COMMANDS[button.key] for button in notice.buttons if button.key in COMMANDS]


def body_with_commands(notice: Notice) -> str:
    """The notice's text and, on a line of its own, what to type: "In a terminal: unhunch start, unhunch snooze"."""
    typed = commands(notice)
    if not typed:
        return notice.body
    return "\n".join(filter(None, (notice.body, _("In a terminal: {commands}").format(commands=", ".join(typed)))))
