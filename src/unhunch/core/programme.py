"""From one session a day to several (MODEL 5)."""

from typing import NamedTuple

from unhunch.core.settings import Settings


class Programme(NamedTuple):
    """What the user has agreed to and what the safety questions said."""

    goal: int = 1
    verdict: str = ""
    """Of the last screening: pass, ask-doctor, or nothing yet."""
    screened: str = ""
    """Logical day of the last screening."""
    sessions: int = 0
    """Sessions ever done."""
    last_session: str = ""
    """Logical day of the last one."""

    @property
    def stopped(self) -> bool:
        """Session prompts are off until the user confirms having checked with a clinician."""
        return self.verdict == "ask-doctor"


def begin(s: Settings) -> Programme:
    return Programme(goal=s.goal)
