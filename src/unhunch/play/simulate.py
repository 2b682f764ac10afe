"""`plan --simulate`: weeks of a recording through the real engine, with somebody who answers and rates by chance.

It shows what the programme would do: goals, reviews and their reasons, week by week. The user's own history is not
touched.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from unhunch.core import bodies
from unhunch.core.bodies import Body, Morning
from unhunch.core.codec import read, told
from unhunch.core.engine.step import Live
from unhunch.core.facts import Fact, Kind
from unhunch.core.messages import Prompt
from unhunch.core.moment import DAY
from unhunch.core.programme import rules, upcoming
from unhunch.core.settings import Settings
from unhunch.core.state.calendar import week_of
from unhunch.core.vocabulary import Act, Feels, Lapse, Status, Tingling
from unhunch.core.week.days import day_totals
from unhunch.core.week.lived import lived
from unhunch.importers.recognise import Found
from unhunch.play.player import Player, Recording, offset_at
from unhunch.play.replay import as_one, has_sums
from unhunch.report.programme import DECISIONS, named
from unhunch.tuples import NamedTuple
from unhunch.words import formats, reasons
from unhunch.words.translate import N_, _

WEEK = 7 * DAY


class Habits(NamedTuple):
    """How somebody answers: chances of each answer, of rating, and what sessions feel like."""

    name: str
    answers: Mapping[str, float]
    rates: float = 0.8
    stiffness: tuple[int, int] = (2, 6)
    discomfort: tuple[int, ...] = (0, 0, 1, 1, 2)
    accepts: bool = True
    mornings: tuple[str, ...] = ("same", "same", "better")


USERS: Mapping[str, Habits] = {
    "willing": Habits(N_("willing"), {"start": 0.88, "snooze": 0.08, "skip": 0.04}),
    "mixed": Habits(N_("mixed"), {"start": 0.25, "snooze": 0.25, "skip": 0.25, "ignore": 0.25}),
    "ignore": Habits(N_("who ignores"), {"ignore": 1.0}),
    "skip": Habits(N_("who skips"), {"skip": 1.0}),
    "start": Habits(N_("who starts"), {"start": 1.0}, rates=0.0),
    "aching": Habits(N_("aching"), {"start": 1.0}, discomfort=(1, 2, 3, 4, 6), mornings=("same", "worse", "better")),
}


class Someone:
    """A played user. One seed gives one story."""

    def __init__(self, habits: Habits, seed: int, s: Settings) -> None:
        self._habits = habits
        self._settings = s
        self._chance = random.Random(seed)  # noqa: S311 - a story, no secret

    def answer(self, _prompt: Prompt) -> str:
        words = list(self._habits.answers)
        return self._chance.choices(words, [self._habits.answers[word] for word in words])[0]

    def ratings(self) -> Mapping[str, Any]:
        habits, chance = self._habits, self._chance
        if chance.random() >= habits.rates:
            return {}
        before = chance.randint(*habits.stiffness)
        return {
            "stiffness_before": before,
            "stiffness_after": max(before - chance.randint(0, 2), 0),
            "discomfort": chance.choice(habits.discomfort),
            "tingling": str(Tingling.NONE),
        }

    def reaction(self, fact: Fact, live: Live) -> Body | None:
        """Accepts what is offered, and tells how the morning felt when the day's first session asks."""
        p = live.state.programme
        if fact.kind is Kind.OFFER and p.offer and self._habits.accepts:
            return rules.answer(p, accept=True, hurt=False)
        asked = fact.kind is Kind.SESSION and upcoming.morning_due(p, live.state.today.date, self._settings)
        if asked and self._chance.random() < self._habits.rates:
            return Morning(Feels(self._chance.choice(self._habits.mornings)))
        return None


def simulate(
    files: Sequence[tuple[Path, Found]], s: Settings, *, weeks: int, user: str = "willing", seed: int = 0
) -> dict[str, Any]:
    """Play a recording for so many weeks. The result is plain values, as --json prints them."""
    recorded, problems = as_one(files)
    recording, times = repeated(recorded, weeks)
    player = Player(s, user=Someone(USERS[user], seed, s))
    player.play(recording)
    return {
        "file": ", ".join(str(path) for path, _found in files),
        "user": user,
        "seed": seed,
        "weeks": report(player.facts.values(), weeks, s),
        "played": times,
        "problems": [*problems, *([] if has_sums(files) and not times else _said(times))],
    }


def _said(times: int) -> list[str]:
    if not times:
        return [_("There was no activity in it.")]
    said = _("The recording is shorter; it was played {times} times, one after the other.")
    return [said.format(times=times)] if times > 1 else []


