"""Several weeks on one page for a clinician, in a real browser: one sheet of A4, however much was told."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.adapters.weeks import busy_story, hand_over, painful_story
from tests.core.story import SETTINGS, Story
from tests.desktop.test_report_page import Seen, sheets
from unhunch import language
from unhunch.cli.week import HAND_OVER_MOST, LONGEST_NAME
from unhunch.report.hand_over import render

pytestmark = pytest.mark.desktop

STORIES = {"painful": painful_story, "busy": busy_story, "empty": Story}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("locale", ["en_US", "de_DE", "es_ES"])
def test_it_is_one_sheet(chromium: Browser, tmp_path: Path, locale: str, story: str) -> None:
    language.set_up({"LANG": f"{locale}.UTF-8"})
    try:
        given = hand_over(STORIES[story](), "2026-11-09", HAND_OVER_MOST)
        text = render(given, SETTINGS, "2026-11-14", ("Maria Beispiel " * 9)[:LONGEST_NAME])
    finally:
        language.set_up({})
    file = tmp_path / "weeks.html"
    file.write_text(text, encoding="utf-8")
    assert sheets(chromium, file, tmp_path) == 1
    page = chromium.new_page()
    seen = Seen(page)
    page.goto(file.as_uri())
    assert page.locator("tbody tr").count() == HAND_OVER_MOST
    assert (seen.requests, seen.complaints) == ([file.as_uri()], [])
    page.close()
