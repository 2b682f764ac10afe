"""`unhunch export` and `forget`: the history as a whole."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli.command import Command, word, wrong
from unhunch.cli.own_history import reading, settings, writing
from unhunch.cli.to_daemon import ask_if_running
from unhunch.core.facts import Kind
from unhunch.core.moment import first_day_after
from unhunch.line import read_line
from unhunch.said.typed import is_yes
from unhunch.words.translate import N_, _, ngettext

FORMATS = ("json", "csv", "activitywatch")
FORGETTING_SECONDS = 120.0
"""Ten years are overwritten on the disk in a few seconds."""


# Export ---------------------------------------------------------------------------------------------------------------


def run_export(args: argparse.Namespace) -> None:
    from unhunch import __version__
    from unhunch.core.codec import dated
    from unhunch.report import export as out

    with reading() as store:
        since = _day_start(args.since) if args.since else None
        facts = [fact for fact in store.read(since=since) if dated(fact)]
        match args.format:
            case "csv":
                pieces = out.export_csv(facts, store.device)
            case "activitywatch":
                pieces = out.export_activitywatch(facts, store.device)
            case _:
                pieces = out.export_json(facts, store.device, __version__)
        if args.file is None or str(args.file) == "-":
            sys.stdout.writelines(pieces)
            return
        write_private(args.file, pieces)
    said = ngettext(
        "Wrote {count} fact to {file}, readable by you alone.",
        "Wrote {count} facts to {file}, readable by you alone.",
        len(facts),
    )
    print(said.format(count=len(facts), file=args.file))


def write_private(path: Path, pieces: Iterator[str] | Sequence[str]) -> None:
    """Write a file that its owner alone may read; all of it, or what was there before is kept. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        part.chmod(0o600)
        with part.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
        part.replace(path)
    except OSError as error:  # told by the name that was given
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("where to (default: the terminal)"))
    parser.add_argument(
        "--format",
        type=word(*FORMATS),
        default="json",
        metavar="FORM",
        help=_("json (complete, default), csv or activitywatch"),
    )
    parser.add_argument("--since", metavar="DATE", help=_("leave out what ended before that day"))


export = Command(
    run_export,
    export_arguments,
    examples=(
        ("unhunch export history.json", N_("everything; 'unhunch import' reads it again")),
        ("unhunch export --format csv --since 2026-09-01 autumn.csv", N_("for a spreadsheet")),
        ("unhunch export --format activitywatch | jq .", ""),
    ),
    about=N_("It can run beside the daemon."),
)


# Forget ---------------------------------------------------------------------------------------------------------------


def run_forget(args: argparse.Namespace) -> None:
    if args.all == (args.before is not None):
        raise wrong(
            _("Say what to forget: --before DATE, or --all."), _("For example: unhunch forget --before 2026-01-01")
        )
    before = None if args.all else _day_start(args.before)
    if not args.yes:
        if not sys.stdin.isatty():
            raise wrong(
                _("Nobody is there to confirm that the whole history is to be deleted.")
                if args.all
                else _("Nobody is there to confirm that everything before {day} is to be deleted.").format(
                    day=args.before
                ),
                _("Add --yes if you are sure."),
            )
        question = (
            _("Delete the whole history? It cannot be brought back. [y/N]")
            if args.all
            else _("Delete everything before {day}? It cannot be brought back. [y/N]").format(day=args.before)
        )
        if not is_yes(read_line(f"{question} ")):
            print(_("Nothing was deleted."))
            return
    told = {"all": True} if before is None else {"before": before}
    reply = ask_if_running("forget", told, seconds=FORGETTING_SECONDS)
    gone = _forget(before) if reply is None else int(reply["deleted"])
    print(ngettext("Deleted {count} fact.", "Deleted {count} facts.", gone).format(count=gone))


def _forget(before: float | None) -> int:
    """Without a daemon. The checkpoint, which sums up ten weeks, is made anew without what is to be forgotten."""
    from unhunch.adapters.clock import SystemClock
    from unhunch.cli import without_daemon
    from unhunch.control.events import check_forget

    check_forget(SystemClock().now(), {"before": before})
    with writing("unhunch forget") as store:
        summed_up = any(fact.kind is Kind.CHECKPOINT for fact in store.since_checkpoint()[:1])
    if before is not None and summed_up:
        without_daemon.forget(first_day_after(before, SystemClock().now().utc_offset))
    with writing("unhunch forget") as store:
        gone = store.forget(before)
        _tell_others(store, before)
        return gone


def _tell_others(store: SqliteStore, before: float | None) -> None:
    """What is forgotten leaves this machine's lines at once; the other desks are told when the daemon runs again."""
    s = settings()
    if not s.sync_folder:
        return
    from unhunch.adapters.clock import SystemClock
    from unhunch.sync import of_settings
    from unhunch.sync.desks import Forget

    of_settings(store, s).forgot(Forget(SystemClock().now().wall if before is None else before, before is None))


def _day_start(text: str) -> float:
    from unhunch.adapters.clock import SystemClock
    from unhunch.said import when

    now = SystemClock().now().local
    return when.midnight(when.past_day(text, now), now).timestamp()


def forget_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--before", metavar="DATE", help=_("what ended before that day"))
    parser.add_argument("--all", action="store_true", help=_("everything"))
    parser.add_argument("--yes", action="store_true", help=_("do not ask back"))


forget = Command(
    run_forget,
    forget_arguments,
    examples=(
        ("unhunch forget --before 2026-01-01", ""),
        ("unhunch export last.json && unhunch forget --all", N_("keep a copy of your own")),
    ),
    about=N_("What is deleted is overwritten on the disk. A running daemon goes on from there."),
)
