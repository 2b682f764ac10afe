"""The stored pixels: there for every state, whole, not empty, told apart by shape, and in step with their drawings."""

import itertools
from pathlib import Path
from xml.etree import ElementTree

import pytest

from unhunch.adapters import icons
from unhunch.adapters.icons import SIZES, Pixmap, pixmaps
from unhunch.ports import TrayIcon


def alphas(pixmap: Pixmap) -> bytes:
    return pixmap.argb[0::4]


def luminance(red: int, green: int, blue: int) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red / 255, green / 255, blue / 255)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("icon", TrayIcon)
def test_every_state_has_whole_pixels_that_are_not_empty(icon: TrayIcon) -> None:
    found = pixmaps(icon)
    assert tuple(pixmap.width for pixmap in found) == SIZES
    for pixmap in found:
        assert pixmap.height == pixmap.width
        assert len(pixmap.argb) == 4 * pixmap.width * pixmap.height
        alpha = alphas(pixmap)
        assert 0.12 < sum(alpha) / 255 / len(alpha) < 0.8, "something is drawn, and not a full square"
        assert max(alpha) == 255


def test_states_differ_in_shape_and_not_only_in_colour() -> None:
    for one, other in itertools.combinations(TrayIcon, 2):
        smallest = [alphas(pixmaps(icon)[0]) for icon in (one, other)]
        differing = sum(abs(a - b) > 100 for a, b in zip(*smallest, strict=True))
        assert differing >= 12, f"{one} and {other} look alike at 16 pixels to who cannot see their colours"


@pytest.mark.parametrize("icon", TrayIcon)
def test_the_figure_stands_out_on_light_and_on_dark_panels(icon: TrayIcon) -> None:
    pixmap = pixmaps(icon)[-1]
    opaque = [tuple(pixmap.argb[i + 1 : i + 4]) for i in range(0, len(pixmap.argb), 4) if pixmap.argb[i] == 255]
    colour = max(set(opaque), key=opaque.count)
    inner = luminance(*colour)
    for panel in ((0xF4, 0xF4, 0xF4), (0x2E, 0x34, 0x36)):
        light, dark = sorted((inner, luminance(*panel)), reverse=True)
        # WCAG 2.1, 1.4.11: graphics need 3:1 against what is beside them.
        assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize("panel", [0x00, 0x2E, 0xF4, 0xFF], ids=["black", "dark", "light", "white"])
@pytest.mark.parametrize("icon", TrayIcon)
def test_it_is_seen_on_every_panel_at_every_size(icon: TrayIcon, panel: int) -> None:
    """As a panel draws it: laid over the panel's colour. GNOME's is black, others are white."""
    ground = luminance(panel, panel, panel)
    for pixmap in pixmaps(icon):
        clear = drawn = 0
        for i in range(0, len(pixmap.argb), 4):
            alpha, *colour = pixmap.argb[i : i + 4]
            if alpha < 128:  # an edge
                continue
            red, green, blue = (round((part * alpha + panel * (255 - alpha)) / 255) for part in colour)
            light, dark = sorted((luminance(red, green, blue), ground), reverse=True)
            drawn += 1
            clear += (light + 0.05) / (dark + 0.05) >= 3
        assert clear / drawn >= 0.5, f"{icon} is faint at {pixmap.width} pixels: {clear} of {drawn}"


def test_every_drawing_has_its_pixels_and_the_package_stays_small() -> None:
    drawings = {path.stem for path in icons.FOLDER.glob("*.svg")}
    stored = {path.stem for path in icons.FOLDER.glob("*.argb")}
    assert drawings == stored == set(TrayIcon)
    files = [path for path in Path(icons.FOLDER).parent.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 30_000
    for path in files:
        if path.suffix == ".svg":
            root = ElementTree.fromstring(path.read_text())
            assert root.find("{http://www.w3.org/2000/svg}title") is not None
