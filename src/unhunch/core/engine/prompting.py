"""Prompts in the making: what becomes due is shown, held, taken back, escalated (MODEL 3 and 4).

What is decided is in ladder.py and after_gap.py; here it is carried out, as facts and effects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unhunch.core import messages as m
from unhunch.core.engine.work import NO_BODY, Bubble, Ledger
from unhunch.core.facts import Kind
from unhunch.core.messages import Prompt
from unhunch.core.presence.reading import SITTING, Presence
from unhunch.core.presence.scene import Scene
from unhunch.core.programme import upcoming
from unhunch.core.prompts import after_gap, due, ladder
from unhunch.core.state import calendar


@dataclass(slots=True)
class Prompter(Ledger):
    """Carries out what the ladder, the stand-up notice, the week and the question after a gap ask for."""

    def _due(self, scene: Scene) -> None:
        of, number = due.asked_today(self.st, self.s), self.st.today.resolved + 1
        body = {"number": number, "of": of, "sitting_min": round((self.st.today.best + scene.proven) / 60, 1)}
        self._record(Kind.DUE, body)
        self._happened("owed", body)

    def _top(self) -> int:
        return due.top_step(self.st, self.s)

    def _size(self) -> str:
        return upcoming.size(self.st.programme, self.st.today.date, self.s)

    def _bubble(self, scene: Scene) -> None:
        """Take the notice back from an empty chair, and notice when it has been ignored."""
        bubble = self.now.bubble
        away = scene.presence not in SITTING or (
            scene.most > self.s.pause_longest and scene.presence is not Presence.CALL
        )
        if bubble and (away or scene.presence is Presence.CALL or scene.session):
            unseen = away and not scene.session and self.t - bubble.since <= self.s.free_withdrawn
            self._withdraw("away" if away else "call", unseen=unseen)
        owed, tally = self.st.owed, self.st.tally
        if owed and owed.step > owed.ignored and not owed.returning and owed.clock >= self.s.ignored_after:
            self._record(Kind.IGNORED, {"what": "session", "step": owed.step})
        if tally.nudge_open and self.t - self.st.reading.nudged_at >= self.s.ignored_after and not away:
            self._record(Kind.IGNORED, {"what": "nudge", "step": 0})

    def _hold(self, scene: Scene, elapsed: float) -> str | None:
        """What holds prompts now. The ladder's clock runs only between two looks at which nothing did."""
        before = self.now.hold
        step = 1
        if self.st.owed:
            next_rung = ladder.rung(self.st.owed, self._top(), self.s)
            step = next_rung.step if next_rung else self.st.owed.step
        why = ladder.hold(self.st, scene, self.s, step)
        if why != before:
            self.now = self.now._replace(hold=why, hold_since=self.t)
            self._happened("hold", {"why": why})
        owed = self.st.owed
        if owed and why is None and before is None and owed.since < self.t:
            self.st = self.st._replace(owed=owed._replace(clock=owed.clock + elapsed))
        elif owed and why == before == "fullscreen":
            self.st = self.st._replace(owed=owed._replace(fullscreen=owed.fullscreen + elapsed))
        self._record_hold(why)
        return why

    def _record_hold(self, why: str | None) -> None:
        """While a session is owed, holds are history: the weekly summary names them."""
        worth = why if self.st.owed and why not in ("away", "session", "snoozed") else None
        if worth == self.now.held:
            return
        self._close(Kind.HELD)
        self.now = self.now._replace(held=worth)
        if worth:
            self._open(Kind.HELD, {"why": worth})

    def _ladder(self, scene: Scene) -> None:
        st, s = self.st, self.s
        if st.owed:
            move = ladder.ladder(st, scene, self._top(), s)
            if move is None:
                return
            if move.act == "lapse":
                self._withdraw("lapsed")
                self._record(Kind.LAPSED, {"as": move.reason})
                self._happened("lapsed", {"as": move.reason})
            else:
                self._show_session(move, scene)
            return
        why = ladder.nudge(st, scene, s)
        if why:
            self._show(Prompt("nudge", text=st.shown), why, scene)
            return
        week = calendar.week_is_news(st, self.at, s)
        if week and self.now.bubble is None and ladder.natural_pause(st, scene, s.pause_first, s):
            self._show(Prompt("week", note=week, text=st.shown), "pause", scene, {"week": week})
            return
        self._ask_after_gap(scene)

    def _ask_after_gap(self, scene: Scene) -> None:
        gap = self.now.gap_to_ask
        if gap is None or self.now.bubble is not None:
            return
        if after_gap.over(gap, self.t, self.s) or not after_gap.waits(gap, self.st, self.s):
            self.now = self.now._replace(gap_to_ask=None)
            return
        why = after_gap.moment(gap, scene, self.s)
        if why:
            start, end = (self.at.wall - (self.t - t) for t in gap)
            prompt = Prompt("ask", step=0, note=after_gap.ABOUT, gap=(start, end), utc_offset=self.at.utc_offset)
            self.now = self.now._replace(gap_to_ask=None)
            self._show(prompt, why, scene, {"about": after_gap.ABOUT})

    def _show_session(self, move: ladder.Move, scene: Scene) -> None:
        owed = self.st.owed
        assert owed is not None  # the ladder moves only an owed session
        sound = move.step == 3 and self.s.sound and self.st.today.sounds < self.s.cap_sounds
        asks = move.step == 1 and not owed.returning and due.question_due(self.st, self.s)
        prompt = Prompt(
            "ask" if asks else "session",
            step=move.step,
            number=owed.number,
            of=owed.of,
            size=self._size(),
            note="less" if asks else "",
            morning=not asks and upcoming.morning_due(self.st.programme, self.st.today.date, self.s),
            sound=sound,
            critical=move.step == 3 and self.s.pierce_quiet,
            text=self.st.shown,
        )
        bubble = Bubble(prompt, self.t, free=owed.returning, returning=owed.returning, clock=owed.clock)
        about = {"about": "less"} if asks else {}
        self._show(prompt, move.reason, scene, {"sound": sound, "free": owed.returning, **about}, bubble)

    def _show(
        self,
        prompt: Prompt,
        reason: str,
        scene: Scene,
        more: Mapping[str, Any] = NO_BODY,
        bubble: Bubble | None = None,
    ) -> None:
        body = {
            "what": prompt.what,
            "step": prompt.step if prompt.what in ("session", "ask") else 0,
            "reason": reason,
            "pause_s": round(scene.least, 1),
            **more,
        }
        self._record(Kind.SHOWN, body)
        self.now = self.now._replace(bubble=bubble or Bubble(prompt, self.t))
        self.effects.append(m.Show(prompt))
        self._happened("prompt", body)

    def _withdraw(self, why: str, *, unseen: bool = False) -> None:
        bubble = self.now.bubble
        if bubble is None:
            return
        self.effects.append(m.Withdraw(why))
        body: dict[str, Any] = {"why": why, "what": bubble.prompt.what, "unseen": unseen}
        if unseen:
            body |= {
                "step": bubble.prompt.step,
                "free": bubble.free,
                "returning": bubble.returning,
                "sound": bubble.prompt.sound,
                "clock": bubble.clock,
                "about": bubble.prompt.note,
            }
        self._record(Kind.WITHDRAWN, body)
        self.now = self.now._replace(bubble=None)
