"""What a routine's file holds, read into a `Routine`; all that is wrong with it is found at once.

What is spoken has to fit its seconds, and every rule of safety has to be spoken: a file without one is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unhunch.core.session.routine import (
    BRANCHES,
    BREATH,
    FORMAT,
    HOW,
    POSES,
    RULES,
    Half,
    Movement,
    Moves,
    Plan,
    Position,
    Routine,
    Rule,
    Step,
    Stiff,
    Tingling,
    Words,
)
from unhunch.core.vocabulary import CHOICES
from unhunch.session.table import Problem, Table, by_length
from unhunch.words.translate import _

VARIANTS = ("elbows_in", "supported", "hips_raised")
WORD_KEYS = Words._fields
STEP_KEYS = (
    "seconds", *WORD_KEYS, "picture", *(f"{what}_{when}" for when in VARIANTS for what in WORD_KEYS),
)  # fmt: skip
PLAN_KEYS = (
    "label", "setup", "positions", "breaths", "stiff_spots", "stiff_breaths", "closing", "hips_raised",
)  # fmt: skip
TOP_KEYS = (
    "format", "name", "title", "language", "needs", "picture", "move_seconds", "travel_seconds", "inhale_share",
    "place_count", "screening", "safety", "how", "rules", "down", "landmark", "positions", "moves", "movements",
    "half", "stiff", "elbows_in", "supported", "pause", "branches", "sizes",
)  # fmt: skip
REST_SECONDS = (3, 60)
STEP_SECONDS = (2, 60)


class RoutineError(ValueError):
    """A routine that cannot be used; `problems` holds every mistake that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(p) for p in problems))
        self.problems = tuple(problems)


