"""What a guided session is told before it begins."""

from typing import Any

from unhunch.core.programme import stops
from unhunch.core.programme.record import Programme, days_between
from unhunch.core.programme.rules import is_easy
from unhunch.core.programme.upcoming import morning_due, screening_due, size
from unhunch.core.settings import Settings
from unhunch.words.translate import _


def session_plan(p: Programme, date: str, s: Settings) -> dict[str, Any]:
    """By the names of `SessionPlan` in session/plan.py."""
    last = p.last
    ratings = (
        {}
        if last is None
        else {
            "stiffness_before": last.before,
            "stiffness_after": last.after,
            "discomfort": last.discomfort,
            "tingling": last.tingling or None,
        }
    )
    return {
        "size": size(p, date, s),
        "landmark": p.sessions < s.landmark_sessions,
        "screening_due": screening_due(p, date, s),
        "recovery_due": stops.recovery_due(p, date),
        "morning_due": morning_due(p, date, s),
        "breath": s.session_breath,
        "voice": s.session_voice,
        "pace": s.session_pace,
        "discomfort_most": s.amber_most,
        "routine": s.routine,
        "last": {name: value for name, value in ratings.items() if value is not None},
        "notice": _notice(p, date, s),
    }


def _notice(p: Programme, date: str, s: Settings) -> str:
    """One sentence above the choice, where there is something to explain."""
    if is_easy(p, s):
        # safety
        return _("An easy session, elbows in and supported, because of what you told about the last ones.")
    if p.sessions and days_between(p.last_session, date) >= s.gap_new:
        text = _("No session for {days} days: begin with the first session again.")
        return text.format(days=days_between(p.last_session, date))
    return ""
