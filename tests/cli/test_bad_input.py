"""What goes wrong on the way in: three lines, the right exit code, nothing harmed, never a traceback."""

import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import kept
from tests.desktop.bed import Bed
from unhunch.adapters.store.migrations import APPLICATION_ID

UNHUNCH = str(Path(sys.executable).with_name("unhunch"))


@pytest.fixture
def bare() -> Iterator[Bed]:
    """No display, no bus, no notification server, no configuration."""
    with Bed() as bed:
        yield bed


def unhunch(bed: Bed, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([UNHUNCH, *words], env=bed.env, capture_output=True, text=True, timeout=60, check=False)


def database(bed: Bed) -> Path:
    path = bed.home / ".local/share/unhunch/unhunch.sqlite"
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    return path


def assert_three_parts(done: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 3, done.stderr
    for word in said:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (("stop",), "Did you mean 'quit'?"),
        (("install",), "Did you mean 'enable'?"),
        (("uninstal",), "Did you mean 'uninstall'?"),
        (("config", "set", "hours.fri", "9-5"), "Write 9-17 for the day, or 09:00-05:00 for the night."),
        (("config", "set", "hours.fri", "9-25"), "There is no 25."),
        (("config", "set", "hours.fri", "8"), "'8' is not a time from-to."),
        (("config", "set", "snooze.length", "15"), "15 of what? Write 15 s, 15 min or 15 h."),
        (("config", "set", "snooze.length", "15", "minits"), "There is no unit 'minits'"),
        (("config", "set", "workdays", "mon-fry"), "There is no day 'fry'."),
        (("version",), "Did you mean '--version'?"),
        (("start", "short"), "Did you mean '--short'?"),
        (("config", "show", "--jsn"), "Did you mean '--json'?"),
        (("log", "--hepl"), "Did you mean '--help'?"),
        (("log", "--when", "tomorrow"), "unhunch log has no option --when.\n"),
        (("amend", "9-10"), "not said what you did then.\nNothing was done.\nType away, sitting or standing"),
        (("amend", "yesterday", "9-10"), "after the time: unhunch amend yesterday 9-10 away"),
        (("--verbose", "status"), "a command comes first"),
        (("stand", "up"), "does not expect 'up'.\n"),
    ],
)
def test_what_was_meant_is_named(bare: Bed, typed: tuple[str, ...], hint: str) -> None:
    done = unhunch(bare, *typed)
    assert_three_parts(done, 2, hint)


