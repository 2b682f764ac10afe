"""The tray's icons as pixels, drawn beforehand (tools/render_icons.py): no image library is loaded at run time."""

import zlib
from pathlib import Path

from unhunch.tuples import NamedTuple

SIZES = (16, 22, 24, 32, 48)
"""Widths in pixels of what is stored for each icon; panels scale from the nearest."""
FOLDER = Path(__file__).parents[1] / "icons" / "tray"
# A path and not importlib.resources, which would bring tempfile, hashlib and with it libcrypto into the daemon.


class Pixmap(NamedTuple):
    """A square image: ARGB, a byte each in that order, straight alpha (StatusNotifierItem's IconPixmap)."""

    width: int
    height: int
    argb: bytes


def pixmaps(name: str) -> list[Pixmap]:
    """The icon of that name ("sitting", "owed", ...) in every stored size. About 19 kB; read anew at each call."""
    stored = (FOLDER / f"{name}.argb").read_bytes()
    pixels = memoryview(zlib.decompress(stored))
    found = []
    for size in SIZES:
        found.append(Pixmap(size, size, bytes(pixels[: 4 * size * size])))
        pixels = pixels[4 * size * size :]
    return found
