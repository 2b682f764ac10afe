"""Somebody in a fresh home who types one command after the other: what each answers and how it ends."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import UNHUNCH


class Walk:
    """One person's way, on a desktop of their own."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.home = bed.home

    def types(self, *words: str, code: int = 0, answers: str | None = None) -> str:
        """`unhunch` with these words; what it printed, on either stream. `answers` are typed at a terminal."""
        line = [UNHUNCH, *words]
        if answers is None:
            done = subprocess.run(
                line, env=self.bed.env, cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False,
            )  # fmt: skip
            said, ended = done.stdout, done.returncode
        else:
            said, ended = self._at_a_terminal(line, answers)
        assert ended == code, f"{line} ended with {ended}:\n{said}"
        assert "Traceback" not in said
        return said

    def _at_a_terminal(self, line: list[str], answers: str) -> tuple[str, int]:
        us, them = pty.openpty()
        process = subprocess.Popen(line, env=self.bed.env, cwd=self.home, stdin=them, stdout=them, stderr=them)
        os.close(them)
        os.write(us, answers.encode())
        said, end = b"", time.monotonic() + LIMIT
        while select.select([us], [], [], max(end - time.monotonic(), 0.0))[0]:
            try:
                part = os.read(us, 4096)
            except OSError:  # it has ended
                break
            said += part
        else:
            process.kill()
            said += b"\n(it waits for another answer)"
        os.close(us)
        return said.decode().replace("\r\n", "\n"), process.wait(LIMIT)

    def file(self, name: str) -> Path:
        return self.home / name
