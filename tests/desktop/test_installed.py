"""`pip install .` into an empty environment, run through a link in ~/.local/bin as pipx does: it all works there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.desktop.usermanager import UserSystemd
from unhunch.cli.completion import FILES, MANUAL
from unhunch.service.files import UNIT

pytestmark = [pytest.mark.desktop, pytest.mark.slow(25)]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds Unhunch and what it says it needs, and nothing of this one. Needs the package index."""
    folder = tmp_path_factory.mktemp("pipx") / "unhunch"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(folder / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(ROOT)],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode and os.environ.get("CI") != "true" and "No matching distribution" in done.stderr:
        pytest.skip("no package index can be reached from here")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def systemd(bed: Bed, venv: Path) -> Iterator[UserSystemd]:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    link = bed.home / ".local/bin/unhunch"
    link.parent.mkdir(parents=True)
    link.symlink_to(venv / "bin/unhunch")
    manager = UserSystemd(bed)
    manager.env["PATH"] = f"{link.parent}:{manager.env['PATH']}"
    manager.reach_desktop()
    yield manager
    manager.ctl("exit")


def unhunch(systemd: UserSystemd, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        ["unhunch", *words], env=systemd.env, cwd=systemd.bed.home, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_it_starts_at_login_and_works_from_its_own_environment(venv: Path, bed: Bed, systemd: UserSystemd) -> None:
    assert unhunch(systemd, "status", code=3) == ""
    dry = unhunch(systemd, "enable", "--dry-run")
    assert f"ExecStart={venv}/bin/unhunch run" in dry
    assert not (systemd.units / UNIT).exists()

    assert f"Started {UNIT}." in unhunch(systemd, "enable")
    status = json.loads(unhunch(systemd, "status", "--json"))
    assert status["source"]["name"] == "x11"
    assert status["problems"] == []
    assert status["pid"] == systemd.pid(UNIT)
    running = Path(f"/proc/{status['pid']}/cmdline").read_bytes().split(b"\0")
    assert str(venv / "bin/unhunch").encode() in running

    assert "At your desk" in unhunch(systemd, "week")
    report = bed.dir / "week.html"
    unhunch(systemd, "week", "--html", str(report))
    assert "<html" in report.read_text()

    again = unhunch(systemd, "enable")
    assert "Wrote" not in again
    assert systemd.pid(UNIT) == status["pid"], "one daemon, not restarted for nothing"
    unhunch(systemd, "run", code=5)

    text = (systemd.units / UNIT).read_text()
    (systemd.units / UNIT).write_text(text.replace(str(venv), "/gone"))  # as after a move of the environment
    assert f"Wrote {systemd.units / UNIT}" in unhunch(systemd, "enable")
    assert (systemd.units / UNIT).read_text() == text
    bed.until("it runs again", lambda: systemd.ctl("is-active", UNIT) == "active")

    unhunch(systemd, "disable")
    assert not (systemd.units / UNIT).exists()
    unhunch(systemd, "status", code=3)
    assert "nothing to remove" in unhunch(systemd, "disable")


def test_what_it_reads_came_with_it(venv: Path, tmp_path: Path) -> None:
    for name in (*FILES.values(), MANUAL):
        assert (venv / name).read_text() == (ROOT / name).read_text()
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def says(*words: str) -> str:
        line = [str(venv / "bin/unhunch"), *words]
        done = subprocess.run(line, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "Upper-back foam roller" in says("routine")
    assert "#compdef unhunch" in says("completion", "zsh")
    assert "--- " in says("enable", "--dry-run")
    rooms = ("session.page", "daemon.daemon", "play.replay", "play.demo")
    probe = f"import unhunch, {', '.join(f'unhunch.{room}' for room in rooms)}; print(unhunch.__file__)"
    done = subprocess.run(
        [str(venv / "bin/python"), "-c", probe], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith(str(venv)), done.stderr
