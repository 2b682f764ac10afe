"""Short words to the daemon: snooze, skip, pause, resume, stand, sit, morning, undo."""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from unhunch.cli import words
from unhunch.cli.asking import ask, tell
from unhunch.cli.command import Command, word, wrong
from unhunch.control.protocol import FEELS

SHORTEST_SNOOZE, LONGEST_SNOOZE = 60.0, 4 * 3600.0
"""Seconds."""


def say(reply: Mapping[str, Any], otherwise: str) -> None:
    """What the daemon says about it, or else the plain sentence."""
    print(reply.get("text") or otherwise)


def _plain(command: str, otherwise: str) -> Callable[[argparse.Namespace], None]:
    def run(_: argparse.Namespace) -> None:
        say(ask(command), otherwise)

    return run


# Later ----------------------------------------------------------------------------------------------------------------


def run_snooze(args: argparse.Namespace) -> None:
    from unhunch.cli import when

    text = " ".join(args.length).lower()
    if text in ("call", "after call", "until call", "after this call", "until the call ends"):
        say(ask("snooze", {"until_call": True}), "It will ask again when this call is over.")
        return
    seconds = when.duration(text) if text else None
    if seconds is not None and not SHORTEST_SNOOZE <= seconds <= LONGEST_SNOOZE:
        raise wrong(f"A snooze lasts from 1 minute to 4 hours, not {text!r}.", "For longer: unhunch pause 5h")
    reply = ask("snooze", {"seconds": seconds})
    say(reply, f"It will ask again {_again(reply.get('status') or {})}.")


def _again(status: Mapping[str, Any]) -> str:
    owed = status.get("owed") or {}
    if not owed.get("snoozed_until"):
        return "later"
    return f"at {words.clock(datetime.fromisoformat(owed['snoozed_until']), datetime.fromisoformat(status['now']))}"


def snooze_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "length", nargs="*", metavar="LENGTH", help="10m, 30m, 1h ... or 'call': when this call is over"
    )


snooze = Command(
    run_snooze,
    snooze_arguments,
    examples=(
        ("unhunch snooze", "ask again in 10 minutes"),
        ("unhunch snooze 30m", ""),
        ("unhunch snooze call", "ask again after this call"),
    ),
    about="Three times at most for one session; it comes back as it was.",
)
skip = Command(
    _plain("skip", "Skipped. The next one comes when it is due."),
    examples=(("unhunch skip", "leave out the session that is due now"),),
    about="The next one comes when it is due.",
)


# Pauses ---------------------------------------------------------------------------------------------------------------


def run_pause(args: argparse.Namespace) -> None:
    from unhunch.adapters.clock import SystemClock
    from unhunch.cli import when

    text = " ".join(args.until) or "1h"
    now = SystemClock().now().local
    end = when.pause_until(text, now)
    # A length is counted on the running clock, so that a clock that is set does not stretch it.
    length = when.length(text)
    sent = {"until": end.timestamp()} if length is None else {"seconds": length}
    reply = ask("pause", {**sent, "why": args.why})
    say(reply, f"Paused until {words.clock(end, now)}. 'unhunch resume' ends it earlier.")


def pause_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("until", nargs="*", metavar="UNTIL", help="a length or an end; an hour if nothing is said")
    parser.add_argument("--why", metavar="TEXT", help="a note to yourself, shown by 'unhunch why'")


pause = Command(
    run_pause,
    pause_arguments,
    examples=(
        ("unhunch pause 1h", ""),
        ("unhunch pause until 14:00", ""),
        ("unhunch pause rest of today", "until 4 in the morning"),
        ("unhunch pause until friday --why 'trade fair'", ""),
        ("unhunch pause until 2027-01-07", "holidays; a year at most"),
    ),
    about="Sitting is still counted. Every pause ends by itself.",
)
resume = Command(
    _plain("resume", "Notices are on again."),
    examples=(("unhunch resume", ""),),
    about="Notices come again when something is due.",
)


# Posture, mornings, second thoughts -----------------------------------------------------------------------------------


UNDONE = {
    "answer": "your last snooze or skip",
    "pause": "the pause",
    "resume": "the end of the pause",
    "stand": "that you stand",
    "sit": "that you sit",
    "session": "the session",
    "rated": "the ratings",
    "morning": "how the morning felt",
    "correction": "the correction",
    "choice": "the choice for next week",
    "offer": "your answer to the offer",
    "goal": "the change of the sessions a day",
}
"""What `undo` took back, by the kind of the fact."""


def run_undo(_: argparse.Namespace) -> None:
    reply = tell("undo")
    what = UNDONE.get(reply.get("undone", ""))
    say(reply, f"Taken back: {what}." if what else "Taken back.")


def run_morning(args: argparse.Namespace) -> None:
    say(tell("morning", {"feels": args.feels}), "Noted. Thank you.")


def morning_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("feels", type=word(*FEELS), metavar="FEELS", help="better, same or worse than the day before")


stand = Command(
    _plain("stand", "Standing. Say 'unhunch sit' when you sit down; after two hours it ends by itself."),
    examples=(("unhunch stand", ""),),
    about="Time at the keyboard counts as standing until you say 'sit', leave for half an hour, or two hours are over.",
)
sit = Command(
    _plain("sit", "Sitting again."),
    examples=(("unhunch sit", ""),),
    about="Ends what 'unhunch stand' began.",
)
morning = Command(
    run_morning,
    morning_arguments,
    examples=(("unhunch morning better", ""), ("unhunch morning worse", "two of these, and there is less to do")),
    about="It helps to decide whether there should be more sessions, or fewer.",
)
undo = Command(
    run_undo,
    examples=(("unhunch undo", "after a snooze, skip, pause, log, amend, morning ..."),),
    about="Nothing is deleted: that it was taken back is noted, too.",
)
