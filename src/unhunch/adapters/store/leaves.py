"""Rows found in the pages of a file whose beginning is gone, by what such pages look like.

The format is SQLite's own and stays as it is (https://www.sqlite.org/fileformat2.html): a leaf of a table begins with
13, then come the number of its cells and where each lies; a cell holds a row's length, its number and its values. Of a
table without row numbers leaves begin with 10 and the pages above them with 2; their cells hold rows alike.
"""

from collections.abc import Iterator, Sequence
from struct import error, unpack_from
from typing import Any

from unhunch.adapters.store.row import Row
from unhunch.tuples import NamedTuple

MAGIC = b"SQLite format 3\0"
PAGE = 4096
"""Bytes of a page, as SQLite makes them by default."""


class Layout(NamedTuple):
    """Where a page of a kind has its rows."""

    header: int
    """Bytes before the list of cells."""
    before: int
    """Bytes in a cell before the length of its row."""
    numbered: bool
    inline: int
    """The longest row that lies whole in a cell; of a longer one at least LEAST lies there."""


BY_KEY = (PAGE - 12) * 64 // 255 - 23
LAYOUTS = {
    13: Layout(8, 0, numbered=True, inline=PAGE - 35),
    10: Layout(8, 0, numbered=False, inline=BY_KEY),
    2: Layout(12, 4, numbered=False, inline=BY_KEY),
}
LEAST = (PAGE - 12) * 32 // 255 - 23
WIDTHS = (0, 1, 2, 3, 4, 6, 8)
"""Bytes of the integers of each type."""
SHAPE = (type(None), str, str, str, float, int, str, float, float, str, str)
"""What the columns of a fact hold; its number lies apart."""
LATER = ("import", "line", "told")
"""Columns that newer files have besides: by which import it came, and two for other desks (migrations.py)."""


class Came(NamedTuple):
    """What a row of a fact says besides, in the columns LATER."""

    by: int | None = None
    """The import's number."""
    line: int | None = None
    told: float | None = None

    @classmethod
    def of(cls, values: Sequence[Any]) -> "Came":
        """Of the columns of that name, or as many as there are of them."""
        by, line, told = [*values, None, None, None][: len(LATER)]
        return cls(
            by if isinstance(by, int) else None,
            line if isinstance(line, int) else None,
            float(told) if isinstance(told, float | int) else None,
        )


def rows(data: bytes) -> Iterator[tuple[Row, Came]]:
    """Every fact in every page, in the order of their own numbers."""
    found: dict[int, tuple[Row, Came]] = {}
    for number, values in _records(data, numbered=True):
        row = _fact(number, values)
        if row is not None:
            found[number] = row
    for number in sorted(found):
        yield found[number]


def texts(data: bytes) -> Iterator[tuple[int, str]]:
    """Every row of one text, with its number."""
    for number, values in _records(data, numbered=True):
        match values:
            case [None, str() as text]:
                yield number, text


def pairs(data: bytes) -> Iterator[tuple[str, str]]:
    """Every row of two texts, the first of which is its key."""
    for _number, values in _records(data, numbered=False):
        match values:
            case [str() as key, str() as text]:
                yield key, text


def _records(data: bytes, *, numbered: bool) -> Iterator[tuple[int, list[Any]]]:
    """Whatever looks like a row of such a table; its number is 0 where it has none."""
    for start in range(0, len(data) - PAGE + 1, PAGE):
        page = data[start : start + PAGE]
        layout = LAYOUTS.get(page[0])
        if layout is None or layout.numbered is not numbered:
            continue
        (cells,) = unpack_from(">H", page, 3)
        for n in range(min(cells, (PAGE - 8) // 2)):
            try:
                yield _cell(data, page, layout, *unpack_from(">H", page, layout.header + 2 * n))
            except (IndexError, ValueError, OverflowError, error):  # noise
                continue


def _fact(number: int, values: list[Any]) -> tuple[Row, Came] | None:
    if not len(SHAPE) <= len(values) <= len(SHAPE) + len(LATER):
        return None
    came = Came.of(values[len(SHAPE) :])
    values = values[: len(SHAPE)]
    values = [float(v) if kind is float and isinstance(v, int) else v for v, kind in zip(values, SHAPE, strict=True)]
    if not all(type(v) is kind for v, kind in zip(values, SHAPE, strict=True)):
        return None
    _none, key, device, kind, wall, utc_offset, boot_id, boot, seconds, day, body = values
    return (number, key, device, kind, wall, utc_offset, boot_id, boot, seconds, day, body), came


def _cell(data: bytes, page: bytes, layout: Layout, at: int) -> tuple[int, list[Any]]:
    length, at = _varint(page, at + layout.before)
    number, at = _varint(page, at) if layout.numbered else (0, at)
    return number, _values(_payload(data, page, at, length, layout.inline))


def _payload(data: bytes, page: bytes, at: int, length: int, inline: int) -> bytes:
    """The values of a row; what does not fit into its page goes on in pages of its own."""
    if length > len(data):
        raise ValueError("longer than the file")
    if length <= inline:
        return page[at : at + length]
    here = LEAST + (length - LEAST) % (PAGE - 4)
    here = here if here <= inline else LEAST
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
