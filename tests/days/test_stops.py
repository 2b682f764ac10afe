"""Days of stops, undos, slips, corrections and restarts, beside a book that counts the stops by itself (MODEL 5).

Never lost, never doubled, never got around, never final by mistake.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.days.world import World, check_fold
from tests.examples import examples
from unhunch.control import events
from unhunch.core.facts import Kind
from unhunch.core.programme import stops, upcoming
from unhunch.core.programme.record import Programme
from unhunch.core.prompts import due
from unhunch.core.settings import Settings
from unhunch.errors import UserError
from unhunch.words.session import session_plan

GOOD = {"discomfort": 1}
TOLD: Mapping[str, Mapping[str, object]] = {
    "good": GOOD,
    "amber": {"discomfort": 4},
    "unrated": {},
    "pain": {"branches": ["pain"]},
    "hurt": {"discomfort": 7},
    "tingling": {"tingling": "persisted"},
    "tingling, denied in the form": {"branches": ["tingling-persisted"], "tingling": "none"},
}
RED = ("pain", "hurt")
RATES = ("good", "amber", "hurt")
"""These say how much discomfort there was."""
MEANWHILE = ("", "", "amend", "kill", "restart", "undo", "form")
"""What happens while a session runs or its form is open."""
STOPS = (*RED, "tingling", "tingling, denied in the form")


class Line:
    """One thing that was told, as the book has it."""

    def __init__(
        self,
        day: str,
        what: str,
        said: str = "",
        of: str = "",
        undoable: bool = True,
        stops: bool = False,
        slipped: "Line | None" = None,
    ) -> None:
        self.day, self.what, self.said, self.of = day, what, said, of
        self.undoable, self.stops, self.slipped = undoable, stops, slipped


Sessions = dict[str, tuple[list[Line], Line]]
"""What was told of each, and the last that said how much discomfort there was."""


class Book:
    """What was told, in order, and what has to follow from it: written without a look at the engine."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def _walk(self) -> tuple[Sessions, set[str], Line | None]:
        """Sessions since the last confirmation, with what was told; other reasons; the stop that may be taken back."""
        sessions: Sessions = {}
        others: set[str] = set()
        open_stop: Line | None = None
        for line in self.lines:
            if line.what == "session":
                sessions[line.of] = [line], line
            elif line.what == "rate" and line.of in sessions:
                lines, last = sessions[line.of]
                sessions[line.of] = [*lines, line], line if line.said in RATES else last
            elif line.what in ("red-flag", "still"):
                was_off = self._off(sessions, others)
                others.add(line.what)
                open_stop = None if was_off else line
            elif line.what == "confirmed":
                sessions, others, open_stop = {}, set(), None
            elif line.what == "slip":
                target = line.slipped
                assert target is not None
                if target.what in ("red-flag", "still"):
                    others.discard(target.what)
                elif target.of in sessions:
                    sessions[target.of][0].remove(target)
                open_stop = None
            if line.stops and line.what in ("session", "rate"):
                open_stop = line
        return sessions, others, open_stop

    @staticmethod
    def _off(sessions: Sessions, others: set[str]) -> bool:
        reds: list[bool] = []
        tingles = False
        for lines, last in sessions.values():
            red = any(line.said in RED for line in lines)
            if red or (last in lines and last.said in RATES):
                reds.append(red)
            tingles = tingles or any("tingling" in line.said for line in lines)
        return bool(others) or tingles or any(a and b for a, b in pairwise(reds))

    def off(self) -> bool:
        sessions, others, _stop = self._walk()
        return self._off(sessions, others)

    def rests(self, day: str) -> bool:
        return any(
            line.day == day and (line.what == "slip" or (line.stops and line.what in ("session", "rate")))
            for line in self.lines
        )

    def stop_of(self, day: str) -> Line | None:
        """The stop that was told last on a day and was neither taken back nor confirmed."""
        _sessions, _others, stop = self._walk()
        return stop if stop and stop.day == day else None

    def may_slip(self, day: str) -> bool:
        slips = [date.fromisoformat(line.day) for line in self.lines if line.what == "slip"]
        recent = slips and (date.fromisoformat(day) - slips[-1]).days < 28
        return self.stop_of(day) is not None and not recent

    def last(self, day: str) -> Line | None:
        """What `undo` would take back."""
        last: Line | None = None
        for line in self.lines:
            if line.day == day and line.undoable:
                last = line
            if line.what == "slip" and last is line.slipped:
                last = None
        return last

    def stopping_sessions(self) -> set[str]:
        """Keys of all sessions that brought a stop and keep it."""
        slipped = [line.slipped for line in self.lines if line.what == "slip"]
        return {line.of for line in self.lines if line.of and line.stops and line not in slipped}


