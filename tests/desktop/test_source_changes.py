"""Sources that come and go: hundreds leave nothing behind, and the daemon follows its user to another desktop."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dbus_fast import Variant

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.hands import Hands
from tests.desktop.parts import needs
from tests.desktop.rigs import Xvfb
from tests.desktop.test_every_desktop import BACK_WITHIN, Day
from tests.fakes.bus_service import BusService
from tests.fakes.compositor import FakeCompositor
from unhunch.adapters import beside, desktop_env, supervision
from unhunch.adapters import keeper as keeper_module
from unhunch.adapters.keeper import Keeper
from unhunch.adapters.protocols import x11
from unhunch.adapters.registry import Timers
from unhunch.core.facts import Kind

pytestmark = pytest.mark.desktop

COMPOSITORS = 200
SERVERS = 200
SYSTEMD, MANAGER_PATH = "org.freedesktop.systemd1", "/org/freedesktop/systemd1"


def held() -> tuple[int, ...]:
    """Threads, descriptors, tasks of this process."""
    return threading.active_count(), len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())


async def held_by(pid: int) -> tuple[int, ...]:
    """Threads and descriptors that another holds for longer than a question of ours is open."""
    counts = []
    for _ in range(10):
        counts.append((len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))))
        await asyncio.sleep(0.05)
    return tuple(min(each) for each in zip(*counts, strict=True))


def no_more(after: list[tuple[int, ...]]) -> None:
    """What was held at the end is no more than what was held after a few rounds."""
    few = max(len(after) // 6, 1)
    for counts in zip(*after, strict=True):
        assert max(counts[-few:]) <= max(counts[: 2 * few]), after


@pytest.fixture
def here(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """This process on that bed, with a keeper that loses no time."""
    for name in (*desktop_env.DESKTOP, "DBUS_SESSION_BUS_ADDRESS", "INVOCATION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bed.run))
    monkeypatch.setattr(supervision, "FIRST_SECONDS", 0.005)
    monkeypatch.setattr(supervision, "LONGEST_SECONDS", 0.05)
    return monkeypatch


async def seeing(keeper: Keeper) -> None:
    async with asyncio.timeout(30):
        while keeper.source is None:
            await asyncio.sleep(0.002)
    assert await keeper.quiet() is not None


async def blind(keeper: Keeper) -> None:
    """What it says is None from the first look on that notices, never a long quiet."""
    async with asyncio.timeout(30):
        while (quiet := await keeper.quiet()) is not None:
            assert quiet.at_least < 5
            await asyncio.sleep(0.002)
    assert "lost" in keeper.why or keeper.table


async def test_two_hundred_compositors_leave_nothing_behind(bed: Bed, here: pytest.MonkeyPatch) -> None:
    here.setenv("WAYLAND_DISPLAY", "wayland-fake")
    keeper = Keeper("auto", lambda: None)
    after: list[tuple[int, ...]] = []
    for number in range(COMPOSITORS):
        compositor = await FakeCompositor(bed.run / "wayland-fake").start()
        if number == 0:
            await keeper.open()
        await seeing(keeper)
        keeper.ring(lambda: None)
        keeper.watch_pauses(wanted=True)
        await keeper.quiet()
        await compositor.close()
        await blind(keeper)
        await asyncio.sleep(0)
        assert compositor.errors == []
        after.append(held())
    no_more(after)
    await keeper.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_two_hundred_x_servers_leave_nothing_behind(bed: Bed, here: pytest.MonkeyPatch) -> None:
    """A socket that python-xlib drops when a server dies under its hello is a warning; that none is left is counted."""
    rig = Xvfb(bed)
    after: list[tuple[int, ...]] = []
    keeper = Keeper("x11", lambda: None)
    for number in range(SERVERS):
        await rig.up()
        here.setenv("DISPLAY", bed.env["DISPLAY"])
        if number == 0:
            await keeper.open()
        await seeing(keeper)
        keeper.ring(lambda: None)
        if number % 2:
            await rig.touch()
        await keeper.quiet()
        bed._drop_hands()
        await rig.down()
        await blind(keeper)
        threads = asyncio.get_running_loop().time() + 10
        while threading.active_count() > 6 and asyncio.get_running_loop().time() < threads:
            await asyncio.sleep(0.01)
        after.append(held())
    no_more(after)
    await keeper.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_dead_display_is_not_looked_for_over_the_network() -> None:
    """python-xlib would try TCP on this machine's own address when the server's socket is gone."""
    from Xlib import display, error

    x11.tame_xlib()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number = listening.getsockname()[1] - 6000
        listening.settimeout(0.2)
        with pytest.raises(error.DisplayConnectionError):
            display.Display(f":{number}")
        with pytest.raises(TimeoutError):
            listening.accept()


async def test_the_daemon_itself_holds_no_more_after_many_servers(bed: Bed) -> None:
    rig = Xvfb(bed)
    await rig.begin()
    day = Day(rig)
    await asyncio.to_thread(day.desk.start)
    assert day.desk.process is not None
    after: list[tuple[int, ...]] = []
    for _ in range(6):
        await day.until("seeing", lambda status: status["source"]["name"] == "x11", limit=BACK_WITHIN)
        await day.work(0.5)
        await day.until("somebody", lambda status: status["presence"] == "active")
        after.append(await held_by(day.desk.process.pid))
        await rig.down()
        await day.until("not knowing", lambda status: status["source"]["name"] == "none", limit=BACK_WITHIN)
        await rig.up()
    no_more(after)
    assert await asyncio.to_thread(day.desk.terminate) == 0


# Another desktop under a user manager that lives on -------------------------------------------------------------------


class UserManager(BusService):
    """`systemctl --user show-environment`, as far as the daemon asks for it."""

    def __init__(self) -> None:
        super().__init__(SYSTEMD)
        self.says()

    def says(self, **desktop: str) -> None:
        pairs = ["HOME=/home/somebody", *(f"{name}={value}" for name, value in desktop.items())]
        self.set(MANAGER_PATH, f"{SYSTEMD}.Manager", Environment=Variant("as", pairs), announce=False)


@pytest.fixture
async def manager(bed: Bed) -> AsyncIterator[UserManager]:
    bed.bus()
    made = UserManager()
    await made.start(bed.env["DBUS_SESSION_BUS_ADDRESS"])
    yield made
    await made.stop()


async def test_the_user_logs_in_to_another_desktop(bed: Bed, manager: UserManager) -> None:
    """X11, then a Wayland compositor, then GNOME, then X11 again, under one daemon whose own environment knows none."""
    needs("Xvfb", "mutter")
    rig = Xvfb(bed)
    await rig.up()
    display = bed.env.pop("DISPLAY")
    manager.says(DISPLAY=display)
    bed.env["INVOCATION_ID"] = "0" * 32
    day = Day(rig)
    await asyncio.to_thread(day.desk.start)

    def sees(status: dict[str, Any]) -> tuple[str, bool]:
        """The source, and whether a look was taken with it: only that ends or begins being blind."""
        return status["source"]["name"], status["source"]["blind"] is False

    async def arrives(source: str) -> None:
        begun = time.monotonic()
        await day.until(source, lambda status: sees(status) == (source, True), limit=BACK_WITHIN)
        assert time.monotonic() - begun < BACK_WITHIN * day.desk.pace

    async def works() -> None:
        await day.work(1.5)
        await day.until("somebody", lambda status: status["presence"] == "active")

    await arrives("x11")
    bed.env["DISPLAY"] = display
    await works()

    async def leaves() -> None:
        """The desktop has gone: so long as nothing else is named there is nobody to be seen."""
        manager.says()
        await day.until("nobody to be seen", lambda status: sees(status) == ("none", False), limit=BACK_WITHIN)

    await rig.down()
    await leaves()
    compositor = await FakeCompositor(bed.run / "wayland-7").start()
    manager.says(WAYLAND_DISPLAY="wayland-7", DISPLAY=display, XDG_SESSION_TYPE="wayland")
    await arrives("wayland")
    async with asyncio.timeout(BACK_WITHIN * day.desk.pace):
        # One touch could be what the compositor's timers began with.
        while (await day.status())["presence"] != "active":
            compositor.touch()
            await asyncio.sleep(0.15)
    await compositor.close()
    await leaves()

    mutter = await asyncio.to_thread(bed.mutter)
    manager.says(WAYLAND_DISPLAY=bed.env["WAYLAND_DISPLAY"], XDG_CURRENT_DESKTOP="GNOME", XDG_SESSION_TYPE="wayland")
    await arrives("mutter")
    bed.kill(mutter)
    bed.env.pop("WAYLAND_DISPLAY")
    await leaves()

    await rig.up()
    manager.says(DISPLAY=display, XDG_SESSION_TYPE="x11")
    await arrives("x11")
    await works()
    assert await asyncio.to_thread(day.desk.terminate) == 0
    pieces = day.lived()
    assert day.absences(pieces) == []
    sources = [fact.kind for fact in day.facts() if fact.kind is Kind.BLIND]
    assert len(sources) >= 3


async def test_an_x_server_that_outlives_its_desktop_is_left(
    bed: Bed, here: pytest.MonkeyPatch, manager: UserManager
) -> None:
    """It answers on (for X programs in the Wayland session that came after), and would see next to nothing."""
    rig = Xvfb(bed)
    await rig.up()
    manager.says(DISPLAY=bed.env["DISPLAY"])
    here.setenv("INVOCATION_ID", "0" * 32)
    here.setenv("DBUS_SESSION_BUS_ADDRESS", bed.env["DBUS_SESSION_BUS_ADDRESS"])
    here.setattr(keeper_module, "BETTER_EVERY", 0.2)
    keeper = Keeper("auto", lambda: None)
    await keeper.open()
    assert keeper.name == "x11"
    same = keeper.source
    await asyncio.sleep(0.3)
    await keeper.quiet()
    assert keeper.source is same, "nothing has changed: it stays"
    compositor = await FakeCompositor(bed.run / "wayland-7").start()
    manager.says(DISPLAY=bed.env["DISPLAY"], WAYLAND_DISPLAY="wayland-7")
    await asyncio.sleep(0.3)
    await keeper.quiet()
    assert keeper.name == "wayland"
    await keeper.close()
    await compositor.close()


async def sees(keeper: Keeper, display: str, hands: Hands) -> None:
    """Somebody works there, and the keeper gets to know just that."""
    async with asyncio.timeout(LIMIT):
        while True:
            hands.motion()
            quiet = await keeper.quiet()
            if quiet is not None and quiet.at_most < 60 and keeper.env.get("DISPLAY") == display:
                return
            await asyncio.sleep(0.05)


async def test_an_xrdp_session_does_not_take_the_desks_place(
    bed: Bed, here: pytest.MonkeyPatch, manager: UserManager
) -> None:
    """Two X servers of one user, of which the manager knows the newer one: the one that is touched is watched."""
    needs("Xvfb")
    here.setenv("INVOCATION_ID", "0" * 32)
    here.setenv("DBUS_SESSION_BUS_ADDRESS", bed.env["DBUS_SESSION_BUS_ADDRESS"])
    here.setattr(keeper_module, "BETTER_EVERY", 0.5)
    bed.xvfb()
    desk, at_desk = bed.env["DISPLAY"], Hands(bed.env["DISPLAY"])
    here.setenv("DISPLAY", desk)
    manager.says(DISPLAY=desk)
    keeper = Keeper("auto", lambda: None)
    await keeper.open()
    await sees(keeper, desk, at_desk)
    server = bed.xvfb()
    remote, from_home = bed.env["DISPLAY"], Hands(bed.env["DISPLAY"])
    manager.says(DISPLAY=remote)
    end = asyncio.get_running_loop().time() + 2
    while asyncio.get_running_loop().time() < end:
        at_desk.motion()
        assert await keeper.quiet() is not None
        assert keeper.env["DISPLAY"] == desk, "who works at the desk is seen, whatever session is the newest"
        await asyncio.sleep(0.02)
    await sees(keeper, remote, from_home)
    await sees(keeper, desk, at_desk)
    await sees(keeper, remote, from_home)
    from_home.close()
    bed.kill(server)
    await sees(keeper, desk, at_desk)
    assert keeper.name == "x11"
    await keeper.close()
    keeper = Keeper("auto", lambda: None)
    await keeper.open()
    assert (keeper.name, keeper.env["DISPLAY"]) == ("x11", desk), "its own, where the manager's has ended"
    await keeper.close()
    at_desk.close()


@pytest.mark.parametrize("named", [True, False], ids=["both are named", "only the newer one is named"])
async def test_an_xrdp_session_that_comes_beside_a_wayland_desk_is_watched_too(
    bed: Bed, here: pytest.MonkeyPatch, manager: UserManager, named: bool
) -> None:
    """Whoever works there is not away, nor behind the lock of the desk; who goes back to the desk is seen there."""
    needs("Xvfb")
    here.setenv("INVOCATION_ID", "0" * 32)
    here.setenv("DBUS_SESSION_BUS_ADDRESS", bed.env["DBUS_SESSION_BUS_ADDRESS"])
    here.setattr(keeper_module, "BETTER_EVERY", 0.2)
    compositor = await FakeCompositor(bed.run / "wayland-7").start()
    desk = {"WAYLAND_DISPLAY": "wayland-7"}
    manager.says(**desk)
    keeper = Keeper("auto", lambda: None, Timers(0.1, (0.05,)))
    await keeper.open()
    assert (keeper.name, keeper.elsewhere) == ("wayland", False)
    same = keeper.source
    server = bed.xvfb()
    remote, from_home = bed.env["DISPLAY"], Hands(bed.env["DISPLAY"])
    manager.says(DISPLAY=remote, **(desk if named else {}))
    await sees(keeper, remote, from_home)
    assert keeper.elsewhere
    assert keeper.source is same, "the desk is watched on"
    async with asyncio.timeout(LIMIT):
        while keeper.elsewhere:
            compositor.touch()
            assert await keeper.quiet() is not None
            await asyncio.sleep(0.15)  # longer than the timer: only one that ran out tells of the next input
    assert keeper.env.get("WAYLAND_DISPLAY") == "wayland-7"
    await sees(keeper, remote, from_home)
    from_home.close()
    bed.kill(server)
    async with asyncio.timeout(LIMIT):
        while keeper.elsewhere:
            assert await keeper.quiet() is not None, "that it ends blinds nobody"
            await asyncio.sleep(0.01)
    assert (keeper.name, keeper.failures) == ("wayland", 0)
    await keeper.close()
    await compositor.close()


async def test_the_x_server_inside_a_wayland_session_is_no_place_of_its_own(
    bed: Bed, here: pytest.MonkeyPatch, manager: UserManager
) -> None:
    """A compositor starts it at the first call: it is not even called, unless its number has changed."""
    here.setenv("INVOCATION_ID", "0" * 32)
    here.setenv("DBUS_SESSION_BUS_ADDRESS", bed.env["DBUS_SESSION_BUS_ADDRESS"])
    here.setattr(keeper_module, "BETTER_EVERY", 0.0)
    compositor = await FakeCompositor(bed.run / "wayland-7").start()
    called: list[str] = []
    servers = {}
    for number in ("4", "5"):
        servers[number] = await asyncio.start_unix_server(
            lambda _reader, writer, number=number: (called.append(number), writer.close()), bed.run / f"X{number}"
        )
    here.setattr(beside, "socket_path", lambda number: str(bed.run / f"X{number}"))
    manager.says(WAYLAND_DISPLAY="wayland-7", DISPLAY=":4")
    keeper = Keeper("auto", lambda: None)
    await keeper.open()
    await keeper.quiet()
    assert keeper.source is not None
    assert (keeper.source.beside, called) == ([], [])
    manager.says(WAYLAND_DISPLAY="wayland-7", DISPLAY=":5")
    await keeper.quiet()
    assert keeper.source.beside == [], "the process that listens there is the compositor"
    await keeper.close()
    for listening in servers.values():
        listening.close()
    await compositor.close()
