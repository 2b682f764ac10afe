"""The session in a terminal: a real pseudo-terminal, a program behind it, and a person who types."""

import io
import json
import math
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.web.pages import Heard
from unhunch import language
from unhunch.adapters.speech import HostVoice
from unhunch.core.session.guide import Action
from unhunch.core.vocabulary import Size
from unhunch.session import terminal as session_terminal
from unhunch.session.guided import GuidedSession
from unhunch.session.plan import SessionPlan
from unhunch.session.routines import builtin

pytestmark = pytest.mark.slow(8)

PROGRAM = """
import fcntl, json, sys, termios
if sys.stdin.isatty():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C arrives as it does for a person
from unhunch import language
from unhunch.adapters.speech import HostVoice
from unhunch.session import terminal
from unhunch.session.terminal import run_terminal_session
from unhunch.session.plan import SessionPlan
from unhunch.session.routines import builtin

class Spoken(HostVoice):
    async def say(self, text, limit=30.0):
        print(text, file=said, flush=True)
        return True
    name = "spoken"

class Lines:
    def report(self, event, body):
        print(json.dumps({"event": event, **body}), file=out, flush=True)

language.set_up()
terminal.ASLEEP = 2.0
said = open(sys.argv[3], "w")
with open(sys.argv[2], "w") as out:
    plan = SessionPlan.from_mapping(json.loads(sys.argv[1]))
    session = run_terminal_session(plan, builtin(), Lines(), voice=Spoken(engines=()))
print("stage", session.stage)
"""
LIMIT = 40.0


class Terminal:
    """A person's end of a pseudo-terminal with a session behind it."""

    def __init__(self, folder: Path, plan: dict[str, Any], lang: str = "C.UTF-8") -> None:
        self.events_file = folder / "events"
        self.said_file = folder / "said"
        self.seen = ""
        mine, theirs = pty.openpty()
        self.mine = mine
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(plan), str(self.events_file), str(self.said_file)],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # nohup ignores it
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "90", "LINES": "40", "LANG": lang},
        )  # fmt: skip
        os.close(theirs)

    def until(self, *words: str) -> None:
        """Read until all of the words have been seen since the last time."""
        end = time.monotonic() + LIMIT
        while not all(word in self.seen for word in words):
            left = end - time.monotonic()
            assert left > 0, f"never saw {words}, but: {self.seen[-1500:]}"
            if select.select([self.mine], [], [], left)[0]:
                try:
                    self.seen += os.read(self.mine, 65536).decode(errors="replace")
                except OSError:
                    assert all(word in self.seen for word in words), f"ended without {words}: {self.seen[-1500:]}"
                    return
        self.seen = self.seen[max(self.seen.rfind(word) for word in words) :] if words else self.seen

    def type(self, keys: str) -> None:
        os.write(self.mine, keys.encode())

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.events_file.read_text().splitlines()]

    def end(self) -> list[dict[str, Any]]:
        self.until("stage")
        assert self.process.wait(LIMIT) == 0
        return self.events

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.mine)


@pytest.fixture
def made() -> Iterator[list[Terminal]]:
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


def test_a_whole_session_with_screening_and_ratings(tmp_path: Path, made: list[Terminal]) -> None:
    made.append(terminal := Terminal(tmp_path, {"speed": 40, "screening_due": True, "morning_due": True}))
    terminal.until("Always check with your doctor before starting a new exercise", "one or more?")
    terminal.type("\n")
    terminal.until("Please type one of")
    terminal.type("none\n")
    terminal.until("morning after")
    terminal.type("b\n")
    terminal.until("never roll up to your neck", "Press Enter")
    terminal.type("\n")
    terminal.until("Get down slowly")
    terminal.type(" ")
    terminal.until("Breathe in")
    terminal.until("104 of 104 s on the roller: that counts as a session", "Stiffness before")
    for answer in ("6\n", "2\n", "\n", "none\n"):
        terminal.type(answer)
    events = terminal.end()
    assert [e["event"] for e in events if e["event"] != "pulse"] == ["screening", "morning", "started", "finished"]
    assert events[-1]["record"] == {
        "routine": "thoracic-foam-roller", "size": "short", "planned_s": 104.0, "roller_s": 104.0, "status": "done",
        "source": "terminal", "branches": [], "stiffness_before": 6, "stiffness_after": 2, "tingling": "none",
    }  # fmt: skip


