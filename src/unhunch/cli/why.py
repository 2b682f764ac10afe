"""`unhunch why`: each condition with its value, each hold with its reason."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from unhunch.cli.command import Command, json_option
from unhunch.cli.to_daemon import ask, show_json
from unhunch.said import times
from unhunch.words import formats
from unhunch.words.translate import N_, _


def run(args: argparse.Namespace) -> None:
    reply = ask("why")
    if args.json:
        show_json(reply)
    else:
        print("\n".join(lines(reply)))


def lines(reply: Mapping[str, Any]) -> list[str]:
    """The answer first; then what it rests on, a line a condition."""
    found = [reply["summary"]]
    if reply["conditions"]:
        rows = [
            (_mark(row["met"]), row["text"], _value(row, "value"), _value(row, "limit")) for row in reply["conditions"]
        ]
        text_width = max(len(row[1]) for row in rows)
        value_width = max(len(row[2]) for row in rows)
        found += ["", _("What a notice needs:")]
        mark_width = max(len(_("yes")), len(_("no")))
        for mark, text, value, limit in rows:
            needs = "  " + _("(needs {limit})").format(limit=limit) if limit else ""
            found.append(f"  {mark:<{mark_width}}  {text:<{text_width}}  {value:<{value_width}}{needs}".rstrip())
    if reply["holds"]:
        found += ["", _("What holds it back:")]
        found += [
            "  " + _("{why}, since {time}").format(why=hold["text"], time=_today(hold["since"]))
            for hold in reply["holds"]
        ]
    return found


def _today(iso: str) -> str:
    at = datetime.fromisoformat(iso)
    return times.clock(at, at)


NAMES_ITS_UNIT = ("lapse", "step", "pause", "latest")
"""Conditions whose texts say what is counted."""


def _mark(met: bool | None) -> str:
    return "?" if met is None else _("yes") if met else _("no")


def _value(row: Mapping[str, Any], name: str) -> str:
    """Fractions are minutes unless the text names their unit; counts stand as they are."""
    value = row[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return _mark(value)
    if isinstance(value, float):
        return formats.number(value) if row["name"] in NAMES_ITS_UNIT else formats.duration(value)
    return _(value) if value in ("yes", "no") else str(value)


why = Command(
    run,
    json_option,
    examples=(("unhunch why", ""), ("unhunch why --json", "")),
    about=N_("Each condition of a notice with its value and what it needs, and whatever holds it back just now."),
)
