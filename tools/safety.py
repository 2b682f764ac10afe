"""Draws docs/safety.md: each rule of the clinic's page, and where it is spoken, shown and printed.

    python -m tools.safety

Everything is read off the timelines and the pages as they are made; tests/core/test_safety.py compares the file and
fails on a rule that is nowhere, or whose sentence does not fit its seconds.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from unhunch import language
from unhunch.core.session.routine import Routine, Variation
from unhunch.core.session.timeline import Cue, Kind, Timeline, gentlest, shape, timeline
from unhunch.core.vocabulary import Size
from unhunch.language import LANGUAGES
from unhunch.session.routines import builtin
from unhunch.words import formats

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "safety.md"
UNDERSTOOD = FILE.with_name("understood.md")


class Rule(NamedTuple):
    clinic: str
    """What the page asks for, in our words; [policy] where it is our own."""
    spoken: Callable[[Routine, Timeline], list[Cue]]
    line: Callable[[Routine], str]
    """How it is shown and printed."""
    landmark: bool = False
    """Only where the lower back is found first."""


def said(text: Callable[[Routine], str]) -> Callable[[Routine, Timeline], list[Cue]]:
    """Cues in which a sentence is spoken, alone or among others."""
    return lambda routine, line: [cue for cue in line.cues if text(routine) in cue.spoken]


def of_rule(name: str) -> Callable[[Routine, Timeline], list[Cue]]:
    """Before the clock, and in short at half time where there is a short form."""

    def found(routine: Routine, line: Timeline) -> list[Cue]:
        rule = routine.rules[name]
        half = [cue for cue in line.cues if cue.kind is Kind.HALF and rule.brief and rule.brief in cue.spoken]
        return [cue for cue in line.cues if cue.kind is Kind.DOWN and cue.spoken == rule.say] + half

    return found


def braced(routine: Routine, line: Timeline) -> list[Cue]:
    """Every change of place; empty when one of them has hips up and no braced abs."""
    moves = routine.moves
    changes = [cue for cue in line.cues if cue.kind in (Kind.MOVE, Kind.TRAVEL)]
    return changes if all(cue.spoken.startswith((moves.brace, moves.first, moves.raised)) for cue in changes) else []


def supported(routine: Routine, line: Timeline) -> list[Cue]:
    """The hands carry the neck, or the head, from the set-up on."""
    step = shape(routine, line.size).setup[1]
    words = {step.words.say, *(words.say for words in step.variants.values())}
    return [cue for cue in line.cues if cue.kind is Kind.SETUP and cue.spoken in words]


def stiffest(_routine: Routine, line: Timeline) -> list[Cue]:
    """The way to each stiff spot, where it is stayed for 4 to 6 breaths."""
    stays = [cue for cue in line.cues if cue.kind is Kind.STIFF]
    enough = all(4 <= len(cue.phases) / 2 <= 6 for cue in stays)
    return [cue for cue in line.cues if cue.kind is Kind.TRAVEL] if enough else []


def lowest(_routine: Routine, line: Timeline) -> list[Cue]:
    return [cue for cue in line.cues if cue.kind is Kind.LANDMARK][-1:]


RULES = {
    "upper back only": Rule(
        "the upper back only: not up to the neck, not down into the lower back",
        of_rule("place"),
        lambda routine: routine.rules["place"].line,
    ),
    "lower back found": Rule(
        "the lower back is what lies between the belt line and the tip of the thumb, hand behind the back, palm out",
        lowest,
        lambda routine: routine.landmark[-1].words.detail,
        landmark=True,
    ),
    "gentle": Rule(
        "gentle movements, no bouncing or forcing", of_rule("gentle"), lambda routine: routine.rules["gentle"].line
    ),
    "elbows in": Rule(
        "tingling or discomfort in hand or arm: elbows in, until it goes away or is bearable",
        of_rule("tingling"),
        lambda routine: routine.rules["tingling"].line,
    ),
    "supported": Rule(
        "still too much: the supported variation",
        of_rule("pressure"),
        lambda routine: routine.rules["pressure"].line,
    ),
    "abs braced": Rule("abs braced when the hips are off the floor", braced, lambda routine: routine.moves.line),
    "neck carried": Rule(
        "fingers interlocked behind the neck, which they support", supported, lambda routine: routine.how["lying"]
    ),
    "stiff spots": Rule(
        "a stiff place: stay for 4 to 6 slow breaths, bending, extending and leaning",
        stiffest,
        lambda routine: routine.how["staying"],
    ),
    "pain": Rule(
        "[policy] pain or dizziness: stop, roll to the side",
        of_rule("pain"),
        lambda routine: routine.rules["pain"].line,
    ),
    "help": Rule(
        "[policy] weakness, chest pain, breathlessness: medical help now",
        of_rule("help"),
        lambda routine: routine.rules["help"].line,
    ),
}
"""In the order of the page's own safety part, then ours. "Always check with your doctor before starting a new exercise"
is shown on every screen before a session and printed; "one a day, then several" is the programme's."""


