"""The same story on several private desktops at the same time: a person at a desk mostly waits."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs

Case = TypeVar("Case")


async def live_at_once(story: Callable[[Bed, Case], Awaitable[None]], cases: Iterable[Case]) -> None:
    """Live `story` for every case in a bed of its own, on X11 with notices and clocks that can be moved.

    What went wrong is told with the case and the bed's logs.
    """
    needs("dbus-daemon", "Xvfb", "dunst", "dunstctl", "gcc")  # here: a skip in one of them would leave the others

    async def live(case: Case) -> str:
        bed = Bed()
        try:
            await story(bed, case)
        except (Exception, pytest.fail.Exception):
            return f"== {case}: {traceback.format_exc(limit=-3)}\n{await asyncio.to_thread(bed.logs, 15)}"
        finally:
            await asyncio.to_thread(bed.close)
        return ""

    troubles = [trouble for trouble in await asyncio.gather(*map(live, cases)) if trouble]
    assert not troubles, "\n".join(troubles)
