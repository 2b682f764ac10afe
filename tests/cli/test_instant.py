"""The fast way: what it imports, that it says what the long way says, and that nothing at the other end can hold it."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, write
from tests.desktop.desk import UNHUNCH
from unhunch import instant
from unhunch.cli.to_daemon import tell
from unhunch.control import client, protocol
from unhunch.daemon.typed import FORMS
from unhunch.errors import Exit
from unhunch.locales import LANGUAGES
from unhunch.paths import Paths
from unhunch.session.plan import SessionPlan

pytestmark = pytest.mark.usefixtures("english_again")

LIMIT = 30.0
LOCALES = {"en": "en_GB.UTF-8", "de": "de_AT.UTF-8", "es": "es_MX.UTF-8"}
EVERY_FORM = [("status", *words) for words in FORMS]


@contextmanager
def running(root: Path) -> Iterator[Mapping[str, str]]:
    """A real daemon, which speaks German; where it is found."""
    root.chmod(0o700)
    places = {f"XDG_{name}": str(root) for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR")}
    env = {**os.environ, **places, "TZ": "Europe/Berlin", "LC_ALL": LOCALES["de"]}
    line = [sys.executable, "-m", "unhunch", "run", "--source", "none"]
    with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stderr is not None
            assert any("watches by" in said for said in daemon.stderr), "it never began to watch"
            yield places
        finally:
            daemon.terminate()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    with running(tmp_path_factory.mktemp("i")) as places:
        yield places


@pytest.fixture
def at_hand(real: Mapping[str, str], places: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is the real daemon's caller."""
    for name, value in real.items():
        monkeypatch.setenv(name, value)


OURS = {"unhunch", "unhunch.instant", "unhunch.locales"}


def loaded(*argv: str) -> set[str]:
    """The modules that a process with this environment imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *argv], env=os.environ, capture_output=True, text=True, check=True
    )
    return set(re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", done.stderr, re.MULTILINE))


def without_clock(said: str) -> str:
    """What differs from one second to the next."""
    return re.sub(r'"(now|uptime_s|since)": [^\n]*', "", said)


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("words", EVERY_FORM, ids=" ".join)
@pytest.mark.parametrize("code", LANGUAGES)
def test_both_ways_say_the_same(
    code: str, words: tuple[str, ...], run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", LOCALES[code])
    fast, long = instant._asked(words), run(*words)
    assert fast is not None, "it went the long way"
    assert (fast[0], without_clock(fast[1]), fast[2]) == (long.code, without_clock(long.out), long.err)


# What changes nothing here where there is nothing to change, or can be said again.
TOLD = [
    "skip", "snooze", "snooze 10m", "snooze call", "snooze 9h", "snooze abc", "snooze 10min 30s",
    "pause", "pause 2h", "pause 30", "pause until 2001-01-01", "pause never", "pause until friday",
    "resume", "resume", "stand", "sit", "sit", "undo", "undo --slip", "morning better",
]  # fmt: skip


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("code", LANGUAGES)
def test_both_ways_do_the_same(code: str, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", LOCALES[code])
    for typed in TOLD:
        words = typed.split()
        if words[0] in ("undo", "resume", "sit"):  # there is something to take back for each, or for neither
            run("pause", "1h")
            run("stand")
        fast = instant._asked(words)
        if words[0] in ("undo", "resume", "sit"):
            run("pause", "1h")
            run("stand")
        long = run(*words)
        assert fast is not None, f"{typed} went the long way"
        minute = re.compile(r"\d\d?:\d\d( [ap]\.?\s?m\.?)?")  # it may have turned between the two
        assert (fast[0], minute.sub("", fast[1]), minute.sub("", fast[2])) == (
            long.code, minute.sub("", long.out), minute.sub("", long.err),
        ), typed  # fmt: skip
        assert fast[1] or len(fast[2].splitlines()) == 3
    run("undo")


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("words", instant.STARTS, ids=" ".join)
def test_a_start_is_told_what_the_session_is(words: list[str]) -> None:
    said = instant._said(words)
    assert said is not None
    assert said[0] == Exit.DONE
    plan = json.loads(said[1])
    assert plan["size"] in {"first", *(word.removeprefix("--") for word in words[1:])}
    SessionPlan.from_mapping(plan)


def test_a_start_that_is_refused_is_refused_at_once(
    tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a daemon of its own: a stop stays."""
    with running(tmp_path_factory.mktemp("s")) as places:
        for name, value in places.items():
            monkeypatch.setenv(name, value)
        tell("screening", {"verdict": "ask-doctor"})
        for code in LANGUAGES:
            monkeypatch.setenv("LC_ALL", LOCALES[code])
            long = run("start")
            assert instant._said(["start"]) == (long.code, long.out, long.err)
            assert long.code == Exit.FAILED


