"""The history while the daemon runs: opened at any price, written when the disk lets it, never half."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unhunch.adapters.store import sqlite
from unhunch.core.facts import Fact
from unhunch.ports import StoreError, StoreTrouble
from unhunch.words.translate import _

log = logging.getLogger("unhunch")

UNWRITTEN_MOST = 5000
"""Facts that wait for a full or busy disk; then the oldest evidence is let go."""

Lengths = Mapping[str, tuple[float, Mapping[str, Any] | None]]


class DeskHistory:
    """One database. What it refuses is kept, and written with the next writing.

    Raises StoreError when it cannot be opened. A damaged file is moved aside, never overwritten; `told` then says where
    it went.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.trouble = ""
        """Why history cannot be written at the moment."""
        self.told = ""
        self._waiting: list[Fact] = []
        self._lengths: dict[str, tuple[float, Mapping[str, Any] | None]] = {}
        self.store = self._open()

    def _open(self) -> sqlite.SqliteStore:
        try:
            return sqlite.SqliteStore(self._path)
        except StoreError as error:
            if error.kind not in (StoreTrouble.CORRUPT, StoreTrouble.NOT_A_DATABASE):
                raise
            aside = sqlite.set_aside(self._path)
            moved = _(
                "It was moved aside to {path} and a new history was begun. Take back what can be read of it, with the "
                "daemon stopped: unhunch doctor --repair"
            )
            self.told = f"{error.what} {moved.format(path=aside)}"
            log.error("%s", self.told)
            return sqlite.SqliteStore(self._path)

    def write(self, new: Sequence[Fact], lengths: Lengths) -> None:
        """Write, together with what has waited. Never raises: `trouble` tells."""
        facts = [*self._waiting, *new]
        longer = {**self._lengths, **lengths}
        if not facts and not longer:
            return
        try:
            self.store.write(facts, longer)
        except StoreError as error:
            self.trouble = error.sentences
            log.warning("History cannot be written: %s", error.what)
            self._waiting, self._lengths = facts[-UNWRITTEN_MOST:], longer
            if error.kind is StoreTrouble.GONE:
                # Taken away under us: begin a new one rather than write into nothing.
                self.store.close()
                self.store = self._open()
            return
        if self.trouble:
            log.info("History is written again")
        self.trouble, self._waiting, self._lengths = "", [], {}

    def forget(self, before: float | None, *, summed_up: bool = True) -> int:
        """Delete what ended before `before` (Unix seconds), or all of it; returns how many facts. Raises StoreError."""
        gone = self.store.forget(before, summed_up=summed_up)
        if before is None:
            self._waiting, self._lengths = [], {}
        return gone

    def close(self) -> None:
        self.store.close()
