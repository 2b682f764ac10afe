"""What is to come: how the next session is and what is asked before it; when the next review can be (MODEL 5, 6)."""

from collections.abc import Sequence
from datetime import date as day_of
from datetime import timedelta
from typing import Any

from unhunch.core.presence.day import Day
from unhunch.core.programme import stops
from unhunch.core.programme.record import Programme, days_between
from unhunch.core.programme.rules import figures, is_easy
from unhunch.core.settings import Settings
from unhunch.words.translate import _, ngettext


def size(p: Programme, date: str, s: Settings) -> str:
    """The session that Start begins: first, easy, or the configured one."""
    if is_easy(p, s):
        return "easy"
    if not p.sessions or days_between(p.last_session, date) >= s.gap_new:
        return "first"
    return s.session_size


def screening_due(p: Programme, date: str, s: Settings) -> bool:
    """Before the first session, every 90 days, and after a stop."""
    return not p.screened or days_between(p.screened, date) >= s.screening_days


def morning_due(p: Programme, date: str, s: Settings) -> bool:
    """Nobody has yet asked how the morning after the last session felt, and it is not too long ago to know."""
    ago = days_between(p.last_session, date)
    said = any(p.last_session < day <= date for day, _feels in p.mornings)
    return 0 < ago <= s.morning_days and not said


def next_review(p: Programme, days: Sequence[Day], date: str, s: Settings) -> dict[str, Any]:
    """When the next review can be: its date, or what it waits for."""
    f = figures(p, days, date, s)
    lacking = max(s.review_valid - f.valid_days, 0)
    on = day_of.fromisoformat(p.reviewed or date) + timedelta(days=s.review_days)
    known = {"valid_days": f.valid_days}
    if f.days >= s.review_days:
        after = ngettext(
            "after {count} more day with an hour of sitting.",
            "after {count} more days with an hour of sitting.",
            lacking,
        )
        return {"on": None, "why": after.format(count=lacking) if lacking else _("when the day turns."), **known}
    takes = ngettext(
        "It takes {count} more day with an hour of sitting.",
        "It takes {count} more days with an hour of sitting.",
        lacking,
    )
    return {"on": on.isoformat(), "why": takes.format(count=lacking) if lacking else "", **known}


def session_plan(p: Programme, date: str, s: Settings) -> dict[str, Any]:
    """What a guided session is told before it begins; the names are those of web/plan.py's SessionPlan."""
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
