"""The Wayland source against a compositor of our own, which (unlike those of Debian 12) speaks version 2 too."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.compositor import FakeCompositor
from unhunch.adapters.activity import wayland
from unhunch.adapters.protocols import wayland as wire
from unhunch.ports import Lost, Quiet, Unusable

STEADY = 0.4
"""Seconds of the steady timer here, for 30."""
PAIR = 0.6
"""Seconds within which a person makes a pause of 0.1 s here, for 180 and 5."""


@pytest.fixture(autouse=True)
def short_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wayland, "PAIR", PAIR)


@pytest.fixture(params=[1, 2])
async def compositor(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FakeCompositor]:
    made = await FakeCompositor(tmp_path / "wayland", request.param).start()
    yield made
    await made.close()
    assert made.errors == []


@pytest.fixture
async def source(compositor: FakeCompositor) -> AsyncIterator[wayland.Source]:
    made = wayland.Source(str(compositor.path), steady=(STEADY,), pauses=(0.1, 0.2))
    await made.open()
    yield made
    await made.close()


async def look(source: wayland.Source) -> Quiet:
    quiet = await source.quiet()
    assert quiet is not None
    return quiet


def version(compositor: FakeCompositor) -> int:
    return compositor.offered[3][1]


async def until_idle(source: wayland.Source, limit: float = 10.0) -> Quiet:
    end = asyncio.get_running_loop().time() + limit
    while (quiet := await look(source)).at_least == 0:
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.01)
    return quiet


async def test_a_timer_that_ran_out_tells_exactly_when_the_last_input_was(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.8)
    for _ in range(3):  # version 1 is told by pairs
        compositor.touch()
        touched = loop.time()
        await until_idle(source)
        await asyncio.sleep(0.05)
    quiet = await until_idle(source)
    assert quiet.at_least == pytest.approx(loop.time() - touched, abs=0.15)
    assert quiet.at_most == pytest.approx(quiet.at_least, abs=0.15)


async def test_who_sets_gaps_as_short_as_the_shortest_pause_is_seen_as_well(compositor: FakeCompositor) -> None:
    """Then one timer is both. As two they would run out together, and take away what each of them proves."""
    source = wayland.Source(str(compositor.path), steady=(0.1,), pauses=(0.1, 0.2))
    await source.open()
    for _ in range(3):
        await until_idle(source)
        compositor.touch()
        await asyncio.sleep(0.05)
    quiet = await until_idle(source)
    assert quiet.at_most == pytest.approx(quiet.at_least, abs=0.15)
    await source.close()


async def test_without_version_2_one_resumed_is_no_sighting(tmp_path: Path) -> None:
    """An inhibitor that begins says the same. A person who came back makes another pair soon."""
    compositor = await FakeCompositor(tmp_path / "wayland", 1).start()
    source = wayland.Source(str(compositor.path), steady=(STEADY,), pauses=(0.1, 0.2))
    await source.open()
    await asyncio.sleep(2 * PAIR)
    compositor.touch()
    await until_idle(source)
    assert (await look(source)).at_most > 2 * PAIR, "one pair after an absence is none yet"
    compositor.touch()
    await until_idle(source)
    quiet = await look(source)
    assert quiet.at_most == pytest.approx(quiet.at_least, abs=0.01)
    await source.close()
    await compositor.close()


@pytest.mark.parametrize("kde", [False, True])
async def test_without_version_2_no_film_looks_like_a_person(tmp_path: Path, kde: bool) -> None:
    """Neither its begin, nor its time, nor its end moves what is proven."""
    compositor = await FakeCompositor(tmp_path / "wayland", 1, kde=kde).start()
    source = wayland.Source(str(compositor.path), steady=(STEADY,), pauses=(0.1, 0.2))
    note = await source.open()
    assert ("org_kde_kwin_idle" in note) is kde
    loop = asyncio.get_running_loop()
    await until_idle(source)
    for _ in range(2):
        compositor.touch()
        touched = loop.time()
        await until_idle(source)
    assert (await look(source)).at_most < 1
    for _ in range(2):
        compositor.inhibit(on=True)
        for _ in range(20):
            await asyncio.sleep(0.1)
            quiet = await look(source)
            assert quiet.at_most >= loop.time() - touched - 0.15
        compositor.inhibit(on=False)
        await asyncio.sleep(0.8)
        quiet = await look(source)
        assert 0.3 < quiet.at_least < 1.2, "nothing since it has ended, that is known"
        assert quiet.at_most >= loop.time() - touched - 0.15
    compositor.touch()
    await until_idle(source)
    compositor.touch()
    await until_idle(source)
    assert (await look(source)).at_most < 1, "who comes back is seen again"
    await source.close()
    await compositor.close()
    assert compositor.errors == []


async def test_every_seat_is_seen(compositor: FakeCompositor, source: wayland.Source) -> None:
    """The second of two, one that comes later, and none that is gone."""
    await until_idle(source)
    compositor.plug(8)
    await look(source)
    assert len({each.seat for each in compositor.notifications}) == 2
    await asyncio.sleep(0.7)
    for _ in range(2):
        compositor.touch(8)
        await look(source)
        await asyncio.sleep(0.15 if version(compositor) == 1 else 0)
    quiet = await look(source)
    assert quiet.at_most < 0.5, "somebody works at the second seat"
    compositor.unplug(8)
    await look(source)
    await asyncio.sleep(0.2)
    quiet = await look(source)
    assert quiet.at_least > 0.6, "the first seat alone is asked now"
    assert {each.seat for each in compositor.notifications} == {2}
    compositor.unplug(2)
    assert isinstance(await source.quiet(), Quiet), "the last one goes: as long as nothing is known, it is quiet"


async def test_what_comes_for_a_seat_that_is_gone_is_nothing(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    """Its timers' events are under way while it goes, or a compositor sends them for ever."""
    await until_idle(source)
    compositor.plug(8)
    await look(source)
    gone = [each for each in compositor.notifications if each.seat == 8]
    assert gone
    client = gone[0].client
    compositor.unplug(8)
    before = await look(source)
    for _ in range(3):
        for each in gone:
            for opcode in (0, 1, 0):
                client.send(each.object, opcode)
        quiet = await look(source)
        assert quiet.at_least >= before.at_least, "nobody has touched the seat that is left"
        assert quiet.at_most >= before.at_most
        await asyncio.sleep(0.05)


