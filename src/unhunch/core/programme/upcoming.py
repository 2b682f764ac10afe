"""What is to come: how the next session is and what is asked before it; when the next review can be (MODEL 5, 6)."""

from collections.abc import Sequence
from datetime import date as day_of
from datetime import timedelta

from unhunch.core.presence.day import Day
from unhunch.core.programme.record import Programme, days_between
from unhunch.core.programme.rules import figures, is_easy
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


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


class Review(NamedTuple):
    """When the next review can be."""

    on: str | None
    """Its ISO date; None when it only waits for enough days."""
    lacking: int
    """Days with enough sitting that it takes yet."""
    valid_days: int


def next_review(p: Programme, days: Sequence[Day], date: str, s: Settings) -> Review:
    """The next review, as things stand."""
    f = figures(p, days, date, s)
    on = day_of.fromisoformat(p.reviewed or date) + timedelta(days=s.review_days)
    lacking = max(s.review_valid - f.valid_days, 0)
    return Review(None if f.days >= s.review_days else on.isoformat(), lacking, f.valid_days)
