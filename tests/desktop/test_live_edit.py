"""The configuration changed while the daemon runs: a mistake is told once, on the screen, and breaks nothing."""

import stat
import subprocess
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH, Desk
from tests.desktop.parts import needs
from tests.desktop.usermanager import UserSystemd

pytestmark = pytest.mark.desktop


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
    bed.until("the second look at it", lambda: bed.log("unhunch").count("hold until then") == 2)
    assert complained("configuration")
    assert bed.displayed() == 0, "told once"

    desk.config.write_text(good)
    bed.hands.key()  # who edits is there; a desk that nobody touches is hardly looked at
    bed.until("all being well", lambda: not complained("configuration"))
    bed.hands.key()
    desk.config.write_text(good + "\n[snooze]\nlength = 5\n")
    bed.until("the notice of a new mistake", lambda: bed.displayed() == 1)


def test_a_mistake_at_login_is_told_by_a_notice_that_says_what_to_mend(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    good = desk.config.read_text()
    desk.config.write_text("goal = 9\n" + good)
    desk.start()
    bed.until("the notice", lambda: bed.displayed() == 1)
    bed.dunstctl("close-all")
    shown = bed.dunstctl("history")
    assert "line 1: goal = 9: must be a whole number from 1 to 4. The defaults hold until then." in shown
    assert "Mend it: unhunch config edit" in shown


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


def test_the_editor_outlives_the_unit_that_opened_it(bed: Bed) -> None:
    """Under systemd, a click on Settings runs in a unit that ends at once; the editor gets a scope of its own."""
    needs("xdg-open", "systemd-run")
    bed.bus()
    bed.xvfb()
    systemd = UserSystemd(bed)
    opened, editor = bed.dir / "opened", bed.dir / "editor"
    editor.write_text(f'#!/bin/sh\necho "$1" > {opened}\nexec sleep 60\n')
    editor.chmod(0o755)
    entry = Path(bed.env["XDG_DATA_HOME"]) / "applications/editor.desktop"
    entry.parent.mkdir(parents=True)
    kinds = ("application/toml", "text/plain")
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=Editor\nExec={editor} %f\nMimeType={';'.join(kinds)};\n")
    defaults = "".join(f"{kind}=editor.desktop\n" for kind in kinds)
    (Path(bed.env["XDG_CONFIG_HOME"]) / "mimeapps.list").write_text(f"[Default Applications]\n{defaults}")
    words = ("systemd-run", "--user", "--collect", "--wait", f"--setenv=DISPLAY={bed.env['DISPLAY']}", "--")
    done = subprocess.run(
        [*words, UNHUNCH, "config", "open"], env=systemd.env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    bed.until("the editor", opened.exists)
    assert opened.read_text() == f"{bed.home}/.config/unhunch/config.toml\n"
    assert "xdg-open" in systemd.ctl("list-units", "--type=scope", "--no-legend"), "it is still there"
    systemd.ctl("exit")
