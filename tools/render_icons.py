"""Draw the tray icons once, so that the daemon needs no renderer: SVG -> ARGB pixels, compressed, next to their source.

    python tools/render_icons.py            after a change of src/unhunch/icons/tray/*.svg
    python tools/render_icons.py sheet.png  also a contact sheet: each icon on a light and on a dark panel, enlarged

Needs playwright and pillow (both among the test dependencies) and a Chromium, which rasterises at exactly the wanted
size.
"""

import base64
import io
import shutil
import sys
import zlib
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from unhunch.adapters.icons import SIZES

ICONS = Path(__file__).parents[1] / "src/unhunch/icons"
PANELS = ("#f4f4f4", "#2e3436")
ENLARGED = {16: 8, 22: 6, 48: 3}


def rasterise(page: Page, svg: Path, size: int) -> Image.Image:
    """The drawing at `size` pixels on nothing, straight alpha."""
    source = base64.b64encode(svg.read_bytes()).decode()
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        "<style>* {margin: 0} html {background: transparent} img {display: block}</style>"
        f'<img width="{size}" height="{size}" src="data:image/svg+xml;base64,{source}">'
    )
    page.wait_for_function("document.images[0].complete")
    return Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")


def argb(image: Image.Image) -> bytes:
    """Pixels as StatusNotifierItem wants them: alpha, red, green, blue, a byte each."""
    red, green, blue, alpha = image.split()
    return Image.merge("RGBA", (alpha, red, green, blue)).tobytes()


def contact_sheet(page: Page, drawings: list[Path]) -> Image.Image:
    """Each drawing in a row, on every panel colour."""
    width = sum(size * times + 12 for size, times in ENLARGED.items()) + sum(SIZES) + 12 * len(SIZES)
    sheet = Image.new("RGB", (width * len(PANELS), 156 * len(drawings)))
    for row, svg in enumerate(drawings):
        for column, panel in enumerate(PANELS):
            band = Image.new("RGB", (width, 156), panel)
            x = 6
            for size, times in (*ENLARGED.items(), *((size, 1) for size in SIZES)):
                image = rasterise(page, svg, size).resize((size * times, size * times), Image.Resampling.NEAREST)
                band.paste(image, (x, 6), image)
                x += size * times + 12
            sheet.paste(band, (column * width, row * 156))
    return sheet


def main(sheet: str | None) -> None:
    """Write every tray icon's pixels, and the contact sheet when its name is given."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        drawings = sorted((ICONS / "tray").glob("*.svg"))
        for svg in drawings:
            pixels = b"".join(argb(rasterise(page, svg, size)) for size in SIZES)
            svg.with_suffix(".argb").write_bytes(zlib.compress(pixels, 9))
        if sheet is not None:
            contact_sheet(page, [*drawings, ICONS / "unhunch.svg"]).save(sheet)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