@pytest.mark.parametrize("columns", [80, 50])
def test_a_terminal_gets_no_word_broken_at_its_edge(bare: Bed, columns: int) -> None:
    us, them = pty.openpty()
    fcntl.ioctl(them, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    done = subprocess.run(
        [UNHUNCH, "config", "set", "hours.fri", "9 to 5"],
        env=bare.env, stdin=them, stdout=them, stderr=them, timeout=60, check=False,
    )  # fmt: skip
    said = os.read(us, 4096).decode().splitlines()
    os.close(us)
    os.close(them)
    assert done.returncode == 2
    assert max(map(len, said)) <= columns
    plain = unhunch(bare, "config", "set", "hours.fri", "9 to 5").stderr
    assert " ".join(said).split() == plain.split()
    assert len(plain.splitlines()) == 3, "whoever reads it with a program has each part in a line"


def small_disk(bed: Bed) -> Path | None:
    """The folder of the history, on a disk of 512 KB; None where nothing can be mounted."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return None
    folder = database(bed).parent
    line = ["mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", str(folder)]
    return folder if subprocess.run(line, capture_output=True, check=False).returncode == 0 else None


def test_what_a_full_disk_ended_is_typed_again_and_does_not_go_on_by_itself(bare: Bed) -> None:
    folder = small_disk(bare)
    if folder is None:
        pytest.skip("needs root and the right to mount a tmpfs")
    try:
        (folder / "filler").write_bytes(b"\0" * 512 * 1024)
        done = unhunch(bare, "run", "--source", "none")
        assert_three_parts(
            done, 1, "There is no space left", "A daemon that runs goes on by itself; type all else again."
        )
        (folder / "filler").unlink()
        assert unhunch(bare, "status").returncode == 3, "it has ended, and nothing else was promised"
        daemon = bare.spawn(UNHUNCH, "run", "--source", "none")
        bare.until("the daemon", lambda: unhunch(bare, "status").returncode == 0)
        daemon.terminate()
        assert daemon.wait(20) == 0
    finally:
        bare.close()
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_what_is_named_to_end_another_daemon_ends_it(bare: Bed) -> None:
    daemon = bare.spawn(UNHUNCH, "run", "--source", "none")
    bare.until("the daemon", lambda: unhunch(bare, "status").returncode == 0)
    assert_three_parts(unhunch(bare, "run", "--source", "none"), 5, "or end it (unhunch quit) and try again")
    assert unhunch(bare, "quit").returncode == 0
    assert daemon.wait(20) == 0


def test_run_without_anything_stays_up_and_says_so(bare: Bed) -> None:
    daemon = bare.spawn(UNHUNCH, "run", "--source", "none")
    bare.until("the daemon", lambda: unhunch(bare, "status").returncode == 0)
    status = unhunch(bare, "status").stdout
    assert "cannot be seen" in status
    assert "Traceback" not in status
    daemon.terminate()
    assert daemon.wait(20) == 0


def test_a_source_asked_for_by_name_that_cannot_be_used(bare: Bed) -> None:
    assert_three_parts(unhunch(bare, "run", "--source", "x11"), 4, "x11", "DISPLAY")
    assert_three_parts(unhunch(bare, "run", "--source", "wayland"), 4, "wayland")
    assert_three_parts(unhunch(bare, "run", "--source", "mutter"), 4, "mutter")
    assert_three_parts(unhunch(bare, "run", "--source", "x12"), 2, "Did you mean 'x11'?")


def test_a_broken_configuration(bare: Bed) -> None:
    path = bare.home / ".config/unhunch/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('gaol = 2\n[ladder]\nwait_1 = "soon"\n')
    assert_three_parts(unhunch(bare, "config", "check"), 2, "gaol", "goal", "ladder.wait_1", "soon", "30 min")
    path.write_text("goal = = 2")
    assert_three_parts(unhunch(bare, "config", "check"), 2, "line 1")
    assert_three_parts(unhunch(bare, "setup", "--yes"), 2, "line 1")
    assert path.read_text() == "goal = = 2"


def test_a_broken_configuration_at_login_means_the_last_good_one_and_no_silence(bare: Bed) -> None:
    path = bare.home / ".config/unhunch/config.toml"
    path.parent.mkdir(parents=True)

    def life(text: str) -> dict[str, Any]:
        path.write_text(text)
        daemon = bare.spawn(UNHUNCH, "run", "--source", "none")
        bare.until("the daemon", lambda: unhunch(bare, "status").returncode == 0)
        status = json.loads(unhunch(bare, "status", "--json").stdout)
        plan = json.loads(unhunch(bare, "plan", "--json").stdout)
        daemon.terminate()
        assert daemon.wait(20) == 0
        return {"problems": " ".join(status["problems"]), "first": plan["due"][0]["at_min"]}

    before = life("goal = = 3")
    assert "goal = = 3" in before["problems"]
    assert "The defaults hold until then. Mend it: unhunch config edit" in before["problems"]
    assert before["first"] == 90
    assert life('# mine\ndue.first_latest_new = "70 min"\n')["first"] == 70
    after = life("goal = 9\n")
    assert "goal = 9: must be a whole number from 1 to 4. The settings that were right last hold" in after["problems"]
    assert after["first"] == 70
    assert path.read_text() == "goal = 9\n", "the file is its owner's to mend"
    done = unhunch(bare, "routine")
    assert done.returncode == 0
    assert "The configuration has a mistake" in done.stderr
    path.unlink()
    assert life("")["first"] == 90, "an empty one is right: the defaults"


def test_a_database_of_a_later_version_is_left_alone(bare: Bed) -> None:
    path = database(bare)
    kept.change(path, f"pragma application_id = {APPLICATION_ID}", "pragma user_version = 99")
    before = path.read_bytes()
    assert_three_parts(unhunch(bare, "run"), 1, "later version")
    assert_three_parts(unhunch(bare, "week"), 1, "later version")
    assert path.read_bytes() == before


def test_what_is_no_database_is_moved_aside_whole(bare: Bed) -> None:
    path = database(bare)
    text = b"my shopping list\n" * 500
    path.write_bytes(text)
    daemon = bare.spawn(UNHUNCH, "run", "--source", "none")
    bare.until("the daemon", lambda: unhunch(bare, "status").returncode == 0)
    assert "moved aside" in unhunch(bare, "status").stdout
    daemon.terminate()
    assert daemon.wait(20) == 0
    kept = [found for found in path.parent.glob("unhunch-aside-*.sqlite") if found.read_bytes() == text]
    assert len(kept) == 1


def test_an_unreadable_recording(bare: Bed, tmp_path: Path) -> None:
    torn = tmp_path / "idlelog.log"
    torn.write_bytes(b"\x00\x0f\x01garbage")
    assert_three_parts(unhunch(bare, "replay", str(torn)), 2, "idlelog.log")
    assert_three_parts(unhunch(bare, "replay", str(tmp_path / "gone")), 2, "gone")
    assert_three_parts(unhunch(bare, "replay", "/etc"), 2, "/etc")


def test_commands_without_a_daemon(bare: Bed) -> None:
    for words in (("status",), ("why",), ("snooze",), ("skip",), ("pause", "1h"), ("resume",)):
        assert_three_parts(unhunch(bare, *words), 3, "not running", "unhunch enable")


@pytest.mark.parametrize("package", ["pynput", "Xlib", "plyer"])
def test_a_package_that_is_missing_is_no_failure(bare: Bed, package: str, tmp_path: Path) -> None:
    """The daemon runs, and says what it does without."""
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    bare.env["PYTHONPATH"] = str(tmp_path)
    daemon = bare.spawn(UNHUNCH, "run", log="daemon")
    bare.until("the daemon", lambda: unhunch(bare, "status").returncode == 0)
    time.sleep(0.5)
    assert daemon.poll() is None
    daemon.terminate()
    assert daemon.wait(20) == 0
    assert "Traceback" not in bare.log("daemon")
