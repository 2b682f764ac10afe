"""`unhunch settings` in a real browser: everyday options changed, explained, taken back; the file is config's own."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desktop.desk import UNHUNCH
from tests.desktop.test_report_page import Seen
from unhunch.config import load

pytestmark = pytest.mark.desktop
LIMIT = 40.0
SIZES = {
    "desk": {"width": 1280, "height": 800},
    "tablet": {"width": 820, "height": 1180},
    "phone": {"width": 390, "height": 844},
}
MINE = '# Fridays end early\nhours.fri = "08:00-14:00"  # school\nsnooze.length = "15 min"\n'


class Home:
    """A private home with a configuration, and its settings page."""

    def __init__(self, path: Path) -> None:
        (path / "run").mkdir(mode=0o700)
        self.seen = path / "browsed"
        script = path / "browser"
        script.write_text(f'#!/bin/sh\necho "$1" > {self.seen}.part && mv {self.seen}.part {self.seen}\n')
        script.chmod(0o755)
        keep = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
        run = str(path / "run")
        self.env = {**keep, "HOME": str(path), "XDG_RUNTIME_DIR": run, "BROWSER": f"{script} %s", "LANG": "C.UTF-8"}
        self.config = path / ".config/unhunch/config.toml"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(MINE)
        self.process: subprocess.Popen[bytes] | None = None

    def serve(self) -> str:
        self.process = subprocess.Popen([UNHUNCH, "settings"], env=self.env, stdout=subprocess.DEVNULL)
        end = time.monotonic() + LIMIT
        while not self.seen.exists():
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        return self.seen.read_text().strip()

    def shown(self, key: str):
        done = subprocess.run([UNHUNCH, "config", "show", "--json"], env=self.env, capture_output=True, check=True)
        return json.loads(done.stdout)["options"][key]["value"]

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.close()


def opened(chromium: Browser, home: Home, **context: object) -> tuple[Page, Seen]:
    page = chromium.new_context(**context).new_page()  # type: ignore[arg-type]
    seen = Seen(page)
    page.goto(home.serve())
    expect(page.locator("#file")).to_have_text(str(home.config))
    return page, seen


def test_what_is_changed_is_saved_with_the_comments_kept_and_goes_back(chromium: Browser, home: Home) -> None:
    page, seen = opened(chromium, home)
    expect(page.get_by_label("Friday", exact=True)).to_have_value("08:00-14:00")
    page.get_by_label("Monday", exact=True).fill("9-17")
    page.get_by_label("Monday", exact=True).blur()
    expect(page.get_by_role("status").filter(has_text="Saved: Monday")).to_be_visible()
    expect(page.get_by_label("Monday", exact=True)).to_have_value("09:00-17:00")
    assert home.shown("hours.mon") == "09:00-17:00"
    assert "# Fridays end early" in home.config.read_text()
    assert '"08:00-14:00"  # school' in home.config.read_text()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Monday", exact=True)).to_have_value("all day")
    assert home.shown("hours.mon") == "all day"

    page.get_by_role("switch", name="Speak the cues of a session").click()
    expect(page.get_by_role("status").filter(has_text="Saved: Speak the cues")).to_be_visible()
    assert home.shown("session.voice") is False
    page.locator("#session-size").select_option("long")
    expect(page.get_by_role("button", name="Reset (Short, 3 minutes)")).to_be_visible()
    assert home.shown("session.size") == "long"
    page.get_by_role("button", name="Reset (Short, 3 minutes)").click()
    expect(page.get_by_role("button", name="Reset (Short, 3 minutes)")).to_be_hidden()
    assert home.shown("session.size") == "short"
    page.locator('[data-key="workdays"] label').filter(has_text="Sat").click()
    expect(page.get_by_role("status").filter(has_text="Saved: The days")).to_be_visible()
    assert home.shown("workdays") == ["mon", "tue", "wed", "thu", "fri", "sat"]
    page.get_by_label("Monday", exact=True).fill("9-17")
    page.get_by_role("button", name="Monday's hours on all workdays").click()
    expect(page.get_by_label("Saturday", exact=True)).to_have_value("09:00-17:00")
    assert home.shown("hours.fri") == "09:00-17:00"
    assert home.shown("hours.sun") == "all day"
    page.get_by_role("button", name="Snooze, unless another length is said: Reset (10 min)").click()
    expect(page.locator("#snooze-length")).to_have_value("10 min")
    assert "snooze.length" not in home.config.read_text()
    host = home.seen.read_text().split("/")[2]
    assert {url.split("/")[2] for url in seen.requests} == {host}
    assert seen.complaints == []
    page.context.close()
    assert home.process is not None
    assert home.process.wait(60) == 0


def test_what_is_not_understood_is_answered_with_the_reason_and_not_saved(chromium: Browser, home: Home) -> None:
    page, _seen = opened(chromium, home)
    field = page.get_by_label("Monday", exact=True)
    field.fill("9-5")
    field.blur()
    expect(page.get_by_role("alert")).to_contain_text("Write 9-17 for the day, or 09:00-05:00 for the night.")
    assert field.get_attribute("aria-invalid") == "true"
    assert home.config.read_text() == MINE
    field.focus()
    page.keyboard.press("Escape")
    expect(field).to_have_value("all day")
    expect(page.get_by_role("alert")).to_have_count(0)
    field = page.locator("#goal")
    field.fill("9")
    field.blur()
    expect(page.get_by_role("alert")).to_contain_text("It takes a whole number from 1 to 4.")
    assert home.config.read_text() == MINE


def test_a_file_with_a_mistake_can_be_mended_and_is_kept(chromium: Browser, home: Home) -> None:
    home.config.write_text("goal = 9\n")
    page, _seen = opened(chromium, home)
    expect(page.get_by_role("heading", name="A mistake in the configuration")).to_be_visible()
    expect(page.locator("#wrong-text")).to_contain_text("line 1: goal = 9: must be a whole number from 1 to 4")
    page.get_by_role("button", name="Put the last good ones back").click()
    expect(page.get_by_role("heading", name="A mistake in the configuration")).to_be_hidden()
    assert load(home.config).goal == 1
    assert home.config.with_name("config.toml.wrong").read_text() == "goal = 9\n"


def test_another_language_is_spoken_at_once(chromium: Browser, home: Home) -> None:
    page, seen = opened(chromium, home)
    page.locator('[data-key="language"] select').select_option("de")
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    expect(page.get_by_label("Freitag", exact=True)).to_have_value("08:00-14:00")
    assert page.locator("html").get_attribute("lang") == "de"
    assert seen.complaints == []


def test_a_notice_and_the_voice_can_be_tried(chromium: Browser, home: Home) -> None:
    page, seen = opened(chromium, home)
    page.get_by_role("button", name="Try a notice").click()
    expect(page.locator("#notice-said")).to_contain_text("unhunch doctor", timeout=20_000)
    page.get_by_role("button", name="Try the voice").click()
    expect(page.locator("#voice-said")).to_contain_text("You should hear a sentence now.")
    assert seen.complaints == []


def test_the_keyboard_alone_reaches_and_changes_everything(chromium: Browser, home: Home) -> None:
    page, _seen = opened(chromium, home)
    for details in page.locator("details").all():
        details.evaluate("e => e.open = true")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
        .filter(e => e.checkVisibility({visibilityProperty: true})).map(e => e.id || e.value || e.textContent)"""
    )
    page.evaluate("document.body.focus()")
    reached = []
    for _press in range(len(wanted)):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(e => e.id || e.value || e.textContent)(document.activeElement)"))
        shown = page.evaluate(
            """() => { const e = document.activeElement, f = e.nextElementSibling && e.matches('[data-day]') ?
            e.nextElementSibling : e; return getComputedStyle(f).outlineStyle; }"""
        )
        assert shown != "none", reached[-1]
    assert reached == wanted

    page.locator("#nudge-enabled").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="Saved: Ask to stand up")).to_be_visible()
    assert home.shown("nudge.enabled") is False
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the way back, which is gone then
    expect(page.locator("#nudge-enabled")).to_be_focused()
    assert home.shown("nudge.enabled") is True


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_barrier_at_any_size(
    chromium: Browser, home: Home, axe: str, size: str, scheme: str, tmp_path: Path
) -> None:
    """axe-core's rules for WCAG 2.2 A and AA and its best practices. It leaves pictures to look at."""
    shots = Path(os.environ.get("UNHUNCH_SHOTS") or tmp_path)
    page, _seen = opened(chromium, home, viewport=SIZES[size], color_scheme=scheme, bypass_csp=True)
    page.get_by_label("Monday", exact=True).fill("9-5")
    page.get_by_role("switch", name="Ask to stand up after an hour at the desk").click()
    expect(page.get_by_role("status").filter(has_text="Saved: ")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Monday", exact=True)).to_have_value("9-5")  # for its owner to mend
    page.screenshot(path=shots / f"settings-{size}-{scheme}.png")
    for part in ("all", "unfolded"):
        if part == "unfolded":
            for details in page.locator("details").all():
                details.evaluate("e => e.open = true")
        page.screenshot(path=shots / f"settings-{part}-{size}-{scheme}.png", full_page=True)
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(result["passes"]) > 10, "it looked at something"
        found = [(v["id"], v["help"], [node["html"][:150] for node in v["nodes"]]) for v in result["violations"]]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
