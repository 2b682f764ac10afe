"""What people do: they answer, begin and end sessions, correct, take back. Each becomes a fact, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from unhunch.core import messages as m
from unhunch.core.engine.prompting import Prompter
from unhunch.core.facts import Kind
from unhunch.core.prompts import after_gap


@dataclass(slots=True)
class Answers(Prompter):
    """Takes in what a person says or does."""

    def _answer(self, event: m.Answered) -> None:
        owed = self.st.owed
        body: dict[str, Any] = {"action": event.action, "what": event.what, "by": event.by}
        gap = self.now.bubble.prompt.gap if self.now.bubble and event.what == "ask" else None
        if gap:
            body["about"] = after_gap.ABOUT
        elif event.action in after_gap.KINDS:
            return  # the notice has gone meanwhile
        if event.action == "snooze":
            if owed is None or owed.snoozes >= self.s.snooze_max:
                return
            body["seconds"] = None if event.until_call else event.seconds or self.s.snooze
            body["until_call"] = event.until_call
        if event.action == "skip" and owed is None:
            return
        self._tell(Kind.ANSWER, body)
        if event.action == "dismiss":
            self.now = self.now._replace(bubble=None)
        else:
            self._withdraw(event.action)
        if event.action == "start":
            self.effects.append(m.Launch(self._size()))
        elif event.action == "open":
            self.effects.append(m.OpenWeek())
        elif event.action == "stand":
            self._tell(Kind.STAND, {"by": event.by})
        elif gap and event.action in after_gap.KINDS and event.action != "away":
            self._correct(m.Corrected(event.at, *gap, event.action))

    def _session_began(self, body: Mapping[str, Any]) -> None:
        self._withdraw("started")
        self._close(Kind.SESSION)
        self._open(Kind.SESSION, {**body, "status": "partial"})
        self.now = self.now._replace(session_pulse=self.t)
        self.urgent = True
        self._happened("session", {"is": "began"})

    def _session_pulse(self, body: Mapping[str, Any]) -> None:
        span = self.now.open.get(Kind.SESSION)
        if span is None:
            return
        opened = {**self.now.open, Kind.SESSION: span._replace(body={**(span.body or {}), **body, "status": "partial"})}
        self.now = self.now._replace(open=MappingProxyType(opened), session_pulse=self.t)
        if self.t - self.now.written >= self.s.flush:
            self.urgent = True

    def _session_ended(self, body: Mapping[str, Any]) -> None:
        span = self.now.open.get(Kind.SESSION)
        if span is None:
            self._tell(Kind.SESSION, body)
            return
        opened = {**self.now.open, Kind.SESSION: span._replace(body={**(span.body or {}), **body})}
        self.now = self.now._replace(open=MappingProxyType(opened))
        self._close(Kind.SESSION)
        self.urgent = True
        self._happened("session", {"is": "ended", "status": body.get("status", "partial")})

    def _correct(self, event: m.Corrected) -> None:
        self._tell(Kind.CORRECTION, {"from": event.start, "to": event.end, "as": event.presence})
        self._flush()
        self.effects.append(m.Refold(event.start))

    def _undo(self) -> None:
        key, _kind = self.st.last_answer
        if not key:
            return
        self._withdraw("undone")
        self._record(Kind.UNDO, {"fact": key})
        self._flush()
        self.effects.append(m.Refold(self.at.wall))
