"""What is told of what happens: one name and one shape for one thing, in `events`, `events --follow` and to hooks.

What is recorded is told as its fact says it (bodies.py), under the fact's kind or the name that people have for it. A
few things are told that no fact says. A program may rely on a name and its fields: what is told may grow, and what is
there keeps its meaning.
"""

from collections.abc import Mapping
from typing import Any

from unhunch.core.bodies import BODIES, Ratings
from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.core.moment import at_offset
from unhunch.tuples import NamedTuple

NAMES: Mapping[Kind, str] = {Kind.SHOWN: "prompt"}
"""Where the kind of a fact is not what people call it."""
UNTOLD = frozenset({Kind.CHECKPOINT})
"""Not a thing that happened."""


class Told(NamedTuple):
    """One kind of line. `live`: `events --follow` tells it; `kept`: `events` reads it from the history."""

    about: str
    fields: tuple[str, ...]
    live: bool
    kept: bool


ALWAYS = ("at", "event")
"""When, ISO 8601 with offset, and what: in every line."""
OF_HISTORY = ("minutes", "day", "device")
"""In every line of `events`: how long it lasted, the logical day, and the machine if it was another one."""

LIVE: Mapping[str, Told] = {
    "state": Told(
        "How things are: the first line, before anything happens.",
        ("presence", "since", "owed", "paused_until", "hold", "done", "goal", "sitting_min", "version"),
        live=True,
        kept=False,
    ),
    "presence": Told(
        "Somebody is active, quiet, in a call, standing, in a session, away; or asleep, or unknown.",
        ("presence",),
        live=True,
        kept=False,
    ),
    "hold": Told(
        "What holds notices back now; without a reason nothing does any more.", ("why",), live=True, kept=False
    ),
    "not-shown": Told("A notice was not taken by the desktop.", ("why",), live=True, kept=False),
}
"""What no fact says."""
TOLD_TWICE = {Kind.SESSION: ("is",)}
"""Spans that are told when they begin and when they end."""
EVIDENCE = {
    Kind.INPUT: "Keyboard or mouse were touched.",
    Kind.LOCKED: "The screen was locked, or the session switched away.",
    Kind.ASLEEP: "The machine slept.",
    Kind.CALL: "Microphone or camera were in use.",
    Kind.INHIBITED: "Something kept the screen awake: a film.",
    Kind.BLIND: "Nobody could see whether anything was touched.",
    Kind.PARTIAL: "A part of the desk could not be seen.",
    Kind.STANDING: "The user stood.",
    Kind.STOPPED: "The daemon ended.",
}
"""Facts without a body, which would say what they are."""


def name(kind: Kind) -> str:
    return NAMES.get(kind, kind.value)


def fields(kind: Kind) -> tuple[str, ...]:
    """What the line of a fact may hold besides what every line holds."""
    shape = BODIES.get(kind)
    own = shape._fields if shape else ()
    found = [part for field in own for part in (Ratings._fields if field == "ratings" else (field.rstrip("_"),))]
    found += TOLD_TWICE.get(kind, ())
    return tuple(["of" if kind is Kind.UNDO and field == "fact" else field for field in found])


def schema() -> dict[str, Told]:
    """Every line that can come, by its name."""
    found = dict(LIVE)
    for kind in Kind:
        if kind not in UNTOLD:
            shape = BODIES.get(kind)
            about = (shape.__doc__ or "").strip() if shape else EVIDENCE[kind]
            spans = kind in SPANS and kind not in TOLD_TWICE
            found[name(kind)] = Told(about, fields(kind), live=not spans, kept=True)
    return found


def line(fact: Fact, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """The line of a fact. `kinds`: of facts by their keys, to name what was taken back."""
    body = {key: value for key, value in fact.body.items() if value is not None}
    if fact.kind is Kind.SESSION:
        body = {"is": "ended", **body}
    return {
        "at": at_offset(fact.wall, fact.utc_offset).isoformat(timespec="seconds"),
        "event": name(fact.kind),
        "minutes": round(fact.length / 60, 1),
        "day": fact.day,
        **({"device": fact.device} if fact.device else {}),
        **(undone(body, kinds) if fact.kind is Kind.UNDO else body),
    }


def undone(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """What was taken back, by its name: the key of its fact is nobody else's business."""
    kind = kinds.get(str(body.get("fact")))
    return {"of": name(kind)} if kind else {}
