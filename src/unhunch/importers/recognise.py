"""What a file is, told by its content: the one place that `import`, `replay` and `plan --simulate` ask."""

import errno
import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

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


def here() -> str:
    """This machine's name, as programs record it."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def read(path: Path, progress: Progress | None = None, host: str = "") -> Found:
    """What is in a file. `host` is whose records to take where several machines' are in it. Raises BadRecording."""
    machine = Host(host, here())
    try:
        with path.open("rb") as file:
            begin = file.read(len(_SQLITE))
        if begin == _SQLITE:
            from unhunch.importers import database

            return database.parse(path, progress, machine)
        data = plain.contents(path)
    except OSError as error:
        what = _("This cannot be read: {reason}.").format(reason=_(error.strerror or str(error)))
        raise BadRecording(what, _way_to(path, error)) from error
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


def _way_to(path: Path, error: OSError) -> str:
    """What to do about a file that cannot be opened."""
    if error.errno in (errno.EISDIR, errno.EACCES) and path.is_dir():
        return _("Name the files in it.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return _("Look at its owner and mode: {command}").format(command=f"ls -l {path}")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return _("Look at its name: {command}").format(command=f"ls {path.parent}")
    return _remedy()


def _remedy() -> str:
    return _(
        "Workrave: idlelog.*.log, historystats, todaystats or statistics.db. ActivityWatch: an export, or the server's "
        "database. GNOME: {file}. Unhunch: what 'unhunch export' wrote."
    ).format(file=gnome.FILE)


class Unread(UserError):
    """Files that cannot be read, each by its name. `of`: so many were named; `means`: what becomes of these."""

    def __init__(self, each: Sequence[tuple[Path, BadRecording]], of: int, means: str) -> None:
        self.each = each
        remedies = " ".join(dict.fromkeys(bad.remedy for _path, bad in each))
        if of == 1:
            [(path, bad)] = each
            super().__init__(f"{path}: {bad.heading}", means, remedies, Exit.WRONG, bad.problems)
            return
        lines = [
            line
            for path, bad in each
            for line in (f"{path}: {bad.heading}", *(f"  {problem}" for problem in bad.problems))
        ]
        what = ngettext("{count} of {all} files cannot be read.", "{count} of {all} files cannot be read.", len(each))
        super().__init__(what.format(count=len(each), all=of), means, remedies, Exit.WRONG, lines)

    def plain(self) -> list[dict[str, Any]]:
        """As --json prints them."""
        return [
            {"file": str(path), "failed": bad.heading, "problems": list(map(str, bad.problems)), "remedy": bad.remedy}
            for path, bad in self.each
        ]


def read_all(
    paths: Sequence[Path], means: str, host: str = "", bar: Bar = lambda _path: nullcontext()
) -> tuple[list[tuple[Path, Found]], Unread | None]:
    """Every file that can be read, and the others as one error; `means`: what becomes of those.

    Raises that error when there is none to go on with.
    """
    good: list[tuple[Path, Found]] = []
    bad: list[tuple[Path, BadRecording]] = []
    for path in paths:
        try:
            with bar(path) as progress:
                good.append((path, read(path, progress, host)))
        except BadRecording as error:
            bad.append((path, error))
    failed = Unread(bad, len(paths), means) if bad else None
    if failed and not good:
        raise failed
    return good, failed