@pytest.mark.usefixtures("at_hand")
def test_a_browser_is_asked_before_what_serves_its_page_is_imported(tmp_path: Path) -> None:
    """Of the user's own choice (BROWSER), by a process whose imports are told as they happen."""
    browser = tmp_path / "browser"
    browser.write_text(f"#!{sys.executable}\nimport sys, urllib.request as u, time\n"
        "page = u.urlopen(sys.argv[1].partition('#')[0]).read()\n"
        f"open({str(tmp_path / 'page')!r}, 'wb').write(page)\n")  # fmt: skip
    browser.chmod(0o755)
    code = (
        "import sys; from unhunch.adapters import browser; from unhunch.cli import guiding\n"
        "from unhunch.instant import main; ask, more = browser.ask, guiding._session\n"
        "def asked(address): print(sorted(sys.modules), flush=True); return ask(address)\n"
        "def answered(*given): print(sorted(sys.modules), flush=True); return more(*given)\n"
        "browser.ask, guiding._session = asked, answered; sys.argv = ['unhunch', 'start']; sys.exit(main())"
    )
    env = {**os.environ, "BROWSER": str(browser)}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None
        loaded = set(ast.literal_eval(session.stdout.readline()))
        served = set(ast.literal_eval(session.stdout.readline()))
        assert "http://127.0.0.1:" in session.stdout.readline()
        end = time.monotonic() + LIMIT
        while not (tmp_path / "page").exists() or not (tmp_path / "page").read_bytes().rstrip().endswith(b"</html>"):
            assert time.monotonic() < end, "nobody served the page"
            time.sleep(0.02)
        session.terminate()
    heavy = {"asyncio", "starlette", "jinja2", "uvicorn", "sqlite3", "subprocess", "webbrowser", "argparse", "ssl"}
    assert not loaded & heavy
    assert "uvicorn" in served
    assert not served & {"starlette", "anyio", "jinja2", "sqlite3", "argparse", "tomllib", "unhunch.core.settings"}


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(
    "words",
    [("pause", "1h", "--why", "x"), ("morning", "fine"), ("skip", "it"), ("snooze", "--help"), ("undo", "all")],
    ids=" ".join,
)
def test_options_and_wrong_words_are_read_the_long_way(words: tuple[str, ...]) -> None:
    assert instant._asked(words) is None


@pytest.mark.usefixtures("at_hand")
def test_a_time_in_another_zone_is_read_where_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    assert instant._asked(["pause", "until", "friday"]) is None
    assert instant._asked(["status"]) is not None


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(
    "words",
    [("status", "--format", "{stretch}"), ("status", "--help"), ("status", "now"), ("status", "--format", "waybr")],
    ids=" ".join,
)
def test_what_is_seldom_or_wrong_goes_the_long_way(words: tuple[str, ...]) -> None:
    assert instant._asked(words) is None


@pytest.mark.usefixtures("at_hand")
def test_a_process_imports_a_socket_and_no_more(real: Mapping[str, str]) -> None:
    found = loaded(UNHUNCH, "status", "--format", "waybar") - loaded("-c", "pass")
    assert found <= {*OURS, "_socket", "_json", "time"}


@pytest.mark.usefixtures("at_hand")
def test_a_terminal_gets_its_columns(real: Mapping[str, str]) -> None:
    import fcntl
    import pty
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    subprocess.run([sys.executable, UNHUNCH, "status"], stdout=follower, check=True, env=os.environ)
    os.close(follower)
    shown = os.read(leader, 65536).decode().splitlines()
    os.close(leader)
    assert len(shown) > 1
    assert max(map(len, shown)) <= 60


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(
    ("sink", "code"),
    [("| true", 128 + 13), ("> /dev/full", Exit.FAILED), (">&-", Exit.DONE)],
    ids=["pipe", "full", "none"],
)
def test_what_cannot_be_printed_ends_as_ever(sink: str, code: int) -> None:
    line = f"{UNHUNCH} status {sink}; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=os.environ, capture_output=True, text=True, timeout=LIMIT)
    assert "Traceback" not in done.stderr
    assert done.stdout.split()[-1] in (str(code), "0" if "true" in sink else str(code)), done.stderr


