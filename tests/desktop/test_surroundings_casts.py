"""Who sees the screen on GNOME, told by a real Mutter; and a GNOME that comes and goes."""

import asyncio

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import needs
from tests.fakes.bus_service import BusService
from tests.fakes.heard import Heard
from unhunch.adapters.protocols.dbus import Bus
from unhunch.adapters.surroundings import casts

pytestmark = pytest.mark.desktop

SERVICE, PATH = casts.MUTTER, "/org/gnome/Mutter/ScreenCast"


async def test_a_cast_of_mutter_is_seen_from_its_creation_to_its_end(bed: Bed) -> None:
    needs("mutter", "pipewire", "wireplumber")
    bed.bus()
    bed.spawn("pipewire")
    bed.until("pipewire's socket", (bed.run / "pipewire-0").exists)
    bed.mutter()
    bus = await Bus.connect(bed.env["DBUS_SESSION_BUS_ADDRESS"])
    async with asyncio.timeout(LIMIT):
        while await bus.owner(SERVICE) is None:  # it is ready before it is on the bus by this name
            await asyncio.sleep(0.02)
    heard = Heard()
    source = casts.MutterCasts(env=bed.env)
    assert await source.open(heard) == "told by Mutter"
    assert heard.all == [("shared", False)]
    session = (await bus.call(SERVICE, PATH, SERVICE, "CreateSession", "a{sv}", {}))[0]
    await source.check()
    assert heard.values("shared") == [False, True], "asked at the look before a notice"
    await bus.call(SERVICE, session, casts.SESSION, "Stop")
    await bed.eventually("its end, without a look", lambda: heard.now["shared"] is False)
    await source.close()
    await bus.close()


async def test_gnome_may_come_and_go(bed: Bed) -> None:
    bed.bus()
    heard = Heard()
    source = casts.MutterCasts(env=bed.env)
    assert "nobody tells of direct capture" in await source.open(heard)
    assert heard.all == [("shared", None)]
    fake = BusService(casts.MUTTER)
    tree = '<node><node name="u1"/></node>'
    fake.methods[casts.SESSIONS, casts.INTROSPECTABLE, "Introspect"] = ("s", lambda: tree)
    await fake.start(bed.env["DBUS_SESSION_BUS_ADDRESS"])
    await bed.eventually("a cast", lambda: heard.now["shared"] is True)
    assert source.note == "told by Mutter"
    await fake.stop()
    await bed.eventually("nobody tells", lambda: heard.now["shared"] is None)
    await source.close()


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"DISPLAY": ":0"}, "cannot be known on X11"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11", "XDG_CURRENT_DESKTOP": "GNOME"}, "cannot be known on X11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-1"}, "nobody tells of direct capture"),
        ({"XDG_SESSION_TYPE": "wayland"}, "nobody tells of direct capture"),
    ],
)
async def test_doctor_says_where_it_cannot_be_known(bed: Bed, env: dict[str, str], told: str) -> None:
    bed.bus()
    source = casts.MutterCasts(env={**bed.env, **env})
    assert told in await source.open(Heard())
    await source.close()
