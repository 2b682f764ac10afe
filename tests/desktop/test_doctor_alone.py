"""`doctor` where no daemon runs: every part of a real desktop is tried, and nothing is left behind."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH
from unhunch.core.messages import Around
from unhunch.core.settings import Settings
from unhunch.daemon.host import Host
from unhunch.paths import Paths

pytestmark = pytest.mark.desktop


def doctor(bed: Bed) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(bed.output(UNHUNCH, "doctor", "--json"))}


def test_without_a_daemon_everything_is_tried(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    rows = doctor(bed)
    assert rows["daemon"]["ok"] is None
    assert rows["x11"]["ok"] is True
    assert rows["wayland"]["ok"] is False
    assert rows["wayland"]["remedy"]
    assert rows["do-not-disturb"]["note"] == "dunst"
    assert rows["sound server"]["ok"] is False
    assert rows["full screen"]["ok"] is True
    assert rows["notifier"]["ok"] is True
    assert rows["tray"]["ok"] is False
    assert not any(row["chosen"] for row in rows.values()), "nothing is in use"
    assert bed.displayed() == 0
    assert not (bed.home / ".local/share/unhunch").exists()


def test_without_a_desktop_it_says_what_is_missing(bed: Bed) -> None:
    rows = doctor(bed)
    for name in ("x11", "wayland", "mutter", "do-not-disturb", "tray"):
        assert rows[name]["ok"] is False
        assert rows[name]["note"]


async def test_status_and_facts_know_the_same_of_a_film(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compositor tells of it by itself, while no inhibitor is on any bus."""
    for name, value in bed.env.items():
        monkeypatch.setenv(name, value)
    paths = Paths.find()
    paths.make_data()
    host = Host(paths, Settings(), "none")
    for film, known in ((True, True), (False, False), (None, None)):
        host.keeper.source = SimpleNamespace(name="wayland", inhibited=film, elsewhere=False)  # type: ignore[assignment]
        assert host.surrounded()["inhibited"] is known
    host.keeper.source = None
    await host.stop()
    await host.close()


async def test_the_lock_of_the_desk_says_nothing_of_a_session_beside_it(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bed.env.items():
        monkeypatch.setenv(name, value)
    paths = Paths.find()
    paths.make_data()
    host = Host(paths, Settings(), "none")
    host.surroundings = SimpleNamespace(values=lambda: Around(locked=True)._asdict())  # type: ignore[assignment]
    for elsewhere, locked in ((False, True), (True, None)):
        host.keeper.source = SimpleNamespace(name="wayland", inhibited=None, elsewhere=elsewhere)  # type: ignore[assignment]
        assert host.surrounded()["locked"] is locked
    host.keeper.source = host.surroundings = None
    await host.stop()
    await host.close()
