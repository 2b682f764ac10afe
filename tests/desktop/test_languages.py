"""A day under each locale, with real parts: notices, commands, tray words, report and demonstration in one language."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH, Desk
from unhunch import language
from unhunch.core.messages import Prompt
from unhunch.core.prompts.ladder import HOLDS
from unhunch.core.session.lengths import LENGTHS
from unhunch.words import formats, notices
from unhunch.words.translate import _
from unhunch.words.week import NOTE

LOCALES = ["de_DE.UTF-8", "es_ES.UTF-8", "en_US.UTF-8"]


@pytest.fixture(params=LOCALES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """A locale, spoken by this process too, so that a test can say what it expects."""
    language.set_up({"LANG": request.param})
    yield request.param
    language.set_up({})


def shown_by_dunst(bed: Bed) -> dict[str, str]:
    """The newest notice, as the notification server has it: of what is displayed, or of its history."""
    bed.dunstctl("close-all")
    (newest, *_rest) = json.loads(bed.dunstctl("history"))["data"][0]
    return {name: newest[name]["data"] for name in ("summary", "body", "message")}


@pytest.mark.desktop
def test_a_day_is_lived_in_the_users_language(bed: Bed, spoken: str) -> None:
    bed.env["LANG"] = spoken
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    desk.start()
    desk.type(7)
    desk.asked()
    shown = desk.facts("shown")[-1]
    assert shown["what"] == "session"
    known = [notices.words(Prompt("session", step=1, size=size, text=n)) for size in LENGTHS for n in range(60)]
    assert desk.run("snooze", "30m").returncode == 0
    bed.until("the notice to go", lambda: bed.displayed() == 0)
    told = shown_by_dunst(bed)
    assert told["summary"] in {text.title for text in known}
    assert any(told["body"].startswith(text.body) for text in known)

    desk.type(1)  # or a busy machine makes this an absence
    status = desk.run("status")
    assert status.returncode == 0
    plain = desk.status()
    until = datetime.fromisoformat(plain["owed"]["snoozed_until"])
    assert formats.clock(until) in status.stdout
    assert plain["presence"] in ("active", "quiet"), "what programs read is in no language"
    desk.type(1)
    why = desk.run("why")
    assert why.returncode == 0
    assert _(HOLDS["snoozed"]) in why.stdout
    # The daemon speaks its own language in `why` and `doctor`; of what commands say, nothing is as in English.
    for words in ("status", "plan", "week", "snooze soon", "frobnicate", "config check", "week --help"):
        mine, theirs = (lines(bed, locale, words) for locale in (spoken, "C.UTF-8"))
        same = [line for line in mine & theirs if sum(part.isalpha() and len(part) > 2 for part in line.split()) > 2]
        assert spoken.startswith("en") or not same, "said in English"
    for words in ("undo", "skip", "stand", "sit"):
        done = desk.run(words)
        assert done.returncode == 0, done.stderr
        assert done.stdout
    assert _(NOTE) in desk.run("week").stdout
    assert desk.terminate() == 0
    assert "Traceback" not in bed.log("unhunch")


def lines(bed: Bed, locale: str, words: str) -> set[str]:
    """What a command says under a locale. Examples of commands are the same in every language."""
    done = subprocess.run(
        [UNHUNCH, *words.split()],
        env={**bed.env, "LANG": locale},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    found = {line.strip() for line in (done.stdout + done.stderr).splitlines()}
    return {line for line in found if not line.startswith("unhunch ")}


@pytest.mark.slow(20)
def test_the_demonstration_is_played_in_the_users_language(spoken: str) -> None:
    env = {**os.environ, "LANG": spoken, "PYTHONIOENCODING": "utf-8"}
    play = "language.set_up(); sys.exit(demo.demo(seconds=0.5))"
    code = f"import sys; from unhunch import language; from unhunch.play import demo; {play}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _("The day is over. The week that it ends:") in done.stdout
    assert _(NOTE) in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 110
    if "en" not in spoken:
        for english in ("session", "stretch", "Friday", "the", "and", "at least"):
            assert f" {english} " not in done.stdout, english
