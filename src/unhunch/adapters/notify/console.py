"""Notices as lines of text: for terminals, for recorded days and for machines without any desktop."""

import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from unhunch.adapters.notify.without_buttons import commands
from unhunch.ports import Notice, Unusable
from unhunch.words.translate import _


class ConsoleNotifier:
    """Prints each notice to a stream. It has no buttons, so it never answers; the commands are printed instead."""

    name = "console"
    takes = True
    token = ""
    trouble = ""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream`: where to print, standard output when None."""
        self._stream = sys.stdout if stream is None else stream

    async def open(
        self,
        answered: Callable[[str, str], None],  # noqa: ARG002 - nothing can be pressed here
        changed: Callable[[], None] = lambda: None,  # noqa: ARG002 - it never does
    ) -> str:
        """Raises Unusable when the stream is closed already."""
        if self._stream.closed:
            raise Unusable(_("the output is closed"), _("Run Unhunch in a terminal, or choose another notifier"))
        return self.note

    @property
    def note(self) -> str:
        """It draws no buttons."""
        return _("prints notices as text, without buttons")

    async def show(self, notice: Notice) -> bool:
        """Print the notice. False when the stream refuses (a closed pipe). Never raises."""
        lines = [f"* {notice.title}", *(f"  {line}" for line in notice.body.splitlines())]
        if typed := commands(notice):
            lines.append("  > " + "   > ".join(typed))
        try:
            print("\n".join(lines), file=self._stream, flush=True)
        except (OSError, ValueError):
            return False
        return True

    async def withdraw(self, slot: str) -> None:
        """What is printed stays printed."""

    def abilities(self) -> Mapping[str, bool]:
        """Text only."""
        return {"buttons": False, "replace": False, "sound": False, "body_markup": False}

    async def close(self) -> None:
        """The stream is its owner's to close."""
