"""What the engine can say about itself: `status` and `why` as plain values. It only tells; it decides nothing."""

from collections.abc import Mapping
from datetime import date as day_of
from math import inf
from typing import Any

from unhunch.core.engine.step import Live
from unhunch.core.moment import MINUTE, at_offset
from unhunch.core.presence.reading import SITTING
from unhunch.core.presence.scene import Condition, Scene
from unhunch.core.programme import reasons, rules, stops, upcoming
from unhunch.core.prompts import due, ladder
from unhunch.core.prompts.ladder import HOLDS
from unhunch.core.prompts.texts import session_minutes
from unhunch.core.settings import Settings
from unhunch.core.state.state import State
from unhunch.core.vocabulary import Verdict
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext


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


def status_of(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """Where the user and the day stand. Minutes are numbers, times ISO 8601 with offset."""
    st, now = live.state, live.now
    return {
        "now": iso(live, scene.t),
        "presence": scene.presence.value,
        "since": iso(live, now.presence_since),
        "stretch_min": minutes(stretch_now(live, scene, s)),
        "today": _today(live, scene, s),
        "owed": _owed(live),
        "next": _next(live, scene, s),
        "paused_until": pause_end(live),
        "standing_since": iso(live, st.standing or None),
        "holds": _holds(live),
        "screening": _screening(live, s),
        "mode": rules.mode(st.programme, s),
        "morning_due": upcoming.morning_due(st.programme, st.today.date, s),
        "offer": st.programme.offer["to"] if st.programme.offer else None,
        "undo": st.last_answer[1] or None,
    }


def _today(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
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


def stretch_now(live: Live, scene: Scene, s: Settings) -> float:
    """Seconds at the desk without a break, if whoever is there turns out to be there."""
    st = live.state
    if any(piece.breaks for piece in st.reading.gap(scene.t, s)):
        return 0.0
    return st.bout.seconds + scene.provisional if scene.presence in SITTING or st.bout.seconds else 0.0


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
    size = upcoming.size(st.programme, st.today.date, s)
    plain = {"size": size, "minutes": session_minutes(size, s.session_breath)}
    if scene.session:
        return {"kind": None, "at": None, "why": _("a session is running"), **plain}
    if st.owed:
        soon = max(st.owed.snoozed_until, scene.t)
        return {"kind": "session", "at": iso(live, soon), "why": _("it is due now"), **plain}
    left = due.left(st, scene, s)
    if left is None:
        why = _("all sessions of today are done or answered")
        if due.is_off(st):
            why = _("sessions are off")
        elif due.asked_today(st, s) < due.goal_today(st, s):
            why = _("fewer are asked for, because none were done lately")
        return {"kind": None, "at": None, "why": why, **plain}
    sits = scene.presence in SITTING
    why = _("if you go on sitting")
    if not sits:
        why = takes(left)
    at = iso(live, scene.t + left.on_end) if sits else None
    return {"kind": "session", "at": at, "why": why, "left_min": minutes(left.on_end), **plain}


def takes(left: due.Left) -> str:
    """What the next session still takes, to follow a comma."""
    if left.on_end < left.broken:
        said = _("after {time} more of sitting without a break, or {longer} with breaks")
    else:
        said = _("after {time} more of sitting")
    return said.format(time=formats.duration(left.on_end / MINUTE), longer=formats.duration(left.broken / MINUTE))


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
    return [{"why": why, "text": _(HOLDS[why]), "since": iso(live, live.now.hold_since)}]


def why_of(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """Why there is a prompt now, or none: each condition with its value and limit, each hold and since when."""
    st = live.state
    if st.owed:
        conditions = _ladder_conditions(live, scene, s)
        summary = _owed_summary(live)
    else:
        conditions = [c._replace(text=_(c.text)) for c in due.due_conditions(st, scene, s)]
        summary = _missing(next((c for c in conditions if not c.met), None))
        left = due.left(st, scene, s)
        if left is not None and left.on_end > 0 and not st.pause:
            summary += " " + _("It comes {when}.").format(when=takes(left))
    if scene.session:
        summary = _("A session is running.")
    holds = _holds(live)
    if holds and st.owed and not scene.session:
        summary += " " + _("It is held back: {why}.").format(why=holds[0]["text"])
    if due.is_off(st):
        summary = off_why(st)
    top = loudness(live, s)
    if top["why"]:
        summary += f" {top['why']}"
    conditions.append(
        Condition("top", _("notices for one session, at most"), top["top_step"], s.top_step, not top["lowered"])
    )
    return {
        "conditions": [c._asdict() for c in (*conditions, *_nudge_conditions(live, scene, s))],
        "holds": holds,
        "ladder": top,
        "summary": summary,
    }


def _missing(first: Condition | None) -> str:
    """Why no session is due: the first condition that is not met."""
    if first is None:
        return _("A session becomes due now.")
    if first.name == "goal":
        return _("No session is left to ask for today.")
    if isinstance(first.value, str):
        why = {"pause": "paused", "hours": "hours"}.get(first.name)
        return _("No session is due: {why}.").format(why=_(HOLDS[why]) if why else first.text)
    return _("No session is due: {condition} is {value}, it takes {limit}.").format(
        condition=first.text, value=formats.duration(first.value), limit=formats.duration(float(first.limit))
    )


def _nudge_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    """What the stand-up notice waits for."""
    st = live.state
    if not s.nudge or scene.around.reminds:
        return []
    at, stretch, left = ladder.nudge_at(st, s), st.bout.seconds + scene.proven, ladder.nudges_left(st, s)
    if at == inf:
        again = [
            Condition("nudge", _("a break, before the next stand-up notice"), 0.0, minutes(s.break_gap), met=False)
        ]
    else:
        again = [
            Condition("nudge", _("this stretch, for a stand-up notice"), minutes(stretch), minutes(at), stretch >= at)
        ]
    return [
        *again,
        Condition("nudges", _("stand-up notices left today"), left, 1, left >= 1),
        *_pause_conditions(live, scene, s),
    ]


def _pause_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    """What a notice that has become due waits for: a pause, and how long before it is let go."""
    waits = live.now.waiting
    if waits is None:
        return []
    needed = ladder.gap_needed(waits.seconds, scene, s, insists=False)
    gap = round(scene.least, 1)
    return [
        Condition("pause", _("seconds without input, a natural pause"), gap, needed, gap >= needed),
        Condition(
            "let_go",
            _("minutes waited for a pause; then it is let go"),
            minutes(waits.seconds),
            minutes(s.pause_patience),
            waits.seconds >= s.pause_patience,
        ),
    ]


def off_why(st: State) -> str:
    """Why no session is asked for, what to do about it, and how to take it back if it was told by mistake."""
    p = st.programme
    if p.stop:
        parts = [_("Sessions are off."), _(reasons.STOPPED[p.stop]), _(reasons.ADVICE)]
    elif p.unable:
        return f"{_(reasons.UNABLE)} {_(reasons.WHEN_ABLE)}"
    else:
        parts = [_(reasons.SLIPPED if p.rest[1] == stops.SLIP else reasons.RESTING)]
    return " ".join([*parts, *([_(reasons.WAY_BACK)] if p.stopping[0] else [])])


def _screening(live: Live, s: Settings) -> str:
    p, date = live.state.programme, live.state.today.date
    if p.unable:
        return str(Verdict.UNABLE)
    return "stopped" if p.stopped else "needed" if upcoming.screening_due(p, date, s) else "pass"


def plan_of(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """The programme: the goal, today's sessions, the next review, and the last decision with what it saw."""
    st = live.state
    p, date = st.programme, st.today.date
    return {
        "goal": p.goal,
        "goal_today": due.goal_today(st, s),
        "asked_today": due.asked_today(st, s),
        "today": _today(live, scene, s),
        "goal_since": p.goal_since,
        "expected_min": minutes(st.today.expected),
        "cap": rules.cap(st.today.expected, s),
        "due": _due_points(live, scene, s),
        "review": upcoming.next_review(p, st.past, date, s),
        "decision": _decided(p.decision, s),
        "offer": _offered(live, s),
        "mode": rules.mode(p, s),
        "stopped_why": _(reasons.STOPPED[p.stop]) if p.stop else None,
        "off_why": off_why(st) if due.is_off(st) else None,
        "recovery_due": stops.recovery_due(p, date),
        "easy_to_come": p.supervised,
        "screening": _screening(live, s),
        "screened_on": p.screened or None,
        "morning_due": upcoming.morning_due(p, date, s),
        "size": upcoming.size(p, date, s),
        "sessions": p.sessions,
        "asking": p.less or "usual",
        "ladder": loudness(live, s),
    }


def _decided(body: Mapping[str, Any] | None, s: Settings) -> dict[str, Any] | None:
    """A decision with its reason in the language that is spoken now."""
    return {**body, "why": reasons.reason(body, s)} if body else None


def _offered(live: Live, s: Settings) -> dict[str, Any] | None:
    """The offer, and what keeps today below it: the week's usual sitting decides it, the day's what is asked for."""
    offer, most = _decided(live.state.programme.offer, s), rules.cap(live.state.today.expected, s)
    if offer is None or offer["to"] <= most:
        return offer
    return {**offer, "today": _("A day like today still has {count}.").format(count=most)}


def _due_points(live: Live, scene: Scene, s: Settings) -> list[dict[str, Any]]:
    """Each session of the day with the minutes of sitting at which it comes."""
    st = live.state
    left, sat = due.left(st, scene, s), st.today.best + scene.proven
    of, now = due.asked_today(st, s), st.today.resolved + 1
    rows = []
    for number in range(1, of + 1):
        state = N_("answered") if number < now else N_("to come")
        if number <= st.today.done:
            state = N_("done")
        elif number == now and scene.session:
            state = N_("being done")
        elif number == now and st.owed:
            state = N_("due now")
        row = {"number": number, "at_min": minutes(max(due.threshold(number, of, st, s), s.least_sitting))}
        if left is not None and number == now and not st.owed:
            row["at_min"] = minutes(sat + left.broken)
            if left.on_end < left.broken:
                row["on_end_min"] = minutes(sat + left.on_end)
        rows.append({**row, "state": state})
    return rows


def loudness(live: Live, s: Settings) -> dict[str, Any]:
    """The loudest step that the prompts take, and why it is lower than it may be."""
    p, top = live.state.programme, due.top_step(live.state, s)
    why = ""
    if p.less == "stop":
        why = _("You asked on {day} not to be asked; it ends after {count} days or with a session.").format(
            day=_day(p.less_since), count=s.yield_stop
        )
    elif p.less == "fewer":
        why = _("You asked on {day} to be asked less often; a session done ends that.").format(day=_day(p.less_since))
    elif p.idle >= s.yield_workdays:
        why = ngettext(
            "No session on {count} workday: one quiet prompt a day. A session done brings the usual back.",
            "No session on {count} workdays: one quiet prompt a day. A session done brings the usual back.",
            p.idle,
        ).format(count=p.idle)
    elif p.lowered:
        why = _(
            "Sessions were ignored {count} times in a row, so fewer notices come for each. "
            "A session done brings one back.",
        ).format(count=s.yield_ignored)
    return {"top_step": top, "most": s.top_step, "lowered": s.top_step - top, "ignored": p.ignored, "why": why}


def _day(date: str) -> str:
    return formats.long_day(day_of.fromisoformat(date))


def _ladder_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    rung = ladder.rung(owed, due.top_step(live.state, s), s)
    clock = minutes(owed.clock)
    if rung is None:
        limit = minutes(s.after_top)
        return [
            Condition(
                "lapse", _("minutes since the last notice; then it lapses"), clock, limit, owed.clock >= s.after_top
            )
        ]
    left = ladder.any_left(live.state, s) if owed.returning else ladder.notices_left(live.state, s)
    needed = ladder.gap_needed(owed.clock - rung.opens, scene, s, insists=True)
    return [
        Condition(
            "step",
            _("minutes waited; notice {step} may come").format(step=rung.step),
            clock,
            minutes(rung.opens),
            owed.clock >= rung.opens,
        ),
        Condition(
            "pause", _("seconds without input, a natural pause"), round(scene.least, 1), needed, scene.least >= needed
        ),
        Condition(
            "latest",
            _("minutes waited; then it comes without a pause"),
            clock,
            minutes(rung.opens + s.pause_anyway),
            owed.clock >= rung.opens + s.pause_anyway,
        ),
        Condition(
            "caps", _("notices left for this session"), s.cap_session - owed.shown, 1, owed.shown < s.cap_session
        ),
        Condition("day", _("notices left today"), left, 1, left >= 1),
        *_break_condition(owed.after_break),
    ]


def _break_condition(waits: bool) -> list[Condition]:
    """You left too often just when it came."""
    if not waits:
        return []
    return [Condition("break", _("back from a break: it came each time just as you left"), "no", "yes", met=False)]


def _owed_summary(live: Live) -> str:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    text = _("Session {number} of {of} is due; notice {step} for it has been shown.")
    if owed.after_break:
        text = _("Session {number} of {of} is due; it waits until you come back from a break.")
    elif owed.snoozed_until > live.state.t:
        text = _("Session {number} of {of} is due; you snoozed it.")
    elif owed.step == 0:
        text = _("Session {number} of {of} is due; it waits for a natural pause.")
    return text.format(number=owed.number, of=owed.of, step=owed.step)
