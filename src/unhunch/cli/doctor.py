"""`unhunch doctor`: every part, whether it works, and what to do about it. Useful above all without a daemon."""

import argparse
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from unhunch import __version__
from unhunch.cli import witness
from unhunch.cli.asking import yes
from unhunch.cli.command import Command, json_option
from unhunch.cli.ended import three_parts
from unhunch.cli.own_history import proven_settings, reading
from unhunch.cli.to_daemon import ask_if_running, show_json
from unhunch.control.lock import holder
from unhunch.core.settings import Settings
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.ports import StoreError, StoreTrouble
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _

MARKS = {True: "ok", False: "--", None: "??"}

BEFORE_NAME, NAME = 6, 22
"""Columns before a part's name, and of it; of longer names in other languages there are more."""
PARTS = (N_("notifier"), N_("tray"), N_("store"))
PROBING = 25.0
"""Seconds that the daemon may take to try every part anew; some wait for a server that does not answer."""
NARROWEST, WIDEST = 60, 110


class Row(NamedTuple):
    """One part. `ok` None: it cannot be known now. Group and name are English here, and translated when printed."""

    group: str
    name: str
    ok: bool | None
    note: str
    remedy: str = ""
    chosen: bool = False


def run(args: argparse.Namespace) -> int:
    if args.repair is not None:
        from unhunch.cli.repair import repair

        return repair(Path(args.repair) if args.repair else None)
    reply, silent = _asked()
    rows = [*_own_rows(silent), *_session_rows(), *(_probed_anew() if reply is None else _daemon_rows(reply))]
    needed = [row for row in rows if row.ok is False and row.group == "Unhunch"]
    if args.json:
        show_json([row._asdict() for row in rows])
    else:
        width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
        print("\n".join(lines(rows, width)))
        _offer_witness()
    return Exit.FAILED if needed else Exit.DONE


def _offer_witness() -> None:
    """To a person at a terminal."""
    if witness.missing() and sys.stdin.isatty() and sys.stdout.isatty():
        asked = _("Install pynput now, by '{command}'?").format(command=witness.command())
        if yes("\n" + asked, default=False):
            witness.bring()


def lines(rows: list[Row], width: int = 80) -> list[str]:
    """A block a group; what is in use bears a star, and below what is missing stands the remedy."""
    found: list[str] = []
    group = ""
    column = max(NAME, *(len(_(row.name)) for row in rows)) if rows else NAME
    margin = column + BEFORE_NAME + 1
    for row in rows:
        if row.group != group:
            group = row.group
            found += ["", f"{_(group)}:"] if found else [f"{_(group)}:"]
        star = "*" if row.chosen else " "
        texts = [*row.note.splitlines(), *([] if row.ok else row.remedy.splitlines())]
        wrapped = [
            piece
            for text in texts
            for piece in wrap(text, width - margin, break_long_words=False, break_on_hyphens=False)
        ] or [""]
        found.append(f" {star}{MARKS[row.ok]}  {_(row.name):<{column}} {wrapped[0]}".rstrip())
        found += [f"{'':<{margin}}{piece}" for piece in wrapped[1:]]
    return found


def _asked() -> tuple[dict[str, Any] | None, UserError | None]:
    """What the daemon says of its parts, None where none runs; and why one that runs does not say it."""
    try:
        return ask_if_running("doctor", seconds=PROBING), None
    except UserError as error:
        return None, error


def _own_rows(silent: UserError | None) -> list[Row]:
    """What can be looked at without a daemon."""
    paths = Paths.find()
    return [
        Row(
            "Unhunch",
            N_("version"),
            ok=True,
            note=_("{version} on Python {python}, SQLite {sqlite}").format(
                version=__version__, python=platform.python_version(), sqlite=sqlite3.sqlite_version
            ),
        ),
        _tried(
            N_("configuration"),
            proven_settings,
            " ".join([str(paths.config_file), *_of_before(paths.config_file)])
            if paths.config_file.exists()
            else _("{file} (not there: defaults)").format(file=paths.config_file),
        ),
        _tried(N_("history"), _history, str(paths.database)),
        _daemon_row(paths, silent),
        *_witness_row(),
    ]


def _witness_row() -> list[Row]:
    if not witness.missing():
        return []
    note = " ".join([_(witness.WHY), _(witness.WITHOUT)])
    return [Row("Unhunch", "pynput", None, note, _("Install it: {command}").format(command=witness.command()))]


def _of_before(path: Path) -> list[str]:
    """What became of options of before; nothing where the configuration cannot be read, which its row says."""
    from unhunch.config import ConfigError, of_before

    try:
        return of_before(path)
    except (ConfigError, ValueError):
        return []


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


def _daemon_row(paths: Paths, silent: UserError | None) -> Row:
    if silent is not None:
        return Row("Unhunch", N_("daemon"), ok=False, note=f"{silent.what} {silent.means}", remedy=silent.remedy)
    pid = holder(paths.lock)
    if pid is not None:
        return Row("Unhunch", N_("daemon"), ok=True, note=_("running, process {pid}").format(pid=pid))
    return Row(
        "Unhunch",
        N_("daemon"),
        None,
        _("not running"),
        _("Start it: unhunch enable (at every login), or unhunch run"),
    )


def _session_rows() -> list[Row]:
    """What a guided session has to speak with, and to be seen in."""
    from unhunch.adapters import browser
    from unhunch.config import ConfigError

    name = browser.known()
    terminal = _("Without one: unhunch start --terminal")
    page = Row(N_("Session"), N_("browser"), bool(name), name or _("none found"), terminal)
    if name in browser.TEXT_ONLY:
        page = page._replace(ok=False, note=_("{browser} runs no script, which the page needs").format(browser=name))
    try:
        return [_voice_row(proven_settings()), page]
    except ConfigError:  # which its own row says
        return [page]


