"""How the page arranges the options: everyday ones by what they are about, the model's numbers by their rule."""

from collections.abc import Iterator

from unhunch.core.session.lengths import session_minutes
from unhunch.core.settings import WEEKDAYS, Option, options
from unhunch.tuples import NamedTuple
from unhunch.words import formats
from unhunch.words.translate import N_, _, pgettext


class Group(NamedTuple):
    """Options that belong together; `title` and `about` are marked for translation."""

    name: str
    title: str
    about: str
    keys: tuple[str, ...]


EVERYDAY = (
    Group(
        "when",
        N_("When it may ask"),
        N_('For each day: hours such as "9-17", several with commas, "all day" or "never".'),
        ("workdays", *(f"hours.{day}" for day in WEEKDAYS)),
    ),
    Group(
        "notices",
        N_("Notices"),
        N_("They wait for a pause in your work, and for the end of a call."),
        (
            "nudge.enabled",
            "snooze.length",
            "notices.sound",
            "ladder.top_step",
            "notices.pierce_do_not_disturb",
            "hold.shared",
            "calendar.files",
            "notices.ask_after_gap",
        ),
    ),
    Group(
        "sessions",
        N_("Sessions"),
        N_("More are offered as it goes well. What hurts is answered in the session, not here."),
        ("goal", "session.size", "session.voice", "session.routine"),
    ),
    Group("week", N_("The week"), "", ("week.notice", "week.day", "week.hour")),
    Group(
        "machine",
        N_("This computer"),
        N_("Unhunch finds out by itself what works here; 'unhunch doctor' tells."),
        ("language", "tray.enabled", "source", "calls.ignore", "sync.folder"),
    ),
)

SIZES = {
    "short": N_("Short, {count} minutes"),
    "standard": N_("Standard, {count} minutes"),
    "long": N_("Long, {count} minutes"),
}
TONGUES = {"auto": N_("As the desktop"), "en": "English", "de": "Deutsch", "es": "Español"}
"""A language is found by whoever speaks it, whatever is spoken now."""


ADVANCED = {
    "session": N_("The session"),
    "sitting": N_("What counts as sitting"),
    "day": N_("When a day turns, and when it counts"),
    "due": N_("When a session is due"),
    "nudge": N_("Notices to stand up"),
    "ladder": N_("How a notice repeats, and gives way"),
    "pause": N_("Waiting for a pause in your work"),
    "hold": N_("What holds notices back"),
    "snooze": N_("Snoozes"),
    "caps": N_("How many notices"),
    "ask": N_("Asking about gaps"),
    "programme": N_("How the programme grows and shrinks"),
    "look": N_("How often it looks"),
    "calendar": N_("Your calendar"),
    "sync": N_("Your other computers"),
}
"""The model's numbers, by the first word of their keys."""

BY_HAND = "hooks."
"""How the keys of commands begin that are run: nothing in a browser may set those, so the page does not have them."""


def on_page() -> Iterator[Option]:
    """The options that may be seen and changed on the page."""
    return (item for item in options() if not item.key.startswith(BY_HAND))


def advanced() -> Iterator[tuple[str, tuple[Option, ...]]]:
    """The title of each group of the model's numbers, and what is in it."""
    for first, title in ADVANCED.items():
        yield title, tuple(item for item in on_page() if item.advanced and item.key.partition(".")[0] == first)


def label(item: Option) -> tuple[str, str]:
    """What an option is called on the page, and what more is said of it."""
    if item.key.startswith("hours."):
        return formats.current().weekdays[WEEKDAYS.index(item.key.removeprefix("hours."))], ""
    first, _space, more = _(item.help).partition(". ")
    return first.rstrip("."), more


def choice(item: Option, value: str) -> str:
    """What one of an option's choices is called."""
    match item.key:
        case "session.size":
            return _(SIZES[value]).format(count=session_minutes(value))
        case "week.day":
            return formats.current().weekdays[WEEKDAYS.index(value)]
        case "language":
            return _(TONGUES[value])
        case "source" if value == "auto":
            return _("The best that works here")
        case "source" if value == "none":
            return pgettext("no source", "None")
        case _:
            return value
