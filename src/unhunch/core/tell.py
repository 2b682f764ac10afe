"""What the engine can say about itself: `status` and `why` as plain values. It only tells; it decides nothing."""

from typing import Any

from unhunch.core import programme, prompts
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
        "screening": _screening(live, s),
        "mode": programme.mode(st.programme, s),
        "morning_due": programme.morning_due(st.programme, day.date, s),
        "offer": st.programme.offer["to"] if st.programme.offer else None,
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
    size = programme.size(st.programme, st.today.date, s)
    plain = {"size": size, "minutes": MINUTES[size]}
    if st.owed:
        soon = max(st.owed.snoozed_until, scene.t)
        return {"kind": "session", "at": iso(live, soon), "why": "it is owed now", **plain}
    left = prompts.sitting_left(st, scene, s)
    if left is None:
        why = "all sessions of today are done or answered"
        if st.programme.stopped:
            why = "the programme is stopped"
        elif prompts.asked_today(st, s) < prompts.goal_today(st, s):
            why = "fewer are asked for, because none were done lately"
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
            summary = f"No session is due: {first.text} is {_amount(first.value)}, it takes {_amount(first.limit)}."
        else:
            summary = "A session becomes due now."
    holds = _holds(live)
    if holds and st.owed:
        summary += f" It is held back: {holds[0]['text']}."
    if st.programme.stopped:
        summary = f"Sessions are off. {programme.STOPPED[st.programme.stop]} {programme.ADVICE}"
    top = ladder(live, s)
    if top["why"]:
        summary += f" {top['why']}"
    conditions.append(Condition("top", "loudest step of a prompt", top["top_step"], s.top_step, not top["lowered"]))
    return {
        "conditions": [c._asdict() for c in (*conditions, *_nudge_conditions(live, scene, s))],
        "holds": holds,
        "ladder": top,
        "summary": summary,
    }


def _nudge_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    """What the stand-up notice waits for."""
    st = live.state
    if not s.nudge:
        return []
    at, stretch, left = prompts.nudge_at(st, s), st.bout.seconds + scene.proven, prompts.nudges_left(st, s)
    return [
        Condition("nudge", "this stretch, for a stand-up notice", minutes(stretch), minutes(at), stretch >= at),
        Condition("nudges", "stand-up notices left today", left, 1, left >= 1),
    ]


def _screening(live: Live, s: Settings) -> str:
    p, date = live.state.programme, live.state.today.date
    return "stopped" if p.stopped else "needed" if programme.screening_due(p, date, s) else "pass"


def plan(live: Live, s: Settings) -> dict[str, Any]:
    """The programme: the goal, today's sessions, the next review, and the last decision with what it saw."""
    st = live.state
    p, date = st.programme, st.today.date
    return {
        "goal": p.goal,
        "goal_today": prompts.goal_today(st, s),
        "asked_today": prompts.asked_today(st, s),
        "goal_since": p.goal_since,
        "expected_min": minutes(st.today.expected),
        "cap": programme.cap(st.today.expected, s),
        "due": _due_points(live, s),
        "review": programme.next_review(p, st.past, date, s),
        "decision": dict(p.decision) if p.decision else None,
        "offer": dict(p.offer) if p.offer else None,
        "mode": programme.mode(p, s),
        "stopped_why": programme.STOPPED[p.stop] if p.stop else None,
        "screening": _screening(live, s),
        "screened_on": p.screened or None,
        "morning_due": programme.morning_due(p, date, s),
        "size": programme.size(p, date, s),
        "sessions": p.sessions,
        "asking": p.less or "usual",
        "ladder": ladder(live, s),
    }


def _due_points(live: Live, s: Settings) -> list[dict[str, Any]]:
    """Each session of the day with its threshold, in minutes of sitting."""
    st = live.state
    of, now = prompts.asked_today(st, s), st.today.resolved + 1
    rows = []
    for number in range(1, of + 1):
        state = "answered" if number < now else "to come"
        if number <= st.today.done:
            state = "done"
        elif number == now and st.owed:
            state = "due now"
        least = max(prompts.threshold(number, of, st, s), s.least_sitting)
        rows.append({"number": number, "at_min": minutes(least), "state": state})
    return rows


def ladder(live: Live, s: Settings) -> dict[str, Any]:
    """The loudest step that the prompts take, and why it is lower than it may be."""
    p, top = live.state.programme, prompts.top_step(live.state, s)
    why = ""
    if p.less == "stop":
        why = f"You asked on {p.less_since} not to be asked; it ends after {s.yield_stop} days or with a session."
    elif p.less == "fewer":
        why = f"You asked on {p.less_since} to be asked less often; a session done ends that."
    elif p.idle >= s.yield_workdays:
        why = f"No session on {p.idle} workdays: one quiet prompt a day. A session done brings the usual back."
    elif p.lowered:
        why = f"Sessions were ignored {s.yield_ignored} times in a row. Each session done brings back one step."
    return {"top_step": top, "most": s.top_step, "lowered": s.top_step - top, "ignored": p.ignored, "why": why}


def _amount(value: float | str) -> str:
    """What a session waits for is minutes of sitting, or a word."""
    return value if isinstance(value, str) else f"{value:.0f} min"


def _ladder_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    rung = prompts.rung(owed, prompts.top_step(live.state, s), s)
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
