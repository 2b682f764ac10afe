"""What the engine can say about itself: `status` and `why` as plain values. It only tells; it decides nothing."""

from typing import Any

from unhunch.core import prompts
from unhunch.core.engine import Live
from unhunch.core.moment import MINUTE, at_offset
from unhunch.core.prompts import HOLDS, Condition, Scene
from unhunch.core.settings import Settings
from unhunch.core.sitting import SITTING
from unhunch.core.wording import MINUTES


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


def status(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """Where the user and the day stand. Minutes are numbers, times ISO 8601 with offset."""
    st, now = live.state, live.now
    provisional = scene.provisional
    day = st.today
    stretch = st.bout.seconds + provisional if scene.presence in SITTING or st.bout.seconds else 0.0
    if any(piece.breaks for piece in st.reading.gap(scene.t, s)):
        stretch = 0.0
    return {
        "now": iso(live, scene.t),
        "presence": scene.presence.value,
        "since": iso(live, now.presence_since),
        "stretch_min": minutes(stretch),
        "today": {
            "date": day.date,
            "done": day.done,
            "goal": prompts.goal_today(st, s),
            "asked": day.done + day.skipped + day.missed,
            "skipped": day.skipped,
            "missed": day.missed,
            "sitting_min": {
                "low": minutes(day.low + min(provisional, s.active_gap)),
                "best": minutes(day.best + provisional),
                "high": minutes(day.high + provisional),
            },
            "notices": day.notices,
        },
        "owed": _owed(live),
        "next": _next(live, scene, s),
        "paused_until": pause_end(live),
        "standing_since": iso(live, st.standing or None),
        "holds": _holds(live),
        "screening": "stopped" if st.programme.stopped else st.programme.verdict or "needed",
        "mode": "stopped" if st.programme.stopped else "",
        "undo": st.last_answer[1] or None,
    }


def _owed(live: Live) -> dict[str, Any] | None:
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


def _next(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    st = live.state
    size = s.session_size
    plain = {"size": size, "minutes": MINUTES[size]}
    if st.owed:
        soon = max(st.owed.snoozed_until, scene.t)
        return {"kind": "session", "at": iso(live, soon), "why": "it is owed now", **plain}
    left = prompts.sitting_left(st, scene, s)
    if left is None:
        why = "the programme is stopped" if st.programme.stopped else "all sessions of today are done or answered"
        return {"kind": None, "at": None, "why": why, **plain}
    sits = scene.presence in SITTING
    why = "if you go on sitting" if sits else f"after {minutes(left):g} more minutes of sitting"
    return {"kind": "session", "at": iso(live, scene.t + left) if sits else None, "why": why, **plain}


def pause_end(live: Live) -> str | None:
    """When the pause ends by itself; None without one."""
    pause = live.state.pause
    if pause is None:
        return None
    if pause.running < float("inf"):
        return iso(live, pause.running)
    return wall_iso(live, pause.wall)


def _holds(live: Live) -> list[dict[str, Any]]:
    why = live.now.hold
    if why is None:
        return []
    return [{"why": why, "text": HOLDS[why], "since": iso(live, live.now.hold_since)}]


def why(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """Why there is a prompt now, or none: each condition with its value and limit, each hold and since when."""
    st = live.state
    if st.owed:
        conditions = _ladder_conditions(live, scene, s)
        summary = _owed_summary(live)
    else:
        conditions = prompts.due_conditions(st, scene, s)
        missing = [c for c in conditions if not c.met]
        if missing and missing[0].name == "goal":
            summary = "No session is left to ask for today."
        elif missing:
            first = missing[0]
            summary = f"No session is due: {first.text} is {first.value}, it takes {first.limit}."
        else:
            summary = "A session becomes due now."
    holds = _holds(live)
    if holds and st.owed:
        summary += f" It is held back: {holds[0]['text']}."
    return {"conditions": [c._asdict() for c in conditions], "holds": holds, "summary": summary}


def _ladder_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    rung = prompts.rung(owed, s.top_step, s)
    clock = minutes(owed.clock)
    if rung is None:
        limit = minutes(s.after_top)
        return [
            Condition("lapse", "minutes since the last notice; then it lapses", clock, limit, owed.clock >= s.after_top)
        ]
    left = prompts.notices_left(live.state, s)
    needed = prompts.pause_needed(rung.step, owed.clock - rung.opens, s)
    return [
        Condition(
            "step", f"minutes waited; step {rung.step} may come", clock, minutes(rung.opens), owed.clock >= rung.opens
        ),
        Condition(
            "pause", "seconds without input, a natural pause", round(scene.least, 1), needed, scene.least >= needed
        ),
        Condition(
            "latest",
            "minutes waited; then it comes without a pause",
            clock,
            minutes(rung.closes),
            owed.clock >= rung.closes,
        ),
        Condition("caps", "notices left for this session", s.cap_session - owed.shown, 1, owed.shown < s.cap_session),
        Condition("day", "notices left today", left, 1, left >= 1),
    ]


def _owed_summary(live: Live) -> str:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    text = f"Session {owed.number} of {owed.of} is owed"
    if owed.snoozed_until > live.state.t:
        return f"{text}; you snoozed it."
    if owed.step == 0:
        return f"{text}; it waits for a natural pause."
    return f"{text}; step {owed.step} of its prompt has been shown."
