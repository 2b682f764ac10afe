"""The page of a week in a real browser: it asks nothing of the network, fits a phone and one sheet of paper, and its
figures are those of the JSON."""

import calendar
import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.adapters.test_report_terminal import full_week
from tests.adapters.weeks import PAGES, a_page
from tests.core.story import SETTINGS, Story
from tests.desktop.parts import needs
from unhunch import language
from unhunch.core.facts import Kind
from unhunch.core.week.figures import TrendWeek, Week
from unhunch.core.week.lived import lived
from unhunch.core.week.months import Months
from unhunch.core.week.summary import summarise, trend
from unhunch.report import html, months
from unhunch.words.week import NOTE, to_json

pytestmark = pytest.mark.desktop


class Seen:
    """What a page asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(scope="module", params=PAGES)
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Week, tuple[TrendWeek, ...], Path, Months | None]:
    week, weeks, past = a_page(request.param)
    file = tmp_path_factory.mktemp(request.param) / "week.html"
    file.write_text(html.render(week, weeks, past), encoding="utf-8")
    return week, weeks, file, past


Shown = tuple[Week, tuple[TrendWeek, ...], Path, Months | None]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_needs_nothing_and_complains_of_nothing(chromium: Browser, shown: Shown, scheme: Any) -> None:
    page = chromium.new_page(color_scheme=scheme)
    seen = Seen(page)
    page.goto(shown[2].as_uri())
    page.wait_for_load_state("networkidle")
    assert seen.requests == [shown[2].as_uri()]
    assert seen.complaints == []
    assert page.locator("script").count() == 0
    assert page.get_by_text(NOTE).count() == 1
    page.close()


def number_in(text: str, kind: str) -> float | str | None:
    """A figure read back from the page; None for "-"."""
    if text == "-":
        return None
    if kind == "duration":
        found = re.fullmatch(r"(\d+) h(?: (\d\d))?|(\d+) min", text)
        assert found, text
        hours, rest, minutes = found.groups()
        return float(minutes) if minutes else 60.0 * int(hours) + int(rest or 0)
    if kind in ("percent", "number"):
        return float(text.removesuffix(" %"))
    return text


def test_every_figure_is_that_of_the_json(chromium: Browser, shown: Shown) -> None:
    week, weeks, file, past = shown
    page = chromium.new_page()
    page.goto(file.as_uri())
    figures = page.locator("[data-key]").evaluate_all(
        "all => all.map(e => [e.dataset.key, e.dataset.as, e.textContent])"
    )
    page.close()
    plain: dict[str, Any] = {**to_json(week), "trend": [to_json(t) for t in weeks]}
    plain |= months.to_json(past) if past else {}
    assert len(figures) > 90
    for key, kind, text in figures:
        value: Any = plain
        for part in key.split("."):
            value = value[int(part) if part.isdigit() else part]
        said = number_in(text, kind)
        if value is None:
            assert said is None, key
        elif kind == "duration":
            assert isinstance(said, float)
            assert abs(said - value) <= 0.5, (key, text, value)
        elif kind == "percent":
            assert isinstance(said, float)
            assert abs(said - 100 * value) <= 0.5, (key, text, value)
        elif kind == "number":
            assert said == value, key
        elif kind == "day":
            day, month = str(said).split()[1:]
            assert (int(day), month) == (int(value[8:]), calendar.month_abbr[int(value[5:7])])
        elif kind == "month":
            assert said == f"{calendar.month_abbr[int(value[5:7])]} {value[:4]}"
        else:
            assert said == str(value), key
    named = {key for key, _, _ in figures}
    assert {"sitting.best", "sitting.low", "sitting.high", "done", "asked", "goal", "quality.covered"} <= named
    assert {f"days.{n}.sitting.best" for n in range(7)} <= named
    assert {f"trend.{n}.prolonged_share" for n in range(len(weeks))} <= named
    assert {f"months.{n}.done" for n in range(6 if past else 0)} <= named


def sheets(chromium: Browser, file: Path, folder: Path) -> int:
    """How many sheets of A4 a page takes when it is printed."""
    needs("pdftoppm")
    page = chromium.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    page.pdf(path=folder / "week.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    subprocess.run(["pdftoppm", "-r", "40", "-png", folder / "week.pdf", folder / "sheet"], check=True)
    return len(list(folder.glob("sheet*.png")))


def test_it_prints_on_one_sheet(chromium: Browser, shown: Shown, tmp_path: Path) -> None:
    assert sheets(chromium, shown[2], tmp_path) == 1


@pytest.mark.parametrize("width", [320, 375, 640, 1280])
def test_nothing_sticks_out(chromium: Browser, shown: Shown, width: int) -> None:
    """No sideways scrolling at any width, also with the tables open, and no text smaller than 11 pixels."""
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(shown[2].as_uri())
    page.locator("details").evaluate_all("all => all.forEach(e => e.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = page.locator("body *").evaluate_all(
        "all => Math.min(...all.map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 11
    page.close()


@pytest.fixture(scope="module", params=product(("de_DE", "es_ES", "es_MX", "en_US"), PAGES), ids="-".join)
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A page in another language or with other formats; twelve-hour clocks and dates with "de" take the most room."""
    locale, name = request.param
    language.set_up({"LANG": f"{locale}.UTF-8"})
    try:
        file = tmp_path_factory.mktemp(locale) / "week.html"
        file.write_text(html.render(*a_page(name)), encoding="utf-8")
    finally:
        language.set_up({})
    yield locale, file


def test_it_prints_on_one_sheet_in_every_language(chromium: Browser, spoken: tuple[str, Path], tmp_path: Path) -> None:
    assert sheets(chromium, spoken[1], tmp_path) == 1


