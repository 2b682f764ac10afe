"""All sources on one private desktop: what they say together, and that everything killed is found again by itself."""

import time
from collections.abc import AsyncIterator

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.desktop.test_surroundings_calls import pulseaudio
from tests.desktop.test_surroundings_session import FakeSaver
from tests.fakes.heard import Heard
from tests.fakes.logind import FakeLogind
from unhunch.adapters.registry import linux_sources
from unhunch.adapters.surroundings.around import Surroundings

pytestmark = pytest.mark.desktop

RECOVERY_SECONDS = 15.0


class Everything:
    """A system bus with logind, a session bus with a screen saver, and a sound server."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.heard = Heard()
        self.written: list[float] = []

        async def write() -> None:
            self.written.append(time.monotonic())

        self.around = Surroundings(linux_sources(write, env=bed.env), self.heard)

    async def begin(self) -> None:
        await self.system_bus()
        await self.session_bus()
        self.sound()
        await self.around.open()

    async def system_bus(self) -> None:
        self.system = self.bed.bus("system")
        self.logind = FakeLogind()
        await self.logind.start(self.bed.env["DBUS_SYSTEM_BUS_ADDRESS"])

    async def session_bus(self) -> None:
        self.session = self.bed.bus()
        self.saver = FakeSaver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")
        await self.saver.start(self.bed.env["DBUS_SESSION_BUS_ADDRESS"])

    def sound(self) -> None:
        pulseaudio(self.bed)
        self.server = self.bed.processes[-1]

    def usable(self) -> set[str]:
        return {state.name for state in self.around.sources() if state.usable}


@pytest.fixture
async def everything(bed: Bed) -> AsyncIterator[Everything]:
    made = Everything(bed)
    await made.begin()
    yield made
    await made.around.close()
    await made.logind.stop()
    await made.saver.stop()


ALL = {
    *(
        "logind",
        "screensaver",
        "lockers",
        "sound server",
        "camera",
        "logind inhibitors",
        "desktop inhibitors",
        "do-not-disturb",
    ),
    "screen sharing",
}


async def test_all_together(bed: Bed, everything: Everything) -> None:
    heard, around = everything.heard, everything.around
    assert everything.usable() == ALL
    assert {state.name: state.note for state in around.sources() if not state.usable} == {
        "full screen": "DISPLAY is not set",
        "calendar": "no calendar is named in calendar.files",
    }
    assert around.values() == {
        "locked": False,
        "asleep": False,
        "in_call": False,
        "inhibited": False,
        "quiet": None,
        "shared": None,
        "fullscreen": None,
        "muted": None,
        "reminds": None,
        "covered": None,
        "break_due": None,
        "busy": None,
    }
    everything.saver.turn(active=True)
    await bed.eventually("locked by the screen saver", lambda: heard.now["locked"] is True)
    everything.logind.lock()
    everything.saver.turn(active=False)
    everything.logind.unlock()
    await bed.eventually("unlocked", lambda: heard.now["locked"] is False)
    await around.check()
    assert everything.usable() == ALL


async def test_killed_buses_and_sound_are_found_again(bed: Bed, everything: Everything) -> None:
    """No look is made: the sources notice by themselves."""
    heard, around = everything.heard, everything.around
    for process in (everything.system, everything.session, everything.server):
        bed.kill(process)
    await bed.eventually("all unknown", lambda: not any(value is not None for value in around.values().values()))
    assert everything.usable() == {"camera", "lockers"}

    def note(name: str) -> str:
        return next(state.note for state in around.sources() if state.name == name)

    await bed.eventually("what is wrong", lambda: "does not answer" in note("logind"))
    await bed.eventually("what is wrong", lambda: "no sound server" in note("sound server"))
    await everything.logind.stop()
    await everything.system_bus()
    await everything.session_bus()
    everything.sound()
    begin = time.monotonic()
    await bed.eventually("all found", lambda: everything.usable() == ALL, limit=RECOVERY_SECONDS)
    await bed.eventually("all known", lambda: around.value("locked") is False and around.value("in_call") is False)
    assert time.monotonic() - begin < RECOVERY_SECONDS
    everything.logind.lock()
    await bed.eventually("locked", lambda: heard.now["locked"] is True)
    everything.logind.go_to_sleep()
    await bed.eventually("written before sleep", lambda: everything.written and not everything.logind.brakes)


async def test_a_desktop_with_nothing_stays_up_and_says_why(bed: Bed) -> None:
    bed.env["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={bed.run}/no_system_bus"
    heard = Heard()
    around = Surroundings(linux_sources(lambda: None, env=bed.env), heard)  # type: ignore[arg-type,return-value]
    await around.open()
    await around.check()
    states = {state.name: state for state in around.sources()}
    assert {name for name, state in states.items() if state.usable} == {"camera", "lockers"}
    assert all(state.note and state.conditions for state in states.values())
    assert "session bus" in states["screensaver"].note
    assert all(value is None for value in around.values().values())
    needs("dbus-daemon")
    bed.bus()
    await bed.eventually(
        "a session bus that came later",
        lambda: {"screensaver", "do-not-disturb"} <= {state.name for state in around.sources() if state.usable},
        limit=RECOVERY_SECONDS,
    )
    await around.close()
