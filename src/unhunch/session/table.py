"""Reads a table of a routine's file and notes what is wrong with it instead of stopping at the first mistake."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from unhunch.core.session.pace import too_long
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

MOST_STEPS = 12
"""Longest list in a routine file; more is a slip of the pen."""

LONGEST_TEXT = 240
"""Characters. A longer sentence cannot be followed by ear."""


class Problem(NamedTuple):
    """One mistake: where, what was found, what is allowed."""

    key: str
    value: object
    allowed: str
    length: tuple[str, object] | None = None
    """Of a sentence that does not fit: which number gives it its seconds, and what it is."""
    takes: float = 0.0
    """Seconds of that sentence, with the pauses around it."""

    def __str__(self) -> str:
        found = _("nothing") if self.value is None else repr(self.value)
        return _("{key}: found {found}, allowed is {allowed}").format(
            key=self.key, found=found[:80], allowed=self.allowed
        )


def by_length(problems: Sequence[Problem]) -> list[Problem]:
    """A length that several sentences do not fit is one mistake; what hangs on a wrong number is none."""
    wrong = {problem.key for problem in problems if problem.length is None}
    late: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.length is not None:
            late.setdefault(problem.length[0], []).append(problem)
    found = []
    for problem in problems:
        if problem.length is None:
            found.append(problem)
            continue
        key, value = problem.length
        same = late[key]
        if key in wrong or problem is not same[0]:
            continue
        longest = max(same, key=lambda each: each.takes)
        count = len({each.key for each in same})
        allowed = _("one that each sentence fits; {count} do not, of which {longest} takes longest: about {takes} s")
        said = allowed.format(count=count, longest=longest.key, takes=f"{longest.takes:.1f}")
        found.append(longest if count == 1 else Problem(key, value, said))
    return found


class Table:
    """One table, its dotted path, and the list that every mistake in the file is added to."""

    def __init__(self, table: object, path: str, problems: list[Problem], allowed: Sequence[str]) -> None:
        self.path = path
        self.problems = problems
        self.table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.wrong("", table, _("a table"))
        for key in self.table:
            if key not in allowed:
                self.wrong(key, self.table[key], _("no such key; known are {names}").format(names=", ".join(allowed)))

    def wrong(self, key: str, value: object, allowed: str) -> None:
        self.problems.append(Problem(self._key(key), value, allowed))

    def _key(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part) or "file"

    def fits(self, key: str, said: str, seconds: float, length: tuple[str, object] | None = None) -> None:
        """What is spoken must end before the next sentence begins.

        `length`: the number that gives it its seconds, the table's own by default, and what it is.
        """
        if takes := too_long(said, seconds):
            allowed = _("what can be said in {seconds} s; this takes about {takes} s with the pauses around it")
            where = Problem(self._key(key), said, allowed.format(seconds=f"{seconds:.1f}", takes=f"{takes:.1f}"))
            self.problems.append(where._replace(length=length or (self._key("seconds"), seconds), takes=takes))

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if isinstance(value, str) and (value.strip() or default is not None) and len(value) <= LONGEST_TEXT:
            return value
        self.wrong(key, value, _("a sentence of 1 to {most} characters").format(most=LONGEST_TEXT))
        return ""

    def one_of(self, key: str, known: Sequence[str], default: str) -> str:
        value = self.table.get(key, default)
        if isinstance(value, str) and value in known:
            return value
        self.wrong(key, value, _("one of {names}").format(names=", ".join(known)))
        return default

    def texts(self, key: str, least: int = 1) -> tuple[str, ...]:
        value = self.table.get(key)
        if (
            isinstance(value, list)
            and least <= len(value) <= MOST_STEPS
            and all(isinstance(v, str) and v.strip() and len(v) <= LONGEST_TEXT for v in value)
        ):
            return tuple(value)
        self.wrong(key, value, _("a list of {least} to {most} sentences").format(least=least, most=MOST_STEPS))
        return ()

    def number(self, key: str, least: float, most: float) -> float:
        value = self.table.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
            return float(value)
        self.wrong(key, value, _("a number from {least} to {most}").format(least=f"{least:g}", most=f"{most:g}"))
        return least

    def count(self, key: str, least: int, most: int) -> int:
        value = self.table.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(key, value, _("a whole number from {least} to {most}").format(least=least, most=most))
        return least

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, value, _("true or false"))
        return value is True

    def names(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        value = self.table.get(key)
        if (
            isinstance(value, list)
            and 1 <= len(value) <= MOST_STEPS
            and all(isinstance(v, str) and v in known for v in value)
        ):
            return tuple(value)
        self.wrong(
            key, value, _("a list of 1 to {most} out of {names}").format(most=MOST_STEPS, names=", ".join(known))
        )
        return ()

    def inner(self, key: str, allowed: Sequence[str]) -> "Table":
        return Table(self.table.get(key), f"{self.path}.{key}".lstrip("."), self.problems, allowed)

    def rows(self, key: str, allowed: Sequence[str]) -> "list[Table]":
        value = self.table.get(key)
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_STEPS:
            self.wrong(key, value, _("a list of 1 to {most} tables").format(most=MOST_STEPS))
            return []
        path = f"{self.path}.{key}".lstrip(".")
        return [Table(row, f"{path}[{n}]", self.problems, allowed) for n, row in enumerate(value, 1)]

    def named(self, key: str, read: "Callable[[Table], Any]", allowed: Sequence[str]) -> dict[str, Any]:
        """A table of tables under free names."""
        value = self.table.get(key)
        if not isinstance(value, Mapping) or not value:
            self.wrong(key, value, _("a table of at least one table"))
            return {}
        return {name: read(Table(row, f"{key}.{name}", self.problems, allowed)) for name, row in value.items()}
