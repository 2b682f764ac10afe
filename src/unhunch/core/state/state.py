"""Everything that survives a restart, as values and as a checkpoint of all of them. Facts change it: apply.py."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from unhunch.core.presence.day import Day, Rhythm
from unhunch.core.presence.reading import Cover, Over, Reading
from unhunch.core.presence.stretches import NO_BOUT, Bout
from unhunch.core.presence.sweep import Watch
from unhunch.core.programme import record
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


class Tally(NamedTuple):
    """Running sums that ask "how much since"."""

    since_session: float = inf
    """Sitting since a session was last done, skipped or lapsed."""
    since_arrival: float = 0.0
    """Sitting since the day's first input or the last long absence."""
    absence: float = 0.0
    nudges: int = 0
    """Stand-up notices in the present stretch."""
    nudges_ignored: int = 0
    """In a row."""
    nudge_open: bool = False
    """The last stand-up notice has been neither heeded, answered nor ignored yet."""
    nudge_at: float = 0.0
    """Seconds of the present stretch at which the next one is due; 0: none has been shown or let go in it."""
    nudge_returns: int = 0
    """How often it came back in this stretch because the user had left."""


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
    returned: int = 0
    """The step that came back last, because the user had left ..."""
    returns: int = 0
    """... and how often it did."""
    after_break: bool = False
    """It came back too often: it waits until the user returns from a real break."""
    moved: float = 0.0
    """When its step was last shown or it was answered, at whichever desk: the ladder's clock has run no longer."""


class Pause(NamedTuple):
    """No prompts until a wall time (Unix seconds), or until a second of the running clock."""

    since: float
    wall: float = inf
    running: float = inf

    def over(self, t: float, wall: float) -> bool:
        return wall >= self.wall or t >= self.running


class State(NamedTuple):
    """What survives a restart. Times are seconds of the running clock, `t`, which is boot time plus `offset`."""

    watch: Watch = Watch()
    offset: float = 0.0
    t: float = 0.0
    """How far it has been lived."""
    rhythm: Rhythm = Rhythm()
    bout: Bout = NO_BOUT
    tally: Tally = Tally()
    today: Day = Day()
    past: tuple[Day, ...] = ()
    imported: tuple[tuple[str, float], ...] = ()
    """Valid days with their seconds of sitting that other records tell of too: for what to expect of a day."""
    owed: Owed | None = None
    pause: Pause | None = None
    standing: float = 0.0
    """Since when the user says to be standing; 0 = not."""
    programme: Programme = Programme()
    shown: int = 0
    """Notices ever shown: rotates the texts."""
    weeks_shown: tuple[str, ...] = ()
    """The weeks whose summaries were announced lately."""
    week_returned: str = ""
    """The week whose notice came back last, because the user had left ..."""
    week_returns: int = 0
    """... and how often it did."""
    week_after_break: bool = False
    """It came back too often: it waits until the user returns from a real break."""
    asked_gap: str = ""
    """The last day on which a gap was asked about."""
    last_answer: tuple[str, str] = ("", "")
    """Key and kind of what `undo` would take back."""
    choice: Mapping[str, Any] | None = None
    kept: str = ""
    """The day on which the last checkpoint was made: another desk may have turned it, and made its own."""
    session: tuple[str, float, float] = ("", 0.0, 0.0)
    """Key, begin and end of the last guided session: what its process tells later belongs to that fact."""

    @property
    def reading(self) -> Reading:
        """What the evidence has come to."""
        return self.watch.reading


def fresh(s: Settings) -> State:
    """Nobody has sat yet."""
    return State(programme=record.fresh(s))


# Checkpoints ----------------------------------------------------------------------------------------------------------


