"""`unhunch start` as its own process, as the system may treat it: its terminal closes, the user logs out."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.kept import facts
from tests.web.pages import LIMIT, Served
from unhunch.control.lock import lock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
BEGIN = {"size": "short", "landmark": False, "hips_raised": False, "stiffness": None}
PULSE = {"at": 105, "played": [[0, 105]], "paused": False, "seen": True}
ENDED_IN_A_REQUEST = """
import os, signal, sys
from unhunch.cli import main, start

def report(self, event, body, tell=start.Teller.report):
    tell(self, event, body)
    if event == "pulse":
        os.kill(os.getpid(), signal.SIGTERM)

start.Teller.report = report
sys.exit(main(["start"]))
"""


def ignored() -> None:
    """What a process may get from whoever starts it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def blocked() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP, signal.SIGINT})


async def address(process: asyncio.subprocess.Process) -> str:
    """Where the page is, from what the command prints: no browser can be found."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("http://"):
            return line.strip()
    raise AssertionError("it ended")


@asynccontextmanager
async def begun(
    home: Path, *line: str, born: Callable[[], None] | None = None
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Served]]:
    """The command with a session that has begun, and its page. It has to have ended, in order, with the block."""
    env = {"HOME": str(home), "PATH": "/nowhere", "BROWSER": "/nowhere/browser", "PYTHONUNBUFFERED": "1"}
    (home / "run").mkdir(mode=0o700)
    env |= {"XDG_RUNTIME_DIR": str(home / "run")}  # where a daemon and the history's lock would be: nobody else's
    env |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *(line or ("-m", "unhunch", "start")), env=env, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, preexec_fn=born,
    )  # fmt: skip
    try:
        async with asyncio.timeout(2 * LIMIT):
            task: asyncio.Task[Any] = asyncio.create_task(asyncio.sleep(0))
            page = await Served(await address(process), None, None, task).open()  # type: ignore[arg-type]
            state = (await page.post("screening", {"any_yes": False})).json
            answer = await page.post("begin", {**BEGIN, "size": state["proposed"]})
            assert answer.json["stage"] == "running"
            yield process, page
            await process.wait()
            page.close_lines()
        assert process.stdout is not None
        assert b"Traceback" not in await process.stdout.read()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def kept(home: Path) -> dict[str, Any]:
    """The one session of the history."""
    (session,) = facts(home / ".local/share/unhunch/unhunch.sqlite", "session")
    return session


async def until(file: Path) -> None:
    while not file.exists():
        await asyncio.sleep(0.05)


async def test_a_command_that_holds_the_history_for_a_moment_loses_nothing(tmp_path: Path) -> None:
    async with begun(tmp_path) as (process, page):
        await page.post("pulse", PULSE)
        with lock(tmp_path / "run/unhunch/daemon.lock", "unhunch log"):
            process.terminate()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(process.wait()), 0.5)
    assert kept(tmp_path)["roller_s"] > 30


async def test_a_daemon_that_was_started_meanwhile_writes_it_down(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PATH": "/nowhere", "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    async with begun(tmp_path) as (process, page):
        await page.post("pulse", PULSE)
        daemon = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "unhunch", "run", env=env, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await until(tmp_path / "run/unhunch/control.sock")
            process.terminate()
            await process.wait()
        finally:
            daemon.terminate()
            await daemon.wait()
    assert kept(tmp_path)["roller_s"] > 30


async def test_it_outlives_its_terminal_and_keeps_what_was_done_at_a_logout(tmp_path: Path) -> None:
    async with begun(tmp_path) as (process, page):
        process.send_signal(signal.SIGHUP)
        await page.post("pulse", PULSE)
        assert process.returncode is None
        process.terminate()
    assert kept(tmp_path)["status"] == "partial"
    assert kept(tmp_path)["roller_s"] > 30


async def test_a_logout_in_the_middle_of_a_request_is_not_lost(tmp_path: Path) -> None:
    """The server guards itself against whatever a request may raise; the signal is not to be taken for that."""
    async with begun(tmp_path, "-c", ENDED_IN_A_REQUEST) as (_, page):
        answer = await page.post("pulse", PULSE)
        assert answer.status == 200
    assert kept(tmp_path)["roller_s"] > 30


@pytest.mark.parametrize("born", [ignored, blocked])
async def test_it_ends_at_a_logout_whatever_it_inherited(tmp_path: Path, born: Callable[[], None]) -> None:
    async with begun(tmp_path, born=born) as (process, page):
        await page.post("pulse", PULSE)
        process.terminate()
    assert kept(tmp_path)["roller_s"] > 30


async def test_signals_that_come_together_cut_nothing_short(tmp_path: Path) -> None:
    async with begun(tmp_path) as (process, page):
        await page.post("pulse", PULSE)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
            process.send_signal(number)
    assert kept(tmp_path)["roller_s"] > 30


async def another(home: Path, *words: str) -> tuple[int, str]:
    """A second `unhunch start` beside the first: its exit code, and all that it says."""
    env = {"HOME": str(home), "PATH": "/nowhere", "BROWSER": "/nowhere/browser", "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "unhunch", "start", *words, env=env | {"XDG_RUNTIME_DIR": str(home / "run")},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 2 * LIMIT)
    return process.returncode or 0, out.decode()


async def test_a_second_start_brings_the_first_session_to_the_front(tmp_path: Path) -> None:
    async with begun(tmp_path) as (process, page):
        await page.post("pulse", PULSE)
        before = await page.line()
        code, said = await another(tmp_path)
        link = next(line for line in said.splitlines() if line.startswith("http://"))
        assert (code, link.partition("#")[0]) == (0, page.address.partition("#")[0])
        assert process.returncode is None, "the first goes on"
        assert (await page.get("/api/state")).status == 200, "until the new tab is there"
        front = await Served(link, None, None, page.ended).open()  # type: ignore[arg-type]
        assert b"replaced" in await before.read()
        assert (await page.post("pulse", PULSE)).status == 401, "one tab at a time"
        answer = await front.get("/api/state")
        assert answer.json["stage"] == "running"
        code, said = await another(tmp_path, "--terminal")
        assert (code, "in the browser" in said) == (5, True)
        process.terminate()
        await process.wait()
        front.close_lines()
    assert kept(tmp_path)["roller_s"] > 30


async def test_another_link_is_given_to_the_users_own_hand_alone(tmp_path: Path) -> None:
    async with begun(tmp_path) as (process, page):
        lock_file = tmp_path / "run/unhunch/session.lock"
        assert lock_file.stat().st_mode & 0o077 == 0
        secret = lock_file.read_text().split("#")[1].strip()
        for given in (None, "", "wrong", page.token, page.key):
            assert (await page.post("again", x_unhunch_token=given)).status == 401
        for changed in ({"origin": "http://elsewhere"}, {"origin": None}, {"host": "elsewhere"}):
            assert (await page.post("again", x_unhunch_token=secret, **changed)).status in (403, 421)
        assert (await page.post("again", x_unhunch_token=secret)).status == 200
        process.terminate()


async def test_a_session_in_a_terminal_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "run/unhunch").mkdir(parents=True, mode=0o700)
    (tmp_path / "run").chmod(0o700)
    with lock(tmp_path / "run/unhunch/session.lock", "terminal"):
        code, said = await another(tmp_path)
    assert (code, "in a terminal" in said) == (5, True)
