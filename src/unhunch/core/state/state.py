"""Everything that survives a restart, as values and as a checkpoint of all of them. Facts change it: apply.py."""

from collections.abc import Mapping
from math import inf
from typing import Any, NamedTuple

from unhunch.core.presence.reading import Cover, Over, Reading
from unhunch.core.presence.stretches import NO_BOUT, Bout
from unhunch.core.programme import record
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings


class Day(NamedTuple):
    """One logical day, as counted so far. Seconds, except the counts."""

    date: str = ""
    low: float = 0.0
    best: float = 0.0
    high: float = 0.0
    unknown: float = 0.0
    prolonged: float = 0.0
    """Sitting in ended stretches of at least half an hour."""
    first: float = 0.0
    """Running-clock second of the first input; 0 before it."""
    last: float = 0.0
    done: int = 0
    skipped: int = 0
    missed: int = 0
    not_asked: int = 0
    notices: int = 0
    """Unasked notices that count for the cap."""
    sounds: int = 0
    nudges: int = 0
    expected: float = 0.0
    busiest_run: float = 0.0
    """The longest run with no gap over a minute, or with gaps as regular as a machine's."""
    paused: bool = False
    asked: int = 0
    """Notices that asked for a session."""

    @property
    def resolved(self) -> int:
        """Sessions of the day that need no more asking."""
        return self.done + self.skipped + self.missed + self.not_asked

    def plausible(self, s: Settings) -> bool:
        return self.best <= s.jiggler_day and self.busiest_run <= s.jiggler_run

    def valid(self, s: Settings) -> bool:
        """Fit for planning: enough sitting, mostly known, plausible (MODEL 1)."""
        known = self.unknown < s.valid_unknown * max(self.last - self.first, 1.0)
        return self.best >= s.valid_day and known and self.plausible(s)


class Tally(NamedTuple):
    """Running sums that ask "how much since"."""

    since_session: float = inf
    """Sitting since a session was last done, skipped or lapsed."""
    since_arrival: float = 0.0
    """Sitting since the day's first input or the last long absence."""
    absence: float = 0.0
    active: float = 0.0
    """Activity on end, up to the last input."""
    regular: float = 0.0
    """Time on end in which gaps were of the same length, as a jiggler makes them."""
    last_gap: float = 0.0
    nudges: int = 0
    """Stand-up notices in the present stretch."""
    nudges_ignored: int = 0
    """In a row."""
    nudge_open: bool = False
    """The last stand-up notice has been neither heeded, answered nor ignored yet."""


class Owed(NamedTuple):
    """A session that is due and not yet done, skipped or lapsed."""

    since: float
    number: int
    of: int
    step: int = 0
    """The last step shown."""
    highest: int = 0
    clock: float = 0.0
    """Seconds that the ladder has run since it became owed or since the last step was shown."""
    shown: int = 0
    """Notices that count for the cap."""
    snoozes: int = 0
    snoozed_until: float = 0.0
    snoozed_for_call: bool = False
    returning: bool = False
    """The same step comes once more, after a snooze; that is free."""
    fullscreen: float = 0.0
    """Sitting during which full screen held it."""
    ignored: int = 0
    """The last step that was ignored, or closed without an answer."""


class Pause(NamedTuple):
    """No prompts until a wall time (Unix seconds), or until a second of the running clock."""

    since: float
    wall: float = inf
    running: float = inf

    def over(self, t: float, wall: float) -> bool:
        return wall >= self.wall or t >= self.running


class State(NamedTuple):
    """What survives a restart. Times are seconds of the running clock, `t`, which is boot time plus `offset`."""

    boot_id: str = ""
    offset: float = 0.0
    t: float = 0.0
    """How far it has been lived."""
    ran_until: float = 0.0
    stopped: bool = False
    reading: Reading = Reading(0.0)
    bout: Bout = NO_BOUT
    tally: Tally = Tally()
    today: Day = Day()
    past: tuple[Day, ...] = ()
    owed: Owed | None = None
    pause: Pause | None = None
    standing: float = 0.0
    """Since when the user says to be standing; 0 = not."""
    programme: Programme = Programme()
    shown: int = 0
    """Notices ever shown: rotates the texts."""
    weeks_shown: tuple[str, ...] = ()
    """The weeks whose summaries were announced lately."""
    asked_gap: str = ""
    """The last day on which a gap was asked about."""
    last_answer: tuple[str, str] = ("", "")
    """Key and kind of what `undo` would take back."""
    choice: Mapping[str, Any] | None = None
    session: tuple[str, float, float] = ("", 0.0, 0.0)
    """Key, begin and end of the last guided session: what its process tells later belongs to that fact."""


def fresh(s: Settings) -> State:
    """Nobody has sat yet."""
    return State(programme=record.fresh(s))


# Checkpoints ----------------------------------------------------------------------------------------------------------


def dump(st: State) -> dict[str, Any]:
    """The state as plain values, for a checkpoint."""
    return {
        "boot": [st.boot_id, st.offset, st.t, st.ran_until, st.stopped],
        "reading": [
            st.reading.since,
            st.reading.touched,
            [[c.over.value, c.start, _finite(c.end)] for c in st.reading.covers],
            _finite(st.reading.nudged_at),
        ],
        "bout": [_finite(x) for x in st.bout],
        "tally": [_finite(x) for x in st.tally],
        "today": list(st.today),
        "past": [list(day) for day in st.past],
        "owed": list(st.owed) if st.owed else None,
        "pause": [_finite(x) for x in st.pause] if st.pause else None,
        "standing": st.standing,
        "programme": record.dump(st.programme),
        "shown": [st.shown, list(st.weeks_shown), st.asked_gap],
        "answer": list(st.last_answer),
        "choice": dict(st.choice) if st.choice else None,
        "session": list(st.session),
    }


def load(plain: Mapping[str, Any]) -> State:
    """The state out of a checkpoint. Raises KeyError, TypeError or ValueError when it is not one."""
    boot_id, offset, t, ran_until, stopped = plain["boot"]
    since, touched, covers, nudged_at = plain["reading"]
    shown, weeks_shown, asked_gap = plain["shown"]
    key, kind = plain["answer"]
    session, begun, ended = plain.get("session", ("", 0.0, 0.0))  # not in 0.1
    return State(
        boot_id=boot_id,
        offset=offset,
        t=t,
        ran_until=ran_until,
        stopped=stopped,
        reading=Reading(
            since,
            touched,
            tuple(Cover(Over(over), start, _number(end)) for over, start, end in covers),
            _number(nudged_at),
        ),
        bout=Bout(*map(_number, plain["bout"])),
        tally=Tally(*map(_number, plain["tally"])),  # type: ignore[arg-type]  # counts are whole as they were
        today=Day(*plain["today"]),
        past=tuple(Day(*day) for day in plain["past"]),
        owed=Owed(*plain["owed"]) if plain["owed"] else None,
        pause=Pause(*map(_number, plain["pause"])) if plain["pause"] else None,
        standing=plain["standing"],
        programme=record.load(plain["programme"]),
        shown=shown,
        weeks_shown=tuple(weeks_shown),
        asked_gap=asked_gap,
        last_answer=(key, kind),
        choice=plain["choice"],
        session=(session, begun, ended),
    )


def _finite(x: float) -> float | str:
    """JSON has no infinity."""
    return x if abs(x) != inf else str(x)


def _number(x: float | str) -> float:
    return float(x) if isinstance(x, str) else x
