"""What a file is, told by its content: the one place that `import`, `replay` and `plan --simulate` ask."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from unhunch.core.facts import Fact
from unhunch.errors import Exit, UserError
from unhunch.importers import activitywatch, gnome, plain, unhunch, workrave, workrave_days
from unhunch.importers.activitywatch import Host
from unhunch.importers.recording import BadRecording, Import, Progress
from unhunch.words.translate import _, ngettext

Bar = Callable[[Path], AbstractContextManager[Progress | None]]
"""Shows how far the reading of a file is."""

_SQLITE = b"SQLite format 3\0"
_ZIP = b"PK\x03\x04"
Found = Import | Sequence[Fact]
"""What another program recorded, or facts of Unhunch's own."""


def read(path: Path, progress: Progress | None = None, host: str = "") -> Found:
    """What is in a file. `host` is whose records to take where several machines' are in it. Raises BadRecording."""
    machine = Host(host, os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", ""))
    try:
        with path.open("rb") as file:
            begin = file.read(len(_SQLITE))
        if begin == _SQLITE:
            from unhunch.importers import database

            return database.parse(path, progress, machine)
        data = plain.contents(path)
    except OSError as error:
        raise BadRecording(
            _("This cannot be read: {reason}.").format(reason=_(error.strerror or str(error))), _remedy()
        ) from error
    return _of_data(data, progress, machine)


def _of_data(data: bytes, progress: Progress | None, machine: Host) -> Found:
    head = data[:4096].lstrip()
    if not head:
        raise BadRecording(_("There is nothing in this file."), _remedy())
    if head.startswith(workrave_days.BEGINS):
        return workrave_days.parse(data.lstrip(), progress)
    if head[:1] in (b"{", b"["):
        return _of_json(data, progress, machine)
    if workrave.is_one(data):
        return workrave.parse(data, progress)
    if data.startswith(_SQLITE):
        raise BadRecording(_("This is a compressed database."), _("Unpack it first: gunzip FILE"))
    if head.startswith(_ZIP):
        raise BadRecording(_("This is a zip archive."), _("Unpack it, and name a file that was in it."))
    raise BadRecording(_("This is no record that is known here."), _remedy())


def _of_json(data: bytes, progress: Progress | None, machine: Host) -> Found:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _broken(data, error) from error
    if isinstance(document, dict) and "unhunch" in document:
        return unhunch.of_document(document, progress)
    if gnome.is_one(document):
        return gnome.of_document(document, gnome.idle_delay())
    if activitywatch.is_one(document):
        return activitywatch.of_document(document, progress, machine)
    raise BadRecording(_("This is JSON, of a program that is not known here."), _remedy())


def _broken(data: bytes, error: Exception) -> BadRecording:
    """JSON that is none: named for whose it seems to be, since half a file is the commonest damage."""
    head = data[:4096]
    names = {b'"unhunch"': "Unhunch", b'"newState"': "GNOME", b'"oldState"': "GNOME", b'"buckets"': "ActivityWatch"}
    whose = next((name for mark, name in names.items() if mark in head), "")
    what = (
        _("This looks like a record of {program}, and is damaged or cut off: {error}.")
        if whose
        else _("This is not JSON, or it is damaged or cut off: {error}.")
    )
    return BadRecording(what.format(program=whose, error=error), _("Copy or export it again where it came from."))


def _remedy() -> str:
    return _(
        "Workrave: idlelog.*.log, historystats, todaystats or statistics.db. ActivityWatch: an export, or the server's "
        "database. GNOME: {file}. Unhunch: what 'unhunch export' wrote."
    ).format(file=gnome.FILE)


def read_all(
    paths: Sequence[Path], means: str, host: str = "", bar: Bar = lambda _path: nullcontext()
) -> tuple[list[tuple[Path, Found]], UserError | None]:
    """Every file that can be read, and the others as one error, each by its name; `means`: what becomes of those.

    Raises that error when there is none to go on with.
    """
    good: list[tuple[Path, Found]] = []
    bad: list[BadRecording] = []
    for path in paths:
        try:
            with bar(path) as progress:
                good.append((path, read(path, progress, host)))
        except BadRecording as error:
            bad.append(error.of(path, means))
    failed = _together(bad, len(paths), means)
    if failed and not good:
        raise failed
    return good, failed


def _together(bad: Sequence[BadRecording], of: int, means: str) -> UserError | None:
    if not bad:
        return None
    if of == 1:
        return bad[0]
    count = len(bad)
    what = ngettext("{count} of {all} files cannot be read.", "{count} of {all} files cannot be read.", count)
    lines = [part for one in bad for part in (one.heading, *(f"  {problem}" for problem in one.problems))]
    remedies = " ".join(dict.fromkeys(one.remedy for one in bad))
    return UserError(what.format(count=count, all=of), means, remedies, Exit.WRONG, lines)
