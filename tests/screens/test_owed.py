"""A session that is owed, through all its steps, on each desktop: seen, answered, held, taken back, stored."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import Desk
from tests.screens.desktops import SCREENS
from tests.screens.gnome import Gnome
from tests.screens.screen import KEPT, RIGHT, Box, Screen

WORK, PAUSE = 1.5, 5.0
"""Seconds of the script. Without version 2 of ext-idle-notify each pause of 4 s proves who was there before."""
SNOOZE = 6
"""Seconds."""
GOES = 19.0
"""Seconds after which a notice that goes by itself has gone."""
STAYS = 9.0
"""Seconds for which the top step is watched: longer than any server here leaves a notice that does not stay."""


class Owed:
    """The daemon on a desktop, and a person who looks at the screen."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.desk = Desk(screen.bed, more=f'[snooze]\nlength = "{SNOOZE} s"\n')
        self.desk.set(active_gap='"8 s"', longest='"20 s"', break_gap='"25 s"', after_1='"20 s"', after_2='"6 s"')
        self.desk.config.write_text(self.desk.config.read_text().replace("[tray]\nenabled = false\n", ""))

    async def start(self) -> None:
        await self.screen.touch()
        await asyncio.to_thread(self.desk.start)

    async def status(self):
        return await asyncio.to_thread(self.desk.status)

    async def work(self, seconds: float, until: Callable[[], object] = lambda: False) -> bool:
        """Touches with pauses, as a person makes them, for so long, or until something is so: whether it is."""
        end = time.monotonic() + seconds
        while not (so := until()) and time.monotonic() < end:
            at_work = (time.monotonic() - end + seconds) % (WORK + PAUSE) < WORK
            if at_work:
                await self.screen.touch()
            await asyncio.sleep(0.15 if at_work else 0.05)
        return bool(so)

    async def until(self, what: str, test: Callable[[], object]) -> None:
        """Work until `test` holds."""
        assert await self.work(LIMIT, test), f"worked {LIMIT:.0f} s in vain for {what}: {await self.status()}"

    def shown(self) -> list[int]:
        """The steps that count as shown, in order."""
        return [fact["step"] for fact in self.desk.facts("shown")]

    def answers(self) -> list[tuple[str, str]]:
        return [(fact["action"], fact["by"]) for fact in self.desk.facts("answer")]

    async def answered(self, action: str) -> None:
        """Wait for the only answer so far, given at the notice."""
        await self.screen.bed.eventually(f"the answer {action}", self.answers)
        assert self.answers() == [(action, "notice")]

    async def step(self, bare: Image.Image, *steps: int) -> Box:
        """Wait for the next notice: it counts as shown, and it is on the screen."""
        await self.until(f"the notice of {steps}", lambda: len(self.shown()) >= len(steps))
        box = await self.screen.until_drawn(bare, f"the notice of {steps} on the screen")
        assert self.shown() == list(steps)
        await self.screen.keep(f"{len(steps)}-step-{steps[-1]}")
        return box

    async def goes(self, bare: Image.Image, seconds: float) -> bool:
        """A notice leaves the screen within so many seconds while the person works."""
        for _ in range(round(seconds)):
            if not await self.screen.is_drawn(bare):
                return True
            await self.work(1)
        return False


@asynccontextmanager
async def on(kind: type[Screen]) -> AsyncIterator[Owed]:
    """A desktop that has begun, and a person at it; what it said and what was stored is printed if the test fails."""
    with Bed() as bed:
        screen = kind(bed)
        try:
            await screen.begin()
            owed = Owed(screen)
            try:
                yield owed
            except Exception:
                print(f"pace {owed.desk.pace:.1f}", *owed.desk.told(), sep="\n")
                raise
        except Exception:
            print(bed.logs())
            raise
        finally:
            await screen.end()


async def behind_full_screen(owed: Owed, screen: Gnome) -> None:
    """A banner that nobody sees is taken back, comes again, and does not pop up stale."""
    desk, bare = owed.desk, await screen.bare()
    desk.set(after_1='"200 s"')  # else the next step comes before the first one is known to be unseen
    await owed.start()
    await screen.full_screen(on=True)
    await owed.until("the notice of step 1, which waits", lambda: owed.shown() == [1])
    assert not await screen.is_drawn(bare)
    await owed.until("its being taken back", lambda: desk.facts("withdrawn"))
    (taken,) = desk.facts("withdrawn")
    assert (taken["why"], taken["unseen"]) == ("unseen", True)
    status = await owed.status()
    assert (status["today"]["notices"], status["owed"]["step"]) == (0, 0)
    await screen.full_screen(on=False)
    await owed.step(bare, 1, 1)
    status = await owed.status()
    assert (status["today"]["notices"], status["owed"]["step"]) == (1, 1)
    assert await owed.goes(bare, GOES)
    await owed.work(WORK)
    assert len(desk.facts("withdrawn")) == 1, "this one was seen"
    assert await asyncio.to_thread(desk.terminate) == 0


