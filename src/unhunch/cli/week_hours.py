"""Setup's questions when notices may come: the days, the hours, and whether a night is meant."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any

from unhunch.cli.asking import line, yes
from unhunch.cli.ended import WIDTH
from unhunch.config.values import Refused, allowed, plain, read
from unhunch.core.settings import ALL_DAY, WEEKDAYS, Hours, Option, Settings, options
from unhunch.said.typed import days as typed_days
from unhunch.said.typed import hours as typed_hours
from unhunch.words import formats
from unhunch.words.translate import _

BY_KEY = {item.key: item for item in options()}


def hours_of_week(number: Iterator[int], before: Settings) -> dict[str, Any]:
    """The options to change, by key; none where the answers are what is set already."""
    set_days = tuple(day for day, hours in zip(WEEKDAYS, before.hours, strict=True) if hours)
    days = _days(next(number), set_days)
    kept = [before.hours[WEEKDAYS.index(day)] or ALL_DAY for day in days]
    hours = _hours(next(number), kept) if days else None
    wanted = dict.fromkeys(WEEKDAYS, ()) | dict(
        zip(days, [hours] * len(days) if hours is not None else kept, strict=True)
    )
    changes: dict[str, Any] = {
        f"hours.{day}": wanted[day] for day, now in zip(WEEKDAYS, before.hours, strict=True) if wanted[day] != now
    }
    if days not in (set_days, (), before.workdays):
        changes["workdays"] = days
    return changes


def _days(number: int, now: tuple[str, ...]) -> tuple[str, ...]:
    while True:
        answer = line(f"{number}. " + _("On which days may it ask?") + f" [{_shown(now)}] ")
        if not answer:
            return now
        if answer.lower() in ("never", _("never")):
            return ()
        found = _read(BY_KEY["workdays"], typed_days(answer))
        if found is not None:
            return tuple(found)


def _shown(days: tuple[str, ...]) -> str:
    if days == WEEKDAYS:
        return _("every day")
    names = formats.current().short_weekdays
    return " ".join(names[WEEKDAYS.index(day)] for day in days) or _("never")


def _hours(number: int, now: list[Hours]) -> Hours | None:
    """The hours for all these days alike; None keeps what they have."""
    item = BY_KEY["hours.mon"]
    shown = _(str(plain(item, now[0]))) if len(set(now)) == 1 else _("as they are")
    while True:
        answer = line(f"{number}. " + _("Between which hours?") + f" [{shown}] ")
        if not answer:
            return None
        found: Hours | None = _read(item, typed_hours(answer))
        if found is not None and _night_is_meant(found):
            return found


def _night_is_meant(hours: Hours) -> bool:
    for start, end in hours:
        if end <= start:
            text = plain(BY_KEY["hours.mon"], ((start, end),))
            asked = _("{hours} runs through the night, into the next morning. Is that right?").format(hours=text)
            if not yes(f"   {asked}", default=False):
                return False
    return True


def _read(item: Option, text: str) -> Any:
    """The setting, or None after saying why it is none."""
    try:
        return read(item, text)
    except Refused as refused:
        takes = _("It takes {allowed}.").format(allowed=allowed(item))
        print(
            fill(" ".join(filter(None, [refused.reason, takes])), WIDTH, initial_indent="   ", subsequent_indent="   ")
        )
        return None
