"""The guided session in a terminal: the same timeline and answers as on the page, for SSH and for no browser."""

import asyncio
import contextlib
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.speech import HostVoice, Voice
from unhunch.core.session.guide import PAUSE_LIMIT, Action, Guide, is_asking, resume_point
from unhunch.core.session.routine import Routine
from unhunch.core.session.timeline import CHIME_LEAD, Cue, Kind, Phase, Timeline
from unhunch.session import questions
from unhunch.session.ending import interrupted_when_ended, run_until_ended, undisturbed
from unhunch.session.guided import GuidedSession, Stage
from unhunch.session.keys import keys
from unhunch.session.plan import Reporter, SessionPlan
from unhunch.session.speaking import voice_of
from unhunch.words import formats
from unhunch.words.translate import N_, _, pgettext

TICK = 0.1
"""Seconds between two looks at the clock; a breath's half takes some 3.5 s."""
PULSE = 10.0
"""Seconds between two reports, as on the page."""
ASLEEP = 10.0
"""Seconds between two ticks after which nobody can have followed: the computer slept, or Ctrl-Z stopped us."""
ASK_AGAIN = 15.0
ASK_TIMES = 3

ESCAPE = "\x1b"
PAUSED_KEYS = {"a": Action.TINGLING, "x": Action.PAIN, "s": Action.STIFF, ESCAPE: Action.STOP}
ASKED_KEYS = {" ": Action.CLEARED, "a": Action.STILL, "x": Action.PAIN, ESCAPE: Action.STOP}
LEGEND_DOWN = N_("space: start now   any other key: pause")
LEGEND = N_("any key: pause")
# safety: a and x; at most 72 letters
LEGEND_PAUSED = N_("space go on  a tingling, too much  x pain, dizzy  s stiff  esc end")
# safety: space, a and x; at most 72 letters
LEGEND_ASKED = N_("space it has gone   a still there   x pain or dizzy   esc end")


def run_terminal_session(
    plan: SessionPlan,
    routine: Routine,
    reporter: Reporter,
    *,
    console: Console | None = None,
    voice: Voice | None = None,
) -> GuidedSession:
    """Guide one session of `plan.size` in this terminal and return how it ended. Ctrl-C ends it; what was done is kept.

    Questions and keys need a terminal on standard input. Without one the session runs by itself and nothing is rated,
    and a session whose screening is due is not begun: its stage stays SCREENING.
    """
    out = console or Console()
    session = GuidedSession(plan, routine, reporter, "terminal")
    can_ask = sys.stdin.isatty()
    try:
        with interrupted_when_ended():
            try:
                speaker = (voice or voice_of(routine, plan.pace)) if plan.voice else HostVoice(engines=())
                if not questions.before(session, out, _which(speaker, on=plan.voice), can_ask=can_ask):
                    return session
                session.begin(plan.size, landmark=plan.landmark, hips_raised=plan.hips_raised)
                player = _Player(session, out, speaker)
                run_until_ended(player.run(with_keys=can_ask), outlives_terminal=False)
                questions.after(session, out, can_ask=can_ask)
            finally:
                with undisturbed():
                    if session.stage is not Stage.SCREENING:
                        session.leave()
    except (KeyboardInterrupt, EOFError):
        with contextlib.suppress(OSError):  # the terminal went away
            out.print("\n" + _("Stopped."))
    return session


def _which(voice: Voice, *, on: bool) -> str:
    """Who will speak, before it begins; and how to get somebody who does."""
    if not on:
        return _("Voice off: the cues are shown. To hear them: unhunch config set session.voice true")
    if not voice.name:
        return _("No voice found: the cues are shown. For a voice: sudo apt install espeak-ng")
    return _("Voice: {name}").format(name=voice.name)


