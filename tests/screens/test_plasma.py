"""What only Plasma does: it holds notices back under a full screen, and tells that as it tells do-not-disturb."""

import asyncio

import pytest

from tests.screens.desktops import SCREENS
from tests.screens.plasma import Plasma
from tests.screens.screen import Screen
from tests.screens.test_owed import Owed, on

pytestmark = pytest.mark.skipif(Plasma not in SCREENS, reason="Plasma is not run")


async def test_a_full_screen_is_no_do_not_disturb_and_uses_no_step_up() -> None:
    """From 6.7 on Plasma holds notices back under it, and tells so by the property that tells do-not-disturb."""
    async with on(Plasma) as owed:
        if owed.screen.version("plasma-workspace") < "6.7":
            pytest.skip("nothing is held back under a full screen before 6.7")
        await under_full_screen(owed, owed.screen)


async def under_full_screen(owed: Owed, screen: Screen) -> None:
    desk, bare = owed.desk, await screen.bare()
    await owed.start()
    film = screen.bed.spawn("foot", "--fullscreen", "sh", "-c", "sleep 3600")
    await owed.until("the full screen", lambda: desk.status()["surroundings"]["covered"])
    assert desk.status()["surroundings"]["quiet"] is False
    await owed.until(
        "the session that waits", lambda: [hold["why"] for hold in desk.status()["holds"]] == ["fullscreen"]
    )
    assert "full screen" in (await asyncio.to_thread(desk.run, "doctor")).stdout
    await owed.work(15)
    assert owed.shown() == []
    screen.bed.kill(film)
    await screen.until_bare(bare, "the full screen's end")
    await owed.step(bare, 1)
    # The user's own switch, told apart.
    await screen.quiet(on=True)
    await owed.until("do-not-disturb", lambda: desk.status()["surroundings"]["quiet"])
    assert desk.status()["surroundings"]["covered"] is False
    assert await asyncio.to_thread(desk.terminate) == 0
