"""What was asked and what became of it: the points and holds of a week, read from facts (MODEL 4, 7)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from unhunch.core import bodies
from unhunch.core.bodies import Answer, Ignored, Lapsed, Shown, Undo, Withdrawn
from unhunch.core.codec import read, told
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import DAY, at_offset
from unhunch.core.vocabulary import UNSEEN, Act, Lapse, What
from unhunch.core.week.figures import Held, Hour, Prompts, Window, minutes
from unhunch.tuples import NamedTuple

ANSWERS_NEEDED = 10
"""No best hour is named from fewer answers (MODEL 7)."""
HOURS_WEEKS = 5
"""The hours of answers are counted over this week and the four before it."""

_ACTIONS: Mapping[str, str] = {Act.START: "started", Act.SNOOZE: "snoozed", Act.SKIP: "skipped"}


def standing_facts(facts: Iterable[Fact]) -> list[Fact]:
    """Facts that were not taken back, in the order of time."""
    every = list(facts)
    undone = {read(Undo, fact.body).fact for fact in every if fact.kind is Kind.UNDO}
    kept = [fact for fact in every if fact.key not in undone] if undone else every
    return sorted(kept, key=lambda fact: fact.wall)


def day_of(fact: Fact) -> str:
    """The logical day of a fact; where a program that made it did not say, the local calendar day."""
    return fact.day or at_offset(fact.wall, fact.utc_offset).date().isoformat()


class Owed(NamedTuple):
    """A session that was due, and whether a notice asked for it."""

    day: str
    asked: bool


def owed(facts: Iterable[Fact]) -> list[Owed]:
    """Each session that became due.

    It was asked for when a notice about it was shown and it was then done, skipped or missed. What lapses as "not
    asked" (the user was away, or only a passing first notice came) is outside, as it is for adherence (MODEL 4, 5).
    """
    open_: dict[str, Fact] = {}
    asked: set[str] = set()
    found: list[Fact] = []
    for fact in facts:
        if fact.kind is Kind.DUE:
            open_[fact.device] = fact
            found.append(fact)
        elif fact.kind is Kind.SHOWN and _is_of(fact, What.SESSION) and fact.device in open_:
            asked.add(open_[fact.device].key)
        elif fact.kind is Kind.WITHDRAWN and _unseen(fact) and fact.device in open_:
            asked.discard(open_[fact.device].key)
        elif fact.kind is Kind.LAPSED and fact.device in open_:
            due = open_.pop(fact.device)
            if read(Lapsed, fact.body).as_ == Lapse.NOT_ASKED:
                asked.discard(due.key)
    return [Owed(day_of(fact), fact.key in asked) for fact in found]


def _unseen(fact: Fact) -> bool:
    """A session's notice was taken back so soon that nobody can have read it; it comes again."""
    said = read(Withdrawn, fact.body)
    return said.unseen and said.what == What.SESSION


def _is_of(fact: Fact, what: What) -> bool:
    """What is shown, ignored or answered is a notice of this kind."""
    said = told(fact)
    return isinstance(said, Shown | Ignored | Answer) and said.what == what


def _action(fact: Fact) -> str:
    """What an answer to a session's notice was; nothing for other facts."""
    return _ACTIONS.get(read(Answer, fact.body).action, "") if _is_of(fact, What.SESSION) else ""


def prompts(facts: Sequence[Fact], days: Collection[str], hours_days: Collection[str]) -> Prompts:
    """The week's prompts; the hours of answers over `hours_days`. `facts` stand and are in the order of time."""
    of_week = [fact for fact in facts if day_of(fact) in days]
    counted = Counter(_action(fact) for fact in of_week if fact.kind is Kind.ANSWER)
    lapsed = Counter(read(Lapsed, fact.body).as_ for fact in of_week if fact.kind is Kind.LAPSED)
    hours = _hours(fact for fact in facts if day_of(fact) in hours_days)
    answers = sum(hour.answers for hour in hours)
    return Prompts(
        shown=_of(of_week, Kind.SHOWN, What.SESSION)
        - sum(fact.kind is Kind.WITHDRAWN and _unseen(fact) for fact in of_week),
        started=counted["started"],
        snoozed=counted["snoozed"],
        skipped=counted["skipped"],
        ignored=_of(of_week, Kind.IGNORED, What.SESSION),
        missed=lapsed[Lapse.MISSED],
        not_asked=lapsed[Lapse.NOT_ASKED],
        nudges=_of(of_week, Kind.SHOWN, What.NUDGE),
        held=_held(of_week),
        hours=hours,
        hours_weeks=HOURS_WEEKS,
        answers=answers,
        answers_needed=ANSWERS_NEEDED,
        best_hour=best_hour(hours) if answers >= ANSWERS_NEEDED else None,
        unseen_days=_unseen_days(of_week),
    )


