"""`unhunch log` and `unhunch amend`: what the daemon could not see. Without a daemon they write themselves."""

import argparse
from datetime import datetime, timedelta

from unhunch.cli import when, words
from unhunch.cli.answers import say
from unhunch.cli.asking import tell
from unhunch.cli.command import Command, whole, word, wrong
from unhunch.control.protocol import AS, SIZES, TINGLING


def _now() -> datetime:
    from unhunch.adapters.clock import SystemClock

    return SystemClock().now().local


def run_log(args: argparse.Namespace) -> None:
    now = _now()
    ended = when.past(" ".join(args.at or ["now"]), now)
    if now - ended > timedelta(days=1):
        raise wrong("That is more than a day ago.", "Note a session within a day of doing it.")
    before, after = args.stiffness or (None, None)
    given = {
        "ended": ended.timestamp(),
        "size": args.size,
        "stiffness_before": before,
        "stiffness_after": after,
        "discomfort": args.discomfort,
        "tingling": args.tingling,
    }
    reply = tell("log", given)
    at = f", done at {words.clock(ended, now)}" if args.at else ""
    say(reply, f"Noted: a {args.size} session{at}. 'unhunch undo' takes it back.")


def log_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", nargs="+", metavar="TIME", help='when it ended: 13:05, "yesterday 18:30", "20m ago"')
    size = parser.add_mutually_exclusive_group()
    for name in SIZES:
        size.add_argument(f"--{name}", dest="size", action="store_const", const=name, help=f"it was a {name} one")
    _ratings(parser)
    parser.set_defaults(size="short")


def run_rate(args: argparse.Namespace) -> None:
    before, after = args.stiffness or (None, None)
    given = {
        "stiffness_before": before,
        "stiffness_after": after,
        "discomfort": args.discomfort,
        "tingling": args.tingling,
    }
    say(tell("rate", given), "Noted with the last session. Thank you. 'unhunch undo' takes it back.")


def _ratings(parser: argparse.ArgumentParser) -> None:
    rating = whole(0, 10)
    parser.add_argument(
        "--stiffness", nargs=2, type=rating, metavar=("BEFORE", "AFTER"), help="of your upper back, 0 to 10"
    )
    parser.add_argument("--discomfort", type=rating, metavar="0-10", help="the worst while you rolled")
    parser.add_argument(
        "--tingling", type=word(*TINGLING), metavar="WORD", help="in hands or arms: " + ", ".join(TINGLING)
    )


def run_amend(args: argparse.Namespace) -> None:
    now = _now()
    *span, presence = args.words
    meant = word(*AS)(presence)
    start, end = when.span(" ".join(span), now)
    reply = tell("amend", {"from": start.timestamp(), "to": end.timestamp(), "as": meant})
    say(
        reply,
        f"From {words.clock(start, now)} to {end:%H:%M} you were {meant}. 'unhunch undo' takes that back.",
    )


def amend_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words", nargs="+", metavar="FROM-TO WHAT", help="a time that is over, then away, sitting or standing"
    )


log = Command(
    run_log,
    log_arguments,
    examples=(
        ("unhunch log", "a short session, just now"),
        ("unhunch log --at 13:05 --standard --stiffness 5 2", "with how stiff you were before and after"),
        ("unhunch log --at yesterday 18:30 --discomfort 1 --tingling none", ""),
    ),
    about="It counts for the next session that is due. All ratings are optional.",
)
rate = Command(
    run_rate,
    _ratings,
    examples=(
        ("unhunch rate --discomfort 1 --tingling none", ""),
        ("unhunch rate --stiffness 6 3", "how stiff your upper back was before and after"),
    ),
    about="For a session whose page was closed without an answer. Each rating is optional.",
)
amend = Command(
    run_amend,
    amend_arguments,
    examples=(
        ("unhunch amend 10:30-11:15 away", "the cat was on the keyboard"),
        ("unhunch amend 14:00-15:00 sitting", "a meeting on paper"),
        ("unhunch amend yesterday 9:00-12:00 standing", ""),
    ),
    about="The figures of that time are counted anew.",
)