async def test_a_resumed_that_nothing_went_before_is_nothing(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    for each in compositor.notifications:
        each.client.send(each.object, 1)
    assert (await look(source)).at_most > 1


async def test_a_fresh_client_does_not_claim_that_somebody_was_there(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    quiet = await look(source)
    assert quiet.at_least == 0
    assert quiet.at_most > 1, "nobody may have been there for hours"
    quiet = await until_idle(source)
    assert 0.09 < quiet.at_least < 5
    assert quiet.at_most > quiet.at_least + 1


async def test_who_types_on_without_a_pause_is_known_to_be_there(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    """Version 2 proves it; under version 1 a film may be holding the timer back."""
    for _ in range(30):
        compositor.touch()
        await asyncio.sleep(0.05)
    quiet = await look(source)
    assert quiet.at_least == 0
    if version(compositor) == 2:
        assert 0.1 <= quiet.at_most <= STEADY + wayland.LATE + 0.01
    else:
        assert quiet.at_most > 1


async def test_a_film_is_quiet_time_in_version_2_and_unknown_in_version_1(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    await asyncio.sleep(1.0)
    compositor.touch()
    touched = asyncio.get_running_loop().time()
    compositor.inhibit(on=True)
    await asyncio.sleep(1.5)
    quiet = await look(source)
    since = asyncio.get_running_loop().time() - touched
    assert quiet.at_least <= since + 0.2
    assert quiet.at_most >= since - 0.5
    if version(compositor) == 2:
        assert quiet.at_least == pytest.approx(since, abs=0.5)
        assert source.inhibited is True
        compositor.inhibit(on=False)
        await asyncio.sleep(0.7)
        assert (await look(source)).at_least == pytest.approx(since + 0.7, abs=0.4), "its end is not an input"
        assert source.inhibited is False
        compositor.touch()
        await look(source)
        assert source.inhibited is None
    else:
        assert quiet.at_least == 0
        assert source.inhibited is None


async def test_short_timers_run_only_while_a_pause_is_waited_for(
    compositor: FakeCompositor, source: wayland.Source
) -> None:
    """And at the start, until the steady one has had its time; version 1's shortest runs always."""
    kind = "input" if version(compositor) == 2 else "plain"
    steady = sorted([(kind, STEADY), ("plain", STEADY) if kind == "input" else (kind, 0.1)])
    assert (kind, 0.2) in compositor.timers()
    await asyncio.sleep(STEADY + wayland.LATE + 0.1)
    await look(source)
    await look(source)
    assert compositor.timers() == steady
    source.watch_pauses(wanted=True)
    source.watch_pauses(wanted=True)
    await look(source)
    assert compositor.timers() == sorted({*steady, (kind, 0.1), (kind, 0.2)})
    compositor.touch()
    touched = asyncio.get_running_loop().time()
    await until_idle(source)
    assert asyncio.get_running_loop().time() - touched == pytest.approx(0.1, abs=0.09), "sooner than the steady one"
    source.watch_pauses(wanted=False)
    await look(source)
    assert compositor.timers() == steady


async def test_who_types_right_after_the_start_is_known_to_be_there(tmp_path: Path) -> None:
    """Not only once the steady timer of 30 s could have told it."""
    compositor = await FakeCompositor(tmp_path / "wayland").start()
    source = wayland.Source(str(compositor.path), steady=(30,), pauses=(0.1,))
    await source.open()
    for _ in range(14):
        compositor.touch()
        await asyncio.sleep(0.05)
    quiet = await look(source)
    assert (quiet.at_least, quiet.at_most) == (0, pytest.approx(0.1 + wayland.LATE, abs=0.01))
    await source.close()
    await compositor.close()


async def test_pauses_wanted_before_opening_are_watched_from_the_start(compositor: FakeCompositor) -> None:
    source = wayland.Source(str(compositor.path))
    source.watch_pauses(wanted=True)
    await source.open()
    await source.quiet()
    assert {seconds for _, seconds in compositor.timers()} == {5, 10, 12, 30}
    await source.close()


async def test_more_than_version_2_is_never_asked_for(compositor: FakeCompositor) -> None:
    compositor.offered[3] = ("ext_idle_notifier_v1", version(compositor) + 7)
    source = wayland.Source(str(compositor.path))
    assert "version 2" in await source.open()
    assert isinstance(await source.quiet(), Quiet)
    await source.close()


async def test_it_cannot_ring_before_a_timer_has_run_out(compositor: FakeCompositor, source: wayland.Source) -> None:
    rung: list[int] = []
    assert source.ring(lambda: rung.append(1)) is False
    await until_idle(source)
    assert source.ring(lambda: rung.append(2)) is True
    compositor.touch()
    await look(source)
    assert rung == [2]


async def test_being_thrown_out_is_lost(compositor: FakeCompositor, source: wayland.Source) -> None:
    compositor.throw_out("out of memory")
    compositor.errors.clear()
    with pytest.raises(Lost, match="out of memory"):
        await source.quiet()
    await source.open()
    assert isinstance(await source.quiet(), Quiet)


async def test_a_compositor_that_hangs_is_lost(
    compositor: FakeCompositor, source: wayland.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.2)
    compositor.hung = True
    with pytest.raises(Lost, match="does not answer"):
        await source.quiet()
    with pytest.raises(Unusable, match="does not answer"):
        await wayland.Source(str(compositor.path)).open()
    compositor.hung = False


async def test_where_it_cannot_work_it_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="WAYLAND_DISPLAY is not set"):
        await wayland.Source(env={"XDG_RUNTIME_DIR": str(tmp_path)}).open()
    env = {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-7"}
    with pytest.raises(Unusable, match=r"no Wayland compositor at .*wayland-7"):
        await wayland.Source(env=env).open()
    weston = await FakeCompositor(tmp_path / "wayland-7", version=0).start()
    with pytest.raises(Unusable, match="does not offer ext_idle_notifier_v1"):
        await wayland.Source(env=env).open()
    await weston.close()


@pytest.mark.parametrize("junk", [b"\0" * 64, b"\x01\0\0\0\0\0\x03\0", b"\x01\0\0\0\0\0\x0c\0ab", b"\xff" * 4096])
async def test_nonsense_is_survived(tmp_path: Path, junk: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 1)

    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(junk)
        writer.close()

    server = await asyncio.start_unix_server(speak, tmp_path / "junk")
    with pytest.raises(Unusable):
        await wayland.Source(str(tmp_path / "junk")).open()
    server.close()


async def test_opening_closing_and_losing_leave_nothing_behind(tmp_path: Path) -> None:
    """200 times each; ids of the wire are used again as well."""
    compositor = await FakeCompositor(tmp_path / "wayland").start()

    def held() -> tuple[int, int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())

    async def once(*, lost: bool) -> None:
        source = wayland.Source(str(compositor.path))
        await source.open()
        for wanted in (True, False) * 3:
            source.watch_pauses(wanted=wanted)
            await source.quiet()
        assert source._wire is not None
        assert source._wire._next < 20
        if lost:
            compositor.throw_out()
            with pytest.raises(Lost):
                await source.quiet()
        await source.close()
        await asyncio.sleep(0.001)

    await once(lost=True)
    await once(lost=False)
    await asyncio.sleep(0.05)
    gc.collect()  # what other tests have left lying about is not to vanish while we count
    before = held()
    for number in range(400):
        await once(lost=number % 2 == 0)
    await asyncio.sleep(0.05)
    assert held() == before
    assert compositor.timers() == []
    await compositor.close()
