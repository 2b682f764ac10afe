"""What is so at one look, and how a condition on it is told: the ground that decisions stand on."""

from math import inf

from unhunch.core.messages import Around
from unhunch.core.moment import Moment
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple


class Scene(NamedTuple):
    """What is so at one look. `t` is the running clock; seconds throughout."""

    at: Moment
    t: float
    presence: Presence
    least: float
    """It has been quiet for at least this long ..."""
    most: float
    """... and at most this long (infinite when blind)."""
    around: Around
    proven: float
    """Sitting in the present gap that its evidence proves."""
    provisional: float
    """Sitting in the present gap if the user turns out to be there."""
    session: bool
    call_ended: float
    unlocked: float
    stretch: float
    """The present stretch as far as it is proven; nothing of it is left once a session or a break has ended it."""

    def partial(self, s: Settings) -> bool:
        """The last input may be just now or long ago: only a part could be seen."""
        return partly_seen(self.least, self.most, s)


def partly_seen(least: float, most: float, s: Settings, *, touched: bool = True) -> bool:
    """An interval of quiet whose near end is activity while its far end is far away (MODEL 2, row 8a).

    Where nobody has been seen yet (not `touched`): whose near end is no break yet, while its far end is one.
    """
    return least <= s.active_gap < most - least < inf or (not touched and least < s.break_gap <= most < inf)


class Condition(NamedTuple):
    """One thing that a prompt waits for. `value` and `limit` are minutes, counts or words."""

    name: str
    text: str
    """Marked; who shows it translates it."""
    value: float | str
    limit: float | str
    met: bool
