"""`status`, `why`, `plan` and the tray say the same, since they ask the same calculation."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.days.lives import Life
from unhunch.cli import plan
from unhunch.core import messages as m
from unhunch.core.bodies import Offer
from unhunch.core.engine import step
from unhunch.core.prompts import due
from unhunch.core.settings import Settings
from unhunch.daemon import tray
from unhunch.said import status
from unhunch.words.plan import plan_of
from unhunch.words.status import status_of, takes
from unhunch.words.why import why_of

ELSEWHERE: Mapping[str, Any] = {"tray": {}, "problems": [], "source": {"why": ""}}
"""What `status` tells of the daemon's other parts."""


class Asked:
    """What each of the four says at this moment."""

    def __init__(self, life: Life) -> None:
        scene = step.scene(life.running, life.moment(), life.s)
        self.life, self.scene = life, scene
        self.status = {**status_of(life.running, scene, life.s), **ELSEWHERE}
        self.why = why_of(life.running, scene, life.s)
        self.plan = plan_of(life.running, scene, life.s)
        self.tip = tray.state_of(life.running, life.s).text
        self.said = " ".join(status.lines(self.status))
        self.planned = plan.lines(self.plan)

    def next_row(self) -> Mapping[str, Any] | None:
        rows: list[Mapping[str, Any]] = self.plan["due"]
        return next((row for row in rows if row["state"] == "to come"), None)


def check(life: Life) -> Asked:
    life.look()  # the tray shows what the last look saw
    asked = Asked(life)
    row, coming = asked.next_row(), asked.status["next"]
    sat = (life.st.today.best + asked.scene.proven) / 60
    assert asked.plan["today"] == asked.status["today"]
    if row is None or coming["kind"] is None:
        return asked
    soonest = row.get("on_end_min", row["at_min"])
    assert soonest - sat == pytest.approx(coming["left_min"], abs=0.2), "plan and status"
    if coming["at"]:
        clock = coming["at"][11:16]
        assert f"next about {clock}" in asked.tip, "the tray"
        assert f"at about {clock}" in asked.said
    else:
        assert coming["why"] in asked.said
    if coming["left_min"] > 0:
        left = due.left(life.st, asked.scene, life.s)
        assert left is not None
        assert takes(left) in asked.why["summary"], "why"
    return asked


def test_a_day_is_told_alike_at_every_moment() -> None:
    life = Life(settings=Settings(look=120.0))
    check(life)
    for minutes_of_work, minutes_away in ((18, 7), (4, 20), (50, 2), (30, 45), (25, 1)):
        for _ in range(minutes_of_work // 2):
            life.work(2)
            check(life)
        for _ in range(minutes_away):
            life.idle(1)
            check(life)
        life.react("start", {})
        check(life)


def test_what_a_long_stretch_pulls_forward_is_said_beside_the_plain_threshold() -> None:
    asked = check(Life())
    assert asked.next_row() == {"number": 1, "at_min": 90.0, "on_end_min": 72.0, "state": "to come"}
    assert "after 1 h 12 more of sitting without a break, or 1 h 30 with breaks" in asked.said
    assert "after 1 h 30 of sitting, or 1 h 12 without a break" in asked.planned[2]


def test_the_next_one_is_planned_for_when_it_can_come_after_the_last() -> None:
    life = Life()
    for _ in range(3):
        life.workday(8, "ignore")
    life.live = life.running._replace(state=life.st._replace(programme=life.p._replace(goal=2)))
    life.until("09:00", working=False)
    life.work(40)
    life.session()
    life.work(70)
    asked = check(life)
    row = asked.next_row()
    if row is not None:
        assert row["at_min"] >= 100.0, "an hour of sitting lies between two sessions"


def test_a_session_under_way_is_not_asked_for() -> None:
    life = Life()
    life.work(100)
    assert life.st.owed is not None
    assert "unhunch start" in Asked(life).said
    life.do(m.SessionBegan(life.moment(), {"size": "short", "status": "partial"}, "session:x"))
    life.look()
    asked = Asked(life)
    for text in (asked.said, asked.tip, asked.why["summary"]):
        assert "start" not in text
        assert "due" not in text
    assert "In a session" in asked.said
    assert asked.status["next"]["kind"] is None
    assert status.panel(asked.status)["alt"] == "session"
    assert tray.state_of(life.running, life.s).icon.value != "owed"


def test_the_plan_counts_the_session_just_done() -> None:
    life = Life()
    life.work(20)
    for done in (1, 2):
        life.do(m.Logged(life.moment(), {"size": "short", "status": "done", "ended": life.moment().wall}))
        asked = Asked(life)
        assert asked.plan["due"][0]["state"] == "done"
        assert f"Today {done} of 1 session" in asked.planned[1]
        assert f"Today {done} of 1 session" in asked.said


def test_an_offer_above_what_today_takes_says_so() -> None:
    life = Life()
    figures = {"goal": 3, "cap": 4, "sitting_min": 440.0, "adherence": 0.9}
    life.do(m.Told(life.moment(), Offer(rule="step up", from_=3, to=4, figures=figures)))
    asked = Asked(life)
    said = "\n".join(asked.planned)
    assert "takes 3 at most" in said
    assert re.search(r"On offer: 4 .*\n  A day like today still has 3\.", said)
