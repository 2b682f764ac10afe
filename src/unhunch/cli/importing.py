"""`unhunch import`: records of other programs and machines, taken in beside what Unhunch sees itself, and back out."""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from unhunch.cli.command import Command, host_option, json_option, wrong
from unhunch.cli.own_history import adding
from unhunch.cli.to_daemon import show_json
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.intervals import Interval, union
from unhunch.core.moment import at_offset
from unhunch.importers.recognise import Found, Unread, here, read_all
from unhunch.importers.recording import Import, Progress, facts_from, outside
from unhunch.ports import Store
from unhunch.tuples import NamedTuple
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

AT_ONCE = 2000
"""Facts written in one transaction: the daemon waits for it, some hundredths of a second."""
LARGE = 1 << 20
"""Bytes: reading less takes no time."""
MANY = 10_000
"""Facts: writing fewer takes no time."""


class Taken(NamedTuple):
    """What came of one file."""

    file: Path
    program: str
    facts: Sequence[Fact]
    new: int
    left_out: float
    """Seconds of input in the time in which Unhunch watched by itself."""
    problems: Sequence[str]
    host: str = ""
    """Another machine by its name, whose record was taken for this one's: nothing was said about it."""


def run(args: argparse.Namespace) -> None:
    if args.undo == bool(args.files):
        raise wrong(
            _("Name the files to take in, or --undo to take the last import back."),
            _("For example: unhunch import ~/.workrave/historystats"),
        )
    gc.disable()  # it would walk through a year of facts over and over, and a short command leaves nothing behind
    if args.undo:
        _undo()
        return
    good, failed = _readable(args.files, args.host)
    taken, changed = take(good, args.device or "", args.host, _writing) if good else ([], [])
    if args.json:
        show_json([*map(_plain, taken), *(failed.plain() if failed else [])])
    else:
        for one in taken:
            print(_sentence(one))
            for problem in one.problems:
                print(f"  {problem}")
        for line in changed:
            print(line)
    if failed:
        sys.stdout.flush()
        raise failed


def _readable(files: Sequence[Path], host: str) -> tuple[list[tuple[Path, Found]], Unread | None]:
    """What can be read of these files, and why the others cannot."""
    nothing = _("Nothing of it was imported.") if len(files) > 1 else _("Nothing was imported.")
    try:
        return read_all(files, nothing, host, _reading)
    except Unread as failed:
        return [], failed


def take(
    files: Sequence[tuple[Path, Found]],
    device: str = "",
    host: str = "",
    bar: Callable[[Path, int], AbstractContextManager[Progress | None]] = lambda _file, _facts: nullcontext(),
) -> tuple[list[Taken], list[str]]:
    """Write what is new in these files; what came of each, and sentences about what changed. Raises UserError.

    `bar` shows how far the writing of a file's facts is.
    """
    taken: list[Taken] = []
    with adding("unhunch import") as store:
        watched = _watched(store) if not device else []
        number = 0
        for file, found in _one_sum_a_day(files):
            other = device or (host and _elsewhere(found))
            facts, left_out = _facts(found, other, watched)
            new = 0
            with bar(file, len(facts)) as progress:
                for at in range(0, len(facts), AT_ONCE):
                    number = number or store.begin_import(_names([file.name for file, _found in files]))
                    new += store.take(facts[at : at + AT_ONCE], number)
                    if progress:
                        progress(min(at + AT_ONCE, len(facts)), len(facts))
            program = found.name if isinstance(found, Import) else "unhunch"
            problems = found.problems if isinstance(found, Import) else []
            taken.append(Taken(file, program, facts, new, left_out, problems, "" if other else _elsewhere(found)))
        if not any(one.new for one in taken):
            if number:
                store.take_back(number)
            return taken, []
        from unhunch.cli.known import Known

        known = Known(store, [fact for one in taken if one.new for fact in one.facts], number)
    return taken, known.tell()


def _names(files: Sequence[str]) -> str:
    """The first files by name, the others by their number."""
    named, more = files[:3], len(files) - 3
    others = ngettext("{count} more", "{count} more", more).format(count=more)
    return ", ".join([*named, *([others] if more > 0 else [])])


def _undo() -> None:
    with adding("unhunch import --undo") as store:
        last = store.last_import()
        if last is None:
            raise wrong(_("There is no import to take back."), _("'unhunch forget' deletes history by its date."))
        number, names = last
        gone = store.take_back(number)
        from unhunch.cli.known import Known

        known = Known(store)
    text = ngettext("Took back {count} fact of {names}.", "Took back {count} facts of {names}.", gone)
    print(text.format(count=gone, names=names))
    for line in known.tell():
        print(line)


