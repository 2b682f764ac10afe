"""`unhunch sync`: a folder is shared, a desk is let go, and all of it without a daemon."""

import json
import stat
import time
from binascii import crc32
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store import shared
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import main
from unhunch.cli.sync import carried
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.paths import Paths
from unhunch.sync import known, of_settings
from unhunch.sync.folder import begins
from unhunch.sync.lines import line, of_fact


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


def test_an_option_that_does_not_exist_is_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    """And not the word after it."""
    for words in (["sync", "--folder", "~/Sync"], ["sync", "use", "--folder=~/Sync"], ["sync", "--folder"]):
        assert main(words) == 2
        what, means, remedy = capsys.readouterr().err.splitlines()
        assert (what, means) == ("unhunch sync has no option --folder.", "Nothing was done.")
        assert "unhunch sync --help" in remedy


def heard(places: Paths, folder: Path) -> None:
    """What a daemon of this desk has taken from its folder, which was in use for a while."""
    now = time.time()
    day = 86_400.0
    folder.mkdir(mode=0o700)
    (folder / "notes.txt").write_text("milk")

    def put(device: str, name: str, *says: dict[str, Any], version: int = 1) -> None:
        told = [line(device, n, said) for n, said in enumerate(({"desk": {"name": name, "version": "1"}}, *says), 1)]
        if version > 1:
            text = told[-1].replace(b'"v":1', b'"v":2').rsplit(b',"c":"', 1)[0]
            told[-1] = b'%s,"c":"%08x"}\n' % (text, crc32(text))
        (folder / f"{begins(device)}-2026-09.jsonl").write_bytes(b"".join(told))

    def input_(key: str, wall: float) -> dict[str, Any]:
        return of_fact(Fact(Kind.INPUT, wall, 0, "boot", 1.0, 30.0, "", {}, key))

    put("0a" * 16, "laptop", input_("l", now - 31.5 * day))
    put("0b" * 16, "tower", input_("t", now - 60))
    put("0c" * 16, "future", input_("f", now + 1800))
    put("0d" * 16, "newer", input_("n", now - 60), version=2)
    put("0e" * 16, "retired", input_("r", now - 9 * day))
    (folder / "0b0b0b0b0b0b-2026-09.sync-conflict-1.jsonl").write_bytes(
        (folder / "0b0b0b0b0b0b-2026-09.jsonl").read_bytes() + b"<<<<<<<\n"
    )
    places.make_data()
    with closing(SqliteStore(places.database)) as store:
        exchange = of_settings(store, Settings(sync_folder=str(folder)))
        exchange.receive(SystemClock().now())
        exchange.retire("0e" * 16, now)
        exchange.send(SystemClock().now())
        said = known(exchange, SystemClock().now())["notes"]
    assert any("The clock of future is 30 minutes ahead of this one" in note for note in said)


def test_doctor_tells_of_the_desks_without_a_daemon(
    places: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is known of each is in the history; what the folder is like can be seen."""
    folder = tmp_path / "shared"
    heard(places, folder)
    places.config_file.parent.mkdir(parents=True, exist_ok=True)
    places.config_file.write_text(f'sync.folder = "{folder}"\n')
    before = {file: file.read_bytes() for file in folder.iterdir()}
    main(["doctor", "--json"])
    rows = [row for row in json.loads(capsys.readouterr().out) if row["group"] == "Other desks"]
    named = {row["name"]: row for row in rows if row["name"]}
    assert list(named) == ["folder", "future", "laptop", "newer", "tower"]
    assert named["folder"]["ok"] is True
    assert not named["folder"]["chosen"], "nothing is in use"
    notes = " ".join(row["note"] for row in rows if not row["name"])
    for told in (
        "laptop has told nothing for 31 days; if it is no more: unhunch sync forget laptop",
        "newer writes by a later version what this one cannot read: it is kept until you bring Unhunch up to date here",
        "1 file is a copy that your synchronizer made; harmless, it is read as well.",
        "1 line in the folder is damaged or not Unhunch's, and was left out.",
    ):
        assert told in notes
    assert {file: file.read_bytes() for file in folder.iterdir()} == before, "it only looks"
    folder.chmod(0o777)
    main(["doctor", "--json"])
    rows = [row for row in json.loads(capsys.readouterr().out) if row["group"] == "Other desks"]
    assert rows[0]["ok"] is False
    assert "Others can write to" in rows[0]["note"]
    assert f"chmod 700 {folder}" in rows[0]["note"]
    assert main(["sync"]) == 0
    assert f"! Others can write to {folder}." in capsys.readouterr().out


def test_doctor_without_a_daemon_or_a_history_tells_of_the_folder(
    places: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places.config_file.parent.mkdir(parents=True, exist_ok=True)
    places.config_file.write_text(f'sync.folder = "{tmp_path}/nowhere"\n')
    for words in (["doctor"], ["sync"]):
        main(words)
        said = " ".join(capsys.readouterr().out.split())
        assert f"The folder {tmp_path}/nowhere is not there" in said
        assert f"mkdir -p -m 700 {tmp_path}/nowhere" in said
    assert not places.database.exists()


def test_doctor_says_that_a_folder_could_be_shared_where_something_carries_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    main(["doctor"])
    assert "Other desks" not in capsys.readouterr().out
    config = tmp_path / ".config/syncthing/config.xml"
    config.parent.mkdir(parents=True)
    config.write_text("<configuration/>")
    main(["doctor"])
    assert "To share one that Syncthing" in " ".join(capsys.readouterr().out.split())


def test_setup_asks_only_where_something_carries_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert not carried()
    config = tmp_path / ".local/state/syncthing/config.xml"
    config.parent.mkdir(parents=True)
    config.write_text("<configuration/>")
    assert carried()