def test_tingling_pause_and_the_question(tmp_path: Path, made: list[Terminal]) -> None:
    made.append(terminal := Terminal(tmp_path, {"speed": 6}))
    terminal.until("Press Enter")
    terminal.type("\n")
    terminal.until("Top of the upper back", "Breathe in")
    terminal.type("j")
    terminal.until("PAUSED", "x pain, dizzy")
    terminal.type("jt")
    terminal.type(" ")
    terminal.until("Top of the upper back", "any key: pause")
    terminal.type("q")
    terminal.until("PAUSED")
    terminal.type("a")
    terminal.until("Elbows in toward your chest")
    terminal.until("Has it gone?", "a still there")
    terminal.type("a")
    terminal.until("Support your head")
    terminal.until("Has it gone?", "a still there")
    terminal.type("p ")
    terminal.until("Head supported")
    terminal.type("z")
    terminal.until("PAUSED")
    terminal.type("s")
    terminal.type("x")
    terminal.until("Stop. Roll to your side")
    terminal.until("If it was a slip")
    terminal.type("\n")
    terminal.until("Stiffness before")
    terminal.type("\x03")
    events = terminal.end()
    assert [e["name"] for e in events if e["event"] == "branch"] == [
        "elbows-in", "supported", "tingling-cleared", "stiff-P1", "pain",
    ]  # fmt: skip
    assert [e["event"] for e in events].count("finished") == 1
    assert {e["event"] for e in events} >= {"paused", "resumed"}
    assert events[-1]["record"]["tingling"] == "cleared"
    said = terminal.said_file.read_text()
    assert "Has it gone? Then press Space. Still there? Press A." in said
    assert "Paused. Press Space to go on, Escape to end." in said
    assert said.endswith(f"Stop. Roll slowly to your side and rest.\n{builtin().rules['help'].say}\n")


def test_interrupting_keeps_what_was_done_and_gives_the_terminal_back(tmp_path: Path, made: list[Terminal]) -> None:
    made.append(terminal := Terminal(tmp_path, {"speed": 10}))
    before = termios.tcgetattr(terminal.mine)
    terminal.until("Press Enter")
    terminal.type("\n")
    terminal.until("Middle of the shoulder blades")
    terminal.type("\x1b")
    terminal.until("PAUSED")
    terminal.type("\x1b")
    terminal.until("Stiffness before")
    assert termios.tcgetattr(terminal.mine)[3] == before[3]
    terminal.type("\x03")
    (finished,) = [e for e in terminal.end() if e["event"] == "finished"]
    assert finished["record"]["status"] == "partial"
    assert 20 <= finished["record"]["roller_s"] < 60


def test_a_sleep_pauses_it_and_does_not_count(tmp_path: Path, made: list[Terminal]) -> None:
    """Stopped, as by Ctrl-Z or a suspend: when it comes back it waits, and at the place where it was."""
    made.append(terminal := Terminal(tmp_path, {"speed": 10}))
    terminal.until("Press Enter")
    terminal.type("\n")
    terminal.until("Top of the upper back", "Breathe in")
    os.killpg(terminal.process.pid, signal.SIGSTOP)
    time.sleep(3)
    os.killpg(terminal.process.pid, signal.SIGCONT)
    terminal.until("the computer was asleep")
    (paused,) = [e for e in terminal.events if e["event"] == "paused"]
    assert paused["at"] < 45 + 15 + 24, "thirty seconds of the session would have passed"
    terminal.type(" ")
    terminal.until("Middle of the shoulder blades")
    terminal.type("\x1b")
    terminal.until("PAUSED")
    terminal.type("\x1b")
    terminal.until("Stiffness before")
    terminal.type("\x03")
    (finished,) = [e for e in terminal.end() if e["event"] == "finished"]
    assert finished["record"]["roller_s"] < 48


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_by_the_system_it_keeps_what_was_done(
    tmp_path: Path, made: list[Terminal], number: signal.Signals
) -> None:
    made.append(terminal := Terminal(tmp_path, {"speed": 10}))
    terminal.until("Press Enter")
    terminal.type("\n")
    terminal.until("Top of the upper back", "Breathe out")
    os.kill(terminal.process.pid, number)
    terminal.until("Stopped.")
    (finished,) = [e for e in terminal.end() if e["event"] == "finished"]
    assert finished["record"]["status"] == "partial"


def test_a_terminal_that_goes_away_ends_it_and_keeps_what_was_done(tmp_path: Path, made: list[Terminal]) -> None:
    """An ssh connection that breaks."""
    made.append(terminal := Terminal(tmp_path, {"speed": 10}))
    terminal.until("Press Enter")
    terminal.type("\n")
    terminal.until("Top of the upper back", "Breathe out")
    os.close(terminal.mine)
    terminal.mine = os.open(os.devnull, os.O_RDONLY)
    terminal.process.wait(LIMIT)
    (finished,) = [e for e in terminal.events if e["event"] == "finished"]
    assert finished["record"]["status"] == "partial"


def test_one_yes_is_no_session(tmp_path: Path, made: list[Terminal]) -> None:
    made.append(terminal := Terminal(tmp_path, {"screening_due": True}))
    terminal.until("one or more?")
    terminal.type("some\n")
    terminal.until("Ask your doctor first")
    assert terminal.end() == [{"event": "screening", "verdict": "ask-doctor"}]


