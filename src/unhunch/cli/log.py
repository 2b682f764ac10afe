"""`unhunch log` and `unhunch amend`: what the daemon could not see. Without a daemon they write themselves."""

import argparse
from datetime import datetime

from unhunch.cli.answers import say
from unhunch.cli.command import Command, whole, word, wrong
from unhunch.cli.to_daemon import tell
from unhunch.core.vocabulary import CHOICES, Tingling, Was
from unhunch.said import times, when
from unhunch.words.translate import N_, _, pgettext


def _now() -> datetime:
    from unhunch.adapters.clock import SystemClock

    return SystemClock().now().local


def run_log(args: argparse.Namespace) -> None:
    now = _now()
    ended = when.past(" ".join(args.at or ["now"]), now)
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
    said = _("Noted: a {size} session. 'unhunch undo' takes it back.")
    if args.at:
        said = _("Noted: a {size} session, done at {time}. 'unhunch undo' takes it back.")
    say(reply, said.format(size=_size(args.size), time=times.label(ended, now)))


def _size(name: str) -> str:
    """As it stands before "session"."""
    return {
        "short": pgettext("session", "short"),
        "standard": pgettext("session", "standard"),
        "long": pgettext("session", "long"),
    }[name]


def log_arguments(parser: argparse.ArgumentParser) -> None:
    said = _('when it ended: 13:05, "yesterday 18:30", "20m ago"')
    parser.add_argument("--at", nargs="+", metavar="TIME", help=said)
    size = parser.add_mutually_exclusive_group()
    for name in CHOICES:
        said = _("it was a {size} one").format(size=_size(name))
        size.add_argument(f"--{name}", dest="size", action="store_const", const=name, help=said)
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
    say(tell("rate", given), _("Noted with the last session. Thank you. 'unhunch undo' takes it back."))


def _ratings(parser: argparse.ArgumentParser) -> None:
    rating = whole(0, 10)
    parser.add_argument(
        "--stiffness", nargs=2, type=rating, metavar=("BEFORE", "AFTER"), help=_("of your upper back, 0 to 10")
    )
    parser.add_argument("--discomfort", type=rating, metavar="0-10", help=_("the worst while you rolled"))
    # safety: what is reported with this ends the sessions
    said = _("tingling in hands or arms: none, cleared (it went away) or persisted (it stayed)")
    parser.add_argument("--tingling", type=word(*Tingling), metavar="WORD", help=said)


def run_amend(args: argparse.Namespace) -> None:
    now = _now()
    *span, presence = args.words
    if any(map(str.isdigit, presence)):  # the time alone
        typed = f"unhunch amend {' '.join(args.words)} away"
        remedy = _("Type away, sitting or standing after the time: {command}").format(command=typed)
        raise wrong(_("It is not said what you did then."), remedy)
    meant = word(*Was)(presence)
    start, end = when.span(" ".join(span), now)
    reply = tell("amend", {"from": start.timestamp(), "to": end.timestamp(), "as": meant})
    say(reply, _(AMENDED[meant]).format(start=times.clock(start, now), end=times.clock(end, end)))


AMENDED = {
    "away": N_("From {start} to {end} you were away. 'unhunch undo' takes that back."),
    "sitting": N_("From {start} to {end} you were sitting. 'unhunch undo' takes that back."),
    "standing": N_("From {start} to {end} you were standing. 'unhunch undo' takes that back."),
}


def amend_arguments(parser: argparse.ArgumentParser) -> None:
    said = _("a time that is over, then away, sitting or standing")
    parser.add_argument("words", nargs="+", metavar="FROM-TO WHAT", help=said)


log = Command(
    run_log,
    log_arguments,
    examples=(
        ("unhunch log", N_("a short session, just now")),
        ("unhunch log --at 13:05 --standard --stiffness 5 2", N_("with how stiff you were before and after")),
        (N_("unhunch log --at yesterday 18:30 --discomfort 1 --tingling none"), ""),
    ),
    about=N_("It counts for the next session that is due. All ratings are optional."),
)
rate = Command(
    run_rate,
    _ratings,
    examples=(
        ("unhunch rate --discomfort 1 --tingling none", ""),
        ("unhunch rate --stiffness 6 3", N_("how stiff your upper back was before and after")),
    ),
    about=N_("For a session whose page was closed without an answer. Each rating is optional."),
)
amend = Command(
    run_amend,
    amend_arguments,
    examples=(
        ("unhunch amend 10:30-11:15 away", N_("the cat was on the keyboard")),
        ("unhunch amend 14:00-15:00 sitting", N_("a meeting on paper")),
        (N_("unhunch amend yesterday 9:00-12:00 standing"), ""),
    ),
    about=N_("The figures of that time are counted anew."),
)
