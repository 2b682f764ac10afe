"""GNOME's screen time (`session-active-history.json`): when the session was active, for fourteen weeks.

A list of `{"oldState", "newState", "wallTimeSecs"}`; 0 is inactive, 1 active: the user at this screen, not idle, not
asleep. Idle comes `idle-delay` after the last input, so an active time that ends by it has so long without input at
its end. It may have ended by a lock instead, which cannot be told: then the end is unknown.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unhunch.core.intervals import Interval, union, without
from unhunch.importers.recording import EARLIEST, LATEST, LONGEST_SPAN, BadRecording, Import, counted
from unhunch.words.translate import _, ngettext

FILE = "session-active-history.json"
FOLDER = "gnome-shell"
IDLE_DELAY = 300.0
"""Seconds: GNOME's own default of org.gnome.desktop.session idle-delay."""
_TO_THE_SECOND = 2.0
"""Seconds: an active time that is longer than the idle delay by no more was a machine by itself."""
_ASKING_SECONDS = 5.0
_FIELDS = ("oldState", "newState", "wallTimeSecs")


def where() -> Path:
    """Where GNOME's shell keeps it for this user."""
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path.home() / ".local" / "share") / FOLDER / FILE


def idle_delay() -> float:
    """Seconds until this desktop calls its user idle; 0 for never, and GNOME's default where it cannot be read."""
    program = shutil.which("gsettings")
    if program is None:
        return IDLE_DELAY
    try:
        done = subprocess.run(
            [program, "get", "org.gnome.desktop.session", "idle-delay"],
            capture_output=True, text=True, timeout=_ASKING_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return IDLE_DELAY
    number = done.stdout.strip().rpartition(" ")[2]  # "uint32 300"
    return float(number) if number.isdecimal() else IDLE_DELAY


def is_one(document: Any) -> bool:
    """Whether parsed JSON is meant to be such a list."""
    return isinstance(document, list) and bool(document) and isinstance(document[0], dict) and "newState" in document[0]


def of_document(document: Any, delay: float = IDLE_DELAY) -> Import:
    """Active times as input, less `delay` seconds (`idle_delay`). Raises BadRecording for an entry that is none."""
    changes = _changes(document)
    spans: list[Interval] = []
    unknown: list[Interval] = []
    since: float | None = None
    endless = lost = alone = 0
    for _old, new, at in changes:
        if new == 1:
            if since is not None:
                unknown.append((since, at))
                lost += 1
            since = at
        elif since is not None:
            if at - since > LONGEST_SPAN:
                unknown.append((since, at))
                endless += 1
            elif abs(at - since - delay) <= _TO_THE_SECOND and delay > 0:
                alone += 1
            else:
                touched = max(at - delay, since)
                spans.append((since, touched))
                unknown.append((touched, at))
            since = None
    last = since if since is not None else changes[-1][2]
    problems = [
        *counted(
            endless,
            ngettext(
                "{count} active time over six hours was left out as unknown: a film, or a suspend that was missed.",
                "{count} active times over six hours were left out as unknown: films, or suspends that were missed.",
                endless,
            ),
        ),
        *counted(
            lost,
            ngettext(
                "{count} active time has no end and was left out as unknown.",
                "{count} active times have no end and were left out as unknown.",
                lost,
            ),
        ),
        *counted(
            alone,
            ngettext(
                "{count} active time was as long as the screen takes to go idle: the machine by itself.",
                "{count} active times were as long as the screen takes to go idle: the machine by itself.",
                alone,
            ),
        ),
    ]
    return Import("gnome", union(spans), without([(changes[0][2], last)], unknown), problems)


def _changes(document: Any) -> Sequence[tuple[int, int, float]]:
    changes: list[tuple[int, int, float]] = []
    old: Any
    new: Any
    for number, entry in enumerate(document):
        old, new, at = (entry.get(name) for name in _FIELDS) if isinstance(entry, dict) else (None, None, None)
        if not (_is_state(old) and _is_state(new) and isinstance(at, int) and EARLIEST <= at < LATEST):
            raise _bad(number)
        changes.append((old, new, float(at)))
    # Stable: of two changes in one second the one that was written first comes first.
    return sorted(changes, key=lambda change: change[2])


def _is_state(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in (0, 1)


def _bad(number: int) -> BadRecording:
    return BadRecording(
        _("This is GNOME's screen time, and entry {number} of it makes no sense.").format(number=number),
        _("GNOME keeps it as {file}; copy that again.").format(file=f"~/.local/share/{FOLDER}/{FILE}"),
    )