def test_without_a_roller_it_is_not_for_them(tmp_path: Path, made: list[Terminal]) -> None:
    made.append(terminal := Terminal(tmp_path, {"screening_due": True}))
    terminal.until("one or more?")
    terminal.type("unable\n")
    terminal.until("Ask the clinic at your next appointment")
    terminal.until("unhunch screening")
    assert terminal.end() == [{"event": "screening", "verdict": "unable"}]


def run_without_terminal(folder: Path, plan: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(plan), str(folder / "events"), str(folder / "said")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT, check=True,
    )  # fmt: skip
    return done.stdout, [json.loads(line) for line in (folder / "events").read_text().splitlines()]


def test_without_a_keyboard_it_runs_by_itself(tmp_path: Path) -> None:
    out, events = run_without_terminal(tmp_path, {"speed": 100})
    assert "stage over" in out
    assert events[-1]["record"]["roller_s"] == 104
    assert events[-1]["record"]["status"] == "unknown", "nobody gave a sign of being there"
    _, screened = run_without_terminal(tmp_path, {"screening_due": True})
    assert screened == [], "what has to be asked first is not skipped"


def test_the_voice_off_is_off(tmp_path: Path) -> None:
    run_without_terminal(tmp_path, {"speed": 40, "voice": False})
    assert (tmp_path / "said").read_text() == ""


# ---- in other languages ---------------------------------------------------------------------------------------------

TALKS = {
    "de": (
        ("(keines/welche/geht nicht)", "k"), ("(besser/gleich/schlechter)", "b"), ("Drück Enter", ""),
        ("Einatmen", None),
        ("104 von 104 s auf der Rolle", None), ("vorher, 0 bis 10:", "6"), ("jetzt, 0 bis 10:", "2"),
        ("unterwegs, 0 bis 10:", ""), ("(keines/vergangen/geblieben)", "v"),
    ),
    "es": (
        ("(ninguna/alguna/imposible)", "ninguna"), ("(mejor/igual/peor)", "m"), ("Pulsa Intro", ""), ("Inhala", None),
        ("104 de 104 s sobre el rodillo", None), ("antes, de 0 a 10:", "6"), ("ahora, de 0 a 10:", "2"),
        ("la sesión, de 0 a 10:", ""), ("(ninguno/pasó/sigue)", "paso"),
    ),
}  # fmt: skip
"""What is seen, and what is typed then."""


@pytest.mark.parametrize("code", TALKS)
def test_a_whole_session_in_another_language(tmp_path: Path, made: list[Terminal], code: str) -> None:
    """Asked and answered in its words; the record has those that programs read."""
    plan = {"speed": 20, "screening_due": True, "morning_due": True}
    made.append(terminal := Terminal(tmp_path, plan, f"{code}.UTF-8"))
    for seen, typed in TALKS[code]:
        terminal.until(seen)
        if typed is not None:
            terminal.type(f"{typed}\n")
    events = terminal.end()
    assert [event["feels"] for event in events if event["event"] == "morning"] == ["better"]
    record = events[-1]["record"]
    assert (record["stiffness_before"], record["stiffness_after"], record["tingling"]) == (6, 2, "cleared")
    said = terminal.said_file.read_text()
    assert said.startswith({"de": "Leg dich langsam hin", "es": "Túmbate despacio"}[code])
    assert "your" not in said


def test_english_answers_are_understood_in_every_language(tmp_path: Path, made: list[Terminal]) -> None:
    made.append(terminal := Terminal(tmp_path, {"screening_due": True}, "de_DE.UTF-8"))
    terminal.until("/welche/")
    terminal.type("some\n")
    assert terminal.end() == [{"event": "screening", "verdict": "ask-doctor"}]


@pytest.mark.parametrize("code", language.LANGUAGES)
async def test_it_fits_into_eighty_columns(code: str) -> None:
    """Nothing but a long detail goes on in a second line."""
    language.set_up({"LANG": f"{code}.UTF-8"})
    try:
        session = GuidedSession(SessionPlan(size=Size.LONG), builtin(), Heard(), "terminal")
        session.begin(Size.LONG, landmark=True, hips_raised=True)
        out = Console(width=80, file=io.StringIO())
        player = session_terminal._Player(session, out, HostVoice(engines=()))
        drawn = 0

        def fits() -> None:
            nonlocal drawn
            drawn += 1
            lines = len(out.render_lines(player.draw()))
            detail = player._now()[0].detail
            assert lines <= 12 + max(1, math.ceil(len(detail) / 60)), player._now()

        player._load(0.0)
        assert player.track is not None, "it has begun"
        player.paused = player.slept = True
        for cue in player.track.cues:
            for at in [cue.at + phase.at for phase in cue.phases] or [cue.at]:
                player.at = at + 0.1
                fits()
        player._answer(Action.TINGLING)
        fits()
        player.at = player.guide.track.seconds - 1
        fits()
        assert drawn > 50
    finally:
        language.set_up({})