class Days(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.w = World("2026-03-02 09:00", settings=Settings(look=300.0), beat=60.0)
        self.book, self.sessions, self.keys = Book(), 0, 0
        assert self.do("screening", verdict="pass")
        self.book.lines.append(Line(self.day, "pass"))

    @property
    def day(self) -> str:
        return self.w.st.today.date

    @property
    def p(self) -> Programme:
        return self.w.st.programme

    def do(self, command: str, **args: Any) -> bool:
        """As the daemon and the command line do it. False when it is refused."""
        try:
            event = events.event(command, self.w.st, self.w.moment(), args, self.w.s)
        except UserError as error:
            assert error.what
            assert error.means
            assert error.remedy
            return False
        self.w.do(event)
        self.w.tick(1)
        return True

    # A session

    @rule(said=st.sampled_from(sorted(TOLD)), meanwhile=st.sampled_from(MEANWHILE))
    def session(self, said: str, meanwhile: str) -> None:
        try:
            events.check_start(self.w.st, self.day)
        except UserError as error:
            assert self.book.off() or self.book.rests(self.day)
            assert "--slip" in error.remedy or not self.book.stop_of(self.day)
            return
        assert not self.book.off()
        if session_plan(self.p, self.day, self.w.s)["recovery_due"]:
            assert self.do("recovery", feels="gone")
            self.book.lines.append(Line(self.day, "gone"))
        self.sessions += 1
        self.keys += 1
        key = f"{self.keys}"
        assert self.do("session", event="began", key=key, size="short", source="page")
        self.w.tick(20)
        done = said not in ("pain",)
        body: dict[str, object] = {"size": "short", "source": "page", "key": key, **TOLD[said]}
        assert self.do("session", event="pulse", **body)
        self.between(meanwhile)
        self.w.tick(20)
        assert self.do("session", event="ended", status="done" if done else "partial", **body)
        self.w.look()
        self.book.lines.append(
            Line(self.day, "session", said, f"session:{key}", undoable=done or said in STOPS, stops=said in STOPS)
        )

    def between(self, meanwhile: str) -> None:
        if meanwhile == "amend":
            self.amend()
        elif meanwhile == "kill":
            self.kill()
        elif meanwhile == "restart":
            self.restart()
        elif meanwhile == "undo":
            self.undo()
        elif meanwhile == "form":
            self.w.idle(50)

    @rule(said=st.sampled_from(["good", "hurt", "tingling"]))
    def rate(self, said: str) -> None:
        last = self.p.last
        if self.do("rate", **TOLD[said]):
            assert last is not None
            self.book.lines.append(Line(self.day, "rate", said, last.key, stops=said in STOPS))

    @rule(said=st.sampled_from(["good", "hurt", "tingling"]))
    def log(self, said: str) -> None:
        before = {fact.key for fact in self.w.of_kind(Kind.SESSION)}
        if self.do("log", ended=self.w.wall, **TOLD[said]):
            (key,) = {fact.key for fact in self.w.of_kind(Kind.SESSION)} - before
            self.book.lines.append(Line(self.day, "session", said, key, stops=said in STOPS))
            self.sessions += 1
        else:
            assert said == "good"

    # What is asked and answered

    @precondition(lambda self: stops.recovery_due(self.p, self.day))
    @rule(feels=st.sampled_from(["gone", "still", "worse"]))
    def recovery(self, feels: str) -> None:
        assert self.do("recovery", feels=feels)
        self.book.lines.append(Line(self.day, "gone" if feels == "gone" else "still", stops=feels != "gone"))

    @rule(verdict=st.sampled_from(["pass", "ask-doctor", "confirmed"]))
    def screening(self, verdict: str) -> None:
        done = self.do("screening", verdict=verdict)
        assert done == {"pass": not self.book.off(), "ask-doctor": True, "confirmed": self.book.off()}[verdict]
        if done:
            what = {"ask-doctor": "red-flag"}.get(verdict, verdict)
            self.book.lines.append(Line(self.day, what, stops=what == "red-flag"))

    @rule()
    def morning(self) -> None:
        before = any(line.what == "session" and line.day < self.day for line in self.book.lines)
        done = self.do("morning", feels="same")
        assert done or not before, "who had a session, broken off or not, can tell of the morning after it"
        if done:
            self.book.lines.append(Line(self.day, "morning"))

    # What is taken back

    @rule()
    def undo(self) -> None:
        last, stop = self.book.last(self.day), self.book.stop_of(self.day)
        done = self.do("undo")
        assert done == (last is not None and last is not stop)
        if done:
            assert last is not None
            self.book.lines.remove(last)
            if last.what == "session":
                self.sessions -= 1

    @rule()
    def slip(self) -> None:
        stop, may = self.book.stop_of(self.day), self.book.may_slip(self.day)
        done = self.do("undo", slip=True)
        assert done == may, "a stop is final only after a second slip, or on another day"
        if done:
            self.book.lines.append(Line(self.day, "slip", undoable=False, slipped=stop))
            assert stops.recovery_due(self.p, self.day) or self.book.off()
            assert upcoming.size(self.p, self.day, self.w.s) == "easy"

    @rule()
    def amend(self) -> None:
        assert self.do("amend", **{"from": self.w.wall - 1800, "to": self.w.wall - 900, "as": "away"})
        last = self.book.last(self.day)
        # It is the last answer now, and the book does not count corrections: it is taken back at once.
        assert self.do("undo")
        assert self.book.last(self.day) is last

    # Time, and what happens to the machine

    @rule(days=st.sampled_from([1, 1, 1, 3, 27, 28]))
    def next_day(self, days: int) -> None:
        before = self.day
        nine = self.w.local.replace(hour=9, minute=0, second=0)
        self.w.power_off(days * 1440 - (self.w.local - nine).total_seconds() / 60)
        self.w.work(2)
        assert (date.fromisoformat(self.day) - date.fromisoformat(before)).days == days

    @rule()
    def kill(self) -> None:
        self.w.kill()
        self.w.tick(5)
        self.w.start()

    @rule()
    def restart(self) -> None:
        self.w.stop()
        self.w.tick(5)
        self.w.start()

    # What holds

    @invariant()
    def the_engine_agrees_with_the_book(self) -> None:
        if not hasattr(self, "w"):
            return
        assert self.p.stopped == self.book.off(), "lost, got around, or final by mistake"
        assert stops.resting(self.p, self.day) == self.book.rests(self.day)
        assert due.is_off(self.w.st) == (self.book.off() or self.book.rests(self.day))
        assert stops.may_slip(self.p, self.day, self.w.s) == self.book.may_slip(self.day)
        told = [one for one in self.p.told if one.stops]
        assert {one.key for one in told} == self.book.stopping_sessions(), "lost or doubled"
        assert len({one.key for one in self.p.told}) == len(self.p.told)

    @invariant()
    def nothing_is_stored_twice(self) -> None:
        if not hasattr(self, "w"):
            return
        undone = {fact.body["fact"] for fact in self.w.of_kind(Kind.UNDO)}
        going_on = self.w.running.now.open.get(Kind.SESSION)
        stored = [f for f in self.w.of_kind(Kind.SESSION) if f.key not in undone]
        assert len(stored) == self.sessions or going_on

    def teardown(self) -> None:
        if hasattr(self, "w"):
            check_fold(self.w)


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)
