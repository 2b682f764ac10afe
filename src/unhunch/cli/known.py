"""What the history comes to after an import, or after one was taken back: told to the plan, and to a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli.own_history import settings
from unhunch.cli.to_daemon import ask_if_running
from unhunch.core.averages import median
from unhunch.core.codec import sound
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import DAY
from unhunch.core.settings import WEEKDAYS, Settings
from unhunch.core.week import sums
from unhunch.core.week.days import day_sums
from unhunch.core.week.lived import lived
from unhunch.core.week.machines import together
from unhunch.words import formats
from unhunch.words.translate import _, ngettext

TELLING = 366 * DAY
"""Seconds: what lies longer ago says nothing about what to expect today (policy)."""
MOST_DAYS = 200
"""So many of the last valid days are told to the engine, of which it looks at ten."""


MEASURED = (Kind.INPUT, Kind.SUM)
"""Facts that a day's sitting is counted from."""


class Known:
    """`new`: facts that an import of this number has just brought."""

    def __init__(self, store: SqliteStore, new: Sequence[Fact] = (), number: int = 0) -> None:
        s = self._settings = settings()
        now = SystemClock().now()
        recent = now.wall - TELLING
        since = min(recent, min((fact.wall for fact in new), default=now.wall) - DAY)
        facts = _all(store, since, new, number)
        pieces = together(lived(facts, s), s)
        days = day_sums(pieces)
        sums.add(days, sound(_of((Kind.SUM,), facts)), pieces)
        told = {fact.day for fact in _of(MEASURED, new)}
        self._days = sum(days[name].day.best > 0 for name in told if name in days)
        self._seconds = sum(days[name].day.best for name in told if name in days)
        others = {fact.day for fact in _of(MEASURED, facts) if fact.device and fact.wall >= recent}
        today = now.local.date().isoformat()
        self.telling = [
            (name, round(days[name].day.best, 1))
            for name in sorted(others)
            if name in days and name < today and days[name].day.valid(s)
        ][-MOST_DAYS:]

    def tell(self) -> list[str]:
        """Tell the engine, and a person in a sentence or two."""
        reply = ask_if_running("imported", {"days": [list(day) for day in self.telling]})
        if reply is None:
            from unhunch.cli.without_daemon import note_import

            reply = {"expected_min": note_import(self.telling) / 60}
        parts = []
        if self._days:
            text = ngettext("{days} day, {hours} of sitting.", "{days} days, {hours} of sitting.", self._days)
            parts.append(text.format(days=formats.whole(self._days), hours=formats.hours(self._seconds / 60)))
        usual = _usual_workday(self.telling, self._settings)
        if usual is not None:
            parts.append(_("Your usual workday is {time}.").format(time=formats.duration(usual / 60)))
        parts.append(_("The plan now expects {time} today.").format(time=formats.duration(reply["expected_min"])))
        return [" ".join(parts)]


def _all(store: SqliteStore, since: float, new: Sequence[Fact], number: int) -> list[Fact]:
    """What is in the history now; what has just been written is not read again."""
    known = {fact.key: fact for fact in store.read(since=since, besides=number)}
    for fact in new:
        known.setdefault(fact.key, fact._replace(device="") if fact.device == store.device else fact)
    checkpoint = Kind.CHECKPOINT
    return [fact for fact in known.values() if fact.kind is not checkpoint]


def _of(kinds: tuple[Kind, ...], facts: Iterable[Fact]) -> list[Fact]:
    """Those of these kinds."""
    return [fact for fact in facts if fact.kind in kinds]


def _usual_workday(days: Sequence[tuple[str, float]], s: Settings) -> float | None:
    """The middle of the last workdays, as the plan looks at them."""
    work = [best for name, best in days if WEEKDAYS[datetime.fromisoformat(name).weekday()] in s.workdays]
    return median(work[-s.expected_days :]) if len(work) >= s.expected_min_days else None
