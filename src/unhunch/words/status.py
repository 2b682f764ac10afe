"""`status`: where the user and the day stand, with what comes next in words."""

from typing import Any

from unhunch.core.engine import status
from unhunch.core.engine.status import iso, minutes
from unhunch.core.engine.step import Live
from unhunch.core.moment import MINUTE
from unhunch.core.presence.reading import SITTING
from unhunch.core.presence.scene import Scene
from unhunch.core.programme import rules, upcoming
from unhunch.core.prompts import due, ladder
from unhunch.core.session.lengths import session_minutes
from unhunch.core.settings import Settings
from unhunch.words import formats
from unhunch.words.translate import _


def status_of(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """Where the user and the day stand. Minutes are numbers, times ISO 8601 with offset."""
    st, now = live.state, live.now
    return {
        "now": iso(live, scene.t),
        "presence": scene.presence.value,
        "since": iso(live, now.presence_since),
        "stretch_min": minutes(status.stretch_now(live, scene, s)),
        "today": status.today(live, scene, s),
        "owed": status.owed(live),
        "next": _next(live, scene, s),
        "paused_until": status.pause_end(live),
        "standing_since": iso(live, st.standing or None),
        "holds": holds(live),
        "screening": status.screening(live, s),
        "mode": rules.mode(st.programme, s),
        "morning_due": upcoming.morning_due(st.programme, st.today.date, s),
        "offer": st.programme.offer["to"] if st.programme.offer else None,
        "undo": st.last_answer[1] or None,
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
        elif ladder.goes_unseen(st, s):
            why = _("one a day is asked for, because no notice is known to have been seen lately")
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


def holds(live: Live) -> list[dict[str, Any]]:
    """What holds a notice back."""
    why = live.now.hold
    if why is None:
        return []
    return [{"why": why, "text": _(ladder.HOLDS[why]), "since": iso(live, live.now.hold_since)}]
