"""Run a small program to its end and read what it prints, without a thread.

asyncio's own subprocesses wait in a thread on Python 3.11; this waits for the pipe to close and then reaps.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping

LONGEST_OUTPUT = 1 << 20
REAP_SECONDS = 0.02


async def output(argv: list[str], env: Mapping[str, str], seconds: float = 5.0) -> str:
    """What the program prints. Raises OSError when it cannot run, fails, prints too much or takes longer."""
    if sys.platform == "win32":
        raise OSError("a pipe cannot be waited for on Windows")
    loop = asyncio.get_running_loop()
    process = subprocess.Popen(  # noqa: ASYNC220 - it starts in a few ms; see above for why not asyncio's
        argv, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    text = bytearray()
    closed = loop.create_future()

    def readable() -> None:
        with contextlib.suppress(BlockingIOError):
            part = os.read(pipe, 65536)
            text.extend(part)
            if (not part or len(text) > LONGEST_OUTPUT) and not closed.done():
                closed.set_result(None)

    loop.add_reader(pipe, readable)
    try:
        async with asyncio.timeout(seconds):
            await closed
            while process.poll() is None and len(text) <= LONGEST_OUTPUT:  # noqa: ASYNC110 - waitpid is not an event
                await asyncio.sleep(REAP_SECONDS)  # it has closed its output: it is as good as gone
    finally:
        loop.remove_reader(pipe)
        process.stdout.close()
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise OSError(f"{argv[0]} failed, exit code {process.returncode}")
    return text.decode(errors="replace")
