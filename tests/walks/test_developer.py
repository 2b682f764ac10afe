"""A developer on sway: panels, scripts, settings by hand, and everything back out again.

KWin speaks what sway does of Wayland (ext-idle-notify, layers for the notices); sway itself is run by `make desktops`.
"""

import json

import pytest

from tests.desktop.parts import needs
from tests.walks.home import Walk

pytestmark = pytest.mark.desktop


def test_from_doctor_to_uninstall(walk: Walk) -> None:
    needs("kwin_wayland", "swaync")
    bed = walk.bed
    bed.bus()
    bed.kwin()
    bed.spawn("swaync")
    bed.env["XDG_CURRENT_DESKTOP"] = "sway"
    assert "not running" in walk.types("doctor")
    assert "unhunch run" in walk.types("status", "--json", code=3)
    assert "Would write" in walk.types("enable", "--dry-run")
    assert not walk.file(".config/autostart").exists(), "a dry run writes nothing"

    said = walk.types("setup", "--yes")
    assert "add this line to ~/.config/sway/config: exec" in said, "sway starts no autostart entry"
    assert "Watching: wayland." in said
    bed.until("the daemon", lambda: json.loads(walk.types("status", "--json"))["pid"])
    assert "ext-idle-notify" in walk.types("doctor")

    bar = json.loads(walk.types("status", "--format", "waybar"))
    assert {"text", "tooltip", "class", "percentage"} <= set(bar)
    assert walk.types("status", "--format", "{done}/{goal}") == "0/1\n"
    said = walk.types("status", "--format", "{strech}", code=2)
    assert "Known keys: mood, presence, stretch" in said

    assert "It takes a whole number from 1 to 4." in walk.types("config", "set", "goal", "five", code=2)
    assert "Did you mean goal?" in walk.types("config", "set", "gaol", "2", code=2)
    assert "goal = 2" in walk.types("config", "set", "goal", "2")
    path = walk.types("config", "path").strip()
    assert path == str(walk.file(".config/unhunch/config.toml"))
    walk.types("config", "set", "hooks.session", "cat")
    assert "is all right" in walk.types("config", "check")

    assert "Paused until" in walk.types("pause", "90")
    assert "Notices are on again." in walk.types("resume")
    assert "Nothing is paused" in walk.types("resume")
    assert "ends before it begins" in walk.types("amend", "10:00-9:00", "away", code=2)
    assert "Did you mean 'snooze'?" in walk.types("snoze", code=2)
    told = [json.loads(line) for line in walk.types("events").splitlines()]
    assert {"pause", "resume"} <= {event["event"] for event in told}
    assert "Answer them first: unhunch screening" in walk.types("log", "--at", "yesterday 9:00", code=1)

    assert json.loads(walk.types("week", "--json"))["done"] == 0
    assert len(json.loads(walk.types("week", "--months", "6", "--json"))["months"]) == 6
    assert "from 1 to 24" in walk.types("week", "--months", "0", code=2)
    assert "Wrote" in walk.types("export", "out.json")
    assert json.loads(walk.file("out.json").read_text())

    walk.types("routine", "new", "mine.toml")
    walk.file("mine.toml").write_text(
        walk.file("mine.toml").read_text().replace("move_seconds = 8", "move_seconds = 99")
    )
    said = walk.types("routine", "add", "mine.toml", code=2)
    assert "move_seconds: found 99, allowed is a number from 3 to 30" in said
    walk.file("mine.toml").write_text(
        walk.file("mine.toml").read_text().replace("move_seconds = 99", "move_seconds = 8")
    )
    walk.types("routine", "add", "mine.toml")
    assert "theirs.toml is written" in walk.types("routine", "export", "mine", "theirs.toml")
    assert "_unhunch" in walk.types("completion", "zsh")

    said = walk.types("uninstall", "--history", "--yes")
    assert "your own routines" in said
    walk.types("status", code=3)
    assert not walk.file(".local/share/unhunch/unhunch.sqlite").exists()
