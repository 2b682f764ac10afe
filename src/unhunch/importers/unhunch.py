"""Unhunch's own JSON, read again. All of it or nothing: a file with one mistake is refused with every mistake named."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.importers.recording import BadRecording, Progress
from unhunch.words.translate import N_, _, ngettext

FORMAT = 1
"""The version of the shape that `report/export.py` writes."""

SHOWN = 20
"""So many problems are named; the rest is counted."""
DEEPEST = 30
"""Levels of a body; ours have a handful."""
_REPORT_EVERY = 1024
_FARTHEST = 253_000_000_000.0
"""Unix seconds: the year 9987, the last that a calendar can show in every time zone."""
_KINDS = {str(kind): kind for kind in Kind}


def parse(data: bytes | str, progress: Progress | None = None) -> list[Fact]:
    """The facts of an export, with their keys and the machine they come from, so that twice in changes nothing.

    Raises BadRecording, whose `problems` begin with the number of the fact (the first is 0). Progress is in facts.
    """
    return of_document(_document(data), progress)


def of_document(document: Any, progress: Progress | None = None) -> list[Fact]:
    """As `parse`, for JSON that was read already."""
    _check(document)
    entries = document["facts"]
    facts: list[Fact] = []
    problems: list[str] = []
    keys: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if progress and index % _REPORT_EVERY == 0:
            progress(index, len(entries))
        wrong = _problems_of(entry)
        if not wrong:
            fact = _fact(entry)
            first = keys.setdefault(fact.key, index)
            if first == index:
                facts.append(fact)
            elif _fact(entries[first]) != fact:
                wrong = [_("key is that of fact {number}, which says something else").format(number=first)]
        problems += [_("fact {number}: {problem}").format(number=index, problem=problem) for problem in wrong]
    if problems:
        count = len(problems)
        said = ngettext("One mistake in the file.", "{count} mistakes in the file.", count)
        raise _bad(said.format(count=count), problems)
    if progress:
        progress(len(entries), len(entries))
    return facts


def _document(data: bytes | str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _bad(_("This is not JSON: {error}.").format(error=error)) from error


def _check(document: Any) -> None:
    """Raises BadRecording for what is no export of ours."""
    if not isinstance(document, dict) or "unhunch" not in document:
        raise _bad(_("This is not an export of Unhunch."))
    version = document["unhunch"]
    if not isinstance(version, int) or isinstance(version, bool) or version != FORMAT:
        raise _bad(
            _("This export has format {found!r}, and this version of Unhunch reads format {format}.").format(
                found=version, format=FORMAT
            )
        )
    if not isinstance(document.get("facts"), list):
        raise _bad(_("This export is broken: its facts are not a list."))


def _is_text(value: object) -> bool:
    """A string that a database can hold: no half of a surrogate pair, no NUL."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _is_number(value: object) -> bool:
    """A finite number; integers as far as every program can read them (64 bit)."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return value == "" or date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "kind": (lambda v: isinstance(v, str) and v in _KINDS, N_("{name} is not a kind that this version knows")),
    "wall": (lambda v: _is_number(v) and 0 <= v < _FARTHEST, N_("{name} is not a time in Unix seconds")),
    "utc_offset": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and abs(v) < 86400,
        N_("{name} is not in seconds"),
    ),
    "boot_id": (_is_text, N_("{name} is not a text")),
    "boot": (_is_number, N_("{name} is not a number of seconds")),
    "length": (lambda v: _is_number(v) and 0 <= v < _FARTHEST, N_("{name} is not a number of seconds from 0 up")),
    "day": (_is_day, N_("{name} is not a date like 2026-09-21")),
    "body": (lambda v: isinstance(v, dict) and _is_plain(v), N_("{name} is not an object of plain values")),
    "key": (lambda v: _is_text(v) and v != "", N_("{name} is not a name")),
    "device": (lambda v: _is_text(v) and v != "", N_("{name} is not a name")),
}


def _is_plain(value: object, depth: int = 0) -> bool:
    if depth > DEEPEST:
        return False
    match value:
        case dict():
            return all(_is_text(name) and _is_plain(inner, depth + 1) for name, inner in value.items())
        case list():
            return all(_is_plain(inner, depth + 1) for inner in value)
        case str():
            return _is_text(value)
        case bool() | None:
            return True
        case _:
            return _is_number(value)


def _problems_of(entry: object) -> list[str]:
    """What is wrong with one entry; empty when it can be taken."""
    if not isinstance(entry, dict):
        return [_("is not an object")]
    wrong = [_("{name} is missing").format(name=name) for name in _FIELDS if name not in entry]
    wrong += [
        _(why).format(name=name)
        for name, (is_right, why) in _FIELDS.items()
        if name in entry and not is_right(entry[name])
    ]
    if wrong:
        return wrong
    if entry["length"] and _KINDS[entry["kind"]] not in SPANS:
        return [_("a {kind} has no length").format(kind=entry["kind"])]
    if "at" in entry and not _agrees(entry["at"], entry["wall"]):
        return [_("at and wall are different times")]
    return []


def _agrees(at: object, wall: float) -> bool:
    """Whether the time for people is the time for programs: if not, somebody changed one of them by hand."""
    if not isinstance(at, str):
        return False
    try:
        moment = datetime.fromisoformat(at)
        return moment.tzinfo is not None and abs(moment.timestamp() - wall) < 1.0
    except (ValueError, OverflowError):
        return False


def _fact(entry: Mapping[str, Any]) -> Fact:
    return Fact(
        _KINDS[entry["kind"]],
        float(entry["wall"]),
        entry["utc_offset"],
        entry["boot_id"],
        float(entry["boot"]),
        float(entry["length"]),
        entry["day"],
        entry["body"],
        entry["key"],
        entry["device"],
    )


def _bad(what: str, problems: list[str] | None = None) -> BadRecording:
    named = (problems or [])[:SHOWN]
    more = len(problems or []) - len(named)
    return BadRecording(
        what,
        _("Export it again where it came from: unhunch export FILE"),
        [*named, *([_("and {count} more").format(count=more)] if more else [])],
    )