@dataclass
class _Player:
    """Plays the guide's track against the event loop's clock."""

    session: GuidedSession
    out: Console
    voice: Voice
    at: float = 0.0
    """Second of the present track."""
    track: Timeline | None = None
    paused: bool = False
    slept: bool = False
    """It is paused because the computer slept."""
    begun: list[object] = field(default_factory=list)
    """The cue and the phase that were begun last."""
    paused_at: float = 0.0
    """Second of the event loop's clock at which it was paused."""
    asked: int = 0
    ask_at: float = 0.0
    fresh: list[tuple[float, float]] = field(default_factory=list)
    saying: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def guide(self) -> Guide:
        assert self.session.guide is not None, "it has begun"
        return self.session.guide

    async def run(self, *, with_keys: bool) -> None:
        """Until the session is over or stopped."""
        loop = asyncio.get_running_loop()
        speed = self.session.plan.speed
        clock = SystemClock()
        self._load(0.0)
        last = told = loop.time()
        seen = clock.now().boot
        try:
            with keys(self.press) if with_keys else contextlib.nullcontext(), self._live() as live:
                while self.session.stage is Stage.RUNNING:
                    live.update(self.draw(), refresh=True)
                    await asyncio.sleep(TICK / max(1.0, speed / 10))
                    now, gap = loop.time(), clock.now().boot - seen
                    seen += gap
                    if gap > ASLEEP:
                        self.wake()
                    else:
                        self.advance((now - last) * speed, now)
                    last = now
                    if now - told >= PULSE and self.session.stage is Stage.RUNNING:
                        told = now
                        if not (self.paused or is_asking(self.guide, self.at)):
                            self.report()
        finally:
            await self.voice.hush()
            for task in self.saying:
                task.cancel()
            await asyncio.gather(*self.saying, return_exceptions=True)

    def _live(self) -> Live:
        return Live(console=self.out, auto_refresh=False, transient=True)

    def advance(self, seconds: float, now: float) -> None:
        """Let `seconds` of the session pass; begin what begins."""
        assert self.track is not None, "a track is loaded"
        if self.paused:
            if now - self.paused_at >= PAUSE_LIMIT / self.session.plan.speed:
                self._pause_over()
            return
        if is_asking(self.guide, self.at):
            self._ask(now)
            return
        before = self.at
        self.at = min(self.at + seconds, self.track.seconds)
        if self.guide.detour is None:
            self.fresh.append((before, self.at))
        if self.at >= self.track.seconds:
            self._track_ended()
        else:
            self._begin()
            if is_asking(self.guide, self.at):
                self._ask(now)

    def wake(self) -> None:
        """The computer slept: what was not followed does not count, and nothing goes on by itself."""
        if not (self.paused or self.guide.end is not None or is_asking(self.guide, self.at)):
            self._pause()
            self.slept = self.paused

    def press(self, key: str) -> None:
        """A key. While it plays, any that prints pauses it; once it stands, only those that are named do anything."""
        if self.session.stage is not Stage.RUNNING or self.guide.end is not None:
            return
        self.session.touched()
        if is_asking(self.guide, self.at):
            action = ASKED_KEYS.get(key.lower())
        elif self.paused:
            if key == " ":
                self._pause()
            action = PAUSED_KEYS.get(key.lower()) if key != " " else None
        elif self._gets_down() and key == " ":
            action = Action.BEGIN
        else:
            if key.isprintable() or key == ESCAPE:
                self._pause()
            return
        if action is not None and not (action is Action.STIFF and self.guide.detour):
            self._answer(action)

    def _gets_down(self) -> bool:
        return self.guide.detour is None and self.at < self.guide.line.begins

    def _answer(self, action: Action) -> None:
        at = self.at if self.guide.detour is None else self.guide.at
        self.session.add(self.fresh)
        self.fresh.clear()
        self.session.answer(action, at)
        if action is Action.STIFF:
            self.track = self.guide.track
        else:
            self.paused = False
            self._hush()
            self._load(0.0 if self.guide.detour else self.guide.at)

    def report(self) -> None:
        at = self.at if self.guide.detour is None else self.guide.at
        self.session.pulse(at, self.fresh, paused=self.paused)
        self.fresh.clear()

    def draw(self) -> RenderableType:
        """What stands on the screen: large enough words would need a page; here they are few."""
        assert self.track is not None, "a track is loaded"
        cue, phase = self._now()
        line = self.guide.line
        at = self.at if self.guide.detour is None else self.guide.at
        left = max(0, round(line.seconds - max(at, line.begins)))
        way = "" if phase is None else (_("Breathe in") if phase.way == "in" else _("Breathe out"))
        rest = (cue.end if phase is None else cue.at + phase.at + phase.seconds) - self.at
        bars = Table.grid(padding=(0, 1), expand=True)
        names = (pgettext("of a bar", "now"), pgettext("of a bar", "session"))
        bars.add_column(width=max(len(name) for name in names) + 1)
        bars.add_column(ratio=1)
        bars.add_column(width=5, justify="right")
        bars.add_row(names[0], ProgressBar(total=cue.seconds, completed=self.at - cue.at), f"{max(1, round(rest))}")
        done = ProgressBar(total=line.length, completed=max(0.0, at - line.begins))
        bars.add_row(names[1], done, formats.stopwatch(left))
        state = _("PAUSED. Space: go on") if self.paused else ""
        if self.slept and state:
            state = _("PAUSED: the computer was asleep. Space: go on")
        legend = LEGEND_DOWN if self._gets_down() else LEGEND
        if cue.kind is Kind.ASK or self.paused:
            legend = LEGEND_ASKED if cue.kind is Kind.ASK else LEGEND_PAUSED
        words = Group(
            Text(cue.shown, style="bold"),
            Text(cue.detail, style="dim"),
            Text(""),
            Text(f"{way}  {phase.show}" if phase else state, style="bold cyan"),
            Text(state if phase else "", style="bold yellow"),
            bars,
            Text(""),
            Text(_(legend), style="dim"),
        )
        return Align.left(Panel(words, title=self.session.routine.title, padding=(1, 2), width=min(76, self.out.width)))

    def _now(self) -> tuple[Cue, Phase | None]:
        assert self.track is not None, "a track is loaded"
        cue = self.track.cue_at(self.at)
        inside = self.at - cue.at
        return cue, next((p for p in cue.phases if inside < p.at + p.seconds), None)

    def _load(self, at: float) -> None:
        self.track, self.at, self.asked, self.ask_at = self.guide.track, at, 0, 0.0
        self.begun = []
        if self.session.stage is Stage.RUNNING:
            self._begin()

    def _begin(self) -> None:
        cue, phase = self._now()
        key = [cue.at, phase.at if phase else None]
        if key == self.begun:
            return
        self.begun = [*key]
        if not self.voice.name and (phase is None or phase.at == 0):
            self.out.bell()
        text, seconds = (phase.say, phase.seconds) if phase else (cue.spoken, cue.seconds)
        if text and cue.kind is not Kind.ASK:
            self._say(text, seconds)

    def _ask(self, now: float) -> None:
        """The clock stands still; the question is said up to three times, then there is silence and time."""
        if self.asked < ASK_TIMES and now >= self.ask_at:
            self.asked += 1
            self.ask_at = now + ASK_AGAIN / self.session.plan.speed
            cue, _phase = self._now()
            self._say(cue.spoken, cue.seconds)

    def _track_ended(self) -> None:
        if self.guide.detour is not None:
            self.session.rested()
        else:
            self.report()

    def _pause(self) -> None:
        if self.guide.end is not None or is_asking(self.guide, self.at):
            return
        self.paused = not self.paused
        self.slept = False
        if self.paused:
            self.paused_at = asyncio.get_running_loop().time()
            self._say(self.session.routine.pause.words.say, self.session.routine.pause.seconds)
        else:
            self._hush()
            assert self.track is not None, "a track is loaded"
            self.at = resume_point(self.track, self.at)
            self.begun = []
        self.report()

    def _pause_over(self) -> None:
        """Nobody came back: what was done is kept."""
        over = self.session.routine.pause_over
        self._say(over.words.say, over.seconds)
        self.session.paused_out()

    def _say(self, text: str, seconds: float) -> None:
        self._task(self._said(text, (seconds - CHIME_LEAD) / self.session.plan.speed))

    async def _said(self, text: str, seconds: float) -> None:
        if seconds >= 0.2:
            await self.voice.say(text, seconds)

    def _hush(self) -> None:
        self._task(self.voice.hush())

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.saying.add(task)
        task.add_done_callback(self.saying.discard)