OVERLAPPING = """() => {
  const shown = [...document.querySelectorAll("svg.axis, svg.across")].filter(svg => svg.getClientRects().length);
  return shown.flatMap(svg => {
    const boxes = [...svg.querySelectorAll("text")].filter(t => t.textContent && t.getClientRects().length)
      .map(t => [t.textContent, t.getBoundingClientRect()]);
    return boxes.slice(1).filter(([_, box], n) => box.left < boxes[n][1].right + 2).map(([text]) => text) }) }"""


def test_longer_words_have_their_room(chromium: Browser, spoken: tuple[str, Path]) -> None:
    """Nothing scrolls sideways, no tile runs over, and the hours and days below the charts stand apart."""
    locale, file = spoken
    page = chromium.new_page()
    seen = Seen(page)
    page.goto(file.as_uri())
    assert page.locator(f"html[lang={locale[:2]}]").count() == 1
    page.locator("details").evaluate_all("all => all.forEach(e => e.open = true)")
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.locator(".tile, .tile strong, .rows .name, dt, summary").evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map(e => e.textContent)"
        )
        assert wide == [], width
        assert page.evaluate(OVERLAPPING) == [], width
    assert seen.complaints == []
    page.close()


def test_charts_speak_to_those_who_cannot_see_them(chromium: Browser, shown: Shown) -> None:
    """Each chart has a name, each panel a heading, each table heads; and dark and light are both readable."""
    page = chromium.new_page()
    page.goto(shown[2].as_uri())
    pictures = page.locator("svg[role=img]")
    names = pictures.evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    assert len(names) >= 7
    assert all(names)
    assert page.locator("svg:not([role=img]):not([aria-hidden=true])").count() == 0
    for section in page.locator("section").all():
        label = section.get_attribute("aria-labelledby")
        assert label is not None
        assert page.locator(f"#{label}").count() == 1
    assert page.locator("table:not(:has(thead th[scope=col]))").count() == 0
    assert page.locator("h1").count() == 1
    assert page.locator("html[lang=en]").count() == 1
    page.close()


def luminance(colour: str) -> float:
    parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(chromium: Browser, tmp_path: Path, scheme: Any) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text on its card, 3 to 1 for what is drawn there."""
    page = chromium.new_page(color_scheme=scheme)
    file = tmp_path / "week.html"
    file.write_text(html.render(full_week(), ()), encoding="utf-8")
    page.goto(file.as_uri())
    colours = page.evaluate(
        """() => {
          const of = (name) => { const e = document.createElement("i"); e.style.color = `var(--${name})`;
            document.querySelector("section").append(e); return getComputedStyle(e).color };
          const names = ["card", "page", "accent-soft", "ink", "soft", "accent", "prolonged", "long", "session"];
          return Object.fromEntries(names.map(name => [name, of(name)])) }"""
    )

    def contrast(a: str, b: str) -> float:
        high, low = sorted((luminance(colours[a]), luminance(colours[b])), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for text in ("ink", "soft"):
        for ground in ("card", "page", "accent-soft"):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast("accent", "accent-soft") >= 4.5
    for mark in ("prolonged", "long", "session"):
        assert contrast(mark, "card") >= 3, mark
    page.close()


def test_what_comes_from_files_stays_text(chromium: Browser, tmp_path: Path) -> None:
    """Names of devices, sources, reasons and sizes with markup in them are shown as they are."""
    evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>&amp;{{ 7 * 7 }}'
    desk, lap = Story(), Story(device=evil)
    for story in (desk, lap):
        story.tell(Kind.RUNNING, "2026-11-09 09:00", "10:30", source=evil)
        story.typed("2026-11-09 09:00", "10:30")
    desk.tell(Kind.DUE, "2026-11-09 09:10", number=1, of=1)
    desk.tell(Kind.HELD, "2026-11-09 09:10", "09:20", why=evil)
    desk.tell(Kind.SESSION, "2026-11-09 11:00", size=evil, status=evil, source=evil)
    desk.tell(Kind.OFFER, "2026-11-09 12:00", to=2, why=evil, rule=evil)
    desk.tell(Kind.CHOICE, "2026-11-09 12:00", week="2026-11-09", choice=evil, answer=evil)
    desk.tell(Kind.CHOICE, "2026-11-09 12:00", week="2026-11-02", choice=evil, answer=evil)
    facts = [*desk.facts, *lap.facts]
    week = summarise(lived(facts, SETTINGS), facts, "2026-11-09", SETTINGS)
    file = tmp_path / "week.html"
    file.write_text(html.render(week, trend(lived(facts, SETTINGS), facts, "2026-11-09", SETTINGS)), encoding="utf-8")
    page = chromium.new_page()
    seen = Seen(page)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    assert seen.requests == [file.as_uri()]
    assert seen.complaints == []
    assert page.locator("img, script").count() == 0
    assert evil in page.locator("body").inner_text()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barrier(chromium: Browser, axe: str, tmp_path: Path, scheme: Any) -> None:
    """axe-core's rules for WCAG 2.2 A and AA and its best practices, with the tables open."""
    file = tmp_path / "week.html"
    file.write_text(html.render(*a_page("busy")), encoding="utf-8")
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 375, "height": 800}, bypass_csp=True)
    page.goto(file.as_uri())
    page.locator("details").evaluate_all("all => all.forEach(e => e.open = true)")
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(result["passes"]) > 10, "it looked at something"
    assert [(v["id"], v["help"], [node["html"][:150] for node in v["nodes"]]) for v in result["violations"]] == []
    page.close()
