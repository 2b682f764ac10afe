"""Months as text and on the page: what both show, with little room and with much."""

import re

import pytest

from tests.adapters.weeks import half_a_year, months_of_half_a_year, trended
from tests.core.story import SETTINGS, Story
from unhunch.core.facts import Kind
from unhunch.core.week.months import Months, months
from unhunch.report import html
from unhunch.report.months import MOST_CHANGES, changes, render
from unhunch.words.week import NOTE


def test_it_says_sitting_sessions_stiffness_symptoms_and_changes() -> None:
    text = " ".join(render(months_of_half_a_year(), 100, colour=False).split())
    for said in (
        "Jun 2026 - Nov 2026",
        "Sep 2026 5 h 26",
        "14 of 22 sessions, stiffness 4 to 2",
        "You told: a session stopped because of pain or dizziness, discomfort of 7 out of 10, the morning felt worse",
        "Plan Mon 6 Jul: Up to 2 a day. You accepted: 9 of 10 sessions done, none that hurt",
        "Mon 14 Sep: Easy mode. Short, easy sessions",
        NOTE,
    ):
        assert said in text, said


@pytest.mark.parametrize("width", [32, 40, 60, 72, 80, 110])
def test_every_line_fits(width: int) -> None:
    for given in (months_of_half_a_year(), Months(months([], [], "2026-11-15", SETTINGS, 24).months, ())):
        text = render(given, width, colour=False)
        assert max(map(len, text.splitlines())) <= width
        assert "None" not in text
    assert render(months_of_half_a_year(), 40, colour=False, ascii_only=True).isascii()


def test_of_many_changes_the_latest_are_told() -> None:
    story = Story()
    for day in range(1, MOST_CHANGES + 4):
        story.tell(Kind.GOAL, f"2026-11-{day:02d} 09:00", body={"from": 1, "to": 2, "decision": "step up"})
    told, before = changes(months([], story.facts, "2026-11-15", SETTINGS, 6))
    assert (len(told), before, told[-1].day) == (MOST_CHANGES, 3, "Wed 11 Nov")
    assert 100 * 5 / 6 < told[0].at < told[-1].at < 100
    assert "3 earlier changes are left out." in render(
        months([], story.facts, "2026-11-15", SETTINGS, 6), 80, colour=False
    )


def test_the_page_draws_them_and_lists_what_it_draws() -> None:
    story = half_a_year()
    page = html.render(story.week("2026-11-09"), trended(story, "2026-11-09"), months_of_half_a_year())
    section = page.split('<section class="screen months"')[1].split("</section>")[0]
    assert section.count('<circle class="change"') == section.count("<li><b>") == 2
    assert "Sep 2026: a session stopped because of pain or dizziness" in section
    assert [name for name in re.findall(r'role="img" aria-label="([^"]+)"', section) if not name] == []
    assert section.count('role="img"') == 4
    assert "Month by month" not in html.render(story.week("2026-11-09"), ())
