"""`unhunch routine`: handing routines on, mistakes in them, and hearing them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, write
from tests.cli.test_commands import parts
from unhunch.errors import Exit
from unhunch.paths import Paths
from unhunch.session import speaking

Run = Callable[..., Ran]


def test_a_routine_is_exported_and_added_elsewhere(
    run: Run, places: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "unhunch routine add mine.toml" in run("routine", "export").out, "the built-in one, under a name for add"
    mine = tmp_path / "mine.toml"
    write(mine, mine.read_text().replace('label = "Short"', 'label = "Shortest"'))
    assert run("routine", "add", "mine.toml").code == Exit.DONE
    assert "(mine)" in run("routine").out, "the name that is typed, and not the one that it was copied with"
    parts(run("routine", "export", "mine"))  # there is such a file: it stays as it is
    assert run("routine", "export", "mine", "theirs.toml").code == Exit.DONE
    assert (tmp_path / "theirs.toml").read_text() == mine.read_text() == (places.routines / "mine.toml").read_text()
    (places.routines / "mine.toml").unlink()
    assert run("routine", "add", "theirs.toml").code == Exit.DONE, "on another computer"
    mine.unlink()
    assert "more.toml is written." in run("routine", "export", "theirs", "more.toml").out
    assert "There are: thoracic-foam-roller, theirs." in " ".join(parts(run("routine", "export", "nobody")))
    parts(run("routine", "export", "theirs", "thoracic-foam-roller.toml"))
    parts(run("routine", "export", "theirs", "theirs.txt"))
    parts(run("routine", "check", "a.toml", "b.toml"))
    write(places.routines / "theirs.toml", "format = 1\n")
    parts(run("routine", "export", "theirs", "bad.toml"))
    assert not (tmp_path / "bad.toml").exists()


def test_a_mistake_in_a_routine_names_what_is_allowed(run: Run, tmp_path: Path) -> None:
    run("routine", "new", str(tmp_path / "mine.toml"))
    good = (tmp_path / "mine.toml").read_text()
    for said, wrong, allowed in (
        ("inhale_share = 0.46", "inhale_share = 2", "a number from 0.3 to 0.6"),
        ('positions = ["P1", "P3", "P5"]', 'positions = ["P1", "P9"]', "P1, P2, P3, P4, P5, P6"),
        ("move_seconds = 8", "move_seconds = 80", "a number from 3 to 30"),
        ("format = 2", "format = 7", "2"),
        ("format = 2", "format = 2\nfrmat = 1", "known are format, name, title"),
    ):
        assert said in good, said
        ran = run("routine", "check", str(write(tmp_path / "bad.toml", good.replace(said, wrong))))
        assert ran.code == Exit.WRONG
        assert allowed in " ".join(ran.err.split()), ran.err


def test_a_preview_is_heard_in_recordings_and_what_is_ones_own_in_the_computers_voice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that write down what they are given."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(speaking, "BETWEEN", 0.0)
    assert "espeak-ng" in parts(run("routine", "preview", "--listen"))[-1]
    for name, given in (("pw-play", '"$1"'), ("espeak-ng", '"$(/bin/cat)"')):
        write(programs / name, f"#!/bin/sh\necho {given} >> {tmp_path}/{name}\n").chmod(0o755)
    ran = run("routine", "preview", "--listen", "--size", "short")
    assert ran.code == Exit.DONE, ran.err
    played = (tmp_path / "pw-play").read_text().splitlines()
    assert len(played) == len([line for line in ran.out.splitlines() if ":" in line[:5]]) > 20, "each sentence, once"
    assert all(Path(file).is_file() for file in played)
    assert not (tmp_path / "espeak-ng").exists()

    theirs, own = "Sit up slowly. How does your back feel?", "Sit up. How is your back now?"
    run("routine", "new", str(tmp_path / "mine.toml"))
    changed = (tmp_path / "mine.toml").read_text().replace(theirs, own)
    assert own in changed
    run("routine", "preview", str(write(tmp_path / "mine.toml", changed)), "--listen", "--size", "short")
    assert own in (tmp_path / "espeak-ng").read_text()
    assert (tmp_path / "pw-play").read_text().count("\n") > len(played), "the rest is the recording"


def test_a_file_that_is_not_there_and_a_size_that_there_is_none_of_are_named(run: Run) -> None:
    for action in ("check", "add"):
        assert parts(run("routine", action, "nope.toml"))[0] == "There is no file nope.toml."
    assert parts(run("routine", "preview", "--size", "huge"))[0].startswith("'huge' is not one of short, standard")