def repeated(recording: Recording, weeks: int) -> tuple[Recording, int]:
    """So many weeks of it, from its first day on: cut, or played again at the same local times; and how often."""
    if not recording.spans:
        return recording, 0
    ends = [span[1] for span in (*recording.spans, *recording.covered)]
    start = min(span[0] for span in (*recording.spans, *recording.covered))
    midnight = start - (start + offset_at(start)) % DAY
    period = max(ceil((max(ends) - midnight) / WEEK), 1)
    times, end = ceil(weeks / period), midnight + weeks * WEEK
    spans: list[tuple[float, float]] = []
    covered: list[tuple[float, float]] = []
    sides: list[tuple[str, float, float]] = []
    for n in range(times):
        later = n * period * WEEK
        spans += [_at(a, b, later) for a, b in recording.spans if a + later < end]
        covered += [_at(a, b, later) for a, b in recording.covered if a + later < end]
        sides += [(name, *_at(a, b, later)) for name, a, b in recording.sides if a + later < end]
    return Recording(spans, covered, sides), times


def _at(start: float, end: float, later: float) -> tuple[float, float]:
    """The same local time, so many seconds later."""
    shift = later + offset_at(start) - offset_at(start + later)
    return start + shift, end + shift


# Telling --------------------------------------------------------------------------------------------------------------


def report(facts: Iterable[Fact], weeks: int, s: Settings) -> list[dict[str, Any]]:
    """Week by week: sitting, sessions, prompts, the goal, and each decision with its rule, reason and figures."""
    rows: dict[str, dict[str, Any]] = {}
    ordered = sorted(facts, key=lambda fact: fact.wall)
    for fact in ordered:
        if not fact.day:
            continue
        row = rows.setdefault(week_of(fact.day, s), _row(week_of(fact.day, s)))
        match told(fact):
            case bodies.Day(goal=goal):
                row["goal"] = goal
            case bodies.Session(status=Status.DONE):
                row["done"] += 1
            case bodies.Shown(what) if what in row["prompts"]:
                row["prompts"][what] += 1
            case bodies.Lapsed(how):
                row["missed" if how == Lapse.MISSED else "not_asked"] += 1
            case bodies.Answer(Act.SKIP):
                row["skipped"] += 1
            case bodies.Goal() | bodies.Offer() | bodies.Review() as decided:
                row["decisions"].append({"date": fact.day, "kind": fact.kind.value, **_decision(fact.body, s)})
                row["goal"] = decided.to if isinstance(decided, bodies.Goal) else row["goal"]
    for name, totals in day_totals(lived(ordered, s), s).items():
        if name and (found := rows.get(week_of(name, s))) is not None:
            found["sitting_h"] += totals.day.best / 3600
    listed = [rows[name] for name in sorted(rows)][: weeks + 1]
    goal = s.goal
    for number, row in enumerate(listed, start=1):
        asked = row["done"] + row["skipped"] + row["missed"]
        goal = row["goal"] or goal
        row |= {
            "number": number,
            "goal": goal,
            "sitting_h": round(row["sitting_h"], 1),
            "adherence": round(row["done"] / asked, 3) if asked else None,
        }
    return listed


def _row(week: str) -> dict[str, Any]:
    return {
        "week": week,
        "number": 0,
        "goal": 0,
        "sitting_h": 0.0,
        "done": 0,
        "skipped": 0,
        "missed": 0,
        "not_asked": 0,
        "prompts": {"session": 0, "nudge": 0, "ask": 0},
        "decisions": [],
    }


def _decision(body: Mapping[str, Any], s: Settings) -> dict[str, Any]:
    decision, rule, come_from, to, figures, *_others = read(bodies.Decided, body)
    plain = {"decision": decision, "rule": rule, "from": come_from, "to": to, "figures": figures}
    return {**plain, "why": reasons.reason(body, s)}


def text(result: Mapping[str, Any]) -> str:
    """A line a week, and a line a decision."""
    head = _("Simulated: somebody {habits} (seed {seed}), {weeks} weeks.")
    habits = USERS[result["user"]].name
    found = [head.format(habits=_(habits), seed=result["seed"], weeks=len(result["weeks"]))]
    for row in result["weeks"]:
        asked = row["done"] + row["skipped"] + row["missed"]
        share = f" ({reasons.percent(row['adherence'])})" if asked else ""
        line = _("Week {number}  {week}  goal {goal}  {hours} h at the desk  {done} of {asked} sessions done{share}")
        values = {**row, "number": f"{row['number']:>2}", "hours": formats.number(row["sitting_h"])}
        found.append(line.format(**{**values, "asked": asked, "share": share}))
        for one in row["decisions"]:
            match one["kind"]:
                case "goal":
                    said = _("goal {before} to {now}").format(before=one["from"], now=one["to"])
                case "offer":
                    said = _("offered: {number} a day").format(number=one["to"])
                case _other:
                    said = _("goal stays {number}").format(number=one["to"])
            rule = one["rule"]
            found.append(f"         {one['date']}  {named(DECISIONS, rule)}, {said}. {one['why']}")
    found += [_("Note: {problem}").format(problem=problem) for problem in result["problems"]]
    return "\n".join(found)