def lines(routine: Routine, size: Size) -> Iterator[tuple[str, Timeline]]:
    """Each way in which a size can be heard, as after a branch that changed it."""
    for variation in Variation:
        if gentlest(size, variation) is variation:
            for hips in (False, True) if shape(routine, size).hips_raised else (False,):
                name = f"{variation}{', hips raised' if hips else ''}"
                yield name, timeline(routine, size, landmark=True, hips_raised=hips, variation=variation)


def clock(line: Timeline, cue: Cue) -> str:
    at = cue.at - line.begins
    return ("-" if at < 0 else "") + formats.stopwatch(abs(at))


def heard() -> Iterator[str]:
    """What understood.md found, a line for each language."""
    for chapter in UNDERSTOOD.read_text(encoding="utf-8").split("\n## ")[1:]:
        found, _comma, rest = chapter.partition("\n")
        lost = re.findall(r"^\* (.+)$", rest, re.MULTILINE)
        yield f"| {found.replace(': ', ' | ')} | {', '.join(lost)} |"


def page() -> str:
    """docs/safety.md."""
    language.set_up({"LANG": "C.UTF-8"})
    routine = builtin()
    drawn = [
        "# Where each safety rule is spoken, shown and printed",
        "",
        "Drawn by `python -m tools.safety` from the timelines. The rules are the clinic's page's, in our words, and",
        "two of our own. Times are of the session's clock; those before it, while the user gets down, have a minus.",
        "Every rule is on the page before the start, on the printed sheet (`unhunch routine print`) and in the",
        'terminal. "Always check with your doctor before starting a new exercise" is shown and printed there, too.',
        "How long each sentence takes is in [cues.md](cues.md), what a recogniser hears of it in",
        "[understood.md](understood.md):",
        "",
        "| language | heard | safety words that were not heard each time |",
        "|---|---|---|",
        *heard(),
        "",
        f"| rule | {' | '.join(Size)} |",
        f"|---|{'---|' * len(Size)}",
    ]
    for rule in RULES.values():
        cells = []
        for size in Size:
            line = timeline(routine, size, landmark=rule.landmark)
            cells.append(", ".join(clock(line, cue) for cue in rule.spoken(routine, line)))
        drawn.append(f"| {rule.clinic} | {' | '.join(cells)} |")
    for code in LANGUAGES:
        language.set_up({"LANG": f"{code}.UTF-8"})
        routine = builtin()
        line = timeline(routine, Size.STANDARD, landmark=True)
        drawn += ["", f"## {code}", "", "| rule | spoken | shown and printed |", "|---|---|---|"]
        for name, rule in RULES.items():
            spoken = list(dict.fromkeys(cue.spoken for cue in rule.spoken(routine, line)))
            drawn.append(f"| {name} | {'<br>'.join(spoken[:3])} | {rule.line(routine)} |")
        drawn.append(f"| doctor | | {routine.doctor} |")
    return "\n".join(drawn) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
