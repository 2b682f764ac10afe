"""The README's pictures, of the real thing: a notice in dunst, a session and a week in Chromium.

Each test proves that its part can be seen as it is shown there. `make pictures` draws tests/pictures anew, once for
each language; otherwise English stands for all, whose pages other tests measure.
"""

import os
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.async_api import async_playwright

from tests.desktop.bed import Bed
from tests.desktop.desk import Desk
from tests.desktop.parts import find, needs
from tests.web.pages import Silent, serving
from unhunch import language
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.settings import Settings
from unhunch.play import demo
from unhunch.play.player import Player
from unhunch.report import html
from unhunch.report.reading import week_of
from unhunch.session.plan import SessionPlan
from unhunch.words import translate

pytestmark = pytest.mark.desktop

PICTURES = Path(__file__).parents[1] / "pictures"
WANTED = os.environ.get("UNHUNCH_PICTURES") == "1"
WAIT = 30_000  # ms
GAP, PAPER = 16, (0xE8, 0xEC, 0xEE)
SESSION, WEEK = (1000, 700), (760, 692)
"""Sizes of the windows; the session is shown at the width of the week."""
SMALL = 300_000
"""Bytes that a picture in a repository may have."""


def shown(image: Image.Image) -> Image.Image:
    """What differs from the colour of the upper left corner; there has to be something."""
    box = ImageChops.difference(image, Image.new("RGB", image.size, image.getpixel((0, 0)))).getbbox()
    assert box is not None, "a blank picture"
    return image.crop(box)


def notice(bed: Bed) -> Image.Image:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    bed.env["LANG"] = f"{translate.language()}.UTF-8"
    desk = Desk(bed)
    desk.start()
    desk.type(7)
    desk.asked()
    assert desk.facts("shown")[-1]["what"] == "session"
    pictures = [bed.screenshot().convert("RGB"), bed.screenshot().convert("RGB")]
    while shown(pictures[-1]).size[1] < 40 or pictures[-1].tobytes() != pictures[-2].tobytes():
        pictures.append(bed.screenshot().convert("RGB"))
    return shown(pictures[-1])


async def session() -> Image.Image:
    async with async_playwright() as playwright, serving(SessionPlan(speed=4.0), voice=Silent("espeak-ng")) as served:
        browser = await playwright.chromium.launch(executable_path=find("chromium"))
        page = await browser.new_page(viewport={"width": SESSION[0], "height": SESSION[1]})
        await page.goto(served.address)
        await page.click("#start", timeout=WAIT)
        await page.locator("#player").wait_for(state="visible", timeout=WAIT)
        await page.wait_for_timeout(10_000 if WANTED else 1_000)  # in the middle of a breath
        taken = await page.screenshot()
        await browser.close()
    return Image.open(BytesIO(taken)).convert("RGB")


async def week() -> Image.Image:
    s, (recording, _) = Settings(goal=2), demo.week()
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "week.sqlite")
        Player(s, answer="mixed", seed=demo.SEED, written=store.write).play(recording)
        page_text = html.render(*week_of(store, demo.MONDAY.date().isoformat(), s, with_trend=True))
        store.close()
        (file := Path(folder) / "week.html").write_text(page_text, encoding="utf-8")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find("chromium"))
            page = await browser.new_page(viewport={"width": WEEK[0], "height": WEEK[1]})
            await page.goto(file.as_uri())
            taken = await page.screenshot()
            await browser.close()
    return Image.open(BytesIO(taken)).convert("RGB")


@pytest.fixture(params=language.LANGUAGES if WANTED else ["en"])
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the picture, while its language is spoken."""
    language.set_up({"LANG": "C.UTF-8" if request.param == "en" else f"{request.param}.UTF-8"})
    yield "unhunch.png" if request.param == "en" else f"unhunch.{request.param}.png"
    language.set_up({})


async def test_the_picture_of_the_readme(bed: Bed, tmp_path: Path, name: str) -> None:
    needs("chromium")
    parts = [notice(bed), await session(), await week()]
    for part in parts:
        colours = part.getcolors(1 << 20)
        assert colours is None or len(colours) > 8, "hardly anything is drawn"
    top, left, right = parts
    left = left.resize((right.width, round(left.height * right.width / left.width)), Image.Resampling.LANCZOS)
    size = (2 * right.width + 3 * GAP, max(right.height, top.height + GAP + left.height) + 2 * GAP)
    whole = Image.new("RGB", size, PAPER)
    whole.paste(top, (GAP + (left.width - top.width) // 2, GAP))
    whole.paste(left, (GAP, top.height + 2 * GAP))
    whole.paste(right, (left.width + 2 * GAP, GAP))
    file = (PICTURES if WANTED else tmp_path) / name
    whole.quantize(224, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.stat().st_size < SMALL
    with Image.open(PICTURES / name) as kept:
        assert kept.size == size, "run 'make pictures'"
