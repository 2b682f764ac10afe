"""A command line as it was typed, answered here: the exit code and what to print, in the caller's language.

So the command needs no more of Python than a socket (instant.py). What is typed wrong, or seldom, is refused: then the
command reads it itself, the long way.
"""

import json
import os
from collections.abc import Mapping, Sequence

from unhunch.control.arguments import check
from unhunch.core.vocabulary import CHOICES
from unhunch.daemon.commands import COMMANDS, Args, Reply
from unhunch.daemon.parts import Parts
from unhunch.daemon.status import status
from unhunch.errors import Exit, UserError
from unhunch.language import ASKER, of_the_asker
from unhunch.locales import NAMES, choose
from unhunch.said.answers import answer
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
SIZES: Mapping[tuple[str, ...], str | None] = {(): None, **{(f"--{size}",): str(size) for size in CHOICES}}
"""What may follow `start`, and which size that is."""


class _Elsewhere(UserError):
    """Better read by the command itself, which has not done anything yet."""

    def __init__(self) -> None:
        super().__init__("That is read where it was typed.", "Nothing was done.", "Read it there.", Exit.WRONG)


async def typed(parts: Parts, args: Args) -> Reply:
    """The reply to `typed`. Raises UserError for what is better read by the command itself."""
    ASKER.set("_".join(choose(_env(args.get("env")), parts.host.settings.language)))
    words = args["words"]
    if words[:1] == ["status"] and tuple(words[1:]) in FORMS:
        with of_the_asker():
            return _said(shown(status(parts), FORMS[tuple(words[1:])], args.get("columns")))
    if words[:1] == ["start"] and tuple(words[1:]) in SIZES:
        return await _session(parts, SIZES[tuple(words[1:])])
    # A time of day is one of the caller's clock.
    if words and args.get("zone", "") == os.environ.get("TZ", ""):
        try:
            return await _answered(parts, words)
        except _Elsewhere:
            raise
        except UserError as error:
            return _refused(error)
    raise _Elsewhere


async def _session(parts: Parts, size: str | None) -> Reply:
    """What the session is that begins now, as JSON: who asks guides it (cli/guiding.py)."""
    try:
        plan = dict(await COMMANDS["session_plan"](parts, {}))
    except UserError as error:
        return _refused(error)
    if size and plan["size"] in CHOICES:
        plan["size"] = size
    return _said(json.dumps(plan))


def _refused(error: UserError) -> Reply:
    return {"code": error.code, "out": "", "err": f"{error}\n"}


async def _answered(parts: Parts, words: Sequence[str]) -> Reply:
    """Done as the command would have it done, and said of it what the command says."""
    with of_the_asker():
        asked = answer(words, parts.host.clock.now().local)
        if asked is None:
            raise _Elsewhere
        given = check(asked.command, asked.args)
    reply = await COMMANDS[asked.command](parts, given)
    parts.host.soon()
    with of_the_asker():
        return _said(asked.said(reply))


def _env(given: object) -> dict[str, str]:
    """What can be used of it."""
    known = given if isinstance(given, dict) else {}
    return {name: value for name in NAMES if isinstance(value := known.get(name), str)}


def _said(text: str) -> Reply:
    return {"code": Exit.DONE, "out": f"{text}\n", "err": ""}
