"""`unhunch import`, `export` and `forget`: the history as a whole, in and out."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from unhunch.cli.command import Command, json_option, word, wrong
from unhunch.cli.own_history import reading, writing
from unhunch.cli.to_daemon import ask_if_running, show_json
from unhunch.cli.typed import is_yes
from unhunch.core import formats
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.intervals import Interval, union
from unhunch.core.moment import at_offset
from unhunch.core.translate import N_, _, ngettext
from unhunch.importers.recording import Import, facts_from, outside
from unhunch.ports import Store

LARGEST = 512 * 1024 * 1024
"""Bytes of a file to take in: decades of any of these records are smaller."""
FORMATS = ("json", "csv", "activitywatch")
FORGETTING_SECONDS = 120.0
"""Ten years are overwritten on the disk in a few seconds."""
AT_ONCE = 5000
"""Facts written in one transaction."""


# Import ---------------------------------------------------------------------------------------------------------------


def run_import(args: argparse.Namespace) -> None:
    taken = [(file, _parsed(file)) for file in args.files]
    told: list[dict[str, Any]] = []
    with writing("unhunch import") as store:
        watched = _watched(store) if args.device is None else []
        for file, found in taken:
            name, problems, left_out = "unhunch", list[str](), 0.0
            if isinstance(found, Import):
                news, left_out = outside(found, watched)
                name, problems = found.name, found.problems
                facts: Sequence[Fact] = facts_from(news, args.device or name)
            else:
                facts = found
            reach = (min(fact.wall for fact in facts), max(fact.end for fact in facts) + 1) if facts else (0, 0)
            known = {fact.key for fact in store.read(*reach)}
            new = [fact for fact in facts if fact.key not in known]
            with _progress(file) as progress:
                for at in range(0, len(new), AT_ONCE):
                    store.append(new[at : at + AT_ONCE])
                    if progress:
                        progress(at, len(new))
            told.append(
                {
                    "file": str(file),
                    "format": name,
                    "facts": len(facts),
                    "new": len(new),
                    "first": _date(facts[0]) if facts else None,
                    "last": _date(facts[-1]) if facts else None,
                    "left_out_min": round(left_out / 60, 1),
                    "problems": problems,
                }
            )
    if args.json:
        show_json(told)
        return
    for one in told:
        print(_sentence(one))
        for problem in one["problems"]:
            print(f"  {problem}")


def _sentence(told: dict[str, Any]) -> str:
    left = told["left_out_min"]
    if not told["facts"]:
        said = _("{file}: nothing in it is news.") if left else _("{file}: nothing in it.")
    elif not told["new"]:
        said = _("{file}: {first} to {last}, all of it known already.")
    else:
        said = ngettext(
            "{file}: {first} to {last}, {new} fact taken in ({format}).",
            "{file}: {first} to {last}, {new} facts taken in ({format}).",
            told["new"],
        )
    parts = [said.format(**told)]
    if left:
        parts.append(
            _("{time} of activity were left out: Unhunch itself watched then.").format(time=formats.duration(left))
        )
    return " ".join(parts)


def _watched(store: Store) -> list[Interval]:
    """When Unhunch itself ran on this machine."""
    runs = store.read(kinds=[Kind.RUNNING], device=store.device)
    return union((run.wall, run.end) for run in runs if not run.boot_id.startswith(IMPORTED))


def _parsed(file: Path) -> Import | Sequence[Fact]:
    """What is in a file of any kind that is known. Raises BadRecording, UserError."""
    from unhunch.importers import activitywatch, unhunch, workrave

    if file.stat().st_size > LARGEST:
        raise wrong(
            _("{file} is larger than {size} MiB.").format(file=file, size=LARGEST >> 20),
            _("Name a record of Workrave, ActivityWatch or Unhunch."),
        )
    data = file.read_bytes()
    with _progress(file) as progress:
        if data.lstrip()[:1] not in (b"{", b"["):
            return workrave.parse(data, progress)
        if b'"unhunch"' in data[:200]:
            return unhunch.parse(data, progress)
        return activitywatch.parse(data, progress)


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, if it takes long enough to be looked at; else nothing."""
    if not sys.stderr.isatty() or file.stat().st_size < 1 << 20:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _date(fact: Fact) -> str:
    return at_offset(fact.wall, fact.utc_offset).date().isoformat()


def import_arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help=_("what it is is recognised by its content")
    )
    parser.add_argument(
        "--device",
        metavar="NAME",
        help=_(
            "another machine that the records come from (default: this one, where Unhunch's own record comes first)"
        ),
    )


import_ = Command(
    run_import,
    import_arguments,
    examples=(
        ("unhunch import ~/.workrave/idlelog.*.log", N_("Workrave's idle logs")),
        ("unhunch import aw-buckets-export.json", N_("ActivityWatch: Raw data, Export all buckets")),
        ("unhunch import laptop.json", N_("what 'unhunch export' wrote on another machine")),
    ),
    about=N_("The same file twice changes nothing. Stop the daemon first: systemctl --user stop unhunch"),
)


# Export ---------------------------------------------------------------------------------------------------------------


def run_export(args: argparse.Namespace) -> None:
    from unhunch import __version__
    from unhunch.core.bodies import dated
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
        if not is_yes(input(f"{question} ")):
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
        without_daemon.forget(at_offset(before, SystemClock().now().utc_offset).date().isoformat())
    with writing("unhunch forget") as store:
        return store.forget(before)


def _day_start(text: str) -> float:
    from unhunch.adapters.clock import SystemClock
    from unhunch.cli import when

    now = SystemClock().now().local
    found = when.day(text, now.date(), ahead=False)
    if found is None:
        raise wrong(_("{text!r} is not a day.").format(text=text), _("Give one like 2026-01-01, yesterday or monday."))
    return when.midnight(found, now).timestamp()


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
