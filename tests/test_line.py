"""A line that a person types, and Ctrl-C at the very moment when the question appears."""

import os
import pty
import select
import subprocess
import sys
import time

PROGRAM = """
import fcntl, os, select, signal, termios
from unhunch.line import read_line
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
while True:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if child := os.fork():  # a process that reads for the first time takes longest before it reads
        os.waitpid(child, 0)
        continue
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print("got", read_line("ask"), flush=True)
    except KeyboardInterrupt:
        print("heard", flush=True)
    os._exit(0)
"""
ROUNDS = 300
LIMIT = 30.0


def test_ctrl_c_is_heard_whenever_it_comes() -> None:
    """With `input` alone some of these are lost: it looks for signals, and then sleeps in `read`."""
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)

    seen = ""

    def until(word: str) -> None:
        nonlocal seen
        end = time.monotonic() + LIMIT
        while word not in seen:
            assert select.select([mine], [], [], max(0.0, end - time.monotonic()))[0], f"never {word}: {seen}"
            seen += os.read(mine, 4096).decode()
        seen = seen.split(word, 1)[1]

    try:
        for turn in range(ROUNDS):
            until("ask")
            at = time.perf_counter() + turn % 60 * 5e-6
            while time.perf_counter() < at:
                pass
            os.write(mine, b"\x03")
            until("heard")
        until("ask")
        os.write(mine, b"a line\nanother\n")
        until("got a line")
        until("got another")
    finally:
        process.kill()
        process.wait()
        os.close(mine)
