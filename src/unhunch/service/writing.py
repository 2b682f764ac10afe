"""Writes and removes the files of starting at login: whole or not at all, and only when something is to change."""

import contextlib
import errno
from pathlib import Path

from unhunch.errors import UserError
from unhunch.service.files import File
from unhunch.words.translate import N_, _

ROOM = N_("Make room on that disk (df -h {folder}), then: unhunch enable")


def holds(file: File) -> bool:
    try:
        return file.path.read_bytes() == file.text.encode()
    except OSError:
        return False


def write(file: File) -> bool:
    """Write a file unless it holds that text already; whether it was written. Raises UserError."""
    if holds(file):
        return False
    fresh = file.path.with_name(f".{file.path.name}.new")
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(file.text.encode())
        fresh.replace(file.path)
    except OSError as error:
        with contextlib.suppress(OSError):  # on a full disk an empty one is left
            fresh.unlink()
        full = error.errno == errno.ENOSPC
        remedy = _(ROOM) if full else _("Make the folder yours (ls -ld {folder}), then: unhunch enable")
        raise UserError(
            _("{path} cannot be written: {error}.").format(path=file.path, error=error.strerror or error),
            _("Unhunch will not start at login."),
            remedy.format(folder=file.path.parent),
        ) from error
    return True


def remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            _("{path} cannot be removed: {error}.").format(path=path, error=error.strerror or error),
            _("Something of Unhunch's start at login is still there."),
            _("Remove it yourself: rm {path}").format(path=path),
        ) from error
