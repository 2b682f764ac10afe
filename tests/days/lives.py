"""Lives of weeks: days of work, days off, and somebody who answers in a set way."""

from collections.abc import Mapping
from typing import Any

from tests.days.world import World
from unhunch.core import messages as m
from unhunch.core.bodies import BODIES, Screening
from unhunch.core.codec import read
from unhunch.core.facts import Kind
from unhunch.core.programme import rules
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Verdict

SEEN = {"discomfort": 1, "stiffness_before": 4, "stiffness_after": 2, "tingling": "none"}
"""What is told about a session that did good."""


class Life(World):
    """A world whose days are lived at a coarser grain: an input every 50 seconds is activity all the same."""

    def __init__(self, start: str = "2026-03-02 08:59", settings: Settings | None = None, **more: Any) -> None:
        self.saw: dict[str, Any] = dict(SEEN)
        self.answers = "start"
        super().__init__(start, settings=settings or Settings(look=120.0), beat=50.0, **more)
        self.do(m.Told(self.moment(), Screening(Verdict.PASS)))

    @property
    def p(self) -> Programme:
        return self.st.programme

    def workday(self, hours: float = 6.0, answers: str | None = None, begins: str = "09:00", **saw: Any) -> None:
        """From nine in the morning; what is shown is answered at once, or not at all."""
        self.until(begins, working=False)
        left = hours * 60
        while left > 0:
            self.work(min(left, 5.0))
            left -= 5.0
            self.react(answers or self.answers, {**self.saw, **saw})

    def react(self, answers: str, saw: Mapping[str, Any]) -> None:
        if self.bubble is None or answers == "ignore":
            return
        what = self.bubble.what
        if what == "session" and answers in ("start", "skip"):
            self.answer(answers, by="notice")
            if answers == "start":
                self.session(**saw)
        elif what == "ask":
            self.answer("keep" if answers in ("start", "skip") else answers, what="ask", by="notice")
        elif what == "nudge":
            self.answer("dismiss", what="nudge", by="notice")

    def off(self, days: float) -> None:
        self.idle(days * 1440)

    def working_week(self, hours: float = 6.0, answers: str | None = None, days: int = 5, **saw: Any) -> None:
        """Monday to Friday and the weekend after it, up to Monday morning."""
        for _ in range(days):
            self.workday(hours, answers, **saw)
        while self.local.weekday() != 0 or self.local.hour != 8:
            self.until("08:30", working=False)

    def tell(self, kind: Kind, **body: Any) -> None:
        self.do(m.Told(self.moment(), read(BODIES[kind], body)))

    def decide(self, accept: bool = True, hurt: bool | None = False) -> None:
        """`plan accept` or `plan decline`, as commands.py does it."""
        assert self.p.offer is not None
        self.do(m.Told(self.moment(), rules.answer(self.p, accept=accept, hurt=hurt)))

    def decisions(self) -> list[tuple[str, str, int, Kind]]:
        """(day, rule, goal after it) of every decision."""
        kinds = (Kind.GOAL, Kind.OFFER, Kind.REVIEW)
        return [(f.day, f.body["rule"], f.body["to"], f.kind) for f in self.facts.values() if f.kind in kinds]

    def asked_on(self, date: str) -> list[str]:
        return [f.body["what"] for f in self.of_kind(Kind.SHOWN) if f.day == date and not f.body.get("free")]
