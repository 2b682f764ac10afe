"""Rows of facts found in the pages of a file whose beginning is gone, by what such pages look like.

The format is SQLite's own and stays as it is (https://www.sqlite.org/fileformat2.html): a leaf of a table begins with
13, then come the number of its cells and where each lies; a cell holds a row's length, its number and its values.
"""

from collections.abc import Iterator
from struct import error, unpack_from
from typing import Any

from unhunch.adapters.store.row import Row

MAGIC = b"SQLite format 3\0"
PAGE = 4096
"""Bytes of a page, as SQLite makes them by default."""
LEAF = 13
INLINE = PAGE - 35
"""The longest row that lies whole in a cell; of a longer one at least the part below lies there."""
LEAST = (PAGE - 12) * 32 // 255 - 23
WIDTHS = (0, 1, 2, 3, 4, 6, 8)
"""Bytes of the integers of each type."""
SHAPE = (type(None), str, str, str, float, int, str, float, float, str, str)
"""What the columns of a fact hold; its number lies apart."""
LATER = 3
"""Columns that newer files have besides: by which import it came, and two for other desks (migrations.py)."""


def rows(data: bytes) -> Iterator[tuple[Row, int | None]]:
    """Every fact in every page with its import's number, in the order of their own numbers."""
    found: dict[int, tuple[Row, int | None]] = {}
    for start in range(0, len(data) - PAGE + 1, PAGE):
        page = data[start : start + PAGE]
        if page[0] != LEAF:
            continue
        (cells,) = unpack_from(">H", page, 3)
        for n in range(min(cells, (PAGE - 8) // 2)):
            try:
                row = _cell(data, page, *unpack_from(">H", page, 8 + 2 * n))
            except (IndexError, ValueError, OverflowError, error):  # noise
                continue
            if row is not None:
                found[row[0][0] or 0] = row
    for number in sorted(found):
        yield found[number]


def _cell(data: bytes, page: bytes, at: int) -> tuple[Row, int | None] | None:
    length, at = _varint(page, at)
    number, at = _varint(page, at)
    values = _values(_payload(data, page, at, length))
    if not len(SHAPE) <= len(values) <= len(SHAPE) + LATER:
        return None
    by = values[len(SHAPE)] if len(values) > len(SHAPE) else None
    values = values[: len(SHAPE)]
    values = [float(v) if kind is float and isinstance(v, int) else v for v, kind in zip(values, SHAPE, strict=True)]
    if not all(type(v) is kind for v, kind in zip(values, SHAPE, strict=True)):
        return None
    _none, key, device, kind, wall, utc_offset, boot_id, boot, seconds, day, body = values
    row = (number, key, device, kind, wall, utc_offset, boot_id, boot, seconds, day, body)
    return row, by if isinstance(by, int) else None


def _payload(data: bytes, page: bytes, at: int, length: int) -> bytes:
    """The values of a row; what does not fit into its page goes on in pages of its own."""
    if length > len(data):
        raise ValueError("longer than the file")
    if length <= INLINE:
        return page[at : at + length]
    here = LEAST + (length - LEAST) % (PAGE - 4)
    here = here if here <= INLINE else LEAST
    parts, (following,) = [page[at : at + here]], unpack_from(">I", page, at + here)
    left = length - here
    while left > 0 and 0 < following <= len(data) // PAGE:
        start = (following - 1) * PAGE
        parts.append(data[start + 4 : start + 4 + min(left, PAGE - 4)])
        left -= PAGE - 4
        (following,) = unpack_from(">I", data, start)
    return b"".join(parts)


def _values(payload: bytes) -> list[Any]:
    size, at = _varint(payload, 0)
    types, values = list[int](), list[Any]()
    while at < size:
        kind, at = _varint(payload, at)
        types.append(kind)
    for kind in types:
        width = (kind - 12) // 2 if kind >= 12 else 8 if kind == 7 else WIDTHS[kind] if kind < 7 else 0
        raw = payload[at : at + width]
        at += width
        if len(raw) != width:
            raise ValueError("cut off")
        if kind == 0:
            values.append(None)
        elif kind == 7:
            values.append(unpack_from(">d", raw)[0])
        elif kind in (8, 9):
            values.append(kind - 8)
        elif kind >= 13 and kind % 2:
            values.append(raw.decode())
        else:
            values.append(int.from_bytes(raw, "big", signed=True) if kind < 7 else raw)
    return values


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, of which each but the last has its highest bit set; and where it ends."""
    value = 0
    for n in range(9):
        byte = raw[at + n]
        if n == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    raise ValueError("no number")
