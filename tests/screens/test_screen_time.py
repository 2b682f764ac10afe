"""GNOME's screen time as GNOME Shell itself writes it: found where it lies, and read by the real commands."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Variant

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import UNHUNCH
from tests.fakes.logind import FALSE, TRUE, USER, USER_PATH, FakeLogind
from tests.screens.desktops import SCREENS
from tests.screens.gnome import Gnome

SEATS = Path("/run/systemd/seats")
"""Where this folder is, the shell asks logind."""
DELAY = 4
"""Seconds until this desktop calls its user idle."""
WORK, AWAY = 12.0, 5.0
EXACT = 1.5
"""Seconds: the shell notes whole ones, and hears of a change a little after it."""


class Recorded(Gnome):
    """With a logind that is told when the user is idle, as the session tells it."""

    async def prepare(self) -> None:
        self.logind = FakeLogind()
        self.logind.set(USER_PATH, USER, State=Variant("s", "active"), IdleHint=FALSE)
        await self.logind.start(self.bed.env["DBUS_SYSTEM_BUS_ADDRESS"])
        self.set("org.gnome.desktop.session", "idle-delay", f"uint32 {DELAY}")

    async def end(self) -> None:
        await super().end()
        await self.logind.stop()

    def idle(self, *, so: bool) -> float:
        """The session tells that its user is idle, or is not any more; when."""
        self.logind.set(USER_PATH, USER, IdleHint=TRUE if so else FALSE)
        return time.time()


def written(file: Path) -> list[tuple[int, int]]:
    """(new state, when) of each change that the shell has noted so far."""
    entries: list[dict[str, int]] = json.loads(file.read_text()) if file.exists() else []
    assert all(one["oldState"] == 1 - one["newState"] for one in entries)
    return [(one["newState"], one["wallTimeSecs"]) for one in entries]


async def noted(file: Path, count: int) -> None:
    """Wait for so many changes."""
    end = time.monotonic() + LIMIT
    while len(written(file)) < count:
        assert time.monotonic() < end, f"waited in vain for change {count} in {file}: {written(file)}"
        await asyncio.sleep(0.1)


async def unhunch(bed: Bed, *words: str) -> str:
    return await asyncio.to_thread(bed.output, UNHUNCH, *words)


async def inputs(bed: Bed) -> list[tuple[float, float]]:
    """The spans of input in Unhunch's history."""
    facts: list[dict[str, Any]] = json.loads(await unhunch(bed, "export"))["facts"]
    return [(fact["wall"], fact["wall"] + fact["length"]) for fact in facts if fact["kind"] == "input"]


async def live(bed: Bed, screen: Recorded) -> None:
    file = bed.home / ".local/share/gnome-shell/session-active-history.json"
    await asyncio.sleep(WORK)
    changes = [screen.idle(so=True)]
    await noted(file, 2)
    begun = written(file)[0][1]
    await asyncio.sleep(AWAY)
    # Something wakes the screen, and nobody is there.
    changes.append(screen.idle(so=False))
    await asyncio.sleep(DELAY)
    changes.append(screen.idle(so=True))
    await asyncio.sleep(AWAY)
    changes.append(screen.idle(so=False))
    await asyncio.sleep(WORK)
    screen.logind.go_to_sleep()
    changes.append(time.time())
    await noted(file, 6)
    states, times = zip(*written(file), strict=True)
    assert states == (1, 0, 1, 0, 1, 0)
    assert list(times[1:]) == pytest.approx(changes, abs=EXACT), "the shell notes what logind tells"

    [told] = json.loads(await unhunch(bed, "import", "--json", str(file)))
    alone = "1 active time was as long as the screen takes to go idle: the machine by itself."
    assert (told["format"], told["problems"]) == ("gnome", [alone])
    right = [(begun, times[1] - DELAY), (times[4], times[5] - DELAY)]
    assert await inputs(bed) == right
    assert [end - start for start, end in right] == pytest.approx(
        [changes[0] - begun - DELAY, WORK - DELAY], abs=2 * EXACT
    )
    assert "known already" in await unhunch(bed, "import", str(file))
    assert "Took back" in await unhunch(bed, "import", "--undo")
    assert await inputs(bed) == []

    assert "The plan now expects" in await unhunch(bed, "setup", "--yes")
    assert (await inputs(bed))[:2] == right, "setup finds it by itself"
    assert len(written(file)) == 6, "and leaves it as it was"


@pytest.mark.skipif(Gnome not in SCREENS, reason="GNOME is not run")
async def test_gnomes_own_record_of_screen_time_is_found_and_read() -> None:
    SEATS.mkdir(parents=True, exist_ok=True)
    try:
        with Bed() as bed:
            screen = Recorded(bed)
            try:
                await screen.begin()
                await live(bed, screen)
            except Exception:
                print(bed.logs())
                raise
            finally:
                await screen.end()
    finally:
        SEATS.rmdir()
