"""A notice from a command, through the same notifier as the daemon's: to tell something, or to try how they look."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from unhunch.adapters.registry import open_notifier
from unhunch.ports import Button, Notice, Unusable
from unhunch.words.notices import SESSION_BUTTONS
from unhunch.words.translate import _

NOTICE_SECONDS = 4.0
"""GNOME takes a notice away with the connection that showed it, so that one is held this long."""
TERMINAL = "console"
"""The notifier that writes where the command was typed."""


@dataclass
class Held:
    """What came of a notice."""

    shown: bool = False
    by: str = ""
    pressed: list[str] = field(default_factory=list)
    """Keys of its buttons, "default" for the notice itself."""


@contextmanager
def held(notice: Notice) -> Iterator[Held]:
    """The notice is up while the block runs, which may wait for a person: the bus is served beside it. Never raises."""
    found, ready, over = Held(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def hold() -> None:
        try:
            notifier, _note = await open_notifier(lambda _slot, key: found.pressed.append(key))
        except (Unusable, OSError):
            return
        try:
            found.by, found.shown = notifier.name, await notifier.show(notice)
            ready.set()
            await over.wait()
        finally:
            await notifier.close()

    def run() -> None:
        try:
            loop.run_until_complete(hold())
        finally:
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def show_notice(notice: Notice) -> bool:
    """For a few seconds. Whether it was shown; never raises."""
    with held(notice) as found:
        time.sleep(NOTICE_SECONDS if found.shown else 0.0)
    return found.shown


def sample() -> Notice:
    """A notice as they will look, with the buttons that they have; these do nothing."""
    buttons = tuple(Button(key, _(label)) for key, label in SESSION_BUTTONS)
    body = _("This is how it will ask you. This one is only a try: its buttons do nothing.")
    return Notice("setup", _("Unhunch is ready"), body, buttons, transient=True)
