"""The notifiers without buttons: console and plyer."""

import asyncio
import importlib.machinery
import io
import os
import sys
import threading
import time
import types
from pathlib import Path
from typing import Any

import pytest

from unhunch.adapters.notify.console import ConsoleNotifier
from unhunch.adapters.notify.plyer import PlyerNotifier
from unhunch.adapters.notify.without_buttons import commands
from unhunch.ports import Button, Notice, Unusable
from unhunch.words.notices import NUDGE_BUTTONS, SESSION_BUTTONS, WEEK_BUTTONS

PROMPT = Notice(
    "session",
    "Time to roll",
    "2 minutes on the roller.\nYou have been sitting for 70 min.",
    (Button("start", "Start"), Button("snooze", "Snooze"), Button("skip", "Skip"), Button("strange", "?")),
)


def unheard(slot: str, key: str) -> None:
    raise AssertionError("a notifier without buttons has no answers")


def test_every_button_that_does_something_has_its_command() -> None:
    for key, label in (*SESSION_BUTTONS, *NUDGE_BUTTONS, *WEEK_BUTTONS):
        typed = commands(Notice("", "", "", (Button(key, label),)))
        assert bool(typed) is (key != "dismiss"), key


async def test_the_console_prints_the_notice_and_what_to_type() -> None:
    stream = io.StringIO()
    notifier = ConsoleNotifier(stream)
    assert "without buttons" in await notifier.open(unheard)
    assert await notifier.show(PROMPT)
    await notifier.withdraw("session")
    assert stream.getvalue() == (
        "* Time to roll\n"
        "  2 minutes on the roller.\n"
        "  You have been sitting for 70 min.\n"
        "  > unhunch start   > unhunch snooze   > unhunch skip\n"
    )
    assert not any(notifier.abilities().values())
    await notifier.close()
    assert not stream.closed


async def test_a_console_that_went_away_is_no_crash() -> None:
    stream = io.StringIO()
    notifier = ConsoleNotifier(stream)
    await notifier.open(unheard)
    stream.close()
    assert await notifier.show(PROMPT) is False
    with pytest.raises(Unusable):
        await ConsoleNotifier(stream).open(unheard)


class Facade:
    """plyer's notification facade; it can block as the Windows one does, or fail."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.threads: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def notify(self, **words: Any) -> None:
        self.threads.append(threading.get_ident())
        self.gate.wait(30)
        if self.error is not None:
            raise self.error
        self.calls.append(words)


@pytest.fixture
def facade(monkeypatch: pytest.MonkeyPatch) -> Facade:
    made = Facade()
    module = types.ModuleType("plyer")
    module.notification = made  # type: ignore[attr-defined]  # stands for plyer's lazily loaded facade
    monkeypatch.setitem(sys.modules, "plyer", module)
    monkeypatch.setattr("shutil.which", lambda _program: "/usr/bin/notify-send")
    return made


async def test_plyer_gets_the_text_with_the_commands_outside_the_event_loop(facade: Facade) -> None:
    notifier = PlyerNotifier()
    assert "without buttons" in await notifier.open(unheard)
    assert await notifier.show(PROMPT)
    assert facade.calls == [
        {
            "title": "Time to roll",
            "message": PROMPT.body + "\nIn a terminal: unhunch start, unhunch snooze, unhunch skip",
            "app_name": "Unhunch",
            "timeout": 10,
        }
    ]
    assert threading.get_ident() not in facade.threads
    assert not any(notifier.abilities().values())
    await notifier.close()
    assert await notifier.show(PROMPT) is False


async def test_plyer_that_blocks_does_not_block_the_daemon(facade: Facade) -> None:
    notifier = PlyerNotifier()
    await notifier.open(unheard)
    facade.gate.clear()
    before = time.monotonic()
    ticks = asyncio.create_task(_ticks())
    assert await notifier.show(PROMPT)
    assert 0.9 < time.monotonic() - before < 10
    assert ticks.cancel()
    facade.gate.set()
    await notifier.close()


async def _ticks() -> None:
    while True:
        await asyncio.sleep(0.01)


async def test_plyer_that_fails_is_told_and_not_raised(facade: Facade) -> None:
    notifier = PlyerNotifier()
    await notifier.open(unheard)
    facade.error = OSError("no tray")
    assert await notifier.show(PROMPT) is False
    assert notifier.trouble == "plyer could not show it: no tray"
    facade.error = None
    assert await notifier.show(PROMPT)
    assert notifier.trouble == ""
    await notifier.close()


async def test_how_notify_send_ended_is_told_and_nothing_stands_in_the_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The real plyer passes over both."""
    if sys.platform != "linux":
        pytest.skip("notify-send is Linux's")
    pytest.importorskip("plyer")
    program = tmp_path / "notify-send"
    program.write_text('#!/bin/sh\necho "Cannot autolaunch D-Bus" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    notifier = PlyerNotifier()
    await notifier.open(unheard)
    assert await notifier.show(PROMPT) is False
    assert notifier.trouble == "plyer could not show it: Cannot autolaunch D-Bus"
    program.write_text("#!/bin/sh\nexit 0\n")
    assert await notifier.show(PROMPT)
    assert capfd.readouterr() == ("", "")
    await notifier.close()


async def test_long_text_is_cut_to_what_windows_takes(facade: Facade) -> None:
    notifier = PlyerNotifier()
    await notifier.open(unheard)
    assert await notifier.show(PROMPT._replace(title="t" * 100, body="b" * 400))
    assert facade.calls[0]["title"] == "t" * 62 + "…"
    assert len(facade.calls[0]["message"]) == 255
    await notifier.close()


async def test_plyer_that_is_missing_or_has_nothing_to_show_with_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _program: "/usr/bin/notify-send")
    monkeypatch.setitem(sys.modules, "plyer", None)
    with pytest.raises(Unusable, match="cannot be imported"):
        await PlyerNotifier().open(unheard)
    monkeypatch.setattr("shutil.which", lambda _program: None)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(Unusable, match="notify-send") as caught:
        await PlyerNotifier().open(unheard)
    assert "libnotify-bin" in caught.value.remedy


async def test_on_macos_plyer_needs_pyobjus(facade: Facade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "pyobjus", None)
    with pytest.raises(Unusable, match="pyobjus") as caught:
        await PlyerNotifier().open(unheard)
    assert "pip install pyobjus" in caught.value.remedy
    module = types.ModuleType("pyobjus")
    module.__spec__ = importlib.machinery.ModuleSpec("pyobjus", None)
    monkeypatch.setitem(sys.modules, "pyobjus", module)
    notifier = PlyerNotifier()
    await notifier.open(unheard)
    assert await notifier.show(PROMPT)
    assert facade.calls
    await notifier.close()