def _voice_row(s: Settings) -> Row:
    """Recordings come with the program; a routine of one's own is spoken by an engine."""
    from unhunch.adapters import recordings as players
    from unhunch.adapters import speech
    from unhunch.session.recordings import recordings
    from unhunch.session.routines import choose

    routine, _complaint = choose(s.routine, Paths.find().routines)
    row = Row(
        N_("Session"), N_("voice"), None, _("switched off"), _("To hear it: unhunch config set session.voice true")
    )
    if not s.session_voice:
        return row
    engines = [engine.name for engine, _path in speech.available()]
    if routine.rules["place"].say in recordings(routine.language):
        played = [player.program for player, _path in players.available()]
        note = _("recorded; in the terminal by {player}").format(player=(*played, *engines, _("chimes and text"))[0])
        remedy = _("To hear the recordings in a terminal, too: sudo apt install alsa-utils")
        return row._replace(ok=True if played else None, note=note, remedy=remedy)
    remedy = _("For a voice: sudo apt install espeak-ng")
    return row._replace(ok=bool(engines), note=engines[0] if engines else _("none: chimes and text"), remedy=remedy)


def _probed_anew() -> list[Row]:
    """What can be seen of the parts without asking the daemon."""
    return [*_probed_here(), *_folded(), *_desks_here()]


def _daemon_rows(reply: Mapping[str, Any]) -> list[Row]:
    """The parts as the daemon sees them, who has them open."""
    source = reply["source"]["name"]
    rows = [_probed(N_("Keyboard and mouse"), probe, chosen=probe["name"] == source) for probe in reply["sources"]]
    rows += [_probed(N_("Surroundings"), probe, chosen=probe["usable"]) for probe in reply["surroundings"]]
    for name in PARTS:
        part = reply[name]
        title = f"{_(name)} ({part['name']})" if part.get("name") else _(name)
        rows.append(
            Row(N_("Daemon"), title, ok=part["ok"], note=part["note"] or part.get("path", ""), chosen=part["ok"])
        )
    rows += _folded()
    rows += _desk_rows(reply.get("sync"))
    told = {row.note for row in rows}
    rows += [Row(N_("Problems"), "", ok=False, note=problem) for problem in reply["problems"] if problem not in told]
    return rows


def _desks_here() -> list[Row]:
    """What can be seen of the other desks where no daemon runs."""
    from unhunch.cli.sync import unserved
    from unhunch.config import ConfigError

    try:
        return _desk_rows(unserved(proven_settings()), chosen=False)
    except (ConfigError, StoreError):  # which their own rows say
        return []


def _desk_rows(known: Mapping[str, Any] | None, *, chosen: bool = True) -> list[Row]:
    """The shared folder, and each of the user's other desks; where none is shared, that one could be, if it could."""
    from unhunch.cli.sync import OFF, carried, time

    group = N_("Other desks")
    if known is None:
        return [Row(group, N_("folder"), None, _(OFF))] if carried() else []
    note = _("{folder}: a synchronizer carries what is written there; Unhunch itself sends nothing.")
    rows = [Row(group, N_("folder"), ok=True, note=note.format(folder=known["folder"]), chosen=chosen)]
    if known["trouble"]:
        rows = [Row(group, N_("folder"), ok=False, note=known["trouble"])]
    rows += [
        Row(group, desk["name"], ok=True, note=_("heard up to {time}").format(time=time(desk["newest"])))
        for desk in known["desks"]
        if not desk["retired"]
    ]
    return rows + [Row(group, "", None, note=told) for told in known["notes"]]


def _probed_here() -> list[Row]:
    """The same tried anew where no daemon runs; nothing is in use."""
    import asyncio

    from unhunch.adapters.lean import keep_openssl_out
    from unhunch.core.settings import Settings

    keep_openssl_out()
    from unhunch.adapters.probing import probe
    from unhunch.config import ConfigError

    try:
        wanted = proven_settings()
    except ConfigError:  # its row says so
        wanted = Settings()
    found = asyncio.run(probe(wanted))
    return [
        _probed(group, each._asdict(), chosen=False)
        for group, parts in (
            (N_("Keyboard and mouse"), found.sources),
            (N_("Surroundings"), found.surroundings),
            (N_("Notices and tray"), found.desktop),
        )
        for each in parts
    ]


def _folded() -> list[Row]:
    """GNOME's buttons that are hidden at first, and what shows them."""
    from unhunch.adapters.notify import expanded

    if not expanded.folded():
        return []
    note = _("GNOME draws them once the pointer is on the notice; at once after:")
    return [Row(N_("Daemon"), N_("buttons of notices"), None, note, " ".join(expanded.COMMAND))]


def _probed(group: str, probe: Mapping[str, Any], *, chosen: bool) -> Row:
    return Row(group, probe["name"], probe["usable"], probe["note"], probe["remedy"], chosen)


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "--repair",
        nargs="?",
        const="",
        metavar="FILE",
        help=_("take back what can be read of a damaged history that was moved aside (default: of all of them)"),
    )


doctor = Command(
    run,
    arguments,
    examples=(
        ("unhunch doctor", ""),
        ("unhunch doctor --json", N_("to report a problem")),
        ("unhunch doctor --repair", N_("with the daemon stopped")),
    ),
    about=N_("A star marks what is in use."),
)
