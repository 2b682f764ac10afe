"""How long a sentence takes to say, without a voice at hand: what a routine's file is judged by.

Fitted by least squares to what espeak-ng 1.51 takes at 150 words a minute for the built-in routine's sentences in
English, German and Spanish: off by 0.2 s as a rule, 0.7 s at most. `unhunch routine check` measures where espeak-ng is
installed.
"""

from itertools import pairwise

LEAD = 0.3
"""Seconds that a sentence waits for the chime before it."""

ROOM = 0.8
"""Seconds to be left over after a sentence: 0.5 for a speech server that begins late, 0.3 for a slower voice."""

OFF = 0.3
"""Seconds that the estimate may be off, which nobody's file is refused for."""

_LETTER, _COMMA, _STOP, _BEGINNING = 0.065, 0.34, 0.6, 0.21
_DIGIT = 4
"""Letters of a digit that is read out."""


def estimate(text: str) -> float:
    """Seconds from the first sound to the last."""
    letters = sum(_DIGIT if c.isdigit() else c.isalpha() for c in text)
    commas, stops = (sum(one in marks and other.isspace() for one, other in pairwise(text)) for marks in (",:;", ".?!"))
    return _BEGINNING + _LETTER * letters + _COMMA * commas + _STOP * stops if letters else 0.0


def too_long(text: str, seconds: float) -> float:
    """Seconds that the sentence surely takes with the pauses around it, when that is more than there are; else 0."""
    takes = estimate(text) + LEAD + ROOM
    return takes if takes - OFF > seconds else 0.0
