"""A day in a person's life, told to the real engine: three clocks moved apart, input, covers, answers.

The world looks when the engine asked for a look, as the daemon does, and keeps the facts as a store does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from unhunch.core import messages as m
from unhunch.core.bodies import Morning
from unhunch.core.engine.step import Live, step
from unhunch.core.facts import Fact, Kind
from unhunch.core.messages import Around, Prompt
from unhunch.core.moment import Moment
from unhunch.core.presence.day import Day
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.core.state import state
from unhunch.core.state.fold import fold
from unhunch.core.state.state import Owed, State
from unhunch.core.vocabulary import Feels
from unhunch.daemon.recall import corrected
from unhunch.ports import Store

MINUTE = 60.0


class World:
    def __init__(
        self,
        start: str = "2026-03-02 09:00",
        settings: Settings | None = None,
        zone: str = "Europe/Berlin",
        facts: Iterable[Fact] = (),
        rings: bool = True,
        beat: float = 4.0,
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.wall = datetime.fromisoformat(start).replace(tzinfo=self.zone).timestamp()
        self.s = settings or Settings()
        self.awake, self.boot, self.boot_id = 1000.0, 1000.0, "boot-1"
        self.facts: dict[str, Fact] = {f.key: f for f in facts}
        self.around = Around()
        self.last_input: float | None = None  # on the boot clock
        self.blind = False
        self.rings, self.beat = rings, beat
        self.shown: list[tuple[str, Prompt, float | None]] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.happened: list[tuple[str, str, dict[str, Any]]] = []
        self.launched = 0
        self.bubble: Prompt | None = None
        self.runs = 0
        self.due_look = 0.0
        self.start()

    # the machine

    def moment(self) -> Moment:
        east = self.local.utcoffset()
        assert east is not None
        offset = int(east.total_seconds())
        return Moment(self.wall, self.awake, self.boot, offset)

    @property
    def local(self) -> datetime:
        return datetime.fromtimestamp(self.wall, self.zone)

    def clock(self) -> str:
        return self.local.strftime("%H:%M:%S")

    def start(self) -> None:
        self.runs += 1
        self.live: Live | None = self.corrected(Live(state.fresh(self.s)))
        self.bubble = None
        self.do(m.Started(self.moment(), self.boot_id, f"run{self.runs}"))
        self.look()

    def corrected(self, live: Live) -> Live:
        return corrected(live, cast(Store, self), self.s)  # it reads, and no more

    def stored(self) -> list[Fact]:
        facts = list(self.facts.values())
        for i in range(len(facts) - 1, -1, -1):
            if facts[i].kind is Kind.CHECKPOINT:
                return facts[i:]
        return facts

    def since_checkpoint(self) -> list[Fact]:
        return self.stored()

    device = "here"

    def names(self) -> dict[str, str]:
        return {}

    def others(self, _since: float) -> list[Fact]:
        return []

    def read(self, device: str) -> list[Fact]:
        return list(self.facts.values())

    def kill(self) -> None:
        """kill -9: what was not written is gone."""
        self.live = None

    def stop(self) -> None:
        self.do(m.Stopping(self.moment()))
        self.live = None

    def do(self, event: m.Event) -> None:
        before = self.running.state
        self.live, effects = step(self.running, event, self.s)
        self.watch(event, before, effects)
        for effect in effects:
            match effect:
                case m.Write(facts, lengths):
                    for f in facts:
                        self.facts.setdefault(f.key, f)
                    for key, (length, body) in lengths.items():
                        f = self.facts[key]
                        assert length >= 0, "a fact that nobody would read again"
                        self.facts[key] = f._replace(length=length, body=f.body if body is None else body)
                case m.Show(prompt):
                    self.watch_bubble(event, before, prompt)
                    self.bubble = prompt
                    self.shown.append((self.clock(), prompt, self.quiet()))
                case m.Withdraw(why):
                    assert self.bubble is not None or self.gone_quietly
                    self.bubble = None
                    self.withdrawn.append((self.clock(), why))
                case m.WakeAt():
                    self.wake = effect
                    self.due_look = self.awake + min(effect[:3])
                case m.Refold():
                    self.live = self.corrected(self.live)
                    self.do(m.Refolded(self.moment()))
                case m.Launch():
                    self.launched += 1
                case m.Happened(name, data):
                    self.happened.append((self.clock(), name, dict(data)))
        if self.running.now.sent:
            self.do(m.Shown(self.moment(), self.ends) if self.takes else m.NotShown(self.moment(), "nobody takes it"))

    gone_quietly = True
    takes = True
    """A notice that is sent is taken."""
    ends = False
    """Its end would be told, if it was on the screen."""

    def watch(self, event: m.Event, before: State, effects: Sequence[m.Effect]) -> None:
        """For a world that looks at what follows from each event."""

    def watch_bubble(self, event: m.Event, before: State, prompt: Prompt) -> None:
        """For one that looks at each notice; `bubble` is what is on the screen just before it."""

    def quiet(self) -> float | None:
        if self.blind:
            return None
        if self.last_input is None:
            return self.boot - 1000.0 + 3600.0
        return self.boot - self.last_input

    def look(self) -> None:
        quiet = self.quiet()
        self.do(m.Look(self.moment(), None if quiet is None else (quiet, quiet), self.around, self.rings))

    def tick(self, seconds: float, asleep: bool = False) -> None:
        self.wall += seconds
        self.boot += seconds
        if not asleep:
            self.awake += seconds

    # the person

    def touch(self) -> None:
        """One input now; it rings when the engine waits for the bell."""
        self.last_input = self.boot
        if self.live and self.wake.bell:
            self.look()

    def work(self, minutes: float = 0.0, seconds: float = 0.0) -> None:
        """Keyboard and mouse are in use all the time, an input every `beat` seconds."""
        end = self.boot + minutes * MINUTE + seconds
        self.touch()
        next_input = self.boot + self.beat
        while self.boot < end - 1e-6:
            look = self.boot + max(self.due_look - self.awake, 0.0) if self.live else end
            ahead = max(min(next_input, look, end) - self.boot, 1e-3)
            self.tick(ahead)
            if self.boot >= next_input - 1e-6:
                self.touch()
                next_input = self.boot + self.beat
            if self.live and self.awake >= self.due_look - 1e-6:
                self.look()
        self.touch()

    def idle(self, minutes: float = 0.0, seconds: float = 0.0) -> None:
        """Nobody touches anything."""
        end = self.boot + minutes * MINUTE + seconds
        while self.boot < end - 1e-6:
            look = self.boot + max(self.due_look - self.awake, 0.0) if self.live else end
            self.tick(max(min(look, end) - self.boot, 1e-3))
            if self.live and self.awake >= self.due_look - 1e-6:
                self.look()

    def until(self, clock: str, working: bool = True) -> None:
        """Work (or not) until a local time of this day, or of the next."""
        hour, minute = map(int, clock.split(":"))
        target = self.local.replace(hour=hour, minute=minute, second=0).timestamp()
        if target <= self.wall:
            target += 86400
        (self.work if working else self.idle)(seconds=target - self.wall)

    def set(self, **around: bool | None) -> None:
        self.around = self.around._replace(**around)
        if self.live:
            self.look()

    def suspend(self, minutes: float) -> None:
        """The lid is shut; the engine looks again on resume."""
        self.tick(minutes * MINUTE, asleep=True)
        self.look()

    def power_off(self, minutes: float, clean: bool = True) -> None:
        if clean:
            self.stop()
        self.tick(minutes * MINUTE)
        self.boot_id = f"boot-{self.runs + 1}"
        self.boot = self.awake = 5.0
        self.last_input = None
        self.start()

    def set_clock(self, seconds: float) -> None:
        self.wall += seconds
        self.look()

    def answer(self, action: str, **more: Any) -> None:
        self.do(m.Answered(self.moment(), action, **more))
        if action == "dismiss":  # the notification server has taken it away
            self.bubble = None

    def session(self, minutes: float = 3.0, status: str = "done", **body: Any) -> None:
        body = {"size": "short", "planned_s": 109, "roller_s": 109, "source": "page", **body}
        self.do(m.SessionBegan(self.moment(), body))
        for _ in range(int(minutes * 6)):
            self.tick(10)
            self.do(m.SessionPulse(self.moment(), {"roller_s": 0}))
        self.do(m.SessionEnded(self.moment(), {**body, "status": status}))
        self.look()

    # what came of it

    @property
    def running(self) -> Live:
        """The engine, where it was neither killed nor stopped."""
        assert self.live is not None
        return self.live

    @property
    def st(self) -> State:
        return self.running.state

    @property
    def owed(self) -> Owed:
        """The session that is due, where one is."""
        assert self.st.owed is not None
        return self.st.owed

    @property
    def day(self) -> Day:
        return self.st.today

    def minutes(self, what: str = "best") -> float:
        """A figure of the day, up to this second."""
        self.look()
        seconds: float = self.day.high(self.s) if what == "high" else getattr(self.day, what)
        return seconds / MINUTE

    def stretch(self) -> float:
        self.look()
        return self.st.bout.seconds / MINUTE

    def presence(self) -> Presence:
        self.look()
        return self.running.now.presence

    def prompts(self, what: str = "session") -> list[tuple[str, int]]:
        return [(clock, p.step) for clock, p, _ in self.shown if p.what == what]

    def of_kind(self, kind: Kind) -> list[Fact]:
        return [f for f in self.facts.values() if f.kind is kind]

    def flushed(self) -> State:
        self.do(m.Told(self.moment(), Morning(Feels.SAME)))
        return self.st


def same_state(lived: State, folded: State, tolerance: float = 0.01) -> list[tuple[str, Any, Any]]:
    """The durable state as plain values, equal but for rounding; open covers end where the writing ended."""
    a, b = state.dump(lived), state.dump(folded)
    problems: list[tuple[str, Any, Any]] = []

    def compare(path: str, x: Any, y: Any) -> None:
        if isinstance(x, dict):
            for k in x:
                compare(f"{path}.{k}", x[k], y.get(k))
        elif isinstance(x, (list, tuple)):
            if len(x) != len(y or ()):
                problems.append((path, x, y))
                return
            for i, (p, q) in enumerate(zip(x, y, strict=False)):
                compare(f"{path}[{i}]", p, q)
        elif isinstance(x, float) and isinstance(y, (int, float)):
            if abs(x - y) > tolerance:
                problems.append((path, x, y))
        elif x != y:
            problems.append((path, x, y))

    a["reading"][2] = b["reading"][2] = []
    a["session"][2] = b["session"][2] = 0.0
    compare("", a, b)
    return problems


def check_fold(world: World) -> None:
    """Replaying the stored facts gives the state that was lived, with and without the checkpoint."""
    lived = world.flushed()
    with_checkpoint = world.corrected(Live(state.fresh(world.s))).state
    assert same_state(lived, with_checkpoint) == []
    whole = fold(list(world.facts.values()), world.s)
    assert same_state(lived, whole) == []