def test_a_usual_place_is_found_as_the_long_way_finds_it(places: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    places.make_runtime()
    assert instant._socket_path() == str(places.socket)
    places.runtime.chmod(0o755)
    assert instant._socket_path() is None, "others may reach into it"
    places.runtime.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(places.runtime) + 100 * "x")
    assert instant._socket_path() is None


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("words", [*instant.HELP, *instant.VERSION], ids=" ".join)
def test_help_is_what_the_long_way_says(
    words: list[str], code: str, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", LOCALES[code])
    long = run(*words)
    assert instant._said(words) == (long.code, long.out, long.err)
    assert long.code == Exit.DONE


@pytest.mark.parametrize("line", ['language = "de"', ' "language"="de"', "goal = 2\nlanguage='de'"])
def test_who_configured_a_language_is_helped_in_it(line: str, places: Paths, run: Callable[..., Ran]) -> None:
    assert instant._said(["--help"]) is not None
    write(places.config_file, f"# language: as the desktop says\n{line}\n")
    assert instant._said(["--help"]) is None
    assert "Befehl" in run("--help").out


def test_help_needs_no_more_than_itself(places: Paths) -> None:
    write(places.config_file, "goal = 2\n# language\n")
    for words in (["--help"], ["--version"]):
        assert loaded(UNHUNCH, *words) - loaded("-c", "pass") <= OURS


# Whoever answers there ------------------------------------------------------------------------------------------------


@contextmanager
def answering(
    path: Path, answer: bytes, *, silent: bool = False, after: float = 0.0, letters: bool = False
) -> Iterator[list[bytes]]:
    """Somebody who reads one line, sends these bytes and hangs up, or keeps the line, as often as asked.

    `after` so many seconds; `letters`: then one at a time without end. What was asked is noted in the list.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as ear:
        ear.bind(str(path))
        ear.listen()
        kept: list[socket.socket] = []
        asked: list[bytes] = []

        def serve() -> None:
            while True:
                try:
                    caller, _ = ear.accept()
                except OSError:
                    return
                try:
                    with caller.makefile("rb") as lines:
                        asked.append(lines.readline())
                    time.sleep(after)
                    caller.sendall(answer)
                    while letters:
                        caller.sendall(b"x")
                        time.sleep(0.1)
                except OSError:
                    pass
                if silent:
                    kept.append(caller)
                else:
                    caller.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield asked
        finally:
            ear.shutdown(socket.SHUT_RDWR)
            thread.join(LIMIT)
            for caller in kept:
                caller.close()


SLOW = pytest.mark.slow(7)
"""As long as a command waits for a daemon, one way after the other."""
OTHERS = {
    "another version": b'{"v":2,"id":null,"ok":true,"data":{"code":0,"out":"x","err":""}}\n',
    "before this command": protocol.refused(None, protocol.UserError("There is no command.", "Nothing.", "See.", 2)),
    "half a line": b'{"v":1,"id":null,"ok":true,"data":{"code":0,"out":"x',
    "10 MB": b"x" * 10_000_000,
    "10 MB of a line": b'{"v":1,"id":null,"ok":true,"data":{"code":0,"out":"' + b"x" * 10_000_000,
    "no number": b'{"v":1,"id":null,"ok":true,"data":{"code":null,"out":"x","err":""}}\n',
    "no JSON": b"hello\n",
    "no ASCII": "hällo\n".encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("answer", OTHERS.values(), ids=OTHERS)
def test_who_answers_otherwise_is_asked_the_long_way(
    answer: bytes, places: Paths, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    places.make_runtime()
    with answering(places.socket, answer):
        long = run("status")
        monkeypatch.setattr(sys, "argv", ["unhunch", "status"])
        assert instant.main() == long.code != Exit.DONE
    out, err = capsys.readouterr()
    assert (out, err) == (long.out, long.err)
    assert len(err.splitlines()) == 3


@pytest.mark.parametrize("answer", OTHERS.values(), ids=OTHERS)
def test_what_was_told_is_told_once(
    answer: bytes, places: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever came of it: a second snooze would be another one. Only where it was refused is it asked again."""
    monkeypatch.setattr(client, "SECONDS", 0.2)
    places.make_runtime()
    with answering(places.socket, answer) as asked:
        monkeypatch.setattr(sys, "argv", ["unhunch", "snooze"])
        assert instant.main() in (Exit.FAILED, Exit.WRONG)
    assert len(asked) == (2 if instant.REFUSED in answer else 1)
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 3)


