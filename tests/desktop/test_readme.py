"""The README's commands, examples and configuration are carried out as they are written there.

The clock of this desk stands at some minutes past one: a time zone is chosen that makes it so.
"""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH, Desk
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.config import parse
from unhunch.control import client
from unhunch.core.facts import Fact, Kind

pytestmark = pytest.mark.desktop

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
HOUR_OF_DAY = 13
MORE = "..."
"""Ends an output that goes on."""


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def noon(bed: Bed) -> None:
    """POSIX writes zones the other way round: "XYZ-2" is two hours ahead of UTC."""
    east = (HOUR_OF_DAY - datetime.now(UTC).hour + 12) % 24 - 12
    bed.env["TZ"] = f"XYZ{-east:+d}"


def offset(bed: Bed) -> int:
    return -3600 * int(bed.env["TZ"][3:])


def lived(bed: Bed) -> None:
    """A morning at the desk until this moment, and one session in it."""
    now, zone = time.time(), offset(bed)
    today = datetime.fromtimestamp(now + zone, UTC)
    folder = bed.home / ".local/share/unhunch"
    folder.mkdir(parents=True, mode=0o700)
    store = SqliteStore(folder / "unhunch.sqlite")
    facts: list[Fact] = []
    day = f"{today:%Y-%m-%d}"

    def tell(kind: Kind, ago: float, length: float = 0.0, **body: object) -> None:
        start = now - 60 * ago
        facts.append(Fact(kind, start, zone, "before", start - 1e9, 60 * length, day, body, f"r{len(facts)}"))

    tell(Kind.DAY, 250, date=day, expected=20700.0, goal=2)
    tell(Kind.SCREENING, 250, verdict="pass")
    tell(Kind.GOAL, 250, **{"decision": "set", "rule": "set", "from": 1, "to": 2, "why": "you set it", "figures": {}})
    tell(Kind.RUNNING, 250, 249.5, source="x11", ladder=[0.0, 0.0])
    tell(Kind.INPUT, 250, 147)
    tell(Kind.SESSION, 100, status="done", size="short", source="page", routine="thoracic-foam-roller")
    tell(Kind.INPUT, 38, 37.5)
    tell(Kind.STOPPED, 0.5)
    store.write(facts, {})
    store.close()


@pytest.fixture
def running(bed: Bed) -> Iterator[Bed]:
    """The daemon on an ordinary afternoon, and `unhunch` on the PATH."""
    noon(bed)
    lived(bed)
    bed.bus()
    bed.xvfb()
    bed.dunst()
    bed.env["PATH"] = f"{Path(UNHUNCH).parent}:{bed.env['PATH']}"
    bed.hands.key()
    bed.spawn(UNHUNCH, "run", log="unhunch")
    bed.until("the daemon's answer", lambda: "At your desk" in bed.output(UNHUNCH, "status"))
    yield bed


def masked(line: str) -> str:
    """A line without its figures and without how widely it is set."""
    return " ".join(re.sub(r"\d+([.:]\d+)?( h \d+)?", "N", line).replace("N h", "N").replace("N min", "N").split())


def test_its_commands_print_what_it_says(running: Bed) -> None:
    shown = blocks("console")
    assert len(shown) >= 3
    for block in shown:
        command, *wanted = block.rstrip("\n").splitlines()
        assert command.startswith("$ ")
        printed = running.output("sh", "-c", command[2:]).rstrip("\n").splitlines()
        if wanted[-1] == MORE:
            wanted.pop()
            assert len(printed) > len(wanted)
        else:
            assert len(printed) == len(wanted), printed
        for line, real in zip(wanted, printed, strict=False):
            assert masked(real) == masked(line)


def test_its_waybar_module_works(running: Bed) -> None:
    (module,) = blocks("jsonc")
    settings = json.loads("{" + module + "}")["custom/unhunch"]
    assert settings["return-type"] == "json"
    # It stays and follows: its first line is what the panel shows at once.
    told = json.loads(running.output("sh", "-c", f"timeout 20 {settings['exec']} | head -n 1"))
    assert set(told) == {"text", "alt", "class", "tooltip", "percentage"}
    assert "At your desk" in told["tooltip"]
    assert settings["on-click"].split()[1] in running.output(UNHUNCH, "--help")


def test_its_script_switches_a_lamp(bed: Bed) -> None:
    (script,) = blocks("sh")
    bin_ = bed.dir / "bin"
    bin_.mkdir()
    (bin_ / "lamp").write_text(f'#!/bin/sh\necho "$1" >> {bed.dir}/lamp.txt\n')
    (bin_ / "script").write_text(script)
    for name in ("lamp", "script"):
        (bin_ / name).chmod(0o755)
    bed.env["PATH"] = f"{bin_}:{Path(UNHUNCH).parent}:{bed.env['PATH']}"
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    desk.start()
    bed.spawn(str(bin_ / "script"), log="script")
    lamp = bed.dir / "lamp.txt"
    time.sleep(0.5)  # for the script to listen; nothing tells when it does
    desk.type(7)
    desk.asked()
    bed.until("the lamp being on", lambda: lamp.exists() and lamp.read_text() == "on\n")
    assert desk.run("skip").returncode == 0
    bed.until("the lamp being off", lambda: lamp.read_text().split()[-1] == "off")
    switched = len(lamp.read_text().split())
    client.ask(bed.run / "unhunch/control.sock", "session", {"event": "began", "size": "short"})
    bed.until("the lamp being off at a session", lambda: len(lamp.read_text().split()) > switched)
    assert "on" not in lamp.read_text().split()[switched:]


def test_its_configuration_is_right() -> None:
    text, *more = blocks("toml")
    assert len(text.splitlines()) == 5
    for each in more:
        parse(each, "README.md")
    assert parse(text, "README.md").goal == 2


def test_what_it_points_at_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target


def test_its_commands_exist() -> None:
    from unhunch.cli.index import COMMANDS

    for name in re.findall(r"(?:^|[`'])unhunch (\w+)", README, re.MULTILINE):
        assert name in COMMANDS, name


def test_its_figures_of_costs_are_measured_ones() -> None:
    measured = (ROOT / "BENCHMARKS.md").read_text("utf-8")
    found = re.findall(r"(\d+\.\d+)\s(?:MiB|% of a core)", README)
    assert len(found) == 1
    for figure in found:
        assert f" {figure} " in measured, f"{figure} is not what was measured last"


def test_its_figure_of_the_unit_is_the_measured_one() -> None:
    from tests.desktop.test_service import TIGHTEST_MEASURED

    assert f"exposure at {TIGHTEST_MEASURED}" in README
