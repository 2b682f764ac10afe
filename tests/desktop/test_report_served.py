"""The report as `unhunch week --open` serves it, in a real browser: read, answered, taken back, and gone."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desktop.desk import UNHUNCH
from tests.desktop.lived import a_week_before
from tests.desktop.parts import needs
from tests.desktop.test_report_page import Seen, number_in
from unhunch.words.week import NOTE

pytestmark = pytest.mark.desktop
LIMIT = 40.0


class Home:
    """A private home with a history, and the report that is served from it."""

    def __init__(self, path: Path, *, offer: bool) -> None:
        run = path / "run"
        run.mkdir(mode=0o700)
        self.seen = path / "browsed"
        script = path / "browser"
        script.write_text(f'#!/bin/sh\necho "$1" > {self.seen}.part && mv {self.seen}.part {self.seen}\n')
        script.chmod(0o755)
        keep = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        self.env = {**keep, "HOME": str(path), "XDG_RUNTIME_DIR": str(run), "BROWSER": f"{script} %s"}
        self.week = a_week_before(path / ".local/share/unhunch/unhunch.sqlite", offer=offer)
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> str:
        done = subprocess.run([UNHUNCH, *words], env=self.env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self):
        return json.loads(self.run("week", "--of", self.week, "--json"))

    def months(self):
        return json.loads(self.run("week", "--of", self.week, "--months", "6", "--json"))

    def serve(self) -> str:
        """Start `week --open`; returns the address that the browser was given."""
        self.process = subprocess.Popen([UNHUNCH, "week", "--of", self.week, "--open"], env=self.env)
        end = time.monotonic() + LIMIT
        while not self.seen.exists():
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        return self.seen.read_text().strip()

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    made = Home(tmp_path, offer=getattr(request, "param", True))
    yield made
    made.close()


def opened(chromium: Browser, address: str, **context: object) -> tuple[Page, Seen]:
    page = chromium.new_context(**context).new_page()  # type: ignore[arg-type]
    seen = Seen(page)
    page.goto(address)
    return page, seen


def test_a_choice_is_answered_shown_and_taken_back(chromium: Browser, home: Home) -> None:
    assert [option["choice"] for option in home.json()["options"]] == ["accept", "roller", "decline", "nothing"]
    address = home.serve()
    page, seen = opened(chromium, address)
    accept = page.get_by_role("button", name="Go up to 2 sessions a day.")
    expect(accept).to_be_visible()
    assert urlsplit(page.url).path == "/"
    assert "#" not in page.url
    accept.click()
    said = page.get_by_role("status")
    expect(said).to_contain_text("Stored. You chose: Go up to 2 sessions a day.")
    expect(page.locator(".next .say")).to_contain_text("You chose: one session a day more")
    stored = home.json()
    assert stored["chosen"]["choice"] == "accept"
    assert stored["plan"]["answer"] in ("accept", None)
    assert stored["plan"]["goal_to"] == 2
    page.reload()
    expect(page.locator(".next .say")).to_contain_text("You chose:")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    expect(page.get_by_role("button", name="Go up to 2 sessions a day.")).to_be_visible()
    again = home.json()
    assert again["chosen"] is None
    assert again["options"][0]["choice"] == "accept", "the offer is open again"
    host = urlsplit(address).netloc
    assert {urlsplit(url).netloc for url in seen.requests} == {host}
    assert seen.complaints == []
    page.context.close()
    assert home.process is not None
    assert home.process.wait(60) == 0


def test_every_figure_is_that_of_the_json(chromium: Browser, home: Home) -> None:
    page, _ = opened(chromium, home.serve())
    expect(page.get_by_role("button", name="Change nothing.")).to_be_visible()
    figures = page.locator("[data-key]").evaluate_all(
        "all => all.map(e => [e.dataset.key, e.dataset.as, e.textContent])"
    )
    plain = {**home.months(), **home.json()}
    compared = 0
    for key, kind, text in figures:
        if key.startswith("trend."):
            continue
        value = plain
        for part in key.split("."):
            value = value[int(part) if part.isdigit() else part]
        said = number_in(text, kind)
        compared += 1
        if value is None:
            assert said is None, key
        elif kind in ("duration", "percent"):
            assert isinstance(said, float)
            assert abs(said - value * (100 if kind == "percent" else 1)) <= 0.5, (key, text, value)
        elif kind == "number":
            assert said == value, key
        elif kind == "text":
            assert said == str(value), key
    assert compared > 60
    page.context.close()


def test_the_keyboard_alone_chooses(chromium: Browser, home: Home) -> None:
    page, seen = opened(chromium, home.serve())
    decline = page.get_by_role("button", name="Decline: as many a day as now.")
    expect(decline).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if decline.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("Stored")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert home.json()["chosen"]["choice"] == "decline"
    assert page.get_by_role("group", name="Next week").count() == 1
    assert seen.complaints == []
    page.context.close()


def test_without_script_it_reads(chromium: Browser, home: Home) -> None:
    address = home.serve()
    page, seen = opened(chromium, address, java_script_enabled=False)
    assert page.get_by_text(NOTE).count() == 1
    assert page.get_by_role("button").count() == 0
    assert f"unhunch week --of {home.week} --choose N" in page.locator(".next").inner_text()
    assert seen.complaints == []
    page.reload()
    assert "unhunch week --open" in page.locator("body").inner_text()
    assert NOTE not in page.locator("body").inner_text(), "the link reads once"
    page.context.close()


def test_what_is_left_open_says_so_when_its_process_has_gone(chromium: Browser, home: Home) -> None:
    page, _ = opened(chromium, home.serve())
    expect(page.get_by_role("button", name="Change nothing.")).to_be_visible()
    assert home.process is not None
    home.process.terminate()
    home.process.wait(20)
    expect(page.get_by_role("status")).to_contain_text("unhunch week --open", timeout=30_000)
    assert page.get_by_role("button").count() == 0
    page.context.close()


def test_it_answers_in_the_language_of_the_desktop(chromium: Browser, home: Home) -> None:
    """The page, its buttons, what they bring about, and what its script says by itself."""
    home.env["LANG"] = "de_DE.UTF-8"
    page, seen = opened(chromium, home.serve())
    expect(page.locator("html[lang=de]")).to_have_count(1)
    page.get_by_role("button", name="Nichts ändern.").click()
    expect(page.get_by_role("status")).to_contain_text("Gespeichert.")
    expect(page.locator(".next .say")).to_contain_text("Du hast gewählt: keine Änderung")
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_role("button", name="Nichts ändern.")).to_be_visible()
    assert home.process is not None
    home.process.terminate()
    home.process.wait(20)
    status = page.get_by_role("status")
    expect(status).to_contain_text("Diese Seite kann weiter gelesen werden. Um jetzt zu antworten", timeout=30_000)
    assert [text for text in seen.complaints if "ERR_" not in text] == []
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (794, 1123), (1280, 800)])
def test_it_fits(chromium: Browser, home: Home, width: int, height: int, tmp_path: Path) -> None:
    """Phone, sheet and screen; buttons a finger can hit."""
    page, _ = opened(chromium, home.serve(), viewport={"width": width, "height": height})
    buttons = page.get_by_role("button")
    expect(buttons.first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in buttons.all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= width
    pictures = os.environ.get("UNHUNCH_PICTURES")
    page.screenshot(path=Path(pictures or tmp_path) / f"served-{width}.png", full_page=True)
    page.context.close()


def test_it_prints_on_one_sheet_without_its_buttons(chromium: Browser, home: Home, tmp_path: Path) -> None:
    needs("pdftoppm")
    page, _ = opened(chromium, home.serve())
    button = page.get_by_role("button", name="Change nothing.")
    expect(button).to_be_visible()
    page.pdf(path=tmp_path / "week.pdf", prefer_css_page_size=True, print_background=True)
    subprocess.run(["pdftoppm", "-r", "40", "-png", tmp_path / "week.pdf", tmp_path / "sheet"], check=True)
    assert len(list(tmp_path.glob("sheet*.png"))) == 1
    page.emulate_media(media="print")
    expect(button).to_be_hidden()
    page.context.close()


def test_hours_are_set_and_set_back(tmp_path: Path) -> None:
    """The choice of hours changes the configuration; taking it back brings the very text back."""
    program = """
import os
from pathlib import Path
from unhunch.cli.choosing import take
from unhunch.cli.own_history import settings
from unhunch.core.week.figures import Option, Situation, Window
from unhunch.paths import Paths
path = Paths.find().config_file
path.parent.mkdir(parents=True)
path.write_text("# mine\\nsource = 'none'\\n")
x = Situation(False, False, None, 0, 5, 4, 1, 2, 0, Window(10, 12), None)
taken = take("2026-11-09", Option(1, "hours", "hours", x, "10:00-12:00"), settings())
print(taken.said, settings().hours_mon)
print(taken.back(), settings().hours_mon, repr(path.read_text()))
"""
    home = Home(tmp_path, offer=False)
    done = subprocess.run([sys.executable, "-c", program], env=home.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert re.fullmatch(r"Stored\. You chose: Ask only from 10:00 to 12:00\. .*600.*720.*", first)
    assert second.endswith("\"# mine\\nsource = 'none'\\n\"")
    assert home.json()["chosen"] is None
