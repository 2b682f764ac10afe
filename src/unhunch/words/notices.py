"""What the notices say. Each names the action and its length; none scolds, none promises more than the source.

Ten and more texts a step, rotated by a counter, because a text read for the third time is not read. In every language.
"""

from unhunch.core.messages import Prompt
from unhunch.core.moment import at_offset
from unhunch.core.session.lengths import session_minutes
from unhunch.tuples import NamedTuple
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext


class Words(NamedTuple):
    """A notice in words: its title, its text and its buttons as (key, label)."""

    title: str
    body: str
    buttons: tuple[tuple[str, str], ...]


STEPS: dict[int, tuple[str, ...]] = {
    1: (
        N_("{n}-minute upper-back roll?"),
        N_("A good moment for {n} minutes on the roller?"),
        N_("{n} minutes for your upper back?"),
        N_("Upper back: {n} minutes, now?"),
        N_("Time for a {n}-minute roll?"),
        N_("The roller, {n} minutes?"),
        N_("Shall we roll for {n} minutes?"),
        N_("A {n}-minute upper-back break?"),
        N_("{n} minutes on the floor, upper back?"),
        N_("Between two things: a {n}-minute roll?"),
        N_("A short upper-back roll, {n} minutes?"),
        N_("Your {n}-minute roll is ready."),
    ),
    2: (
        N_("Your {n}-minute upper-back roll is waiting."),
        N_("Still {n} minutes for your upper back today."),
        N_("The {n}-minute roll is still open."),
        N_("{n} minutes on the roller, when it suits."),
        N_("An upper-back roll of {n} minutes is due."),
        N_("Room for a {n}-minute roll now?"),
        N_("{n} minutes: upper back, roller, floor."),
        N_("Ready for the {n}-minute roll?"),
        N_("Now, or soon: {n} minutes for your upper back."),
        N_("The roller waits for {n} minutes of you."),
        N_("Next up: a {n}-minute upper-back roll."),
    ),
    3: (
        N_("{n}-minute upper-back roll: now, later or not today?"),
        N_("Your {n}-minute roll: start, snooze or skip?"),
        N_("{n} minutes for your upper back: you choose."),
        N_("The {n}-minute roll is due. Start it, or let it go?"),
        N_("Upper back, {n} minutes: yes, later or skip?"),
        N_("One answer, please: the {n}-minute roll now?"),
        N_("A {n}-minute roll, or skip it for today?"),
        N_("Last call for this {n}-minute roll."),
        N_("The {n}-minute upper-back roll, before it lapses?"),
        N_("{n} minutes on the roller now, or leave it?"),
    ),
}

BODIES: tuple[str, ...] = (
    N_("Foam roller, floor, and a voice that leads you through."),
    N_("Slow breaths over the roller; upper back only."),
    N_("Led by voice, hands behind the neck, eyes free."),
    # safety
    N_("Gentle movements, no forcing. It stops when you say so."),
    N_("From below the neck to the last solid ribs, one breath at a time."),
)

NUDGES: tuple[str, ...] = (
    N_("You have been at your desk for {span}. Stand up for two minutes."),
    N_("{span} at the desk. Two minutes on your feet?"),
    N_("{span} without a real break. Up for two minutes?"),
    N_("Two minutes of standing? You have sat for {span}."),
    N_("A short walk, two minutes: {span} at the desk so far."),
    N_("{span} of sitting on end. Stretch your legs for two minutes."),
    N_("Stand up for two minutes; it has been {span}."),
    N_("Time to stand for two minutes: {span} at the desk."),
    N_("Two minutes away from the chair, after {span}."),
    N_("Up for two minutes? That was {span} of sitting."),
)

SESSION_BUTTONS = (("start", N_("Start")), ("snooze", N_("Snooze")), ("skip", N_("Skip")))
NUDGE_BUTTONS = (("stand", N_("I stand now")), ("dismiss", N_("Not now")))
WEEK_BUTTONS = (("open", N_("Open")),)
LESS_BUTTONS = (("keep", N_("Keep asking")), ("fewer", N_("Less often")), ("stop", N_("Stop asking")))
LESS = N_("No session for some workdays, which is fine. How shall it go on? Notices to stand up stay as they are.")
GAP_BUTTONS = (("away", N_("Away")), ("sitting", N_("In a meeting")), ("standing", N_("Standing")))
GAP = N_("Nothing was touched from {start} to {end}. No answer counts as away.")
RATING_BUTTONS = (("rate:2", N_("0 to 2")), ("rate:5", N_("3 to 5")), ("rate:6", N_("Over 5")))
"""Each is noted as the most that it can mean, so that nothing counts as better than it was; over 5 is all one."""
RATING = N_("How was the session?")
# safety
WORST = N_("The worst discomfort while you rolled, 0 to 10? An answer is optional.")
# safety
RECOVERY = N_("It is an easy one, and asks first how it is now.")
MORNING = N_("It begins by asking how the morning after the last one felt.")

Buttons = tuple[tuple[str, str], ...]


def words(prompt: Prompt) -> Words:
    """The texts and buttons of a notice, in the language of the user."""
    match prompt.what:
        case "session":
            titles = STEPS[prompt.step]
            title = _(titles[prompt.text % len(titles)]).format(n=session_minutes(prompt.size, prompt.breath))
            body = _(BODIES[prompt.text % len(BODIES)])
            if prompt.of > 1:
                body += " " + _("Session {number} of {of} today.").format(number=prompt.number, of=prompt.of)
            if prompt.recovery:
                body += f" {_(RECOVERY)}"
            if prompt.morning:
                body += f" {_(MORNING)}"
            return _notice(title, body, SESSION_BUTTONS)
        case "nudge":
            text = _(NUDGES[prompt.text % len(NUDGES)]).format(span=prompt.note)
            return _notice(_("Stand up for a moment"), text[:1].upper() + text[1:], NUDGE_BUTTONS)
        case "week":
            return _notice(_("Your week"), prompt.note, WEEK_BUTTONS)
        case "ask" if prompt.note == "less":
            return _notice(_("Keep asking for sessions?"), _(LESS), LESS_BUTTONS)
        case "ask" if prompt.gap is not None:
            start, end = (formats.clock(at_offset(wall, prompt.utc_offset)) for wall in prompt.gap)
            return _notice(_("Away, or still sitting?"), _(GAP).format(start=start, end=end), GAP_BUTTONS)
    return Words("Unhunch", prompt.note, ())


def rating() -> Words:
    """The notice that asks how a session was."""
    return _notice(_(RATING), _(WORST), RATING_BUTTONS)


def _notice(title: str, body: str, buttons: Buttons) -> Words:
    return Words(title, body, tuple((key, _(label)) for key, label in buttons))


def span(seconds: float) -> str:
    """A length of sitting in words: "an hour", "1 h 45", "45 minutes"."""
    minutes = int(seconds / 60 + 0.5)
    if 55 <= minutes <= 65:
        return _("an hour")
    if minutes < 60:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    if minutes % 60:
        return formats.duration(minutes)
    return ngettext("{count} hour", "{count} hours", minutes // 60).format(count=minutes // 60)
