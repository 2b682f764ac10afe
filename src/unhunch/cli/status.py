"""`unhunch status`: the daemon's figures in words, as JSON, or as one line for a panel."""

import argparse
import json
import os
import sys

from unhunch.cli.command import Command, json_option
from unhunch.cli.to_daemon import ask
from unhunch.core.translate import N_, _
from unhunch.errors import Exit, UserError
from unhunch.said.status import KEYS, PANEL_OFF, check_template, shown


def run(args: argparse.Namespace) -> int | None:
    layout: str | None = args.format
    if layout is not None and layout not in ("waybar", "plain"):
        check_template(layout)
    try:
        status = ask("status")
    except UserError as error:
        if layout == "waybar" and error.code == Exit.NOT_RUNNING:
            print(json.dumps({**PANEL_OFF, "tooltip": _("Unhunch is not running")}, ensure_ascii=False))
            return error.code
        raise
    columns = os.get_terminal_size(sys.stdout.fileno()).columns or 80 if sys.stdout.isatty() else None
    print(shown(status, "json" if args.json else layout, columns))
    return None


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    said = _("'waybar', 'plain' (one short line), or a template with keys in braces: {keys}")
    parser.add_argument("--format", metavar="FORM", help=said.format(keys=", ".join(KEYS)))


status = Command(
    run,
    arguments,
    examples=(
        ("unhunch status", ""),
        ("unhunch status --format '{stretch}, next {next_at}'", N_("for a shell prompt or a panel")),
        ("unhunch status --format waybar", N_("for a Waybar module with return-type json")),
        ("unhunch status --json", N_("everything, for programs")),
    ),
)
