"""What a guided session is told before it begins, and how it tells what happened. Both are plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from unhunch.core.settings import Settings
from unhunch.core.vocabulary import RATINGS, SCORE, Size
from unhunch.errors import Exit, UserError
from unhunch.words.translate import _


class PlanError(UserError):
    """A plan that makes no sense; it lists each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            _("The session's plan cannot be used:"),
            _("No session was begun."),
            _("Correct the plan, or leave it out for a short session."),
            Exit.WRONG,
            problems,
        )


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What the session needs to know. It is made by whoever starts it and holds no history."""

    size: Size = Size.SHORT
    """The size that is proposed. `first` and `easy` leave no choice of size."""
    landmark: bool = False
    """Find the lower back first: the first three sessions. The user can ask for it in others."""
    screening_due: bool = False
    recovery_due: bool = False
    """Ask first how it is now: after a stop, a slip or a confirmation."""
    morning_due: bool = False
    """Ask how the morning after the last session felt."""
    breath: float = 8.0
    """Seconds of one slow breath, 8 to 10."""
    voice: bool = True
    pace: int = 150
    """Words a minute, 100 to 220."""
    discomfort_most: int = Settings().amber_most
    """Over this a session hurt, and rests the day."""
    hips_raised: bool = False
    """What the choice shows at first; it counts in the long session only."""
    routine: str = ""
    """The name of the user's own routine; empty for the built-in one."""
    last: Mapping[str, int | str] = field(default_factory=dict)
    """Ratings of the last session, shown as a reminder."""
    notice: str = ""
    """One sentence to show above the choice, such as why a routine was refused."""
    speed: float = 1.0
    """How fast the session's clock runs; tests use more than 1."""

    @classmethod
    def from_mapping(cls, mapping: object) -> "SessionPlan":
        """Read a plan; what is missing has its default. Raises PlanError with every mistake."""
        if not isinstance(mapping, Mapping):
            raise PlanError([_("it has to be a table of names and values")])
        problems: list[str] = []
        known = {f.name for f in fields(cls)}
        problems += [_("{key}: no such name").format(key=key) for key in mapping if key not in known]
        given = {key: value for key, value in mapping.items() if key in known}
        ranges: dict[str, tuple[float, float]] = {"breath": (8, 10), "pace": (100, 220), "speed": (0.1, 200)}
        ranges["discomfort_most"] = (SCORE[0], SCORE[-1])
        for key, value in given.items():
            if key == "size":
                if value not in list(Size):
                    problems.append(_wrong("size", value, ", ".join(Size)))
            elif key in ranges:
                low, high = ranges[key]
                is_number = isinstance(value, int | float) and not isinstance(value, bool)
                if not is_number or not low <= value <= high:
                    problems.append(_wrong(key, value, _number(low, high)))
            elif key in ("routine", "notice"):
                if not isinstance(value, str):
                    problems.append(_wrong(key, value, _("text")))
            elif key == "last":
                problems += [f"last.{problem}" for problem in bad_ratings(value)]
            elif not isinstance(value, bool):
                problems.append(_wrong(key, value, _("true or false")))
        if problems:
            raise PlanError(problems)
        if "size" in given:
            given["size"] = Size(given["size"])
        return cls(**given)


def _wrong(key: str, value: object, allowed: str) -> str:
    return _("{key}: found {found}, allowed is {allowed}").format(key=key, found=repr(value), allowed=allowed)


def _number(low: float, high: float) -> str:
    return _("a number from {least} to {most}").format(least=f"{low:g}", most=f"{high:g}")


def bad_ratings(ratings: object) -> list[str]:
    """What is wrong with ratings: a table with any of stiffness_before, stiffness_after, discomfort and tingling."""
    if not isinstance(ratings, Mapping):
        return [_wrong("ratings", ratings, _("a table"))]
    problems = []
    for key, value in ratings.items():
        allowed = RATINGS.get(key)
        if allowed is None:
            problems.append(_("{key}: no such name").format(key=key))
        elif value not in allowed or isinstance(value, bool | float):
            whole = _("a whole number from {least} to {most}").format(least=SCORE[0], most=SCORE[-1])
            problems.append(_wrong(key, value, whole if allowed is SCORE else ", ".join(map(str, allowed))))
    return problems


class Reporter(Protocol):
    """Is told what happens in a session, as it happens. Must return quickly; may raise OSError when nobody listens.

    | event | body |
    |---|---|
    | screening | verdict: pass, ask-doctor or unable. Never which answer |
    | recovery | feels: gone, still or worse |
    | morning | feels: better, same or worse |
    | started | record |
    | pulse | record, at, paused; every ten seconds and at each turn; if nothing else comes, this was the session |
    | branch | name (elbows-in, supported, tingling-cleared, tingling-persisted, pain, stiff-P3, ...), at |
    | paused, resumed | at |
    | slip | what stopped the session, or a yes before it, was told by mistake; OSError: it stays, and why |
    | finished | record with the ratings: the last event but a slip, exactly once after started |

    A record is the body of the session's fact, see core/bodies.py; `at` is a second of the session's timeline.
    """

    def report(self, event: str, body: Mapping[str, Any]) -> None: ...
