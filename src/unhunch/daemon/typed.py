"""A command line as it was typed, answered here: the exit code and what to print, in the caller's language.

So the command needs no more of Python than a socket (instant.py). What is typed wrong, or seldom, is refused: then the
command reads it itself, the long way.
"""

from collections.abc import Mapping

from unhunch.daemon.commands import Args, Reply
from unhunch.daemon.parts import Parts
from unhunch.daemon.status import status
from unhunch.errors import Exit, UserError
from unhunch.language import ASKER, of_the_asker
from unhunch.locales import NAMES, choose
from unhunch.said.status import shown

FORMS: Mapping[tuple[str, ...], str | None] = {
    (): None,
    ("--json",): "json",
    ("--format", "waybar"): "waybar",
    ("--format=waybar",): "waybar",
    ("--format", "plain"): "plain",
    ("--format=plain",): "plain",
}
"""What may follow `status`, and which form that is."""


async def typed(parts: Parts, args: Args) -> Reply:
    """The reply to `typed`. Raises UserError for what is better read by the command itself."""
    ASKER.set("_".join(choose(_env(args.get("env")), parts.host.settings.language)))
    name, *words = args["words"] or [""]
    if name == "status" and tuple(words) in FORMS:
        with of_the_asker():
            return _said(shown(status(parts), FORMS[tuple(words)], args.get("columns")))
    raise UserError("That is read where it was typed.", "Nothing was done.", "Read it there.", Exit.WRONG)


def _env(given: object) -> dict[str, str]:
    """What can be used of it."""
    known = given if isinstance(given, dict) else {}
    return {name: value for name in NAMES if isinstance(value := known.get(name), str)}


def _said(text: str) -> Reply:
    return {"code": Exit.DONE, "out": f"{text}\n", "err": ""}
