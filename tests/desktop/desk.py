"""A person at a desk whose minutes are seconds: the installed daemon as its own process on a private desktop."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests import kept
from tests.desktop.bed import LIMIT, Bed

UNHUNCH = str(Path(sys.executable).with_name("unhunch"))

FAST = """\
source = "{source}"
[sitting]
active_gap = "2 s"
break_gap = "6 s"
proven_break = "4 s"
bridge = "3 s"
[due]
first_latest = "5 s"
first_latest_new = "5 s"
least_sitting = "3 s"
between = "4 s"
settle = "1 s"
settle_absence = "8 s"
pull_stretch = "3 s"
[nudge]
enabled = false
[ladder]
after_1 = "60 s"
after_2 = "60 s"
[pause]
gap = "0.8 s"
gap_waiting = "0.8 s"
gap_least = "0.8 s"
anyway = "60 s"
longest = "4 s"
active = "1 s"
after_call = "1 s"
after_unlock = "1 s"
[caps]
free_withdrawn = "0 s"
[look]
present = "0.5 s"
pausing = "0.2 s"
away = "0.5 s"
write = "1 s"
[tray]
enabled = false
"""
"""MODEL's minutes as seconds, or nearly: a day is lived in half a minute. On a busy machine the seconds are longer."""
LONGEST_PACE = 6.0


def pace() -> float:
    """How many times as long as alone a program takes on this machine just now; 1 where it is about alone."""
    begun = time.monotonic()
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "sum(range(4_000_000))"])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    slower = (time.monotonic() - begun) / (used.ru_utime + used.ru_stime)
    return min(max(slower - 0.5, 1.0), LONGEST_PACE)


class Desk:
    """The daemon in a bed, and what can be asked of it."""

    def __init__(self, bed: Bed, *, source: str = "auto", more: str = "") -> None:
        self.bed = bed
        self.config = bed.home / ".config/unhunch/config.toml"
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.pace = pace()
        """What a second of FAST and of a test's script lasts, in seconds."""
        longer = re.sub(r'"([\d.]+) s"', lambda found: f'"{float(found[1]) * self.pace:.2f} s"', FAST)
        self.config.write_text(longer.format(source=source) + more)
        self.database = bed.home / ".local/share/unhunch/unhunch.sqlite"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = self.bed.spawn(UNHUNCH, "run", log="unhunch")
        self.bed.until("the daemon's answer", lambda: self.alive() and self.try_status() is not None)

    def alive(self) -> bool:
        assert self.process is not None
        code = self.process.poll()
        assert code is None, f"the daemon ended with {code}\n{self.bed.logs()}"
        return True

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(LIMIT)

    def terminate(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(LIMIT)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [UNHUNCH, *words], env=self.bed.env, capture_output=True, text=True, timeout=LIMIT, check=False
        )

    def json(self, *words: str):
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def try_status(self):
        done = self.run("status", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def status(self):
        return self.json("status")

    def facts(self, kind: str) -> list[dict]:
        """What stands in the database, read beside the daemon."""
        return kept.facts(self.database, kind)

    def told(self) -> list[str]:
        """All facts, a line each, for a person who looks at what went wrong."""
        if not self.database.exists():
            return []
        found = kept.rows(self.database, "select wall, length, kind, body from fact order by id")
        return [f"{wall:.1f} {length or 0:5.1f} s {kind} {body[:200]}" for wall, length, kind, body in found]

    def set(self, **options: str) -> None:
        """Change options that stand in the file; an empty text takes one out. It is read at once or at the start."""
        text = self.config.read_text()
        for name, value in options.items():
            text, found = re.subn(rf"(?m)^{name} = .*\n", f"{name} = {value}\n" if value else "", text)
            assert found == 1, name
        new = self.config.with_suffix(".new")
        new.write_text(text)
        new.replace(self.config)  # as editors do: an empty file is a configuration, too

    def rest(self, seconds: float) -> None:
        """Hands off, for so many seconds of the script."""
        time.sleep(seconds * self.pace)

    def type(self, seconds: float, every: float = 0.15, key: str = "a") -> None:
        """Keys and the pointer, for so many seconds of the script."""
        end = time.monotonic() + seconds * self.pace
        while time.monotonic() < end:
            self.bed.hands.key(key)
            self.bed.hands.motion()
            time.sleep(every)

    def asked(self) -> None:
        """Work and pause until a notice is on the screen: on a busy machine one pause may go by unseen."""

        def displayed() -> bool:
            self.rest(2)
            if not self.bed.displayed():
                self.type(1.5)
            return self.bed.displayed() > 0

        try:
            self.bed.until("the notice", displayed, limit=LIMIT * max(self.pace / 2, 1.0))
        except AssertionError as error:
            error.add_note("\n".join((self.run("why").stdout, self.run("doctor").stdout, *self.told())))
            raise

    def sitting(self) -> float:
        """Seconds of sitting today, as the daemon says (its minutes have one decimal)."""
        return self.status()["today"]["sitting_min"]["best"] * 60
