"""A week's one choice, taken up with what follows from it, and taken back."""

from collections.abc import Callable

from unhunch.cli.to_daemon import ask_if_running, tell
from unhunch.core.settings import Settings
from unhunch.core.week import choice
from unhunch.core.week.figures import Option
from unhunch.paths import Paths
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _
from unhunch.words.week import option_text


class Taken(NamedTuple):
    """What was done, in words, and how to take it back (which returns words, too)."""

    said: str
    back: Callable[[], str]


def take(week: str, option: Option, s: Settings) -> Taken:
    """Take `option` up for the week that begins on `week`. Raises UserError, StoreError, ConfigError."""
    answers = option.choice in (choice.ACCEPT, choice.DECLINE)
    reply = tell("plan_answer", {"accept": option.choice == choice.ACCEPT}) if answers else {}
    restore = _set_hours(option, s) if option.choice == choice.HOURS else None
    tell("choice", {"week": week, "choice": option.choice, "answer": choice.TAKEN})

    def back() -> str:
        tell("undo")
        if answers:
            tell("undo")
        if restore is not None:
            restore()
        return _("Taken back; everything is as it was.")

    return Taken(str(reply.get("text") or _("Stored. You chose: {choice}").format(choice=option_text(option))), back)


def _set_hours(option: Option, s: Settings) -> Callable[[], None]:
    """The proposed hours, on workdays, into the configuration. Returns what brings the old ones back."""
    from unhunch.config.edit import replace, write
    from unhunch.config.values import parse_hours

    path = Paths.find().config_file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    write(path, {f"hours.{day}": parse_hours(option.hours or "") for day in s.workdays})
    ask_if_running("reload")
    after = path.read_text(encoding="utf-8")

    def restore() -> None:
        if path.read_text(encoding="utf-8") == after:  # else somebody has gone on editing, and knows better
            replace(path, before)
            ask_if_running("reload")

    return restore