@pytest.mark.skipif(Gnome not in SCREENS, reason="GNOME is not run")
async def test_what_waits_behind_a_full_screen_that_gnome_cannot_report_is_not_used_up() -> None:
    async with on(Gnome) as owed:
        await behind_full_screen(owed, owed.screen)


@pytest.fixture(params=SCREENS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> type[Screen]:
    return request.param


async def live(owed: Owed, screen: Screen) -> dict[str, str]:
    """All of it; what was seen, for the table."""
    desk, bare = owed.desk, await screen.bare()
    await screen.keep("0-bare")
    await owed.start()
    if screen.tray:
        end = time.monotonic() + LIMIT
        while not await screen.icon():
            assert time.monotonic() < end, f"no icon in {screen.tray}: {await owed.status()}"
            await asyncio.sleep(0.2)
    # Step 1 goes by itself.
    await owed.step(bare, 1)
    assert await owed.goes(bare, GOES), "what is told to go by itself stays"
    # Step 2 comes anew, whatever became of the first one.
    box = await owed.step(bare, 1, 2)
    status = await owed.status()
    if not screen.draws_buttons:
        await screen.click(*(await screen.places(box))["text"], RIGHT)
        await screen.until_bare(bare, "the notice to go at a right click")
        await owed.answered("dismiss")
    # Step 3 stays until it is answered.
    box = await owed.step(bare, 1, 2, 3)
    assert not await owed.goes(bare, STAYS), "the top step does not stay"
    places = await screen.places(box)
    if screen.draws_buttons:
        await screen.click(*places["snooze"])
        await screen.until_bare(bare, "the notice to go at its button")
        await owed.answered("snooze")
    else:
        await screen.click(*places["text"])
        await owed.screen.until_bare(bare, "the notice, and the reason that the click asked for, to go")
        assert len(owed.answers()) == 1, "a click on the text answers nothing"
        assert (await asyncio.to_thread(desk.run, "snooze")).returncode == 0
    # Do-not-disturb holds what comes back, and does not use it up.
    await screen.quiet(on=True)
    known = "quiet" if screen.says_quiet else "muted"
    await owed.until("do-not-disturb", lambda: desk.status()["surroundings"][known])
    await owed.work(SNOOZE + 2 * (WORK + PAUSE))
    assert not await screen.is_drawn(bare)
    assert owed.shown() == [1, 2, 3]
    await screen.quiet(on=False)
    await owed.step(bare, 1, 2, 3, 3)
    # Who leaves takes it along.
    await screen.until_bare(bare, "the notice to be taken back from an empty chair")
    assert [fact["why"] for fact in desk.facts("withdrawn")][-1] == "away"
    await owed.work(1)
    assert await asyncio.to_thread(desk.terminate) == 0
    assert owed.shown() == [1, 2, 3, 3]
    assert [fact["sound"] for fact in desk.facts("shown")] == [False, False, True, True]
    assert known in [fact["why"] for fact in desk.facts("held")]
    assert owed.answers()[-1][0] == "snooze"
    assert desk.facts("ignored") == desk.facts("lapsed") == []
    by_pointer = "Snooze" if screen.draws_buttons else "a right click is a dismissal, a left one asks why"
    return {
        "server": status["notifier"]["note"],
        "activity": re.sub(r" of :\d+", "", status["source"]["note"]),
        "seen": "each step; the first goes by itself, the third stays; taken back from an empty chair",
        "pointer": by_pointer,
        "quiet": f"{'holds' if screen.says_quiet else 'refuses'} it; shown once it is off",
        "tray": f"drawn by {screen.tray}" if screen.tray else "-",
    }


async def test_an_owed_session_is_seen_answered_held_taken_back_and_stored(kind: type[Screen]) -> None:
    begun = time.monotonic()
    async with on(kind) as owed:
        seen = await live(owed, owed.screen)
        row = {"desktop": kind.desktop, "version": owed.screen.versions(), **seen}
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{kind.__name__}.json").write_text(json.dumps(row, indent=1))
    print(f"{kind.__name__}: {time.monotonic() - begun:.0f} s")
