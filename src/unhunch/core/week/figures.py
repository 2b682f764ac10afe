"""The weekly summary as values (MODEL 7): what the terminal, the page and `--json` all show, and nothing else.

Everything here is plain: minutes are numbers rounded to a tenth, shares lie between 0 and 1, moments are ISO-8601
texts with their offset, and a clock position is minutes after the local midnight that begins its day (a night shift
runs past 1440).
None means "not known" or "nothing to tell", never zero.
"""

from collections.abc import Mapping
from typing import Any

from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


class Sitting(NamedTuple):
    """Minutes of sitting: ACTIVE only, the best estimate, and with everything that may have been sitting."""

    low: float
    best: float
    high: float


class Span(NamedTuple):
    """A stretch, or a time that could not be seen. `clock` is where to draw it, in parts if the offset changed."""

    start: str
    end: str
    minutes: float
    """Minutes of sitting in it (of not knowing, for what was unseen)."""
    clock: tuple[tuple[float, float], ...]


class Mark(NamedTuple):
    """A session on the strip."""

    at: str
    clock: float
    size: str
    status: str
    """done or partial."""
    source: str
    """page, terminal or log."""
    stiffness_before: int | None
    stiffness_after: int | None
    device: str


class Summed(NamedTuple):
    """Where a day's figures come from when only another program's sum of it is known: no stretches, no moments."""

    program: str
    measured: bool
    """Whether it knows how long there was input; else only the day's begin and end are known."""
    asked: int
    """Rest breaks that it asked for, and those that were taken."""
    taken: int


class Day(NamedTuple):
    """One logical day."""

    date: str
    weekday: str
    workday: bool
    sitting: Sitting
    usual: float | None
    """Median minutes (best) of the counted days of the same kind, workday or other, in the four weeks before."""
    counted: bool
    """A valid day: enough sitting, enough seen, plausible (MODEL 1)."""
    flags: tuple[str, ...]
    """Why it is implausible; empty for a plausible day."""
    paused: bool
    """A pause covered at least half of its 24 hours."""
    goal: int | None
    asked: int
    done: int
    stretches: tuple[Span, ...]
    unseen: tuple[Span, ...]
    sessions: tuple[Mark, ...]
    unknown: float
    calls: float
    standing: float
    summed: Summed | None

    @property
    def unmeasured(self) -> bool:
        """Nothing but begin and end of it are known: how much of it was sitting nobody can say, and 0 least of all."""
        return self.summed is not None and not self.summed.measured and not self.sitting.best


class Pattern(NamedTuple):
    """How sitting is spread over stretches, with the two lengths (minutes) from which one is prolonged and long."""

    stretches: int
    prolonged: int
    prolonged_share: float | None
    long: int
    longest: float | None
    usual: float | None
    """W50: half of all sitting is in stretches at least that many minutes long."""
    prolonged_from: float
    long_from: float


class Before(NamedTuple):
    """The last four weeks, as means over those of them that have a counted day."""

    weeks: int
    sitting: Sitting | None
    sitting_per_day: float | None
    prolonged_share: float | None
    long: float | None
    """Long stretches a week."""
    longest: float | None
    """Minutes of the longest stretch, on average of these weeks."""
    usual: float | None
    """W50 over all of them, minutes."""
    sessions: float | None
    asked: float | None


class Held(NamedTuple):
    """Prompts that had to wait: for how many owed sessions, and how long altogether."""

    why: str
    prompts: int
    minutes: float


class Hour(NamedTuple):
    """What became of prompts, by the local hour at which it was decided."""

    hour: int
    started: int
    snoozed: int
    skipped: int
    ignored: int

    @property
    def answers(self) -> int:
        return self.started + self.snoozed + self.skipped

    @property
    def total(self) -> int:
        return self.answers + self.ignored


class Prompts(NamedTuple):
    """Notices about owed sessions and what became of them; `hours` looks back over `hours_weeks` weeks."""

    shown: int
    started: int
    snoozed: int
    skipped: int
    ignored: int
    missed: int
    not_asked: int
    nudges: int
    held: tuple[Held, ...]
    hours: tuple[Hour, ...]
    hours_weeks: int
    answers: int
    answers_needed: int
    best_hour: int | None
    unseen_days: int = 0
    """Days with notices of which none is known to have been on the screen."""


class Feeling(NamedTuple):
    """What the user said about sessions, all of it optional. Means are over sessions with both numbers (0-10)."""

    rated: int
    before: float | None
    after: float | None
    worst_discomfort: int | None
    tingling: int
    """Sessions with tingling, cleared or not."""
    better: int
    same: int
    worse: int


