"""`unhunch events`: what happened since a time, or what happens from now on, as JSON lines."""

import argparse
import json

from unhunch.cli.command import Command
from unhunch.control import client
from unhunch.paths import Paths
from unhunch.words.translate import N_, _


def run(args: argparse.Namespace) -> None:
    if args.follow:
        paths = Paths.find()
        if not paths.socket.exists():
            raise client.not_running()
        paths.check_runtime()
        for event in client.follow(paths.socket):
            print(json.dumps(event, ensure_ascii=False), flush=True)
        return
    from unhunch.adapters.clock import SystemClock
    from unhunch.cli.own_history import reading
    from unhunch.core import told
    from unhunch.said import when

    since = when.since(" ".join(args.since), SystemClock().now().local)
    with reading() as store:
        facts = store.read(since=since.timestamp())
    kinds = {fact.key: fact.kind for fact in facts}
    for fact in facts:
        if fact.kind not in told.UNTOLD:
            print(json.dumps(told.line(fact, kinds), ensure_ascii=False))


def arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--follow", "-f", action="store_true", help=_("wait for what comes, until Ctrl-C"))
    which.add_argument(
        "--since",
        nargs="+",
        default=["0:00"],
        metavar="TIME",
        help=_('begin there (default: today 0:00): monday, "mon 9:00", "2h ago"'),
    )


events = Command(
    run,
    arguments,
    examples=(
        ("unhunch events", N_("what was recorded today")),
        ("unhunch events --since yesterday 9:00 | jq 'select(.event == \"session\")'", ""),
        ("unhunch events --follow", N_("for a script that reacts to prompts and presence")),
    ),
    about=N_("A line of JSON an event; both ways tell one thing by one name. 'man unhunch' lists names and fields."),
)
