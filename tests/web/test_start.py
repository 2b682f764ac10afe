"""`unhunch start` as its own process, as the system may treat it: its terminal closes, the user logs out."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web.pages import LIMIT, Served

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
BEGIN = {"size": "short", "landmark": False, "hips_raised": False, "stiffness": None}


async def address(process: asyncio.subprocess.Process) -> str:
    """Where the page is, from what the command prints: no browser can be found."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("http://"):
            return line.strip()
    raise AssertionError("it ended")


async def test_it_outlives_its_terminal_and_keeps_what_was_done_at_a_logout(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PATH": "/nowhere", "BROWSER": "/nowhere/browser", "PYTHONUNBUFFERED": "1"}
    env |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "unhunch", "start", env=env, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(2 * LIMIT):
            task: asyncio.Task[Any] = asyncio.create_task(asyncio.sleep(0))
            page = await Served(await address(process), None, None, task).open()  # type: ignore[arg-type]
            state = (await page.post("screening", {"any_yes": False})).json
            begun = await page.post("begin", {**BEGIN, "size": state["proposed"]})
            assert begun.json["stage"] == "running"
            process.send_signal(signal.SIGHUP)
            await page.post("pulse", {"at": 60, "played": [[0, 60]], "paused": False})
            assert process.returncode is None
            process.terminate()
            await process.wait()
            page.close_lines()
        assert process.stdout is not None
        assert b"Traceback" not in await process.stdout.read()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
    with sqlite3.connect(tmp_path / ".local/share/unhunch/unhunch.sqlite") as found:
        (body,) = found.execute("select body from fact where kind = 'session'").fetchone()
    assert json.loads(body)["status"] == "partial"
    assert json.loads(body)["roller_s"] > 30
