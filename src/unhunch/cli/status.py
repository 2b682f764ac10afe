"""`unhunch status`: the daemon's figures in words, as JSON, or as one line for a panel."""

import argparse
import json
import os
import sys

from unhunch.cli.command import Command, json_option
from unhunch.cli.to_daemon import ask
from unhunch.control.following import follow
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.said.status import KEYS, PANEL_OFF, check_template, shown
from unhunch.words.translate import N_, _


def run(args: argparse.Namespace) -> int | None:
    layout: str | None = args.format
    if layout is not None and layout not in ("waybar", "plain"):
        check_template(layout)
    form = "json" if args.json else layout
    if args.follow:
        follow(lambda: said(form), str(Paths.find().socket))
    try:
        print(_shown(form))
    except UserError as error:
        if layout == "waybar" and error.code == Exit.NOT_RUNNING:
            print(_off())
            return error.code
        raise
    return None


def _shown(form: str | None) -> str:
    columns = os.get_terminal_size(sys.stdout.fileno()).columns or 80 if sys.stdout.isatty() else None
    return shown(ask("status"), form, columns)


def _off() -> str:
    return json.dumps({**PANEL_OFF, "tooltip": _("Unhunch is not running")}, ensure_ascii=False)


def said(form: str | None) -> tuple[int, str, str]:
    """The exit code and what to print, for who follows: a panel's place is emptied when no daemon runs."""
    try:
        return Exit.DONE, f"{_shown(form)}\n", ""
    except UserError as error:
        if form is None:
            return error.code, "", f"{error}\n"
        return error.code, f"{_off()}\n" if form == "waybar" else "\n", ""


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    said = _("'waybar', 'plain' (one short line), or a template with keys in braces: {keys}")
    again = _("stay, and print it again whenever it changes, until Ctrl-C")
    parser.add_argument("--follow", "-f", action="store_true", help=again)
    parser.add_argument("--format", metavar="FORM", help=said.format(keys=", ".join(KEYS)))


status = Command(
    run,
    arguments,
    examples=(
        ("unhunch status", ""),
        ("unhunch status --format '{stretch}, next {next_at}'", N_("for a shell prompt or a panel")),
        ("unhunch status --follow --format waybar", N_("for a Waybar module with return-type json")),
        ("unhunch status --json", N_("everything, for programs")),
    ),
)