def dump(st: State) -> dict[str, Any]:
    """The state as plain values, for a checkpoint."""
    reading, boot_id, ran_until, stopped = st.watch
    return {
        "boot": [boot_id, st.offset, st.t, ran_until, stopped],
        "reading": [
            reading.since,
            reading.touched,
            [[c.over.value, c.start, _finite(c.end), c.desk] for c in reading.covers],
            _finite(reading.nudged_at),
        ],
        "desk": reading.desk,
        "rhythm": list(st.rhythm),
        "bout": [*map(_finite, st.bout[:-1]), st.bout.day],
        "tally": [*map(_finite, st.tally)],
        "today": list(st.today),
        "past": [list(day) for day in st.past],
        "owed": list(st.owed) if st.owed else None,
        "pause": [*map(_finite, st.pause)] if st.pause else None,
        "standing": st.standing,
        "programme": record.dump(st.programme),
        "shown": [st.shown, list(st.weeks_shown), st.asked_gap],
        "week": [st.week_returned, st.week_returns, st.week_after_break],
        "answer": list(st.last_answer),
        "choice": dict(st.choice) if st.choice else None,
        "session": list(st.session),
        "kept": st.kept,
        "imported": [list(day) for day in st.imported],
    }


def load(plain: Mapping[str, Any]) -> State:
    """The state out of a checkpoint. Raises KeyError, TypeError or ValueError when it is not one."""
    plain = renewed(plain)
    boot_id, offset, t, ran_until, stopped = plain["boot"]
    since, touched, covers, nudged_at = plain["reading"]
    *bout, began = plain["bout"]
    start, end, seconds, standing, unknown = map(_number, bout)
    shown, weeks_shown, asked_gap = plain["shown"]
    week_returned, week_returns, week_after_break = plain["week"]
    key, kind = plain["answer"]
    session, begun, ended = plain["session"]
    reading = Reading(
        since,
        touched,
        tuple(Cover(Over(over), start, _number(end), *desk) for over, start, end, *desk in covers),
        _number(nudged_at),
        plain["desk"],
    )
    return State(
        watch=Watch(reading, boot_id, ran_until, stopped),
        offset=offset,
        t=t,
        rhythm=Rhythm(*plain["rhythm"]),
        bout=Bout(start, end, seconds, standing, unknown, began),
        tally=Tally(*map(_number, plain["tally"])),  # type: ignore[arg-type]  # counts are whole as they were
        today=Day(*plain["today"]),
        past=tuple(Day(*day) for day in plain["past"]),
        owed=Owed(*plain["owed"]) if plain["owed"] else None,
        pause=Pause(*map(_number, plain["pause"])) if plain["pause"] else None,
        standing=plain["standing"],
        programme=record.load(plain["programme"]),
        shown=shown,
        weeks_shown=tuple(weeks_shown),
        week_returned=week_returned,
        week_returns=week_returns,
        week_after_break=week_after_break,
        asked_gap=asked_gap,
        last_answer=(key, kind),
        choice=plain["choice"],
        session=(session, begun, ended),
        kept=plain["kept"],
        imported=tuple((date, best) for date, best in plain["imported"]),
    )


def renewed(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """A checkpoint as this version writes it. 0.1 counted days in another way. Raises what `load` raises."""
    if not outdated(plain):
        return {"imported": [], "week": ["", 0, False], "kept": "", "desk": "", **plain}
    since_session, since_arrival, absence, active, regular, _gap, *nudges = plain["tally"]
    today = _renewed_day(plain["today"])
    return {
        **plain,
        "rhythm": [active, 0.0, 0.0, 0.0, regular],
        "bout": [*plain["bout"], today[0]],
        "tally": [since_session, since_arrival, absence, *nudges, 0.0, 0],
        "owed": [*plain["owed"], 0, 0, False] if plain["owed"] else None,
        "today": today,
        "past": [_renewed_day(day) for day in plain["past"]],
        "session": ["", 0.0, 0.0],
        "imported": [],
        "week": ["", 0, False],
        "kept": "",
        "desk": "",
    }


def outdated(plain: Mapping[str, Any]) -> bool:
    """0.1 wrote it, which counted days in another way."""
    return "rhythm" not in plain


def _renewed_day(day: Sequence[Any]) -> list[Any]:
    """What 0.1 did not tell apart is taken as it took it: all unknown time as lying between inputs."""
    date, low, best, high, unknown, prolonged, first, last, *counts, expected, busiest, paused, asked = day
    sitting = [low, best, high - best - unknown, unknown, unknown, 0.0, 0.0, 0.0, prolonged]
    return [date, *sitting, first, last, busiest, 0.0, *counts, expected, paused, asked, 0]


def _finite(x: float) -> float | str:
    """JSON has no infinity."""
    return x if abs(x) != inf else str(x)


def _number(x: float | str) -> float:
    return float(x) if isinstance(x, str) else x
