"""unhunch enable, disable and setup, on a machine without a user manager."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.cli.conftest import STATUS, Ran, Told, write
from tests.cli.test_import_formats import workdays
from unhunch import __version__, service
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli import notice
from unhunch.cli import service as cli
from unhunch.config import load
from unhunch.core.facts import Kind
from unhunch.core.settings import ALL_DAY
from unhunch.importers import gnome
from unhunch.paths import Paths
from unhunch.ports import Notice

Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No systemctl on the PATH (a test must never reach the machine's own), no desktop, no sudo."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SUDO_USER", "DBUS_SESSION_BUS_ADDRESS", "XDG_CURRENT_DESKTOP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cli, "UP_SECONDS", 0.0)
    return tmp_path


def autostart(places: Paths) -> Path:
    return places.config.parent / "autostart/unhunch.desktop"


def test_enable_says_what_it_did_and_disable_takes_it_back(run: Run, places: Paths) -> None:
    done = run("enable")
    assert done.code == 0
    assert done.out.splitlines()[0] == "Autostart entry: no systemd user manager answers."
    assert f"Wrote {autostart(places)}." in done.out
    done = run("disable")
    assert f"Removed {autostart(places)}." in done.out
    assert not autostart(places).exists()
    assert "nothing to remove" in run("disable").out


def test_a_dry_run_prints_the_files_and_writes_none(run: Run, places: Paths) -> None:
    done = run("enable", "--dry-run")
    assert f"--- {autostart(places)}\n[Desktop Entry]\n" in done.out
    assert "Exec=" in done.out
    assert not autostart(places).exists()


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="needs root")
@pytest.mark.parametrize("words", [("enable",), ("disable",), ("setup", "--yes")])
def test_with_sudo_it_refuses(run: Run, places: Paths, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setenv("SUDO_USER", "somebody")
    done = run(*words)
    assert done.code == 2
    assert "without sudo" in done.err
    assert not autostart(places).exists()


def test_disable_stops_a_daemon_that_no_manager_holds(run: Run, daemon: Told) -> None:
    assert "Stopped the running daemon." in run("disable").out
    assert daemon.asked == [("quit", {})]


def test_a_daemon_of_another_version_is_noticed_and_replaced(daemon: Told, home: Path) -> None:
    program = home / "unhunch"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    login = service.Login({**os.environ, "DISPLAY": ":7"}, (str(program),), "linux")
    login.install()
    daemon.asked.clear()
    assert login.state().stale == ()
    assert "started it (one that ran already stays)" in login.install().steps
    assert "quit" not in [command for command, _ in daemon.asked]
    daemon.replies["status"] = {**STATUS, "version": "0.0.9"}
    assert login.state().stale == (f"the daemon that runs is version 0.0.9, installed is {__version__}",)
    assert "stopped the running daemon" in login.install().steps
    assert ("quit", {}) in daemon.asked


def test_setup_without_a_person_asks_for_yes(run: Run, places: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    done = run("setup")
    assert done.code == 2
    assert "'unhunch setup --yes'" in done.err
    assert not autostart(places).exists()


def test_setup_yes_enables_and_ends_with_a_verdict(run: Run, places: Paths) -> None:
    done = run("setup", "--yes")
    assert done.code == 0, done.err
    assert autostart(places).exists()
    assert not places.config_file.exists()
    assert done.out.splitlines()[-3:] == [
        "Unhunch does not run yet; it starts with your desktop, or here with 'unhunch run'.",
        "Login: starts at login (autostart entry).",
        "'unhunch doctor' tells what works on this machine.",
    ]


def test_setup_yes_with_a_daemon_shows_a_notice_and_what_watches(run: Run, daemon: Told) -> None:
    done = run("setup", "--yes")
    assert "Unhunch is ready" in done.out  # the terminal stands in where no notification server is
    assert "Watching: x11." in done.out
    assert "Notices:  freedesktop." in done.out
    assert "screening" not in [command for command, _ in daemon.asked]


@pytest.mark.parametrize("seen", ["y", "n"])
def test_it_asks_whether_the_notice_was_seen_which_no_server_tells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seen: str
) -> None:
    up: list[Notice] = []

    @contextmanager
    def held(what: Notice) -> Iterator[notice.Held]:
        up.append(what)
        yield notice.Held(shown=True, by="freedesktop")
        up.clear()

    def typed() -> str:
        assert "Did a notice appear" in capsys.readouterr().out
        assert [button.key for button in up[0].buttons] == ["start", "snooze", "skip"]
        return seen

    monkeypatch.setattr(notice, "held", held)
    monkeypatch.setattr("builtins.input", typed)
    cli.try_notice(ask=True)
    assert ("do-not-disturb" in capsys.readouterr().out) is (seen == "n")


def test_a_broken_configuration_is_named_before_anything_is_asked(run: Run, places: Paths) -> None:
    write(places.config_file, "goal = 99\n")
    done = run("setup", "--yes")
    assert done.code == 2
    assert "goal = 99" in done.err
    assert not autostart(places).exists()


def answer(*lines: str, command: str = "setup") -> tuple[int, str]:
    """`unhunch setup` (or another command) on a real terminal, with these answers typed."""
    us, them = pty.openpty()
    code = "import unhunch.cli.service as s; s.UP_SECONDS = 0.0; from unhunch.cli import main"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}; raise SystemExit(main(['{command}']))"], stdin=them, stdout=them, stderr=them
    )
    os.close(them)
    os.write(us, "".join(f"{line}\n" for line in lines).encode())
    said = b""
    while True:
        try:
            part = os.read(us, 4096)
        except OSError:  # the program has ended
            break
        if not part:
            break
        said += part
    os.close(us)
    return process.wait(30), said.decode()


def test_setup_asks_six_questions_and_does_as_told(places: Paths, daemon: Told) -> None:
    code, said = answer("mon-fry", "mon-fri", "9-5", "22-6", "n", "9-17", "yes", "", "no", "n", "y")
    assert code == 0, said
    said = " ".join(said.split())
    assert "There is no day 'fry'. It takes a list of days out of mon, tue, " in said
    assert "'9-5' ends before it begins. Write 9-17 for the day, or 09:00-05:00 for the night." in said
    assert 'It takes hours such as "9-17"' in said
    assert "22:00-06:00 runs through the night, into the next morning. Is that right? [y/N]" in said
    settings = load(places.config_file)
    assert settings.hours_mon == settings.hours_fri == ((540, 1020),)
    assert settings.hours_sat == settings.hours_sun == ()
    assert settings.session_voice is False
    assert ("screening", {"verdict": "pass"}) in daemon.asked
    assert ("reload", {}) in daemon.asked
    assert autostart(places).exists()


@pytest.mark.parametrize(
    ("language", "yes", "no", "never", "question"),
    [
        ("de_DE.UTF-8", "Ja", "nein", "nie", "und kannst du dich damit auf den Boden legen? [J/n]"),
        ("es_ES.UTF-8", "sí", "no", "nunca", "y puedes tumbarte en el suelo con él? [S/n]"),
        ("es_ES.UTF-8", "s", "n", "never", "y puedes tumbarte en el suelo con él? [S/n]"),
        ("de_DE.UTF-8", "yes", "no", "never", "und kannst du dich damit auf den Boden legen? [J/n]"),
    ],
)
def test_setup_takes_yes_and_no_in_the_language_it_asks_in_and_in_english(
    places: Paths,
    daemon: Told,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    yes: str,
    no: str,
    never: str,
    question: str,
) -> None:
    monkeypatch.setenv("LANG", language)
    code, said = answer("", never, yes, no, no, no)
    assert code == 0, said
    assert question in said
    settings = load(places.config_file)
    assert settings.hours_mon == settings.hours_sun == ()
    assert settings.session_voice is False
    assert ("screening", {"verdict": "pass"}) in daemon.asked
    code, said = answer("", "", yes, yes, "", no)
    assert ("screening", {"verdict": "ask-doctor"}) in daemon.asked
    assert "unhunch screening --confirm" in said


def test_setup_offers_gnomes_screen_time_and_takes_no_for_an_answer(places: Paths) -> None:
    record = workdays(places.data.parent / "gnome-shell" / gnome.FILE, 4.5)
    code, said = answer("", "", "yes", "no", "", "no", "no")
    assert code == 0, said
    assert "6. GNOME has kept your screen time of up to 14 weeks." in said
    with closing(SqliteStore(places.database)) as store:
        assert [fact for fact in store.read() if fact.device] == []
    code, said = answer("", "", "yes", "no", "", "", "no")
    assert "Your usual workday is 4 h 30. The plan now expects 4 h 30 today." in said
    with closing(SqliteStore(places.database)) as store:
        assert {fact.device for fact in store.read() if fact.device} == {"gnome"}
    record.write_text("[]" + record.read_text())
    code, said = answer("", "", "yes", "no", "", "yes", "no")
    assert code == 0, "what cannot be read holds nothing else up"
    assert "Nothing of it was imported." in said


SHARES = "Share your history with your other computers, in ~/Sync/unhunch? [y/N]"


def carried(home: Path) -> Path:
    """Syncthing is set up here."""
    write(home / ".local/state/syncthing/config.xml", "<configuration/>")
    return home / "Sync/unhunch"


def test_setup_asks_about_sharing_where_something_carries_folders(home: Path, places: Paths, daemon: Told) -> None:
    _code, said = answer("", "", "yes", "no", "", "no")
    assert "Share your history" not in said
    folder = carried(home)
    code, said = answer("", "", "yes", "no", "", "", "no")
    assert code == 0, said
    assert SHARES in " ".join(said.split())
    assert not folder.exists(), "nothing is shared unless it is wanted"
    assert load(places.config_file).sync_folder == ""
    code, said = answer("", "", "yes", "no", "", "yes", "no")
    assert code == 0, said
    assert folder.stat().st_mode & 0o777 == 0o700
    assert load(places.config_file).sync_folder == "~/Sync/unhunch"
    assert ("reload", {}) in daemon.asked
    _code, said = answer("", "", "yes", "no", "", "no")
    assert "Share your history" not in said, "it is shared already"


@pytest.mark.parametrize("harm", ["open", "file", "link"])
def test_setup_shares_no_folder_that_cannot_be_trusted_and_saves_nothing(
    home: Path, places: Paths, daemon: Told, harm: str
) -> None:
    folder = carried(home)
    folder.parent.mkdir()
    match harm:
        case "open":
            folder.mkdir()
            folder.chmod(0o777)
        case "file":
            folder.write_text("mine")
        case "link":
            folder.symlink_to(home)
    code, said = answer("", "", "yes", "no", "no", "yes", "no")
    assert code == 1, said
    told = {"open": "Others can write to", "file": "is not a folder", "link": "is a link"}
    assert told[harm] in " ".join(said.split())
    assert not places.config_file.exists()
    assert not any(command in ("reload", "screening") for command, _ in daemon.asked)


def test_setup_yes_takes_the_screen_time_in(run: Run, places: Paths) -> None:
    workdays(places.data.parent / "gnome-shell" / gnome.FILE, 4.5)
    assert "The plan now expects 4 h 30 today." in run("setup", "--yes").out
    assert "It is known already." in run("setup", "--yes").out


def test_setup_keeps_what_is_set_when_nothing_is_typed(places: Paths, daemon: Told) -> None:
    write(places.config_file, '# mine\nhours.fri = "08:00-14:00"\nsession.voice = false\n')
    code, said = answer("", "", "", "yes", "", "n")
    assert code == 0, said
    assert places.config_file.read_text() == '# mine\nhours.fri = "08:00-14:00"\nsession.voice = false\n'
    assert ("screening", {"verdict": "ask-doctor"}) in daemon.asked
    assert not autostart(places).exists()


def test_without_a_roller_or_a_floor_no_session_is_asked_for_and_nothing_is_paused(places: Paths, daemon: Told) -> None:
    code, said = answer("", "", "no", "", "n")
    assert code == 0, said
    assert "Does one or more" not in said
    assert ("screening", {"verdict": "unable"}) in daemon.asked
    assert "pause" not in [command for command, _ in daemon.asked]
    assert "notices to stand up stay. When both are there: unhunch screening" in " ".join(said.split())
    assert load(places.config_file).hours_mon == ALL_DAY


def test_the_first_enable_asks_and_the_next_does_not(places: Paths, daemon: Told) -> None:
    code, said = answer("", "8-17", "", "no", "", command="enable")
    assert code == 0, said
    assert "A few questions" in said
    assert "5. Speak" in said
    assert "6." not in said
    assert load(places.config_file).hours_mon == ((480, 1020),)
    assert ("screening", {"verdict": "pass"}) in daemon.asked
    assert autostart(places).exists()
    code, said = answer(command="enable")
    assert code == 0, said
    assert "few questions" not in said


def test_the_verdict_of_the_screening_is_kept_without_a_daemon(places: Paths) -> None:
    code, said = answer("", "", "", "no", "", "n")
    assert code == 0, said
    with closing(SqliteStore(places.database, read_only=True)) as store:
        (verdict,) = [fact.body for fact in store.read(since=0) if fact.kind is Kind.SCREENING]
    assert verdict["verdict"] == "pass"


def test_leaving_in_the_middle_changes_nothing(places: Paths) -> None:
    code, said = answer("", "08:00-18:00", "\x04")
    assert code == 130
    assert said.rstrip().endswith("Nothing was saved.")
    assert not places.config_file.exists()
    assert not autostart(places).exists()


GSETTINGS = """#!/bin/sh
# A gsettings that keeps one key in a file.
case $1 in
get) cat {file} ;;
set) echo "$4" > {file} ;;
esac
"""


@pytest.fixture
def folded(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """GNOME, which folds our notices; the file that holds the key."""
    file, folder = home / "key", home / "empty"
    folder.mkdir(exist_ok=True)
    file.write_text("false\n")
    script = folder / "gsettings"
    script.write_text(GSETTINGS.format(file=file).replace("cat", "/bin/cat"))
    script.chmod(0o755)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    return file


def test_doctor_names_what_shows_gnomes_buttons_at_once(run: Run, folded: Path) -> None:
    assert "org/gnome/desktop/notifications/application/unhunch/ force-expanded true" in " ".join(
        run("doctor").out.split()
    )
    folded.write_text("true\n")
    assert "force-expanded" not in run("doctor").out


@pytest.mark.parametrize(("answer", "key"), [("", "true"), ("n", "false")])
def test_setup_offers_gnomes_buttons_at_once(
    folded: Path, monkeypatch: pytest.MonkeyPatch, answer: str, key: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda: answer)
    if cli._unfold(count(5)):
        cli._expand()
    assert folded.read_text().strip() == key


def test_setup_asks_nothing_about_buttons_elsewhere(monkeypatch: pytest.MonkeyPatch, folded: Path) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.setattr("builtins.input", lambda: pytest.fail("asked"))
    assert not cli._unfold(count(5))
