"""A routine: what is done on the roller, as data (MODEL 6).

`parse` turns a mapping, as read from a TOML file, into a frozen `Routine` and lists everything that is wrong at once.
When things happen is timeline.py's; what the user answers on the way is guide.py's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from unhunch.core.translate import _

FORMAT = 1
"""Version of the file format."""

MOST_STEPS = 12
"""Longest list in a routine file; more is a slip of the pen."""

LONGEST_TEXT = 240
"""Characters. A longer sentence cannot be followed by ear."""


class Size(StrEnum):
    """How long a session is. `first` and `easy` are derived from standard and short (MODEL 5 and 6)."""

    SHORT = "short"
    STANDARD = "standard"
    LONG = "long"
    FIRST = "first"
    EASY = "easy"


CHOICES = (Size.SHORT, Size.STANDARD, Size.LONG)
"""The sizes that a routine file describes and that a user can choose."""


class Variation(StrEnum):
    """How the weight is carried. Later ones are gentler."""

    OPEN = "open"
    ELBOWS_IN = "elbows_in"
    SUPPORTED = "supported"


class Words(NamedTuple):
    """One thing to say and show."""

    say: str
    show: str
    detail: str = ""


class Step(NamedTuple):
    """A timed sentence of the set-up, the landmark or the end."""

    seconds: float
    words: Words
    picture: str
    variants: Mapping[str, Words]
    """Other words under "elbows_in", "supported" or "hips_raised"."""


class Half(NamedTuple):
    """One half of a breath: in or out."""

    say: str
    brief: str
    show: str


class Movement(NamedTuple):
    name: str
    breathe_in: Half
    breathe_out: Half
    elbows_in: str
    """Name of the movement done instead while the elbows stay in; empty for the same."""


class Position(NamedTuple):
    """A place of the upper back. `about` names the vertebrae and is never spoken."""

    id: str
    name: str
    detail: str
    about: str
    move: str
    back: str


class Plan(NamedTuple):
    """One size: which places, which breaths, how many stiff spots."""

    label: str
    setup: tuple[Step, ...]
    positions: tuple[str, ...]
    breaths: tuple[str, ...]
    stiff_spots: int
    stiff_breaths: tuple[str, ...]
    closing: tuple[Step, ...]
    hips_raised: bool


class Tingling(NamedTuple):
    """What is said and done when a hand tingles or the pressure is too much."""

    breaths: tuple[str, ...]
    elbows_in: Words
    supported: Words
    ask: Words
    persisted: Words


@dataclass(frozen=True, slots=True)
class Routine:
    name: str
    title: str
    language: str
    needs: str
    doctor: str
    """Always shown."""
    safety: tuple[str, ...]
    screening: tuple[str, ...]
    landmark: tuple[Step, ...]
    positions: Mapping[str, Position]
    movements: Mapping[str, Movement]
    move_seconds: float
    travel_seconds: float
    inhale_share: float
    stiff_say: tuple[str, ...]
    stiff_show: Words
    brace: str
    elbows_in_show: str
    supported_show: str
    tingling: Tingling
    pain: Words
    rest_seconds: float
    ask_seconds: float
    plans: Mapping[Size, Plan]


class Problem(NamedTuple):
    """One mistake: where, what was found, what is allowed."""

    key: str
    value: object
    allowed: str

    def __str__(self) -> str:
        found = _("nothing") if self.value is None else repr(self.value)
        return _("{key}: found {found}, allowed is {allowed}").format(
            key=self.key, found=found[:80], allowed=self.allowed
        )


class RoutineError(ValueError):
    """A routine that cannot be used; `problems` holds every mistake that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(p) for p in problems))
        self.problems = tuple(problems)


STEP_KEYS = (
    "seconds", "say", "show", "detail", "picture",
    *(f"{what}_{when}" for when in ("elbows_in", "supported", "hips_raised") for what in ("say", "show", "detail")),
)  # fmt: skip


