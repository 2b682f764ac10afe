"""The tray's side of the daemon: what the icon and its menu say, and what a chosen line does."""

import sys
from typing import TYPE_CHECKING, Any

from unhunch.core import messages as m
from unhunch.core import prompts, tell
from unhunch.core.engine import Live
from unhunch.core.moment import DAY, HOUR, MINUTE, at_offset, local_midnight
from unhunch.core.settings import Settings
from unhunch.core.sitting import SITTING, Presence
from unhunch.desk_status import explain
from unhunch.ports import SEPARATOR, MenuItem, Tray, TrayIcon, TrayState, Unusable

if TYPE_CHECKING:
    from unhunch.daemon import Daemon

GNOME_HINT = (
    "GNOME shows tray icons with the AppIndicator extension: install gnome-shell-extension-appindicator, log in anew."
)
PRESENTING = 2 * HOUR
"""Seconds that "presenting" pauses for."""


class DeskTray:
    """Owns the tray adapter. Without a panel everything else works, and `status` says how to get one."""

    def __init__(self, daemon: "Daemon") -> None:
        self._daemon = daemon
        self._tray: Tray | None = None
        self._note = "switched off in the configuration"

    async def open(self) -> None:
        """Never raises: a desktop without a tray is a desktop."""
        try:
            tray = _adapter()
            self._note = await tray.open(self.chosen)
            self._tray = tray
        except (Unusable, ImportError) as error:
            self._note = str(error)

    def status(self) -> dict[str, Any]:
        trouble = getattr(self._tray, "trouble", "")
        desktop = self._daemon.keeper.env.get("XDG_CURRENT_DESKTOP", "")
        hint = GNOME_HINT if trouble and "GNOME" in desktop.upper().split(":") else ""
        return {
            "name": self._tray.name if self._tray else "none",
            "ok": bool(self._tray) and not trouble,
            "note": " ".join(filter(None, [f"{trouble}." if hint else trouble, hint])) or self._note,
            "hint": hint,
        }

    def refresh(self) -> None:
        """Show the present state; the adapter tells the panel only what changed."""
        if self._tray is not None:
            self._tray.show(state_of(self._daemon.live, self._daemon.settings))

    async def close(self) -> None:
        if self._tray is not None:
            await self._tray.close()

    def chosen(self, key: str) -> None:
        """A line of the menu, or a click on the icon."""
        daemon = self._daemon
        at = daemon.clock.now()
        word, _, rest = key.partition(":")
        event: m.Event | None = None
        match word:
            case "activate" | "week":
                daemon.spawn("week", "--open")
            case "start":
                daemon.spawn("start", f"--{rest}")
            case "snooze":
                seconds = None if rest == "call" else float(rest) * MINUTE
                event = m.Answered(at, "snooze", by="tray", seconds=seconds, until_call=rest == "call")
            case "skip":
                event = m.Answered(at, "skip", by="tray")
            case "undo":
                event = m.Undone(at)
            case "pause":
                event = _pause(at, rest)
            case "resume":
                event = m.Resumed(at)
            case "stand":
                event = m.Stood(at)
            case "sit":
                event = m.Sat(at)
            case "why":
                daemon.later(explain(daemon))
            case "settings":
                daemon.spawn("config", "open")
            case "quit":
                daemon.ending.set()
        if event is not None:
            daemon.later(daemon.perform(event))


def _pause(at: Any, length: str) -> m.Paused:
    if length == "today":
        tomorrow = local_midnight(at.wall, at.utc_offset) + DAY + 4 * HOUR
        return m.Paused(at, until=tomorrow, why="rest of today")
    if length == "presenting":
        return m.Paused(at, seconds=PRESENTING, why="presenting")
    return m.Paused(at, seconds=float(length) * MINUTE)


