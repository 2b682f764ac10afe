"""`unhunch why`: each condition with its value, each hold with its reason."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from unhunch.cli import words
from unhunch.cli.asking import ask, show_json
from unhunch.cli.command import Command, json_option


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
        found += ["", "What a notice needs:"]
        for mark, text, value, limit in rows:
            needs = f"  (needs {limit})" if limit else ""
            found.append(f"  {mark:<3}  {text:<{text_width}}  {value:<{value_width}}{needs}".rstrip())
    if reply["holds"]:
        found += ["", "What holds it back:"]
        found += [f"  {hold['text']}, since {datetime.fromisoformat(hold['since']):%H:%M}" for hold in reply["holds"]]
    return found


def _mark(met: bool | None) -> str:
    return "?" if met is None else "yes" if met else "no"


def _value(row: Mapping[str, Any], name: str) -> str:
    """Fractions are minutes unless the text names their unit; counts and words stand as they are."""
    value = row[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        named = row["text"].startswith(("minutes", "seconds"))
        return f"{value:g}" if named else words.minutes(value)
    return str(value)


why = Command(
    run,
    json_option,
    examples=(("unhunch why", ""), ("unhunch why --json", "")),
    about="Each condition of a notice with its value and what it needs, and whatever holds it back just now.",
)
