"""A patient's three days with a keyboard and no mouse, in both browsers of Debian: pages, program and history are real.

The first session is stopped by dizziness, the next one by a key that was a slip, and the one after it is easy all the
same. What a session says is noted by the recordings that the page plays.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import kept
from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import UNHUNCH
from tests.desktop.test_surroundings_calls import pulseaudio
from tests.desktop.windows import WINDOWS, Window
from unhunch.core.moment import DAY
from unhunch.session.recordings import recordings
from unhunch.session.routines import builtin

pytestmark = [pytest.mark.desktop, pytest.mark.slow(28)]

SPEED = "5"
"""At which a pause lasts 36 s before it ends a session: longer than a busy machine takes for a few keys."""
STRAY = "jq5/'"
"""A cat, a child, a forehead: keys that mean nothing here; the last two open Firefox's search in other pages."""

PLAYED = """(() => {
  window.played = [];
  window.AudioContext = class extends AudioContext {
    constructor(...all) {
      super(...all);
      window.sound = this;
    }
  };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...all) {
    window.played.push(this.buffer.duration);
    return start.apply(this, all);
  };
})()"""


class Patient:
    def __init__(self, bed: Bed, window: Window) -> None:
        self.bed, self.window = bed, window
        self.clocks = Clocks(bed)
        opener = bed.dir / "browser"
        opener.write_text(
            f'#!/bin/sh\necho "$1" > {bed.dir}/address.part\nmv {bed.dir}/address.part {bed.dir}/address\n'
        )
        opener.chmod(0o755)
        bed.env["BROWSER"] = f"{opener} %s"

    @contextmanager
    def session(self) -> Iterator[Window]:
        """From `unhunch start` to its end; the window has the page meanwhile."""
        process = self.bed.spawn(UNHUNCH, "start", "--speed", SPEED, log="start")
        written = self.bed.dir / "address"
        self.bed.until("the session's address", written.exists)
        address = written.read_text().strip()
        written.unlink()
        self.window.go(address)
        yield self.window
        self.bed.until("the end of the session", lambda: process.poll() is not None)
        assert process.returncode == 0, self.bed.logs()

    def facts(self, kind: str) -> list[dict]:
        return kept.facts(self.bed.home / ".local/share/unhunch/unhunch.sqlite", kind)

    def said(self, sentence: str) -> None:
        """Wait until the page plays its recording, which is known by its length: it is decoded first."""
        seconds = recordings("en")[sentence].seconds
        self.window.until(f"window.played.some(length => Math.abs(length - {seconds}) < 0.1)", sentence)

    def day_passes(self) -> None:
        self.clocks.pass_by(DAY)


@pytest.fixture(params=WINDOWS)
def patient(request: pytest.FixtureRequest, bed: Bed) -> Iterator[Patient]:
    pulseaudio(bed)  # without a sound card Firefox plays nothing
    with WINDOWS[request.param](bed) as window:
        yield Patient(bed, window)


def begin(window: Window) -> None:
    """Space on the first screen, Space again when the patient lies there."""
    window.sees("ready")
    window.press(" ")
    window.sees("player")
    window.press(" ")
    window.until("document.getElementById('left').textContent.includes('left')")


def pause(window: Window, key: str) -> None:
    """Any key will do; what goes on and what stops is said, and no stray key goes on."""
    window.press(key)
    window.until("!document.getElementById('hold').hidden")
    left = window.ask("document.getElementById('left').textContent")
    window.press(*STRAY)
    assert window.ask("!document.getElementById('hold').hidden"), "a stray key never resumes"
    assert window.ask("document.getElementById('left').textContent") == left, "the clock stands still"


def test_three_days_without_a_mouse(patient: Patient) -> None:
    window = patient.window
    with patient.session():
        window.sees("screening")
        window.ask(PLAYED)
        window.tab_to("#screen-no")
        window.press("Enter")
        begin(window)
        # Firefox opens its sound in a process of its own; at this speed the page gives up on it in less than a second.
        window.until("window.sound.state === 'running'", "sound")
        window.press("ArrowRight", "ArrowRight")
        window.reads("eyebrow", "Place 1 of 6")
        pause(window, "k")
        patient.said(builtin().pause.words.say)
        window.press(" ")  # "Press Space to go on"
        window.until("document.getElementById('hold').hidden")

        pause(window, "z")
        window.press("a")  # "Tingling, or too much? Press A": the first session has its elbows in already
        window.reads("shown", "Support your head")
        window.until("!document.getElementById('ask').hidden", "the question whether it has gone")
        patient.said(builtin().tingling.ask.say)
        window.press(*STRAY)
        assert window.ask("!document.getElementById('ask').hidden")
        window.press(" ")  # "Has it gone? Then press Space"
        window.until("document.getElementById('ask').hidden")
        window.reads("detail", "Head supported")

        pause(window, "m")
        window.press("x")  # "Any pain, or dizzy? Press X"
        window.reads("shown", "Stop. Roll to your side")
        window.sees("rating")
        window.tab_to("#no-rating")
        window.press("Enter")
        window.sees("over")
        window.reads("over-advice", "no session is asked for today. The next one is easy, and asks first.")
    (stopped,) = patient.facts("session")
    assert (stopped["status"], stopped["branches"]) == ("partial", ["supported", "tingling-cleared", "pain"])
    refused = patient.bed.output(UNHUNCH, "start")
    assert "today" in refused, "a stop stops"
    assert len(patient.facts("session")) == 1

    patient.day_passes()
    with patient.session():
        window.sees("recovery")
        window.press(" ", "Enter")
        window.sees("recovery")  # neither of them answers it unread
        window.tab_to('[data-recovery="gone"]')
        window.press("Enter")
        begin(window)
        window.press("ArrowRight")
        window.reads("detail", "Head supported")
        pause(window, "k")
        window.press("x")
        window.sees("rating")
        window.tab_to("#rating-slip")
        assert "It was a slip: I had none" in window.ask("document.activeElement.innerText")
        window.press("Enter")
        window.sees("over")
        window.reads("over-title", "Taken back")
        window.reads("over-text", "the next one is easy, and asks first")
    assert len(patient.facts("slip")) == 1

    patient.day_passes()
    with patient.session():
        window.sees("recovery")
        window.tab_to('[data-recovery="gone"]')
        window.press("Enter")
        window.sees("ready")
        assert window.ask("document.querySelectorAll('input[name=\"size\"]').length") == 1, "no other choice"
        begin(window)
        window.press("ArrowRight")
        window.reads("detail", "Head supported")
        window.press("Escape", "Escape")
        window.sees("rating")
        window.tab_to("#save")
        window.press("Enter")
        window.sees("over")
    assert [fact["size"] for fact in patient.facts("session")] == ["first", "easy", "easy"]
