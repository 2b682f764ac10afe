"""An office worker's first day and last: README in one hand, nothing but `--help` in the other."""

import json
from pathlib import Path

import pytest

from tests.walks.home import Walk

pytestmark = pytest.mark.desktop
EVERY_DAY = ("setup", "status", "start", "snooze", "skip", "pause", "undo", "week")


def test_the_first_day_and_the_last(walk: Walk) -> None:
    walk.bed.bus()
    walk.bed.xvfb()
    walk.bed.dunst()
    said = walk.types("--help")
    first = said.split("Every day:\n")[1].split("\n\n")[0].splitlines()
    assert tuple(line.split()[0] for line in first) == EVERY_DAY
    assert "Did you mean 'enable'?" in walk.types("install", code=2)
    assert "unhunch enable" in walk.types("status", code=3)

    said = walk.types("setup", answers="\n\x04", code=130)  # leaves in the middle
    assert "Nothing was saved." in said
    assert not walk.file(".config/unhunch/config.toml").exists()
    said = walk.types("setup", answers="mon-fri\n9-5\n9-17\ny\nn\nn\ny\ny\n\n\n")
    assert "Write 9-17 for the day, or 09:00-05:00 for the night." in " ".join(said.split())
    assert "Login:" in said
    walk.bed.until("the daemon", lambda: json.loads(walk.types("status", "--json"))["pid"])
    shown = walk.types("config", "show")
    assert 'hours.mon = "09:00-17:00"' in shown
    assert 'hours.sat = "never"' in shown
    assert "# Advanced: " in shown

    assert 'hours.fri = "08:00-14:00"' in walk.types("config", "set", "hours.fri", "8-14")
    assert "There is no 25." in walk.types("config", "set", "hours.fri", "8-25", code=2)
    assert "Today 0 of 1 session, 0 min sitting." in walk.types("status")
    assert "No session is due" in walk.types("why")
    assert "1 session a day" in walk.types("plan")
    assert "Paused until" in walk.types("pause", "1h")
    assert "Taken back: the pause." in walk.types("undo")
    walk.types("week")

    walk.file(".config/unhunch/config.toml").write_text("goal = 9\n")  # edited by hand, and wrong
    assert "goal = 9: must be a whole number from 1 to 4" in walk.types("config", "check", code=2)
    walk.types("restart")
    status = json.loads(walk.types("status", "--json"))
    assert "The settings that were right last hold until then." in " ".join(status["problems"])
    walk.file(".config/unhunch/config.toml").write_text("")

    assert "unhunch" in walk.types("man")
    assert "It starts again at the next login" in walk.types("quit")
    walk.types("status", code=3)
    said = walk.types("uninstall")
    assert "Left on this machine:" in said
    assert "your history" in said
    left = [path for path in Path(walk.home).rglob("*") if path.is_file() and "unhunch" in path.as_posix()]
    assert {path.parent for path in left} == {walk.file(".local/share/unhunch")}
