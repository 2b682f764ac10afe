"""The same day on every desktop: one script, every real source, the same stretches; and servers that die under it.

All desktops live at the same time, each on a bed of its own, because a person at a desk mostly waits.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import Desk
from tests.desktop.parts import find, needs
from tests.desktop.rigs import RIGS, Rig
from unhunch import config
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.control.client import ask
from unhunch.core.facts import Kind
from unhunch.core.presence.reading import ABSENT, SITTING, Presence
from unhunch.core.week.days import stretches_of
from unhunch.core.week.lived import Lived, lived

pytestmark = [pytest.mark.desktop, pytest.mark.slow(45)]

BACK_WITHIN = 15.0
"""Seconds of the script after which a server that is back must be seen through again."""
LOOK = 0.5
"""Seconds of the script between two looks (desk.FAST)."""
PAUSE = 1.1
"""Seconds of the script that a hand rests between touches: longer than a pause, shorter than a gap (desk.FAST)."""
LATE = 1.0
"""Seconds of the script that a touch may take to the daemon."""


class Day:
    """A daemon on one desktop, a person at it, and when the person really touched something."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.desk = Desk(rig.bed, source=rig.wanted)
        self.touches: list[float] = []

    async def start(self) -> None:
        """The daemon, until it sees."""
        await asyncio.to_thread(self.desk.start)
        seen = await self.until("its first look", lambda status: not status["source"]["blind"])
        assert seen["source"]["name"] == self.rig.source

    async def status(self):
        """Over the socket, without a process for each question."""
        return await asyncio.to_thread(ask, self.rig.bed.run / "unhunch/control.sock", "status")

    async def work(self, seconds: float) -> None:
        """Touches, for so many seconds of the script."""
        end = time.monotonic() + seconds * self.desk.pace
        while time.monotonic() < end:
            await self.rig.touch()
            self.touches.append(time.time())
            await asyncio.sleep(0.15)

    async def work_in_bursts(self, seconds: float) -> None:
        """With pauses between: without any nobody can be proven (version 1 of ext-idle-notify)."""
        end = time.monotonic() + seconds * self.desk.pace
        while time.monotonic() < end:
            await self.work(0.45 / self.desk.pace)
            await self.rest(PAUSE)

    async def rest(self, seconds: float) -> None:
        """Hands off, for so many seconds of the script."""
        await asyncio.sleep(seconds * self.desk.pace)

    @property
    def slack(self) -> float:
        """Seconds by which the daemon may misjudge when something happened."""
        return (LOOK + LATE) * self.desk.pace

    async def until(self, what: str, test, limit: float = LIMIT):
        """Wait for something in `status`."""
        end = time.monotonic() + limit * self.desk.pace
        while not test(status := await self.status()):
            assert time.monotonic() < end, f"waited {limit:.0f} s in vain for {what}: {status}"
            await asyncio.sleep(0.1)
        return status

    def facts(self):
        store = SqliteStore(self.desk.database, read_only=True)
        try:
            return store.read()
        finally:
            store.close()

    @property
    def settings(self):
        return config.load(self.desk.config)

    def lived(self) -> list[Lived]:
        return lived(self.facts(), self.settings)

    def absences(self, pieces: list[Lived]) -> list[Lived]:
        """Times called away after somebody had come."""
        came = next(piece.start for piece in pieces if piece.presence in SITTING)
        return [piece for piece in pieces if piece.presence in ABSENT and piece.start >= came]

    def stretches(self) -> list[tuple[float, float]]:
        """As the database tells them: begin and end in Unix seconds."""
        return [(lot.start, lot.end) for _, lot in stretches_of(self.lived(), self.settings)]

    def expected(self) -> list[tuple[float, float]]:
        """As the touches make them (MODEL 2), whatever the machine's load made of the script."""
        s = self.settings
        found: list[list[float]] = []
        for at in self.touches:
            if found and at - found[-1][1] < s.break_gap:
                found[-1][1] = at
            else:
                found.append([at, at])
        return [(start, end + s.active_gap) for start, end in found]


def joined(stretches: list[tuple[float, float]], within: float) -> list[tuple[float, float]]:
    """Those less than so many seconds apart as one: who came back may be doubted once more before being proven."""
    found: list[tuple[float, float]] = []
    for start, end in stretches:
        if found and start - found[-1][1] < within:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