def _adapter() -> Tray:
    if sys.platform == "linux":
        from unhunch.adapters.tray.statusnotifier import StatusNotifierTray

        return StatusNotifierTray()
    from unhunch.adapters.tray.pystray import PystrayTray

    return PystrayTray()


def state_of(live: Live, s: Settings) -> TrayState:
    """Icon, tool tip and menu for a state of the engine."""
    st, now = live.state, live.now
    if st.pause:
        icon = TrayIcon.PAUSED
    elif now.quiet is None:
        icon = TrayIcon.BLIND
    elif st.owed:
        icon = TrayIcon.OWED
    elif now.presence in SITTING:
        icon = TrayIcon.SITTING
    else:
        icon = TrayIcon.AWAY
    return TrayState(icon, "Unhunch", _tip(live, s), _menu(live, s))


def _tip(live: Live, s: Settings) -> str:
    """ "At your desk 38 min, next about 14:10, today 1 of 2"."""
    st, now = live.state, live.now
    at = now.at
    if at is None:
        return ""
    sits = now.presence in SITTING
    words = {
        Presence.STANDING: "Standing",
        Presence.SESSION: "In a session",
        Presence.UNKNOWN: "Keyboard and mouse cannot be seen",
    }
    parts = [f"At your desk {st.bout.seconds / MINUTE:.0f} min" if sits else words.get(now.presence, "Away")]
    if st.pause:
        until = tell.pause_end(live)
        parts.append(f"paused until {until[11:16]}" if until else "paused")
    elif st.owed and st.owed.snoozed_for_call:
        parts.append("snoozed until this call is over")
    elif st.owed and st.owed.snoozed_until > st.t:
        parts.append(f"snoozed until {at_offset(at.wall + st.owed.snoozed_until - st.t, at.utc_offset):%H:%M}")
    elif st.owed:
        parts.append("a session is due")
    elif sits:
        left = prompts.sitting_left(st, prompts_scene(live, s), s)
        if left is not None:
            parts.append(f"next about {at_offset(at.wall + left, at.utc_offset):%H:%M}")
    parts.append(f"today {st.today.done} of {prompts.goal_today(st, s)}")
    return ", ".join(parts)


def prompts_scene(live: Live, s: Settings) -> prompts.Scene:
    from unhunch.core import engine

    assert live.now.at is not None  # the tray shows nothing before the first look
    return engine.scene(live, live.now.at, s)


def _menu(live: Live, s: Settings) -> tuple[MenuItem, ...]:
    st = live.state
    owed = st.owed is not None
    may_snooze = st.owed is not None and st.owed.snoozes < s.snooze_max
    stands = st.standing > 0
    return (
        MenuItem(
            "start",
            "Start",
            children=(
                MenuItem("start:short", "Short, 2 minutes"),
                MenuItem("start:standard", "Standard, 5 minutes"),
                MenuItem("start:long", "Long, 8 minutes"),
            ),
        ),
        MenuItem(
            "later",
            "Snooze",
            may_snooze,
            children=(
                MenuItem("snooze:10", "10 minutes"),
                MenuItem("snooze:30", "30 minutes"),
                MenuItem("snooze:call", "After this call", live.now.around.in_call is True),
            ),
        ),
        MenuItem("skip", "Skip", owed),
        MenuItem("undo", "Undo", bool(st.last_answer[0])),
        SEPARATOR,
        MenuItem("resume", "Resume")
        if st.pause
        else MenuItem(
            "quiet",
            "Pause",
            children=(
                MenuItem("pause:60", "1 hour"),
                MenuItem("pause:today", "Rest of today"),
                MenuItem("pause:presenting", "Presenting, 2 hours"),
            ),
        ),
        MenuItem("sit", "Sitting again") if stands else MenuItem("stand", "Standing now"),
        SEPARATOR,
        MenuItem("week", "This week"),
        MenuItem("why", "Why?"),
        MenuItem("settings", "Settings"),
        SEPARATOR,
        MenuItem("quit", "Quit"),
    )
