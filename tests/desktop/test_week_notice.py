"""The notice of the week on a real notification server: Open shows the report in the browser, the choice is stored."""

import pytest

from tests import kept
from tests.desktop.bed import Bed
from tests.desktop.desk import Desk
from tests.desktop.lived import a_week_before
from unhunch.daemon.week_notice import headline

pytestmark = pytest.mark.desktop


@pytest.fixture
def desk(bed: Bed) -> Desk:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    seen = bed.dir / "browsed"
    browser = bed.dir / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {seen}\n')
    browser.chmod(0o755)
    bed.env["BROWSER"] = f"{browser} %s"
    made = Desk(bed)
    made.set(first_latest='"2 h"', first_latest_new='"2 h"', least_sitting='"1 h"')
    made.config.write_text(made.config.read_text() + "[week]\nhour = 0\n")
    return made


def titles(desk: Desk) -> list[dict]:
    return [fact for fact in desk.facts("shown") if fact["what"] == "week"]


def test_open_and_the_choice_are_pressed_on_the_notice(desk: Desk) -> None:
    bed = desk.bed
    week = a_week_before(desk.database)
    desk.start()
    desk.type(3)
    desk.asked()
    bed.press("open")
    browsed = bed.dir / "browsed"
    bed.until("the report in the browser", lambda: browsed.exists() and browsed.read_text().count("\n") == 1)
    assert browsed.read_text().startswith("http://127.0.0.1:")
    assert "/read/" in browsed.read_text()
    assert [fact["action"] for fact in desk.facts("answer")][-1] == "open"
    summary = desk.json("week", "--of", week)
    said = headline(summary["sitting"]["best"], summary["done"], summary["asked"])
    assert (summary["done"], summary["asked"]) == (2, 6)
    bed.until("the two figures in dunst's history", lambda: said in bed.dunstctl("history"))
    # Not again after a kill and a restart.
    desk.kill()
    desk.start()
    desk.type(3)
    desk.rest(3)
    assert len(titles(desk)) == 1


def test_the_choice_is_a_button(desk: Desk) -> None:
    bed = desk.bed
    week = a_week_before(desk.database)
    assert desk.json("week", "--of", week)["choice"]["choice"] == "roller"
    desk.start()
    desk.type(3)
    desk.asked()
    bed.press("choose")
    bed.until("the stored choice", lambda: desk.facts("choice"))
    assert desk.facts("choice")[-1]["choice"] == "roller"
    assert desk.json("week", "--of", week)["chosen"]["choice"] == "roller"
    undone = desk.run("undo")
    assert undone.returncode == 0, undone.stderr
    assert desk.json("week", "--of", week)["chosen"] is None
    assert kept.rows(desk.database, "select count(*) from fact where kind = 'choice'") == [(1,)]


def test_a_step_is_accepted_on_the_notice_and_taken_back(desk: Desk) -> None:
    bed = desk.bed
    week = a_week_before(desk.database, offer=True)
    desk.start()
    assert desk.json("plan")["goal"] == 1
    desk.type(3)
    desk.asked()
    bed.press("choose")
    bed.until("the goal", lambda: desk.json("plan")["goal"] == 2)
    bed.until("the stored choice", lambda: desk.facts("choice"))
    assert desk.json("week", "--of", week)["chosen"]["choice"] == "accept"
    bed.until("the label in dunst's menu", lambda: "#Accept 2 a day" in (bed.dir / "menu").read_text())
    assert desk.run("undo").returncode == 0
    assert desk.run("undo").returncode == 0
    assert desk.json("plan")["goal"] == 1
    assert desk.json("plan")["offer"]["to"] == 2
    again = desk.json("week", "--of", week)
    assert (again["chosen"], again["choice"]["choice"]) == (None, "accept")
