"""pynput where it is missing on X11: the one command for this very installation, offered and carried out when told."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, write
from unhunch.adapters import installation
from unhunch.adapters.installation import Installation, Kind, lacks_pynput
from unhunch.cli import doctor, witness

Run = Callable[..., Ran]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """An X11 desktop, and no pynput."""
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    there = installation.find_spec
    monkeypatch.setattr(installation, "find_spec", lambda name: None if name == "pynput" else there(name))


def test_it_is_missed_on_x11_alone(without: None) -> None:
    assert lacks_pynput({"DISPLAY": ":0"})
    assert not lacks_pynput({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
    assert not lacks_pynput({})


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Kind.PIPX, ["pipx", "runpip", "unhunch", "install", "--no-deps", installation.PYNPUT]),
        (Kind.VENV, [sys.executable, "-m", "pip", "install", "--no-deps", installation.PYNPUT]),
        (Kind.SYSTEM, ["sudo", "apt", "install", "python3-pynput"]),
    ],
)
def test_each_installation_has_its_own_command(kind: Kind, line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert Installation(kind, Path("/home/me/.local/pipx/venvs/unhunch")).gets_pynput == line


def test_doctor_names_the_command_and_what_goes_on_without_it(run: Run, without: None) -> None:
    said = run("doctor").out
    assert "pynput is missing" in " ".join(said.split())
    assert "Without it the X server's idle counter decides alone" in " ".join(said.split())
    assert witness.command() in said.replace("\n", " ").replace("  ", "") or "--no-deps" in said


@pytest.mark.parametrize(("answer", "asked"), [("yes", True), ("", False), ("no", False)])
def test_doctor_offers_it_to_a_person_and_does_it_when_told(
    answer: str, asked: bool, without: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = write(tmp_path / "pipx", f'#!/bin/sh\necho "$*" > {tmp_path}/called\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(Installation, "own", classmethod(lambda cls: cls(Kind.PIPX, Path("/x/unhunch"))))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: answer)
    doctor._offer_witness()
    called = tmp_path / "called"
    assert called.exists() is asked
    if asked:
        assert called.read_text() == "runpip unhunch install --no-deps pynput>=1.8,<2\n"


def test_what_cannot_be_had_holds_nothing_up(
    without: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Installation, "own", classmethod(lambda cls: cls(Kind.PIPX, Path("/x/unhunch"))))
    assert witness.bring() is False
    said = capsys.readouterr().out
    assert "It could not be had." in said
    assert "all else goes on" in said
    assert "pipx runpip unhunch install --no-deps" in said
