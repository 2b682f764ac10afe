"""From Start on the notice to the week's summary: daemon, session process, browser and database are the real ones."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import UNHUNCH, Desk
from tests.desktop.parts import needs

pytestmark = [pytest.mark.desktop, pytest.mark.slow(15)]

WAIT = 30_000  # ms


@pytest.fixture
def clocks(bed: Bed) -> Clocks:
    return Clocks(bed)


@pytest.fixture
def desk(bed: Bed, clocks: Clocks) -> Desk:
    needs("chromium")
    bed.bus()
    bed.xvfb()
    bed.dunst()
    # The "browser" that the session process opens only notes the address; Playwright then goes there.
    opener = bed.dir / "browser"
    opener.write_text(f'#!/bin/sh\necho "$1" > {bed.dir}/address.part\nmv {bed.dir}/address.part {bed.dir}/address\n')
    opener.chmod(0o755)
    bed.env["BROWSER"] = f"{opener} %s"
    made = Desk(bed)
    made.start()
    return made


def address(desk: Desk) -> str:
    path = desk.bed.dir / "address"
    desk.bed.until("the session's address", path.exists)
    text = path.read_text().strip()
    path.unlink()
    return text


def through_the_questions(page: Page) -> None:
    """Nothing applies, and the session begins."""
    expect(page.locator("#screening")).to_be_visible(timeout=WAIT)
    page.click("#screen-no")
    expect(page.locator("#ready")).to_be_visible(timeout=WAIT)
    page.click("#start")
    expect(page.locator("#player")).to_be_visible(timeout=WAIT)


def test_start_on_the_notice_begins_a_session_that_is_recorded(desk: Desk, clocks: Clocks) -> None:
    bed = desk.bed
    desk.type(7)
    desk.asked()
    bed.press("start")
    where = address(desk)
    assert where.startswith("http://127.0.0.1:")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        page.goto(where)
        through_the_questions(page)
        bed.until("the session", lambda: desk.status()["presence"] == "session")
        assert desk.status()["screening"] == "pass"
        sitting, shown = desk.sitting(), len(desk.facts("shown"))
        desk.type(8)  # enough to sit, and to be asked, if it were not for the session
        assert desk.status()["presence"] == "session"
        assert desk.sitting() == sitting, "its time is not sitting"
        assert bed.displayed() == 0, "no prompt while it runs"
        assert len(desk.facts("shown")) == shown
        browser.close()  # as if it had been killed
    waited = 0
    while desk.status()["presence"] == "session":
        clocks.pass_by(5)
        waited += 5
        desk.rest(0.6)
        assert waited <= 60, "a page that is gone for so long does not come back"
    (session,) = desk.facts("session")
    assert session["status"] == "partial"
    assert session["source"] == "page"
    assert desk.status()["owed"] is not None, "a partial session resolves nothing"


def test_a_whole_session_counts_and_the_week_shows_it(desk: Desk) -> None:
    bed = desk.bed
    desk.type(7)
    desk.asked()
    assert desk.run("screening").returncode == 2, "these questions need a person at a terminal"
    bed.spawn(UNHUNCH, "start", "--short", "--speed", "40", log="start")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        page.goto(address(desk))
        through_the_questions(page)
        expect(page.locator("#rating")).to_be_visible(timeout=60_000)
        page.click("#save")
        bed.until("the record", lambda: desk.status()["today"]["done"] == 1)
        browser.close()
    assert desk.status()["owed"] is None
    bed.press("rate:5")  # "3 to 5", noted as the most it can mean
    bed.until("the rating", lambda: desk.facts("rated"))
    assert desk.facts("rated")[0]["discomfort"] == 5
    assert desk.run("rate", "--stiffness", "6", "3").returncode == 0
    assert desk.facts("rated")[1]["stiffness_after"] == 3
    assert desk.run("rate").returncode == 2
    assert desk.run("rate", "--discomfort", "11").returncode == 2
    assert len(desk.facts("rated")) == 2
    assert desk.json("week")["feeling"]["after"] == 3.0
    week = desk.json("week")
    assert sum(day["done"] for day in week["days"]) == 1
    (session,) = desk.facts("session")
    assert session["status"] == "done"
    assert session["roller_s"] >= 0.6 * session["planned_s"]


def test_a_session_without_a_daemon_is_kept_too(bed: Bed, tmp_path: Path) -> None:
    needs("chromium")
    opener = bed.dir / "browser"
    opener.write_text(f'#!/bin/sh\necho "$1" > {bed.dir}/address.part\nmv {bed.dir}/address.part {bed.dir}/address\n')
    opener.chmod(0o755)
    bed.env["BROWSER"] = f"{opener} %s"
    desk = Desk(bed)
    process = bed.spawn(UNHUNCH, "start", "--speed", "60", log="start")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        page.goto(address(desk))
        through_the_questions(page)
        expect(page.locator("#rating")).to_be_visible(timeout=60_000)
        page.click("#save")
        process.wait(60)
        browser.close()
    assert process.returncode == 0
    (session,) = desk.facts("session")
    assert session["status"] == "done"