def _unseen_days(facts: Iterable[Fact]) -> int:
    """Days with a notice that nothing told to have been on the screen, and none that was there."""
    hidden: set[str] = set()
    seen: Counter[str] = Counter()
    for fact in facts:
        said = told(fact)
        if isinstance(said, Shown) and said.what != What.WEEK and not said.free:
            seen[day_of(fact)] += 1
        elif isinstance(said, Withdrawn) and said.unseen and said.what != What.WEEK:
            seen[day_of(fact)] -= not said.free
            if said.why == UNSEEN:
                hidden.add(day_of(fact))
    return sum(seen[day] <= 0 for day in hidden)


def _of(facts: Iterable[Fact], kind: Kind, what: What) -> int:
    return sum(fact.kind is kind and _is_of(fact, what) for fact in facts)


def _held(facts: Iterable[Fact]) -> tuple[Held, ...]:
    """By reason: how many owed sessions had to wait for it and for how long, the longest first."""
    number: Counter[str] = Counter()
    which: dict[str, set[tuple[str, int]]] = defaultdict(set)
    seconds: Counter[str] = Counter()
    for fact in facts:
        if fact.kind is Kind.DUE:
            number[fact.device] += 1
        elif fact.kind is Kind.HELD:
            why = read(bodies.Held, fact.body).why
            which[why].add((fact.device, number[fact.device]))
            seconds[why] += round(fact.length)
    found = [Held(why, len(which[why]), minutes(seconds[why])) for why in which]
    return tuple(sorted(found, key=lambda held: (-held.prompts, -held.minutes, held.why)))


def _hours(facts: Iterable[Fact]) -> tuple[Hour, ...]:
    """What became of prompts in each local hour that has any."""
    tally: dict[int, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        hour = int((fact.wall + fact.utc_offset) % DAY // 3600)
        if fact.kind is Kind.IGNORED and _is_of(fact, What.SESSION):
            tally[hour]["ignored"] += 1
        elif fact.kind is Kind.ANSWER and (name := _action(fact)):
            tally[hour][name] += 1
    return tuple(
        Hour(hour, c["started"], c["snoozed"], c["skipped"], c["ignored"]) for hour, c in sorted(tally.items())
    )


def best_hour(hours: Iterable[Hour]) -> int | None:
    """The hour in which a prompt was most often taken up.

    One start out of one prompt is no proof, so each hour begins with one start in two prompts that nobody made.
    """
    taken = [hour for hour in hours if hour.started]
    return max(taken, key=lambda h: ((h.started + 1) / (h.total + 2), h.started, -h.hour)).hour if taken else None


MOST_STARTS = 0.8
"""Hours to move to hold this share of the sessions started from a prompt (policy)."""
SHORTEST_WINDOW = 3
LONGEST_WINDOW = 10
"""Hours a day; a longer one changes too little to be worth a change (policy)."""
WORTH_MOVING = 1.25
"""Prompts inside must have been taken up so much more often than all of them (policy)."""


def better_hours(hours: Sequence[Hour]) -> Window | None:
    """The shortest hours that hold most of the starts, if prompts in them were clearly taken up more often."""
    starts, total = sum(h.started for h in hours), sum(h.total for h in hours)
    if not starts or sum(h.answers for h in hours) < ANSWERS_NEEDED:
        return None
    for length in range(SHORTEST_WINDOW, LONGEST_WINDOW + 1):
        windows = [Window(start, (start + length) % 24) for start in range(24)]
        inside, others, start = max(
            (
                sum(h.started for h in hours if w.holds(h.hour)),
                -sum(h.total - h.started for h in hours if w.holds(h.hour)),
                w.start,
            )
            for w in windows
        )
        if inside >= MOST_STARTS * starts:
            better = inside * total >= WORTH_MOVING * starts * (inside - others)
            return Window(start, (start + length) % 24) if better else None
    return None
