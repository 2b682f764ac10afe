"""A command of the user's that is told what happens: a real daemon, real commands, real files."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_bad_input import UNHUNCH, unhunch
from tests.desktop.bed import Bed
from unhunch.daemon import hooks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a real daemon on its own socket")


@pytest.fixture
def bed() -> Iterator[Bed]:
    with Bed() as one:
        yield one


def configured(bed: Bed, mode: int = 0o600, **commands: str) -> None:
    folder = bed.home / ".config/unhunch"
    folder.mkdir(parents=True, exist_ok=True)
    text = "[hooks]\n" + "".join(f"{name} = {json.dumps(command)}\n" for name, command in commands.items())
    (folder / "config.toml").write_text(text)
    (folder / "config.toml").chmod(mode)
    bed.spawn(UNHUNCH, "run", "--source", "none")
    bed.until("the daemon", lambda: unhunch(bed, "status").returncode == 0)


def script(bed: Bed, body: str, mode: int = 0o700) -> Path:
    path = bed.home / "hook.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(mode)
    return path


def session(bed: Bed, key: str = "k") -> None:
    """One that begins and ends: two events."""
    from unhunch.control import client

    socket = Path(bed.env["XDG_RUNTIME_DIR"]) / "unhunch" / "control.sock"
    for event in ("began", "ended"):
        client.ask(socket, "session", {"event": event, "key": key, "size": "short", "status": "done"})


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def problems(bed: Bed) -> list[str]:
    found: list[str] = json.loads(unhunch(bed, "status", "--json").stdout)["problems"]
    return found


def test_it_gets_the_event_as_followers_do_one_at_a_time(bed: Bed) -> None:
    out = bed.home / "out"
    # The first is still running when the second and third come: the newest waits, nothing runs beside it.
    configured(
        bed, session=str(script(bed, f"mkdir {bed.home}/one || exit 9; cat >> {out}; sleep 1; rmdir {bed.home}/one"))
    )
    session(bed)
    bed.until("both", lambda: len(lines(out)) == 2)
    assert [line["is"] for line in lines(out)] == ["began", "ended"]
    assert {"at", "event", "is", "status"} <= set(lines(out)[1])
    session(bed, "another")
    bed.until("the newest", lambda: lines(out)[2:] and lines(out)[-1]["is"] == "ended")
    assert not [text for text in problems(bed) if "hook" in text]


def test_one_that_fails_or_is_not_there_is_told_and_stops_nothing(bed: Bed) -> None:
    configured(bed, session=str(script(bed, "echo 'the lamp is out' >&2; exit 3")), presence="no-such-lamp")
    session(bed)
    bed.until("the failure", lambda: any("exit code 3: the lamp is out" in text for text in problems(bed)))
    told = unhunch(bed, "doctor").stdout
    assert "the lamp is out" in " ".join(told.split())
    assert unhunch(bed, "status").returncode == 0


@pytest.mark.parametrize("whose", ["configuration", "program", "argument"])
def test_nothing_runs_from_a_file_that_others_can_write(bed: Bed, whose: str) -> None:
    out = bed.home / "out"
    path = script(bed, f"cat > {out}", mode=0o722 if whose in ("program", "argument") else 0o700)
    command = f"sh {path}" if whose == "argument" else str(path)
    configured(bed, mode=0o666 if whose == "configuration" else 0o600, session=command)
    session(bed)
    bed.until("the refusal", lambda: any("others can write" in text for text in problems(bed)))
    assert not out.exists()


def test_one_that_hangs_holds_nothing_up(bed: Bed) -> None:
    configured(bed, session=str(script(bed, "sleep 1000")))
    session(bed)
    assert unhunch(bed, "status").returncode == 0
    assert unhunch(bed, "pause", "1h").returncode == 0


def test_what_is_run_is_looked_at_file_by_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    mine = tmp_path / "mine"
    mine.write_text("")
    mine.chmod(0o644)
    assert hooks.unsafe([mine, tmp_path / "gone"]) == ""
    mine.chmod(0o664)
    assert str(mine) in hooks.unsafe([mine])
    mine.chmod(0o644)
    tmp_path.chmod(0o777)
    assert str(tmp_path) in hooks.unsafe([mine]), "who can write the folder can put another file there"
    tmp_path.chmod(0o755)
    (tmp_path / "link").symlink_to(mine)
    mine.chmod(0o666)
    assert str(mine) in hooks.unsafe([tmp_path / "link"])
    assert hooks.words("sh -c 'echo hello'")[1:] == ["-c", "echo hello"]
    with pytest.raises(ValueError, match="no program"):
        hooks.words("no-such-program at all")
    assert hooks.files([sys.executable, "x", os.devnull]) == [Path(sys.executable)]
