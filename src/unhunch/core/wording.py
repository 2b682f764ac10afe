"""What the notices say. Each names the action and its length; none scolds, none promises more than the source.

Ten and more texts a step, rotated by a counter, because a text read for the third time is not read.
"""

from typing import NamedTuple

from unhunch.core.messages import Prompt
from unhunch.core.moment import at_offset

MINUTES = {"short": 2, "standard": 5, "long": 8, "first": 3, "easy": 2}
"""Lengths in round minutes: 2:24, 4:54, 7:44, 3:24 and 2:24 (MODEL 6)."""


class Words(NamedTuple):
    """A notice in words: its title, its text and its buttons as (key, label)."""

    title: str
    body: str
    buttons: tuple[tuple[str, str], ...]


STEPS: dict[int, tuple[str, ...]] = {
    1: (
        "{n}-minute upper-back roll?",
        "A good moment for {n} minutes on the roller?",
        "{n} minutes for your upper back?",
        "Upper back: {n} minutes, now?",
        "Time for a {n}-minute roll?",
        "The roller, {n} minutes?",
        "Shall we roll for {n} minutes?",
        "A {n}-minute upper-back break?",
        "{n} minutes on the floor, upper back?",
        "Between two things: a {n}-minute roll?",
        "A short upper-back roll, {n} minutes?",
        "Your {n}-minute roll is ready.",
    ),
    2: (
        "Your {n}-minute upper-back roll is waiting.",
        "Still {n} minutes for your upper back today.",
        "The {n}-minute roll is still open.",
        "{n} minutes on the roller, when it suits.",
        "An upper-back roll of {n} minutes is due.",
        "Room for a {n}-minute roll now?",
        "{n} minutes: upper back, roller, floor.",
        "Ready for the {n}-minute roll?",
        "Now, or soon: {n} minutes for your upper back.",
        "The roller waits for {n} minutes of you.",
        "Next up: a {n}-minute upper-back roll.",
    ),
    3: (
        "{n}-minute upper-back roll: now, later or not today?",
        "Your {n}-minute roll: start, snooze or skip?",
        "{n} minutes for your upper back: you choose.",
        "The {n}-minute roll is due. Start it, or let it go?",
        "Upper back, {n} minutes: yes, later or skip?",
        "One answer, please: the {n}-minute roll now?",
        "A {n}-minute roll, or skip it for today?",
        "Last call for this {n}-minute roll.",
        "The {n}-minute upper-back roll, before it lapses?",
        "{n} minutes on the roller now, or leave it?",
    ),
}

BODIES: tuple[str, ...] = (
    "Foam roller, floor, and a voice that leads you through.",
    "Slow breaths over the roller; upper back only.",
    "Led by voice, hands behind the neck, eyes free.",
    "Gentle movements, no forcing. It stops when you say so.",
    "From below the neck to the last solid ribs, one breath at a time.",
)

NUDGES: tuple[str, ...] = (
    "You have been at your desk for {span}. Stand up for two minutes.",
    "{span} at the desk. Two minutes on your feet?",
    "{span} without a real break. Up for two minutes?",
    "Two minutes of standing? You have sat for {span}.",
    "A short walk, two minutes: {span} at the desk so far.",
    "{span} of sitting on end. Stretch your legs for two minutes.",
    "Stand up for two minutes; it has been {span}.",
    "Time to stand for two minutes: {span} at the desk.",
    "Two minutes away from the chair, after {span}.",
    "Up for two minutes? That was {span} of sitting.",
)

SESSION_BUTTONS = (("start", "Start"), ("snooze", "Snooze"), ("skip", "Skip"))
NUDGE_BUTTONS = (("stand", "I stand now"), ("dismiss", "Not now"))
WEEK_BUTTONS = (("open", "Open"),)
LESS_BUTTONS = (("keep", "Keep asking"), ("fewer", "Less often"), ("stop", "Stop asking"))
LESS = "No session for some workdays, which is fine. How shall it go on? Notices to stand up stay as they are."
GAP_BUTTONS = (("away", "Away"), ("sitting", "In a meeting"), ("standing", "Standing"))
GAP = "Nothing was touched from {start:%H:%M} to {end:%H:%M}. No answer counts as away."
RATING_BUTTONS = (("rate:2", "0 to 2"), ("rate:5", "3 to 5"), ("rate:6", "Over 5"))
"""Each is noted as the most that it can mean, so that nothing counts as better than it was; over 5 is all one."""
RATING = Words(
    "How was the session?", "The worst discomfort while you rolled, 0 to 10? An answer is optional.", RATING_BUTTONS
)
MORNING = "It begins by asking how the morning after the last one felt."


def words(prompt: Prompt) -> Words:
    """The texts and buttons of a notice."""
    match prompt.what:
        case "session":
            titles = STEPS[prompt.step]
            title = titles[prompt.text % len(titles)].format(n=MINUTES[prompt.size])
            body = BODIES[prompt.text % len(BODIES)]
            if prompt.of > 1:
                body += f" Session {prompt.number} of {prompt.of} today."
            if prompt.morning:
                body += f" {MORNING}"
            return Words(title, body, SESSION_BUTTONS)
        case "nudge":
            text = NUDGES[prompt.text % len(NUDGES)].format(span=prompt.note)
            return Words("Stand up for a moment", text[0].upper() + text[1:], NUDGE_BUTTONS)
        case "week":
            return Words("Your week", prompt.note, WEEK_BUTTONS)
        case "ask" if prompt.note == "less":
            return Words("Keep asking for sessions?", LESS, LESS_BUTTONS)
        case "ask" if prompt.gap is not None:
            start, end = (at_offset(wall, prompt.utc_offset) for wall in prompt.gap)
            return Words("Away, or still sitting?", GAP.format(start=start, end=end), GAP_BUTTONS)
    return Words("Unhunch", prompt.note, ())


def span(seconds: float) -> str:
    """A length of sitting in words: "an hour", "1 h 45 min", "45 minutes"."""
    minutes = int(seconds / 60 + 0.5)
    if 55 <= minutes <= 65:
        return "an hour"
    if minutes < 60:
        return f"{minutes} minutes"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if rest else f"{hours} hours"