def _facts(found: Found, device: str, watched: Sequence[Interval]) -> tuple[Sequence[Fact], float]:
    """Facts of a file, and the seconds that were left out."""
    if not isinstance(found, Import):
        return found, 0.0
    if device:
        return facts_from(found, device), 0.0
    news, left_out = outside(found, watched)
    return facts_from(news, found.name), left_out


def _elsewhere(found: Found) -> str:
    """The machine on which it was recorded, if it is another one than this."""
    if not isinstance(found, Import) or found.host.casefold() == here().casefold():
        return ""
    return found.host


def _one_sum_a_day(files: Sequence[tuple[Path, Found]]) -> Iterator[tuple[Path, Found]]:
    """The file of the day that goes on knows that day better than the one of all days before it."""

    def day(start: float) -> object:
        return datetime.fromtimestamp(start).date()  # noqa: DTZ006 - local days, as Workrave counts them

    recordings = [found for _file, found in files if isinstance(found, Import)]
    running = {day(one.start) for found in recordings for one in found.sums if one.running}
    for file, found in files:
        if running and isinstance(found, Import):
            yield file, replace(found, sums=[one for one in found.sums if one.running or day(one.start) not in running])
        else:
            yield file, found


def _watched(store: Store) -> list[Interval]:
    """When Unhunch itself ran on this machine."""
    runs = store.read(kinds=[Kind.RUNNING], device=store.device)
    return union((run.wall, run.end) for run in runs if not run.boot_id.startswith(IMPORTED))


# Saying it ------------------------------------------------------------------------------------------------------------


def _plain(one: Taken) -> dict[str, Any]:
    return {
        "file": str(one.file),
        "format": one.program,
        "facts": len(one.facts),
        "new": one.new,
        "first": _date(one.facts[0]) if one.facts else None,
        "last": _date(one.facts[-1]) if one.facts else None,
        "left_out_min": round(one.left_out / 60, 1),
        "host": one.host,
        "problems": list(one.problems),
    }


def _sentence(one: Taken) -> str:
    if not one.facts:
        said = _("{file}: nothing in it is news.") if one.left_out else _("{file}: nothing in it.")
    elif not one.new:
        said = _("{file}: {first} to {last}, all of it known already.")
    else:
        said = ngettext(
            "{file}: {first} to {last}, {new} fact taken in ({format}).",
            "{file}: {first} to {last}, {new} facts taken in ({format}).",
            one.new,
        )
    parts = [said.format(**_plain(one))]
    if one.left_out:
        parts.append(
            _("{time} of activity were left out: Unhunch itself watched then.").format(
                time=formats.duration(one.left_out / 60)
            )
        )
    if one.host and one.new:
        text = _("It was recorded on {host}. If that is not this machine: {undo}, then {again}.")
        again = f"unhunch import --device {one.host} {one.file}"
        parts.append(text.format(host=one.host, undo="unhunch import --undo", again=again))
    return " ".join(parts)


def _date(fact: Fact) -> str:
    return at_offset(fact.wall, fact.utc_offset).date().isoformat()


def _reading(file: Path) -> AbstractContextManager[Progress | None]:
    large = file.is_file() and file.stat().st_size >= LARGE
    return _bar(_("{file}: reading").format(file=file.name)) if large else nullcontext()


def _writing(file: Path, facts: int) -> AbstractContextManager[Progress | None]:
    return _bar(_("{file}: writing").format(file=file.name)) if facts >= MANY else nullcontext()


@contextmanager
def _bar(label: str) -> Iterator[Progress | None]:
    """A bar on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(label))
        yield lambda done, total: bar.update(task, completed=done, total=total)


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help=_("what it is is recognised by its content")
    )
    parser.add_argument(
        "--device",
        metavar="NAME",
        help=_(
            "another machine that the records come from (default: this one, where Unhunch's own record comes first)"
        ),
    )
    host_option(parser)
    parser.add_argument("--undo", action="store_true", help=_("take the last import back"))


import_ = Command(
    run,
    arguments,
    examples=(
        ("unhunch import ~/.local/share/gnome-shell/session-active-history.json", N_("GNOME's screen time")),
        ("unhunch import ~/.workrave/idlelog.*.log", N_("Workrave's idle logs")),
        ("unhunch import ~/.local/state/workrave/*stats", N_("Workrave's days: their sums, without moments")),
        ("unhunch import aw-buckets-export.json", N_("ActivityWatch: Raw data, Export all buckets")),
        (
            "unhunch import ~/.local/share/activitywatch/aw-server/peewee-sqlite.v2.db",
            N_("ActivityWatch's own database, also while it runs"),
        ),
        ("unhunch import laptop.json", N_("what 'unhunch export' wrote on another machine")),
        ("unhunch import --undo", N_("as if the last one had not been")),
    ),
    about=N_("It can run beside the daemon. The same file twice changes nothing."),
)
