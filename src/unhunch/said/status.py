"""What `status` says: in words, as JSON, or as one line for a panel."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from unhunch.said import times
from unhunch.said.wrong import wrong
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

Status = Mapping[str, Any]

PANEL_OFF = {"text": "", "alt": "off", "class": "off", "percentage": 0}
"""No daemon runs."""


def shown(status: Status, form: str | None, columns: int | None) -> str:
    """`form`: None in words, for a terminal of so many columns (None: it is none); json, waybar, plain, a template."""
    match form:
        case None:
            return "\n".join(wrapped(lines(status), columns))
        case "json":
            return json.dumps(status, indent=2, ensure_ascii=False)
        case "waybar":
            return json.dumps(panel(status), ensure_ascii=False)
        case "plain":
            return short(status)
        case template:
            return filled(template, status)


SAID_ANYWAY = ("snoozed", "paused", "session", "standing")
"""Holds that the first line tells already."""

# In words -------------------------------------------------------------------------------------------------------------


def lines(status: Status) -> list[str]:
    """What is, what comes, what was; then what needs attention."""
    first = " ".join(filter(None, [presence(status), coming(status), today(status)]))
    found = [first]
    if status["owed"] and not status["paused_until"] and status["presence"] != "session":
        found.extend(
            _("It waits: {why} (since {time}).").format(why=hold["text"], time=_clock(hold["since"], status))
            for hold in status["holds"]
            if hold["why"] not in SAID_ANYWAY
        )
    if status["screening"] == "needed" and status["presence"] != "session":
        # safety
        found.append(_("Before the first session there are a few questions: unhunch screening"))
    elif status["screening"] == "stopped":
        # safety
        found.append(_("Sessions are off until you have checked with a clinician: unhunch screening --confirm"))
    elif status["screening"] == "unable":
        # safety
        found.append(_("No session is asked for without a roller and a floor to lie on. Else: unhunch screening"))
    elif status["mode"] == "easy":
        found.append(_("Sessions are short and gentle until three in a row went well."))
    if hint := status["tray"].get("hint"):
        found.append(_("The panel shows no icon. {hint}").format(hint=hint))
    if desks := [desk["name"] for desk in (status.get("sync") or {"desks": ()})["desks"] if not desk["retired"]]:
        found.append(_("With what you did at {desks}.").format(desks=", ".join(desks)))
    found.extend(f"! {problem}" for problem in status["problems"])
    return found


def wrapped(texts: list[str], columns: int | None) -> list[str]:
    """On a terminal of so many columns no word is broken; a program (None) gets a line a fact."""
    if columns is None:
        return texts
    from textwrap import wrap

    return [piece for text in texts for piece in wrap(text, columns, break_long_words=False, break_on_hyphens=False)]


def presence(status: Status) -> str:
    stretch = formats.duration(status["stretch_min"])
    since = _clock(status["since"], status) if status["since"] else ""
    match status["presence"]:
        case "active" | "quiet":
            return _("At your desk for {time}.").format(time=stretch)
        case "call":
            return _("In a call, at your desk for {time}.").format(time=stretch)
        case "standing":
            return _("Standing since {time}.").format(time=since)
        case "session":
            return _("In a session since {time}.").format(time=since)
        case "asleep":
            return _("The computer sleeps since {time}.").format(time=since)
        case "away":
            return _("Away since {time}.").format(time=since)
        case _:
            why = status["source"]["why"] or _("nothing is known yet")
            return _("Cannot tell whether you are there: {why}.").format(why=why.rstrip("."))


def coming(status: Status) -> str:
    if status["paused_until"]:
        until = _clock(status["paused_until"], status)
        return _("Paused until {time}; 'unhunch resume' ends that.").format(time=until)
    owed, following = status["owed"], status["next"]
    if status["presence"] == "session":
        return ""
    if owed:
        number, of = owed["number"], owed["of"]
        if owed["snoozed_until"]:
            until = _clock(owed["snoozed_until"], status)
            return _("Session {number} of {of} is snoozed until {time}.").format(number=number, of=of, time=until)
        if owed.get("snoozed_for_call"):
            return _("Session {number} of {of} is snoozed until this call is over.").format(number=number, of=of)
        said = _("Session {number} of {of} is due: 'unhunch start', or 'unhunch snooze'.")
        return said.format(number=number, of=of)
    why = following["why"].rstrip(".")
    what = _following(following)
    if what is None:
        return _("Nothing is due: {why}.").format(why=why) if why else _("Nothing is due.")
    if following["at"]:
        return _("Next: {what} at about {time}.").format(what=what, time=_clock(following["at"], status))
    return _("Next: {what}, {why}.").format(what=what, why=why) if why else _("Next: {what}.").format(what=what)


def _following(following: Mapping[str, Any]) -> str | None:
    match following["kind"]:
        case "session":
            length = following["minutes"]
            said = ngettext("{minutes}-minute roll", "{minutes}-minute roll", length)
            return said.format(minutes=formats.number(length))
        case "nudge":
            return _("stand up for two minutes")
        case "review":
            return _("a look at your plan")
        case _other:
            return None


def today(status: Status) -> str:
    figures = status["today"]
    goal = figures["goal"]
    sitting = formats.duration(figures["sitting_min"]["best"])
    said = ngettext(
        "Today {done} of {goal} session, {time} sitting.", "Today {done} of {goal} sessions, {time} sitting.", goal
    )
    return said.format(done=figures["done"], goal=goal, time=sitting)


def _clock(iso: str, status: Status) -> str:
    return times.clock(datetime.fromisoformat(iso), datetime.fromisoformat(status["now"]))


# For panels -----------------------------------------------------------------------------------------------------------


def _mood(status: Status) -> str:
    """One word for colours: paused, due, snoozed, or the presence."""
    if status["paused_until"]:
        return "paused"
    if status["owed"] and status["presence"] != "session":
        owed = status["owed"]
        return "snoozed" if owed["snoozed_until"] or owed.get("snoozed_for_call") else "due"
    return str(status["presence"])


def _next_at(status: Status) -> str:
    at = status["next"]["at"]
    return times.label(datetime.fromisoformat(at), datetime.fromisoformat(status["now"])) if at else ""


KEYS: Mapping[str, Callable[[Status], object]] = {
    "mood": _mood,
    "presence": lambda s: s["presence"],
    "stretch": lambda s: formats.duration(s["stretch_min"]),
    "stretch_min": lambda s: round(s["stretch_min"]),
    "sitting": lambda s: formats.duration(s["today"]["sitting_min"]["best"]),
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


MOODS = {
    "paused": N_("paused"),
    "standing": N_("standing"),
    "session": N_("session"),
    "away": N_("away"),
    "asleep": N_("asleep"),
    "unknown": N_("unknown"),
}
"""In a short line, instead of how long you have sat."""


def short(status: Status) -> str:
    """One short line: "38 min | 1/2 | 14:10"."""
    mood, stretch = _mood(status), formats.duration(status["stretch_min"])
    first = _("due, {time}").format(time=stretch) if mood == "due" else _(MOODS[mood]) if mood in MOODS else stretch
    figures = status["today"]
    return " | ".join(filter(None, [first, f"{figures['done']}/{figures['goal']}", _next_at(status)]))


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
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise ValueError(_("a brace lacks its other one")) from None
    for before, key, spec, conversion in parts:
        if spec or conversion:
            raise ValueError(_("a key stands alone between the braces"))
        found.append((before, key))
    return found


def check_template(template: str) -> None:
    """Raises UserError if the template has other keys than KEYS."""
    known = _("Known keys: {keys}.").format(keys=", ".join(KEYS))
    try:
        keys = [key for _, key in _parts(template) if key is not None]
    except ValueError as error:
        what = _("The template {template} cannot be read: {error}.").format(template=repr(template), error=error)
        raise wrong(what, _("Write keys like {example}.").format(example="{stretch}") + f" {known}") from None
    for key in keys:
        if key not in KEYS:
            raise wrong(_("A template has no key {key}.").format(key=repr(key)), known)
    if not keys:
        what = _("{template} is neither waybar, plain nor a template with a key.").format(template=repr(template))
        raise wrong(what, _("Try '{example}'.").format(example="{stretch}") + f" {known}")


def filled(template: str, status: Status) -> str:
    return "".join(before + ("" if key is None else str(KEYS[key](status))) for before, key in _parts(template))
