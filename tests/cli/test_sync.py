"""`unhunch sync`: a folder is shared, a desk is let go, and all of it without a daemon."""

import json
import stat
from pathlib import Path

import pytest

from unhunch.adapters.store import shared
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import main
from unhunch.cli.sync import carried
from unhunch.paths import Paths


def test_a_folder_is_made_shared_and_left(places: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "Sync/unhunch"
    assert main(["sync"]) == 0
    assert "No folder is shared" in capsys.readouterr().out
    assert main(["sync", "use", str(folder)]) == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert f'folder = "{folder}"' in places.config_file.read_text()
    capsys.readouterr()
    assert main(["sync"]) == 0
    assert "No other desk has written there yet." in capsys.readouterr().out
    assert main(["sync", "off"]) == 0
    capsys.readouterr()
    assert main(["sync", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {}


def test_a_folder_that_others_can_write_to_is_refused_and_nothing_saved(
    places: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    assert main(["sync", "use", str(folder)]) != 0
    said = capsys.readouterr().err
    assert "Others can write to" in said
    assert f"chmod 700 {folder}" in said
    assert not places.config_file.exists() or str(folder) not in places.config_file.read_text()


def test_a_desk_is_let_go_by_its_name(places: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places.make_data()
    store = SqliteStore(places.database)
    shared.take(store, (), {"0123456789ab-old": {"have": [[1, 3]], "name": "laptop"}})
    store.close()
    assert main(["sync", "use", str(tmp_path / "shared")]) == 0
    assert main(["sync", "forget", "nobody"]) == 2
    assert "Known: laptop" in capsys.readouterr().err
    assert main(["sync", "forget", "laptop"]) == 0
    capsys.readouterr()
    assert main(["sync"]) == 0
    assert "laptop: no longer waited for" in capsys.readouterr().out


def test_setup_asks_only_where_something_carries_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert not carried()
    config = tmp_path / ".local/state/syncthing/config.xml"
    config.parent.mkdir(parents=True)
    config.write_text("<configuration/>")
    assert carried()