def test_an_answer_that_comes_late_is_waited_for_on_the_same_line(
    places: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(instant, "PATIENCE", 0.01)
    places.make_runtime()
    late = protocol.done(None, {"code": 0, "out": "Later.\n", "err": ""})
    with answering(places.socket, late, after=0.2) as asked:
        monkeypatch.setattr(sys, "argv", ["unhunch", "snooze"])
        assert instant.main() == Exit.DONE
    assert len(asked) == 1
    assert capsys.readouterr() == ("Later.\n", "")


def test_a_daemon_that_is_silent_is_given_up_within_a_second(places: Paths) -> None:
    assert instant.PATIENCE < 1.0
    places.make_runtime()
    with answering(places.socket, b'{"v":1', silent=True):
        begun = time.monotonic()
        assert instant._asked(["status"]) is None
        assert time.monotonic() - begun < LIMIT, "it would wait for ever"


def test_who_says_a_letter_now_and_then_is_given_up_too(places: Paths) -> None:
    """A second is for the whole answer."""
    places.make_runtime()
    with answering(places.socket, b"", letters=True):
        begun = time.monotonic()
        assert instant._asked(["status"]) is None
        assert time.monotonic() - begun < LIMIT, "it would wait for ever"


@pytest.mark.parametrize(
    ("answer", "stays"),
    [("another version", False), ("half a line", False), ("10 MB", False), pytest.param("nothing", True, marks=SLOW)],
)
def test_the_command_itself_says_in_three_lines_who_answers_there(answer: str, stays: bool, places: Paths) -> None:
    """The installed one, as a process."""
    places.make_runtime()
    with answering(places.socket, OTHERS[answer], silent=stays):
        done = subprocess.run(
            [sys.executable, UNHUNCH, "status"], env=os.environ, capture_output=True, text=True, timeout=LIMIT
        )
    assert done.returncode in (Exit.FAILED, Exit.WRONG)
    assert (done.stdout, len(done.stderr.splitlines())) == ("", 3)


def test_without_a_daemon_it_is_the_long_way(places: Paths, tmp_path: Path) -> None:
    assert instant._asked(["status"]) is None
    write(places.config_file, "")
    done = subprocess.run([sys.executable, UNHUNCH, "status"], env=os.environ, capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()[0]) == (Exit.NOT_RUNNING, "Unhunch is not running.")


# Following ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["fast", "long"])
def test_a_panel_is_told_what_changes_and_when_the_daemon_goes_and_comes(
    way: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path_factory.mktemp("f")
    options = ["--follow", "--format", "waybar"] if way == "fast" else ["--format", "waybar", "--follow"]
    code = (
        "import sys; from unhunch.control import following; following.GONE = 0.1; sys.argv[0] = 'unhunch'\n"
        "from unhunch.instant import main; sys.exit(main())"
    )
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        for name, value in first.enter_context(running(root)).items():
            monkeypatch.setenv(name, value)
        line = [sys.executable, "-c", code, "status", *options]
        panel = stack.enter_context(subprocess.Popen(line, env=os.environ, stdout=subprocess.PIPE, text=True))
        stack.callback(panel.terminate)
        assert panel.stdout is not None
        seen = (json.loads(said)["class"] for said in panel.stdout)
        assert "unknown" in next(seen)
        tell("pause", {"seconds": 3600.0})
        assert "paused" in next(seen)
        first.close()
        assert next(seen) == "off"
        stack.enter_context(running(root))
        assert "paused" in next(seen), "it is found again"
