"""What a file holds, whatever it is wrapped in: compressed, in UTF-16 (what `>` writes in PowerShell), with a mark."""

import gzip
import zlib
from pathlib import Path

from unhunch.importers.recording import BadRecording
from unhunch.words.translate import _

LARGEST = 512 * 1024 * 1024
"""Bytes: decades of any of these records are smaller. Databases are read in place and may be larger."""

_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_FIRST_LETTERS = b"{[W"


def contents(path: Path) -> bytes:
    """The bytes of a file, unpacked, and its text in UTF-8. Raises BadRecording, OSError."""
    if path.stat().st_size > LARGEST:
        raise _too_large()
    data = path.read_bytes()
    if data.startswith(_GZIP):
        data = _unpacked(path)
    return _as_utf8(data)


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            data = file.read(LARGEST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadRecording(
            _("This is compressed with gzip, and damaged or cut off."), _("Copy it again from where it came.")
        ) from error
    if len(data) > LARGEST:
        raise _too_large()
    return data


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(_UTF8_MARK):
        return data[len(_UTF8_MARK) :]
    mark = _UTF16.get(data[:2])
    if mark:
        return data[2:].decode(mark, "replace").encode("utf-8", "replace")
    # Without a mark: a letter of ASCII and a zero, or a zero and a letter.
    if len(data) > 3 and data[1] == data[3] == 0 and data[0] in _FIRST_LETTERS:
        return data.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if len(data) > 3 and data[0] == data[2] == 0 and data[1] in _FIRST_LETTERS:
        return data.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return data


def _too_large() -> BadRecording:
    return BadRecording(
        _("This is larger than {size} MiB.").format(size=LARGEST >> 20),
        _("Name a record of Workrave, ActivityWatch, GNOME or Unhunch."),
    )
