"""Lives of weeks: days of work, days off, and somebody who answers in a set way."""

from tests.days.world import World
from unhunch.core import messages as m
from unhunch.core.bodies import BODIES, Screening
from unhunch.core.codec import read
from unhunch.core.facts import Kind
from unhunch.core.programme import rules
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Verdict

SEEN = {"discomfort": 1, "stiffness_before": 4, "stiffness_after": 2, "tingling": "none"}
"""What is told about a session that did good."""


class Life(World):
    """A world whose days are lived at a coarser grain: an input every 50 seconds is activity all the same."""

    def __init__(self, start="2026-03-02 08:59", settings=None, **more):
        self.saw, self.answers = dict(SEEN), "start"
        super().__init__(start, settings=settings or Settings(look=120.0), beat=50.0, **more)
        self.do(m.Told(self.moment(), Screening(Verdict.PASS)))

    @property
    def p(self):
        return self.st.programme

    def workday(self, hours=6.0, answers=None, begins="09:00", **saw):
        """From nine in the morning; what is shown is answered at once, or not at all."""
        self.until(begins, working=False)
        left = hours * 60
        while left > 0:
            self.work(min(left, 5.0))
            left -= 5.0
            self.react(answers or self.answers, {**self.saw, **saw})

    def react(self, answers, saw):
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

    def off(self, days):
        self.idle(days * 1440)

    def working_week(self, hours=6.0, answers=None, days=5, **saw):
        """Monday to Friday and the weekend after it, up to Monday morning."""
        for _ in range(days):
            self.workday(hours, answers, **saw)
        while self.local.weekday() != 0 or self.local.hour != 8:
            self.until("08:30", working=False)

    def tell(self, kind, **body):
        self.do(m.Told(self.moment(), read(BODIES[kind], body)))

    def decide(self, accept=True, hurt=False):
        """`plan accept` or `plan decline`, as commands.py does it."""
        assert self.p.offer is not None
        self.do(m.Told(self.moment(), rules.answer(self.p, accept=accept, hurt=hurt)))

    def decisions(self):
        """(day, rule, goal after it) of every decision."""
        kinds = (Kind.GOAL, Kind.OFFER, Kind.REVIEW)
        return [(f.day, f.body["rule"], f.body["to"], f.kind) for f in self.facts.values() if f.kind in kinds]

    def asked_on(self, date):
        return [f.body["what"] for f in self.of_kind(Kind.SHOWN) if f.day == date and not f.body.get("free")]