class _Reading:
    """One file on its way in."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self.top = Table(mapping, "", self.problems, TOP_KEYS)
        self.inhale = self.top.number("inhale_share", 0.3, 0.6)

    def words(self, row: Table, key: str, seconds: float, of: str) -> Words:
        inner = row.inner(key, WORD_KEYS)
        words = Words(inner.text("say"), inner.text("show"), inner.text("detail", ""))
        inner.fits("say", words.say, seconds, (of, seconds))
        return words

    def step(self, row: Table) -> Step:
        seconds = row.number("seconds", *STEP_SECONDS)
        words = Words(row.text("say"), row.text("show"), row.text("detail", ""))
        row.fits("say", words.say, seconds)
        variants = {}
        for when in VARIANTS:
            found = Words(*(row.text(f"{what}_{when}", getattr(words, what)) for what in WORD_KEYS))
            if found != words:
                row.fits(f"say_{when}", found.say, seconds)
                variants[when] = found
        return Step(seconds, words, row.text("picture", ""), variants)

    def timed(self, row: Table, key: str, *more: str) -> Step:
        """A step that has no variants; `more` are other keys that its table may have."""
        return self.step(row.inner(key, ("seconds", *WORD_KEYS, *more)))

    def rules(self) -> dict[str, Rule]:
        table = self.top.inner("rules", RULES)
        found = {}
        for name in RULES:
            row = table.inner(name, ("seconds", "say", "brief", "show", "line"))
            brief = row.text("brief") if name in BRANCHES else row.text("brief", "")
            rule = Rule(
                row.number("seconds", *STEP_SECONDS), row.text("say"), brief, row.text("show"), row.text("line")
            )
            row.fits("say", rule.say, rule.seconds)
            found[name] = rule
        return found

    def half(self, rules: Mapping[str, Rule]) -> Step:
        half = self.timed(self.top, "half")
        said = " ".join([half.words.say, *(rules[name].brief for name in BRANCHES)])
        self.top.fits("half.say", said, half.seconds, ("half.seconds", half.seconds))
        return half

    def movement(self, row: Table) -> Movement:
        def half(key: str, seconds: float) -> Half:
            inner = row.inner(key, Half._fields)
            picture = inner.one_of("picture", POSES, "lying")
            read = Half(inner.text("say"), inner.texts("brief"), inner.text("show"), picture)
            for said in (read.say, *read.brief):
                inner.fits("say" if said == read.say else "brief", said, seconds, ("inhale_share", self.inhale))
            return read

        inhale = BREATH * self.inhale
        return Movement(row.text("name"), half("in", inhale), half("out", BREATH - inhale), row.text("elbows_in", ""))

    def movements(self) -> dict[str, Movement]:
        found: dict[str, Movement] = self.top.named("movements", self.movement, ("name", "in", "out", "elbows_in"))
        for name, movement in found.items():
            if movement.elbows_in and movement.elbows_in not in found:
                known = _("one of {names}").format(names=", ".join(found))
                self.top.wrong(f"movements.{name}.elbows_in", movement.elbows_in, known)
        return found

    def moves(self) -> Moves:
        row = self.top.inner("moves", Moves._fields)
        return Moves(*(row.text(key) for key in Moves._fields))

    def positions(self, moves: Moves, move_seconds: float, travel_seconds: float) -> dict[str, Position]:
        rows = self.top.rows("positions", Position._fields)
        found = {}
        for row in rows:
            place = Position(*(row.text(key, "" if key in ("detail", "about") else None) for key in Position._fields))
            found[place.id] = place
            row.fits("move", f"{moves.brace} {place.move} {moves.down}", move_seconds, ("move_seconds", move_seconds))
            back = f"{moves.brace} {place.back} {moves.down}"
            row.fits("back", back, travel_seconds, ("travel_seconds", travel_seconds))
        if len(found) != len(rows):
            self.top.wrong("positions", [row.table.get("id") for row in rows], _("each id once"))
        return found

    def first_moves(
        self, moves: Moves, positions: Mapping[str, Position], plans: Iterable[Plan], seconds: float
    ) -> None:
        """The first change of place of each size has more to say."""
        for name in dict.fromkeys(plan.positions[1] for plan in plans if len(plan.positions) > 1):
            said = f"{moves.first} {positions[name].move} {moves.down}"
            self.top.fits("moves.first", said, seconds, ("move_seconds", seconds))

    def stiff(self, moves: Moves, travel_seconds: float) -> Stiff:
        row = self.top.inner("stiff", Stiff._fields)
        stiff = Stiff(row.texts("say"), row.text("leave"), row.text("show"), row.text("detail", ""))
        for number, say in enumerate(stiff.say):
            leave = "" if number else stiff.leave
            said = f"{moves.brace} {say} {moves.down} {leave}".strip()
            row.fits("say", said, travel_seconds, ("travel_seconds", travel_seconds))
        return stiff

    def place_count(self) -> str:
        text = self.top.text("place_count")
        try:
            said = text.format(number=6, count=6)
        except (KeyError, IndexError, ValueError):
            self.top.wrong("place_count", text, _("a sentence with {number} and {count} in it"))
            return ""
        self.top.fits("place_count", said, BREATH * self.inhale, ("inhale_share", self.inhale))
        return text

    def tingling(self, row: Table, movements: Sequence[str], move: float, rest: float, ask: float) -> Tingling:
        seconds = {
            "elbows_in": (move, "move_seconds"),
            "supported": (move, "move_seconds"),
            "ask": (ask, "branches.ask_seconds"),
            "persisted": (rest, "branches.rest_seconds"),
        }
        return Tingling(
            row.names("breaths", movements), *(self.words(row, key, *seconds[key]) for key in Tingling._fields[1:])
        )

    def plan(self, row: Table, positions: Sequence[str], movements: Sequence[str]) -> Plan:
        return Plan(
            label=row.text("label"),
            setup=tuple(self.step(r) for r in row.rows("setup", STEP_KEYS)),
            positions=row.names("positions", positions),
            breaths=row.names("breaths", movements),
            stiff_spots=row.count("stiff_spots", 0, 6),
            stiff_breaths=row.names("stiff_breaths", movements),
            closing=tuple(self.step(r) for r in row.rows("closing", STEP_KEYS)),
            hips_raised=row.flag("hips_raised"),
        )


def parse(mapping: Mapping[str, Any]) -> Routine:
    """A routine out of what a file holds. Raises RoutineError with every mistake: key, value and what is allowed."""
    read = _Reading(mapping)
    top = read.top
    top.count("format", FORMAT, FORMAT)
    rules = read.rules()
    moves = read.moves()
    movements = read.movements()
    move_seconds, travel_seconds = top.number("move_seconds", 3, 30), top.number("travel_seconds", 3, 30)
    positions = read.positions(moves, move_seconds, travel_seconds)
    how, down = top.inner("how", HOW), top.inner("down", ("greeting", "count"))
    pause = top.inner("pause", ("seconds", *WORD_KEYS, "over"))
    branches = top.inner("branches", ("rest_seconds", "ask_seconds", "tingling", "pain"))
    rest, ask = branches.number("rest_seconds", *REST_SECONDS), branches.number("ask_seconds", *REST_SECONDS)
    sizes = top.inner("sizes", CHOICES)
    plans = {size: read.plan(sizes.inner(size, PLAN_KEYS), tuple(positions), tuple(movements)) for size in CHOICES}
    read.first_moves(moves, positions, plans.values(), move_seconds)
    routine = Routine(
        name=top.text("name"),
        title=top.text("title"),
        language=top.text("language"),
        needs=top.text("needs"),
        doctor=top.inner("safety", ("doctor",)).text("doctor"),
        screening=top.texts("screening"),
        how={key: how.text(key) for key in HOW},
        rules=rules,
        greeting=read.timed(down, "greeting"),
        count=read.timed(down, "count"),
        landmark=tuple(read.step(r) for r in top.rows("landmark", STEP_KEYS)),
        positions=positions,
        movements=movements,
        moves=moves,
        move_seconds=move_seconds,
        travel_seconds=travel_seconds,
        inhale_share=read.inhale,
        place_count=read.place_count(),
        half=read.half(rules),
        stiff=read.stiff(moves, travel_seconds),
        elbows_in_show=top.inner("elbows_in", ("show",)).text("show"),
        supported_show=top.inner("supported", ("show",)).text("show"),
        pause=read.step(pause),
        pause_over=read.timed(pause, "over"),
        tingling=read.tingling(branches.inner("tingling", Tingling._fields), tuple(movements), move_seconds, rest, ask),
        pain=read.words(branches.inner("pain", ("stop",)), "stop", rest, "branches.rest_seconds"),
        rest_seconds=rest,
        ask_seconds=ask,
        plans=plans,
    )
    if read.problems:
        raise RoutineError(by_length(read.problems))
    return routine
