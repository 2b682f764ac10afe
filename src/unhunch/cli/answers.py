"""Short words to the daemon: snooze, skip, pause, resume, stand, sit, morning, undo."""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from unhunch.cli.command import Command, word, wrong
from unhunch.cli.to_daemon import ask, tell
from unhunch.core.translate import N_, _
from unhunch.core.vocabulary import Feels
from unhunch.said import times

SHORTEST_SNOOZE, LONGEST_SNOOZE = 60.0, 4 * 3600.0
"""Seconds."""
CALL = N_("call | after call | until call | after this call | until the call ends")
"""What may be typed for the length of a snooze that lasts as long as a call does."""


def say(reply: Mapping[str, Any], otherwise: str) -> None:
    """What the daemon says about it, or else the plain sentence."""
    print(reply.get("text") or otherwise)


def _plain(command: str, otherwise: str) -> Callable[[argparse.Namespace], None]:
    def run(_args: argparse.Namespace) -> None:
        say(ask(command), _(otherwise))

    return run


# Later ----------------------------------------------------------------------------------------------------------------


def run_snooze(args: argparse.Namespace) -> None:
    from unhunch.said import when

    text = " ".join(args.length).lower()
    if text in [*CALL.split(" | "), *_(CALL).split(" | ")]:
        say(ask("snooze", {"until_call": True}), _("It will ask again when this call is over."))
        return
    seconds = when.duration(text) if text else None
    if seconds is not None and not SHORTEST_SNOOZE <= seconds <= LONGEST_SNOOZE:
        what = _("A snooze lasts from 1 minute to 4 hours, not {text}.").format(text=repr(text))
        raise wrong(what, _("For longer: unhunch pause 5h"))
    reply = ask("snooze", {"seconds": seconds})
    say(reply, _again(reply.get("status") or {}))


def _again(status: Mapping[str, Any]) -> str:
    owed = status.get("owed") or {}
    if not owed.get("snoozed_until"):
        return _("It will ask again later.")
    again = times.label(datetime.fromisoformat(owed["snoozed_until"]), datetime.fromisoformat(status["now"]))
    return _("It will ask again at {time}.").format(time=again)


def snooze_arguments(parser: argparse.ArgumentParser) -> None:
    said = _("10m, 30m, 1h ... or 'call': when this call is over")
    parser.add_argument("length", nargs="*", metavar="LENGTH", help=said)


snooze = Command(
    run_snooze,
    snooze_arguments,
    examples=(
        ("unhunch snooze", N_("ask again in 10 minutes")),
        ("unhunch snooze 30m", ""),
        ("unhunch snooze call", N_("ask again after this call")),
    ),
    about=N_("Three times at most for one session; it comes back as it was."),
)
skip = Command(
    _plain("skip", N_("Skipped. The next one comes when it is due.")),
    examples=(("unhunch skip", N_("leave out the session that is due now")),),
    about=N_("The next one comes when it is due."),
)


# Pauses ---------------------------------------------------------------------------------------------------------------


def run_pause(args: argparse.Namespace) -> None:
    from unhunch.adapters.clock import SystemClock
    from unhunch.said import when

    text = " ".join(args.until) or "1h"
    now = SystemClock().now().local
    end = when.pause_until(text, now)
    # A length is counted on the running clock, so that a clock that is set does not stretch it.
    length = when.length(text)
    sent = {"until": end.timestamp()} if length is None else {"seconds": length}
    reply = ask("pause", {**sent, "why": args.why})
    say(reply, _("Paused until {time}. 'unhunch resume' ends it earlier.").format(time=times.clock(end, now)))


def pause_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("until", nargs="*", metavar="UNTIL", help=_("a length or an end; an hour if nothing is said"))
    parser.add_argument("--why", metavar="TEXT", help=_("a note to yourself, shown by 'unhunch why'"))


pause = Command(
    run_pause,
    pause_arguments,
    examples=(
        ("unhunch pause 1h", ""),
        (N_("unhunch pause until 14:00"), ""),
        (N_("unhunch pause rest of today"), N_("until 4 in the morning")),
        (N_("unhunch pause until friday --why 'trade fair'"), ""),
        (N_("unhunch pause until 2027-01-07"), N_("holidays; a year at most")),
    ),
    about=N_("Sitting is still counted. Every pause ends by itself."),
)
resume = Command(
    _plain("resume", N_("Notices are on again.")),
    examples=(("unhunch resume", ""),),
    about=N_("Notices come again when something is due."),
)


# Posture, mornings, second thoughts -----------------------------------------------------------------------------------


UNDONE = {
    "answer": N_("your last snooze or skip"),
    "pause": N_("the pause"),
    "resume": N_("the end of the pause"),
    "stand": N_("that you stand"),
    "sit": N_("that you sit"),
    "session": N_("the session"),
    "rated": N_("the ratings"),
    "morning": N_("how the morning felt"),
    "correction": N_("the correction"),
    "choice": N_("the choice for next week"),
    "offer": N_("your answer to the offer"),
    "goal": N_("the change of the sessions a day"),
    "screening": N_("your answer to the safety questions"),
    "recovery": N_("how you said it is now"),
}
"""What `undo` took back, by the kind of the fact."""


def run_undo(args: argparse.Namespace) -> None:
    reply = tell("undo", {"slip": True} if args.slip else {})
    if reply.get("undone") == "slip":
        # safety
        say(reply, _("Taken back: it was a slip. No session is asked for today; the next one is easy, and asks first."))
        return
    what = UNDONE.get(reply.get("undone", ""))
    say(reply, _("Taken back: {what}.").format(what=_(what)) if what else _("Taken back."))


def run_morning(args: argparse.Namespace) -> None:
    say(tell("morning", {"feels": args.feels}), _("Noted. Thank you."))


def morning_arguments(parser: argparse.ArgumentParser) -> None:
    said = _("better, same or worse than the day before")
    parser.add_argument("feels", type=word(*Feels), metavar="FEELS", help=said)


def undo_arguments(parser: argparse.ArgumentParser) -> None:
    # safety
    said = _('takes back a stop that you told by mistake today; it says "It was a slip: I had none"')
    parser.add_argument("--slip", action="store_true", help=said)


stand = Command(
    _plain("stand", N_("Standing. Say 'unhunch sit' when you sit down; after two hours it ends by itself.")),
    examples=(("unhunch stand", ""),),
    about=N_(
        "Time at the keyboard counts as standing until you say 'sit', leave for half an hour, or two hours are over."
    ),
)
sit = Command(
    _plain("sit", N_("Sitting again.")),
    examples=(("unhunch sit", ""),),
    about=N_("Ends what 'unhunch stand' began."),
)
morning = Command(
    run_morning,
    morning_arguments,
    examples=(("unhunch morning better", ""), ("unhunch morning worse", N_("two of these, and there is less to do"))),
    about=N_("It helps to decide whether there should be more sessions, or fewer."),
)
undo = Command(
    run_undo,
    undo_arguments,
    examples=(
        ("unhunch undo", N_("after a snooze, skip, pause, log, amend, morning ...")),
        ("unhunch undo --slip", N_("the wrong key in a session, or the wrong answer")),
    ),
    about=N_("Nothing is deleted: that it was taken back is noted, too."),
)