class Symptom(NamedTuple):
    """Something that was told and may matter to a clinician."""

    date: str
    what: str
    """pain, discomfort, tingling, cleared (tingling that went away), red-flag, still or worse (before the session after
    a stop), morning (one that felt worse), slip (a stop that was taken back)."""
    number: int | None
    """Of discomfort: the most that was said, 0-10."""


class Source(NamedTuple):
    """One machine: by what it watched, for how many minutes, and the sitting it saw by itself."""

    device: str
    watched_by: tuple[str, ...]
    covered: float
    sitting: float


class Quality(NamedTuple):
    """How far the figures can be trusted. Minutes."""

    covered: float
    unknown: float
    calls: float
    counted_days: int
    implausible_days: int
    corrections: int
    clock_changes: int
    sources: tuple[Source, ...]


class Reason(NamedTuple):
    """What a decision's reason is told from."""

    body: Mapping[str, Any]
    """The decision as it is stored: its rule, its figures, the answer."""
    settings: Settings
    """Whose numbers decided."""


class Plan(NamedTuple):
    """The programme's last word in this week."""

    decision: str
    rule: str
    reason: Reason | None
    """None: no review fell into the week."""
    goal_from: int | None
    goal_to: int | None
    answer: str | None


class Outcome(NamedTuple):
    """Sessions of the week before and of the week that something was chosen for."""

    done_before: int
    asked_before: int
    done: int
    asked: int


class Chosen(NamedTuple):
    """A choice that was answered, and what came of it if it was taken."""

    week: str
    choice: str
    answer: str
    outcome: Outcome | None


class Window(NamedTuple):
    """Hours from `start` up to `end` (after midnight when end <= start)."""

    start: int
    end: int

    @property
    def text(self) -> str:
        """As the configuration writes it."""
        return f"{self.start:02d}:00-{self.end:02d}:00"

    def holds(self, hour: int) -> bool:
        return (hour - self.start) % 24 < self.length

    @property
    def length(self) -> int:
        return (self.end - self.start) % 24 or 24


class Situation(NamedTuple):
    """What the rules look at."""

    stopped: bool
    """Session prompts are off until a clinician was asked."""
    unable: bool
    """There is no roller, or no lying on the floor."""
    offered: int | None
    """The goal of an open offer to step up."""
    paused_days: int
    days_seen: int
    """Days with any sitting or session."""
    asked: int
    done: int
    ignored: int
    put_off: int
    """Snoozed and skipped."""
    window: Window | None
    """Hours in which prompts were clearly taken up more often."""
    last: Chosen | None


class Option(NamedTuple):
    """Something to try next week. `number` is what `unhunch week --choose` takes."""

    number: int
    choice: str
    why: str
    """Its reason: the choice itself, or of changing nothing a name in choice.WHY_NOTHING."""
    situation: Situation
    hours: str | None = None
    """For `hours`: the active hours to set, as the configuration writes them."""


class Week(NamedTuple):
    """Seven days in nine points."""

    first: str
    last: str
    days: tuple[Day, ...]
    sitting: Sitting
    """All days but the implausible ones."""
    sitting_per_day: float | None
    """Mean of the best figure over counted days."""
    best_day: str | None
    worst_day: str | None
    """ISO dates of the days with the shortest and the longest time without a real break; None where none stands out."""
    before: Before
    pattern: Pattern
    goal: int
    done: int
    partial: int
    asked: int
    feeling: Feeling
    symptoms: tuple[Symptom, ...]
    """What was told of pain, tingling and bad mornings, in the order of days."""
    prompts: Prompts
    plan: Plan
    choice: Option
    options: tuple[Option, ...]
    chosen: Chosen | None
    """The answer to this week's choice, once there is one."""
    last_choice: Chosen | None
    """What was chosen a week ago and what came of it."""
    quality: Quality
    thresholds: dict[str, float]


class TrendWeek(NamedTuple):
    """One week of the trend. Minutes per counted day; None where no day counted."""

    first: str
    counted_days: int
    sitting: Sitting | None
    prolonged_share: float | None
    done: int
    asked: int
    feeling: Feeling
    symptoms: tuple[Symptom, ...]


class HandOver(NamedTuple):
    """Some weeks for a clinician, the oldest first."""

    weeks: tuple[TrendWeek, ...]
    changes: tuple[tuple[str, Plan], ...]
    """What the programme decided, each with its ISO date."""


def minutes(seconds: float) -> float:
    """Seconds as minutes, rounded to a tenth."""
    return round(seconds / 60.0, 1)


def share(part: float, whole: float) -> float | None:
    """A part of a whole, rounded to a thousandth; None when there is no whole."""
    return round(part / whole, 3) if whole > 0 else None
