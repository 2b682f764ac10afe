"""`plan`: the programme as it stands, and why it is so."""

from collections.abc import Mapping
from datetime import date as day_of
from typing import Any

from unhunch.core.engine import status
from unhunch.core.engine.status import minutes
from unhunch.core.engine.step import Live
from unhunch.core.presence.scene import Scene
from unhunch.core.programme import rules, stops, upcoming
from unhunch.core.programme.upcoming import Review
from unhunch.core.prompts import due, ladder
from unhunch.core.settings import Settings
from unhunch.core.state.state import State
from unhunch.marked import N_
from unhunch.words import formats, reasons
from unhunch.words.translate import _, ngettext


def plan_of(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """The programme: the goal, today's sessions, the next review, and the last decision with what it saw."""
    st = live.state
    p, date = st.programme, st.today.date
    return {
        "goal": p.goal,
        "goal_today": due.goal_today(st, s),
        "asked_today": due.asked_today(st, s),
        "today": status.today(live, scene, s),
        "goal_since": p.goal_since,
        "expected_min": minutes(st.today.expected),
        "cap": rules.cap(st.today.expected, s),
        "due": _due_points(live, scene, s),
        "review": review(upcoming.next_review(p, st.past, date, s)),
        "decision": _decided(p.decision, s),
        "offer": _offered(live, s),
        "mode": rules.mode(p, s),
        "stopped_why": _(reasons.STOPPED[p.stop]) if p.stop else None,
        "off_why": off_why(st) if due.is_off(st) else None,
        "recovery_due": stops.recovery_due(p, date),
        "easy_to_come": p.supervised,
        "screening": status.screening(live, s),
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


def review(found: Review) -> dict[str, Any]:
    """When the next review can be: its date, or what it waits for."""
    lacking, why = found.lacking, ""
    if found.on is None:
        why = _("when the day turns.")
    if lacking and found.on is None:
        why = ngettext(
            "after {count} more day with an hour of sitting.",
            "after {count} more days with an hour of sitting.",
            lacking,
        ).format(count=lacking)
    elif lacking:
        why = ngettext(
            "It takes {count} more day with an hour of sitting.",
            "It takes {count} more days with an hour of sitting.",
            lacking,
        ).format(count=lacking)
    return {"on": found.on, "why": why, "valid_days": found.valid_days}


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
    elif ladder.goes_unseen(live.state, s):
        why = none_seen(p.unseen)
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


def none_seen(days: int) -> str:
    """That nobody may see any notice, and what follows."""
    text = ngettext(
        "On {count} day no notice is known to have been seen: one quiet one a day, until one is.",
        "On {count} days running no notice is known to have been seen: one quiet one a day, until one is.",
        days,
    )
    return text.format(count=days)


def _day(date: str) -> str:
    return formats.long_day(day_of.fromisoformat(date))
