"""`unhunch import`: records of other programs and machines, taken in beside what Unhunch sees itself, and back out."""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli.command import Command, host_option, json_option, wrong
from unhunch.cli.own_history import adding, settings
from unhunch.cli.to_daemon import ask_if_running, show_json
from unhunch.core.averages import median
from unhunch.core.codec import sound
from unhunch.core.facts import IMPORTED, Fact, Kind
from unhunch.core.intervals import Interval, union
from unhunch.core.moment import DAY, at_offset
from unhunch.core.settings import WEEKDAYS, Settings
from unhunch.importers.recognise import Found, read_all
from unhunch.importers.recording import Import, facts_from, outside
from unhunch.ports import Store
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

AT_ONCE = 2000
"""Facts written in one transaction: the daemon waits for it, some hundredths of a second."""
TELLING = 366 * DAY
"""Seconds: what lies longer ago says nothing about what to expect today (policy)."""
MOST_DAYS = 200
"""So many of the last valid days are told to the engine, of which it looks at ten."""
LARGE = 1 << 20
"""Bytes: reading less takes no time."""


class Taken(NamedTuple):
    """What came of one file."""

    file: Path
    program: str
    facts: Sequence[Fact]
    new: int
    left_out: float
    """Seconds of input in the time in which Unhunch watched by itself."""
    problems: Sequence[str]


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
    nothing = _("Nothing of it was imported.") if len(args.files) > 1 else _("Nothing was imported.")
    good, failed = read_all(args.files, nothing, args.host, _bar)
    taken, changed = take(good, args.device or "", args.host)
    if args.json:
        show_json([_plain(one) for one in taken])
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


def take(files: Sequence[tuple[Path, Found]], device: str = "", host: str = "") -> tuple[list[Taken], list[str]]:
    """Write what is new in these files; what came of each, and sentences about what changed. Raises UserError."""
    taken: list[Taken] = []
    with adding("unhunch import") as store:
        watched = _watched(store) if not device else []
        number = 0
        for file, found in _one_sum_a_day(files):
            facts, left_out = _facts(found, device or _other_host(found, host), watched)
            new = 0
            for at in range(0, len(facts), AT_ONCE):
                number = number or store.begin_import(_names([file.name for file, _found in files]))
                new += store.take(facts[at : at + AT_ONCE], number)
            program = found.name if isinstance(found, Import) else "unhunch"
            problems = found.problems if isinstance(found, Import) else []
            taken.append(Taken(file, program, facts, new, left_out, problems))
        if number and not any(one.new for one in taken):
            store.take_back(number)
        known = _Known(store, taken)
    return taken, known.tell() if any(one.new for one in taken) else []


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
        known = _Known(store, [])
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


def _other_host(found: Found, wanted: str) -> str:
    """The machine that was asked for by name, if it is another one than this."""
    import os

    if not wanted or not isinstance(found, Import) or not found.host:
        return ""
    here = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return "" if found.host.casefold() == here.casefold() else found.host


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


# What changed ---------------------------------------------------------------------------------------------------------


class _Known:
    """What the history comes to after an import, or after one was taken back."""

    def __init__(self, store: SqliteStore, taken: Sequence[Taken]) -> None:
        from unhunch.adapters.clock import SystemClock
        from unhunch.core.week import sums
        from unhunch.core.week.days import day_totals
        from unhunch.core.week.lived import lived
        from unhunch.core.week.machines import together

        s = self._settings = settings()
        new = [fact for one in taken for fact in one.facts if one.new]
        now = SystemClock().now()
        since = min([now.wall - TELLING, *(fact.wall - DAY for fact in new)])
        facts = [fact for fact in sound(store.read(since=since)) if fact.kind is not Kind.CHECKPOINT]
        pieces = together(lived(facts, s), s)
        days = day_totals(pieces, s)
        sums.add(days, facts, pieces)
        told = {fact.day for fact in new if fact.kind in (Kind.INPUT, Kind.SUM)}
        self._days = sum(days[name].day.best > 0 for name in told if name in days)
        self._seconds = sum(days[name].day.best for name in told if name in days)
        others = {
            f.day for f in facts if f.device and f.kind in (Kind.INPUT, Kind.SUM) and now.wall - f.wall <= TELLING
        }
        today = now.local.date().isoformat()
        self.telling = [
            (name, round(days[name].day.best, 1))
            for name in sorted(others)
            if name in days and name < today and days[name].day.valid(s)
        ][-MOST_DAYS:]

    def tell(self) -> list[str]:
        """Tell the engine, and a person in a sentence or two."""
        reply = ask_if_running("imported", {"days": [list(day) for day in self.telling]})
        if reply is None:
            from unhunch.cli.without_daemon import note_import

            reply = {"expected_min": note_import(self.telling) / 60}
        parts = []
        if self._days:
            text = ngettext("{days} day, {hours} of sitting.", "{days} days, {hours} of sitting.", self._days)
            parts.append(text.format(days=formats.number(self._days), hours=formats.duration(self._seconds / 60)))
        usual = _usual_workday(self.telling, self._settings)
        if usual is not None:
            parts.append(_("Your usual workday is {time}.").format(time=formats.duration(usual / 60)))
        parts.append(_("The plan now expects {time} today.").format(time=formats.duration(reply["expected_min"])))
        return [" ".join(parts)]


def _usual_workday(days: Sequence[tuple[str, float]], s: Settings) -> float | None:
    """The middle of the last workdays, as the plan looks at them."""
    work = [best for name, best in days if WEEKDAYS[datetime.fromisoformat(name).weekday()] in s.workdays]
    return median(work[-s.expected_days :]) if len(work) >= s.expected_min_days else None


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
    return " ".join(parts)


def _date(fact: Fact) -> str:
    return at_offset(fact.wall, fact.utc_offset).date().isoformat()


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, if it takes long enough to be looked at; else nothing."""
    if not sys.stderr.isatty() or not file.is_file() or file.stat().st_size < LARGE:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name)
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
        ("unhunch import ~/.local/share/session-active-history.json", N_("GNOME's screen time")),
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
