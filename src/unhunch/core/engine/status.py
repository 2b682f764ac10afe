"""What the engine can say about itself, as plain values: the times and counts that `status` and `plan` are told from.

It only tells; it decides nothing.
"""

from typing import Any

from unhunch.core.engine.step import Live
from unhunch.core.moment import MINUTE, at_offset
from unhunch.core.presence.reading import SITTING
from unhunch.core.presence.scene import Scene
from unhunch.core.programme import upcoming
from unhunch.core.prompts import due
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Verdict


def iso(live: Live, t: float | None) -> str | None:
    """A second of the running clock as local time with offset."""
    at = live.now.at
    if t is None or at is None:
        return None
    wall = at.wall + (t - (live.state.offset + at.boot))
    return at_offset(wall, at.utc_offset).isoformat(timespec="seconds")


def wall_iso(live: Live, wall: float) -> str | None:
    at = live.now.at
    return at_offset(wall, at.utc_offset).isoformat(timespec="seconds") if at else None


def minutes(seconds: float) -> float:
    return round(seconds / MINUTE, 1)


def stretch_now(live: Live, scene: Scene, s: Settings) -> float:
    """Seconds at the desk without a break, if whoever is there turns out to be there."""
    st = live.state
    if any(piece.breaks for piece in st.reading.gap(scene.t, s)):
        return 0.0
    return st.bout.seconds + scene.provisional if scene.presence in SITTING or st.bout.seconds else 0.0


def pause_end(live: Live) -> str | None:
    """When the pause ends by itself; None without one."""
    pause = live.state.pause
    if pause is None:
        return None
    if pause.running < float("inf"):
        return iso(live, pause.running)
    return wall_iso(live, pause.wall)


def today(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """The day so far."""
    day, provisional = live.state.today, scene.provisional
    return {
        "date": day.date,
        "done": day.done,
        "goal": due.goal_today(live.state, s),
        "asked": day.done + day.skipped + day.missed,
        "skipped": day.skipped,
        "missed": day.missed,
        "sitting_min": {
            "low": minutes(day.low + min(provisional, s.active_gap)),
            "best": minutes(day.best + provisional),
            "high": minutes(day.high(s) + provisional),
        },
        "notices": day.notices,
    }


def owed(live: Live) -> dict[str, Any] | None:
    """The session that is due and unanswered."""
    owed = live.state.owed
    if owed is None:
        return None
    return {
        "number": owed.number,
        "of": owed.of,
        "step": owed.step,
        "shown": owed.shown,
        "since": iso(live, owed.since),
        "snoozed_until": iso(live, owed.snoozed_until or None),
        "snoozed_for_call": owed.snoozed_for_call,
        "snoozes": owed.snoozes,
    }


def screening(live: Live, s: Settings) -> str:
    """Whether a session may begin, as far as the safety questions tell: pass, needed, stopped or unable."""
    p, date = live.state.programme, live.state.today.date
    if p.unable:
        return str(Verdict.UNABLE)
    return "stopped" if p.stopped else "needed" if upcoming.screening_due(p, date, s) else "pass"
