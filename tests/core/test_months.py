"""Months at a glance, by hand."""

from datetime import date

import pytest

from tests.core.story import SETTINGS, Story
from unhunch.core.facts import Kind
from unhunch.core.week.figures import Sitting
from unhunch.core.week.lived import lived
from unhunch.core.week.months import Months, days_of, firsts, months
from unhunch.report.months import to_json
from unhunch.words.week import why


def of(story: Story, last: str, count: int) -> Months:
    return months(lived(story.facts, SETTINGS), story.facts, last, SETTINGS, count)


def test_a_month_has_the_means_of_its_counted_days_and_all_of_its_sessions() -> None:
    story = Story()
    for day, end in (
        ("2026-09-30", "11:00"),
        ("2026-10-01", "10:30"),
        ("2026-10-31", "12:00"),
        ("2026-11-01", "13:00"),
    ):
        story.ran(f"{day} 09:00", "18:00")
        story.typed(f"{day} 09:00", end)
    story.session("2026-10-02 12:00", stiffness_before=6, stiffness_after=4)
    story.session("2026-10-20 12:00", stiffness_before=4, stiffness_after=1, discomfort=7)
    story.session("2026-11-01 17:00")
    found = of(story, "2026-11-15", 3)
    assert [month.first for month in found.months] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert [month.counted_days for month in found.months] == [1, 2, 1]
    assert [month.done for month in found.months] == [0, 2, 1]
    october = found.months[1]
    assert october.sitting == Sitting(low=136.0, best=136.0, high=136.0), "the mean of 91 and 181 minutes"
    assert (october.feeling.before, october.feeling.after) == (5.0, 2.5)
    assert [(one.date, one.what, one.number) for one in october.symptoms] == [("2026-10-20", "discomfort", 7)]


def test_what_changed_in_the_plan_is_told_with_its_reason() -> None:
    story = Story()
    seen = {"goal": 1, "done": 9, "asked": 10, "stiffness": 6.0}
    step = {"from": 1, "to": 2, "decision": "step up", "rule": "step up", "figures": seen}
    story.tell(Kind.GOAL, "2026-08-31 09:00", body=step)
    story.tell(Kind.GOAL, "2026-10-05 09:00", body=step | {"from": 2, "to": 3})
    found = of(story, "2026-11-15", 2)
    ((day, plan),) = found.changes
    assert (day, plan.goal_from, plan.goal_to) == ("2026-10-05", 2, 3)
    assert "9 of 10 sessions done" in why(plan)
    assert to_json(found)["changes"][0]["date"] == "2026-10-05"
    assert len(of(story, "2026-11-15", 6).changes) == 2


@pytest.mark.parametrize(
    ("last", "count", "found"),
    [
        ("2026-11-30", 1, ["2026-11-01"]),
        ("2026-02-28", 4, ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]),
        ("2024-02-29", 2, ["2024-01-01", "2024-02-01"]),
    ],
)
def test_months_over_the_turn_of_a_year(last: str, count: int, found: list[str]) -> None:
    assert firsts(last, count) == found
    for first in found:
        names = days_of(first)
        assert names[0] == first
        assert len(names) == (date.fromisoformat(names[-1]) - date.fromisoformat(first)).days + 1
        assert names[-1][:7] == first[:7]
    assert len(days_of("2024-02-01")) == 29
