"""`unhunch doctor`: every part, whether it works, and what to do about it. Useful above all without a daemon."""

import argparse
import platform
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import Any, NamedTuple

from unhunch import __version__
from unhunch.cli.asking import ask_if_running, show_json
from unhunch.cli.command import Command, json_option, three_parts
from unhunch.cli.desk import reading, settings
from unhunch.control.lock import holder
from unhunch.control.protocol import Exit
from unhunch.paths import Paths
from unhunch.ports import StoreError, StoreTrouble

MARKS = {True: "ok", False: "--", None: "??"}

NAME = 22
"""Columns of a part's name."""
MARGIN = NAME + 7
"""Columns before its note."""
PROBING = 25.0
"""Seconds that the daemon may take to try every part anew; some wait for a server that does not answer."""
NARROWEST, WIDEST = 60, 110


class Row(NamedTuple):
    """One part. `ok` None: it cannot be known now."""

    group: str
    name: str
    ok: bool | None
    note: str
    remedy: str = ""
    chosen: bool = False


def run(args: argparse.Namespace) -> int:
    rows = [*_own_rows(), *_daemon_rows()]
    needed = [row for row in rows if row.ok is False and row.group == "Unhunch"]
    if args.json:
        show_json([row._asdict() for row in rows])
    else:
        width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
        print("\n".join(lines(rows, width)))
    return Exit.FAILED if needed else Exit.DONE


def lines(rows: list[Row], width: int = 80) -> list[str]:
    """A block a group; what is in use bears a star, and below what is missing stands the remedy."""
    found: list[str] = []
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            found += ["", f"{group}:"] if found else [f"{group}:"]
        star = "*" if row.chosen else " "
        texts = [*row.note.splitlines(), *([] if row.ok else row.remedy.splitlines())]
        wrapped = [
            piece
            for text in texts
            for piece in wrap(text, width - MARGIN, break_long_words=False, break_on_hyphens=False)
        ] or [""]
        found.append(f" {star}{MARKS[row.ok]}  {row.name:<{NAME}} {wrapped[0]}".rstrip())
        found += [f"{'':<{MARGIN}}{piece}" for piece in wrapped[1:]]
    return found


def _own_rows() -> list[Row]:
    """What can be looked at without a daemon."""
    paths = Paths.find()
    return [
        Row(
            "Unhunch",
            "version",
            ok=True,
            note=f"{__version__} on Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        ),
        _tried(
            "configuration",
            settings,
            f"{paths.config_file}{'' if paths.config_file.exists() else ' (not there: defaults)'}",
        ),
        _tried("history", _history, str(paths.database)),
        _daemon_row(paths),
    ]


def _tried(name: str, attempt: Callable[[], object], note: str) -> Row:
    try:
        attempt()
    except Exception as error:  # its words become a row
        told = three_parts(error)
        if told is None:
            raise
        return Row("Unhunch", name, ok=False, note=told.what, remedy=told.remedy)
    return Row("Unhunch", name, ok=True, note=note)


def _history() -> None:
    try:
        with reading() as store:
            store.read(since=0, until=0)
    except StoreError as error:
        if error.kind is not StoreTrouble.GONE:  # it is made when the daemon starts
            raise


def _daemon_row(paths: Paths) -> Row:
    pid = holder(paths.lock)
    if pid is not None:
        return Row("Unhunch", "daemon", ok=True, note=f"running, process {pid}")
    return Row("Unhunch", "daemon", None, "not running", "Start it: unhunch enable (at every login), or unhunch run")


def _daemon_rows() -> list[Row]:
    """The parts as the daemon sees them, who has them open."""
    reply: dict[str, Any] | None = ask_if_running("doctor", seconds=PROBING)
    if reply is None:
        return []
    source = reply["source"]["name"]
    rows = [_probed("Keyboard and mouse", probe, chosen=probe["name"] == source) for probe in reply["sources"]]
    rows += [_probed("Surroundings", probe, chosen=probe["usable"]) for probe in reply["surroundings"]]
    for name in ("notifier", "tray", "store"):
        part = reply[name]
        title = f"{name} ({part['name']})" if part.get("name") else name
        rows.append(Row("Daemon", title, ok=part["ok"], note=part["note"] or part.get("path", ""), chosen=part["ok"]))
    rows += [Row("Problems", "", ok=False, note=problem) for problem in reply["problems"]]
    return rows


def _probed(group: str, probe: Mapping[str, Any], *, chosen: bool) -> Row:
    return Row(group, probe["name"], probe["usable"], probe["note"], probe["remedy"], chosen)


doctor = Command(
    run,
    json_option,
    examples=(("unhunch doctor", ""), ("unhunch doctor --json", "to report a problem")),
    about="A star marks what is in use.",
)
