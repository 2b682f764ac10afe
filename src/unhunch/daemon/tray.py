"""The tray's side of the daemon: what the icon and its menu say, and what a chosen line does."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from unhunch.adapters.registry import open_tray
from unhunch.control import events
from unhunch.core.engine import step
from unhunch.core.engine.status import pause_end, stretch_now
from unhunch.core.engine.step import Live
from unhunch.core.messages import Event
from unhunch.core.moment import DAY, HOUR, MINUTE, Moment, at_offset, local_midnight
from unhunch.core.presence.reading import SITTING, Presence
from unhunch.core.programme.stops import may_slip
from unhunch.core.prompts import due
from unhunch.core.session.lengths import session_minutes
from unhunch.core.settings import Settings
from unhunch.daemon.host import Host
from unhunch.daemon.spawn import Spawn
from unhunch.errors import UserError
from unhunch.ports import SEPARATOR, MenuItem, Tray, TrayIcon, TrayState, Unusable
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext, pgettext

GNOME_HINT = N_(
    "GNOME shows tray icons with the AppIndicator extension: install gnome-shell-extension-appindicator, log in anew."
)
PRESENTING = 2 * HOUR
"""Seconds that "presenting" pauses for."""


class DeskTray:
    """Owns the tray adapter. Without a panel everything else works, and `status` says how to get one."""

    def __init__(
        self,
        host: Host,
        spawn: Spawn,
        explain: Callable[[], Coroutine[Any, Any, None]],
        end: Callable[[], None],
    ) -> None:
        """`explain` says why, `end` ends the daemon."""
        self._host = host
        self._spawn = spawn
        self._explain = explain
        self._end = end
        self._tray: Tray | None = None
        self._note = _("starting") if host.settings.tray else _("switched off in the configuration")

    async def open(self) -> None:
        """Never raises: a desktop without a tray is a desktop."""
        try:
            tray = open_tray()
            await tray.open(self.chosen)
            self._tray = tray
        except (Unusable, ImportError) as error:
            self._note = str(error)

    def status(self) -> dict[str, Any]:
        trouble = self._tray.trouble if self._tray else ""
        desktop = self._host.keeper.env.get("XDG_CURRENT_DESKTOP", "")
        hint = _(GNOME_HINT) if trouble and "GNOME" in desktop.upper().split(":") else ""
        return {
            "name": self._tray.name if self._tray else "none",
            "ok": bool(self._tray) and not trouble,
            "note": " ".join(filter(None, [f"{trouble}." if hint else trouble, hint]))
            or (self._tray.note if self._tray else self._note),
            "hint": hint,
        }

    async def refresh(self) -> None:
        """Show the present state; the adapter tells the panel only what changed."""
        if self._tray is not None:
            self._tray.show(state_of(self._host.live, self._host.settings))

    async def close(self) -> None:
        if self._tray is not None:
            await self._tray.close()

    def chosen(self, key: str) -> None:
        """A line of the menu, or a click on the icon."""
        self._spawn.token = self._tray.token if self._tray else ""
        word, _colon, rest = key.partition(":")
        match word:
            case "activate" | "week":
                self._spawn("week", "--open")
            case "start":
                self._spawn("start", f"--{rest}")
            case "snooze":
                self._told(word, {"until_call": True} if rest == "call" else {"seconds": float(rest) * MINUTE})
            case "slip":
                self._told("undo", {"slip": True}, explain=True)
            case "pause":
                self._told(word, _pause(self._host.clock.now(), rest))
            case "skip" | "undo" | "resume" | "stand" | "sit":
                self._told(word, {})
            case "why":
                self._host.later(self._explain())
            case "settings":
                self._spawn("settings")
            case "quit":
                self._end()

    def _told(self, command: str, args: Mapping[str, Any], *, explain: bool = False) -> None:
        """What the command of that name does. The menu may be older than the state, which then refuses: no matter."""

        async def done(event: Event) -> None:
            await host.perform(event)
            if explain:
                await self._explain()

        host = self._host
        try:
            event = events.event(command, host.live.state, host.clock.now(), args, host.settings, by="tray")
        except UserError:
            return
        host.later(done(event))


def _pause(at: Moment, length: str) -> dict[str, Any]:
    if length == "today":
        return {"until": local_midnight(at.wall, at.utc_offset) + DAY + 4 * HOUR, "why": "rest of today"}
    if length == "presenting":
        return {"seconds": PRESENTING, "why": "presenting"}
    return {"seconds": float(length) * MINUTE}


def state_of(live: Live, s: Settings) -> TrayState:
    """Icon, tool tip and menu for a state of the engine."""
    st, now = live.state, live.now
    if st.pause:
        icon = TrayIcon.PAUSED
    elif now.quiet is None:
        icon = TrayIcon.BLIND
    elif st.owed and now.presence is not Presence.SESSION:
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
    scene = step.scene(live, at, s)
    sits = scene.presence in SITTING
    words = {
        Presence.STANDING: _("Standing"),
        Presence.SESSION: _("In a session"),
        Presence.UNKNOWN: _("Keyboard and mouse cannot be seen"),
    }
    desk = _("At your desk {time}").format(time=formats.duration(stretch_now(live, scene, s) / MINUTE))
    parts = [desk if sits else words.get(scene.presence, _("Away"))]
    if st.pause:
        until = pause_end(live)
        end = _("paused until {time}").format(time=formats.clock(datetime.fromisoformat(until))) if until else ""
        parts.append(end or _("paused"))
    elif scene.session:
        pass  # nothing is asked for meanwhile
    elif st.owed and st.owed.snoozed_for_call:
        parts.append(_("snoozed until this call is over"))
    elif st.owed and st.owed.snoozed_until > st.t:
        parts.append(_("snoozed until {time}").format(time=_clock(at, st.owed.snoozed_until - st.t)))
    elif st.owed:
        parts.append(_("a session is due"))
    elif sits:
        left = due.sitting_left(st, scene, s)
        if left is not None:
            parts.append(_("next about {time}").format(time=_clock(at, left)))
    parts.append(_("today {done} of {goal}").format(done=st.today.done, goal=due.goal_today(st, s)))
    return ", ".join(parts)


def _clock(at: Moment, later: float) -> str:
    return formats.clock(at_offset(at.wall + later, at.utc_offset))


def _minutes(count: int) -> str:
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)


def _menu(live: Live, s: Settings) -> tuple[MenuItem, ...]:
    st = live.state
    owed = st.owed is not None
    may_snooze = st.owed is not None and st.owed.snoozes < s.snooze_max
    stands, slips = st.standing > 0, may_slip(st.programme, st.today.date, s)
    return (
        # GNOME draws no tool tip.
        MenuItem("status", _tip(live, s), enabled=False),
        SEPARATOR,
        MenuItem(
            "start",
            _("Start"),
            children=(
                MenuItem(
                    "start:short", _("Short, {count} minutes").format(count=session_minutes("short", s.session_breath))
                ),
                MenuItem(
                    "start:standard",
                    _("Standard, {count} minutes").format(count=session_minutes("standard", s.session_breath)),
                ),
                MenuItem(
                    "start:long", _("Long, {count} minutes").format(count=session_minutes("long", s.session_breath))
                ),
            ),
        ),
        MenuItem(
            "later",
            _("Snooze"),
            may_snooze,
            children=(
                MenuItem("snooze:10", _minutes(10)),
                MenuItem("snooze:30", _minutes(30)),
                MenuItem("snooze:call", _("After this call"), live.now.around.in_call is True),
            ),
        ),
        MenuItem("skip", _("Skip"), owed),
        MenuItem("undo", _("Undo"), st.last_answer[0] not in ("", st.programme.stopping[0])),
        # safety: a stop that was told by mistake; only when there was one today
        *([MenuItem("slip", pgettext("in the tray", "It was a slip"))] if slips else []),
        SEPARATOR,
        MenuItem("resume", _("Resume"))
        if st.pause
        else MenuItem(
            "quiet",
            pgettext("to pause prompts", "Pause"),
            children=(
                MenuItem("pause:60", ngettext("{count} hour", "{count} hours", 1).format(count=1)),
                MenuItem("pause:today", _("Rest of today")),
                MenuItem("pause:presenting", _("Presenting, 2 hours")),
            ),
        ),
        MenuItem("sit", _("Sitting again")) if stands else MenuItem("stand", _("Standing now")),
        SEPARATOR,
        MenuItem("week", _("This week")),
        MenuItem("why", _("Why?")),
        MenuItem("settings", _("Settings")),
        SEPARATOR,
        MenuItem("quit", _("Quit")),
    )
