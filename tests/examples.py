"""How many examples hypothesis tries, and which: the one place for all tests that use it.

Without more said they are the same ones each time, so that nobody's change fails because of another one's bad luck.
`make fuzz` looks for new ones: UNHUNCH_FUZZ times as many, at random.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers

FUZZ = int(os.environ.get("UNHUNCH_FUZZ", "0"))


def examples(number: int) -> int:
    """The `max_examples` of a test that usually makes do with `number`."""
    return number * max(FUZZ, 1)


def load_profile() -> None:
    """What holds for every test. How fast this machine is just now is no property of the code."""
    settings.register_profile(
        "unhunch",
        max_examples=examples(100),
        derandomize=FUZZ == 0,
        deadline=None,
        # Without `explain`, which tries a failed example over and over: with a life of many days that takes minutes.
        phases=[phase for phase in Phase if phase is not Phase.explain],
        # The fixtures that an example shares with the others are folders and servers; each leaves them as they were.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )
    settings.load_profile("unhunch")
    if FUZZ == 0 and hasattr(providers, "_get_local_constants"):
        # It would mix in constants of whichever modules other tests happen to have imported before.
        providers._get_local_constants = lambda: providers._local_constants
