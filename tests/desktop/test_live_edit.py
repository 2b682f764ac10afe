"""The configuration changed while the daemon runs: a mistake is told once, on the screen, and breaks nothing."""

import stat

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import Desk

pytestmark = pytest.mark.desktop


@pytest.fixture
def desk(bed: Bed) -> Desk:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    made = Desk(bed)
    made.start()
    return made


def test_a_mistake_is_told_once_by_a_notice(desk: Desk) -> None:
    bed, good = desk.bed, desk.config.read_text()

    def complained(key: str) -> bool:
        return any(key in problem for problem in desk.status()["problems"])

    desk.config.write_text(good + "\n[snooze]\nlength = 5\n")
    bed.until("the notice", lambda: bed.displayed() == 1)
    assert complained("configuration")
    bed.dunstctl("close-all")
    bed.until("a clear screen", lambda: bed.displayed() == 0)

    desk.config.write_text(good + "\n[snooze]\nlength = 6\n")  # saved again, still wrong
    bed.until("the second look at it", lambda: bed.log("unhunch").count("old settings stay") == 2)
    assert complained("configuration")
    assert bed.displayed() == 0, "told once"

    desk.config.write_text(good)
    bed.until("all being well", lambda: not complained("configuration"))
    desk.config.write_text(good + "\n[snooze]\nlength = 5\n")
    bed.until("the notice of a new mistake", lambda: bed.displayed() == 1)


def test_edit_and_set_reach_the_daemon_and_keep_comments(desk: Desk) -> None:
    bed = desk.bed
    editor = bed.dir / "editor"
    editor.write_text(
        '#!/bin/sh\nprintf \'# mine\\n\' >> "$1"\nsed -i \'s/first_latest = .*/first_latest = "3 s"/\' "$1"\n'
    )
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    bed.env["EDITOR"] = str(editor)
    done = desk.run("config", "edit")
    assert done.returncode == 0, done.stderr
    assert "The daemon uses it from now on." in done.stdout
    assert desk.config.read_text().endswith("# mine\n")
    done = desk.run("config", "set", "snooze.length", "15", "min")
    assert 'snooze.length = "15 min"' in done.stdout
    text = desk.config.read_text()
    assert "# mine\n" in text
    assert 'first_latest = "3 s"' in text
    assert desk.status()["problems"] == []
    done = desk.run("config", "set", "snooze.length", "soon")
    assert done.returncode == 2
    assert desk.config.read_text() == text
