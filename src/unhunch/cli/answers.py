"""Short words to the daemon: snooze, skip, pause, resume, stand, sit, morning, undo."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from unhunch.cli.command import Command, word
from unhunch.cli.to_daemon import ask, tell
from unhunch.core.vocabulary import Feels
from unhunch.said import answers
from unhunch.said.answers import Answer
from unhunch.words.translate import N_, _


def say(reply: Mapping[str, Any], otherwise: str) -> None:
    """What the daemon says about it, or else the plain sentence."""
    print(reply.get("text") or otherwise)


def _asked(answer: Answer) -> None:
    """Needs the daemon."""
    print(answer.said(ask(answer.command, answer.args)))


def _told(answer: Answer) -> None:
    """Is written down where no daemon runs."""
    print(answer.said(tell(answer.command, answer.args)))


def _plain(answer: Answer) -> Callable[[argparse.Namespace], None]:
    return lambda _args: _asked(answer)


# Later ----------------------------------------------------------------------------------------------------------------


def run_snooze(args: argparse.Namespace) -> None:
    _asked(answers.snooze(args.length))


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
    _plain(answers.SKIP),
    examples=(("unhunch skip", N_("leave out the session that is due now")),),
    about=N_("The next one comes when it is due."),
)


# Pauses ---------------------------------------------------------------------------------------------------------------


def run_pause(args: argparse.Namespace) -> None:
    from unhunch.adapters.clock import SystemClock

    _asked(answers.pause(args.until, SystemClock().now().local, args.why))


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
    _plain(answers.RESUME),
    examples=(("unhunch resume", ""),),
    about=N_("Notices come again when something is due."),
)


# Posture, mornings, second thoughts -----------------------------------------------------------------------------------


def run_undo(args: argparse.Namespace) -> None:
    _told(answers.undo(slip=args.slip))


def run_morning(args: argparse.Namespace) -> None:
    _told(answers.morning(args.feels))


def morning_arguments(parser: argparse.ArgumentParser) -> None:
    said = _("better, same or worse than the day before")
    parser.add_argument("feels", type=word(*Feels), metavar="FEELS", help=said)


def undo_arguments(parser: argparse.ArgumentParser) -> None:
    # safety
    said = _('takes back a stop that you told by mistake today; it says "It was a slip: I had none"')
    parser.add_argument("--slip", action="store_true", help=said)


stand = Command(
    _plain(answers.STAND),
    examples=(("unhunch stand", ""),),
    about=N_(
        "Time at the keyboard counts as standing until you say 'sit', leave for half an hour, or two hours are over."
    ),
)
sit = Command(
    _plain(answers.SIT),
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
