"""The small D-Bus connection: calls, errors, owners, and what it says when something of it has failed."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desktop.bed import Bed
from tests.fakes.bus_service import BusService, Fd
from unhunch.adapters.protocols.dbus import NO_REPLY, Bus, BusError, session_address, system_address
from unhunch.ports import Lost, Unusable

pytestmark = pytest.mark.desktop

NAME, PATH = "org.example.Service", "/org/example"


@pytest.fixture
async def address(bed: Bed) -> str:
    bed.bus()
    return bed.env["DBUS_SESSION_BUS_ADDRESS"]


@pytest.fixture
async def bus(address: str) -> AsyncIterator[Bus]:
    made = await Bus.connect(address, unix_fds=True)
    yield made
    await made.close()


@pytest.fixture
async def service(address: str) -> AsyncIterator[BusService]:
    made = await BusService(NAME).start(address)
    made.methods[PATH, NAME, "Echo"] = ("s", lambda word: word)
    yield made
    await made.stop()


async def test_calls_answers_and_errors(bus: Bus, service: BusService) -> None:
    assert await bus.call(NAME, PATH, NAME, "Echo", "s", "word") == ["word"]
    with pytest.raises(BusError) as said:
        await bus.call(NAME, PATH, NAME, "Nothing")
    assert said.value.error == "org.freedesktop.DBus.Error.UnknownMethod"
    with pytest.raises(BusError, match=r"NameHasNoOwner|ServiceUnknown"):
        await bus.call("org.example.Nobody", PATH, NAME, "Echo", "s", "word")
    bus.check()


async def test_a_service_that_does_not_answer_is_given_up(bus: Bus, service: BusService) -> None:
    service.silent = True
    with pytest.raises(BusError) as said:
        await bus.call(NAME, PATH, NAME, "Echo", "s", "word", seconds=0.1)
    assert said.value.error == NO_REPLY
    bus.check()


async def test_a_descriptor_comes_over(bus: Bus, service: BusService) -> None:
    reading, writing = os.pipe()
    service.methods[PATH, NAME, "Pipe"] = ("h", lambda: Fd(writing))
    got = await bus.call_for_fd(NAME, PATH, NAME, "Pipe")
    os.write(got, b"x")
    os.close(got)
    assert os.read(reading, 2) == b"x"
    assert os.read(reading, 2) == b"", "no other copy is open"
    os.close(reading)
    with pytest.raises(BusError):
        await bus.call_for_fd(NAME, PATH, NAME, "Echo", "s", "word")


async def test_signals_are_believed_from_the_present_owner_only(bed: Bed, bus: Bus, address: str) -> None:
    heard: list[str] = []
    owned: list[bool] = []
    assert await bus.watch_name(NAME, owned.append) is False
    await bus.listen(lambda body: heard.append(body[0]), NAME, "Said", sender=NAME, path=PATH)
    first = await BusService(NAME).start(address)
    first.emit(PATH, NAME, "Said", "s", "one")
    first.emit("/elsewhere", NAME, "Said", "s", "from elsewhere")
    await bed.eventually("one", lambda: heard == ["one"])
    stranger = await BusService("org.example.Stranger").start(address)
    stranger.methods[PATH, NAME, "Wait"] = ("b", lambda: True)
    stranger.emit(PATH, NAME, "Said", "s", "a lie")
    await bus.call("org.example.Stranger", PATH, NAME, "Wait")
    await first.stop()
    await bed.eventually("gone", lambda: owned == [True, False])
    second = await BusService(NAME).start(address)
    second.emit(PATH, NAME, "Said", "s", "two")
    await bed.eventually("two", lambda: heard == ["one", "two"])
    for service in (stranger, second):
        await service.stop()


async def test_a_failing_handler_makes_the_bus_lost_and_says_why(bed: Bed, bus: Bus, service: BusService) -> None:
    told: list[bool] = []
    bus.on_lost(lambda: told.append(True))
    await bus.listen(lambda body: body[7], NAME, "Said", sender=NAME)
    service.emit(PATH, NAME, "Said", "s", "word")
    await bed.eventually("it is told", lambda: told == [True])
    with pytest.raises(Lost, match="IndexError"):
        bus.check()


async def test_later_work_may_be_refused_but_not_mistaken(bed: Bed, bus: Bus, service: BusService) -> None:
    async def refused() -> None:
        await bus.call(NAME, PATH, NAME, "Nothing")

    async def mistaken() -> None:
        raise KeyError("mistake")

    told: list[bool] = []
    bus.on_lost(lambda: told.append(True))
    bus.later(refused())
    await bed.eventually("it was asked", lambda: "Nothing" in service.calls)
    await bus.call(NAME, PATH, NAME, "Echo", "s", "word")
    bus.check()
    bus.later(mistaken())
    await bed.eventually("it is told", lambda: told == [True])
    with pytest.raises(Lost, match="mistake"):
        bus.check()


async def test_a_killed_bus_is_lost_at_once_and_calls_under_way_end(bed: Bed) -> None:
    process = bed.bus()
    address = bed.env["DBUS_SESSION_BUS_ADDRESS"]
    bus = await Bus.connect(address)
    deaf = await BusService("org.example.Deaf").start(address)
    deaf.silent = True
    told: list[bool] = []
    bus.on_lost(lambda: told.append(True))
    call = asyncio.create_task(bus.call("org.example.Deaf", PATH, NAME, "Echo", seconds=60))
    await bed.eventually("the call arrived", lambda: deaf.calls)
    bed.kill(process)
    with pytest.raises(Lost):
        await call
    await bed.eventually("it is told", lambda: told == [True])
    with pytest.raises(Lost):
        bus.check()
    with pytest.raises(Lost):
        await bus.owner(NAME)
    await bus.close()
    await bus.close()
    await deaf.stop()
    with pytest.raises(Unusable, match="does not answer"):
        await Bus.connect(address)


@pytest.mark.parametrize("address", ["", "nonsense", "carrier-pigeon:path=/x", "unix:path=/nowhere/bus"])
async def test_a_bad_address_is_unusable(address: str) -> None:
    with pytest.raises(Unusable, match="does not answer"):
        await Bus.connect(address or ";")


def test_where_the_buses_are(tmp_path: Path) -> None:
    assert session_address({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"
    with pytest.raises(Unusable, match="session bus"):
        session_address({"XDG_RUNTIME_DIR": str(tmp_path)})
    (tmp_path / "bus").touch()
    assert session_address({"XDG_RUNTIME_DIR": str(tmp_path)}) == f"unix:path={tmp_path}/bus"
    assert system_address({}) == "unix:path=/var/run/dbus/system_bus_socket"
