"""The notice of the week that ended: its two headline figures, and its one choice as a button.

The figures are the report's own, read by a process of its own, so that the two cannot disagree and the daemon need
not hold weeks of history. If that fails, what the engine remembers of those days has to do.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from unhunch.adapters.surroundings.child import output
from unhunch.core.settings import Settings
from unhunch.core.state.state import State
from unhunch.core.week.dates import back, seven
from unhunch.tuples import NamedTuple
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

SECONDS = 20.0
"""A busy machine reads ten years in a fraction of this."""
LABELS = {"hours": N_("Use these hours"), "roller": N_("I will")}
"""Buttons of what can be taken up without further questions; a step up names its number."""


class WeekNotice(NamedTuple):
    week: str
    """The first day (ISO date) of the week that ended."""
    body: str
    choice: str = ""
    """What the button takes up, a name as `unhunch week --choose` knows it; empty for no button."""
    label: str = ""


async def week_notice(begun: str, st: State, s: Settings) -> WeekNotice:
    """What to say when the week `begun` (ISO date of its first day) has begun."""
    ended = back(begun, 1)
    try:
        plain = json.loads(await _summary(ended))
        sitting, done, asked = plain["sitting"]["best"], plain["done"], plain["asked"]
    except (OSError, TimeoutError, ValueError, KeyError, TypeError):
        return WeekNotice(ended, headline(*remembered(st, ended, s)))
    choice, label = _choice(plain, st)
    said = [headline(sitting, done, asked)]
    if choice:
        said.append(_("For next week: {choice}").format(choice=plain["choice"]["text"]))
    return WeekNotice(ended, " ".join(said), choice, label)


def headline(minutes: float, done: int, asked: int | None) -> str:
    """The two figures: minutes of sitting (best), and sessions; `asked` None when that is not known."""
    if asked:
        text = ngettext(
            "{time} at your desk, {count} session done of {asked} asked.",
            "{time} at your desk, {count} sessions done of {asked} asked.",
            done,
        )
    else:
        text = ngettext(
            "{time} at your desk, {count} session done.", "{time} at your desk, {count} sessions done.", done
        )
    return text.format(time=formats.duration(minutes), count=done, asked=asked)


def remembered(st: State, week: str, s: Settings) -> tuple[float, int, None]:
    """Minutes of sitting on the plausible days of that week, and sessions done, as the engine counted them."""
    days = [day for day in (*st.past, st.today) if day.date in seven(week)]
    return sum(day.best for day in days if not day.flags(s)) / 60, sum(day.done for day in days), None


async def _summary(week: str) -> str:
    argv = [sys.executable, "-m", "unhunch", "week", "--of", week, "--json"]
    if sys.platform == "win32":
        raise OSError("not from here")
    async with asyncio.timeout(SECONDS + 1):
        return await output(argv, os.environ, SECONDS)


def _choice(plain: Mapping[str, Any], st: State) -> tuple[str, str]:
    """Name and label of the one choice; empty when there is none, or it asks something that a button cannot."""
    name = "" if plain["chosen"] else str(plain["choice"]["choice"])
    if name == "accept":
        offer = st.programme.offer or {"asks": True}
        return ("", "") if offer.get("asks") else (name, _("Accept {count} a day").format(count=offer["to"]))
    return (name, _(LABELS[name])) if name in LABELS else ("", "")