class _Reader:
    """Reads a table and notes what is wrong with it instead of stopping at the first mistake."""

    def __init__(self, table: object, path: str, problems: list[Problem], allowed: Sequence[str]) -> None:
        self.path = path
        self.problems = problems
        self.table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self._wrong("", table, _("a table"))
        for key in self.table:
            if key not in allowed:
                self._wrong(key, self.table[key], _("no such key; known are {names}").format(names=", ".join(allowed)))

    def _wrong(self, key: str, value: object, allowed: str) -> None:
        self.problems.append(Problem(".".join(part for part in (self.path, key) if part) or "file", value, allowed))

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if isinstance(value, str) and (value.strip() or default is not None) and len(value) <= LONGEST_TEXT:
            return value
        self._wrong(key, value, _("a sentence of 1 to {most} characters").format(most=LONGEST_TEXT))
        return ""

    def texts(self, key: str, least: int = 1) -> tuple[str, ...]:
        value = self.table.get(key)
        if (
            isinstance(value, list)
            and least <= len(value) <= MOST_STEPS
            and all(isinstance(v, str) and v.strip() and len(v) <= LONGEST_TEXT for v in value)
        ):
            return tuple(value)
        self._wrong(key, value, _("a list of {least} to {most} sentences").format(least=least, most=MOST_STEPS))
        return ()

    def number(self, key: str, least: float, most: float) -> float:
        value = self.table.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
            return float(value)
        self._wrong(key, value, _("a number from {least} to {most}").format(least=f"{least:g}", most=f"{most:g}"))
        return least

    def count(self, key: str, least: int, most: int) -> int:
        value = self.table.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._wrong(key, value, _("a whole number from {least} to {most}").format(least=least, most=most))
        return least

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self._wrong(key, value, _("true or false"))
        return value is True

    def names(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        value = self.table.get(key)
        if (
            isinstance(value, list)
            and 1 <= len(value) <= MOST_STEPS
            and all(isinstance(v, str) and v in known for v in value)
        ):
            return tuple(value)
        self._wrong(
            key, value, _("a list of 1 to {most} out of {names}").format(most=MOST_STEPS, names=", ".join(known))
        )
        return ()

    def inner(self, key: str, allowed: Sequence[str]) -> "_Reader":
        return _Reader(self.table.get(key), f"{self.path}.{key}".lstrip("."), self.problems, allowed)

    def rows(self, key: str, allowed: Sequence[str]) -> "list[_Reader]":
        value = self.table.get(key)
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_STEPS:
            self._wrong(key, value, _("a list of 1 to {most} tables").format(most=MOST_STEPS))
            return []
        path = f"{self.path}.{key}".lstrip(".")
        return [_Reader(row, f"{path}[{n}]", self.problems, allowed) for n, row in enumerate(value, 1)]

    def words(self, key: str) -> Words:
        inner = self.inner(key, ("say", "show", "detail"))
        return Words(inner.text("say"), inner.text("show"), inner.text("detail", ""))

    def named(self, key: str, read: "Callable[[_Reader], Any]", allowed: Sequence[str]) -> dict[str, Any]:
        """A table of tables under free names."""
        value = self.table.get(key)
        if not isinstance(value, Mapping) or not value:
            self._wrong(key, value, _("a table of at least one table"))
            return {}
        return {name: read(_Reader(row, f"{key}.{name}", self.problems, allowed)) for name, row in value.items()}


def _step(row: _Reader) -> Step:
    words = Words(row.text("say"), row.text("show"), row.text("detail", ""))
    variants = {}
    for when in ("elbows_in", "supported", "hips_raised"):
        found = Words(*(row.text(f"{what}_{when}", getattr(words, what)) for what in Words._fields))
        if found != words:
            variants[when] = found
    return Step(row.number("seconds", 2, 60), words, row.text("picture", ""), variants)


def _half(row: _Reader) -> Half:
    return Half(row.text("say"), row.text("brief"), row.text("show"))


def _movement(row: _Reader) -> Movement:
    half = ("say", "brief", "show")
    return Movement(
        row.text("name"), _half(row.inner("in", half)), _half(row.inner("out", half)), row.text("elbows_in", "")
    )


def _plan(row: _Reader, positions: Sequence[str], movements: Sequence[str]) -> Plan:
    return Plan(
        label=row.text("label"),
        setup=tuple(_step(r) for r in row.rows("setup", STEP_KEYS)),
        positions=row.names("positions", positions),
        breaths=row.names("breaths", movements),
        stiff_spots=row.count("stiff_spots", 0, 6),
        stiff_breaths=row.names("stiff_breaths", movements),
        closing=tuple(_step(r) for r in row.rows("closing", STEP_KEYS)),
        hips_raised=row.flag("hips_raised"),
    )


def _position(row: _Reader) -> Position:
    return Position(
        row.text("id"),
        row.text("name"),
        row.text("detail", ""),
        row.text("about", ""),
        row.text("move"),
        row.text("back"),
    )


PLAN_KEYS = (
    "label", "setup", "positions", "breaths", "stiff_spots", "stiff_breaths", "closing", "hips_raised",
)  # fmt: skip
TOP_KEYS = (
    "format", "name", "title", "language", "needs", "picture", "move_seconds", "travel_seconds", "inhale_share",
    "screening", "safety", "landmark", "positions", "movements", "stiff", "hips_raised", "elbows_in", "supported",
    "branches", "sizes",
)  # fmt: skip


def parse(mapping: Mapping[str, Any]) -> Routine:
    """A routine out of what a file holds. Raises RoutineError with every mistake: key, value and what is allowed."""
    problems: list[Problem] = []
    top = _Reader(mapping, "", problems, TOP_KEYS)
    top.count("format", FORMAT, FORMAT)
    safety = top.inner("safety", ("doctor", "lines"))
    rows = [_position(row) for row in top.rows("positions", Position._fields)]
    positions = {p.id: p for p in rows}
    if len(positions) != len(rows):
        problems.append(Problem("positions", [p.id for p in rows], _("each id once")))
    movements: dict[str, Movement] = top.named("movements", _movement, ("name", "in", "out", "elbows_in"))
    for name, movement in movements.items():
        if movement.elbows_in and movement.elbows_in not in movements:
            known = _("one of {names}").format(names=", ".join(movements))
            problems.append(Problem(f"movements.{name}.elbows_in", movement.elbows_in, known))
    stiff = top.inner("stiff", ("say", "show", "detail"))
    branches = top.inner("branches", ("rest_seconds", "ask_seconds", "tingling", "pain"))
    tingling = branches.inner("tingling", Tingling._fields)
    sizes = top.inner("sizes", CHOICES)
    plans = {size: _plan(sizes.inner(size, PLAN_KEYS), tuple(positions), tuple(movements)) for size in CHOICES}
    routine = Routine(
        name=top.text("name"),
        title=top.text("title"),
        language=top.text("language"),
        needs=top.text("needs"),
        doctor=safety.text("doctor"),
        safety=safety.texts("lines"),
        screening=top.texts("screening"),
        landmark=tuple(_step(r) for r in top.rows("landmark", STEP_KEYS)),
        positions=positions,
        movements=movements,
        move_seconds=top.number("move_seconds", 3, 30),
        travel_seconds=top.number("travel_seconds", 3, 30),
        inhale_share=top.number("inhale_share", 0.3, 0.6),
        stiff_say=stiff.texts("say"),
        stiff_show=Words("", stiff.text("show"), stiff.text("detail", "")),
        brace=top.inner("hips_raised", ("brace",)).text("brace"),
        elbows_in_show=top.inner("elbows_in", ("show",)).text("show"),
        supported_show=top.inner("supported", ("show",)).text("show"),
        tingling=Tingling(
            tingling.names("breaths", tuple(movements)),
            *(tingling.words(key) for key in Tingling._fields if key != "breaths"),
        ),
        pain=branches.inner("pain", ("stop",)).words("stop"),
        rest_seconds=branches.number("rest_seconds", 3, 60),
        ask_seconds=branches.number("ask_seconds", 3, 60),
        plans=plans,
    )
    if problems:
        raise RoutineError(problems)
    return routine
