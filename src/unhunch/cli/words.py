"""Figures and times as a person says them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import floor

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def minutes(value: float) -> str:
    """Minutes as "38 min", "1 h 05", "3 h"; rounded half up."""
    whole = floor(value + 0.5)
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock(when: datetime, now: datetime) -> str:
    """A time of day, and the day unless it is today: "14:10", "tomorrow 09:00", "Friday 04:00", "2 March 09:00"."""
    hour = f"{when:%H:%M}"
    days = (when.date() - now.date()).days
    if days == 0:
        return hour
    if days in (-1, 1):
        return f"{'tomorrow' if days == 1 else 'yesterday'} {hour}"
    if 1 < days < 7:
        return f"{WEEKDAYS[when.weekday()]} {hour}"
    year = "" if abs(when.date() - now.date()) < timedelta(days=180) else f" {when.year}"
    return f"{when.day} {MONTHS[when.month - 1]}{year} {hour}"


def joined(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {last} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
