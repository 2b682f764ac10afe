"""A browser that does not come back, as those in a terminal and those that nobody knows by name: the page is served."""

import contextlib
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unhunch.adapters import browser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs are found in another way there")
FETCH = """\
#!{python}
import sys, time, urllib.request
with urllib.request.urlopen(sys.argv[1].partition("#")[0]) as page:
    seen = page.read()
open({seen!r}, "wb").write(seen)
time.sleep(3600)
"""


def program(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


def test_nobody_waits_for_a_browser_that_does_not_come_back(tmp_path: Path) -> None:
    here = tmp_path / "here"
    slow = program(tmp_path / "firefox-esr", f"#!/bin/sh\necho $$ > {here}\nexec sleep 3600 >/dev/null 2>&1\n")
    code = "from unhunch.adapters.browser import show; print(show('http://127.0.0.1:9/'), flush=True)"
    env = {**os.environ, "BROWSER": slow}
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True\n"
    assert time.monotonic() - started < 30, "an hour is what it stays"
    os.kill(int(here.read_text()), 9)


def test_no_browser_at_all_is_known_at_once(tmp_path: Path) -> None:
    code = "from unhunch.adapters.browser import show; print(show('http://127.0.0.1:9/'))"
    env = {"PATH": str(tmp_path), "BROWSER": str(tmp_path / "none")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("command", [("start",), ("week", "--open"), ("settings",)], ids=" ".join)
def test_the_page_reaches_a_browser_that_is_waited_for(tmp_path: Path, command: tuple[str, ...]) -> None:
    seen, here = tmp_path / "seen", tmp_path / "run"
    here.mkdir(mode=0o700)
    script = program(tmp_path / "w3m-wrapper", FETCH.format(python=sys.executable, seen=str(seen)))
    env = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(here), "BROWSER": f"{script} %s"}
    env = {name: value for name, value in env.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "INVOCATION_ID")}
    noted = [sys.executable, "-m", "unhunch", "amend", "yesterday", "10:00-11:00", "away"]  # there is a history then
    subprocess.run(noted, env=env, capture_output=True, check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "unhunch", *command],
        env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while not (seen.exists() and seen.read_bytes().rstrip().endswith(b"</html>")):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < end, "the page was not served while its browser was waited for"
            time.sleep(0.05)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.communicate()


def test_a_page_is_opened_without_a_thread_where_the_desktop_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a unit of systemd, which would take the browser with it."""
    lines: list[list[str]] = []
    monkeypatch.setenv("INVOCATION_ID", "0" * 32)
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setattr(browser, "_found", lambda _name: True)
    monkeypatch.setattr(browser, "_spawned", lambda line: lines.append(line) or os.getppid())
    assert browser.show("http://127.0.0.1:9/")
    scope = ["systemd-run", "--user", "--scope", "--collect", "--quiet", "--"]
    assert lines == [[*scope, "xdg-open", "http://127.0.0.1:9/"]]


@pytest.mark.parametrize(
    ("chosen", "lines"),
    [
        ("firefox", [["firefox", "URL"]]),
        ("/opt/my-browser", [["/opt/my-browser", "URL"]]),
        ("firefox --private-window %s", [["firefox", "--private-window", "URL"]]),
        ("'/opt/my browser' %s &", [["/opt/my browser", "URL"]]),
        ("a::b -x", [["a", "URL"], ["b", "-x", "URL"]]),
        ("'", [["'", "URL"]]),
    ],
)
def test_browser_is_read_as_others_read_it(
    chosen: str, lines: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", chosen)
    assert [line for line, _others in browser._lines("URL")] == lines


def test_the_second_of_two_browsers_is_asked_where_the_first_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    bad = program(tmp_path / "bad", "#!/bin/sh\nexit 3\n")
    good = program(tmp_path / "good", f"#!/bin/sh\necho $1 >> {told}\n")
    code = "from unhunch.adapters.browser import show; print(show('http://127.0.0.1:9/'))"
    for chosen in (f"{bad}:{good}", f"/nowhere:{good}", good):
        env = {"PATH": "/nowhere", "BROWSER": chosen}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert done.stdout == "True\n", chosen
    assert told.read_text() == 3 * "http://127.0.0.1:9/\n", "each asked once"
