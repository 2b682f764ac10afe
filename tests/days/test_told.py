"""What programs are told: one name for one thing, live and from the history, and a schema that stays."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_bad_input import UNHUNCH, unhunch
from tests.days.lives import Life
from tests.desktop.bed import Bed
from unhunch.core import messages as m
from unhunch.core import told
from unhunch.core.facts import SPANS, Kind

DECISION = "decision rule from to figures answer mode at_once asks hurt"
RATINGS = "stiffness_before stiffness_after discomfort tingling branches"
PROMISED = {
    "answer": "action what by seconds until_call about",
    "asleep": "", "blind": "", "call": "", "inhibited": "", "input": "", "locked": "", "partial": "", "standing": "",
    "choice": "week choice answer",
    "clock": "step frozen",
    "correction": "from to as",
    "day": "date expected goal set",
    "due": "number of sitting_min",
    "goal": DECISION, "offer": DECISION, "review": DECISION,
    "held": "why",
    "hold": "why",
    "ignored": "what step",
    "imported": "days expected",
    "lapsed": "as",
    "let-go": "what waited_s stretch_s week about",
    "morning": "feels",
    "not-shown": "why",
    "pause": "until seconds why",
    "presence": "presence",
    "prompt": "what step reason pause_s waited_s sound free about week stretch_s",
    "rated": f"session {RATINGS}",
    "recovery": "feels",
    "resume": "by",
    "running": "ladder source",
    "screening": "verdict",
    "session": f"is routine size planned_s roller_s status source ended {RATINGS}",
    "sit": "by why",
    "slip": "fact",
    "stand": "by",
    "state": "presence since owed paused_until hold done goal sitting_min version",
    "stopped": "",
    "sum": "active asked taken running",
    "undo": "of",
    "withdrawn": "why what unseen step free returning sound clock about",
}  # fmt: skip
"""What a script may rely on. A name or a field that is taken from here breaks somebody's script."""


def test_no_name_and_no_field_is_taken_back() -> None:
    schema = told.schema()
    for name, fields in PROMISED.items():
        assert set(fields.split()) <= set(schema[name].fields), name
    assert set(schema) == set(PROMISED), "a new event is promised here"


def lived() -> Life:
    life = Life()
    for answers in ("start", "skip", "ignore"):
        life.workday(8, answers)
    life.do(m.Paused(life.moment(), seconds=600.0))
    life.do(m.Resumed(life.moment()))
    life.do(m.Stood(life.moment()))
    life.do(m.Sat(life.moment()))
    life.do(m.Undone(life.moment()))
    life.do(m.Corrected(life.moment(), life.moment().wall - 3600, life.moment().wall - 3000, "away"))
    life.stop()
    return life


def test_what_is_told_live_and_from_the_history_has_one_name_and_one_shape() -> None:
    life = lived()
    schema = told.schema()
    kinds = {fact.key: fact.kind for fact in life.facts.values()}
    for _clock, name, data in life.happened:
        assert schema[name].live, name
        assert set(data) <= set(schema[name].fields), name
    points: dict[str, int] = {}
    for fact in life.facts.values():
        if fact.kind in told.UNTOLD:
            continue
        line = told.line(fact, kinds)
        assert set(line) <= {*told.ALWAYS, *told.OF_HISTORY, *schema[line["event"]].fields}, line
        if fact.kind not in SPANS:
            points[line["event"]] = points.get(line["event"], 0) + 1
    for name, count in points.items():
        assert [happened for _clock, happened, _data in life.happened].count(name) == count, name
    undone = [data for _clock, name, data in life.happened if name == "undo"]
    assert undone == [{"of": "sit"}]
    assert [told.line(f, kinds)["of"] for f in life.facts.values() if f.kind is Kind.UNDO] == ["sit"]


def test_the_manual_names_every_event_and_field() -> None:
    page = (Path(__file__).parents[2] / "share/man/man1/unhunch.1").read_text(encoding="utf-8").replace("\\-", "-")
    events = page.partition(".SH EVENTS")[2].partition(".SH EXIT STATUS")[0]
    for name, one in told.schema().items():
        entry = events.partition(f"\\fB{name}\\fR")[2].partition(".TP")[0]
        assert entry, name
        assert all(field in entry for field in one.fields), name


@pytest.mark.skipif(sys.platform == "win32", reason="a real daemon on its own socket")
def test_who_follows_is_told_the_state_first_and_then_what_happens() -> None:
    with Bed() as bed:
        bed.spawn(UNHUNCH, "run", "--source", "none")
        bed.until("the daemon", lambda: unhunch(bed, "status").returncode == 0)
        bed.spawn(UNHUNCH, "events", "--follow", log="events")

        def lines() -> list[dict[str, Any]]:
            return [json.loads(line) for line in bed.log("events").splitlines() if line.startswith("{")]

        bed.until("the state", lambda: lines())
        state = lines()[0]
        assert state["event"] == "state"
        assert {"at", "presence", "done", "goal", "sitting_min", "version"} <= set(state)
        for words in (("pause", "1h"), ("undo",)):
            assert unhunch(bed, *words).returncode == 0
        bed.until("the undo", lambda: "undo" in [line["event"] for line in lines()])
        live = [line for line in lines() if line["event"] in ("pause", "undo")]
        kept = [json.loads(line) for line in unhunch(bed, "events").stdout.splitlines()]
        told_later = [
            {name: value for name, value in line.items() if name not in told.OF_HISTORY}
            for line in kept
            if line["event"] in ("pause", "undo")
        ]
        assert live == told_later
        assert live[1]["of"] == "pause"
