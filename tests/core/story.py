"""Facts told in local time: `Story("Europe/Berlin").typed("2026-11-09 09:00", "09:50")`."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.week.figures import Week
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import summarise

SETTINGS = Settings()


class Story:
    """One machine's facts. Times are "YYYY-MM-DD HH:MM" or, on the same date as the last one, "HH:MM".

    `fold=1` means the second of two equal times in the night in which the clock goes back.
    """

    def __init__(self, zone: str = "Europe/Berlin", device: str = "") -> None:
        self.zone = ZoneInfo(zone)
        self.device = device
        self.facts: list[Fact] = []
        self.date = ""

    def at(self, text: str, fold: int = 0) -> tuple[float, int]:
        """Unix seconds and the offset in force."""
        if len(text) > 5:
            self.date = text[:10]
        local = datetime.strptime(f"{self.date} {text[-5:]}", "%Y-%m-%d %H:%M").replace(tzinfo=self.zone, fold=fold)
        offset = local.utcoffset()
        assert offset is not None
        return local.astimezone(UTC).timestamp(), int(offset.total_seconds())

    def tell(
        self,
        kind: Kind,
        start: str,
        end: str = "",
        *,
        day: str = "",
        folds: tuple[int, int] = (0, 0),
        body: dict[str, Any] | None = None,
        **more: Any,
    ) -> Fact:
        """A fact; `day` is the date of its start unless said otherwise. `body` holds keys that are words of Python."""
        wall, offset = self.at(start, folds[0])
        date = self.date
        length = self.at(end, folds[1])[0] - wall if end else 0.0
        name = f"{self.device}{len(self.facts)}"
        fact = Fact(
            kind, wall, offset, "boot", wall - 1e9, length, day or date, {**(body or {}), **more}, name, self.device
        )
        self.facts.append(fact)
        return fact

    def typed(self, start: str, end: str, *, day: str = "", folds: tuple[int, int] = (0, 0)) -> Fact:
        """Keyboard or mouse were touched all that time."""
        return self.tell(Kind.INPUT, start, end, day=day, folds=folds)

    def ran(self, start: str, end: str, *, day: str = "", folds: tuple[int, int] = (0, 0)) -> Fact:
        """The daemon ran, and ended cleanly."""
        running = self.tell(Kind.RUNNING, start, end, day=day, folds=folds, source="mutter", ladder=[0.0, 0.0])
        self.tell(Kind.STOPPED, end, day=day, folds=(folds[1], 0))
        return running

    def session(self, at: str, *, status: str = "done", day: str = "", **body: Any) -> Fact:
        """A session that was logged."""
        return self.tell(Kind.SESSION, at, day=day, status=status, size="short", source="log", **body)

    def week(self, first: str, *others: "Story", s: Settings = SETTINGS) -> Week:
        """The summary of this story, and of other machines' beside it."""
        facts = [*self.facts, *(fact for other in others for fact in other.facts)]
        return summarise(lived(facts, s), facts, first, s)
