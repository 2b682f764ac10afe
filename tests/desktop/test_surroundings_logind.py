"""logind: lock, switching away, sleep with time to write before it, and a logind or bus that goes and comes."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from tests.desktop.bed import Bed
from tests.fakes.heard import Heard
from tests.fakes.logind import FakeLogind
from unhunch.adapters.surroundings.inhibitors import LogindInhibitors
from unhunch.adapters.surroundings.logind import Logind
from unhunch.ports import Lost, Unusable

pytestmark = pytest.mark.desktop


@pytest.fixture
async def logind(bed: Bed) -> AsyncIterator[FakeLogind]:
    bed.bus("system")
    fake = FakeLogind()
    await fake.start(bed.env["DBUS_SYSTEM_BUS_ADDRESS"])
    yield fake
    await fake.stop()


@pytest.fixture
async def source(bed: Bed, logind: FakeLogind) -> AsyncIterator[Logind]:
    made = Logind(env=bed.env)
    yield made
    await made.close()


async def test_a_lock_and_a_switch_away_are_locked(bed: Bed, logind: FakeLogind, source: Logind, heard: Heard) -> None:
    note = await source.open(heard)
    assert "session _31" in note
    assert heard.now == {"locked": False, "asleep": False}
    for leave, come_back in ((logind.lock, logind.unlock), (logind.switch_away, logind.switch_back)):
        leave()
        await bed.eventually("locked", lambda: heard.now["locked"] is True)
        come_back()
        await bed.eventually("unlocked", lambda: heard.now["locked"] is False)
    await source.check()
    assert heard.values("locked") == [False, True, False, True, False]


async def test_a_locked_session_is_found_locked(bed: Bed, logind: FakeLogind, source: Logind, heard: Heard) -> None:
    logind.lock()
    await source.open(heard)
    assert heard.now["locked"] is True


async def test_sleep_waits_until_everything_is_written(bed: Bed, logind: FakeLogind, heard: Heard) -> None:
    steps: list[object] = []
    may_finish = asyncio.Event()

    async def write() -> None:
        steps.append(("writing", heard.now["asleep"], len(logind.brakes)))
        await may_finish.wait()
        steps.append(("written", len(logind.brakes)))

    source = Logind(write, env=bed.env)
    await source.open(heard)
    assert [brake.who for brake in logind.brakes] == ["Unhunch"]
    for _ in range(2):
        may_finish.clear()
        steps.clear()
        logind.go_to_sleep()
        await bed.eventually("the writing", lambda: steps)
        assert steps == [("writing", True, 1)]
        may_finish.set()
        await bed.eventually("sleep allowed", lambda: not logind.brakes)
        assert steps == [("writing", True, 1), ("written", 1)]
        logind.wake_up()
        await bed.eventually("a new brake", lambda: len(logind.brakes) == 1)
        await bed.eventually("awake", lambda: heard.now["asleep"] is False)
    await source.close()
    await bed.eventually("the brake let go", lambda: not logind.brakes)


async def test_a_failure_before_sleep_lets_the_machine_sleep_and_is_shown(
    bed: Bed, logind: FakeLogind, heard: Heard
) -> None:
    async def fail() -> None:
        raise OSError("disk full")

    source = Logind(fail, env=bed.env)
    await source.open(heard)
    logind.go_to_sleep()
    await bed.eventually("sleep allowed", lambda: not logind.brakes)
    assert "disk full" in source.note
    logind.wake_up()
    await bed.eventually("a new brake", lambda: len(logind.brakes) == 1)
    await source.check()
    logind.lock()
    await bed.eventually("locked", lambda: heard.now["locked"] is True)
    await source.close()


async def test_no_descriptor_is_left_over(bed: Bed, logind: FakeLogind, source: Logind, heard: Heard) -> None:
    await source.open(heard)
    await source.close()
    await bed.eventually("no brake", lambda: not logind.brakes)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        await source.open(heard)
        logind.go_to_sleep()
        await bed.eventually("sleep allowed", lambda: not logind.brakes)
        logind.wake_up()
        await bed.eventually("a new brake", lambda: len(logind.brakes) == 1)
        await source.close()
        await bed.eventually("no brake", lambda: not logind.brakes)
    assert len(os.listdir("/proc/self/fd")) <= before


async def test_a_refused_brake_still_shows_sleep(bed: Bed, logind: FakeLogind, source: Logind, heard: Heard) -> None:
    logind.refuse_inhibitors = True
    assert "not held back" in await source.open(heard)
    logind.go_to_sleep()
    await bed.eventually("asleep", lambda: heard.now["asleep"] is True)


async def test_a_user_service_finds_the_display_session(
    bed: Bed, logind: FakeLogind, source: Logind, heard: Heard
) -> None:
    logind.log_out()
    logind.log_in("7", own=False)
    assert "session _37" in await source.open(heard)
    logind.lock()
    await bed.eventually("locked", lambda: heard.now["locked"] is True)


async def test_the_session_named_in_the_environment_comes_first_and_a_stale_name_does_no_harm(
    bed: Bed, logind: FakeLogind, heard: Heard
) -> None:
    for name in ("1", "no-such"):
        source = Logind(env={**bed.env, "XDG_SESSION_ID": name})
        assert "session _31" in await source.open(heard)
        await source.close()


async def test_a_new_login_is_followed(bed: Bed, logind: FakeLogind, source: Logind, heard: Heard) -> None:
    await source.open(heard)
    logind.log_out()
    await bed.eventually("no session", lambda: heard.now["locked"] is None)
    logind.log_in("2")
    await bed.eventually("the new session", lambda: heard.now["locked"] is False)
    logind.lock()
    await bed.eventually("locked", lambda: heard.now["locked"] is True)


async def test_a_restarted_logind_is_found_again(bed: Bed, logind: FakeLogind, source: Logind, heard: Heard) -> None:
    await source.open(heard)
    await logind.stop()
    await bed.eventually("unknown", lambda: heard.now == {"locked": None, "asleep": None})
    again = FakeLogind("3")
    await again.start(bed.env["DBUS_SYSTEM_BUS_ADDRESS"])
    await bed.eventually("known again", lambda: heard.now == {"locked": False, "asleep": False})
    await bed.eventually("a brake with the new one", lambda: len(again.brakes) == 1)
    await again.stop()


async def test_without_logind_it_waits_and_without_a_bus_it_says_so(bed: Bed, heard: Heard) -> None:
    bus = bed.bus("system")
    source = Logind(env=bed.env)
    assert "no session" in await source.open(heard)
    assert heard.now == {"locked": None, "asleep": None}
    await source.check()
    bed.kill(bus)
    with pytest.raises(Lost):
        for _ in range(500):
            await asyncio.sleep(0.01)
            await source.check()
    with pytest.raises(Unusable, match="does not answer"):
        await source.open(heard)


async def test_idle_inhibitors_of_ours_count(bed: Bed, logind: FakeLogind, heard: Heard) -> None:
    source = LogindInhibitors(["obs*"], env=bed.env)
    await source.open(heard)
    assert heard.now == {"inhibited": False}
    bystanders = [
        logind.inhibit("idle", "OBS Studio"),
        logind.inhibit("idle:sleep", "caffeine-ng"),
        logind.inhibit("sleep", "a download"),
        logind.inhibit("idle", "a delayed one", mode="delay"),
        logind.inhibit("idle", "somebody else", uid=os.getuid() + 1),
    ]
    logind.calls.clear()
    await bed.eventually("asked after the last of them", lambda: logind.calls.count("ListInhibitors") >= 1)
    film = logind.inhibit("sleep:idle", "a film")
    await bed.eventually("inhibited", lambda: heard.now["inhibited"] is True)
    os.close(film)
    await bed.eventually("not inhibited", lambda: heard.now["inhibited"] is False)
    assert heard.values("inhibited") == [False, True, False]
    for descriptor in bystanders:
        os.close(descriptor)
    await source.close()
