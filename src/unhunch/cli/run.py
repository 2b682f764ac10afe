"""What runs the real engine: the daemon here, recorded activity, the demonstration."""

import argparse
from pathlib import Path

from unhunch.cli.command import Command, host_option, json_option, whole, word
from unhunch.core.settings import options
from unhunch.words.translate import N_, _

SOURCES = next(option.choices for option in options() if option.name == "source")
ANSWERS = ("ignore", "start", "snooze", "skip", "mixed")


def run_run(args: argparse.Namespace) -> int:
    from unhunch.adapters.lean import keep_openssl_out

    keep_openssl_out()
    from unhunch.daemon import daemon

    return daemon.run(source=args.source)


def run_arguments(parser: argparse.ArgumentParser) -> None:
    said = _("what watches keyboard and mouse: {sources}").format(sources=", ".join(SOURCES))
    parser.add_argument("--source", type=word(*SOURCES), metavar="NAME", help=said)


def run_replay(args: argparse.Namespace) -> int:
    from unhunch.play import replay

    return replay.command(args.files, answer=args.answer, seed=args.seed, host=args.host, as_json=args.json)


def replay_arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=_("as for 'unhunch import'"))
    parser.add_argument(
        "--answer",
        type=word(*ANSWERS),
        default="ignore",
        metavar="WORD",
        help=_("what to do with each prompt: ignore (default), start, snooze, skip, or mixed: any of these by chance"),
    )
    host_option(parser)
    said = _("with mixed: another number, other chances")
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, metavar="N", help=said)


def run_demo(args: argparse.Namespace) -> int:
    from unhunch.play.demo import demo as play

    return play(as_json=args.json)


run = Command(
    run_run,
    run_arguments,
    examples=(
        ("unhunch run", N_("in this terminal, until Ctrl-C; 'unhunch enable' does it at every login")),
        ("unhunch run --source terminal", N_("over ssh, where there is no display")),
    ),
    about=N_("If nothing can watch keyboard and mouse it stays up, says so, and keeps looking."),
)
replay = Command(
    run_replay,
    replay_arguments,
    examples=(
        ("unhunch replay ~/.workrave/idlelog.*.log", ""),
        ("unhunch replay ~/.local/share/gnome-shell/session-active-history.json", N_("GNOME's screen time")),
        ("unhunch replay buckets.json --answer start", N_("as if you had followed every prompt")),
    ),
    about=N_("The recordings go through the real engine; your own history is not touched."),
)
demo = Command(
    run_demo,
    json_option,
    examples=(("unhunch demo", ""),),
    about=N_("It needs no display, touches nothing of yours, and ends in a weekly summary."),
)
