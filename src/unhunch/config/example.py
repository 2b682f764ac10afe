"""Draws config.example.toml from the description of the options: in English for the repository, and in the user's
language where a configuration is begun with it."""

import textwrap

from unhunch.config.values import allowed, literal, plain
from unhunch.core.settings import Option, Type, options
from unhunch.words.translate import N_, _

HEAD = N_("""\
# Unhunch's configuration, with every option at its default.
#
# Copy what you want to change to the file that 'unhunch config path' names, or let 'unhunch config edit' make it.
# 'unhunch config check' finds every mistake at once. What is not set keeps its default.
#
# Durations are written "30 min", "90 s", "2 h" or "1 h 30 min".
# Hours are written "9-17", "22:00-06:00" (over midnight), "08:00-12:00, 13:00-17:00", "all day" or "never".
# This file is generated: run 'make example' after changing src/unhunch/core/settings.py.
""")

ADVANCED = N_("""\
# The numbers of the model. They rarely need changing; remove the '#' in front of one to set it.
""")


def example() -> str:
    """The text of config.example.toml: common options set to their defaults, the others commented out at the end."""
    every = list(options())
    common = [_entry(item) for item in every if not item.advanced]
    rest = [_entry(item, off=True) for item in every if item.advanced]
    return "\n".join((_(HEAD), *common, _(ADVANCED), *rest)).rstrip("\n") + "\n"


def _entry(item: Option, *, off: bool = False) -> str:
    words = f"{_(item.help)} {_range(item)}".strip()
    comment = textwrap.fill(words, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    return f"{comment}\n{'# ' if off else ''}{item.key} = {literal(plain(item, item.default))}\n"


def _range(item: Option) -> str:
    if item.type in (Type.FLAG, Type.HOURS, Type.TEXT, Type.WORDS):  # the head or the default shows it
        return ""
    words = allowed(item, brief=True)
    return f"{words[0].upper()}{words[1:]}."
