"""How long the built-in routine takes."""

LENGTHS = {"short": (63, 13), "standard": (107, 28), "long": (122, 48), "first": (97, 22), "easy": (63, 13)}
"""Seconds that are no breaths, and breaths, of each size (MODEL 6)."""


def session_minutes(size: str, breath: float = 8.0) -> int:
    """How long a session takes by its clock, in round minutes, with a breath of so many seconds."""
    seconds, breaths = LENGTHS[size]
    return round((seconds + breaths * breath) / 60)