async def on_every_desktop(story: Callable[[Day], Awaitable[None]]) -> None:
    """Live a story on all desktops at once; what went wrong is told with its desktop's name and logs."""

    async def live(name: str) -> str:
        rig = RIGS[name](bed := Bed())
        day = Day(rig)
        try:
            await rig.begin()
            await day.start()
            await story(day)
            await rig.end()
        except (Exception, pytest.fail.Exception) as error:
            return f"== {name}: {type(error).__name__}: {error}\n{await asyncio.to_thread(bed.logs, 15)}"
        finally:
            await asyncio.to_thread(bed.close)
        return ""

    here = [name for name, rig in RIGS.items() if all(find(part) for part in rig.parts)]
    troubles = [trouble for trouble in await asyncio.gather(*map(live, here)) if trouble]
    assert not troubles, "\n".join(troubles)
    needs(*(part for name, rig in RIGS.items() if name not in here for part in rig.parts))


async def test_the_same_day_is_the_same_on_every_desktop() -> None:
    async def story(day: Day) -> None:
        await day.work_in_bursts(5)
        await day.rest(2.1)  # reading: no break
        await day.work_in_bursts(5)
        await day.rest(9)  # a break
        await day.work_in_bursts(5)
        await day.until("leaving", lambda status: status["presence"] == "away")
        assert await asyncio.to_thread(day.desk.terminate) == 0
        by = day.slack + day.rig.grain
        proof = day.rig.pairs * (0.5 + PAUSE * day.desk.pace)
        expected, found = day.expected(), joined(day.stretches(), 3 * LOOK * day.desk.pace)
        assert len(expected) == 2
        assert len(found) == 2, (expected, found)
        for (start, end), (seen_start, seen_end) in zip(expected, found, strict=True):
            assert -by <= seen_start - start <= by + proof, (expected, found)
            assert abs(seen_end - end) <= by, (expected, found)
        # Before the first touch nobody knows: what a source answers first is no sighting.
        seen = [piece for piece in day.lived() if piece.end > day.touches[0] + by + proof]
        kinds = {piece.presence for piece in seen}
        assert kinds <= {Presence.ACTIVE, Presence.QUIET, Presence.AWAY}, kinds

    await on_every_desktop(story)


async def test_a_server_that_dies_is_not_a_person_who_leaves() -> None:
    """Killed under somebody who works, twice: not known, said so, never away, no prompt; then seen again."""

    async def story(day: Day) -> None:
        rig, gap = day.rig, day.settings.break_gap
        await day.work_in_bursts(5)
        for _ in range(2):
            await rig.down()
            went = time.time()
            status = await day.until("not knowing", lambda status: status["presence"] == "unknown")
            assert status["source"]["blind"]
            assert status["source"]["name"] == "none"
            assert rig.source in status["source"]["why"]
            assert any("cannot be seen" in problem for problem in status["problems"])
            rows = await asyncio.to_thread(day.desk.json, "doctor")
            assert [row["ok"] for row in rows if row["name"] == rig.source] == [False]
            await asyncio.sleep(gap)
            assert (await day.status())["presence"] == "unknown", "being blind for long is not being away"
            await rig.up()
            back = time.time()
            await day.until("seeing", lambda status: status["source"]["name"] == rig.source, limit=BACK_WITHIN)
            await day.work_in_bursts(5)
            status = await day.until("somebody", lambda status: status["presence"] in ("active", "quiet"))
            assert not any("cannot be seen" in problem for problem in status["problems"])
            shown = [
                fact
                for fact in day.facts()
                if fact.kind is Kind.SHOWN and went + LOOK * day.desk.pace < fact.wall < back
            ]
            assert shown == []
        assert await asyncio.to_thread(day.desk.terminate) == 0
        assert sum(fact.kind is Kind.BLIND for fact in day.facts()) == 2
        pieces = day.lived()
        assert sum(p.end - p.start for p in pieces if p.presence is Presence.UNKNOWN) >= 2 * (gap - 1)
        assert day.absences(pieces) == []
        assert any(p.presence in SITTING for p in pieces)

    await on_every_desktop(story)


async def test_the_session_bus_dies_under_gnome() -> None:
    """With the bus goes Mutter's source, not the person."""
    needs("dbus-daemon", "mutter")
    with Bed() as bed:
        rig = RIGS["mutter"](bed)
        await rig.begin()
        day = Day(rig)
        await asyncio.to_thread(day.desk.start)
        await day.work_in_bursts(5)
        bus = bed.processes[0]
        await rig.end()
        bed.kill(bus)
        await day.until("not knowing", lambda status: status["presence"] == "unknown")
        await rig.down()
        await asyncio.sleep(1)
        await asyncio.to_thread(bed.bus)
        await rig.up()
        await day.until("seeing", lambda status: status["source"]["name"] == "mutter", limit=BACK_WITHIN)
        await day.work_in_bursts(5)
        assert await asyncio.to_thread(day.desk.terminate) == 0
        assert day.absences(day.lived()) == []
        await rig.end()
