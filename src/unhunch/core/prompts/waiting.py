"""What waits for a pause besides an owed session: the stand-up notice, the week's, the question after a gap (MODEL 4).

Of several the first waits and the others wait for their turn. What finds no pause for long is let go.
"""

from unhunch.core.presence.scene import Scene
from unhunch.core.prompts import after_gap, ladder
from unhunch.core.prompts.after_gap import Gap
from unhunch.core.settings import Settings
from unhunch.core.state import calendar
from unhunch.core.state.state import State
from unhunch.core.vocabulary import What
from unhunch.tuples import NamedTuple


class Waiting(NamedTuple):
    """A notice that waits for a pause, and how long it could have been shown but for that."""

    what: What
    which: float | str
    """Tells it from the next of its kind."""
    seconds: float = 0.0


def first(st: State, scene: Scene, gap: Gap | None, s: Settings, *, on_screen: bool) -> Waiting | None:
    """What waits now; None for nothing. `gap`: one that may be asked about; `on_screen`: a notice is shown."""
    if st.owed:
        return None
    if ladder.nudge_due(st, scene, s):
        return Waiting(What.NUDGE, ladder.nudge_at(st, s))
    if on_screen:
        return None
    week = calendar.week_is_news(st, scene.at, s)
    if week and not st.week_after_break and ladder.any_left(st, s) > 0:
        return Waiting(What.WEEK, week)
    if gap and scene.t >= gap.end + s.ask_after and after_gap.waits(st, s):
        return Waiting(What.ASK, gap.end)
    return None
