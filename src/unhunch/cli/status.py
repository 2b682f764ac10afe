"""`unhunch status`: the daemon's figures in words, as JSON, or as one line for a panel."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from unhunch.cli import words
from unhunch.cli.asking import ask, show_json
from unhunch.cli.command import Command, json_option, wrong
from unhunch.control.protocol import Exit, UserError

Status = Mapping[str, Any]

PANEL_OFF = {"text": "", "alt": "off", "class": "off", "tooltip": "Unhunch is not running", "percentage": 0}


def run(args: argparse.Namespace) -> int | None:
    layout: str | None = args.format
    if layout is not None and layout not in ("waybar", "plain"):
        check_template(layout)
    try:
        status = ask("status")
    except UserError as error:
        if layout == "waybar" and error.code == Exit.NOT_RUNNING:
            print(json.dumps(PANEL_OFF))
            return error.code
        raise
    if args.json:
        show_json(status)
    elif layout is None:
        print("\n".join(wrapped(lines(status))))
    elif layout == "waybar":
        print(json.dumps(panel(status), ensure_ascii=False))
    elif layout == "plain":
        print(short(status))
    else:
        print(filled(layout, status))
    return None


SAID_ANYWAY = ("snoozed", "paused", "session", "standing")
"""Holds that the first line tells already."""

# In words -------------------------------------------------------------------------------------------------------------


def lines(status: Status) -> list[str]:
    """What is, what comes, what was; then what needs attention."""
    first = " ".join(filter(None, [presence(status), coming(status), today(status)]))
    found = [first]
    if status["owed"] and not status["paused_until"]:
        found.extend(
            f"It waits: {hold['text']} (since {_clock(hold['since'], status)})."
            for hold in status["holds"]
            if hold["why"] not in SAID_ANYWAY
        )
    if status["screening"] == "needed":
        found.append("Before the first session there are a few questions: unhunch screening")
    elif status["screening"] == "stopped":
        found.append("Sessions are off until you have checked with a clinician: unhunch screening --confirm")
    elif status["mode"] == "easy":
        found.append("Sessions are short and gentle until three in a row went well.")
    if hint := status["tray"].get("hint"):
        found.append(f"The panel shows no icon. {hint}")
    found.extend(f"! {problem}" for problem in status["problems"])
    return found


def wrapped(texts: list[str]) -> list[str]:
    """On a terminal no word is broken; a program gets a line a fact."""
    if not sys.stdout.isatty():
        return texts
    from textwrap import wrap

    columns = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return [piece for text in texts for piece in wrap(text, columns, break_long_words=False, break_on_hyphens=False)]


def presence(status: Status) -> str:
    stretch = words.minutes(status["stretch_min"])
    since = _clock(status["since"], status) if status["since"] else ""
    match status["presence"]:
        case "active" | "quiet":
            return f"At your desk for {stretch}."
        case "call":
            return f"In a call, at your desk for {stretch}."
        case "standing":
            return f"Standing since {since}."
        case "session":
            return f"In a session since {since}."
        case "asleep":
            return f"The computer sleeps since {since}."
        case "away":
            return f"Away since {since}."
        case _:
            why = status["source"]["why"] or "nothing is known yet"
            return f"Cannot tell whether you are there: {why.rstrip('.')}."


def coming(status: Status) -> str:
    if status["paused_until"]:
        return f"Paused until {_clock(status['paused_until'], status)}; 'unhunch resume' ends that."
    owed, following = status["owed"], status["next"]
    if owed:
        which = f"Session {owed['number']} of {owed['of']}"
        if owed["snoozed_until"]:
            return f"{which} is snoozed until {_clock(owed['snoozed_until'], status)}."
        if owed.get("snoozed_for_call"):
            return f"{which} is snoozed until this call is over."
        return f"{which} is due: 'unhunch start', or 'unhunch snooze'."
    why = following["why"].rstrip(".")
    at = f" at about {_clock(following['at'], status)}" if following["at"] else f", {why}" if why else ""
    match following["kind"]:
        case "session":
            return f"Next: {following['minutes']:g}-minute roll{at}."
        case "nudge":
            return f"Next: stand up for two minutes{at}."
        case "review":
            return f"Next: a look at your plan{at}."
        case _:
            return f"Nothing is due: {why}." if why else "Nothing is due."


def today(status: Status) -> str:
    figures = status["today"]
    sitting = words.minutes(figures["sitting_min"]["best"])
    return f"Today {figures['done']} of {words.count(figures['goal'], 'session')}, {sitting} sitting."


def _clock(iso: str, status: Status) -> str:
    return words.clock(datetime.fromisoformat(iso), datetime.fromisoformat(status["now"]))


# For panels -----------------------------------------------------------------------------------------------------------


def _mood(status: Status) -> str:
    """One word for colours: paused, due, snoozed, or the presence."""
    if status["paused_until"]:
        return "paused"
    if status["owed"]:
        owed = status["owed"]
        return "snoozed" if owed["snoozed_until"] or owed.get("snoozed_for_call") else "due"
    return str(status["presence"])


def _next_at(status: Status) -> str:
    at = status["next"]["at"]
    return _clock(at, status) if at else ""


KEYS: Mapping[str, Callable[[Status], object]] = {
    "mood": _mood,
    "presence": lambda s: s["presence"],
    "stretch": lambda s: words.minutes(s["stretch_min"]),
    "stretch_min": lambda s: round(s["stretch_min"]),
    "sitting": lambda s: words.minutes(s["today"]["sitting_min"]["best"]),
    "sitting_min": lambda s: round(s["today"]["sitting_min"]["best"]),
    "done": lambda s: s["today"]["done"],
    "goal": lambda s: s["today"]["goal"],
    "next": lambda s: s["next"]["kind"] or "",
    "next_at": _next_at,
    "coming": coming,
    "hold": lambda s: ", ".join(hold["why"] for hold in s["holds"]),
    "problems": lambda s: len(s["problems"]),
    "text": lambda s: " ".join(lines(s)),
}
"""What a template may name."""


def short(status: Status) -> str:
    """One short line: "38 min | 1/2 | 14:10"."""
    mood = _mood(status)
    if mood in ("active", "quiet", "call", "due", "snoozed"):
        mood = ("due, " if mood == "due" else "") + words.minutes(status["stretch_min"])
    figures = status["today"]
    return " | ".join(filter(None, [mood, f"{figures['done']}/{figures['goal']}", _next_at(status)]))


def panel(status: Status) -> dict[str, object]:
    """What a Waybar module with `return-type: json` reads."""
    figures = status["today"]
    return {
        "text": short(status),
        "alt": _mood(status),
        "class": [_mood(status), *(["problem"] if status["problems"] else [])],
        "tooltip": "\n".join(lines(status)),
        "percentage": min(100, round(100 * figures["done"] / max(1, figures["goal"]))),
    }


def _parts(template: str) -> list[tuple[str, str | None]]:
    """Text, then the key in braces after it (or None). Raises ValueError."""
    from string import Formatter

    found: list[tuple[str, str | None]] = []
    for before, key, spec, conversion in Formatter().parse(template):
        if spec or conversion:
            raise ValueError("a key stands alone between the braces")
        found.append((before, key))
    return found


def check_template(template: str) -> None:
    """Raises UserError if the template has other keys than KEYS."""
    known = "Known keys: " + ", ".join(KEYS)
    try:
        keys = [key for _, key in _parts(template) if key is not None]
    except ValueError as error:
        raise wrong(
            f"The template {template!r} cannot be read: {error}.", f"Write keys like {{stretch}}. {known}."
        ) from None
    for key in keys:
        if key not in KEYS:
            raise wrong(f"A template has no key {key!r}.", f"{known}.")
    if not keys:
        raise wrong(f"{template!r} is neither waybar, plain nor a template with a key.", f"Try '{{stretch}}'. {known}.")


def filled(template: str, status: Status) -> str:
    return "".join(before + ("" if key is None else str(KEYS[key](status))) for before, key in _parts(template))


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "--format",
        metavar="FORM",
        help=f"'waybar', 'plain' (one short line), or a template with keys in braces: {', '.join(KEYS)}",
    )


status = Command(
    run,
    arguments,
    examples=(
        ("unhunch status", ""),
        ("unhunch status --format '{stretch}, next {next_at}'", "for a shell prompt or a panel"),
        ("unhunch status --format waybar", "for a Waybar module with return-type json"),
        ("unhunch status --json", "everything, for programs"),
    ),
)
